"""Bars beside a refusal: the one a contravention order brings; lifting one before it is over, which takes two people."""

from datetime import datetime

from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.core import audit, deadlines
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed, require
from passerelle.eoi.models import Bar
from passerelle.eoi.permissions import can_bar, can_lift_bar
from passerelle.programs import operations as letters
from passerelle.programs.rules import ProgramRules


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
    if row.eoi and row.eoi.candidate:
        letters.send("bar_lifted", program=row.program, to=row.eoi.candidate, about=row.eoi.reference, at=at)
    return row


def _told(event: str, bar: Bar, *, by: Person, at: datetime) -> None:
    subject = bar.eoi.reference if bar.eoi else bar.order
    audit.record(event, subject=subject, by=by, at=at, detail={"bar": bar.pk}, program=bar.program)


@transaction.atomic
def bar_by_order(
    *, order: str, rules: ProgramRules, person_key: str, years: int, reason: str, by: Person, confirmed_by: Person,
    at: datetime,
) -> Bar:  # fmt: skip
    """Keep a person out for ``years``, at most the pack's ``ban_max_years``, on a contravention order made by two people.

    ``person_key`` is a candidate's, or one of ``queries.employer_key`` and ``representative_key``. Raises NotAllowed,
    ValueError for a length that the pack does not know.
    """
    if by.pk == confirmed_by.pk:
        raise NotAllowed("A bar needs a second person.")
    for person in (by, confirmed_by):
        require(can_bar(person, rules.code))
    if not 1 <= years <= rules.setting("ban_max_years"):
        raise ValueError("a ban lasts from one year to the longest that the pack allows")
    bar = Bar.objects.create(
        program=rules.code, person_key=person_key, order=order, from_at=at, reason=reason, by=by, confirmed_by=confirmed_by,
        before=deadlines.anniversary(at, years=years, zone=rules.zone),
    )  # fmt: skip
    _told("bar.ordered", bar, by=confirmed_by, at=at)
    return bar


@transaction.atomic
def lift_bar_of_order(*, order: str, reason: str, by: Person, at: datetime) -> Bar | None:
    """Lift the bar of an order that was set aside, by someone who did not make it; None where it brought no bar."""
    bar = Bar.objects.select_for_update(of=("self",)).filter(order=order, lifted_at=None).first()
    if bar is None:
        return None
    require(can_bar(by, bar.program))
    bar.lift_by, bar.lift_reason, bar.lifted_at, bar.lift_confirmed_by = by, reason, at, None
    bar.save(update_fields=["lift_by", "lift_reason", "lifted_at", "lift_confirmed_by"])
    _told("bar.lifted", bar, by=by, at=at)
    return bar
