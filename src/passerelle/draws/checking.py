"""The assertions of a draw: failures seen elsewhere, each looked for in the rows and not in the code that chose.

Every check is a query of its own over entries, standings and the pool; none asks ``pointsgrid.draw``, so a fault there
shows here. Attributes are asked of each person taken by the library's meaning for one person, so that a fault in how they were
put to the database shows here too.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import Lag

from passerelle.core import audit
from passerelle.core.sets import Among, as_sets
from passerelle.draws import queries
from passerelle.draws.models import Draw, Entry, Excluded, Standing
from passerelle.draws.states import DrawState
from passerelle.eoi import queries as eois
from pointsgrid.answers import applies

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
    with as_sets():
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
    failing: frozenset[int]

    @property
    def fit(self) -> Any:
        """Keys of the files that may be drawn now: in the pool, within their year, not barred."""
        return eois.pool(self.draw.program, self.at).order_by().values("pk")


def _failing(draw: Draw, at: datetime, *, everybody: bool) -> frozenset[int]:
    if draw.state == DrawState.ISSUED:
        return frozenset()
    taken = None if everybody else list(queries.chosen(draw).values_list("eoi_id", flat=True))
    return frozenset(eois.ineligible(draw.program, among=taken, **queries.scope(draw, at)))


def _eligible(case: Case) -> Finding:
    """Everybody taken may be invited now: in the pool, within their year, not barred, criteria met."""
    taken = queries.chosen(case.draw)
    if case.draw.state == DrawState.ISSUED:
        return Finding("eligible", True, {"taken": taken.count()})
    unfit = taken.filter(~Q(eoi__in=case.fit) | Q(eoi__in=case.failing)).order_by("eoi__reference")
    who = list(unfit.values_list("eoi__reference", flat=True))
    facts = {"taken": taken.count(), "who": who[:NAMED], "count": len(who)}
    return Finding("eligible", not who, facts)


def _order(case: Case) -> Finding:
    """Nobody left out, of those who may be invited, outranks one taken."""
    chosen = queries.chosen(case.draw).select_related(None).only("points", "placed_at", "eoi_id")
    last = chosen.order_by("points", "-placed_at", "-eoi_id").first()
    out = queries.not_chosen(case.draw).filter(eoi__in=case.fit).exclude(eoi__in=case.failing)
    first_out = out.only("points", "placed_at", "eoi_id").order_by("-points", "placed_at", "eoi_id").first()
    if last is None or first_out is None:
        return Finding("order", True, {"cutoff": last.points if last else None})
    good = (first_out.points, last.placed_at, last.eoi_id) < (last.points, first_out.placed_at, first_out.eoi_id)
    if queries.tie_break_of(case.draw) == "everyone_at_cutoff":
        # N and above were invited: nobody outside has N.
        good = first_out.points < last.points
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
    # Each against the one before it, so that no ranking is made here a second time.
    one_before = {
        name: Window(Lag(field), order_by="position")
        for name, field in (
            ("place", "position"), ("more", "entry__points"), ("since", "entry__placed_at"), ("key", "entry__eoi_id")
        )
    }  # fmt: skip
    follows = Q(place=F("position") - 1) & (
        Q(more__gt=F("entry__points"))
        | Q(more=F("entry__points"), since__lt=F("entry__placed_at"))
        | Q(more=F("entry__points"), since=F("entry__placed_at"), key__lt=F("entry__eoi_id"))
    )
    rows = Standing.objects.filter(entry__draw=draw).annotate(**one_before)
    wrong = rows.exclude(Q(place=None, position=1) | follows).count()
    return Finding("positions", wrong == 0, {"count": wrong})


def _in_scope(case: Case) -> Finding:
    """Every entry came in before the cut-off instant, in a category of the draw."""
    draw = case.draw
    entries = Entry.objects.filter(draw=draw)
    stray = entries.filter(Q(placed_at__gte=draw.closes_at) | ~Q(category__in=draw.categories)).count()
    return Finding("in_scope", stray == 0, {"count": stray})


def _aimed(case: Case) -> Finding:
    """Everybody taken has what the draw is aimed at, asked of one person after the other and not of the database."""
    draw, filters = case.draw, case.draw.filters
    rules, join = queries.rules_of(draw), any if filters.get("match") == "any" else all
    named = [rules.filters(draw.stream)[key].condition for key in filters.get("attributes", ())]
    scope = {**queries.scope(draw, case.at), "meets": None, "first_from": None, "first_before": None}
    chosen = list(queries.chosen(draw).order_by().values_list("eoi", flat=True))
    taken = eois.entries(draw.program, **scope).filter(pk__in=chosen)
    stray = [
        reference
        for reference, facts, first in taken.values_list("reference", "drawn_facts", "first_submitted_at")
        if not (not named or join(applies(rules.points, one, facts) is True for one in named))
        or not _in_window(first, queries.window(draw))
    ]
    return Finding("aimed", not stray, {"count": len(stray), "who": stray[:NAMED]})


def _in_window(first: datetime, window: tuple[datetime | None, datetime | None]) -> bool:
    begins, ends = window
    return (begins is None or first >= begins) and (ends is None or first < ends)


def _complete(case: Case) -> Finding:
    """Nobody who could be drawn when the pool was frozen is missing, but for files something happened to since."""
    draw = case.draw
    assert draw.frozen_at
    scope = queries.scope(draw, draw.frozen_at)
    known = Entry.objects.filter(draw=draw, eoi=OuterRef("pk"))
    put_aside = Excluded.objects.filter(draw=draw, eoi=OuterRef("pk"))
    # Facts are large: they are read of those alone who are not among the entries.
    there = eois.entries(draw.program, **{**scope, "meets": None}).filter(confirmed_at__lt=draw.frozen_at)
    out = list(there.filter(~Exists(known), ~Exists(put_aside)).order_by().values_list("pk", flat=True))
    since = audit.trail(OuterRef("reference")).filter(at__gte=draw.frozen_at)
    missing = eois.entries(draw.program, **scope).filter(Among("pk", out), ~Exists(since)).order_by("reference")
    who = list(missing.values_list("reference", flat=True)[: NAMED + 1]) if out else []
    return Finding("complete", not who, {"who": who[:NAMED]})


def _points(case: Case) -> Finding:
    """The points frozen are those confirmed and told to the person, or those of the closing for a file changed since."""
    draw = case.draw
    entries = Entry.objects.filter(draw=draw).exclude(eoi__changeable=True, eoi__submitted_at__gte=draw.closes_at)
    wrong = entries.exclude(points=F("eoi__confirmed_points")).count()
    return Finding("points", wrong == 0, {"count": wrong})


def _one_grid(case: Case) -> Finding:
    """All points come from one grid."""
    draw = case.draw
    grids = sorted(Entry.objects.filter(draw=draw).order_by().values_list("grid", flat=True).distinct())
    return Finding("one_grid", len(grids) <= 1, {"grids": grids})


def _places(case: Case) -> Finding:
    """The year has a place for everybody taken, or as many as are planned above its places where none is held."""
    draw = case.draw
    taken, room = queries.chosen(draw).count(), queries.room(draw)
    facts = {"taken": taken, "left": room.left, "factor": str(room.factor), "out": room.out, "most": room.most}
    return Finding("places", draw.state == DrawState.ISSUED or taken <= room.most, facts)


CHECKS: tuple[Callable[[Case], Finding], ...] = (
    _eligible, _order, _once, _numbers, _positions, _in_scope, _aimed, _complete, _points,
    _one_grid, _places,
)  # fmt: skip
