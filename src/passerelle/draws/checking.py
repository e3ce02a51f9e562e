"""The assertions of a draw: failures seen elsewhere, each looked for in the rows and not in the code that chose.

Every check is a query of its own over entries, standings and the pool; none asks ``pointsgrid.draw``, so a fault there
shows here.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q

from passerelle.draws import queries
from passerelle.draws.models import Draw, Entry, Standing
from passerelle.draws.states import DrawState
from passerelle.eoi import queries as eois

# How many offenders a sentence names.
NAMED = 5


@dataclass(frozen=True)
class Finding:
    """Whether one condition holds, and the numbers and references its sentence tells."""

    key: str
    good: bool | None
    facts: dict[str, Any]


def findings(draw: Draw, at: datetime, *, final: bool = False) -> list[dict[str, Any]]:
    """Run every check on the draw as its rows stand at ``at``; return them ready to be kept.

    Before the ``final`` run somebody taken who may no longer be invited leaves that line open (None): when the draw is
    issued the next in order takes the place.
    """
    found = [asdict(check(draw, at)) for check in CHECKS]
    return [
        {**one, "good": None} if one["key"] == "eligible" and not one["good"] and not final else one for one in found
    ]


def _eligible(draw: Draw, at: datetime) -> Finding:
    """Everybody taken may be invited now: in the pool, within their year, not barred, criteria met."""
    taken = queries.chosen(draw)
    fit = eois.pool(draw.program, at).order_by().values("pk")
    if draw.state == DrawState.ISSUED:
        return Finding("eligible", True, {"taken": taken.count()})
    unfit = set(taken.exclude(eoi__in=fit).values_list("eoi__reference", flat=True))
    failing = eois.ineligible(draw.program, **queries.scope(draw, at))
    unfit |= set(failing) & set(taken.values_list("eoi__reference", flat=True))
    return Finding("eligible", not unfit, {"taken": taken.count(), "who": sorted(unfit)[:NAMED], "count": len(unfit)})


def _order(draw: Draw, at: datetime) -> Finding:
    """Nobody left out, of those who may be invited, outranks one taken."""
    last = queries.chosen(draw).order_by("points", "-submitted_at", "-eoi_id").first()
    fit = eois.pool(draw.program, at).order_by().values("pk")
    failing = eois.ineligible(draw.program, **queries.scope(draw, at))
    out = queries.not_chosen(draw).filter(eoi__in=fit).exclude(eoi__reference__in=failing)
    first_out = out.order_by("-points", "submitted_at", "eoi_id").first()
    if last is None or first_out is None:
        return Finding("order", True, {"cutoff": last.points if last else None})
    good = (first_out.points, last.submitted_at, last.eoi_id) < (last.points, first_out.submitted_at, first_out.eoi_id)
    return Finding("order", good, {"cutoff": last.points, "next": first_out.points})


def _once(draw: Draw, at: datetime) -> Finding:
    """No person appears twice, under whichever employer."""
    people = Entry.objects.filter(draw=draw).order_by().values("eoi__person_key").annotate(times=Count("pk"))
    twice = people.filter(times__gt=1).count()
    return Finding("once", twice == 0, {"entries": Entry.objects.filter(draw=draw).count(), "count": twice})


def _numbers(draw: Draw, at: datetime) -> Finding:
    """Entries, standings and those taken add up to what was frozen and what was planned."""
    entries = Entry.objects.filter(draw=draw).count()
    standings = Standing.objects.filter(entry__draw=draw).count()
    taken = queries.chosen(draw).count()
    vacant = queries.promotions(draw).filter(taken=None).count()
    wanted = min(draw.size, entries)
    enough = taken + vacant >= wanted if draw.rule["tie_break"] == "everyone_at_cutoff" else taken + vacant == wanted
    good = entries == standings == draw.pool_size and enough
    return Finding("numbers", good, {"entries": entries, "ranked": standings, "taken": taken, "size": draw.size})


def _positions(draw: Draw, at: datetime) -> Finding:
    """The positions of the ranking are those that points and instants of submission give."""
    before: tuple[int, datetime, int] | None = None
    wrong = 0
    rows = Standing.objects.filter(entry__draw=draw).order_by("position")
    fields = rows.values_list("position", "entry__points", "entry__submitted_at", "entry__eoi_id")
    for place, (position, points, submitted_at, eoi_id) in enumerate(fields.iterator(chunk_size=2000), start=1):
        this = (-points, submitted_at, eoi_id)
        wrong += position != place or (before is not None and this <= before)
        before = this
    return Finding("positions", wrong == 0, {"count": wrong})


def _in_scope(draw: Draw, at: datetime) -> Finding:
    """Every entry came in before the cut-off instant, in a category of the draw."""
    entries = Entry.objects.filter(draw=draw)
    stray = entries.filter(Q(submitted_at__gte=draw.closes_at) | ~Q(category__in=draw.categories)).count()
    return Finding("in_scope", stray == 0, {"count": stray})


def _points(draw: Draw, at: datetime) -> Finding:
    """The points frozen are those confirmed and told to the person."""
    wrong = Entry.objects.filter(draw=draw).exclude(points=F("eoi__confirmed_points")).count()
    return Finding("points", wrong == 0, {"count": wrong})


def _one_grid(draw: Draw, at: datetime) -> Finding:
    """All points come from one grid."""
    grids = sorted(Entry.objects.filter(draw=draw).order_by().values_list("grid", flat=True).distinct())
    return Finding("one_grid", len(grids) <= 1, {"grids": grids})


def _places(draw: Draw, at: datetime) -> Finding:
    """The year has a place for everybody taken."""
    taken, left = queries.chosen(draw).count(), queries.places(draw).left
    return Finding("places", draw.state == DrawState.ISSUED or taken <= left, {"taken": taken, "left": left})


CHECKS: tuple[Callable[[Draw, datetime], Finding], ...] = (
    _eligible, _order, _once, _numbers, _positions, _in_scope, _points, _one_grid, _places,
)  # fmt: skip
