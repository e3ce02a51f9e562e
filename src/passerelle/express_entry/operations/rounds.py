"""A round over the federal pool: planned, conducted (the search is frozen with its facts), issued by another person, or void."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from passerelle.core import audit
from passerelle.core.references import next_reference
from passerelle.core.verdicts import require
from passerelle.express_entry import aiming, checking, queries
from passerelle.express_entry.models import Notification, NotNotified, Round, RoundEntry
from passerelle.express_entry.permissions import (
    can_conduct_round,
    can_hold_rounds,
    can_issue_round,
    can_plan_round,
    can_void_round,
)
from passerelle.express_entry.states import ROUND_LIFECYCLE, WhyNot
from passerelle.programs import queries as programs

DEADLINE = "application"
_ENTRY = (
    "number_key", "person_key", "crs_given", "primary_noc", "primary_noc_months", "french_lowest", "english_lowest",
    "provinces", "created_on", "valid_until", "load_id",
)  # fmt: skip


class BadRound(ValueError):
    """The plan does not hold together; the message is for the person who makes it. ``field`` names what to change."""

    def __init__(self, field: str, message: Any) -> None:
        super().__init__(str(message))
        self.field, self.message = field, message


class RoundBlocked(Exception):
    """The round cannot go on: ``why`` is ``nobody`` (the search found no one) or ``assertions`` (one does not hold)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic
def plan_round(*, program: str, stream: str, held_on: date, by: Any, at: datetime, **asked: Any) -> Round:
    """Plan a round in a federal stream. ``asked`` are the plan's own fields (``aiming.Plan``). Raises NotAllowed, BadRound."""
    require(can_plan_round(by, program))
    pack = programs.pack_in_force(program, at)
    rules = programs.rules(pack)
    if stream not in {one.key for one in rules.federal_streams}:
        raise BadRound("stream", _("Choose a stream whose people come from the federal pool."))
    require(can_hold_rounds(program, stream, at))
    plan = Round(
        number=next_reference(f"{rules.reference_prefix}-R", held_on.year), program=program, stream=stream, pack=pack,
        planned_by=by, planned_at=at,
    )  # fmt: skip
    _fill(plan, held_on, asked)
    plan.save(force_insert=True)
    _told("round.planned", plan, by=by, at=at, **aiming.told(plan))
    return plan


@transaction.atomic
def replan_round(*, number: str, held_on: date, by: Any, at: datetime, **asked: Any) -> Round:
    """Change the plan while nothing is conducted. Raises NotAllowed, IllegalMove, BadRound."""
    plan = _locked(number)
    require(can_plan_round(by, plan.program) and can_hold_rounds(plan.program, plan.stream, at))
    plan.state = ROUND_LIFECYCLE.after(plan.state, "replan")
    before = aiming.told(plan)
    _fill(plan, held_on, asked)
    plan.save(update_fields=["held_on", *aiming.FIELDS])
    _told("round.replanned", plan, by=by, at=at, before=before, after=aiming.told(plan))
    return plan


def _fill(plan: Round, held_on: date, asked: Mapping[str, Any]) -> None:
    try:
        kept = aiming.kept(programs.rules(plan.pack), plan.stream, held_on=held_on, **asked)
    except aiming.NotAPlan as fault:
        raise BadRound(fault.field, fault.message) from fault
    plan.held_on = held_on
    for name, value in kept.items():
        setattr(plan, name, value)


@transaction.atomic
def conduct_round(*, number: str, by: Any, at: datetime) -> Round:
    """Search the pool and freeze whom it finds with the facts used; run the assertions. Nobody is notified yet.

    Raises NotAllowed, IllegalMove, RoundBlocked.
    """
    plan = _locked(number)
    # No file is loaded and nobody else is notified while the pool is searched.
    queries.one_change_at_a_time(plan.program)
    require(can_conduct_round(by, plan, at) and can_hold_rounds(plan.program, plan.stream, at))
    plan.state = ROUND_LIFECYCLE.after(plan.state, "conduct")
    plan.conducted_by, plan.frozen_at = by, at
    plan.pool_size = queries.valid_on(plan.program, plan.held_on).count()
    plan.found = _freeze(plan, at)
    if not plan.found:
        raise RoundBlocked("nobody")
    plan.assertions = checking.findings(plan, at)
    plan.save(update_fields=["state", "conducted_by", "frozen_at", "pool_size", "found", "assertions"])
    _told("round.conducted", plan, by=by, at=at, pool=plan.pool_size, found=plan.found)
    return plan


def _freeze(plan: Round, at: datetime) -> int:
    """Copy whom the plan finds, one row a person, with the facts used; return how many. The database does all of it."""
    chosen = queries.once_a_person(queries.findable(plan, at)).values_list(*_ENTRY)
    sql, params = chosen.query.sql_with_params()
    columns = ", ".join(("crs" if one == "crs_given" else one) for one in _ENTRY)
    given = ", ".join(f"c{place}" for place in range(1, len(_ENTRY) + 1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {RoundEntry._meta.db_table} (round_id, {columns}) SELECT %s, {given}"
            f" FROM ({sql}) AS chosen ({given}) ORDER BY c3 DESC, c1",
            [plan.pk, *params],
        )
        return int(cursor.rowcount)


@transaction.atomic
def issue_round(*, number: str, by: Any, at: datetime) -> Round:
    """Notify everybody found who still can be, as a director who did not conduct the round; dates start now.

    Whoever left the pool meanwhile is kept with the reason. Raises NotAllowed, IllegalMove, RoundBlocked.
    """
    plan = _locked(number)
    queries.one_change_at_a_time(plan.program)
    require(can_issue_round(by, plan) and can_hold_rounds(plan.program, plan.stream, at))
    plan.state = ROUND_LIFECYCLE.after(plan.state, "issue")
    if not all(one["good"] for one in plan.assertions):
        raise RoundBlocked("assertions")
    plan.approved_by, plan.issued_at = by, at
    rules = programs.rules_in_force(plan.program, at)
    plan.respond_by = programs.due(rules, DEADLINE, at, stream=plan.stream)
    _set_aside(plan, at)
    plan.notified = _notify(plan, at)
    plan.assertions = checking.findings(plan, at)
    if not all(one["good"] for one in plan.assertions):
        raise RoundBlocked("assertions")
    plan.save(update_fields=["state", "approved_by", "issued_at", "respond_by", "notified", "assertions"])
    _told("round.issued", plan, by=by, at=at, notified=plan.notified, respond_by=plan.respond_by)
    return plan


def _set_aside(plan: Round, at: datetime) -> None:
    """Keep, with the reason, those found who cannot be notified any more."""
    profiles = f"SELECT p.id, p.valid_until FROM {queries.profiles(plan.program).model._meta.db_table} p"
    stands = "n.profile_id = p.id AND (n.respond_by > %s OR n.taken_up_at IS NOT NULL)"
    standing = f"SELECT FROM {Notification._meta.db_table} n WHERE {stands}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {NotNotified._meta.db_table} (entry_id, why, at)"
            f" SELECT e.id, CASE WHEN p.id IS NULL THEN %s WHEN p.valid_until < %s THEN %s ELSE %s END, %s"
            f" FROM {RoundEntry._meta.db_table} e"
            f" LEFT JOIN LATERAL ({profiles} WHERE p.program = %s AND p.number_key = e.number_key) p ON true"
            f" WHERE e.round_id = %s AND (p.id IS NULL OR p.valid_until < %s OR EXISTS ({standing})) ORDER BY e.id",
            [
                WhyNot.GONE.value, _today(plan, at), WhyNot.OVER.value, WhyNot.NOTIFIED.value, at, plan.program, plan.pk,
                _today(plan, at), at,
            ],
        )  # fmt: skip


def _today(plan: Round, at: datetime) -> date:
    return at.astimezone(programs.rules_in_force(plan.program, at).zone).date()


def _notify(plan: Round, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Notification._meta.db_table}"
            " (reference, program, stream, round_id, entry_id, profile_id, issued_at, respond_by)"
            " SELECT %s || '-' || lpad((row_number() OVER (ORDER BY e.crs DESC, e.id))::text, 5, '0'),"
            " %s, %s, e.round_id, e.id, p.id, %s, %s"
            f" FROM {RoundEntry._meta.db_table} e"
            f" JOIN {queries.profiles(plan.program).model._meta.db_table} p ON p.program = %s AND p.number_key = e.number_key"
            f" WHERE e.round_id = %s AND NOT EXISTS (SELECT FROM {NotNotified._meta.db_table} x WHERE x.entry_id = e.id)",
            [plan.number, plan.program, plan.stream, at, plan.respond_by, plan.program, plan.pk],
        )
        return int(cursor.rowcount)


@transaction.atomic
def void_round(*, number: str, reason: str, by: Any, at: datetime) -> Round:
    """Make a round void before anybody is notified; conducted, it takes another person. Its search stays as it was."""
    plan = _locked(number)
    require(can_void_round(by, plan))
    plan.state = ROUND_LIFECYCLE.after(plan.state, "void")
    plan.void_reason, plan.voided_by, plan.voided_at = reason.strip(), by, at
    plan.save(update_fields=["state", "void_reason", "voided_by", "voided_at"])
    _told("round.void", plan, by=by, at=at, reason=plan.void_reason)
    return plan


def fresh_window(held_on: date) -> tuple[date, date]:
    """Return the days a profile's creation lies between when nothing else is said: the twelve months to the round."""
    try:
        first = held_on.replace(year=held_on.year - 1)
    except ValueError:
        first = held_on.replace(year=held_on.year - 1, day=28)
    return first + timedelta(days=1), held_on


def _locked(number: str) -> Round:
    return (
        Round.objects.select_related("pack").defer("pack__sources").select_for_update(of=("self",)).get(number=number)
    )


def _told(event: str, plan: Round, *, by: Any, at: datetime, **detail: Any) -> None:
    audit.record(event, subject=plan.number, by=by, at=at, detail=detail, program=plan.program)
