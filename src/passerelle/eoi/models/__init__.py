"""Rows of the room."""

from passerelle.eoi.models.checking import Doubt, EvidenceItem, EvidenceRequest, Note
from passerelle.eoi.models.closings import StreamClosing
from passerelle.eoi.models.eoi import ExpressionOfInterest, SubmissionKey
from passerelle.eoi.models.people import Bar
from passerelle.eoi.models.pools import PoolCount
from passerelle.eoi.models.scoring import FactChange, ScoreRecord
from passerelle.eoi.models.versions import AnswersInProgress, AnswersVersion

__all__ = [
    "AnswersInProgress",
    "AnswersVersion",
    "Bar",
    "Doubt",
    "EvidenceItem",
    "EvidenceRequest",
    "ExpressionOfInterest",
    "FactChange",
    "Note",
    "PoolCount",
    "ScoreRecord",
    "StreamClosing",
    "SubmissionKey",
]
