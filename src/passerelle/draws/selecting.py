"""From frozen entries to a selection, through ``pointsgrid.draw``. Reads entries and the draw's rule, nothing else."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pointsgrid import draw as choosing

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# What the pack's setting says, in the words of the library. A verifiable lot comes with the publicly recomputable form.
TIES: dict[str, choosing.Ties] = {"earliest_submission": "tie_key", "everyone_at_cutoff": "take_all"}


class UnknownTieBreak(ValueError):
    """The pack asks for a way to break ties that this installation cannot do."""


def rule_of(draw: Any) -> choosing.Rule:
    """Return the library's rule of a draw: one allotment for everybody in its categories."""
    ties = draw.rule["tie_break"]
    if ties not in TIES:
        raise UnknownTieBreak(f"setting tie_break: {ties!r} is not one of {', '.join(TIES)}")
    return choosing.Rule((choosing.Allotment(draw.size),), ties=TIES[ties])


def entry(eoi_id: int, points: int, placed_at: datetime, category: str) -> choosing.Entry:
    """Return the library's entry: higher points first, then the earlier submission, then the earlier file."""
    return choosing.Entry(f"{eoi_id:012d}", (points,), (placed_at - _EPOCH) // _MICROSECOND, frozenset((category,)))


def key(picked: choosing.Entry) -> int:
    """Return the EOI's key of a library entry."""
    return int(picked.name)


def stream(rows: Iterable[tuple[int, int, datetime, str]]) -> Iterator[choosing.Entry]:
    """Turn rows (EOI, points, since when placed, category), already in ranking order, into entries."""
    return (entry(*row) for row in rows)
