"""The assertions of a draw: failures seen elsewhere, each looked for in the rows and not in the code that chose.

Every check is a query of its own over entries, standings and the pool; none asks ``pointsgrid.draw``, so a fault there
shows here. Attributes are asked of each person taken by the library's meaning for one person, so that a fault in how they were
put to the database shows here too.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Case as Choice
from django.db.models import CharField, Count, Exists, F, Min, OuterRef, Q, Value, When, Window
from django.db.models.functions import Cast, Coalesce, Concat, Lag

from passerelle.core import audit
from passerelle.core.sets import Among, as_sets
from passerelle.draws import aiming, bias, queries, ranking, recounting, selecting, terms
from passerelle.draws.models import Draw, Entry, Excluded, Standing
from passerelle.draws.states import DrawState
from passerelle.eoi import queries as eois
from passerelle.programs.rules import aims
from pointsgrid.answers import applies

# How many offenders a sentence names.
NAMED = 5
# So many rows are found by their keys, one by one; of more the whole table is read.
FEW = 50_000


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
        case = Case.of(draw, at, final=final)
        found = [asdict(check(case)) for check in (*CHECKS, *([_bias] if terms.of_draw(draw).by_chance else []))]
    return [
        {**one, "good": None} if one["key"] == "eligible" and not one["good"] and not final else one for one in found
    ]


@dataclass(frozen=True)
class Case:
    """A draw as it is checked: the moment, the entries that are taken and their files, and who fails a mandatory criterion then."""

    draw: Draw
    at: datetime
    keys: tuple[int, ...]
    files: tuple[int, ...]
    failing: frozenset[int]

    @classmethod
    def of(cls, draw: Draw, at: datetime, *, final: bool) -> "Case":
        """Look up whom the rows say is taken, once for all checks; with ``final`` everybody's criteria are tested."""
        taken = [*queries.chosen(draw).order_by().values_list("pk", "eoi_id")]
        files = tuple(file for _key, file in taken)
        failing = frozenset() if draw.state == DrawState.ISSUED else _failing(draw, at, None if final else files)
        return cls(draw, at, tuple(key for key, _file in taken), files, failing)

    @property
    def fit(self) -> Exists:
        """Whether the file of an entry may be drawn now: it is in the pool, within its year, not barred."""
        return queries.may_be_drawn(self.draw, self.at)

    @cached_property
    def used_up(self) -> list[str]:
        """The employers, each with its limit, of whom as many have been taken as it says."""
        return _used_up(self.draw)

    @property
    def taken(self) -> Any:
        """The entries that are taken; few among many are found by their keys."""
        if len(self.keys) > FEW:
            return queries.chosen(self.draw).select_related(None).order_by()
        return Entry.objects.filter(Among("pk", self.keys)).order_by()


def _failing(draw: Draw, at: datetime, among: Sequence[int] | None) -> frozenset[int]:
    return frozenset(eois.ineligible(draw.program, among=among, **queries.scope(draw, at)))


def _eligible(case: Case) -> Finding:
    """Everybody taken may be invited now: in the pool, within their year, not barred, criteria met."""
    if case.draw.state == DrawState.ISSUED:
        return Finding("eligible", True, {"taken": len(case.keys)})
    there = (
        eois.pool(case.draw.program, case.at).order_by().filter(Among("pk", case.files)).values_list("pk", flat=True)
    )
    unfit = {*case.files} - {*there} | case.failing.intersection(case.files)
    entries = Entry.objects.filter(Among("eoi", sorted(unfit)), draw=case.draw).order_by()
    who = sorted(entries.values_list("eoi__reference", flat=True)) if unfit else []
    facts = {"taken": len(case.keys), "who": who[:NAMED], "count": len(who)}
    return Finding("eligible", not who, facts)


def _order(case: Case) -> Finding:
    """In each cell nobody left out, of those who may be invited and whose employer has room, outranks one taken."""
    draw, said = case.draw, selecting.blocks(case.draw)
    taken = case.taken.only("points", "rank", "eoi_id")
    by = [key for passed in queries.promotions(draw).values_list("passed", flat=True) for key in passed]
    out = _still_to_take(case).exclude(eoi__in=by)
    facts: dict[str, Any] = {"cutoff": None}
    rule = queries.rule_of(draw)
    others = [one.cell for one in rule.allotments if one.cell]
    first = _first_of(out, [one.cell for one in rule.allotments])
    for allotment in rule.allotments:
        last = (
            _by(taken, selecting.cell(allotment), others).annotate(tie=_TIE).order_by("rank", "-tie", "-eoi_id").first()
        )
        if last is None:
            continue
        facts["cutoff"] = last.points
        if allotment.cell not in first:
            continue
        rank, tie, eoi_id, facts["next"] = first[allotment.cell]
        ahead = last.rank > rank or (last.rank == rank and (last.tie, last.eoi_id) < (tie, eoi_id))
        # N and above were invited: nobody outside has N.
        if not (last.rank > rank if said.ties == "take_all" else ahead):
            return Finding("order", False, facts)
    return Finding("order", True, facts)


def _first_of(out: Any, cells: list[str]) -> dict[str, tuple[list[int], str, int, int]]:
    """Return for each cell the best of those left out: rank, tie, EOI, points. Whom that is asked of is looked up once for all."""
    rows = out.annotate(tie=_TIE).order_by().values_list("rank", "tie", "eoi_id", "points", "cells")
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_OF.format(rows=sql), [*values, cells])
        return {cell: tuple(best) for cell, *best in cursor}


_FIRST_OF = """
    WITH waiting (rank, tie, eoi_id, points, cells) AS MATERIALIZED ({rows})
    SELECT cell, best.* FROM unnest(%s::text[]) AS cell CROSS JOIN LATERAL (
        SELECT rank, tie, eoi_id, points FROM waiting WHERE cell = '' OR cells::text[] @> ARRAY[cell]
        ORDER BY rank DESC, tie, eoi_id LIMIT 1
    ) AS best
"""


def _still_to_take(case: Case) -> Any:
    """Return the entries not taken of people who may be invited and whose employer has room."""
    out = queries.not_chosen(case.draw).filter(case.fit).exclude(eoi__in=case.failing)
    if selecting.blocks(case.draw).cap:
        out = out.alias(limit=_LIMIT).exclude(Among("limit", case.used_up, "text"))
    return out


def _of_cell(entries: Any, cell: str) -> Any:
    return entries.filter(cells__contains=[cell]) if cell else entries


# An employer with its limit, as one text; of somebody without a limit "".
_LIMIT = Choice(When(cap=None, then=Value("")), default=Concat("grp", Value("|"), Cast("cap", CharField())))


def _used_up(draw: Draw) -> list[str]:
    """Return the employers, each with its limit, of whom as many have been taken as it says: once, and not for each entry.

    Of one that has had its places of the year none was taken: its limit in this draw is 0.
    """
    ever = Standing.objects.filter(entry__draw=draw).exclude(entry__grp="").order_by().values("entry__grp")
    counted = ever.filter(Q(selected=True) | Q(entry__promoted__isnull=False)).annotate(times=Count("pk"))
    used: dict[str, int] = dict(counted.values_list("entry__grp", "times"))
    limits = Entry.objects.filter(Among("grp", list(used), "text"), draw=draw, cap__isnull=False).order_by()
    found = [(grp, cap) for grp, cap in limits.values_list("grp", "cap").distinct() if used[grp] >= (cap or 0)]
    if selecting.blocks(draw).counts_the_year:
        none_left = Entry.objects.filter(draw=draw, cap=0).exclude(grp="").order_by()
        found += none_left.values_list("grp", "cap").distinct()
    return [f"{grp}|{cap}" for grp, cap in found]


# Lower first among equal ranks; where nothing is left to chance the file opened first stands first.
_TIE = Coalesce("lot__tie", Value(""))


def _by(taken: Any, cell: str, others: list[str]) -> Any:
    """Of those taken, the ones whom a cell's places took, at the selection or since; with everybody's, any of no other cell."""
    if cell == selecting.EVERYBODY:
        return taken.exclude(Q(standing__cell__in=others) | Q(promoted__cell__in=others))
    return taken.filter(Q(standing__cell=cell, standing__selected=True) | Q(promoted__cell=cell))


def _caps(case: Case) -> Finding:
    """No employer has more people taken than its size allows, in this draw or, where the limit is of the year, since it began."""
    groups = case.taken.exclude(grp="").values("grp")
    over = groups.annotate(times=Count("pk"), most=Min("cap")).filter(times__gt=F("most"))
    count = len({*over.values_list("grp", flat=True), *recounting.over_for_the_year(case.draw)})
    return Finding("caps", not count, {"count": count})


def _quotas(case: Case) -> Finding:
    """Each cell took of its own people, no more than its places with those handed on to it, and no fewer while some are there."""
    draw, rule = case.draw, queries.rule_of(case.draw)
    selected = Standing.objects.filter(entry__draw=draw, selected=True).order_by()
    alike = [*selected.values_list("cell", "entry__cells").annotate(times=Count("pk"))]
    handed_on, wrong = 0, []  # type: int, list[str]
    for allotment in rule.allotments:
        cell = selecting.cell(allotment)
        theirs = [(cells, times) for name, cells, times in alike if name == cell]
        strangers = allotment.cell and any(cell not in cells for cells, _times in theirs)
        filled, places = sum(times for _cells, times in theirs), allotment.places + handed_on
        too_many = filled > places and rule.ties != "take_all"
        if strangers or too_many or (filled < places and _of_cell(_still_to_take(case), allotment.cell).exists()):
            wrong.append(cell)
        handed_on = max(places - filled, 0) if allotment.spill else 0
    known = {selecting.cell(one) for one in rule.allotments}
    wrong += [name for name, _cells, times in alike if name not in known for _one in range(times)]
    return Finding("quotas", not wrong, {"who": sorted(set(wrong))[:NAMED], "count": len(wrong)})


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
    taken = len(case.keys)
    vacant = queries.promotions(draw).filter(taken=None).count()
    good = entries == standings == draw.pool_size and _enough(draw, taken + vacant, entries)
    return Finding("numbers", good, {"entries": entries, "ranked": standings, "taken": taken, "size": draw.size})


def _enough(draw: Draw, used: int, entries: int) -> bool:
    """Whether as many are taken (or a place of theirs stands empty) as the size and the pool ask for."""
    said = selecting.blocks(draw)
    if draw.size is None or said.takes == "everybody":
        return used == entries
    if said.reserve or said.cap:
        # Who may be taken hangs on cells and employers; ``quotas`` and ``order`` look at those.
        return used <= draw.size or said.ties == "take_all"
    return used >= min(draw.size, entries) if said.ties == "take_all" else used == min(draw.size, entries)


def _positions(case: Case) -> Finding:
    """The positions of the ranking are those that the ranks give."""
    draw = case.draw
    # Each against the one before it, so that no ranking is made here a second time.
    one_before = {
        name: Window(Lag(field), order_by="position")
        for name, field in (("place", "position"), ("better", "entry__rank"), ("lot", "tie"), ("key", "entry__eoi_id"))
    }  # fmt: skip
    follows = Q(place=F("position") - 1) & (
        Q(better__gt=F("entry__rank"))
        | Q(better=F("entry__rank"), lot__lt=F("tie"))
        | Q(better=F("entry__rank"), lot=F("tie"), key__lt=F("entry__eoi_id"))
    )
    rows = Standing.objects.filter(entry__draw=draw).annotate(tie=Coalesce("entry__lot__tie", Value("")))
    rows = rows.annotate(**one_before)
    wrong = rows.exclude(Q(place=None, position=1) | follows).count()
    return Finding("positions", wrong == 0, {"count": wrong})


def _ranks(case: Case) -> Finding:
    """Each rank says what the rule ranks by, number for number."""
    count = recounting.wrong_ranks(case.draw)
    return Finding("ranks", count == 0, {"count": count})


def _unchanged(case: Case) -> Finding:
    """Those selected are the ones the trail says were selected: no later run took the place of the first."""
    told = audit.trail(case.draw.number).filter(event="draw.selected").order_by("number")
    runs = {one.detail.get("run") for one in told if one.detail.get("run")}
    return Finding("unchanged", runs <= {queries.digest_of_run(case.draw)}, {})


def _in_scope(case: Case) -> Finding:
    """Every entry came in before the cut-off instant, in a category of the draw."""
    draw = case.draw
    entries = Entry.objects.filter(draw=draw)
    stray = entries.filter(Q(placed_at__gte=draw.closes_at) | ~Q(category__in=draw.categories)).count()
    return Finding("in_scope", stray == 0, {"count": stray})


def _aimed(case: Case) -> Finding:
    """Everybody taken has what the draw is aimed at, asked of one person after the other and not of the database."""
    draw, filters = case.draw, case.draw.filters
    rules, only = queries.rules_of(draw), selecting.blocks(draw).only
    tests = [_test(rules, draw, one) for one in (filters, only and only.model_dump()) if one]
    scope = {
        **queries.scope(draw, case.at), "meets": None, "first_from": None, "first_before": None, "points_from": None,
        "points_through": None,
    }  # fmt: skip
    window = queries.window(draw)
    # Facts are large: where nothing is asked of them they stay where they are.
    files = case.files if draw.is_targeted or only or any(window) else ()
    taken = eois.entries(draw.program, **scope).filter(Among("pk", files))
    stray = [
        reference
        for reference, facts, first in taken.values_list("reference", "drawn_facts", "first_submitted_at")
        if not all(test(facts) for test in tests) or not _in_window(first, window)
    ]
    if only:
        low, high = only.points_at_least or 0, only.points_at_most or ranking.MOST_POINTS
        outside = case.taken.exclude(points__gte=low, points__lte=high)
        stray += outside.values_list("eoi__reference", flat=True)
    return Finding("aimed", not stray, {"count": len(stray), "who": stray[:NAMED]})


def _test(rules: Any, draw: Draw, filters: Any) -> Callable[[Any], bool]:
    tree, on = aims.tree(rules, draw.stream, filters), aiming.days(draw.held_on)
    return lambda facts: applies(rules.points, tree, facts, on=on) is True


def _in_window(first: datetime, window: tuple[datetime | None, datetime | None]) -> bool:
    begins, ends = window
    return (begins is None or first >= begins) and (ends is None or first < ends)


def _complete(case: Case) -> Finding:
    """Nobody who could be drawn when the pool was frozen is missing, but for files that something brought in since."""
    draw = case.draw
    assert draw.frozen_at
    scope = queries.scope(draw, draw.frozen_at)
    known = Entry.objects.filter(draw=draw, eoi=OuterRef("pk"))
    put_aside = Excluded.objects.filter(draw=draw, eoi=OuterRef("pk"))
    # Facts are large: they are read of those alone who are not among the entries.
    there = eois.entries(draw.program, **{**scope, "meets": None}).filter(confirmed_at__lt=draw.frozen_at)
    out = list(there.filter(~Exists(known), ~Exists(put_aside)).order_by().values_list("pk", flat=True))
    since = audit.trail(OuterRef("reference")).filter(at__gte=draw.frozen_at, event__in=eois.BRINGS_IN)
    missing = eois.entries(draw.program, **scope).filter(Among("pk", out), ~Exists(since)).order_by("reference")
    who = list(missing.values_list("reference", flat=True)[:NAMED]) if out else []
    return Finding("complete", not who, {"who": who})


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
    taken, room = len(case.keys), queries.room(draw)
    facts = {"taken": taken, "left": room.left, "factor": str(room.factor), "out": room.out, "most": room.most}
    return Finding("places", draw.state == DrawState.ISSUED or taken <= room.most, facts)


def _bias(case: Case) -> Finding:
    """Where chance decided, those taken are spread as chance spreads people: over days, hours, languages, tickets."""
    leaning = [one.trait for one in bias.leanings(case.draw) if one.stops]
    return Finding("bias", not leaning, {"traits": leaning})


CHECKS: tuple[Callable[[Case], Finding], ...] = (
    _eligible, _order, _once, _numbers, _positions, _ranks, _caps, _quotas, _unchanged, _in_scope, _aimed, _complete, _points,
    _one_grid, _places,
)  # fmt: skip
