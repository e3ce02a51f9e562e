"""An interview: a party is called to a place or by a link, and what came of it is kept."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.applications import messages, queries
from passerelle.applications.models import Application, Interview
from passerelle.applications.permissions import can_work_on
from passerelle.applications.states import APPLICATION_LIFECYCLE, InterviewOutcome
from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed, require


@transaction.atomic
def ask_interview(
    *, reference: str, side: str, held_at: datetime, place: str = "", link: str = "", by: Person, at: datetime
) -> Interview:
    """Call the candidate or the employer to an interview; the assessment waits for it. Raises NotAllowed."""
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    require(can_work_on(by, application))
    if not queries.has_words(application, "interview_called", at):
        raise NotAllowed(_("This program holds no interviews."))
    to = application.employer if side == "employer" else application.candidate
    if to is None or held_at <= at or not (place.strip() or link.strip()):
        raise NotAllowed(_("Give a day and time still to come, and a place or a link."))
    application.state = APPLICATION_LIFECYCLE.after(application.state, "ask_interview")
    application.save(update_fields=["state"])
    call = Interview.objects.create(
        application=application,
        to=to,
        held_at=held_at,
        place=place.strip(),
        link=link.strip(),
        asked_by=by,
        asked_at=at,
    )
    audit.record("application.interview_asked", subject=reference, by=by, at=at, program=application.program,
                 detail={"held_at": held_at, "to": side})  # fmt: skip
    messages.tell("interview_called", application, [to], at=at, file_number=application.file_number, held=held_at,
                  place=call.place, link=call.link, at_place=bool(call.place), by_link=bool(call.link))  # fmt: skip
    return call


@transaction.atomic
def record_interview(*, reference: str, outcome: str, note: str, by: Person, at: datetime) -> Interview:
    """Keep what came of the interview; the assessment goes on. Raises NotAllowed, IllegalMove."""
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    require(can_work_on(by, application))
    application.state = APPLICATION_LIFECYCLE.after(application.state, "record_interview")
    call = application.interviews.get(outcome="")
    if outcome != InterviewOutcome.CALLED_OFF and at < call.held_at:
        raise NotAllowed(_("The interview is still to come."))
    if not note.strip():
        raise NotAllowed(_("Write a note: what was asked and answered, or why it was not held."))
    application.save(update_fields=["state"])
    call.outcome, call.note, call.recorded_by, call.recorded_at = outcome, note, by, at
    call.save(update_fields=["outcome", "note", "recorded_by", "recorded_at"])
    audit.record("application.interview_recorded", subject=reference, by=by, at=at, program=application.program,
                 detail={"outcome": outcome})  # fmt: skip
    return call
