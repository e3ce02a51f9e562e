"""A look at a file is an act too: it is logged and shown to the person read about."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.core import audit
from passerelle.core.verdicts import require
from passerelle.documents import operations as documents
from passerelle.eoi import queries
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.permissions import can_read_answers
from passerelle.notices import operations as notices

ONE_READING = timedelta(hours=1)


def open_file(
    *, reference: str, reason: str, by: Person, at: datetime, again: bool = False
) -> ExpressionOfInterest:  # fmt: skip
    """Hand a file to a staff member for reading, and log who, when and why. Raises NotAllowed (TooManyFiles), Http404.

    Something of it shown ``again`` beside a form, within the hour of its opening, is no other reading. One row is all it
    writes; the brake before it is a transaction of its own, whose task outlives the refusal.
    """
    eoi = queries.eoi_for(by, reference)
    require(can_read_answers(by, eoi))
    if again and audit.has_read(by, reference, since=at - ONE_READING, what="file"):
        return eoi
    notices.brake_reading(subject=eoi.reference, program=eoi.program, by=by, at=at)
    audit.record_access(subject=eoi.reference, by=by, at=at, purpose=reason)
    return eoi


@transaction.atomic
def open_page(*, reference: str, document: Any, page: int, by: Person, at: datetime) -> Any:
    """Hand out one page of a document as a picture, to stand beside the claim it supports; the look is logged."""
    eoi = queries.eoi_for(by, reference)
    require(can_read_answers(by, eoi))
    return documents.open_page(document=document, page=page, by=by, at=at, purpose="review")


@transaction.atomic
def open_document(*, reference: str, document: Any, by: Person, at: datetime, purpose: str) -> Any:
    """Hand out one file of a file's proof to the candidate or to staff; the reading is logged."""
    eoi = queries.eoi_for(by, reference)
    require(can_read_answers(by, eoi))
    return documents.open_file(document=document, by=by, at=at, purpose=purpose)
