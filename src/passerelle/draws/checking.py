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
    issued the next in order takes the place. The final run tests everybody's criteria again, the others those taken.
    """
    case = Case(draw, at, _failing(draw, at, everybody=final))
    found = [asdict(check(case)) for check in CHECKS]
    return [
        {**one, "good": None} if one["key"] == "eligible" and not one["good"] and not final else one for one in found
    ]


@dataclass(frozen=True)
class Case:
    """A draw as it is checked: the moment, and who fails a mandatory criterion then."""

    draw: Draw
    at: datetime
    failing: frozenset[str]

    @property
    def fit(self) -> Any:
        """Keys of the files that may be drawn now: in the pool, within their year, not barred."""
        return eois.pool(self.draw.program, self.at).order_by().values("pk")


def _failing(draw: Draw, at: datetime, *, everybody: bool) -> frozenset[str]:
    if draw.state == DrawState.ISSUED:
        return frozenset()
    taken = None if everybody else list(queries.chosen(draw).values_list("eoi__reference", flat=True))
    return frozenset(eois.ineligible(draw.program, among=taken, **queries.scope(draw, at)))


def _eligible(case: Case) -> Finding:
    """Everybody taken may be invited now: in the pool, within their year, not barred, criteria met."""
    taken = queries.chosen(case.draw)
    if case.draw.state == DrawState.ISSUED:
        return Finding("eligible", True, {"taken": taken.count()})
    everybody = set(taken.values_list("eoi__reference", flat=True))
    unfit = set(taken.exclude(eoi__in=case.fit).values_list("eoi__reference", flat=True)) | everybody & case.failing
    facts = {"taken": len(everybody), "who": sorted(unfit)[:NAMED], "count": len(unfit)}
    return Finding("eligible", not unfit, facts)


def _order(case: Case) -> Finding:
    """Nobody left out, of those who may be invited, outranks one taken."""
    last = queries.chosen(case.draw).order_by("points", "-placed_at", "-eoi_id").first()
    out = queries.not_chosen(case.draw).filter(eoi__in=case.fit).exclude(eoi__reference__in=case.failing)
    first_out = out.order_by("-points", "placed_at", "eoi_id").first()
    if last is None or first_out is None:
        return Finding("order", True, {"cutoff": last.points if last else None})
    good = (first_out.points, last.placed_at, last.eoi_id) < (last.points, first_out.placed_at, first_out.eoi_id)
    return Finding("order", good, {"cutoff": last.points, "next": first_out.points})


def _once(case: Case) -> Finding:
    """No person appears twice, under whichever employer."""
    draw = case.draw
    people = Entry.objects.filter(draw=draw).order_by().values("eoi__person_key").annotate(times=Count("pk"))
    twice = people.filter(times__gt=1).count()
    return Finding("once", twice == 0, {"entries": Entry.objects.filter(draw=draw).count(), "count": twice})


def _numbers(case: Case) -> Finding:
    """Entries, standings and those taken add up to what was frozen and what was planned."""
    draw = case.draw
    entries = Entry.objects.filter(draw=draw).count()
    standings = Standing.objects.filter(entry__draw=draw).count()
    taken = queries.chosen(draw).count()
    vacant = queries.promotions(draw).filter(taken=None).count()
    wanted = min(draw.size, entries)
    enough = taken + vacant >= wanted if draw.rule["tie_break"] == "everyone_at_cutoff" else taken + vacant == wanted
    good = entries == standings == draw.pool_size and enough
    return Finding("numbers", good, {"entries": entries, "ranked": standings, "taken": taken, "size": draw.size})


def _positions(case: Case) -> Finding:
    """The positions of the ranking are those that points and instants of submission give."""
    draw = case.draw
    before: tuple[int, datetime, int] | None = None
    wrong = 0
    rows = Standing.objects.filter(entry__draw=draw).order_by("position")
    fields = rows.values_list("position", "entry__points", "entry__placed_at", "entry__eoi_id")
    for place, (position, points, placed_at, eoi_id) in enumerate(fields.iterator(chunk_size=2000), start=1):
        this = (-points, placed_at, eoi_id)
        wrong += position != place or (before is not None and this <= before)
        before = this
    return Finding("positions", wrong == 0, {"count": wrong})


def _in_scope(case: Case) -> Finding:
    """Every entry came in before the cut-off instant, in a category of the draw."""
    draw = case.draw
    entries = Entry.objects.filter(draw=draw)
    stray = entries.filter(Q(placed_at__gte=draw.closes_at) | ~Q(category__in=draw.categories)).count()
    return Finding("in_scope", stray == 0, {"count": stray})


def _points(case: Case) -> Finding:
    """The points frozen are those confirmed and told to the person."""
    draw = case.draw
    wrong = Entry.objects.filter(draw=draw).exclude(points=F("eoi__confirmed_points")).count()
    return Finding("points", wrong == 0, {"count": wrong})


def _one_grid(case: Case) -> Finding:
    """All points come from one grid."""
    draw = case.draw
    grids = sorted(Entry.objects.filter(draw=draw).order_by().values_list("grid", flat=True).distinct())
    return Finding("one_grid", len(grids) <= 1, {"grids": grids})


def _places(case: Case) -> Finding:
    """The year has a place for everybody taken."""
    draw = case.draw
    taken, left = queries.chosen(draw).count(), queries.places(draw).left
    return Finding("places", draw.state == DrawState.ISSUED or taken <= left, {"taken": taken, "left": left})


CHECKS: tuple[Callable[[Case], Finding], ...] = (
    _eligible, _order, _once, _numbers, _positions, _in_scope, _points, _one_grid, _places,
)  # fmt: skip
