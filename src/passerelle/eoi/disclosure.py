"""How much of a file its employer is told: what the program's pack says under ``employer_sees`` (state, total, dates).

What asks something of the employer, and how a file ended, is told whatever the pack says; what the employer did, too.
"""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from passerelle.eoi import queries
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.standings import Standing


def tells(eoi: ExpressionOfInterest, audience: str, what: str) -> bool:
    """Whether a reader is told ``what`` (state, total or dates) of a file; only the employer is told less than all."""
    return audience != "employer" or what in queries.rules(eoi).employer_sees


def total(eoi: ExpressionOfInterest, audience: str) -> int | None:
    """Return the confirmed total for a reader who is told of it, else None."""
    return eoi.confirmed_points if tells(eoi, audience, "total") else None


def of_standing(now: Standing, eoi: ExpressionOfInterest, audience: str) -> Standing:
    """Return a standing without what the reader is not told."""
    if audience != now.turn and not tells(eoi, audience, "dates"):
        now = replace(now, too_late=None, too_late_label="")
    if eoi.state == "in_pool" and not tells(eoi, audience, "total"):
        waits = (
            _("The expression of interest waits in the pool of its stream for a draw.")
            if not eoi.checked_first
            else _("The points are confirmed. The expression of interest waits in the pool for a draw.")
        )
        now = replace(now, sentence=waits)
    if now.turn == audience or eoi.closed_at or tells(eoi, audience, "state"):
        return now
    return Standing(
        pgettext("file", "Under way"), "quiet", _("The file is under way."),
        _("We tell you when there is something for you to do."), "", now.too_late, now.too_late_label,
    )  # fmt: skip


def of_path(path: list[dict[str, Any]], eoi: ExpressionOfInterest, audience: str) -> list[dict[str, Any]]:
    """Return the stages of a file without what the reader is not told."""
    if not tells(eoi, audience, "state"):
        return []
    if tells(eoi, audience, "dates"):
        return path
    return [{**stage, "at": None} for stage in path]


def of_event(event: Any, eoi: ExpressionOfInterest, audience: str) -> bool:
    """Whether a reader is told that something happened, and when."""
    if event.by_id is not None and event.by_id == eoi.employer_id:
        return True
    return tells(eoi, audience, "state") and tells(eoi, audience, "dates")
