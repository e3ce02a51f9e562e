"""Proof before an invitation (nwt.md, R4.3): staff ask, the candidate sends, staff say what it shows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import require
from passerelle.documents import operations as documents
from passerelle.documents import queries as files
from passerelle.eoi.models import EvidenceItem, EvidenceRequest, ExpressionOfInterest
from passerelle.eoi.operations.support import locked, rules_of, tell, told
from passerelle.eoi.permissions import can_answer_evidence, can_ask_evidence, can_settle_evidence
from passerelle.eoi.states import EOI_LIFECYCLE
from passerelle.programs import queries as programs


class NothingSent(Exception):
    """An item asked for has neither a file nor a word of explanation: ``items`` holds them."""

    def __init__(self, items: Sequence[EvidenceItem]) -> None:
        super().__init__(len(items))
        self.items = items


@transaction.atomic
def request_evidence(
    *, reference: str, items: Sequence[Mapping[str, Any]], by: Person, at: datetime, due_by: datetime | None = None
) -> EvidenceRequest:
    """Ask the candidate for documents (N6). Each item has ``key`` (of the pack's list, or ""), ``label`` {en, fr}, ``note``.

    ``due_by`` is the first moment too late; without it the pack's deadline counts. Raises NotAllowed, IllegalMove.
    """
    eoi = locked(reference)
    require(can_ask_evidence(by, eoi))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "ask_evidence")
    if not items:
        raise ValueError("ask for at least one document")
    due = due_by or programs.due(rules_of(eoi), "evidence", at)
    request = EvidenceRequest.objects.create(eoi=eoi, by=by, at=at, due_by=due)
    EvidenceItem.objects.bulk_create(
        EvidenceItem(request=request, key=one.get("key", ""), label=dict(one["label"]), note=one.get("note", ""))
        for one in items
    )
    eoi.save(update_fields=["state"])
    told("eoi.evidence_requested", eoi, by=by, at=at, detail={"items": len(items), "due_by": due})
    asked = [dict(one["label"]) for one in items]
    tell("evidence_requested", eoi, eoi.candidate, eoi.employer, at=at, items=asked, due_by=due)
    return request


def open_request(eoi: ExpressionOfInterest) -> EvidenceRequest | None:
    """Return the request that waits for the candidate, if one does."""
    return eoi.evidence_requests.filter(answered_at=None, dropped_at=None).first()


@transaction.atomic
def store_evidence(*, item: EvidenceItem, upload: UploadedFile, by: Person, at: datetime) -> Any:
    """Keep one file the candidate sends for an item. Raises documents' Unacceptable with a reason for the reader."""
    eoi = _open_for(item, by, "eoi.store_evidence")
    document = documents.store(owner=eoi.reference, slot=item.slot, upload=upload, by=by, at=at)
    told("eoi.evidence_stored", eoi, by=by, at=at, detail={"item": item.pk})
    return document


def keep_upload(*, owner: str, slot: str, upload: Any, by: Person, at: datetime) -> Any:
    """Take in a file that came in parts for an item asked for; None when ``slot`` of ``owner`` is not one of ours."""
    kind, _dash, pk = slot.partition("-")
    if kind != "proof" or not pk.isdecimal():
        return None
    item = EvidenceItem.objects.filter(pk=int(pk), request__eoi__reference=owner).first()
    return store_evidence(item=item, upload=upload, by=by, at=at) if item else None


@transaction.atomic
def remove_evidence_file(*, item: EvidenceItem, document: Any, by: Person, at: datetime) -> None:
    """Take back a file before the answer is sent."""
    eoi = _open_for(item, by, "eoi.remove_evidence_file")
    if (document.owner, document.slot) != (eoi.reference, item.slot):
        raise ValueError("not a file of this item")
    documents.remove(document=document, by=by, at=at)
    told("eoi.evidence_removed", eoi, by=by, at=at, detail={"item": item.pk})


def _open_for(item: EvidenceItem, by: Person, act: str) -> ExpressionOfInterest:
    eoi = locked(item.request.eoi.reference)
    require(can_answer_evidence(by, eoi, act))
    request = open_request(eoi)
    if request is None or request.pk != item.request_id:
        raise IllegalMove("answer_evidence", eoi.state)
    return eoi


@transaction.atomic
def answer_evidence(*, reference: str, replies: Mapping[int, str], by: Person, at: datetime) -> ExpressionOfInterest:
    """Send the answer: the files stored so far, and a word for each item (``replies``: item pk to text) where one is needed.

    The file returns to review; a late answer is taken as long as nothing else was decided. Raises NothingSent.
    """
    eoi = locked(reference)
    require(can_answer_evidence(by, eoi))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "answer_evidence")
    request = eoi.evidence_requests.get(answered_at=None, dropped_at=None)
    items = list(request.items.all())
    for item in items:
        item.reply = replies.get(item.pk, "").strip()
    have = {one.slot for one in files.files(eoi.reference)}
    empty = [item for item in items if item.slot not in have and not item.reply]
    if empty:
        raise NothingSent(empty)
    EvidenceItem.objects.bulk_update(items, ["reply"])
    request.answered_at = at
    request.save(update_fields=["answered_at"])
    _back_to_review(eoi, at)
    told("eoi.evidence_answered", eoi, by=by, at=at, detail={"items": len(items), "late": at >= request.due_by})
    tell("evidence_received", eoi, eoi.candidate, at=at, received_at=at)
    return eoi


def _back_to_review(eoi: ExpressionOfInterest, at: datetime) -> None:
    eoi.review_from = at
    if eoi.confirmed_at is not None:
        # The promise of five business days was kept once; a second look gets its own.
        eoi.review_by = programs.due(rules_of(eoi), "score_notice", at)
    eoi.save(update_fields=["state", "review_from", "review_by"])


@transaction.atomic
def drop_evidence_request(*, reference: str, by: Person, at: datetime) -> ExpressionOfInterest:
    """Stop waiting for proof: the file returns to review as it is."""
    eoi = locked(reference)
    require(can_settle_evidence(by, eoi))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "drop_request")
    drop_open_request(eoi, at=at)
    _back_to_review(eoi, at)
    told("eoi.evidence_request_dropped", eoi, by=by, at=at)
    return eoi


def drop_open_request(eoi: ExpressionOfInterest, *, at: datetime) -> None:
    """Mark the open request of a locked file as no longer waited for."""
    eoi.evidence_requests.filter(answered_at=None, dropped_at=None).update(dropped_at=at)


@transaction.atomic
def find_evidence(*, item: EvidenceItem, finding: str, by: Person, at: datetime) -> EvidenceItem:
    """Say what the documents of an item show: ``confirmed``, ``not_confirmed`` or ``open`` again."""
    eoi = locked(item.request.eoi.reference)
    require(can_settle_evidence(by, eoi))
    item.finding, item.found_by, item.found_at = EvidenceItem.Finding(finding), by, at
    item.save(update_fields=["finding", "found_by", "found_at"])
    told("eoi.evidence_found", eoi, by=by, at=at, detail={"item": item.pk, "finding": finding})
    return item
