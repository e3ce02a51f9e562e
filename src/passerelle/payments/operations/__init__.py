"""What can be done with payments. Rooms that ask use ``ask``, ``extend``, ``cancel`` and ``refund``; the rest is our own."""

from passerelle.payments.operations.asking import AskedDifferently, ask, cancel, extend
from passerelle.payments.operations.looking import close_cancelled, look_up, look_up_due
from passerelle.payments.operations.paying import practice_attempt, practise, start
from passerelle.payments.operations.refunding import give_back, refund, refund_again, refund_due
from passerelle.payments.operations.settling import UnknownAttempt, report_trouble, take_report

__all__ = [
    "AskedDifferently",
    "UnknownAttempt",
    "ask",
    "cancel",
    "close_cancelled",
    "extend",
    "give_back",
    "look_up",
    "look_up_due",
    "practice_attempt",
    "practise",
    "refund",
    "refund_again",
    "refund_due",
    "report_trouble",
    "start",
    "take_report",
]
