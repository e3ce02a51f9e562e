"""Assessing: officers take the oldest file, note what they find on each criterion, and ask for what is missing."""

from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from passerelle.accounts.models import Person
from passerelle.applications import mandatory, messages, queries
from passerelle.applications.models import Application, Finding, InformationRequest, OutOfTurn
from passerelle.applications.permissions import can_answer, can_assess, can_work_on
from passerelle.applications.states import APPLICATION_LIFECYCLE, ApplicationState, FindingVerdict
from passerelle.core import audit
from passerelle.core.locks import one_at_a_time
from passerelle.core.verdicts import NotAllowed, require
from passerelle.documents import operations as documents
from passerelle.notices import operations as notices
from passerelle.programs import queries as programs

ONE_READING = timedelta(hours=1)


class NeedsWords(NotAllowed):
    """A finding against what the forms say, without a word why."""


@transaction.atomic
def take_next(*, program: str, by: Person, at: datetime) -> Application | None:
    """Give the officer the oldest waiting file, by the instant received (R5.7); None when the queue is empty.

    A file on which the officer may not decide (they issued its draw) is left for the next officer.
    """
    # Two officers who press at once must get the first and the second file, in that order.
    one_at_a_time(f"queue {program}")
    application = queries.queue_for(by, program).select_for_update(of=("self",)).first()
    if application is None:
        return None
    require(can_assess(by, application))
    return _take(application, by=by, at=at)


@transaction.atomic
def take(*, reference: str, reason: str, by: Person, at: datetime) -> Application:
    """Take a given file. Out of turn, or from another officer, it needs a reason, which stays on record."""
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    require(can_assess(by, application))
    if application.state == ApplicationState.IN_ASSESSMENT:
        return _take_over(application, reason=reason, by=by, at=at)
    passed_over = queries.ahead_of(application)
    if passed_over:
        if not reason.strip():
            raise NotAllowed(_("Older files are waiting. Say why this one comes first."))
        OutOfTurn.objects.create(application=application, by=by, at=at, reason=reason, passed_over=passed_over)
    return _take(application, by=by, at=at, passed_over=passed_over)


def _take(application: Application, *, by: Person, at: datetime, passed_over: int = 0) -> Application:
    application.state = APPLICATION_LIFECYCLE.after(application.state, "take")
    application.officer, application.taken_at = by, at
    application.save(update_fields=["state", "officer", "taken_at"])
    audit.record("application.taken", subject=application.reference, by=by, at=at, program=application.program,
                 detail={"passed_over": passed_over})  # fmt: skip
    return application


def _take_over(application: Application, *, reason: str, by: Person, at: datetime) -> Application:
    if not reason.strip():
        raise NotAllowed(_("Another officer has this file. Say why you take it over."))
    before = application.officer
    application.officer, application.taken_at = by, at
    application.save(update_fields=["officer", "taken_at"])
    audit.record("application.taken_over", subject=application.reference, by=by, at=at, program=application.program,
                 detail={"from": before.username if before else "", "reason": reason})  # fmt: skip
    return application


@transaction.atomic
def put_back(*, reference: str, reason: str, by: Person, at: datetime) -> Application:
    """Return a file to the queue; it keeps its place, which is the instant it was received."""
    application = _in_hand(reference, by)
    application.state = APPLICATION_LIFECYCLE.after(application.state, "put_back")
    application.officer = None
    application.save(update_fields=["state", "officer"])
    audit.record("application.put_back", subject=reference, by=by, at=at, program=application.program,
                 detail={"reason": reason})  # fmt: skip
    return application


def _in_hand(reference: str, by: Person) -> Application:
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    require(can_work_on(by, application))
    return application


@transaction.atomic
def record_finding(*, reference: str, criterion: str, verdict: str, note: str, by: Person, at: datetime) -> Finding:
    """Note what the officer found on one criterion; "not met" and "need more" say why.

    So does "met" where the forms say otherwise.
    """
    application = _in_hand(reference, by)
    if application.state != ApplicationState.IN_ASSESSMENT:
        raise NotAllowed(_("This file is not being assessed."))
    if verdict != FindingVerdict.MET and not note.strip():
        raise NotAllowed(_("Say why the criterion is not met, or what more is needed."))
    if verdict == FindingVerdict.MET and not note.strip() and _forms_deny(application, criterion, at):
        raise NeedsWords(_("By what the forms say, this criterion is not met. Say why you find that it is."))
    finding = Finding.objects.create(
        application=application, criterion=criterion, verdict=verdict, note=note, by=by, at=at
    )
    audit.record("application.finding", subject=reference, by=by, at=at, program=application.program,
                 detail={"criterion": criterion, "verdict": verdict})  # fmt: skip
    return finding


def _forms_deny(application: Application, criterion: str, at: datetime) -> bool:
    return criterion in {one.criterion.key for one in mandatory.unmet(application, at)}


@transaction.atomic
def ask_information(*, reference: str, question: str, by: Person, at: datetime, side: str = "") -> InformationRequest:
    """Ask a party for more (N13); the pack's days run from now (R6.1). No ``side``: whoever opened the file."""
    application = _in_hand(reference, by)
    to = queries.to_be_asked(application).get(side or queries.stream_of(application).opened_by)
    if to is None:
        raise NotAllowed(_("This party is not asked questions on this file."))
    application.state = APPLICATION_LIFECYCLE.after(application.state, "ask_information")
    application.save(update_fields=["state"])
    due_by = programs.due(queries.rules_of(application), "information", at)
    request = InformationRequest.objects.create(
        application=application, to=to, question=question, asked_by=by,
        asked_at=at, due_by=due_by,
    )  # fmt: skip
    audit.record("application.information_requested", subject=reference, by=by, at=at, program=application.program,
                 detail={"due_by": due_by})  # fmt: skip
    messages.information_requested(request, at=at)
    return request


@transaction.atomic
def answer_information(
    *, reference: str, answer: str, uploads: list[UploadedFile], by: Person, at: datetime
) -> InformationRequest:
    """Answer the open request, with files. A late answer is taken in and marked as late by its instant."""
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    request = application.information_requests.filter(answered_at__isnull=True).first()
    nothing = _("No question on this file waits for your answer.")
    if request is None:
        raise NotAllowed(nothing)
    require(can_answer(by, request.to_id, stranger=nothing))
    for upload in uploads:
        documents.store(owner=request.owner, slot="answer", upload=upload, by=by, at=at)
    request.answer, request.answered_by, request.answered_at = answer, by, at
    request.save(update_fields=["answer", "answered_by", "answered_at"])
    application.state = APPLICATION_LIFECYCLE.after(application.state, "receive_information")
    application.save(update_fields=["state"])
    audit.record("application.information_received", subject=reference, by=by, at=at, program=application.program,
                 detail={"late": at >= request.due_by})  # fmt: skip
    notices.open_task("information_received", program=application.program, about=reference, at=at, due_by=application.decide_by,
                      detail=gettext_lazy("The question on this file was answered."))  # fmt: skip
    return request


def open_file(*, reference: str, reason: str, by: Person, at: datetime, again: bool = False) -> Application:
    """Hand the whole file to a staff member and log the reading; the parties can see it. Raises TooManyFiles.

    Shown ``again`` beside a form, within the hour of its opening, it is no other reading. One row is all it writes; the
    brake before it is a transaction of its own, whose task outlives the refusal.
    """
    application = queries.application_for(by, reference=reference)
    if again and audit.has_read(by, reference, since=at - ONE_READING, what="application"):
        return application
    notices.brake_reading(subject=application.reference, program=application.program, by=by, at=at)
    audit.record_access(subject=application.reference, by=by, at=at, purpose=reason, what="application")
    return application
