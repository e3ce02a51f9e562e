"""Filling in a part: its sections, its documents, the last check before submitting."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from passerelle.accounts.access import PartyPage
from passerelle.applications import mandatory, operations, permissions, queries
from passerelle.applications.barred import can_send
from passerelle.applications.gaps import gaps
from passerelle.applications.pages import forms, showing
from passerelle.core.verdicts import require
from passerelle.documents import operations as documents
from passerelle.programs.forms import section_form, split


class OfPart(PartyPage):
    """A page about the person's own part of an application, or their client's."""

    represented = True

    def part(self, reference: str, part: str) -> Any:
        try:
            found = queries.part_for(self.person, reference=reference, part=part)
        except ObjectDoesNotExist as fault:
            raise Http404 from fault
        self.shown_for(found.application.employer, found.application.candidate)
        return found

    def may_submit(self, part: Any) -> Any:
        return can_send(self.person, part, at=self.at)


class Section(OfPart):
    """One section a page; saved on every press and, when scripts run, on every change."""

    template_name = "applications/party/section.html"
    # What a representative leaves to the client.
    left_to_client: Any = ()

    def form(self, part: Any, section: str, data: Any = None) -> Any:
        rules = queries.rules_of(part.application)
        form = queries.questionnaire(part)
        try:
            asked = form.section(section)
        except KeyError as fault:
            raise Http404 from fault
        if self.person.is_representative:
            asked, self.left_to_client = split(asked)
        return section_form(rules, form, asked, part.answers, at=self.at, data=data, given=queries.given(part))

    def get(self, request: HttpRequest, reference: str, part: str, section: str) -> HttpResponse:
        kept = self.part(reference, part)
        require(permissions.can_fill(self.person, kept, at=self.at))
        return self.ask(kept, section, self.form(kept, section))

    def post(self, request: HttpRequest, reference: str, part: str, section: str) -> HttpResponse:
        kept = self.part(reference, part)
        autosave = request.POST.get("autosave") == "1"
        form = self.form(kept, section, request.POST)
        whole = form.is_valid() and not form.pressed and not autosave
        saved = operations.save_section(
            reference=reference,
            part=part,
            section=section,
            answers=form.answers,
            by=self.person,
            at=self.at,
            passing=autosave,
        )
        if autosave:
            return render(request, "applications/party/saved.html", {"saved_at": saved.saved_at})
        if not whole:
            return self.ask(kept, section, form, status=200 if form.pressed else 422)
        return self.onward(kept, section)

    def onward(self, part: Any, section: str) -> HttpResponse:
        """The next section that is not done, or the file's page."""
        part.refresh_from_db(fields=["answers"])
        states = [(one.key, state) for one, state in queries.sections(part)]
        place = next((number for number, (key, _state) in enumerate(states) if key == section), len(states))
        undone = [key for key, state in states[place + 1 :] if state != "done"]
        reference = part.application.reference
        if undone:
            return self.go_to("applications:section", reference, part.key, undone[0])
        return self.go_to("applications:file", reference)

    def ask(self, part: Any, section: str, form: Any, status: int = 200) -> HttpResponse:
        context = {"part": part, "application": part.application, "form": form, "section": form.section,
                   "left_to_client": self.left_to_client}  # fmt: skip
        return self.show(context, status=status)


class CompanyFacts(OfPart):
    """Reuse the company's facts from an earlier file of the same employer."""

    template_name = "applications/party/company_facts.html"

    def get(self, request: HttpRequest, reference: str, part: str) -> HttpResponse:
        kept = self.part(reference, part)
        earlier = queries.earlier_company_facts(self.person, kept)
        return self.show({"part": kept, "application": kept.application, "earlier": earlier})

    def post(self, request: HttpRequest, reference: str, part: str) -> HttpResponse:
        self.part(reference, part)
        operations.reuse_company_facts(
            reference=reference, part=part, source=request.POST.get("source", ""), by=self.person, at=self.at
        )
        messages.success(request, _("The company's facts were copied. Check them in each section."))
        return self.go_to("applications:file", reference)


class Documents(OfPart):
    """The document checklist: open from day one, even while the form is still locked."""

    template_name = "applications/party/documents.html"

    def get(self, request: HttpRequest, reference: str, part: str) -> HttpResponse:
        return self.ask(self.part(reference, part))

    def post(self, request: HttpRequest, reference: str, part: str) -> HttpResponse:
        kept, slot = self.part(reference, part), request.POST.get("slot", "")
        uploads = request.FILES.getlist("files")
        errors = [] if uploads else [_("Choose a file first.")]
        for upload in uploads:
            try:
                operations.add_document(
                    reference=reference, part=part, slot=slot, upload=upload, by=self.person, at=self.at
                )
            except operations.Unacceptable as refusal:
                errors.append(_("%(name)s: %(what)s") % {"name": upload.name, "what": refusal})
        if errors:
            return self.ask(kept, wrong=(slot, " ".join(errors)), status=422)
        return self.go_to("applications:documents", reference, part)

    def ask(self, part: Any, wrong: tuple[str, str] = ("", ""), status: int = 200) -> HttpResponse:
        editable = bool(permissions.can_add_documents(self.person, part, at=self.at))
        slots = showing.slots(part, editable=editable)
        for row in slots:
            row["error"] = wrong[1] if row["slot"].key == wrong[0] else ""
            if editable:
                row["resumable"] = reverse("documents:upload")
                row["token"] = documents.allow_upload(
                    owner=part.owner, slot=row["slot"].key, by=self.person, at=self.at
                )
        errors = [{"text": wrong[1], "id": f"file-{wrong[0]}"}] if wrong[1] else []
        context = {
            "part": part,
            "application": part.application,
            "slots": slots,
            "errors": errors,
            "editable": editable,
        }
        return self.show(context, status=status)


class Document(OfPart):
    """One file of the part, to its own party."""

    def get(self, request: HttpRequest, reference: str, part: str, document: Any) -> HttpResponse:
        kept = self.part(reference, part)
        try:
            found: HttpResponse = operations.read_document(
                reference=reference, owner=kept.owner, document=document, by=self.person, at=self.at,
                purpose=_("Own file"),
            )  # fmt: skip
        except ObjectDoesNotExist as fault:
            raise Http404 from fault
        return found


class RemoveDocument(OfPart):
    """Take a file out of the drawer."""

    def post(self, request: HttpRequest, reference: str, part: str, document: Any) -> HttpResponse:
        self.part(reference, part)
        try:
            operations.remove_document(reference=reference, part=part, document=document, by=self.person, at=self.at)
        except ObjectDoesNotExist as fault:
            raise Http404 from fault
        return self.go_to("applications:documents", reference, part)


class Check(OfPart):
    """Every answer with Change, what is missing, the declaration, one button."""

    template_name = "applications/party/check.html"

    def get(self, request: HttpRequest, reference: str, part: str) -> HttpResponse:
        return self.ask(self.part(reference, part), forms.SignatureForm())

    def post(self, request: HttpRequest, reference: str, part: str) -> HttpResponse:
        kept, form = self.part(reference, part), forms.SignatureForm(request.POST)
        if kept.state == "submitted":
            return self.go_to("applications:file", reference)
        if not form.is_valid():
            return self.ask(kept, form, status=422)
        try:
            operations.submit_part(
                reference=reference,
                part=part,
                signature=form.cleaned_data["name"],
                by=self.person,
                at=self.at,
            )
        except operations.NotComplete:
            return self.ask(kept, form, status=422)
        messages.success(request, _("Your form was submitted."))
        return self.go_to("applications:file", reference)

    def ask(self, part: Any, form: Any, status: int = 200) -> HttpResponse:
        language = get_language() or "en"
        context = {
            "part": part, "application": part.application, "form": form, "may_submit": self.may_submit(part),
            "editable": bool(permissions.can_fill(self.person, part, at=self.at)),
            "gaps": gaps(part),
            "unmet": mandatory.unmet_by(part, self.at),
            "rows": queries.answer_rows(part, language),
            "documents": queries.documents_of(part), "slots": queries.slots(part),
        }  # fmt: skip
        return self.show(context, status=status)
