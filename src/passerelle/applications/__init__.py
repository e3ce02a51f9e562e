"""The file that follows an invitation: its parts in the pack's order, queue, assessment, decision and after.

Owns Application, Part, Finding, InformationRequest, Decision, ReviewRequest, ChangeReport and OutOfTurn. Life cycle:
filling, queued, in assessment, information requested, then nominated, refused, withdrawn or lapsed; a part is locked,
open or submitted. Lends ``queries`` to the desks. Leans on invitations and everything below.
"""
