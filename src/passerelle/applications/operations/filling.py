"""Filling in: the parts open in the pack's order; when the last is in, the file gets its number and joins the queue."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.applications import fee, messages, queries
from passerelle.applications.barred import can_send
from passerelle.applications.gaps import gaps
from passerelle.applications.models import Application, Part
from passerelle.applications.operations.completing import complete
from passerelle.applications.operations.paying import ask_fee
from passerelle.applications.permissions import can_add_documents, can_fill
from passerelle.applications.states import PART_LIFECYCLE, PartState
from passerelle.core import audit, deadlines
from passerelle.core.locks import one_at_a_time
from passerelle.core.references import next_reference
from passerelle.core.text import clean_name
from passerelle.core.verdicts import NotAllowed, require
from passerelle.documents import operations as documents
from passerelle.invitations import operations as invitations
from passerelle.invitations import route
from passerelle.programs import forms
from passerelle.programs import queries as programs


class NotComplete(Exception):
    """The part cannot be submitted yet; ``missing`` says what is to be done, in the reader's language."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@transaction.atomic
def open_application(*, invitation: str, by: Person, at: datetime) -> Application:
    """Accept the invitation and open its application (R5.3). Pressing twice gives the same application."""
    one_at_a_time(f"open {invitation}")  # two presses at once are one application, as two in turn are
    already = queries.opened_by(by, invitation)
    if already:
        return already
    accepted = invitations.mark_accepted(reference=invitation, at=at, by=by)
    eoi = accepted.eoi
    assert eoi.candidate is not None  # what was handed in has a candidate, by constraint
    rules = programs.rules(eoi.pack)
    application = Application.objects.create(
        reference=next_reference(f"{rules.reference_prefix}-A", deadlines.local_day(at, rules.zone).year),
        program=eoi.program, invitation=accepted, employer=eoi.employer, candidate=eoi.candidate, opened_at=at,
    )  # fmt: skip
    for place, part in enumerate(rules.stream(eoi.stream).parts):
        _open_part(application, part, place=place, at=at)
    audit.record("application.opened", subject=application.reference, by=by, at=at, program=application.program,
                 detail={"invitation": invitation, "eoi": eoi.reference})  # fmt: skip
    messages.opened(application, at=at)
    return application


def _open_part(application: Application, part: Any, *, place: int, at: datetime) -> None:
    open_now = not part.opens_after
    prefilled = queries.prefilled(application, part.key)
    Part.objects.create(
        application=application, key=part.key, side=part.side, place=place, answers=prefilled,
        state=PartState.OPEN if open_now else PartState.LOCKED, opened_at=at if open_now else None,
        due_by=route.due_by(application.invitation, part),
    )  # fmt: skip


def give_forms_time(*, invitation: Any, later: Callable[[datetime], datetime], at: datetime) -> None:
    """Move the deadline of each form that has its own, is not in and not late. In the transaction of the invitation's."""
    waiting = Part.objects.select_for_update(of=("self",)).filter(application__invitation=invitation, due_by__gt=at)
    for part in waiting.exclude(state=PartState.SUBMITTED).order_by("pk"):
        assert part.due_by  # only such are asked for
        part.due_by = later(part.due_by)
        part.save(update_fields=["due_by"])


@transaction.atomic
def save_section(
    *,
    reference: str,
    part: str,
    section: str,
    answers: Mapping[str, Any],
    by: Person,
    at: datetime,
    passing: bool = False,
) -> Part:
    """Keep the answers of one section as they stand, finished or not; those of other sections stay while they are asked.

    In ``passing``, while somebody still fills the section in, they all stay: what is ticked by mistake costs nothing.

    ``answers`` holds clean values as ``programs.forms`` gives them. Raises NotAllowed when locked, in, or too late.
    """
    kept = _locked_part(reference, part)
    require(can_fill(by, kept, at=at))
    asked = queries.keys_of(kept, section)
    others = {key: value for key, value in kept.answers.items() if key not in asked}
    merged = {**others, **{key: value for key, value in answers.items() if key in asked}}
    if by.is_representative:
        merged = forms.as_representative(queries.questionnaire(kept), kept.answers, merged)
    kept.answers = merged if passing else forms.pruned(queries.questionnaire(kept), merged, queries.given(kept))
    kept.saved_at = at
    kept.save(update_fields=["answers", "saved_at"])
    return kept


def _locked_part(reference: str, part: str) -> Part:
    Application.objects.select_for_update(of=("self",)).get(reference=reference)
    parts = Part.objects.select_related("application__invitation__eoi__pack", "application__employer")
    parts = parts.select_related("application__candidate").defer("application__invitation__eoi__pack__sources")
    return parts.get(application__reference=reference, key=part)


@transaction.atomic
def reuse_company_facts(*, reference: str, part: str, source: str, by: Person, at: datetime) -> Part:
    """Copy the company's facts from an earlier application of the same employer; what is already typed stays."""
    kept = _locked_part(reference, part)
    require(can_fill(by, kept, at=at, act="applications.reuse_company_facts"))
    earlier = queries.earlier_company_facts(by, kept).get(source)
    if earlier is None:
        raise NotAllowed(_("These company facts are not yours to reuse."))
    kept.answers = {**earlier, **{key: value for key, value in kept.answers.items() if value not in (None, "", [])}}
    kept.saved_at = at
    kept.save(update_fields=["answers", "saved_at"])
    audit.record("application.company_facts_reused", subject=reference, by=by, at=at, detail={"from": source},
                 program=kept.application.program)  # fmt: skip
    return kept


@transaction.atomic
def add_document(*, reference: str, part: str, slot: str, upload: UploadedFile, by: Person, at: datetime) -> Any:
    """Put one file in a slot of the part's checklist. Raises NotAllowed, or documents' Unacceptable with what to do."""
    kept = _locked_part(reference, part)
    require(can_add_documents(by, kept, at=at))
    if slot not in {one.key for one in queries.slots(kept)}:
        raise NotAllowed(_("This document is not asked for here."))
    return documents.store(owner=kept.owner, slot=slot, upload=upload, by=by, at=at)


def keep_upload(*, owner: str, slot: str, upload: Any, by: Person, at: datetime) -> Any:
    """Take in a file that came in parts for one of our parts; None when ``owner`` is not one of them."""
    reference, _slash, part = owner.partition("/")
    if not Part.objects.filter(application__reference=reference, key=part).exists():
        return None
    return add_document(reference=reference, part=part, slot=slot, upload=upload, by=by, at=at)


@transaction.atomic
def remove_document(*, reference: str, part: str, document: Any, by: Person, at: datetime) -> None:
    """Take a file out of the part's drawer, while the part may still change."""
    kept = _locked_part(reference, part)
    require(can_add_documents(by, kept, at=at, act="applications.remove_document"))
    documents.remove(document=queries.document_of(kept.owner, document), by=by, at=at)


@transaction.atomic
def submit_part(*, reference: str, part: str, signature: str, by: Person, at: datetime) -> Part:
    """Hand in one part. The next one opens; after the last the file gets its number and joins the queue (R5.5–R5.7),
    or the fee is asked for, where there is one.

    ``signature`` is the typed name. Raises NotComplete listing what is missing.
    """
    kept = _locked_part(reference, part)
    require(can_send(by, kept, at=at))
    missing = [one.text for one in gaps(kept)]
    if missing:
        raise NotComplete(missing)
    kept.state = PART_LIFECYCLE.after(kept.state, "submit")
    kept.submitted_at = at
    kept.signature = {"name": clean_name(signature), "at": at.isoformat(), "text": queries.declaration_hash(kept)}
    kept.save(update_fields=["state", "submitted_at", "signature"])
    audit.record("application.part_submitted", subject=reference, by=by, at=at, detail={"part": part},
                 program=kept.application.program)  # fmt: skip
    _unlock_after(kept, at=at)
    if not kept.application.parts.exclude(state=PartState.SUBMITTED).exists():
        _all_in(kept.application, by=by, at=at)
    return kept


def _unlock_after(submitted: Part, *, at: datetime) -> None:
    application = submitted.application
    stated = queries.rules_of(application).stream(application.invitation.eoi.stream).parts
    waiting = {one.key for one in stated if one.opens_after == submitted.key}
    for part in application.parts.filter(key__in=waiting, state=PartState.LOCKED):
        part.state, part.opened_at = PART_LIFECYCLE.after(part.state, "unlock"), at
        part.save(update_fields=["state", "opened_at"])
        reader = application.candidate if part.side == "candidate" else application.employer
        messages.candidate_form_open(application, reader, at=at)


def _all_in(application: Application, *, by: Person, at: datetime) -> None:
    """Every form is in: the time to send them has been met, and the fee, where there is one, is asked for."""
    invitations.mark_met(reference=application.invitation.reference, at=at, by=by)
    cents = fee.amount_cents(application)
    if cents:
        ask_fee(application, cents=cents, by=by, at=at)
    else:
        complete(application, by=by, at=at)


def open_page(*, reference: str, owner: str, document: Any, page: int, by: Person, at: datetime, purpose: str) -> Any:
    """Hand out one page of a file as a picture, to stand beside the criterion it supports; the look is logged."""
    return documents.open_page(document=_kept(reference, owner, document, by), page=page, by=by, at=at, purpose=purpose)


def read_document(*, reference: str, owner: str, document: Any, by: Person, at: datetime, purpose: str) -> Any:
    """Hand out one file of the application to those entitled; the reading is logged."""
    return documents.open_file(document=_kept(reference, owner, document, by), by=by, at=at, purpose=purpose)


def _kept(reference: str, owner: str, document: Any, by: Person) -> Any:
    application = queries.application_for(by, reference=reference)
    if not queries.may_read(by, application, owner=owner):
        raise Application.DoesNotExist
    return queries.document_of(owner, document)
