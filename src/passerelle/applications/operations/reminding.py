"""Questions to an employer that run out: a reminder while there is time, a task for staff when there is none."""

from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from passerelle.applications import messages, queries
from passerelle.applications.models import InformationRequest
from passerelle.core import audit
from passerelle.notices import operations as notices

LATE = {
    "en": "The employer has not answered the question on this file in time.",
    "fr": "L'employeur n'a pas répondu à temps à la question sur ce dossier.",
}


def remind_due(*, at: datetime, limit: int = 500) -> int:
    """Remind employers of questions due soon, and tell staff once of those overdue; returns how many files."""
    waiting = InformationRequest.objects.filter(answered_at=None, late_told_at=None).order_by("due_by", "pk")
    told = (pk for pk in list(waiting.values_list("pk", flat=True)) if _look(pk, at))
    return sum(1 for _pk in islice(told, limit))


@transaction.atomic
def _look(pk: int, at: datetime) -> int:
    free = InformationRequest.objects.select_for_update(of=("self",), skip_locked=True)
    request = free.filter(pk=pk, answered_at=None, late_told_at=None).select_related("application", "to").first()
    if request is None:
        return 0
    return _tell_late(request, at) if at >= request.due_by else _remind(request, at)


def _remind(request: InformationRequest, at: datetime) -> int:
    application = request.application
    days_before = queries.rules_of(application).reminders.get("information", ())
    begun = [moment for days in days_before if (moment := request.due_by - timedelta(days=days)) <= at]
    if not begun or max(begun) <= (request.reminded_at or request.asked_at):
        return 0
    request.reminded_at = at
    request.save(update_fields=["reminded_at"])
    told = {"file_number": application.file_number, "deadline": request.due_by}
    messages.tell("information_reminder", application, [request.to], at=at, **told)
    audit.record("application.information_reminded", subject=application.reference, by=None, at=at,
                 program=application.program)  # fmt: skip
    return 1


def _tell_late(request: InformationRequest, at: datetime) -> int:
    application = request.application
    request.late_told_at = at
    request.save(update_fields=["late_told_at"])
    notices.open_task("information_overdue", program=application.program, about=application.reference, at=at,
                      due_by=application.decide_by, detail=LATE)  # fmt: skip
    audit.record("application.information_overdue", subject=application.reference, by=None, at=at,
                 program=application.program)  # fmt: skip
    return 1
