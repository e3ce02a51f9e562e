"""How far the files of people in a draw have come as applications: what ``draws.hooks`` asks of this room."""

from collections.abc import Collection
from datetime import datetime

from passerelle.applications.models import Application
from passerelle.applications.states import INCOMPLETE, UNDECIDED, WITH_OFFICERS, ApplicationState
from passerelle.draws.hooks import Progress


def how_far(keys: Collection[int], at: datetime) -> dict[int, Progress]:
    """Return how far each expression of interest has come, by its latest application; one without any is left out."""
    rows = Application.objects.filter(invitation__eoi__in=keys).select_related("invitation__draw", "nomination")
    return {one.invitation.eoi_id: _progress(one) for one in rows.order_by("invitation__eoi_id", "pk")}


def _progress(one: Application) -> Progress:
    draw = one.invitation.draw.number if one.invitation.draw else ""
    number = one.file_number or one.reference
    if hasattr(one, "nomination"):
        number = one.nomination.number
    return Progress(_step(one), one.get_state_display(), number, draw)


def _step(one: Application) -> str:
    if one.state in INCOMPLETE:
        return "begun"
    if one.state in WITH_OFFICERS:
        return "filed"
    return "nominated" if one.state == ApplicationState.NOMINATED else "refused"


def goes_on(program: str, stream: str, at: datetime) -> dict[str, int]:
    """Count the applications of a stream begun and not decided, for ``eoi.hooks``."""
    rows = Application.objects.filter(program=program, invitation__eoi__stream=stream, state__in=UNDECIDED)
    return {"applications": rows.count()}
