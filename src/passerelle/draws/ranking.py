"""A selection rule over the pool, in SQL: each file's rank, cells, group and cap, worked out where the files lie.

Rank is whole numbers, each higher first: an instant becomes the microseconds from it to ``FAR_OFF``, so that earlier is more. All
are under 2^53, so that any language reads them (docs/npd1.md).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    F,
    Func,
    IntegerField,
    JSONField,
    Min,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Lower, NullIf
from django.db.models.lookups import LessThanOrEqual

from passerelle.core import sealing
from passerelle.core.facts import Amount, Meets
from passerelle.draws import aiming
from passerelle.programs.rules import ProgramRules
from passerelle.programs.rules.selection import Cap, OrderKey, Reserve, SelectionRule
from pointsgrid.sql import Where, higher_first

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAR_OFF = datetime(2200, 1, 1, tzinfo=UTC)
# What earlier instants are taken from.
EARLIER = (FAR_OFF - EPOCH) // timedelta(microseconds=1)
MOST_POINTS = 1_000_000_000
LAST_FILE = 10**15  # files are numbered in the order in which they are opened; what earlier ones are taken from
_INSTANTS = {"date_of_effect": "drawn_placed_at", "submitted": "first_submitted_at"}


class Since(Func):
    """Microseconds since 1970 of an instant."""

    template = "(EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint"
    output_field = BigIntegerField()


class Numbers(Func):
    """Whole numbers side by side."""

    template = "ARRAY[%(expressions)s]::bigint[]"
    output_field = ArrayField(BigIntegerField())


class Names(Func):
    """Names side by side, without those that are null."""

    template = "array_remove(ARRAY[%(expressions)s]::text[], NULL)"
    output_field = ArrayField(CharField())


class FactText(Func):
    """A fact as text."""

    template = "(%(expressions)s)"
    arg_joiner = " ->> "
    output_field = TextField()


class Pseudonym(Func):
    """Sixteen digits that stand for a text in one draw: whoever has not the key can neither undo nor guess them."""

    template = "left(encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex'), 16)"
    arg_joiner = " || "
    output_field = CharField()


def ranked(
    rows: QuerySet[Any, Any], rules: ProgramRules, rule: SelectionRule, *, number: str, held_on: date, stream: str,
    earlier: Mapping[str, int] | None = None,
) -> Any:  # fmt: skip
    """Return ``rows`` of the pool with ``drawn_rank``, ``drawn_cells``, ``drawn_grp`` and ``drawn_cap``, best first.

    ``earlier``: places that employers, by their pseudonyms, have had already; the limit of each is lower by as many, never under 0.
    Equal ranks stand in the order in which the files were opened, until a lot or take-all settles them.
    """
    parts = [_part(one, rules, held_on) for one in rule.ranked_by]
    found = rows.annotate(
        drawn_rank=Numbers(*parts) if parts else Numbers(Value(0)),
        drawn_cells=_cells(rule.reserve, rules, stream, held_on),
        drawn_grp=_group(rule, number), drawn_cap=_left(rule, rules, number, earlier or {}),
    )  # fmt: skip
    # By what the numbers are made of: to compare whole arrays takes twice as long.
    return found.order_by(*(_order(one, rules, held_on) for one in rule.ranked_by), "id")


def condition(rules: ProgramRules, stream: str, key: str, held_on: date) -> Where | None:
    """Return an attribute of a stream's pool, or a fact that is yes or no, as a condition as of the day of the draw."""
    return aiming.condition(rules, stream, {"attributes": [key]}, held_on=held_on)


def near(held_on: date, months: int) -> date:
    """Return the day so many months after a draw; a month that is too short ends it on its last day."""
    year, month = divmod(held_on.month - 1 + months, 12)
    first_after = date(held_on.year + year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = first_after - timedelta(days=1)
    return last.replace(day=min(held_on.day, last.day))


def _part(one: OrderKey, rules: ProgramRules, held_on: date) -> Any:
    if one.by == "fact":
        assert one.fact
        limit = near(held_on, one.within_months) if one.within_months else None
        return Amount(F("drawn_facts"), higher_first(rules.points, one.fact, one.direction, no_later_than=limit))
    if one.by == "points":
        return F("drawn_points") if one.direction == "highest" else MOST_POINTS - F("drawn_points")
    if one.by == "opened":
        return F("id") if one.direction == "latest" else Value(LAST_FILE, output_field=BigIntegerField()) - F("id")
    since = Since(F(_INSTANTS[one.by]))
    return since if one.direction == "latest" else Value(EARLIER, output_field=BigIntegerField()) - since


def _order(one: OrderKey, rules: ProgramRules, held_on: date) -> Any:
    if one.by == "fact":
        return _part(one, rules, held_on).desc()
    if one.by == "opened":
        return F("id").desc() if one.direction == "latest" else F("id").asc()
    column = F(_INSTANTS.get(one.by, "drawn_points"))
    return column.desc() if one.direction in ("highest", "latest") else column.asc()


def _cells(reserves: Sequence[Reserve], rules: ProgramRules, stream: str, held_on: date) -> Any:
    if not reserves:
        return Cast(Value([], output_field=ArrayField(CharField())), ArrayField(CharField()))
    named = [
        Case(When(_in(one, rules, stream, held_on), then=Value(one.key)), output_field=CharField()) for one in reserves
    ]
    return Names(*named)


def _in(one: Reserve, rules: ProgramRules, stream: str, held_on: date) -> Any:
    if not one.when:
        return Q(category__in=one.categories)
    meets = condition(rules, stream, one.when, held_on)
    assert meets
    return Meets(F("drawn_facts"), meets)


def _group(rule: SelectionRule, number: str) -> Any:
    return group(rule.cap, number) if rule.cap else Value("", output_field=CharField())


def group(cap: Cap, number: str) -> Any:
    """Return the pseudonym of a file's employer in the draw of this number, as ``cap`` tells employers apart."""
    key = Value(sealing.person_key(number, "", "employers"))
    named: Any = Lower(Coalesce(F("employer__email"), Value("")))
    if cap.employer:
        named = Coalesce(NullIf(Lower(FactText(F("drawn_facts"), Value(cap.employer))), Value("")), named)
    return Case(When(employer=None, then=Value("")), default=Pseudonym(key, named), output_field=CharField())


def _left(rule: SelectionRule, rules: ProgramRules, number: str, earlier: Mapping[str, int]) -> Any:
    """Return how many of an employer may still be taken: its limit less what it has had."""
    limit = _cap_of_all(rule, rules, number)
    if not earlier:
        return limit
    had = Cast(FactText(Value(dict(earlier), output_field=JSONField()), _group(rule, number)), IntegerField())
    return Greatest(limit - Coalesce(had, 0), 0)


def _cap_of_all(rule: SelectionRule, rules: ProgramRules, number: str) -> Any:
    """Return the smallest limit among an employer's entries: one said to have two sizes has one limit (docs/npd1.md)."""
    cap = _cap(rule, rules)
    return Window(Min(cap), partition_by=[_group(rule, number)]) if rule.cap and len(rule.cap.limits) > 1 else cap


def _cap(rule: SelectionRule, rules: ProgramRules) -> Any:
    if rule.cap is None:
        return Cast(Value(None), IntegerField())
    *sized, last = rule.cap.limits
    if not sized:
        return Value(last.take, output_field=IntegerField())
    assert rule.cap.size
    # One more than the number, and 0 where the employer's size is not known: then the smallest limit holds.
    size = Amount(F("drawn_facts"), higher_first(rules.points, rule.cap.size, "highest"))
    unit = 10 ** rules.points.facts[rule.cap.size].type.places
    cases = [When(LessThanOrEqual(size, (one.up_to or 0) * unit + 1), then=Value(one.take)) for one in sized]
    return Case(*cases, default=Value(last.take), output_field=IntegerField())
