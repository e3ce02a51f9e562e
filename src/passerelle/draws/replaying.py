"""A frozen draw walked again with something changed: who would have been taken, by the same rows and the same walk.

Nothing is chosen here by code of its own. Ranks come from ``ranking``, the order from ``queries.frozen``, whom places go to from
``pointsgrid.draw`` (the selection, then the promotions of the issue). Only what a change touches is ranked again; every other
entry keeps the rank, cells, limit and lot that were frozen. It changes nothing and is asked of rows that are never changed.
"""

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Func, IntegerField, JSONField, OuterRef, QuerySet, Value, When

from npd1 import seed as chance
from passerelle.core import sealing
from passerelle.core.facts import Meets
from passerelle.core.sets import Among
from passerelle.draws import queries, ranking, selecting
from passerelle.draws.models import Draw, Entry, Promotion
from passerelle.eoi import queries as eois
from passerelle.programs.rules.selection import SelectionRule
from pointsgrid import draw as choosing

# So many files with facts or points of their own go into one statement.
AT_ONCE = 500


@dataclass(frozen=True)
class Right:
    """What is right of one file. Points that are not named stay as frozen; facts replace those of the score they rest on."""

    points: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What was otherwise than it should have been; keys are those of expressions of interest. Nothing named: nothing changes.

    ``right``: files with other points or facts. ``out``: entries that should not have been in. ``added``: files that were not
    in and should have been. ``size``: how many should have been taken. ``rule``: the selection rule that should have held.
    ``places``: how many the reserves named by their keys should have had. ``lots``: those to suppose for files that had none.
    ``stayed``: files not to be asked whether they had left by the issue.
    """

    right: Mapping[int, Right] = field(default_factory=dict)
    out: frozenset[int] = frozenset()
    added: frozenset[int] = frozenset()
    size: int | None = None
    rule: SelectionRule | None = None
    places: Mapping[str, int] = field(default_factory=dict)
    lots: Mapping[int, str] = field(default_factory=dict)
    stayed: frozenset[int] = frozenset()


@dataclass(frozen=True)
class End:
    """How one allotment ended: its cell (``*`` for everybody's), places, places filled, rank of the last one taken."""

    cell: str
    places: int
    filled: int
    rank: tuple[int, ...]


@dataclass(frozen=True)
class Replay:
    """What the walk came to: each file taken with the cell whose places took it, best first; and how each allotment ended."""

    taken: Mapping[int, str]
    ends: tuple[End, ...]


@transaction.atomic
def replay(draw: Draw, change: Change | None = None) -> Replay:
    """Walk a selected draw again with ``change``, as it went: the selection, and where it was issued, those who had left by then.

    Somebody who comes in by the change is asked how their file stood at the issue. Without a change it gives what was issued.
    """
    walk = _Walk(draw, change or Change())
    selection = choosing.select(walk.stream, walk.rule)
    return Replay(_issued(walk, selection), _ends(selection))


@transaction.atomic
def positions(draw: Draw, keys: Collection[int], change: Change | None = None) -> dict[int, int]:
    """Return where these files stand in the ranking with ``change``, from 1; one that is not in it is left out.

    Without a change that is where the selection put them down.
    """
    if change is None:
        rows = Entry.objects.filter(Among("eoi", sorted(keys)), draw=draw, standing__isnull=False)
        return dict(rows.order_by().values_list("eoi_id", "standing__position"))
    names, walk = {selecting.name(key) for key in keys}, _Walk(draw, change)
    return {selecting.key(one): place for place, one in choosing.in_order(walk.stream()) if one.name in names}


def came_out(draw: Draw) -> dict[int, str]:
    """Return whom a selected draw took, with the cell of their places: by its selection, and at its issue; refills came later."""
    picked = Entry.objects.filter(draw=draw, standing__selected=True).order_by("standing__position")
    taken = dict(picked.values_list("eoi_id", "standing__cell"))
    for one in _at_issue(draw):
        taken.pop(one.fallen.eoi_id, None)
        if one.taken:
            taken[one.taken.eoi_id] = one.cell
    return taken


def as_planned(draw: Draw, change: Change) -> Draw:
    """Return a draw, never saved, whose plan is the one that should have been."""
    other = copy.copy(draw)
    other.size = change.size or draw.size
    if change.rule or change.places:
        rule = (change.rule or selecting.blocks(draw)).with_places(change.places)
        other.rule = {**draw.rule, "selection": rule.model_dump(mode="json")}
    if draw.pool_size is not None:
        gone = Entry.objects.filter(draw=draw, eoi__in=change.out).count()
        other.pool_size = draw.pool_size - gone + len(change.added)
    return other


def as_drawn(draw: Draw, keys: Any) -> QuerySet[Any, Any]:
    """Return files with what counted of them when the pool was frozen (``drawn_points``, ``drawn_placed_at``, ``drawn_facts``)."""
    assert draw.frozen_at
    held = Entry.objects.filter(draw=draw, eoi=OuterRef("pk"))
    return eois.as_drawn(keys, closes_at=draw.closes_at, at=draw.frozen_at, frozen=held)


def as_right(draw: Draw, keys: Any, right: Mapping[int, Right]) -> QuerySet[Any, Any]:
    """Return files as ``as_drawn`` does, with what is right of some of them in place of what was frozen."""
    points = [When(pk=key, then=Value(one.points)) for key, one in right.items() if one.points is not None]
    facts = [When(pk=key, then=_Joined(F("drawn_facts"), _json(one.facts))) for key, one in right.items() if one.facts]
    return as_drawn(draw, keys).annotate(
        drawn_points=Case(*points, default=F("drawn_points"), output_field=IntegerField()),
        drawn_facts=Case(*facts, default=F("drawn_facts"), output_field=JSONField()),
    )


def in_scope(draw: Draw, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Return those of ``rows`` (``as_drawn``, ``as_right``) that a frozen draw's plan and rule look at, by what counted of them."""
    assert draw.frozen_at
    asked = queries.scope(draw, draw.frozen_at)
    if asked["meets"]:
        rows = rows.filter(Meets(F("drawn_facts"), asked["meets"]))
    if asked.get("points_from") is not None:
        rows = rows.filter(drawn_points__gte=asked["points_from"])
    if asked.get("points_through") is not None:
        rows = rows.filter(drawn_points__lte=asked["points_through"])
    if asked["first_from"]:
        rows = rows.filter(first_submitted_at__gte=asked["first_from"])
    return rows.filter(first_submitted_at__lt=asked["first_before"]) if asked["first_before"] else rows


class _Walk:
    """The entries in the order of the ranking, those that the change touches put where they belong."""

    def __init__(self, draw: Draw, change: Change) -> None:
        self.draw, self.change, self.planned = draw, change, as_planned(draw, change)
        self.rule = queries.rule_of(self.planned)
        self._has_lots, self._seed = queries.has_lots(draw), queries.seed_of(draw)
        self._earlier = queries.earlier_places(draw, selecting.blocks(self.planned))
        self._moved = choosing.ranking(self._ranked_again())
        self._left = {selecting.name(key) for key in change.out} | {one.name for one in self._moved}

    def stream(self) -> Iterator[choosing.Entry]:
        entries = queries.frozen(self.draw)
        if not self._left:
            return entries
        stayed = (one for one in entries if one.name not in self._left)
        return iter(merge(stayed, self._moved, key=choosing.order_key))

    def _ranked_again(self) -> Iterator[choosing.Entry]:
        touched = self._touched()
        frozen = {one.eoi_id: one for one in self._entries(touched)}
        for some in _batches(touched):
            for row in _ranked(self.planned, self.change.right, some, self._earlier):
                yield self._entry(row, frozen.get(row[0]))

    def _touched(self) -> set[int]:
        touched = set(self.change.right) | self.change.added
        if self.change.rule:
            touched |= set(Entry.objects.filter(draw=self.draw).order_by().values_list("eoi_id", flat=True))
        known = set(self._entries(touched).values_list("eoi_id", flat=True)) | self.change.added
        return touched & known - self.change.out

    def _entries(self, keys: Collection[int]) -> QuerySet[Entry]:
        return Entry.objects.filter(Among("eoi", sorted(keys)), draw=self.draw).select_related("lot").order_by()

    def _entry(self, row: tuple[Any, ...], frozen: Entry | None) -> choosing.Entry:
        """Return a ranked file as the library's entry; cells and limit stand as frozen unless what they come from is changed."""
        key, rank, cells, group, cap = row
        if frozen and not self.change.rule:
            told = self.change.right.get(key, Right()).facts
            if not told:
                cells, cap = frozen.cells, frozen.cap
            if not self._names_employers_by(told):
                group = frozen.grp
        return selecting.entry(key, rank, cells, group, cap, self._lot(key, frozen))

    def _names_employers_by(self, told: Mapping[str, Any]) -> bool:
        limit = selecting.blocks(self.planned).cap
        return bool(limit and limit.employer in told)

    def _lot(self, key: int, frozen: Entry | None) -> str:
        """Return the lot that was drawn; a file that had none gets the one of a ticket that nobody could have chosen."""
        if not self._has_lots:
            return ""
        if frozen:
            return str(frozen.lot.tie)
        if key in self.change.lots:
            return self.change.lots[key]
        assert self._seed
        ticket = sealing.person_key(self.draw.number, "", f"ticket of file {key}")[:32]
        return chance.tie_of(bytes.fromhex(self._seed.seed), self.draw.number, ticket)


def _ranked(draw: Draw, right: Mapping[int, Right], keys: Collection[int], earlier: Mapping[str, int]) -> Any:
    """Return key, rank, cells, group and cap of files by the draw's rule."""
    rules, said = queries.rules_of(draw), selecting.blocks(draw)
    told = {key: right[key] for key in keys if key in right}
    rows = ranking.ranked(
        as_right(draw, keys, told), rules, said, number=draw.number, held_on=draw.held_on, stream=draw.stream,
        earlier=earlier,
    )  # fmt: skip
    return rows.values_list("pk", "drawn_rank", "drawn_cells", "drawn_grp", "drawn_cap")


class _Joined(Func):
    """Facts with others in their place."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = JSONField()


def _json(facts: Mapping[str, Any]) -> Any:
    return Value(dict(facts), output_field=JSONField())


def _batches(keys: Collection[int]) -> Iterator[list[int]]:
    ordered = iter(sorted(keys))
    while some := list(islice(ordered, AT_ONCE)):
        yield some


def _at_issue(draw: Draw) -> list[Promotion]:
    return [one for one in queries.promotions(draw) if draw.issued_at and one.at <= draw.issued_at]


def _issued(walk: _Walk, selection: choosing.Selection) -> dict[int, str]:
    """Go on from the selection as the issue did: whoever had left gives the place to the next in order."""
    draw, unfit, fit = walk.draw, set[int](), set(came_out(walk.draw))
    for one in _at_issue(draw):
        unfit |= {one.fallen.eoi_id, *one.passed}
    while True:
        gone = {selecting.name(key) for key in unfit}
        changes = choosing.promote(walk.stream, walk.rule, selection, fallen=gone, unfit=gone) if gone else []
        taken = _taken(walk.rule, selection, changes)
        fresh = taken.keys() - fit if draw.issued_at else set()
        left = _had_left(draw, fresh - walk.change.stayed)
        if not left:
            return taken
        unfit, fit = unfit | left, fit | (fresh - left)


def _had_left(draw: Draw, keys: Collection[int]) -> set[int]:
    left = set[int]()
    for some in _batches(keys):
        assert draw.issued_at
        rows = list(eois.files(some))
        left |= {one.pk for one in rows} - eois.those_that_could_be_invited(rows, draw.issued_at)
    return left


def _taken(
    rule: choosing.Rule, selection: choosing.Selection, changes: list[choosing.Promotion]
) -> dict[int, str]:  # fmt: skip
    fell = {one.fallen.entry.name for one in changes}
    picks = [*selection.picks, *(one.taken for one in changes if one.taken)]
    stay = sorted((one for one in picks if one.entry.name not in fell), key=lambda pick: pick.position)
    return {selecting.key(one.entry): selecting.cell(rule.allotments[one.allotment]) for one in stay}


def _ends(selection: choosing.Selection) -> tuple[End, ...]:
    return tuple(
        End(selecting.cell(one.allotment), one.places, len(one.picks), one.cutoff.rank if one.cutoff else ())
        for one in selection.filled
    )
