"""The path of a file through all its stages: done ones dated, the present one open, later ones in a line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from passerelle.eoi import queries as eois
from passerelle.eoi import wording

# The stages that end in the pool; what follows is told here, from the invitation on.
BEFORE_A_DRAW = 3


@dataclass
class Stage:
    """One stage after the pool: when it was reached, and what is told of it before that."""

    title: Any
    at: datetime | None
    later: Any = ""


def stages(file: Any, invitation: Any, application: Any, audience: str, at: datetime) -> list[dict[str, Any]]:
    """Return the stages of a file (see desks/journey.py) for ``components/stage_path.html``."""
    before = wording.stages(file.eoi, audience, at)
    if invitation is None:
        return before
    after = _after_the_pool(file.eoi, invitation, application)
    if eois.is_notified(file.eoi):
        sent = {"title": _("Notification of interest issued"), "state": "done", "at": invitation.issued_at}
        return [sent, before[0], *_told(after[1:], file)]
    return [*before[:BEFORE_A_DRAW], *_told(after, file)]


def _after_the_pool(eoi: Any, invitation: Any, application: Any) -> list[Stage]:
    handed_in = {part.key: part.submitted_at for part in application.parts.all()} if application else {}
    parts = [Stage(part.name, handed_in.get(part.key)) for part in eois.rules(eoi).stream(eoi.stream).parts]
    received, decided = (application.received_at, application.decided_at) if application else (None, None)
    return [
        Stage(_("Invited to apply"), invitation.issued_at),
        *parts,
        Stage(
            _("File number given, in the queue"),
            received,
            _queue_words(eoi),
        ),
        Stage(_("Decision"), decided, _("Complete applications are worked in the order they were received.")),
    ]


def _queue_words(eoi: Any) -> str:
    stream = eois.rules(eoi).stream(eoi.stream)
    if stream.opened_by == "employer":
        return _("When both forms are in, the employer gets a file number.")
    return _("When everything is in, the candidate gets a file number.")


def _told(after: list[Stage], file: Any) -> list[dict[str, Any]]:
    path: list[dict[str, Any]] = []
    present_told = False
    for stage in after:
        if stage.at:
            path.append({"title": stage.title, "state": "done", "at": stage.at})
        elif present_told:
            path.append({"title": stage.title, "state": "future", "text": stage.later})
        elif not file.next_step:
            return [*path, {"title": file.tag, "state": "stopped", "text": file.sentence}]
        else:
            path.append({"title": stage.title, "state": "now", "text": file.next_step, "too_late": file.too_late})
            present_told = True
    return path
