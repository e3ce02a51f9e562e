"""Rows of the room."""

from passerelle.draws.models.draw import (
    Commitment,
    Draw,
    Entry,
    Excluded,
    Leaf,
    LeftOut,
    Lot,
    Objection,
    Promotion,
    PublishedNotice,
    Seed,
    Standing,
    Throw,
)
from passerelle.draws.models.earlier import EarlierPlaces
from passerelle.draws.models.erased import KeptResult, TicketsLeft
from passerelle.draws.models.fairness import FairnessReport
from passerelle.draws.models.repair import Repair, RepairAcceptance, RepairLine, RepairWithdrawal

__all__ = [
    "Commitment",
    "Draw",
    "EarlierPlaces",
    "Entry",
    "Excluded",
    "FairnessReport",
    "KeptResult",
    "Leaf",
    "LeftOut",
    "Lot",
    "Objection",
    "Promotion",
    "PublishedNotice",
    "Repair",
    "RepairAcceptance",
    "RepairLine",
    "RepairWithdrawal",
    "Seed",
    "Standing",
    "Throw",
    "TicketsLeft",
]
