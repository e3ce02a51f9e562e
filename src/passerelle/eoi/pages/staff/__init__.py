"""Staff pages: lists, the review of one file, the acts of two people."""

from passerelle.eoi.pages.staff.acts import (
    AddNote,
    AnswerQuestion,
    AskEvidence,
    ChangeFact,
    Confirm,
    DropRequest,
    FindEvidence,
    LiftDoubt,
    RaiseDoubt,
    Refuse,
    SettleBar,
    SettleFact,
    StaffDocument,
    StaffDocumentPage,
)
from passerelle.eoi.pages.staff.closings import Closing, Closings, SettleClosing
from passerelle.eoi.pages.staff.lists import Bars, KeyWithdrawal, Pool, ReviewList, SecondOfficer, TakeNext
from passerelle.eoi.pages.staff.review import Review

__all__ = [
    "AddNote",
    "AnswerQuestion",
    "AskEvidence",
    "Bars",
    "ChangeFact",
    "Closing",
    "Closings",
    "Confirm",
    "DropRequest",
    "FindEvidence",
    "KeyWithdrawal",
    "LiftDoubt",
    "Pool",
    "RaiseDoubt",
    "Refuse",
    "Review",
    "ReviewList",
    "SecondOfficer",
    "SettleBar",
    "SettleClosing",
    "SettleFact",
    "StaffDocument",
    "StaffDocumentPage",
    "TakeNext",
]
