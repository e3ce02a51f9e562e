"""What is done with invitations: issued, added by a repair, begun with a notification, taken up, extended, ended, reminded of."""

from passerelle.invitations.operations.ending import cancel, close_lapsed, decline
from passerelle.invitations.operations.issuing import issue_invitations, refill_places
from passerelle.invitations.operations.keeping import extend, mark_accepted, mark_met
from passerelle.invitations.operations.reminding import remind_due
from passerelle.invitations.operations.repairing import carry_out_repair
from passerelle.invitations.operations.support import TooLate
from passerelle.invitations.operations.taking_up import NotProved, prove, proved, take_up

__all__ = [
    "NotProved",
    "TooLate",
    "cancel",
    "carry_out_repair",
    "close_lapsed",
    "decline",
    "extend",
    "issue_invitations",
    "mark_accepted",
    "mark_met",
    "prove",
    "proved",
    "refill_places",
    "remind_due",
    "take_up",
]
