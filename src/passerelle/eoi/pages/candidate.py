"""The candidate's side: the questionnaire, handing in, the file, proof, replies, withdrawal."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from passerelle.accounts.access import CandidatePage, FreshSignIn
from passerelle.core.dates import time_words
from passerelle.documents import operations as documents
from passerelle.documents import queries as files
from passerelle.eoi import operations, permissions, queries, wording
from passerelle.eoi.pages.forms import ReplyForm, SubmitForm, WithdrawForm
from passerelle.notices import queries as notices
from passerelle.programs import forms as questionnaires


class FilePage(CandidatePage):
    """A page about one file of this candidate."""

    def eoi(self, reference: str) -> Any:
        """The file, or a 404."""
        return queries.eoi_for(self.person, reference)

    def draft(self, reference: str) -> Any:
        """The file while it is a draft, or a 404."""
        eoi = self.eoi(reference)
        if not eoi.is_draft:
            raise Http404
        return eoi


# --- the questionnaire ----------------------------------------------------------------------------------------------


class Tasks(FilePage):
    """The sections of the questionnaire and how each stands."""

    template_name = "eoi/candidate/tasks.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        if not eoi.is_draft:
            return self.go_to("eoi:candidate_file", reference)
        tasks = section_tasks(eoi)
        whole = not queries.unfinished(eoi)
        return self.show(
            {
                "eoi": eoi,
                "questionnaire": queries.questionnaire(eoi),
                "category": queries.rules(eoi).category(eoi.category),
                "tasks": tasks,
                "done": len([one for one in tasks if one["state"] in ("done", "not_applicable")]),
                "whole": whole,
            }
        )


def section_tasks(eoi: Any) -> list[dict[str, Any]]:
    """Return the sections for ``components/task_list.html``."""
    given, tasks = queries.given(eoi), []
    for section in queries.questionnaire(eoi).sections:
        state = questionnaires.section_state(section, eoi.answers, given)
        url = "" if state == "not_applicable" else reverse("eoi:section", args=[eoi.reference, section.key])
        tasks.append({"label": str(section.title), "url": url, "state": state})
    return tasks


class Section(FilePage):
    """One section: saved on every page, and on every change when scripts run (``autosave`` in the post)."""

    template_name = "eoi/candidate/section.html"

    def get(self, request: HttpRequest, reference: str, section: str) -> HttpResponse:
        eoi, part = self._find(reference, section)
        return self._show(eoi, part, self._form(eoi, part))

    def post(self, request: HttpRequest, reference: str, section: str) -> HttpResponse:
        eoi, part = self._find(reference, section)
        form = self._form(eoi, part, request.POST)
        whole = form.is_valid()
        # Right answers are kept even while others are missing or wrong.
        eoi = self._save(eoi, part, form)
        if request.POST.get("autosave"):
            return HttpResponse(self._saved_words(eoi), content_type="text/plain; charset=utf-8")
        if form.pressed:
            return self._show(eoi, part, form)
        if not whole:
            return self._show(eoi, part, form, status=422)
        return self._onward(eoi, part)

    def _find(self, reference: str, key: str) -> tuple[Any, Any]:
        eoi = self.draft(reference)
        try:
            part = queries.questionnaire(eoi).section(key)
        except KeyError as fault:
            raise Http404 from fault
        return eoi, part

    def _form(self, eoi: Any, part: Any, data: Any = None) -> Any:
        return questionnaires.section_form(
            queries.rules(eoi), queries.questionnaire(eoi), part, eoi.answers, at=self.request.arrived_at,
            data=data, given=queries.given(eoi),
        )  # fmt: skip

    def _save(self, eoi: Any, part: Any, form: Any) -> Any:
        typed = {key: form.answers.get(key) for key in queries.keys_of_section(part)}
        return operations.save_section(
            reference=eoi.reference, section=part.key, answers=typed, by=self.person, at=self.request.arrived_at
        )

    def _saved_words(self, eoi: Any) -> str:
        local = eoi.saved_at.astimezone(queries.rules(eoi).zone)
        return _("Saved %(time)s") % {"time": time_words(local)}

    def _onward(self, eoi: Any, part: Any) -> HttpResponse:
        if self.request.POST.get("leave"):
            return self.go_to("eoi:tasks", eoi.reference)
        keys = [one.key for one in queries.questionnaire(eoi).applying({**queries.given(eoi), **eoi.answers})]
        after = keys[keys.index(part.key) + 1 :] if part.key in keys else []
        if after:
            return self.go_to("eoi:section", eoi.reference, after[0])
        return self.go_to("eoi:tasks" if queries.unfinished(eoi) else "eoi:check", eoi.reference)

    def _show(self, eoi: Any, part: Any, form: Any, status: int = 200) -> HttpResponse:
        sections = queries.questionnaire(eoi).applying({**queries.given(eoi), **eoi.answers})
        keys = [one.key for one in sections]
        place = keys.index(part.key) if part.key in keys else 0
        context = {
            "eoi": eoi, "section": part, "form": form, "place": place + 1, "of": len(keys),
            "before": keys[place - 1] if place else None,
        }  # fmt: skip
        return self.show(context, status=status)


class Check(FilePage):
    """Every answer with Change, the estimated sheet, how the decision is made, the declaration, one button."""

    template_name = "eoi/candidate/check.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        if not eoi.is_draft:
            return self.go_to("eoi:candidate_file", reference)
        form = SubmitForm(initial={"token": secrets.token_hex(16), "version": eoi.version})
        return self._show(eoi, form)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        form = SubmitForm(request.POST)
        if not form.is_valid():
            return self._show(eoi, form, status=422)
        try:
            operations.submit_eoi(
                reference=reference, token=form.cleaned_data["token"], version=form.cleaned_data["version"],
                by=self.person, at=request.arrived_at,
            )  # fmt: skip
        except operations.Unfinished:
            return self.go_to("eoi:tasks", reference)
        except operations.StaleAnswers:
            messages.warning(request, _("Your answers changed in another window. Check them once more."))
            return self.go_to("eoi:check", reference)
        except operations.CannotBeAccepted as refusal:
            operations.report_not_accepted(reference=reference, why=refusal.why, by=self.person, at=request.arrived_at)
            return self._show(eoi, form, status=409, not_accepted=True)
        return self.go_to("eoi:receipt", reference)

    def _show(self, eoi: Any, form: SubmitForm, status: int = 200, not_accepted: bool = False) -> HttpResponse:
        if not eoi.is_draft:
            return self.go_to("eoi:candidate_file", eoi.reference)
        unfinished = queries.unfinished(eoi)
        estimate = None if unfinished else queries.estimate(eoi, at=self.request.arrived_at)
        context = {
            "eoi": eoi, "form": form, "groups": answer_groups(eoi, facts=estimate.facts if estimate else None),
            "unfinished": [one for one in section_tasks(eoi) if one["state"] in ("not_started", "in_progress")],
            "sheet": estimate.sheet if estimate else None, "rules": queries.rules(eoi), "not_accepted": not_accepted,
            "contradicted": queries.criteria_at_risk(eoi, estimate.facts) if estimate else [],
        }  # fmt: skip
        return self.show(context, status=status)


def answer_groups(eoi: Any, *, facts: Any = None, change: bool = True) -> list[dict[str, Any]]:
    """Return the answers section by section for ``components/summary_list.html``."""
    groups = questionnaires.answer_rows(
        queries.rules(eoi), queries.questionnaire(eoi), eoi.answers, (get_language() or "en")[:2],
        given=queries.given(eoi), facts=facts if facts is not None else eoi.facts,
    )  # fmt: skip
    shown = []
    for group in groups:
        url = reverse("eoi:section", args=[eoi.reference, group.section.key]) if change else ""
        rows = [{"key": row.label, "value": row.value, "change": url, "change_of": row.label} for row in group.rows]
        shown.append({"title": group.title, "rows": rows})
    return shown


class Receipt(FilePage):
    """The receipt: number, instant, expiry, signature; it can be printed, downloaded and checked."""

    template_name = "eoi/candidate/receipt.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        if eoi.submitted_at is None:
            raise Http404
        letter = notices.letters(reference).filter(kind="eoi_receipt").first()
        return self.show({"eoi": eoi, "letter": letter, "zone": queries.rules(eoi).zone})


# --- the file -------------------------------------------------------------------------------------------------------


class CandidateFile(FilePage):
    """Where am I, what next, by when; my points, my documents, who opened my file."""

    template_name = "eoi/candidate/file.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        at = request.arrived_at
        doubt = queries.open_doubt(eoi)
        return self.show(
            {
                "eoi": eoi,
                "category": wording.category_name(queries.rules(eoi), eoi.category),
                "standing": wording.standing(eoi, "candidate", at),
                "stages": wording.stages(eoi, "candidate", at),
                "sheet": eoi.sheet if eoi.is_confirmed else None,
                "request_open": queries.open_request(eoi),
                "doubt": doubt,
                "events": wording.timeline(eoi, "candidate"),
                "readings": wording.readings(eoi, "candidate"),
                "letters": notices.letters(reference).filter(to=self.person),
                "can_withdraw": eoi.state in ("submitted", "in_pool", "evidence_requested"),
                "can_refile": permissions.can_file_anew(
                    self.person, eoi, has_one_open=queries.has_one_open(eoi.employer)
                ).allowed,
            }
        )


class Answers(FilePage):
    """What was handed in, read only."""

    template_name = "eoi/candidate/answers.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        if eoi.is_draft:
            return self.go_to("eoi:check", reference)
        return self.show({"eoi": eoi, "groups": answer_groups(eoi, change=False)})


class Withdraw(FreshSignIn, FilePage):
    """Ask for withdrawal; the password is asked for again (nwt.md, R2.4)."""

    template_name = "eoi/candidate/withdraw.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        if eoi.state not in ("submitted", "in_pool", "evidence_requested"):
            return self.go_to("eoi:candidate_file", reference)
        return self.show({"eoi": eoi, "form": WithdrawForm()})

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        form = WithdrawForm(request.POST)
        if not form.is_valid():
            return self.show({"eoi": eoi, "form": form}, status=422)
        operations.withdraw_eoi(
            reference=reference, reason=form.cleaned_data["reason"], by=self.person, at=request.arrived_at
        )
        messages.success(request, _("Your expression of interest is withdrawn. You may file a new one."))
        return self.go_to("eoi:candidate_file", reference)


class FileAnew(FilePage):
    """Start a new draft with the answers of one that ended."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self.eoi(reference)
        eoi = operations.file_anew(reference=reference, by=self.person, at=request.arrived_at)
        messages.success(request, _("A new file is open. Check your answers, section by section."))
        return self.go_to("eoi:tasks", eoi.reference)


# --- proof ----------------------------------------------------------------------------------------------------------


class Evidence(FilePage):
    """The documents asked for, item by item; what was added; the answer."""

    template_name = "eoi/candidate/evidence.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self._show(self._open(reference)[0])

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi, asked = self._open(reference)
        replies = {item.pk: request.POST.get(f"reply-{item.pk}", "")[:2000] for item in asked.items.all()}
        try:
            operations.answer_evidence(reference=reference, replies=replies, by=self.person, at=request.arrived_at)
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
        return self.show({"eoi": eoi, "asked": asked, "items": items, "errors": errors}, status=status)


def _nothing_sent(items: Any) -> list[dict[str, str]]:
    words = _("%(document)s: add a file, or say why you cannot.")
    return [{"text": words % {"document": _label(item)}, "id": f"reply-{item.pk}"} for item in items]


def _label(item: Any) -> str:
    return wording.pick(item.label)


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
        return self.go_to("eoi:evidence", reference)

    def post(self, request: HttpRequest, reference: str, pk: int) -> HttpResponse:  # type: ignore[override]
        eoi, asked = self._open(reference)
        item = get_object_or_404(asked.items.all(), pk=pk)
        problems = []
        for upload in request.FILES.getlist("files"):
            try:
                operations.store_evidence(item=item, upload=upload, by=self.person, at=request.arrived_at)
            except documents.Unacceptable as fault:
                problems.append({"text": f"{upload.name}: {fault}", "id": f"file-{item.slot}"})
        if not request.FILES.getlist("files"):
            problems.append({"text": _("Choose a file first."), "id": f"file-{item.slot}"})
        if problems:
            return self._show(eoi, errors=problems, status=422)
        return self.go_to("eoi:evidence", reference)


class EvidenceRemove(Evidence):
    """Take back a file before the answer is sent."""

    def get(self, request: HttpRequest, reference: str, pk: int, document: Any) -> HttpResponse:  # type: ignore[override]
        return self.go_to("eoi:evidence", reference)

    def post(self, request: HttpRequest, reference: str, pk: int, document: Any) -> HttpResponse:  # type: ignore[override]
        eoi, asked = self._open(reference)
        item = get_object_or_404(asked.items.all(), pk=pk)
        kept = get_object_or_404(files.files(eoi.reference, item.slot), pk=document)
        operations.remove_evidence_file(item=item, document=kept, by=self.person, at=request.arrived_at)
        return self.go_to("eoi:evidence", reference)


class EvidenceFile(FilePage):
    """One of the candidate's own documents."""

    def get(self, request: HttpRequest, reference: str, document: Any) -> HttpResponse:
        eoi = self.eoi(reference)
        kept = get_object_or_404(files.files(eoi.reference), pk=document)
        return operations.open_document(
            reference=reference, document=kept, by=self.person, at=request.arrived_at, purpose="own"
        )


# --- a doubt --------------------------------------------------------------------------------------------------------


class Reply(FilePage):
    """Read what is in doubt, and reply."""

    template_name = "eoi/candidate/reply.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi, doubt = self._open(reference)
        return self.show({"eoi": eoi, "doubt": doubt, "form": ReplyForm()})

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi, doubt = self._open(reference)
        form = ReplyForm(request.POST)
        if not form.is_valid():
            return self.show({"eoi": eoi, "doubt": doubt, "form": form}, status=422)
        operations.reply_to_doubt(
            reference=reference, reply=form.cleaned_data["reply"], by=self.person, at=request.arrived_at
        )
        messages.success(request, _("Your reply is sent. An officer reads it before anything is decided."))
        return self.go_to("eoi:candidate_file", reference)

    def _open(self, reference: str) -> tuple[Any, Any]:
        eoi = self.eoi(reference)
        doubt = queries.open_doubt(eoi)
        if doubt is None:
            raise Http404
        return eoi, doubt
