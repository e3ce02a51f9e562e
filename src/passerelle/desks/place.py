"""Where a candidate's points stand in the pool of their stream today, and against its last cut-offs.

Of a pool of fewer than twenty nothing is told. How much else is told follows the program's own choice for its draws
(``draw_privacy``): a share in steps of five percent where only an auditor sees lines; else to the percent, with the pool in
bands of twenty people or more. How many are equal is told from twenty on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from npd1 import bundle
from passerelle.accounts.access import CandidatePage
from passerelle.core import charts
from passerelle.core.deadlines import local_day
from passerelle.desks import figures
from passerelle.draws import queries as draws
from passerelle.draws import terms
from passerelle.eoi import queries as eois
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules

STEP = 5  # percent, where lines are for an auditor alone
LATEST = 3
# Who stands first among equals, by the rule in force.
TIES = {
    "submission": gettext_lazy("Among equals, whoever has held their place longer stands first."),
    "lot": gettext_lazy("Among equals a lot decides, in each draw anew."),
    "take_all": gettext_lazy("Everybody with the points of the cut-off is taken, so equals share one fate."),
}


@dataclass(frozen=True)
class Place:
    """Counts of people: the ``pool`` with oneself, and of the others those ``above``, ``equal`` and ``below`` in points."""

    pool: int
    above: int
    equal: int
    below: int

    def percent(self, step: int = 1) -> int:
        """Return of how many percent of the others one is ahead, rounded down to a ``step``: never more than is true."""
        return 100 * self.below // (self.pool - 1) // step * step


def place_of(points: int, counts: Mapping[int, int]) -> Place | None:
    """Return where ``points``, which are among ``counts`` (how many have each total), stand; None in a small pool."""
    pool = sum(counts.values())
    if pool < bundle.FEWEST:
        return None
    above = sum(count for total, count in counts.items() if total > points)
    equal = counts.get(points, 0) - 1
    return Place(pool, above, equal, pool - 1 - above - equal)


class MyPlace(CandidatePage):
    """My place in the pool today, in words, with the pool by points and the last cut-offs. Nothing of it is kept."""

    template_name = "desks/candidate/place.html"
    represented = True

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = eois.eoi_for(self.person, reference)
        if self.shown_for(eoi.candidate) is None or eois.is_notified(eoi):
            raise Http404
        return self.show({"eoi": eoi, **shown(eoi, self.at)})


def shown(eoi: Any, at: datetime) -> dict[str, Any]:
    """Return what the page says of a file: ``why_not`` where there is no place to tell, else the place in words."""
    rules = programs.rules_in_force(eoi.program, at)
    rule = rules.selection_rule(eoi.stream, local_day(at, rules.zone))
    if not eois.may_be_drawn(eoi, at):
        return {
            "why_not": _(
                "Your expression of interest is not in the pool today, so no draw can take it and it has no place."
            )
        }
    if rule is None or not rule.has_points:
        return {
            "why_not": _("Draws of this stream do not go by points first, so that points give no place in the pool.")
        }
    counts = eois.by_points(eoi.program, eoi.stream, at)
    place = place_of(eoi.points, counts)
    if place is None:
        return {
            "why_not": _(
                "Fewer than 20 people are in this pool. In so small a pool people could be recognized, so no place is shown."
            )
        }
    level = terms.of(rules).privacy
    percent = place.percent(STEP if level == "auditor" else 1)
    cutoffs = _cutoffs(rules, eoi, at)
    return {
        "place": place, "headline": headline(place, percent), "equals": equals(place), "ties": TIES[rule.ties],
        "chart": None if level == "auditor" else _chart(eoi.points, counts, cutoffs), "cutoffs": cutoffs,
        "rounded": level == "auditor",
    }  # fmt: skip


def headline(place: Place, percent: int) -> str:
    """Return in one sentence how many of the others have fewer points."""
    if place.below == place.pool - 1:
        return _("You have more points than everybody else in this pool.")
    if place.below == 0:
        return _("Nobody in this pool has fewer points than you today.")
    if percent == 0:
        return _("You have more points than a few of the people in this pool.")
    return _("You have more points than %(percent)d%% of the other people in this pool.") % {"percent": percent}


def equals(place: Place) -> str:
    """Return how many have as many points; a number only where nobody could be recognized by it."""
    if place.equal >= bundle.FEWEST:
        return ngettext(
            "%(count)d other person has as many points as you.", "%(count)d other people have as many points as you.", place.equal
        ) % {"count": place.equal}  # fmt: skip
    return _("Fewer than 20 others have as many points as you.")


@dataclass(frozen=True)
class Cutoff:
    """The cut-off of a draw that was published: its day, its points, how far mine are from it (0 or more: reached)."""

    held_on: date
    number: str
    points: int
    mine: int
    target: Any = ""

    @property
    def words(self) -> str:
        """How far my points are from it."""
        if self.mine == self.points:
            return _("exactly yours")
        if self.mine > self.points:
            behind = self.mine - self.points
            return ngettext("%(count)d point below yours", "%(count)d points below yours", behind) % {"count": behind}
        ahead = self.points - self.mine
        return ngettext("%(count)d point above yours", "%(count)d points above yours", ahead) % {"count": ahead}


def _cutoffs(rules: ProgramRules, eoi: Any, at: datetime) -> list[Cutoff]:
    """Return the last cut-offs of the file's stream that its points may be held against, newest first.

    Where groups had places of their own each had its own cut-off: the lowest points taken say nothing to the others.
    """
    since = max((one.day for one in rules.breaks_of(eoi.stream)), default=date.min)
    known = [
        one for one in figures.of_stream(figures.results(rules, at), eoi.stream)
        if one.lowest is not None and one.held_on >= since and not one.federal and len(one.told.cells) < 2
    ]  # fmt: skip
    return [Cutoff(one.held_on, one.number, one.lowest or 0, eoi.points, one.target) for one in known[:LATEST]]


def _chart(points: int, counts: Mapping[int, int], cutoffs: Sequence[Cutoff]) -> charts.Chart:
    bands = draws.wide(bundle.bands(list(counts.items())))
    ends = [*(one["from"] - 1 for one in bands[1:]), bands[-1]["to"]]
    data = [charts.Bin(one["from"], end, one["count"]) for one, end in zip(bands, ends, strict=True)]
    last = next((one.points for one in cutoffs if not one.target), None)
    return charts.histogram(
        _("The pool by points, and where you are"), data, head=[_("Points"), _("People in the pool")],
        cutoff=last, cutoff_label=_("last cut-off %(points)s") % {"points": last},
        here=points, here_label=_("you: %(points)s") % {"points": points},
    )  # fmt: skip
