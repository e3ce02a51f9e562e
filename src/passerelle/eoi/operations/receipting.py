"""The receipt as a letter: written after the submission, by the worker or for whoever opens it first."""

from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.eoi import receipts
from passerelle.eoi.operations.support import locked
from passerelle.notices import queries as notices
from passerelle.programs import operations as letters

KIND = "eoi_receipt"


@transaction.atomic
def write_receipt(*, reference: str, at: datetime) -> Any:
    """Return the receipt (``notices.models.Letter``) of a file that was handed in, writing it the first time.

    The submission itself has signed what the letter states. None for a file without a candidate or not handed in.
    """
    eoi = locked(reference)
    if eoi.first_submitted_at is None or eoi.candidate is None:
        return None
    written = notices.letters(reference).filter(kind=KIND).first()
    return written or letters.issue_letter(
        KIND, program=eoi.program, to=eoi.candidate, about=reference, at=at, context=receipts.blanks(eoi)
    )
