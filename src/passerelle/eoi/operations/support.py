"""What the operations of this room share: the lock, the rules, the trail, the messages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from passerelle.accounts.models import Person
from passerelle.core import audit
from passerelle.core.composed import composed
from passerelle.eoi import closed
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import operations as letters
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules


def locked(reference: str) -> ExpressionOfInterest:
    """Return the file, held by this transaction alone until it ends."""
    for eoi in _locked(reference):
        return eoi
    raise ExpressionOfInterest.DoesNotExist(reference)


def locked_in_open_stream(reference: str) -> ExpressionOfInterest:
    """Return the file, held, with the gate of its stream: whether the stream takes in is asked after this."""
    eoi = locked(reference)
    closed.hold_gate(eoi.program, [eoi.stream])
    return eoi


@composed
def _locked(reference: str) -> QuerySet[ExpressionOfInterest]:
    # The files of a pack are large and its rules are read once: no row brings them along.
    rows = ExpressionOfInterest.objects.select_related("pack", "employer", "candidate").defer("pack__sources")
    return rows.select_for_update(of=("self",)).filter(reference=reference)


def rules_of(eoi: ExpressionOfInterest) -> ProgramRules:
    """Return the rules that the file began under."""
    return programs.rules(eoi.pack)


def told(
    event: str,
    eoi: ExpressionOfInterest,
    *,
    by: Person | None,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
    for_person: Person | None = None,
) -> None:
    """Write an event of this file into its audit trail."""
    audit.record(
        event, subject=eoi.reference, by=by, at=at, detail=detail, for_person=for_person, program=eoi.program
    )  # fmt: skip


def tell(kind: str, eoi: ExpressionOfInterest, *parties: Person | None, at: datetime, **blanks: Any) -> None:
    """Queue the pack's message ``kind`` to each of ``parties`` who is there."""
    in_force = programs.rules_in_force(eoi.program, at)
    for person in parties:
        if person is not None:
            letters.send(
                kind, program=eoi.program, to=person, about=eoi.reference, at=at, context=blanks, rules=in_force
            )


def both(eoi: ExpressionOfInterest) -> tuple[Person | None, Person | None]:
    """Return the two parties, the candidate first."""
    return eoi.candidate, eoi.employer


def opener(eoi: ExpressionOfInterest) -> Person | None:
    """Return the party that opened the file."""
    return eoi.employer if rules_of(eoi).stream(eoi.stream).opened_by == "employer" else eoi.candidate
