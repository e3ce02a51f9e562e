"""Lifting a bar before its year is over: two people."""

from datetime import datetime

from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.core import audit
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import require
from passerelle.eoi.models import Bar
from passerelle.eoi.permissions import can_lift_bar
from passerelle.programs import operations as letters


@transaction.atomic
def ask_to_lift_bar(*, bar: Bar, reason: str, by: Person, at: datetime) -> Bar:
    """First of two: propose to lift a bar, with the reason."""
    row = Bar.objects.select_for_update(of=("self",)).select_related("eoi").get(pk=bar.pk)
    require(can_lift_bar(by, row, at=at))
    if not reason.strip():
        raise ValueError("lifting a bar needs a reason")
    row.lift_by, row.lift_reason = by, reason.strip()
    row.save(update_fields=["lift_by", "lift_reason"])
    _told("bar.lifting_asked", row, by=by, at=at)
    return row


@transaction.atomic
def confirm_bar_lifted(*, bar: Bar, by: Person, at: datetime) -> Bar:
    """Second of two: another person agrees; from now on the person may file."""
    row = Bar.objects.select_for_update(of=("self",)).select_related("eoi").get(pk=bar.pk)
    if row.lift_by_id is None:
        raise IllegalMove("lift", "in_force")
    require(can_lift_bar(by, row, at=at))
    row.lift_confirmed_by, row.lifted_at = by, at
    row.save(update_fields=["lift_confirmed_by", "lifted_at"])
    _told("bar.lifted", row, by=by, at=at)
    if row.eoi.candidate:
        letters.send("bar_lifted", program=row.program, to=row.eoi.candidate, about=row.eoi.reference, at=at)
    return row


def _told(event: str, bar: Bar, *, by: Person, at: datetime) -> None:
    audit.record(event, subject=bar.eoi.reference, by=by, at=at, detail={"bar": bar.pk}, program=bar.program)
