"""How many: the pool by score, where files stand, how many are before one. Counted by the database, never kept."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.states import UNSETTLED, EOIState
from passerelle.programs import queries as programs


@dataclass(frozen=True)
class Volume:
    """What was received, beside which the places left are shown (nwt.md, R4.2). Counts of files."""

    received: int
    received_this_year: int
    to_review: int
    unsettled: int
    in_pool: int
    by_category: dict[str, int]


def ahead_of(eoi: ExpressionOfInterest, *, points: int, placed_at: datetime, at: datetime) -> int:
    """Return how many others of the file's pool would stand before it with these points, held since ``placed_at``."""
    others = ExpressionOfInterest.objects.of(eoi.program).filter(stream=eoi.stream).drawable(at=at).exclude(pk=eoi.pk)
    earlier = Q(placed_at__lt=placed_at) | Q(placed_at=placed_at, pk__lt=eoi.pk)
    return others.filter(Q(points__gt=points) | Q(points=points) & earlier).count()


def histogram(program: str, *, width: int = 50, stream: str = "") -> list[tuple[int, int]]:
    """Return the pool by score: (lowest points of the band, files in it), from the first band that has one to the last."""
    return bands(by_score(program, stream), width)


def by_score(program: str, stream: str = "") -> dict[int, int]:
    """Return how many files of the pool have each total."""
    in_pool = ExpressionOfInterest.objects.of(program).filter(state=EOIState.IN_POOL).in_stream(stream)
    return {
        points or 0: files for points, files in in_pool.order_by().values_list("points").annotate(files=Count("pk"))
    }


def bands(scores: Mapping[int, int], width: int) -> list[tuple[int, int]]:
    """Put totals together ``width`` points wide."""
    counts: Counter[int] = Counter()
    for points, files in scores.items():
        counts[points // width] += files
    return [(band * width, counts[band]) for band in range(min(counts), max(counts) + 1)] if counts else []


def by_points(program: str, stream: str, at: datetime) -> dict[int, int]:
    """Return how many files of a pool have each total, of those a draw at ``at`` could take, lowest first. One statement."""
    drawable = ExpressionOfInterest.objects.of(program).filter(stream=stream).drawable(at=at)
    # No column but those of the index is asked for, so that the rows, which are wide, are not read.
    counted = drawable.order_by("points").values_list("points").annotate(files=Count("*"))
    return {points or 0: files for points, files in counted}


def invited_now(program: str, streams: Collection[str]) -> int:
    """Return how many files of these streams are out: invited, and their application not decided."""
    return ExpressionOfInterest.objects.of(program).filter(state=EOIState.INVITED, stream__in=streams).count()


def volume(program: str, at: datetime) -> Volume:
    """Return how many files were received and where they stand."""
    in_force = programs.rules_in_force(program, at)
    year_began = at.astimezone(in_force.zone).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = ExpressionOfInterest.objects.of(program).filter(first_submitted_at__isnull=False)
    valid = Q(valid_before__gt=at)
    # States and not keys are counted: the index knows the one and not the other.
    found = rows.order_by().values("category").annotate(
        received=Count("state"),
        received_this_year=Count("state", filter=Q(first_submitted_at__gte=year_began)),
        to_review=Count("state", filter=valid & Q(state=EOIState.SUBMITTED)),
        unsettled=Count("state", filter=valid & Q(state__in=UNSETTLED)),
        in_pool=Count("state", filter=valid & Q(state=EOIState.IN_POOL)),
    )  # fmt: skip
    kinds: list[dict[str, Any]] = sorted(map(dict, found), key=lambda row: str(row["category"]))
    names = ("received", "received_this_year", "to_review", "unsettled", "in_pool")
    return Volume(
        **{name: sum(row[name] for row in kinds) for name in names},
        by_category={row["category"]: row["in_pool"] for row in kinds if row["in_pool"]},
    )
