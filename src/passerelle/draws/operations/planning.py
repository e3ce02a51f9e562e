"""Planning a draw: day, size, categories, cut-off instant; the rule comes from the pack."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from passerelle.core.references import next_reference
from passerelle.core.verdicts import require
from passerelle.draws import aiming, terms
from passerelle.draws.models import Draw
from passerelle.draws.operations.support import locked, told
from passerelle.draws.permissions import can_plan, can_replan, can_take_dice
from passerelle.draws.queries import rules_of
from passerelle.draws.selecting import blocks, rule_of
from passerelle.draws.states import DRAW_LIFECYCLE
from passerelle.eoi import closed
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules
from passerelle.programs.rules.selection import SelectionRule


class BadPlan(ValueError):
    """The plan does not hold together; the message is for the person who makes it. ``field`` names what to change."""

    def __init__(self, field: str, message: Any) -> None:
        super().__init__(str(message))
        self.field, self.message = field, message


@transaction.atomic
def plan_draw(
    *, program: str, held_on: date, closes_at: datetime, size: int | None, categories: Collection[str], by: Any, at: datetime,
    follows: str = "", filters: Mapping[str, Any] | None = None, rule: str = "", dice_because: str = "",
) -> Draw:  # fmt: skip
    """Plan a draw: who is in (``categories``, handed in before ``closes_at``), how many are taken, on which day.

    ``filters`` aim it at some of them (the shape is ``Draw.filters``); without any it is a general draw.

    ``rule`` is the key of one of the pack's selection rules; left out, the one in force on the day of the draw. ``size`` is
    None where that rule takes everybody, and may be where it fixes the places.
    ``follows`` is the number of a void draw that this one replaces. ``dice_because``: it was void because its beacon failed,
    and this one takes dice instead, for this reason, which its notice gives. Raises NotAllowed and BadPlan.
    """
    require(can_plan(by, program))
    pack = programs.pack_in_force(program, at)
    rules = programs.rules(pack)
    _check(rules, held_on, closes_at, categories)
    stream = _stream(rules, categories)
    _takes_in(program, stream, at)
    chosen = _chosen(rules, stream, held_on, rule)
    before = Draw.objects.get(program=program, number=follows) if follows else None
    instead = _instead(before, dice_because, by)
    draw = Draw(
        number=next_reference(f"{rules.reference_prefix}-D", held_on.year), program=program, held_on=held_on,
        closes_at=closes_at, size=_size(chosen, size), stream=stream, categories=_in_order(rules, categories),
        filters=_aimed(rules, stream, filters or {}, held_on), planned_by=by, planned_at=at,
        rule={**_kept(rules, chosen, instead), "pack": pack.pk, "pack_sha256": pack.sha256}, follows=before,
    )  # fmt: skip
    _fits(draw)
    draw.save(force_insert=True)
    told("draw.planned", draw, by=by, at=at, **_told(draw))
    return draw


@transaction.atomic
def replan_draw(
    *, number: str, held_on: date, closes_at: datetime, size: int | None, categories: Collection[str], by: Any, at: datetime,
    filters: Mapping[str, Any] | None = None, rule: str = "",
) -> Draw:  # fmt: skip
    """Change the plan while nothing is frozen; without ``rule`` the rule stays. Raises NotAllowed, IllegalMove and BadPlan."""
    draw = locked(number)
    require(can_replan(by, draw))
    draw.state = DRAW_LIFECYCLE.after(draw.state, "replan")
    rules = programs.rules_in_force(draw.program, at)
    _check(rules, held_on, closes_at, categories)
    _takes_in(draw.program, _stream(rules, categories), at)
    before = _told(draw)
    draw.held_on, draw.closes_at = held_on, closes_at
    draw.stream, draw.categories = _stream(rules, categories), _in_order(rules, categories)
    draw.filters = _aimed(rules_of(draw), draw.stream, filters or {}, held_on)
    if rule:
        known = rules_of(draw)
        draw.rule = {**draw.rule, **_kept(known, _chosen(known, draw.stream, held_on, rule), draw.rule.get("instead"))}
    draw.size = _size(blocks(draw), size)
    _fits(draw)
    draw.save(update_fields=["held_on", "closes_at", "size", "stream", "categories", "filters", "rule"])
    told("draw.replanned", draw, by=by, at=at, before=before, after=_told(draw))
    return draw


def _check(rules: ProgramRules, held_on: date, closes_at: datetime, categories: Collection[str]) -> None:
    if not categories or set(categories) - {one.key for one in rules.categories}:
        raise BadPlan("categories", _("Choose at least one category."))
    if len({rules.stream_of(one).key for one in categories}) > 1:
        raise BadPlan("categories", _("A draw is held in one stream. Choose categories of one stream."))
    end_of_day = datetime.combine(held_on + timedelta(days=1), time.min, tzinfo=rules.zone)
    if closes_at >= end_of_day:
        raise BadPlan("closes_at", _("Entries must close on or before the day of the draw."))


def _takes_in(program: str, stream: str, at: datetime) -> None:
    """Raise BadPlan for a closed stream; whoever closes it waits for this plan, and finds it."""
    closed.hold_gate(program, [stream])
    if not (verdict := closed.takes_in(program, stream, at)):
        raise BadPlan("categories", verdict.reason)


def _chosen(rules: ProgramRules, stream: str, held_on: date, named: str) -> SelectionRule:
    """Return the selection rule of a plan: the one ``named``, or the one in force on the day."""
    known = {one.key: one for one in rules.selection_rules(stream)}
    chosen = known.get(named) if named else rules.selection_rule(stream, held_on)
    if chosen is None:
        raise BadPlan("rule", _("Choose a rule of this stream: none is in force on the day of the draw."))
    if chosen.needs_chance and not terms.of(rules, chosen).by_chance:
        raise BadPlan(
            "rule",
            _(
                "This rule draws lots, and its pack names no source of chance (seed in the rule, or draw_seed)."
                " Choose another."
            ),
        )
    return chosen


def _instead(failed: Draw | None, because: str, by: Any) -> dict[str, str] | None:
    """Return which beacon dice take the place of, that of the draw ``failed``, and why; None where they do not."""
    if not because:
        return None
    if failed is None:
        raise BadPlan("dice_because", _("Dice take the place of a beacon only where a void draw is planned again."))
    require(can_take_dice(by, failed))
    return {"draw": failed.number, "because": because}


def _kept(rules: ProgramRules, rule: SelectionRule, instead: dict[str, str] | None) -> dict[str, Any]:
    """Return a rule as a draw keeps it, with the terms of the draws by it; dice ``instead`` of a beacon that failed."""
    how = terms.of(rules, rule)
    if instead is None or how.seed != "drand":
        return {"selection": rule.model_dump(mode="json"), "terms": asdict(how), "instead": None}
    return {"selection": rule.model_dump(mode="json"), "terms": asdict(replace(how, seed="dice")), "instead": instead}


def _size(rule: SelectionRule, size: int | None) -> int | None:
    """Return how many a draw by ``rule`` takes: none where everybody is taken, its own number where it fixes one."""
    if rule.takes == "everybody":
        if size is not None:
            raise BadPlan("size", _("This rule takes everybody it looks at. Leave the number empty."))
        return None
    wanted = rule.places if size is None else size
    if wanted is None or wanted < 1:
        raise BadPlan("size", _("Enter how many are to be taken: 1 or more."))
    if rule.places not in (None, wanted):
        raise BadPlan("size", _("The rule fixes the size of the draw: %(places)s.") % {"places": rule.places})
    return wanted


def _fits(draw: Draw) -> None:
    """Reserves do not hold more than there is."""
    try:
        rule_of(draw)
    except ValueError as fault:
        raise BadPlan("size", _("The reserved places are more than the size of the draw. Make it larger.")) from fault


def _aimed(rules: ProgramRules, stream: str, filters: Mapping[str, Any], held_on: date) -> dict[str, Any]:
    try:
        return aiming.kept(rules, stream, filters, held_on=held_on)
    except aiming.NotAnAim as fault:
        raise BadPlan(fault.field, fault.message) from fault


def _stream(rules: ProgramRules, categories: Collection[str]) -> str:
    return rules.stream_of(next(iter(categories))).key


def _in_order(rules: ProgramRules, categories: Collection[str]) -> list[str]:
    return [one.key for one in rules.categories if one.key in categories]


def _told(draw: Draw) -> dict[str, Any]:
    return {
        "held_on": draw.held_on, "closes_at": draw.closes_at, "size": draw.size, "categories": list(draw.categories),
        "filters": dict(draw.filters), "rule": draw.rule["selection"]["key"],
        **({"dice_instead_of": draw.rule["instead"]} if draw.rule.get("instead") else {}),
    }  # fmt: skip
