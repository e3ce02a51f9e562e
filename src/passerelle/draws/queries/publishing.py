"""What the public reads of a draw: its notice, how far it is, its numbers. Of a small pool next to nothing (docs/npd1.md).

Everything but the spread of the pool stands in the draw's own row and those one to one with it, so that a list of all draws
takes one query, however many there are, and one for their repairs.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from npd1 import bundle
from npd1.seed import WITHOUT_CHANCE
from passerelle.core.arrival import once
from passerelle.draws import announced, selecting, terms
from passerelle.draws.models import Draw, Entry, FairnessReport
from passerelle.draws.queries.repairs import accepted_repairs, with_repairs
from passerelle.draws.queries.rows import rule_of, rules_of
from passerelle.draws.states import DrawState
from passerelle.programs.rules import aim_words

FEWEST = bundle.FEWEST
# Into about so many bands the spread of a pool is put for the public.
BANDS = 16


@dataclass(frozen=True)
class Cell:
    """How the places of one group ended: ``key`` is a reserve, or ``*`` for everybody's.

    ``filled`` is None before the issue; ``cutoff`` is the points of the last one taken, where points come first in the rule
    and the program publishes it. ``few``: it took so few that the cut-off is held back.
    """

    key: str
    places: int
    filled: int | None = None
    cutoff: int | None = None
    few: bool = False


@dataclass(frozen=True)
class Numbers:
    """What is told in numbers. ``few``: the pool held fewer than twenty, and besides the ``places`` nothing more is told.

    ``places`` is None where the rule takes everybody.

    ``pool`` is known from the freeze on, the others from the issue; ``lowest`` and ``highest`` are points taken, and mean
    nothing where the rule puts something else first (``by_points``). The highest is somebody's own score: it is told where
    the program publishes more of a pool than its cut-off, and not of a draw that took everybody from the cut-off up.
    Neither is told where a cut-off is held back (``holds_back``): ``cutoff_from`` says from how many taken on it is published.
    """

    places: int | None
    few: bool = False
    pool: int | None = None
    invited: int | None = None
    lowest: int | None = None
    highest: int | None = None
    by_points: bool = True
    by_category: Any = None
    cells: tuple[Cell, ...] = ()
    cutoff_from: int = 0
    held_back: bool = False


def public_draws(program: str) -> QuerySet[Draw]:
    """Return the draws that anybody may read of, newest first: announced, committed to, issued, or void after the freeze.

    A draw without a notice is public from its freeze on: its commitment says whom it looks at before anybody is chosen.
    """
    bound = Q(notice__isnull=False) | Q(commitment__isnull=False)
    over = Q(state=DrawState.ISSUED) | Q(state=DrawState.VOID, frozen_at__isnull=False)
    rows = Draw.objects.filter(bound | over, program=program).select_related(
        "notice", "commitment", "seed", "follows", "fairness"
    )
    heavy = ("notice__document", "commitment__document", "commitment__blocks", "fairness__counts", "fairness__told")
    return rows.defer(*heavy).prefetch_related(with_repairs()).order_by("-held_on", "-id")


def public_draw(program: str, number: str) -> Draw | None:
    """Return a draw that anybody may read of, None where there is none of that number."""
    return public_draws(program).filter(number=number).first()


def said(draw: Draw, language: str) -> list[list[str]]:
    """Return what a draw does in plain words, rows of label and value: its notice as published, else the same of its plan."""
    told = draw.notice.said if hasattr(draw, "notice") else announced.words(draw)
    rows: list[list[str]] = told[language]
    return rows


def aimed(draw: Draw) -> dict[str, Any]:
    """Return whom a draw is aimed at in the pack's words of its day, as it is published for good."""
    if draw.outcome:
        return {key: draw.outcome[key] for key in ("targets", "match", "first_from", "first_through")}
    filters, pack = draw.filters, draw.rule["pack"]
    # Draws of one pack are told together: its rules are looked up once a request.
    rules = once(f"rules of pack {pack}", lambda: rules_of(draw)) if draw.is_targeted else None
    targets, match = aim_words.targets(rules, draw.stream, filters) if rules else ([], "")
    window = {key: filters.get(key, "") for key in ("first_from", "first_through")}
    return {"targets": targets, "match": match, **window}


def replaced_by(draw: Draw) -> Draw | None:
    """Return the public draw that was planned in place of a void one."""
    return public_draws(draw.program).filter(follows=draw).first() if draw.state == DrawState.VOID else None


def stage(draw: Draw, at: datetime) -> str:
    """Return how far a public draw is: announced, objections, frozen, seeded, selected, issued or void.

    While time to object runs a frozen pool is at ``objections``; ``frozen`` waits for its seed or its selection.
    """
    if draw.state == DrawState.PLANNED:
        return "announced"
    if draw.state != DrawState.FROZEN:
        return str(draw.state)
    if hasattr(draw, "seed"):
        return "seeded"
    return "objections" if hasattr(draw, "commitment") and at < draw.commitment.objections_until else "frozen"


def moments(draw: Draw) -> list[tuple[str, datetime]]:
    """Return what has happened to a public draw and when, in order; who did it is not told."""
    by_chance = hasattr(draw, "seed") and draw.seed.source != WITHOUT_CHANCE
    passed = [
        ("announced", draw.notice.published_at if hasattr(draw, "notice") else None), ("frozen", draw.frozen_at),
        ("seeded", draw.seed.given_at if by_chance else None), ("selected", draw.selected_at),
        ("accepted", draw.accepted_at), ("issued", draw.issued_at), ("void", draw.voided_at),
        *(("repaired", one.acceptance.accepted_at) for one in accepted_repairs(draw)),
    ]  # fmt: skip
    return [(key, at) for key, at in passed if at is not None]


def changed_at(draw: Draw) -> datetime:
    """Return when something of a public draw last became public."""
    return max(at for _key, at in moments(draw))


def numbers(draw: Draw) -> Numbers:
    """Return the numbers of a draw that the public may read now."""
    told = Numbers(draw.size, by_points=selecting.blocks(draw).has_points, cutoff_from=announced.cutoff_from(draw))
    if draw.frozen_at is None:
        return replace(told, cells=_cells(draw))
    if (draw.pool_size or 0) < FEWEST:
        return replace(told, few=True)
    if draw.state != DrawState.ISSUED:
        return replace(told, pool=draw.pool_size, cells=_cells(draw))
    out, hidden = draw.outcome, holds_back(draw)
    ends = {"lowest": out["lowest"], "highest": out["highest"] if _tells_highest(draw) else None}
    return replace(
        told, pool=draw.pool_size, invited=out["invited"], by_category=out["by_category"], cells=_cells(draw),
        held_back=hidden and told.by_points, **(ends if told.by_points and not hidden else {}),
    )  # fmt: skip


def holds_back(draw: Draw) -> bool:
    """Say whether a cut-off of an issued draw is held back, and with it all that it could be worked out from: the ends of the
    points taken, and the pool in bands.

    So it is where places took so few, or so few of those taken were invited in the end.
    """
    least = announced.cutoff_from(draw)
    return 0 < draw.outcome["invited"] < least or any(
        0 < one["filled"] < least for one in draw.outcome.get("cells", ())
    )


def _tells_highest(draw: Draw) -> bool:
    return terms.of_draw(draw).privacy != "auditor" and selecting.blocks(draw).ties != "take_all"


def _cells(draw: Draw) -> tuple[Cell, ...]:
    """Return the groups of places; a draw with everybody's alone needs none told. Their ends were kept at the issue."""
    rule = rule_of(draw)
    if len(rule.allotments) < 2:
        return ()
    ends = {one["cell"]: one for one in draw.outcome.get("cells", ())}
    shown = terms.of_draw(draw).privacy != "auditor" and selecting.blocks(draw).has_points
    found, least = [], announced.cutoff_from(draw)
    for one in rule.allotments:
        end = ends.get(selecting.cell(one))
        rank = end["rank"] if end and shown else []
        filled = end["filled"] if end else None
        few = bool(rank) and (filled or 0) < least
        found.append(Cell(selecting.cell(one), one.places, filled, rank[0] if rank and not few else None, few))
    return tuple(found)


def fairness_report(draw: Draw) -> FairnessReport | None:
    """Return how those the selection took compare with the pool; None while it is not worked out, or nothing is compared."""
    return FairnessReport.objects.filter(draw=draw).first()


def published_fairness(draw: Draw) -> FairnessReport | None:
    """Return the fairness report of an issued draw, where its program publishes it and its numbers are public at all."""
    return fairness_report(draw) if tells_fairness(draw) else None


def tells_fairness(draw: Draw) -> bool:
    """Say whether anybody may read a public draw's fairness report, and it is there; asks the database nothing."""
    public = terms.of_draw(draw).fairness == "published" and draw.state == DrawState.ISSUED
    return public and not numbers(draw).few and hasattr(draw, "fairness")


def spread(draw: Draw) -> list[dict[str, int]]:
    """Return the pool of an issued draw in bands of points ``from``, ``to`` and ``count``, none with fewer than twenty.

    They are those of the public bundle (``npd1.bundle.bands``), neighbours put together until each is wide enough to be
    drawn: other borders would let the two be subtracted from one another. Empty where the program publishes none, where
    the rule does not rank by points, where a cut-off is held back, and of a small pool.
    """
    by_points = selecting.blocks(draw).has_points and bool(announced.rank_names(draw))
    held_back = terms.of_draw(draw).privacy == "auditor" or draw.state != DrawState.ISSUED
    if not by_points or held_back or (draw.pool_size or 0) < FEWEST or holds_back(draw):
        return []
    rows = Entry.objects.filter(draw=draw).order_by("rank__0").values_list("rank__0").annotate(count=Count("pk"))
    return wide(bundle.bands(list(rows)))


def wide(bands: list[dict[str, int]], most: int = BANDS) -> list[dict[str, int]]:
    """Put neighbouring bands together until each is at least one part in ``most`` of the whole range, the last excepted."""
    if not bands:
        return []
    least = -(-(bands[-1]["to"] - bands[0]["from"] + 1) // most)
    found: list[dict[str, int]] = []
    for band in bands:
        if found and found[-1]["to"] - found[-1]["from"] + 1 < least:
            found[-1] = {**found[-1], "to": band["to"], "count": found[-1]["count"] + band["count"]}
        else:
            found.append(dict(band))
    return found
