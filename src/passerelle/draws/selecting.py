"""From frozen entries to a selection, through ``pointsgrid.draw``. Reads entries and the draw's rule, nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from passerelle.programs.rules.selection import SelectionRule
from pointsgrid import draw as choosing

# What a rule says of equals, in the words of the library. A lot comes in as each entry's tie.
TIES: dict[str, choosing.Ties] = {"submission": "tie_key", "lot": "tie_key", "take_all": "take_all"}
EVERYBODY = "*"

# Of one entry: the EOI, rank, cells, group, cap, and its lot where there is one.
Row = tuple[Any, ...]


class NeedsChance(Exception):
    """A lot has a part in the rule, and there is no seed yet to draw it from."""


def blocks(draw: Any) -> SelectionRule:
    """Return the selection rule a draw was planned under, as it stood in the pack on that day."""
    return SelectionRule.model_validate(draw.rule["selection"])


def rule_of(draw: Any, size: int | None = None) -> choosing.Rule:
    """Return the library's rule of a draw, at its own size or another: places for each cell, in order, and the ties.

    Raises ValueError where the reserves ask for more places than there are.
    """
    said = blocks(draw)
    spills = {one.key: one.spill for one in said.reserve}
    allotments = tuple(
        choosing.Allotment(places, "" if key == EVERYBODY else key, spills.get(key, False))
        for key, places in said.places_of((draw.size if size is None else size) or 0).items()
    )
    return choosing.Rule(allotments, ties=TIES[said.ties])


def cell(allotment: choosing.Allotment) -> str:
    """Return the name under which an allotment is kept: its cell, ``*`` for everybody."""
    return allotment.cell or EVERYBODY


def entry(
    eoi_id: int, rank: Sequence[int], cells: Sequence[str], grp: str, cap: int | None, tie: str = ""
) -> choosing.Entry:
    """Return the library's entry; among equal ranks the lot decides, and without one the file opened first."""
    return choosing.Entry(name(eoi_id), tuple(rank), tie, frozenset(cells), grp, cap)


def name(eoi_id: int) -> str:
    """Return the name of an entry in the library."""
    return f"{eoi_id:012d}"


def key(picked: choosing.Entry) -> int:
    """Return the EOI's key of a library entry."""
    return int(picked.name)


def stream(rows: Iterable[Row]) -> Iterator[choosing.Entry]:
    """Turn rows, already in ranking order, into entries."""
    known: dict[tuple[str, ...], frozenset[str]] = {}
    for row in rows:
        yield told(row, known)


def told(row: Sequence[Any], known: dict[tuple[str, ...], frozenset[str]]) -> choosing.Entry:
    """Turn one row into an entry; ``known`` keeps the sets of cells met so far, for few different ones come again and again."""
    eoi_id, rank, cells, grp, cap, *lot = row
    held = known.setdefault(tuple(cells), frozenset(cells))
    return choosing.Entry(name(eoi_id), tuple(rank), lot[0] if lot else "", held, grp, cap)
