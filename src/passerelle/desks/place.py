"""Where a candidate's points stand in the pool of their stream as counted today, and against its last cut-offs.

The pool is counted once a day: two looks at a pool as it stands could be subtracted from one another, and would tell the points
of whoever came or left in between. For the same reason a file is placed with the points that it was counted with.

Of a pool of fewer than twenty nothing is told. How much else is told follows the program's own choice for its draws
(``draw_privacy``): a share in steps of five percent where only an auditor sees lines; else to the percent, with the pool in
bands of twenty people or more. How many are equal is told from twenty on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from npd1 import bundle
from passerelle.accounts.access import CandidatePage
from passerelle.core import charts
from passerelle.core.deadlines import local_day
from passerelle.desks import cutoffs
from passerelle.draws import queries as draws
from passerelle.draws import terms
from passerelle.eoi import operations
from passerelle.eoi import queries as eois
from passerelle.programs import queries as programs

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
    """My place in the pool as counted today, in words, with the pool by points and the last cut-offs."""

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
    counted = operations.count_pool(program=eoi.program, stream=eoi.stream, at=at)
    points, counts = eois.points_in_pool(eoi, counted.made_at), counted.by_points
    if points is None:
        return {
            "why_not": _(
                "The pool is counted once a day, and today it was counted while your expression of interest was not in it. "
                "Come back tomorrow."
            )
        }
    place = place_of(points, counts)
    if place is None:
        return {
            "why_not": _(
                "Fewer than 20 people are in this pool. In so small a pool people could be recognized, so no place is shown."
            )
        }
    level = terms.of(rules).privacy
    percent = place.percent(STEP if level == "auditor" else 1)
    near = cutoffs.beside(rules, eoi.stream, eoi.points, at=at, latest=LATEST)
    return {
        "place": place, "headline": headline(place, percent), "equals": equals(place), "ties": TIES[rule.ties],
        "chart": None if level == "auditor" else _chart(points, counts, near), "cutoffs": near,
        "rounded": level == "auditor", "counted_at": counted.made_at, "points": points, "moved_on": points != eoi.points,
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


def _chart(points: int, counts: Mapping[int, int], near: Sequence[cutoffs.Cutoff]) -> charts.Chart:
    bands = draws.wide(bundle.bands(list(counts.items())))
    ends = [*(one["from"] - 1 for one in bands[1:]), bands[-1]["to"]]
    data = [charts.Bin(one["from"], end, one["count"]) for one, end in zip(bands, ends, strict=True)]
    last = next((one.points for one in near if not one.target), None)
    return charts.histogram(
        _("The pool by points, and where you are"), data, head=[_("Points"), _("People in the pool")],
        cutoff=last, cutoff_label=_("last cut-off %(points)s") % {"points": last},
        here=points, here_label=_("you: %(points)s") % {"points": points},
    )  # fmt: skip
