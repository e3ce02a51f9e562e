"""What was wrong with a draw, as a director says it, and what that makes of its entries: a ``replaying.Change``.

A correction names files by their numbers and is kept with the repair as JSON. It decides nothing: who is kept out or let in follows
from the same questions as at the freeze (the draw's scope and the pack's attributes, asked of the facts that counted then).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from passerelle.draws import aiming, queries, replaying, selecting
from passerelle.draws.models import Draw, Entry, Excluded, LeftOut
from passerelle.draws.replaying import Change, Right
from passerelle.eoi import queries as eois
from passerelle.programs.rules.selection import SelectionRule
from pointsgrid.points import MissingFacts, NotComputable
from pointsgrid.values import BadValue

# A file that was one of these when the pool was frozen could not have been in it, whatever was wrong.
NEVER_IN = ("draft", "invited", "withdrawn", "refused", "closed")
NAMED = 5


@dataclass(frozen=True)
class Correction:
    """What was wrong. Files are named by their numbers; what is left blank was right.

    ``files``: number to what is right of it (facts by key, ``points`` beside them). ``out``: files that should not have been in;
    ``without``: fact to value, everybody with one of them likewise. ``added``: files that should have been in; ``look``: find
    everybody who could have been drawn and was not in. ``size``, ``rule`` (a key), ``aimed`` (the shape of ``Draw.filters``;
    empty: at everybody): the plan as it should have been, None where it was right. ``places``: how many the reserves of the rule,
    by their keys, should have had.
    """

    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    out: tuple[str, ...] = ()
    without: Mapping[str, Any] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    look: bool = False
    size: int | None = None
    rule: str | None = None
    aimed: Mapping[str, Any] | None = None
    places: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Correction":
        """Return what ``to_json`` gave."""
        return cls(**{**kept, "out": tuple(kept["out"]), "added": tuple(kept["added"])})

    @property
    def says_something(self) -> bool:
        """Whether anything was wrong at all."""
        return self != Correction()


class Unclear(ValueError):
    """A correction that does not fit the draw; ``message`` is for the director, ``field`` names what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


@dataclass(frozen=True)
class Corrected:
    """A correction worked out: what changes, and files named as kept out that could not have been drawn all the same, with why."""

    change: Change
    in_vain: Mapping[str, str] = field(default_factory=dict)


def worked_out(draw: Draw, said: Correction) -> Corrected:
    """Return what ``said`` makes of the entries of a frozen draw. Raises Unclear."""
    rule, plan = _rule(draw, said), _plan(draw, said)
    right = _right(draw, said)
    out = frozenset(_among_entries(draw, "out", said.out).values()) | _with_facts(draw, said.without)
    added, in_vain = _added(draw, plan, said, right)
    if said.look or said.aimed is not None:
        added |= _looked_for(plan)
    stray = _strays(draw, plan, right, everybody=said.aimed is not None or rule is not None)
    change = Change(right=right, out=out | stray, added=added - out, size=said.size, rule=rule, places=said.places)
    return Corrected(change, in_vain)


def _plan(draw: Draw, said: Correction) -> Draw:
    """Return the draw, never saved, with the plan it should have had: whom it is aimed at, and its rule."""
    rule = _rule(draw, said)
    unknown = said.places.keys() - {one.key for one in (rule or selecting.blocks(draw)).reserve}
    if unknown:
        raise Unclear(f"places_{min(unknown)}", _("The rule that you chose keeps no such places: leave this blank."))
    plan = replaying.as_planned(draw, Change(size=said.size, rule=rule, places=said.places))
    if said.aimed is not None:
        plan.filters = _aimed(plan, said.aimed)
    everybody = selecting.blocks(plan).takes == "everybody"
    if everybody and said.size:
        raise Unclear("size", _("The rule takes everybody: leave the number blank."))
    if not everybody and plan.size is None:
        raise Unclear("size", _("Enter how many should have been taken."))
    try:
        queries.rule_of(plan)
    except ValueError as fault:
        where = f"places_{next(iter(said.places))}" if said.places else "size"
        raise Unclear(
            where, _("The reserved places are more than the size of the draw. Keep fewer, or make it larger.")
        ) from fault
    return plan


def _aimed(plan: Draw, filters: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return aiming.kept(queries.rules_of(plan), plan.stream, filters, held_on=plan.held_on)
    except aiming.NotAnAim as fault:
        raise Unclear(fault.field, str(fault.message)) from fault


def _rule(draw: Draw, said: Correction) -> SelectionRule | None:
    if not said.rule:
        return None
    found = {one.key: one for one in queries.rules_of(draw).selection_rules(draw.stream)}.get(said.rule)
    if found is None:
        raise Unclear("rule", _("Choose one of the rules of this stream."))
    if found.by_chance and not queries.has_lots(draw):
        raise Unclear("rule", _("This rule draws lots, and this draw had no seed to draw them from."))
    return found


# --- files by their numbers -------------------------------------------------------------------------------------------


def _among_entries(draw: Draw, where: str, references: Collection[str]) -> dict[str, int]:
    """Return the keys of entries by their numbers; raises Unclear naming those that were not in the draw."""
    rows = Entry.objects.filter(draw=draw, eoi__reference__in=references).order_by()
    found = dict(rows.values_list("eoi__reference", "eoi_id"))
    missing = [one for one in references if one not in found]
    if missing:
        raise Unclear(
            where,
            _("Not in this draw: %(who)s. Name files that were in it by their numbers, like NT-E-2026-000012.")
            % {"who": _named(missing)},
        )
    return found


def _named(who: Collection[str]) -> str:
    shown = list(who)[:NAMED]
    return ", ".join(shown) + (" …" if len(who) > NAMED else "")


def _right(draw: Draw, said: Correction) -> dict[int, Right]:
    """Return what is right of each file: points as given, or those that its answers give with the facts that are right."""
    named = [*said.files]
    inside = _among_entries(draw, "wrong", [one for one in named if one not in said.added])
    outside = _not_among_entries(draw, "added", [one for one in named if one in said.added])
    keys, unknown, found = {**inside, **outside}, [], {}
    for one in eois.files(keys.values()):
        told = dict(said.files[one.reference])
        points = told.pop("points", None)
        scored = _scored(draw, one, told) if told else None
        if told and scored is None and points is None:
            unknown.append(one.reference)
        found[one.pk] = Right(scored.points if scored and points is None else points, scored.facts if scored else told)
    if unknown:
        raise Unclear(
            "wrong",
            _(
                "The points of these files cannot be worked out from their answers: %(who)s."
                " Give their points as well (points=480)."
            )
            % {"who": _named(unknown)},
        )
    return found


def _scored(draw: Draw, eoi: Any, told: Mapping[str, Any]) -> Any:
    try:
        return eois.scored_with(eoi, told, closes_at=draw.closes_at)
    except (MissingFacts, NotComputable, BadValue):
        return None


# --- who was in and should not have been ------------------------------------------------------------------------------


def _with_facts(draw: Draw, facts: Mapping[str, Any]) -> frozenset[int]:
    """Return the entries that had one of these facts when they were frozen."""
    if not facts:
        return frozenset()
    has = Q(pk__in=[])
    for key, value in facts.items():
        has |= Q(**{f"drawn_facts__{key}": value})
    return frozenset(replaying.as_drawn(draw, _entries(draw)).filter(has).values_list("pk", flat=True))


def _strays(draw: Draw, plan: Draw, right: Mapping[int, Right], *, everybody: bool) -> frozenset[int]:
    """Return the entries that the plan as it should have been does not look at: all are asked, or those with other facts."""
    among: Any = _entries(draw) if everybody else list(right)
    if not everybody and not right:
        return frozenset()
    rows = replaying.as_right(draw, among, right).filter(pk__in=_entries(draw))
    fit = set(replaying.in_scope(plan, rows).values_list("pk", flat=True))
    return frozenset(rows.values_list("pk", flat=True)) - fit


def _entries(draw: Draw) -> Any:
    return Entry.objects.filter(draw=draw).order_by().values("eoi")


# --- who was not in and should have been ------------------------------------------------------------------------------


def _not_among_entries(draw: Draw, where: str, references: Collection[str]) -> dict[str, int]:
    inside = Entry.objects.filter(draw=draw, eoi__reference__in=references).order_by()
    held = set(inside.values_list("eoi__reference", flat=True))
    known = {one.reference: one.pk for one in eois.by_reference(draw.program, references)}
    wrong = [one for one in references if one in held or one not in known]
    if wrong:
        raise Unclear(
            where,
            _("In this draw already, or no file of that number: %(who)s. Name files that were kept out.")
            % {"who": _named(wrong)},
        )
    return known


def _added(
    draw: Draw, plan: Draw, said: Correction, right: Mapping[int, Right]
) -> tuple[frozenset[int], dict[str, str]]:
    keys = _not_among_entries(draw, "added", said.added)
    if not keys:
        return frozenset(), {}
    assert draw.frozen_at
    asked = queries.scope(plan, draw.frozen_at)
    wide = {**asked, "meets": None, "points_from": None, "points_through": None}
    wide.pop("at")
    on_time = set(eois.handed_in(draw.program, **wide).filter(pk__in=keys.values()).values_list("pk", flat=True))
    fit = set(
        replaying.in_scope(plan, replaying.as_right(draw, list(keys.values()), right)).values_list("pk", flat=True)
    )
    in_vain = {one.reference: why for one in eois.files(keys.values()) if (why := _in_vain(draw, one, on_time, fit))}
    return frozenset(key for reference, key in keys.items() if reference not in in_vain), in_vain


def _in_vain(draw: Draw, eoi: Any, on_time: Collection[int], fit: Collection[int]) -> str:
    assert draw.frozen_at
    if eoi.pk not in on_time:
        return _("It came after entries had closed, or is of another stream or category.")
    if eois.state_at(eoi, draw.frozen_at) in NEVER_IN:
        return _("On that day it was a draft, had ended, or was invited already.")
    if eoi.pk not in fit:
        return _("The draw was not for it: it does not have what the draw and its rule look at.")
    return ""


def _looked_for(plan: Draw) -> frozenset[int]:
    """Return everybody who could have been drawn by the plan as it should have been and was not in.

    Whom two people left out, and who no longer met a criterion, is not among them: that was decided. Naming them lets them in.
    """
    assert plan.frozen_at
    asked = queries.scope(plan, plan.frozen_at)
    asked.pop("at")
    decided = Q(pk__in=Excluded.objects.filter(draw=plan).values("eoi"))
    decided |= Q(pk__in=LeftOut.objects.filter(draw=plan, confirmed_at__isnull=False).values("eoi"))
    rows = eois.handed_in(plan.program, **asked).exclude(Q(pk__in=_entries(plan)) | decided)
    return frozenset(one.pk for one in _could_be_drawn(rows, plan))


def _could_be_drawn(rows: Any, plan: Draw) -> Iterator[Any]:
    assert plan.frozen_at
    return eois.could_be_drawn(rows, plan.frozen_at)
