"""What the pages show: stages, timeline and lists in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from passerelle.accounts import acting
from passerelle.accounts.models import Person
from passerelle.applications import federal, fee, permissions, queries, recourse, wording
from passerelle.applications.states import UNDECIDED, WITH_OFFICERS, ApplicationState, PartState
from passerelle.core import audit
from passerelle.core.text import pick
from passerelle.programs import queries as programs

if TYPE_CHECKING:
    from passerelle.applications.models import Application, Part

S = ApplicationState


def part_tasks(part: "Part", *, editable: bool) -> list[dict[str, Any]]:
    """The sections, documents and last check of a part as a task list."""
    reference, key = part.application.reference, part.key
    tasks = [
        {
            "label": pick(section.title), "state": state,
            "url": reverse("applications:section", args=[reference, key, section.key]) if editable else "",
        }
        for section, state in queries.sections(part)
    ]  # fmt: skip
    return [*tasks, documents_task(part)]


def documents_task(part: "Part") -> dict[str, Any]:
    """How many of the needed documents are there."""
    needed = [one for one in queries.slots(part) if one.required]
    filed = queries.documents_of(part)
    there = sum(bool(filed.get(one.key)) for one in needed)
    hint = _("%(there)d of %(needed)d needed documents added") % {"there": there, "needed": len(needed)}
    state = "done" if there == len(needed) else "in_progress" if filed else "not_started"
    if not needed:
        state, hint = "done" if any(filed.values()) else "optional", _("None is needed; you may add some")
    return {
        "label": _("Documents"), "state": state, "hint": hint,
        "url": reverse("applications:documents", args=[part.application.reference, part.key]),
    }  # fmt: skip


def stages(application: "Application") -> list[dict[str, Any]]:
    """The path of the file: parts, queue, assessment, decision."""
    rules = queries.rules_of(application)
    rows = [
        {
            "title": pick(rules.part(application.invitation.eoi.stream, part.key).name), "at": part.submitted_at,
            "state": _part_stage(application, part), "too_late": _part_deadline(application, part),
        }
        for part in application.parts.all()
    ]  # fmt: skip
    return [*rows, *_fee_stage(application), _queue_stage(application), _decision_stage(application)]


def _part_deadline(application: "Application", part: "Part") -> datetime | None:
    to_fill = application.state == S.FILLING and part.state == PartState.OPEN
    return part.fill_by if to_fill else None


def _part_stage(application: "Application", part: "Part") -> str:
    if part.state == PartState.SUBMITTED:
        return "done"
    if application.state not in UNDECIDED:
        return "stopped"
    return "now" if part.state == PartState.OPEN else "future"


def _fee_stage(application: "Application") -> list[dict[str, Any]]:
    payment = fee.payment_of(application)
    if payment is None:
        if application.state != S.FILLING or not fee.amount_cents(application):
            return []
        return [{"title": _("Fee"), "state": "future", "text": _("Paid by the candidate when every form is in.")}]
    state = "now" if application.state == S.AWAITING_PAYMENT else "done" if payment.paid_at else "stopped"
    too_late = application.pay_by if state == "now" else None
    return [{"title": _("Fee"), "state": state, "at": payment.paid_at, "too_late": too_late}]


def _queue_stage(application: "Application") -> dict[str, Any]:
    stage: dict[str, Any] = {"title": _("File number and queue"), "at": application.received_at}
    if application.received_at is None:
        return {
            **stage,
            "state": "future",
            "text": _before_queue(application),
        }
    number = _("File number %(number)s.") % {"number": application.file_number}
    if application.state != S.QUEUED:
        return {**stage, "state": "done", "text": number}
    ahead = _("Files received before yours: %(count)d.") % {"count": queries.ahead_of(application)}
    return {**stage, "state": "now", "text": f"{number} {ahead}"}


def _before_queue(application: "Application") -> str:
    if fee.amount_cents(application):
        return _("When everything is in and the fee is paid, you get a file number and a place in the queue.")
    if queries.takes_part(application):
        return _("When both forms are in, you get a file number and a place in the queue.")
    return _("When your application is in, you get a file number and a place in the queue.")


def _decision_stage(application: "Application") -> dict[str, Any]:
    stage: dict[str, Any] = {"title": _("Assessment and decision"), "at": application.decided_at}
    if application.state in {S.NOMINATED, S.REFUSED}:
        return {**stage, "state": "done", "text": str(S(application.state).label)}
    if application.state in WITH_OFFICERS - {S.QUEUED}:
        return {**stage, "state": "now", "text": _("An officer is looking at the file.")}
    return {**stage, "state": "future" if application.state in UNDECIDED else "stopped"}


def moves(application: "Application", person: Person, at: Any) -> Mapping[str, Any]:
    """What this party may do on the file now, or why not."""
    act, may_ask = recourse.may_ask(person, application, at=at)
    return {
        "withdraw": permissions.can_withdraw(person, application),
        "change": permissions.can_report_change(person, application)
        and bool(queries.rules_of(application).changes_of(application.side_of(person))),
        "review": act if may_ask else None,
        "answer": application.information_requests.filter(acting.theirs(person, "to"), answered_at=None).first(),
        "agreement": application.state == S.NOMINATED and queries.agreement(application, person),
        "signed": application.agreements.filter(acting.theirs(person, "by")).first(),
        "let_in": permissions.can_let_in_employer(
            person, application, takes_part=queries.takes_part(application), at=at
        ),
        "payment": fee.payment_of(application) if application.side_of(person) == "candidate" else None,
        "interview": application.interviews.filter(acting.theirs(person, "to"), outcome="").first(),
        "support_letter": permissions.can_ask_support_letter(
            person, application, job_offer=queries.stream_of(application).job_offer, at=at
        ),
        "support_asked": application.support_requests.filter(letter="").first(),
    }


def next_federal(application: "Application", at: datetime) -> dict[str, Any] | None:
    """What a nominee does next at the federal side and by when, as the pack says it; None where it says nothing.

    ``over`` where the time for it has passed at ``at``.
    """
    rules, stream = queries.rules_of(application), application.invitation.eoi.stream
    if application.state != S.NOMINATED or application.decided_at is None:
        return None
    by = programs.standard(rules, "federal_application", application.decided_at, stream=stream)
    return {"what": rules.deadline("federal_application", stream).label, "by": by, "over": at >= by} if by else None


def review(application: "Application") -> dict[str, Any] | None:
    """The review asked on the file, as the parties read it; None before."""
    asked, terms = recourse.review_of(application), recourse.terms_of(application)
    if asked is None:
        return None
    outcome = wording.outcomes(asked, terms)[asked.outcome] if asked.outcome else ""
    return {"review": asked, "outcome": outcome, "who": wording.reviewer(terms, alone=application.employer_id is None)}


def federal_side(application: "Application", person: Person, at: datetime) -> dict[str, Any]:
    """What the file shows of the federal side, where its person came from there; nothing for any other file."""
    if not federal.concerns(application):
        return {}
    told, reviewed = federal.invitation_of(application), federal.is_reviewed(application)
    return {
        "told": told, "stands": federal.open_invitation(application), "warning": federal.warning(application, at),
        "over": bool(federal.is_over(application, at)), "proofs": federal.proofs(told) if told else [],
        "used_up": application.state in {S.REFUSED, S.RETURNED, S.WITHDRAWN, S.LAPSED},
        "may_tell": permissions.can_tell_of_federal(person, application, concerned=True, reviewed=reviewed),
        "may_settle": permissions.can_settle_federal(person, application, reviewed=reviewed),
    }  # fmt: skip


def slots(part: "Part", *, editable: bool) -> list[dict[str, Any]]:
    """The document checklist with its files and addresses."""
    reference, key = part.application.reference, part.key
    filed = queries.documents_of(part)
    return [
        {"slot": slot, "files": [_file(one, reference, key) for one in filed.get(slot.key, ())], "editable": editable}
        for slot in queries.slots(part)
    ]


def _file(document: Any, reference: str, part: str) -> dict[str, Any]:
    return {
        "original_name": document.original_name, "state": document.state, "reason": document.reason,
        "bytes": document.bytes, "pages": document.pages, "uploaded_at": document.uploaded_at,
        "url": reverse("applications:document", args=[reference, part, document.pk]),
        "remove_url": reverse("applications:remove_document", args=[reference, part, document.pk]),
    }  # fmt: skip


def access_rows(application: "Application") -> list[dict[str, Any]]:
    """Which staff read the file or a document of it, newest first: one line for each reader, purpose and day."""
    owners = [
        *(one.owner for one in application.parts.all()),
        *(one.owner for one in application.information_requests.all()),
        *(one.owner for one in application.reviews.all()),
        *(one.owner for one in application.federal_invitations.all()),
    ]
    seen: dict[tuple[Any, ...], Any] = {}
    for row in audit.accesses(application.reference, *owners)[:500]:
        if row.by.is_staff_member:
            seen.setdefault((row.by_id, row.purpose, row.what.split()[0], row.at.date()), row)
    return [{"at": one.at, "by": one.by.name, "text": wording.reading(one)} for one in list(seen.values())[:50]]


def changes(application: "Application") -> list[dict[str, Any]]:
    """The changes that the parties reported, in the pack's words."""
    rules = queries.rules_of(application)
    reported = application.changes.select_related("by")
    return [
        {
            "day": one.happened_on,
            "text": said.label if (said := rules.change(one.kind)) else one.kind,
            "detail": one.detail,
            "by": one.by.name,
            "at": one.at,
        }
        for one in reported
    ]


def due_sentence(application: "Application") -> str:
    """What must be in by the deadline."""
    if queries.takes_part(application):
        return _("Both forms must be submitted by:")
    return _("Your application must be submitted by:")
