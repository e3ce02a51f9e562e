"""Since when a file holds its place among equal points, after its score has changed (product.md, settled questions)."""

from collections.abc import Iterable
from datetime import datetime


def placed_at(rule: str, history: Iterable[tuple[datetime, int]], *, points: int, at: datetime) -> datetime:
    """Return the place of a file that scores ``points`` from ``at`` on, after ``history`` (instant, points), oldest first.

    ``date_of_effect``: the earliest moment since which the recorded score has never been below ``points``;
    ``first_submission``: the first instant; ``resubmission``: ``at``. The history is never empty.
    """
    past = list(history)
    if rule == "first_submission":
        return past[0][0]
    if rule == "resubmission":
        return at
    place = at
    for instant, scored in reversed(past):
        if scored < points:
            break
        place = instant
    return place
