"""Planning a draw: day, size, categories, cut-off instant; the rule comes from the pack."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from passerelle.core.references import next_reference
from passerelle.core.verdicts import require
from passerelle.draws.models import Draw
from passerelle.draws.operations.support import locked, told
from passerelle.draws.permissions import can_plan
from passerelle.draws.selecting import UnknownTieBreak, rule_of
from passerelle.draws.states import DRAW_LIFECYCLE
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules


class BadPlan(ValueError):
    """The plan does not hold together; the message is for the person who makes it. ``field`` names what to change."""

    def __init__(self, field: str, message: Any) -> None:
        super().__init__(str(message))
        self.field, self.message = field, message


@transaction.atomic
def plan_draw(
    *, program: str, held_on: date, closes_at: datetime, size: int, categories: Collection[str], by: Any, at: datetime,
    follows: str = "",
) -> Draw:  # fmt: skip
    """Plan a draw: who is in (``categories``, handed in before ``closes_at``), how many are taken, on which day.

    ``follows`` is the number of a void draw that this one replaces. Raises NotAllowed and BadPlan.
    """
    require(can_plan(by, program))
    pack = programs.pack_in_force(program, at)
    rules = programs.rules(pack)
    _check(rules, held_on, closes_at, size, categories)
    draw = Draw(
        number=next_reference(f"{rules.reference_prefix}-D", held_on.year), program=program, held_on=held_on,
        closes_at=closes_at, size=size, stream=_stream(rules, categories), categories=_in_order(rules, categories),
        planned_by=by, planned_at=at,
        rule={"tie_break": rules.setting("tie_break"), "ranking": rules.setting("ranking"), "pack": pack.pk,
              "pack_sha256": pack.sha256},
        follows=Draw.objects.get(program=program, number=follows) if follows else None,
    )  # fmt: skip
    try:
        rule_of(draw)
    except UnknownTieBreak as fault:
        # Refused now, not on the day.
        raise BadPlan("__all__", _("The pack breaks ties in a way that cannot be done here yet.")) from fault
    draw.save(force_insert=True)
    told("draw.planned", draw, by=by, at=at, **_told(draw))
    return draw


@transaction.atomic
def replan_draw(
    *, number: str, held_on: date, closes_at: datetime, size: int, categories: Collection[str], by: Any, at: datetime
) -> Draw:
    """Change the plan while nothing is frozen. Raises NotAllowed, IllegalMove and BadPlan."""
    draw = locked(number)
    require(can_plan(by, draw.program))
    draw.state = DRAW_LIFECYCLE.after(draw.state, "replan")
    rules = programs.rules_in_force(draw.program, at)
    _check(rules, held_on, closes_at, size, categories)
    before = _told(draw)
    draw.held_on, draw.closes_at, draw.size = held_on, closes_at, size
    draw.stream, draw.categories = _stream(rules, categories), _in_order(rules, categories)
    draw.save(update_fields=["held_on", "closes_at", "size", "stream", "categories"])
    told("draw.replanned", draw, by=by, at=at, before=before, after=_told(draw))
    return draw


def _check(rules: ProgramRules, held_on: date, closes_at: datetime, size: int, categories: Collection[str]) -> None:
    if size < 1:
        raise BadPlan("size", _("Enter how many are to be taken: 1 or more."))
    if not categories or set(categories) - {one.key for one in rules.categories}:
        raise BadPlan("categories", _("Choose at least one category."))
    if len({rules.stream_of(one).key for one in categories}) > 1:
        raise BadPlan("categories", _("A draw is held in one stream. Choose categories of one stream."))
    end_of_day = datetime.combine(held_on + timedelta(days=1), time.min, tzinfo=rules.zone)
    if closes_at >= end_of_day:
        raise BadPlan("closes_at", _("Entries must close on or before the day of the draw."))


def _stream(rules: ProgramRules, categories: Collection[str]) -> str:
    return rules.stream_of(next(iter(categories))).key


def _in_order(rules: ProgramRules, categories: Collection[str]) -> list[str]:
    return [one.key for one in rules.categories if one.key in categories]


def _told(draw: Draw) -> dict[str, Any]:
    return {
        "held_on": draw.held_on, "closes_at": draw.closes_at, "size": draw.size, "categories": list(draw.categories)
    }  # fmt: skip
