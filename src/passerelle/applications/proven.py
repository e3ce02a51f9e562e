"""The points that an application shows, beside those it was invited with, and what the difference would have meant in its draw."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from passerelle.applications import claims, comparing, queries
from passerelle.applications.states import ApplicationState, FindingVerdict
from passerelle.draws import counterfactual
from passerelle.draws.counterfactual import Supposed
from pointsgrid.scoring.sheet import total_without

if TYPE_CHECKING:
    from passerelle.applications.models import Application


@dataclass(frozen=True)
class Lower:
    """Fewer points than the file was invited with: ``claimed`` those of its frozen entry, ``shown`` what is left of them.

    ``unproven``: the claims found not proven. ``sentences``: what it would have meant in the draw, in the reader's words.
    """

    claimed: int
    shown: int
    unproven: list[claims.Claim]
    sentences: list[str]


def lower(application: "Application", *, at: datetime, to_candidate: bool = False) -> Lower | None:
    """Return what a file's points come to by its own forms and by what was found, where that is less; else None.

    Answers of the application that give fewer points stand in the place of the expression of interest's; a claim that an
    officer found not proven gives nothing.
    """
    eoi, draw = application.invitation.eoi, application.invitation.draw
    claimed = comparing.invited_with(application)
    if draw is None or not claimed or not eoi.sheet:
        return None
    compared = comparing.comparison(application)
    unproven = _unproven(application)
    fewer = compared.sheet is not None and compared.sheet.total < (eoi.points or 0)
    sheet = compared.sheet.to_json() if fewer else eoi.sheet
    points = int(total_without(sheet, {one.factor for one in unproven}))
    if points >= claimed:
        return None
    facts = {key: value for key, value in compared.facts.items() if eoi.facts.get(key) != value}
    found = counterfactual.of(draw, eoi, Supposed(points, facts if fewer else {}), at=at)
    said = list(counterfactual.sentences(found, to_candidate=to_candidate)) if found else []
    return Lower(claimed, points, unproven, said)


def told_to_candidate(application: "Application", *, at: datetime) -> Lower | None:
    """Return the same for the candidate, once a refusal has told them what was not proven or not met; before that None."""
    if application.state != ApplicationState.REFUSED:
        return None
    return lower(application, at=at, to_candidate=True)


def _unproven(application: "Application") -> list[claims.Claim]:
    found = queries.latest_findings(application)
    missing = {key for key, one in found.items() if one.verdict == FindingVerdict.NOT_MET}
    return [one for one in claims.of(application) if one.key in missing]
