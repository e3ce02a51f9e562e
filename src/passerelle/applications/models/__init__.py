"""The rows of an application."""

from passerelle.applications.models.application import (
    Application,
    ChangeReport,
    Decision,
    Finding,
    InformationRequest,
    OutOfTurn,
    Part,
    ReviewRequest,
    SignedAgreement,
    SupportLetterRequest,
)
from passerelle.applications.models.federal import FederalInvitation
from passerelle.applications.models.outcomes import Interview, Nomination, NominationStep, Return

__all__ = [
    "Application",
    "ChangeReport",
    "Decision",
    "FederalInvitation",
    "Finding",
    "InformationRequest",
    "Interview",
    "Nomination",
    "NominationStep",
    "OutOfTurn",
    "Part",
    "Return",
    "ReviewRequest",
    "SignedAgreement",
    "SupportLetterRequest",
]
