"""The last act of a draw: another person says that its invitations go out."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.core.sets import as_sets
from passerelle.core.verdicts import require
from passerelle.draws import checking, queries, selecting
from passerelle.draws.models import Draw, Entry, Promotion
from passerelle.draws.operations.conducting import DrawBlocked, red
from passerelle.draws.operations.support import locked, told
from passerelle.draws.permissions import can_issue
from passerelle.draws.states import DRAW_LIFECYCLE
from passerelle.eoi import queries as eois
from pointsgrid import draw as choosing


@transaction.atomic
def mark_issued(*, number: str, by: Any, at: datetime, unfit: Collection[str] = ()) -> list[str]:
    """Close the draw; return the references of the expressions of interest to invite, in the order of their invitations.

    That is the order of the draw, or the one its rule puts ``afterwards``.

    Whoever may no longer be invited gives the place to the next in order, and a promotion row tells it. ``unfit`` names
    more who may not. Raises NotAllowed, IllegalMove, and DrawBlocked when an assertion does not hold on the final list.
    """
    draw = locked(number)
    require(can_issue(by, draw))
    draw.state = DRAW_LIFECYCLE.after(draw.state, "issue")
    promoted = _promote(draw, at, unfit)
    draw.assertions = checking.findings(_as_selected(draw), at, final=True)
    if red(draw):
        raise DrawBlocked("assertions", red(draw))
    draw.approved_by, draw.issued_at, draw.outcome = by, at, _outcome(draw)
    draw.save(update_fields=["state", "approved_by", "issued_at", "assertions", "outcome"])
    told("draw.issued", draw, by=by, at=at, promoted=promoted, **draw.outcome)
    return queries.in_turn(draw, at, list(queries.chosen(draw).values_list("eoi__reference", flat=True)))


def _as_selected(draw: Draw) -> Draw:
    return Draw.objects.get(pk=draw.pk)


def _promote(draw: Draw, at: datetime, unfit: Collection[str]) -> list[dict[str, str | None]]:
    gone = may_not_be_invited(draw, at) | of_references(draw, unfit)
    return [told_of(row) for row in fill(draw, at, fallen=gone, unfit=gone)]


def of_references(draw: Draw, references: Collection[str]) -> set[int]:
    """Return the EOIs of a draw's entries by their references."""
    return set(Entry.objects.filter(draw=draw, eoi__reference__in=references).values_list("eoi_id", flat=True))


def told_of(row: Promotion) -> dict[str, str | None]:
    """Return a promotion as the trail tells it."""
    return {"fallen": row.fallen.eoi.reference, "taken": row.taken.eoi.reference if row.taken else None}


def fill(draw: Draw, at: datetime, *, fallen: Collection[int], unfit: Collection[int]) -> list[Promotion]:
    """Give the places of ``fallen`` to the next in order: the walk of the selection goes on from where it stands."""
    if not fallen:
        return []  # the pool is put in order for nobody
    rule, names = queries.rule_of(draw), {selecting.name(key) for key in fallen}
    with as_sets(), queries.walk(draw) as walk:
        selection = choosing.select_among(walk, rule)
        changes = choosing.promote(
            lambda: (entry for _position, entry in walk("")), rule, selection, fallen=names,
            unfit={selecting.name(key) for key in unfit}, earlier=_earlier(draw, rule),
        )  # fmt: skip
    return [
        _promotion(draw, change, selecting.cell(rule.allotments[change.fallen.allotment]), at) for change in changes
    ]


def _earlier(draw: Draw, rule: choosing.Rule) -> list[choosing.Promotion]:
    """Return the promotions made so far, as the library made them."""
    numbers = {selecting.cell(one): place for place, one in enumerate(rule.allotments)}
    rows = Promotion.objects.filter(draw=draw).select_related("fallen__standing", "taken__standing").order_by("id")
    passed = {key for row in rows for key in row.passed}
    entries = {one.eoi_id: one for one in Entry.objects.filter(draw=draw, eoi__in=passed).select_related("standing")}
    found = []
    for row in rows:
        number = numbers[row.cell]
        by = tuple(_pick(entries[key], number) for key in row.passed)
        found.append(choosing.Promotion(_pick(row.fallen, number), _pick(row.taken, number) if row.taken else None, by))
    return found


def _pick(row: Entry, allotment: int) -> choosing.Pick:
    entry = selecting.entry(row.eoi_id, row.rank, row.cells, row.grp, row.cap)
    return choosing.Pick(entry, allotment, row.standing.position)


def _promotion(draw: Draw, change: choosing.Promotion, cell: str, at: datetime) -> Promotion:
    rows = Entry.objects.select_related("eoi").filter(draw=draw)
    taken = rows.get(eoi_id=selecting.key(change.taken.entry)) if change.taken else None
    fallen = rows.get(eoi_id=selecting.key(change.fallen.entry))
    passed = [selecting.key(pick.entry) for pick in change.passed]
    return Promotion.objects.create(draw=draw, fallen=fallen, taken=taken, cell=cell, passed=passed, at=at)


def may_not_be_invited(draw: Draw, at: datetime) -> set[int]:
    """Entries that left the pool, grew too old, were barred or no longer meet a criterion since the freeze."""
    gone = Entry.objects.filter(~queries.may_be_drawn(draw, at), draw=draw).values_list("eoi_id", flat=True)
    return set(gone) | set(eois.ineligible(draw.program, **queries.scope(draw, at)))


def _outcome(draw: Draw) -> dict[str, Any]:
    taken = list(queries.chosen(draw).values_list("points", "category"))
    points = [one for one, _category in taken]
    by_category = Counter(category for _points, category in taken)
    return {
        "invited": len(taken), "lowest": min(points, default=None), "highest": max(points, default=None),
        "by_category": {key: by_category[key] for key in draw.categories}, "pool": draw.pool_size, **queries.aimed(draw),
        "threshold": selecting.blocks(draw).ties == "take_all", "cells": _ends(draw),
    }  # fmt: skip


def _ends(draw: Draw) -> list[dict[str, Any]]:
    """Return how each group of places ended by the selection, with the last one taken, to be published for good."""
    return [
        {
            "cell": one.cell, "places": one.places, "filled": one.filled, "rank": list(one.cutoff_rank), "tie": one.cutoff_tie,
            "position": position,
        }
        for one, position in queries.ended(draw)
    ]  # fmt: skip
