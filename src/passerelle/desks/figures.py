"""Figures that stand on several pages: draws held and published, the next one, volume received beside places left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.allocations import queries as allocations
from passerelle.core import charts, dates
from passerelle.core.deadlines import local_day
from passerelle.draws import queries as draws
from passerelle.eoi import queries as eois
from passerelle.programs.rules import ProgramRules, Stream

CONFIRMED = frozenset({"seed", "verified"})


@dataclass(frozen=True)
class Result:
    """What the public is told of one draw (nwt.md, R4.6). ``elsewhere`` is the source of an earlier one."""

    number: str
    held_on: date
    invited: int | None
    lowest: int | None
    highest: int | None
    by_category: dict[str, int] = field(default_factory=dict)
    elsewhere: str = ""
    confirmed: bool = True


@dataclass(frozen=True)
class Standing:
    """Volume received and places left, which always stand side by side (nwt.md, R4.2)."""

    year: int
    received: int
    in_pool: int
    places: int
    left: int


@dataclass(frozen=True)
class NextDraw:
    """The next draw announced; ``size`` is what was said of how many, in words."""

    held_on: date
    days: int
    size: Any = ""


def results(rules: ProgramRules, at: datetime) -> list[Result]:
    """Return every draw with its public figures, newest first: those held here, then those published before."""
    return [_result(one) for one in draws.results(rules.code, at) if one.invited is not None]


def _result(one: Any) -> Result:
    return Result(
        number=one.number or one.held_on.isoformat(),
        held_on=one.held_on,
        invited=one.invited,
        lowest=one.lowest,
        highest=one.highest,
        by_category=dict(one.by_category or {}),
        elsewhere=one.source or "",
        confirmed=not one.certainty or one.certainty in CONFIRMED,
    )


def standing(rules: ProgramRules, at: datetime) -> Standing:
    """Return this year's volume and places."""
    year = local_day(at, rules.zone).year
    places, volume = allocations.places(rules.code, year), eois.volume(rules.code, at)
    allotted = rules.allocations.get(year)
    if not places.total and allotted:
        # Nobody has set the year's places here yet: what the program has published stands.
        return Standing(year, volume.received_this_year, volume.in_pool, allotted.places, allotted.places)
    return Standing(year, volume.received_this_year, volume.in_pool, places.total, places.left)


def next_draw(rules: ProgramRules, at: datetime) -> NextDraw | None:
    """Return the next draw: one planned here, else one the program has announced, else None."""
    today = local_day(at, rules.zone)
    coming = draws.draws(rules.code).filter(state="planned", held_on__gte=today)
    planned = [(one.held_on, _up_to(one.size)) for one in coming]
    announced = [(one.held_on, one.announced or "") for one in rules.past_draws if one.held_on > today]
    upcoming = sorted(planned or announced, key=lambda pair: pair[0])
    if not upcoming:
        return None
    day, size = upcoming[0]
    return NextDraw(day, (day - today).days, size)


def _up_to(size: int | None) -> str:
    if not size:
        return ""
    return ngettext("up to %(size)s candidate", "up to %(size)s candidates", size) % {"size": size}


def draws_chart(rules: ProgramRules, found: Sequence[Result]) -> charts.Chart | None:
    """Return the points of each draw over time, or None while no range is known."""
    known = [one for one in found if one.lowest is not None]
    if not known:
        return None
    last = known[0]
    title = _("The last draw took candidates with %(low)s to %(high)s points") % {
        "low": last.lowest,
        "high": last.highest,
    }
    rows = [charts.Range(dates.day_words(one.held_on), one.lowest, one.highest, _invited(one)) for one in known]
    head = [_("Draw"), _("Points"), _("Invited")]
    return charts.ranges(title, rows, head=head, highest=highest_possible(rules, rules.pools[0]))


def _invited(result: Result) -> str:
    if result.invited is None:
        return ""
    return ngettext("%(n)s invited", "%(n)s invited", result.invited) % {"n": result.invited}


def category_chart(rules: ProgramRules, result: Result) -> charts.Chart | None:
    """Return how a draw was spread over the categories, or None when that was not published."""
    shown = [
        (str(one.name), result.by_category[one.key]) for one in rules.categories if result.by_category.get(one.key)
    ]
    if not shown:
        return None
    name, most = max(shown, key=lambda pair: pair[1])
    title = _("%(category)s: %(n)s of %(all)s invited") % {"category": name, "n": most, "all": result.invited}
    return charts.bars(title, shown, head=[_("Category"), _("Invited")])


def highest_possible(rules: ProgramRules, stream: Stream) -> int:
    """Return the maximum of a stream's grid."""
    return int(grid_of(rules, stream).maximum())


def grid_of(rules: ProgramRules, stream: Stream) -> Any:
    """Return the grid that ranks a stream's pool."""
    return rules.points.grids[stream.grid]


def draw_rule(rules: ProgramRules) -> list[Any]:
    """Return the settings that say how a draw chooses, in the pack's words."""
    wanted = ("ranking", "tie_break", "lapsed_invitation_closes", "permit_must_be_valid_at_draw")
    return [rules.settings[key] for key in wanted if key in rules.settings]
