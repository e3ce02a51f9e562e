"""The last act of a draw: another person says that its invitations go out."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

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
    """Close the draw; return the references of the expressions of interest to invite, in ranking order.

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
    return list(queries.chosen(draw).values_list("eoi__reference", flat=True))


def _as_selected(draw: Draw) -> Draw:
    return Draw.objects.get(pk=draw.pk)


def _promote(draw: Draw, at: datetime, unfit: Collection[str]) -> list[dict[str, str | None]]:
    told_unfit = Entry.objects.filter(draw=draw, eoi__reference__in=unfit).values_list("eoi_id", flat=True)
    gone = _may_not_be_invited(draw, at) | set(told_unfit)
    entries = {entry.eoi_id: entry for entry in Entry.objects.filter(draw=draw, eoi__in=gone).select_related("eoi")}
    names = {selecting.entry(one.eoi_id, one.points, one.placed_at, one.category).name for one in entries.values()}
    rule = selecting.rule_of(draw)
    selection = choosing.select(lambda: queries.frozen(draw), rule)
    changes = choosing.promote(
        lambda: queries.frozen(draw), rule, selection, fallen=names & selection.names, unfit=names
    )  # fmt: skip
    rows = [_promotion(draw, change, entries, at) for change in changes]
    return [
        {"fallen": row.fallen.eoi.reference, "taken": row.taken.eoi.reference if row.taken else None} for row in rows
    ]  # fmt: skip


def _promotion(draw: Draw, change: choosing.Promotion, entries: dict[int, Entry], at: datetime) -> Promotion:
    taken = None
    if change.taken:
        taken = Entry.objects.select_related("eoi").get(draw=draw, eoi_id=selecting.key(change.taken.entry))
    fallen = entries[selecting.key(change.fallen.entry)]
    return Promotion.objects.create(draw=draw, fallen=fallen, taken=taken, at=at)


def _may_not_be_invited(draw: Draw, at: datetime) -> set[int]:
    """Entries that left the pool, grew too old, were barred or no longer meet a criterion since the freeze."""
    fit = eois.pool(draw.program, at).order_by().values("pk")
    gone = Entry.objects.filter(draw=draw).exclude(eoi__in=fit).values_list("eoi_id", flat=True)
    return set(gone) | set(eois.ineligible(draw.program, **queries.scope(draw, at)))


def _outcome(draw: Draw) -> dict[str, Any]:
    taken = list(queries.chosen(draw).values_list("points", "category"))
    points = [one for one, _category in taken]
    by_category = Counter(category for _points, category in taken)
    return {
        "invited": len(taken), "lowest": min(points, default=None), "highest": max(points, default=None),
        "by_category": {key: by_category[key] for key in draw.categories}, "pool": draw.pool_size, **_aimed(draw),
        "threshold": queries.tie_break_of(draw) == "everyone_at_cutoff",
    }  # fmt: skip


def _aimed(draw: Draw) -> dict[str, Any]:
    """Return whom the draw was aimed at in the pack's words of its day, as it is published for good."""
    filters, known = draw.filters, queries.rules_of(draw).filters(draw.stream)
    labels = [known[key].label for key in filters.get("attributes", ())]
    return {
        "targets": [{"en": one.en, "fr": one.fr} for one in labels], "match": filters.get("match", ""),
        "first_from": filters.get("first_from", ""), "first_through": filters.get("first_through", ""),
    }  # fmt: skip
