"""Figures that stand on several pages: draws held and published, the next one, volume received beside places left."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.allocations import queries as allocations
from passerelle.core import charts, dates
from passerelle.core.deadlines import local_day
from passerelle.core.text import pick
from passerelle.draws import queries as draws
from passerelle.eoi import queries as eois
from passerelle.programs.rules import ProgramRules, Stream

CONFIRMED = frozenset({"seed", "verified"})


@dataclass(frozen=True)
class Result:
    """What the public is told of one draw (nwt.md, R4.6). ``elsewhere`` is the source of an earlier one.

    ``few``: its pool was so small that its numbers are not told. ``told`` is what the room of draws said.
    """

    number: str
    held_on: date
    invited: int | None
    lowest: int | None
    highest: int | None
    by_category: dict[str, int] = field(default_factory=dict)
    elsewhere: str = ""
    confirmed: bool = True
    stream: str = ""
    targets: Sequence[Any] = ()
    match: str = ""
    first_from: str = ""
    first_through: str = ""
    federal: bool = False
    few: bool = False
    told: Any = field(default=None, repr=False, compare=False)

    @property
    def target(self) -> str:
        """Whom a targeted draw kept, in the reader's words; nothing for a general one."""
        named = "; ".join(str(pick(one)) for one in self.targets)
        if len(self.targets) < 2 or not self.match:
            return named
        return (_("any of: %(named)s") if self.match == "any" else _("all of: %(named)s")) % {"named": named}

    @property
    def window(self) -> str:
        """Between which days a first submission (or a federal profile) had to lie; nothing where the draw named none."""
        words = {
            (True, True): _("First registered from %(first)s to %(last)s"),
            (True, False): _("First registered from %(first)s on"),
            (False, True): _("First registered up to and including %(last)s"),
        }  # fmt: skip
        if self.federal:
            words[True, True] = _("Federal profiles created from %(first)s to %(last)s")
        first, last = (date.fromisoformat(one) if one else None for one in (self.first_from, self.first_through))
        told = words.get((bool(first), bool(last)), "")
        days = {"first": first and dates.day_words(first), "last": last and dates.day_words(last)}
        return told % days if told else ""

    @property
    def points(self) -> str:
        """The points taken: a range where both ends are known, else a cut-off and more; nothing when not published."""
        if self.lowest is None:
            return ""
        if self.highest is None:
            return _("%(n)s and above") % {"n": self.lowest}
        return f"{self.lowest}–{self.highest}"


@dataclass(frozen=True)
class Standing:
    """Volume received and places left, which always stand side by side (nwt.md, R4.2).

    ``made``: nominations made in years before this installation ran, the latest first: year and number.
    """

    year: int
    received: int
    in_pool: int
    places: int
    left: int
    made: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class NextDraw:
    """The next draw announced; ``size`` is what was said of how many, in words."""

    held_on: date
    days: int
    size: Any = ""


def results(rules: ProgramRules, at: datetime) -> list[Result]:
    """Return every draw with its public figures, newest first: those held here, then those published before."""
    told = draws.results(rules.code, at)
    known = [one for one in told if one.invited is not None or (one.lowest is not None and one.announced is None)]
    days = Counter(one.held_on for one in known if not one.number)
    # Several rounds of one day are told apart by their order, the first of the day being 1.
    left = dict(days)
    found = []
    for one in known:
        number = one.number or one.held_on.isoformat()
        if not one.number and days[one.held_on] > 1:
            number, left[one.held_on] = f"{number}-{left[one.held_on]}", left[one.held_on] - 1
        found.append(_result(one, number))
    return found


def of_stream(found: Sequence[Result], stream: str) -> list[Result]:
    """Return the draws of one stream; a draw that names none is of every one."""
    return [one for one in found if one.stream in ("", stream)]


def last_cutoff(rules: ProgramRules, found: Sequence[Result], stream: str) -> Result | None:
    """Return a stream's latest draw whose lowest points are known, by the grid that counts today."""
    since = max((one.day for one in rules.breaks_of(stream)), default=date.min)
    fit = (one for one in of_stream(found, stream) if one.lowest is not None and one.held_on >= since)
    return next(fit, None)


def _result(one: Any, number: str) -> Result:
    """Return what the public is told of a published draw: next to nothing where the pool was small."""
    ends = (one.lowest, None if one.threshold else one.highest) if one.by_points and not one.few else (None, None)
    return Result(
        number=number,
        held_on=one.held_on,
        invited=None if one.few else one.invited,
        lowest=ends[0],
        highest=ends[1],
        by_category={} if one.few else dict(one.by_category or {}),
        elsewhere=str(one.source or ""),
        confirmed=not one.certainty or one.certainty in CONFIRMED,
        stream=one.stream,
        targets=one.targets,
        match=one.match,
        first_from=one.first_from,
        first_through=one.first_through,
        federal=one.federal,
        few=one.few,
        told=one,
    )


def standing(rules: ProgramRules, at: datetime) -> Standing:
    """Return this year's volume and places."""
    volume, (total, left) = eois.volume(rules.code, at), places(rules, at)
    year = local_day(at, rules.zone).year
    made = tuple(sorted(((one.year, one.made) for one in rules.nominations), reverse=True))
    return Standing(year, volume.received_this_year, volume.in_pool, total, left, made)


def places(rules: ProgramRules, at: datetime) -> tuple[int, int]:
    """Return this year's places and how many are left."""
    year = local_day(at, rules.zone).year
    kept, allotted = allocations.places(rules.code, year), rules.allocations.get(year)
    if not kept.total and allotted:
        # Nobody has set the year's places here yet: what the program has published stands.
        return allotted.places, allotted.places
    return kept.total, kept.left


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
    known = [one for one in found if one.lowest is not None and one.highest is not None]
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


def cutoff_chart(rules: ProgramRules, found: Sequence[Result], stream: Stream) -> charts.Chart | None:
    """Return a stream's cut-offs over time, or None while fewer than two are known; a change of grid is marked."""
    known = [one for one in found if one.lowest is not None]
    if len(known) < 2:
        return None
    breaks = rules.breaks_of(stream.key)
    since = max((one.day for one in breaks), default=date.min)
    last = last_cutoff(rules, known, stream.key)
    title = _("Cut-off of each round: the lowest points invited")
    if last:
        values = {"n": last.lowest, "on": dates.day_words(last.held_on)}
        title = _("Cut-off of each round: the last one was %(n)s (%(on)s)") % values
    dots = [charts.Dot(one.held_on, one.lowest or 0, one.held_on < since, _told(one)) for one in reversed(known)]
    head = [_("Date"), _("Cut-off"), _("Round")]
    return charts.over_time(
        title, dots, head=head, mark=max((one.day for one in breaks), default=None), say=dates.day_words
    )


def _told(result: Result) -> str:
    return result.target or _("general")


def yearly_chart(found: Sequence[Result]) -> charts.Chart | None:
    """Return how many were invited in each year, as far as it was published; None while nothing is known."""
    years: Counter[int] = Counter()
    for one in found:
        years[one.held_on.year] += one.invited or 0
    if not sum(years.values()):
        return None
    rows = [(str(year), years[year]) for year in sorted(years)]
    return charts.bars(_("Invited in each year, in the rounds known here"), rows, head=[_("Year"), _("Invited")])


def category_chart(rules: ProgramRules, result: Result) -> charts.Chart | None:
    """Return how a draw was spread over the categories; None when that was not published, or all were of one."""
    shown = [
        (str(one.name), result.by_category[one.key]) for one in rules.categories if result.by_category.get(one.key)
    ]
    if len(shown) < 2:
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


def tested_again(rules: ProgramRules, stream: Stream) -> list[Any]:
    """Return the mandatory criteria that are looked at once more on the day of a draw: those of registration with a condition."""
    asked = [
        one
        for kind in rules.categories_of(stream.key)
        for one in eois.registered_criteria(rules, kind.key)
        if one.condition
    ]
    return list({one.key: one for one in asked}.values())


def draw_sentences(rules: ProgramRules, stream: Stream, at: datetime) -> list[str]:
    """Return how a draw of a stream held today would choose, sentence by sentence."""
    said = rules.selection_rule(stream.key, local_day(at, rules.zone))
    return draws.rule_sentences(said, rules, stream.key) if said else []


def not_ranked(rules: ProgramRules, at: datetime) -> bool:
    """Say whether some stream's draws today put something else first than points, so that they are no ranking by points."""
    said = [rules.selection_rule(one.key, local_day(at, rules.zone)) for one in rules.pools]
    return any(one is not None and not one.has_points for one in said)
