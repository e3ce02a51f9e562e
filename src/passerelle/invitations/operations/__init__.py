"""What is done with invitations: issued, taken up, extended, ended, reminded of."""

from passerelle.invitations.operations.ending import cancel, close_lapsed, decline
from passerelle.invitations.operations.issuing import issue_invitations
from passerelle.invitations.operations.keeping import extend, mark_accepted, mark_met
from passerelle.invitations.operations.reminding import remind_due
from passerelle.invitations.operations.support import TooLate

__all__ = [
    "TooLate",
    "cancel",
    "close_lapsed",
    "decline",
    "extend",
    "issue_invitations",
    "mark_accepted",
    "mark_met",
    "remind_due",
]
