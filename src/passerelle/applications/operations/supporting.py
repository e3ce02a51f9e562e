"""The work permit support letter: given with the nomination where the pack says so, asked for and issued later."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from passerelle.accounts.models import Person
from passerelle.applications import letters, messages, queries, support_window
from passerelle.applications.models import Application, SupportLetterRequest
from passerelle.applications.permissions import can_ask_support_letter, can_assess, can_have_support_letter
from passerelle.core import audit, deadlines
from passerelle.core.verdicts import NotAllowed, require
from passerelle.notices import operations as notices
from passerelle.programs import queries as programs

DEADLINE = "support_letter"


@transaction.atomic
def ask_support_letter(
    *, reference: str, permit_expires_on: date | None, by: Person, at: datetime
) -> SupportLetterRequest:
    """Ask for the letter, or for a new one; inside the window before the permit ends where the pack has one (R6.6).

    Where it has none, a nominee without a permit asks too. Raises NotAllowed.
    """
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    require(can_ask_support_letter(by, application, job_offer=queries.stream_of(application).job_offer, at=at))
    _require_window(application, permit_expires_on, at)
    request = SupportLetterRequest.objects.create(
        application=application, permit_expires_on=permit_expires_on, asked_by=by, asked_at=at
    )
    audit.record("support_letter.asked", subject=reference, by=by, at=at, program=application.program)
    notices.open_task("support_letter_asked", program=application.program, about=reference, at=at,
                      detail=gettext_lazy("A work permit support letter was asked for."))  # fmt: skip
    return request


def _require_window(application: Application, permit_expires_on: date | None, at: datetime) -> None:
    terms = support_window.around(application)
    if terms is None:
        return
    if permit_expires_on is None:
        raise NotAllowed(_("Give the day on which the work permit expires."))
    months, days = terms
    first, last = support_window.months_before(permit_expires_on, months), permit_expires_on - timedelta(days=days + 1)
    if not first <= deadlines.local_day(at, queries.rules_of(application).zone) <= last:
        told = {"first": first.isoformat(), "last": last.isoformat()}
        raise NotAllowed(_("For this permit the letter can be asked for from %(first)s to %(last)s.") % told)


@transaction.atomic
def issue_support_letter(*, request: int, by: Person, at: datetime) -> SupportLetterRequest:
    """Issue the letter that was asked for, to the candidate.

    Under the file's lock, as a pause or a cancellation is: whichever comes first, no letter follows it.
    """
    file = SupportLetterRequest.objects.values("application").filter(pk=request)
    application = Application.objects.select_for_update(of=("self",)).get(pk__in=file)
    asked = application.support_requests.get(pk=request)
    require(can_assess(by, application))
    require(can_have_support_letter(application, at=at))
    if asked.letter:
        raise NotAllowed(_("This letter has been issued."))
    _issue(asked, by=by, at=at)
    messages.tell("support_letter_issued", application, [application.candidate], at=at,
                  file_number=application.file_number)  # fmt: skip
    return asked


def give_with_nomination(application: Application, *, by: Person, at: datetime) -> None:
    """Issue the letter in the transaction of the nomination, where the pack names the stream and it has a job offer."""
    stream = queries.stream_of(application)
    if stream.job_offer and stream.key in queries.rules_of(application).stated("support_letter_streams", ()):
        _issue(SupportLetterRequest(application=application, asked_at=at), by=by, at=at)


def _issue(asked: SupportLetterRequest, *, by: Person, at: datetime) -> None:
    application, rules = asked.application, queries.rules_of(asked.application)
    if DEADLINE in rules.deadlines:
        asked.valid_before = programs.due(rules, DEADLINE, at, stream=application.invitation.eoi.stream)
    asked.letter = letters.support_letter(asked, at=at).number
    asked.issued_by, asked.issued_at = by, at
    asked.save()
    audit.record("support_letter.issued", subject=application.reference, by=by, at=at, program=application.program,
                 detail={"letter": asked.letter, "until": asked.valid_before})  # fmt: skip
