"""Proof asked for: the documents item by item, what was added, the answer."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from passerelle.core.text import pick
from passerelle.documents import operations as documents
from passerelle.documents import queries as files
from passerelle.eoi import operations, queries
from passerelle.eoi.pages.candidate.base import FilePage


class Evidence(FilePage):
    """The documents asked for, item by item; what was added; the answer."""

    template_name = "eoi/candidate/evidence.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self._show(self._open(reference)[0])

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi, asked = self._open(reference)
        replies = {item.pk: request.POST.get(f"reply-{item.pk}", "")[:2000] for item in asked.items.all()}
        try:
            operations.answer_evidence(reference=reference, replies=replies, by=self.person, at=self.at)
        except operations.NothingSent as missing:
            return self._show(eoi, errors=_nothing_sent(missing.items), replies=replies, status=422)
        messages.success(request, _("Your answer is sent. Staff go on with the review."))
        return self.go_to("eoi:candidate_file", reference)

    def _open(self, reference: str) -> tuple[Any, Any]:
        eoi = self.eoi(reference)
        asked = queries.open_request(eoi)
        if asked is None:
            raise Http404
        return eoi, asked

    def _show(self, eoi: Any, *, errors: Any = None, replies: Any = None, status: int = 200) -> HttpResponse:
        asked = queries.open_request(eoi)
        items = [evidence_item(eoi, item, replies) for item in asked.items.all()] if asked else []
        for row in items:
            row["resumable"] = reverse("documents:upload")
            row["token"] = documents.allow_upload(
                owner=eoi.reference, slot=row["item"].slot, by=self.person, at=self.at
            )
        return self.show({"eoi": eoi, "asked": asked, "items": items, "errors": errors}, status=status)


def _nothing_sent(items: Any) -> list[dict[str, str]]:
    words = _("%(document)s: add a file, or say why you cannot.")
    return [{"text": words % {"document": _label(item)}, "id": f"reply-{item.pk}"} for item in items]


def _label(item: Any) -> str:
    return pick(item.label)


def evidence_item(eoi: Any, item: Any, replies: Any = None, error: str = "") -> dict[str, Any]:
    """Return one item as ``components/upload_slot.html`` draws it."""
    kept = []
    for file in files.files(eoi.reference, item.slot):
        urls = {
            "url": reverse("eoi:evidence_file", args=[eoi.reference, file.pk]),
            "remove_url": reverse("eoi:evidence_remove", args=[eoi.reference, item.pk, file.pk]),
        }
        names = ("original_name", "state", "reason", "bytes", "pages", "uploaded_at")
        kept.append({name: getattr(file, name) for name in names} | urls)
    return {
        "item": item, "files": kept, "error": error, "reply": (replies or {}).get(item.pk, item.reply),
        "slot": {"key": item.slot, "label": item.label, "hint": item.note, "required": True},
        "action": reverse("eoi:evidence_upload", args=[eoi.reference, item.pk]),
    }  # fmt: skip


class EvidenceUpload(Evidence):
    """Add files to one item."""

    def get(self, request: HttpRequest, reference: str, pk: int) -> HttpResponse:  # type: ignore[override]
        self._open(reference)
        return self.go_to("eoi:evidence", reference)

    def post(self, request: HttpRequest, reference: str, pk: int) -> HttpResponse:  # type: ignore[override]
        eoi, asked = self._open(reference)
        item = get_object_or_404(asked.items.all(), pk=pk)
        problems = []
        for upload in request.FILES.getlist("files"):
            try:
                operations.store_evidence(item=item, upload=upload, by=self.person, at=self.at)
            except documents.Unacceptable as fault:
                said = _("%(name)s: %(what)s") % {"name": upload.name, "what": fault}
                problems.append({"text": said, "id": f"file-{item.slot}"})
        if not request.FILES.getlist("files"):
            problems.append({"text": _("Choose a file first."), "id": f"file-{item.slot}"})
        if problems:
            return self._show(eoi, errors=problems, status=422)
        return self.go_to("eoi:evidence", reference)


class EvidenceRemove(Evidence):
    """Take back a file before the answer is sent."""

    def get(self, request: HttpRequest, reference: str, pk: int, document: Any) -> HttpResponse:  # type: ignore[override]
        self._open(reference)
        return self.go_to("eoi:evidence", reference)

    def post(self, request: HttpRequest, reference: str, pk: int, document: Any) -> HttpResponse:  # type: ignore[override]
        eoi, asked = self._open(reference)
        item = get_object_or_404(asked.items.all(), pk=pk)
        kept = get_object_or_404(files.files(eoi.reference, item.slot), pk=document)
        operations.remove_evidence_file(item=item, document=kept, by=self.person, at=self.at)
        return self.go_to("eoi:evidence", reference)


class EvidenceFile(FilePage):
    """One of the candidate's own documents."""

    def get(self, request: HttpRequest, reference: str, document: Any) -> HttpResponse:
        eoi = self.eoi(reference)
        kept = get_object_or_404(files.files(eoi.reference), pk=document)
        return operations.open_document(reference=reference, document=kept, by=self.person, at=self.at, purpose="own")
