"""What is so about draws: their entries, who is chosen, what a draw would give, what was published."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from passerelle.allocations import queries as allocations
from passerelle.core.verdicts import Verdict
from passerelle.draws import permissions, selecting
from passerelle.draws.models import Draw, Entry, Excluded, LeftOut, Promotion, Standing
from passerelle.draws.states import RUNNING, DrawState
from passerelle.eoi import queries as eois
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules
from pointsgrid import draw as choosing

_PEOPLE = ("planned_by", "conducted_by", "selected_by", "approved_by", "void_asked_by", "voided_by", "follows")


def draws(program: str) -> QuerySet[Draw]:
    """Return the draws of a program, newest first."""
    return Draw.objects.filter(program=program).select_related(*_PEOPLE).order_by("-held_on", "-id")


def draw_for(person: Any, number: str) -> Draw:
    """Return a draw of a program the staff member works in; raises Http404."""
    rows = Draw.objects.filter(program__in=person.programs_worked_in()).select_related(*_PEOPLE)
    return get_object_or_404(rows, number=number)


def draw(number: str) -> Draw:
    """Return a draw; raises Draw.DoesNotExist."""
    return Draw.objects.select_related(*_PEOPLE).get(number=number)


def rules_of(draw: Draw) -> ProgramRules:
    """Return the rules of the pack the draw was planned under."""
    return programs.rules(programs.packs(draw.program).get(pk=draw.rule["pack"]))


def frozen(draw: Draw) -> Iterator[choosing.Entry]:
    """Give the entries as they were frozen, in ranking order, for the library; one query, streamed."""
    rows = Entry.objects.filter(draw=draw).order_by("-points", "placed_at", "eoi_id")
    return selecting.stream(rows.values_list("eoi_id", "points", "placed_at").iterator(chunk_size=2000))


def chosen(draw: Draw) -> QuerySet[Entry]:
    """Return the entries that are taken, in ranking order: selected and not fallen out, or promoted."""
    taken = Q(standing__selected=True, fell=None) | Q(promoted__isnull=False)
    return Entry.objects.filter(taken, draw=draw).select_related("eoi").order_by("standing__position")


def not_chosen(draw: Draw) -> QuerySet[Entry]:
    """Return the entries that stay in the pool: neither taken nor fallen out, in ranking order."""
    out = Entry.objects.filter(draw=draw, standing__selected=False, promoted=None, fell=None)
    return out.order_by("standing__position")


def promotions(draw: Draw) -> QuerySet[Promotion]:
    """Return who fell out after the freeze and who has the place."""
    return Promotion.objects.filter(draw=draw).select_related("fallen__eoi", "taken__eoi").order_by("id")


def left_out(draw: Draw) -> QuerySet[LeftOut]:
    """Return whom two people left out, or one asks to, oldest first."""
    return LeftOut.objects.filter(draw=draw).select_related("eoi", "asked_by", "confirmed_by").order_by("id")


def excluded(draw: Draw) -> QuerySet[Excluded]:
    """Return who no longer met a criterion when the pool was frozen."""
    return Excluded.objects.filter(draw=draw).select_related("eoi").order_by("id")


def scope(draw: Draw, at: datetime) -> dict[str, Any]:
    """Return what the pool's queries ask about a draw."""
    return {"closes_at": draw.closes_at, "at": at, "categories": draw.categories}


def unreviewed(draw: Draw, at: datetime) -> QuerySet[Any]:
    """Return the files handed in on time that hold up the freeze: not confirmed and not left out by two people."""
    out = LeftOut.objects.filter(draw=draw, confirmed_by__isnull=False).values("eoi")
    return eois.unsettled(draw.program, **scope(draw, at)).exclude(pk__in=out)


def clashing(draw: Draw) -> QuerySet[Draw]:
    """Return other draws over some of the same categories that are frozen and not yet issued or void."""
    others = Draw.objects.filter(program=draw.program, state__in=RUNNING).exclude(pk=draw.pk)
    shared = Q(pk__in=[])
    for category in draw.categories:
        shared |= Q(categories__contains=[category])
    return others.filter(shared).order_by("id")


# --- before a draw -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """One category in a draw: how many are in the pool and how many would be taken."""

    category: str
    pool: int
    taken: int


@dataclass(frozen=True)
class Outlook:
    """What a draw of ``size`` takes: numbers, range, spread, ties at the cut-off, the pool by score."""

    size: int
    pool: int
    taken: int
    highest: int | None
    cutoff: int | None
    shares: tuple[Share, ...]
    tied_in: int
    tied_out: int
    by_score: dict[int, int]
    grids: tuple[str, ...]

    @property
    def tied(self) -> bool:
        """Whether people with the points of the cut-off are on both sides of it."""
        return self.tied_out > 0


@dataclass(frozen=True)
class Row:
    """One entry as it stands, or would stand, in the ranking: no name, for a list says no more than it must."""

    position: int
    eoi_id: int
    reference: str
    points: int
    placed_at: datetime
    category: str
    grid: str
    taken: bool


def preview(draw: Draw, at: datetime, *, size: int | None = None) -> Outlook:
    """Return what the draw would give on the pool as it is at ``at``, at its own size or another. Changes nothing."""
    return _outlook(_foreseen(draw, at, size or draw.size), size or draw.size)


def outlook(draw: Draw, at: datetime) -> Outlook:
    """Return the preview of a planned draw, and of a frozen one what its entries gave."""
    return _outlook(ranking(draw, at), draw.size)


def ranking(draw: Draw, at: datetime) -> list[Row]:
    """Return the entries in order with who is taken: foreseen on the pool before the freeze, as frozen after it."""
    return _foreseen(draw, at, draw.size) if draw.pool_size is None else _kept(draw)


def _foreseen(draw: Draw, at: datetime, size: int) -> list[Row]:
    rule = replace(selecting.rule_of(draw), allotments=(choosing.Allotment(size),))
    rows, taken = _tested(draw, at, rule, eois.entries(draw.program, **scope(draw, at)))
    return [
        Row(place, one.pk, one.reference, one.points, one.placed_at, one.category, one.grid, one.pk in taken)
        for place, one in enumerate(rows, start=1)
    ]


def _tested(draw: Draw, at: datetime, rule: choosing.Rule, rows: list[Any]) -> tuple[list[Any], set[int]]:
    # Criteria are tested for those who would be taken, and again for those who come in their place: a look ahead costs
    # by its size. The freeze tests everybody.
    tested: set[str] = set()
    while True:
        taken = _taken(rows, rule)
        fresh = {one.reference for one in rows if one.pk in taken} - tested
        gone = eois.ineligible(draw.program, among=fresh, **scope(draw, at)) if fresh else {}
        if not gone:
            return rows, taken
        tested |= fresh
        rows = [one for one in rows if one.reference not in gone]


def _taken(rows: list[Any], rule: choosing.Rule) -> set[int]:
    ranked = [selecting.entry(one.pk, one.points, one.placed_at) for one in rows]
    return {selecting.key(pick.entry) for pick in choosing.select(lambda: ranked, rule).picks}


def _kept(draw: Draw) -> list[Row]:
    taken = set(chosen(draw).values_list("eoi_id", flat=True))
    fields = ("eoi_id", "eoi__reference", "points", "placed_at", "category", "grid")
    entries = Entry.objects.filter(draw=draw).order_by("-points", "placed_at", "eoi_id").values_list(*fields)
    return [
        Row(place, eoi_id, reference, points, placed_at, category, grid, eoi_id in taken)
        for place, (eoi_id, reference, points, placed_at, category, grid) in enumerate(entries, start=1)
    ]


def _outlook(rows: Sequence[Row], size: int) -> Outlook:
    taken = [row.points for row in rows if row.taken]
    cutoff = min(taken, default=None)
    pool, inside = Counter(row.category for row in rows), Counter(row.category for row in rows if row.taken)
    at_cutoff = [row.taken for row in rows if row.points == cutoff]
    return Outlook(
        size=size, pool=len(rows), taken=len(taken), highest=max(taken, default=None), cutoff=cutoff,
        shares=tuple(Share(category, pool[category], inside[category]) for category in sorted(pool)),
        tied_in=at_cutoff.count(True), tied_out=at_cutoff.count(False),
        by_score=dict(Counter(row.points for row in rows)), grids=tuple(sorted({row.grid for row in rows})),
    )  # fmt: skip


def places(draw: Draw) -> allocations.Places:
    """Return the places of the draw's year."""
    return allocations.places(draw.program, draw.held_on.year)


def tie_break_of(draw: Draw) -> str:
    """Return the pack's way to order equal points, as its setting says it."""
    return str(draw.rule["tie_break"])


def issue_verdict(person: Any, draw: Draw) -> Verdict:
    """Say whether ``person`` may issue the draw now, for the later stage that does it."""
    if draw.state != DrawState.SELECTED:
        return Verdict(False, _("Only a draw whose selection is made can be issued."))
    return permissions.can_issue(person, draw)


# --- after a draw --------------------------------------------------------------------------------------------------


def assertions(draw: Draw) -> list[dict[str, Any]]:
    """Return the conditions checked when the draw was last run: key, whether it holds, the numbers of its sentence."""
    return list(draw.assertions)


@dataclass(frozen=True)
class Result:
    """A draw as the public sees it (nwt.md, R4.6). ``announced`` is set for one whose result the pack does not know.

    ``pool`` is a number or the pack's words; ``number`` is empty for draws held before this installation ran.
    """

    held_on: date
    number: str
    invited: int | None
    lowest: int | None
    highest: int | None
    by_category: dict[str, int]
    pool: Any
    announced: Any
    source: str
    certainty: str


def results(program: str, at: datetime) -> list[Result]:
    """Return every published draw, newest first: our own issued ones, and the earlier ones that the pack tells of.

    Where we held a draw ourselves on a day that the pack only announces, ours stands.
    """
    ours = [
        _ours(one) for one in Draw.objects.filter(program=program, state=DrawState.ISSUED).order_by("-held_on", "-id")
    ]
    days = {one.held_on for one in ours}
    told = programs.rules_in_force(program, at).past_draws
    earlier = [_earlier(one) for one in told if one.held_on not in days]
    return sorted([*ours, *earlier], key=lambda one: (one.held_on, one.number), reverse=True)


def _ours(draw: Draw) -> Result:
    return Result(draw.held_on, draw.number, announced=None, source="", certainty="", **draw.outcome)


def _earlier(past: Any) -> Result:
    return Result(
        past.held_on, "", past.invited, past.lowest, past.highest, dict(past.by_category), past.pool, past.announced,
        past.source, past.certainty,
    )  # fmt: skip


def last_cutoff(program: str, at: datetime) -> Result | None:
    """Return the latest published draw whose lowest score is known."""
    return next((one for one in results(program, at) if one.lowest is not None), None)


def record_of_run(draw: Draw) -> bytes:
    """Return the run as bytes: each frozen entry, its position, whether it was taken. Equal runs give equal bytes."""
    rows = Standing.objects.filter(entry__draw=draw).order_by("position")
    fields = (
        "position",
        "entry__eoi__reference",
        "entry__points",
        "entry__placed_at",
        "entry__category",
        "selected",
    )
    lines = (
        f"{position}|{reference}|{points}|{placed_at.isoformat()}|{category}|{int(selected)}"
        for position, reference, points, placed_at, category, selected in rows.values_list(*fields)
    )
    return "\n".join([f"{draw.number}|{draw.size}|{','.join(draw.categories)}", *lines]).encode()
