"""What is so about places: numbers of a year, how they changed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from passerelle.allocations.models import Allocation, MoveKind, PlaceMove, StreamTarget


@dataclass(frozen=True)
class Places:
    """The places of a year. ``left`` may be held by a draw; ``total`` is None-free: a year not set has 0."""

    year: int
    total: int
    held: int
    used: int

    @property
    def left(self) -> int:
        return self.total - self.held - self.used


def places(program: str, year: int) -> Places:
    """Return the places of ``program`` in ``year``; all 0 where a director has not set them."""
    row = Allocation.objects.filter(program=program, year=year).first()
    return Places(year, row.places, row.held, row.used) if row else Places(year, 0, 0, 0)


def years(program: str) -> list[Places]:
    """Return the numbers of every year, newest first."""
    rows = Allocation.objects.filter(program=program).order_by("-year")
    return [Places(row.year, row.places, row.held, row.used) for row in rows]


def changes(program: str, year: int) -> QuerySet[PlaceMove]:
    """Return the changes of the year's places, newest first, with who made them."""
    moves = PlaceMove.objects.filter(allocation__program=program, allocation__year=year, kind=MoveKind.CHANGE)
    return moves.select_related("by").order_by("-id")


def moves(program: str, year: int) -> QuerySet[PlaceMove]:
    """Return every move of the year, newest first."""
    return (
        PlaceMove.objects.filter(allocation__program=program, allocation__year=year)
        .select_related("by")
        .order_by("-id")
    )


@dataclass(frozen=True)
class StreamPlaces:
    """A stream's part in the year's places. ``target`` is a guide (None: nobody has set one); ``released`` were given back."""

    stream: str
    target: int | None
    held: int
    used: int
    released: int

    @property
    def left(self) -> int | None:
        """Of its target; below 0 where more were held and used than it was meant to have."""
        return None if self.target is None else self.target - self.held - self.used


def by_stream(program: str, year: int, streams: Sequence[str]) -> list[StreamPlaces]:
    """Return what became of the year's places in each of ``streams``, in their order."""
    about = PlaceMove.objects.filter(allocation__program=program, allocation__year=year).exclude(kind=MoveKind.CHANGE)
    last = about.order_by("about", "-step").distinct("about").values_list("stream", "kind")
    standing = Counter(last)
    targets = {one.stream: one.places for one in StreamTarget.objects.filter(program=program, year=year).order_by("id")}
    return [
        StreamPlaces(
            one, targets.get(one), standing[one, MoveKind.HOLD.value], standing[one, MoveKind.USE.value],
            standing[one, MoveKind.RELEASE.value],
        )
        for one in streams
    ]  # fmt: skip


def targets(program: str, year: int) -> QuerySet[StreamTarget]:
    """Return what was said of the streams' targets, newest first, with who said it."""
    return StreamTarget.objects.filter(program=program, year=year).select_related("by").order_by("-id")
