"""What would change a candidate's points, truthfully: an answer changed without saving, held against past cut-offs.

Nothing of it is kept, told to anybody or noted, and answers stand in no address: to look is no act on the file. A representative
looks as the candidate does.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import reswap, retarget

from passerelle.accounts.access import CandidatePage
from passerelle.core.deadlines import local_day
from passerelle.desks import cutoffs, journey, raising, trial
from passerelle.eoi import queries as eois
from passerelle.eoi import trying
from passerelle.programs import queries as programs

LATEST = 10
# Sent along by a form that tells of a wrong answer.
WRONG_TOLD = "wrong-told"


class WhatIf(CandidatePage):
    """My answers as a form; what another answer would do to my points, and which past cut-offs they would have reached."""

    template_name = "desks/candidate/what_if.html"
    represented = True
    keeps_typed = False

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self._page(reference, None)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self._page(reference, request.POST)

    def _page(self, reference: str, data: Any) -> HttpResponse:
        eoi = eois.eoi_for(self.person, reference)
        if self.shown_for(eoi.candidate) is None or eois.is_notified(eoi):
            raise Http404
        found = trial.tried(eoi, data, at=self.at)
        context = {"eoi": eoi, "trial": found, **_effect(eoi, found, self.at)}
        if not getattr(self.request, "htmx", False):
            context |= {
                "possible": raising.possible(eoi, found.today), "in_time": raising.in_time(eoi, at=self.at),
                "how": how_it_counts(eoi), "fixed": trying.has_changed_facts(eoi),
                "other_rules": eoi.pack_id != programs.pack_in_force(eoi.program, self.at).pk,
            }  # fmt: skip
        # Where an answer is wrong it is told at its field, and the field says so no longer once it is right.
        part = "form" if found.wrong or (data is not None and WRONG_TOLD in data) else "effect"
        answer = self.show(context, part=part, status=422 if found.wrong else 200)
        return retarget(reswap(answer, "innerHTML"), "#what-if") if part == "form" else answer


def how_it_counts(eoi: Any) -> str:
    """Return what makes a change count: where the file is a draft, is changed in place, or is filed anew."""
    if eoi.is_draft:
        return _("Your expression of interest is a draft: change the answers there, and hand it in.")
    if eoi.state not in journey.BEFORE_INVITED:
        return _(
            "This expression of interest is no longer in the pool. What you see here would count in a new one, if you file one."
        )
    if eoi.changeable:
        return _(
            "Where an answer has become true, change it in your expression of interest: you see its effect there once more "
            "before you save."
        )
    return _(
        "What you handed in is not changed. Where an answer has become true since, withdraw this one and file a new one: "
        "its points and its place count from that day."
    )


@dataclass(frozen=True)
class Beside:
    """A past cut-off beside the points as they are, and beside those with what was tried (the same while nothing is)."""

    held_on: date
    number: str
    points: int
    target: str
    now: str
    then: str
    changes: bool


def _effect(eoi: Any, found: trial.Trial, at: datetime) -> dict[str, Any]:
    """Return what the page says of points and past cut-offs."""
    rules = programs.rules_in_force(eoi.program, at)
    rule = rules.selection_rule(eoi.stream, local_day(at, rules.zone))
    placed = trying.placed_at(eoi, points=found.total, at=at) if found.after else None
    if rule is None or not rule.has_points:
        return {"rows": [], "placed_at": placed, "by_points": False}
    known = cutoffs.known(rules, eoi.stream, at)[:LATEST]
    everybody = rule.ties == "take_all"
    rows = [_beside(one, found, everybody) for one in known]
    return {
        "rows": rows, "placed_at": placed, "by_points": True,
        "summary": summary([one.lowest or 0 for one in known], found.recorded, found.total, tried=found.after is not None),
    }  # fmt: skip


def _beside(one: Any, found: trial.Trial, everybody: bool) -> Beside:
    lowest = one.lowest or 0
    now, then = (held_against(points, lowest, everybody=everybody) for points in (found.recorded, found.total))
    crossed = (found.recorded >= lowest) != (found.total >= lowest)
    return Beside(one.held_on, one.number, lowest, one.target, now, then, crossed)


def held_against(points: int, cutoff: int, *, everybody: bool) -> str:
    """Return how points stand to a cut-off; ``everybody``: all who have exactly its points are taken."""
    if points > cutoff:
        spare = points - cutoff
        return _("passed, with %(count)d to spare") % {"count": spare}
    if points == cutoff:
        return _("passed, with exactly these points") if everybody else _("equal: the rule for equals decides")
    short = cutoff - points
    return ngettext("%(count)d point short", "%(count)d points short", short) % {"count": short}


def summary(known: list[int], before: int, after: int, *, tried: bool) -> str:
    """Return in a sentence how many of several past cut-offs points reach, as they are and with what was tried."""
    now, then = (sum(points >= one for one in known) for points in (before, after))
    told = {"now": now, "then": then, "count": len(known)}
    if len(known) < 2:
        return ""
    if not tried:
        return _("Your points as they are reach %(now)d of the last %(count)d cut-offs.") % told
    return (
        _("With what you try, your points reach %(then)d of the last %(count)d cut-offs; as they are, %(now)d.") % told
    )
