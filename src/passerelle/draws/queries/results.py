"""What was published of draws and of rounds over the federal pool: our own, and those the pack tells of."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from passerelle.draws.models import Draw
from passerelle.draws.queries.publishing import numbers
from passerelle.draws.states import DrawState
from passerelle.express_entry import queries as federal
from passerelle.programs import queries as programs


@dataclass(frozen=True)
class Result:
    """A draw as the public sees it (nwt.md, R4.6). ``announced`` is set for one whose result the pack does not know.

    ``pool`` is a number or the pack's words; ``number`` is empty for draws held before this installation ran. ``threshold``:
    everyone with ``lowest`` points or more was invited. ``first_from`` and ``first_through`` are the days between which
    a first submission counted, empty where the draw named none. Of a ``federal`` round, ``lowest`` and ``highest`` are the
    window of federal scores, ``invited`` were sent a notification of interest, and the days are those of the profiles.
    ``few``: the pool of one of our own was so small that the public is told none of its numbers; not ``by_points``: its rule
    puts something else first, so that lowest and highest mean nothing.
    """

    held_on: date
    number: str
    invited: int | None
    lowest: int | None
    highest: int | None
    by_category: dict[str, int]
    pool: Any
    announced: Any
    source: Any
    certainty: str
    stream: str = ""
    targets: list[Any] = field(default_factory=list)
    match: str = ""
    first_from: str = ""
    first_through: str = ""
    threshold: bool = False
    federal: bool = False
    cells: list[Any] = field(default_factory=list)
    issued_at: datetime | None = None
    few: bool = False
    by_points: bool = True

    @property
    def is_targeted(self) -> bool:
        """Whether only those with named attributes were ranked; ``targets`` names them in both languages."""
        return bool(self.targets)


def results(program: str, at: datetime) -> list[Result]:
    """Return every published draw, newest first: our own issued ones, and the earlier ones that the pack tells of.

    Where we held a draw ourselves on a day that the pack only announces, ours stands.
    """
    ours = [
        _ours(one) for one in Draw.objects.filter(program=program, state=DrawState.ISSUED).order_by("-held_on", "-id")
    ]
    ours += [_round(one) for one in federal.published(program)]
    days = {(one.held_on, one.stream) for one in ours}
    rules = programs.rules_in_force(program, at)
    only = rules.streams[0].key if len(rules.streams) == 1 else ""
    earlier = [_earlier(one) for one in rules.past_draws if (one.held_on, one.stream or only) not in days]
    return sorted([*ours, *earlier], key=lambda one: (one.held_on, one.number), reverse=True)


def _ours(draw: Draw) -> Result:
    told = numbers(draw)
    return Result(
        draw.held_on, draw.number, announced=None, source="", certainty="", stream=draw.stream, issued_at=draw.issued_at,
        few=told.few, by_points=told.by_points, **{**draw.outcome, "lowest": told.lowest, "highest": told.highest},
    )  # fmt: skip


def _round(one: federal.Published) -> Result:
    return Result(
        one.held_on, one.number, one.notified, one.crs_lowest, one.crs_highest, {}, pool=None, announced=None, source="",
        certainty="", stream=one.stream, targets=one.targets, first_from=one.created_from.isoformat(),
        first_through=one.created_through.isoformat(), federal=True, issued_at=one.issued_at,
    )  # fmt: skip


def _earlier(past: Any) -> Result:
    return Result(
        past.held_on, "", past.invited, past.lowest, past.highest, dict(past.by_category), past.pool, past.announced,
        past.source, past.certainty, past.stream or "", [past.target] if past.target else [],
    )  # fmt: skip


def last_cutoff(program: str, at: datetime) -> Result | None:
    """Return the latest published draw whose lowest score is known."""
    return next((one for one in results(program, at) if one.lowest is not None), None)
