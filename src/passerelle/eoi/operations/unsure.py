"""Criteria answered with "not sure": staff look at them and write to whoever opened the file."""

from datetime import datetime

from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.core.verdicts import require
from passerelle.eoi import queries
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.operations.support import locked, opener, tell, told
from passerelle.eoi.permissions import can_review
from passerelle.notices import operations as notices


def ask_staff(eoi: ExpressionOfInterest, *, at: datetime) -> None:
    """Open one staff task for the criteria of a locked file that were answered with unsure, and tell whoever opened the file."""
    labels = [one.label for one in queries.criteria(eoi) if eoi.criteria.get(one.key) == "unsure"]
    if not labels or eoi.unsure_told_at is not None:
        return
    eoi.unsure_told_at = at
    eoi.save(update_fields=["unsure_told_at"])
    detail = {code: "; ".join(label.pick(code) for label in labels) for code in ("en", "fr")}
    notices.open_task("eoi.criterion_unsure", program=eoi.program, about=eoi.reference, detail=detail, at=at)
    tell("question_for_staff", eoi, opener(eoi), at=at, criteria=[dict(label) for label in labels])


@transaction.atomic
def answer_question(*, reference: str, criterion: str, answer: str, by: Person, at: datetime) -> None:
    """Write to whoever opened the file about a criterion they were unsure of. Raises NotAllowed, KeyError for an unknown one."""
    eoi = locked(reference)
    require(can_review(by, eoi.program))
    asked = {one.key: one for one in queries.criteria(eoi)}[criterion]
    told("eoi.question_answered", eoi, by=by, at=at, detail={"criterion": criterion})
    tell("criterion_answered", eoi, opener(eoi), at=at, criterion=dict(asked.label), answer=answer.strip())
