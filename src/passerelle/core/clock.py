"""The one clock. Pages take ``request.arrived_at``, commands ask ``now()``; nothing deeper reads the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_shift: timedelta | None = None
_frozen: datetime | None = None


def now() -> datetime:
    """Return this moment in UTC, or the moment a simulation has set."""
    if _frozen is not None:
        return _frozen
    moment = datetime.now(UTC)
    return moment + _shift if _shift else moment


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock of this process at ``at`` (demo data and tests only)."""
    global _frozen
    before, _frozen = _frozen, at.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before


@contextmanager
def moved_to(at: datetime) -> Iterator[None]:
    """Let the clock of this process run on from ``at`` (demo data and tests only)."""
    global _shift
    before, _shift = _shift, at.astimezone(UTC) - datetime.now(UTC)
    try:
        yield
    finally:
        _shift = before
