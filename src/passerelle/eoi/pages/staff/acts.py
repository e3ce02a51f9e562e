"""What an officer does with one file: confirm, ask for proof, doubt, refuse, change a fact, note, settle."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from passerelle.core import deadlines
from passerelle.documents import operations as documents
from passerelle.documents import queries as files
from passerelle.eoi import claims, operations, queries
from passerelle.eoi.pages.forms import DoubtForm, EvidenceForm, FactForm, NoteForm, QuestionForm, RefusalForm
from passerelle.eoi.pages.staff.base import CheckerPage, FilePage


class Confirm(CheckerPage):
    """Confirm the points: a question, then the act."""

    template_name = "eoi/staff/confirm.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self.show({"eoi": self.eoi(reference), "nav_current": "worklist"})

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self.eoi(reference)
        eoi = operations.confirm_points(reference=reference, by=self.person, at=self.at)
        messages.success(
            request, _("%(points)d points confirmed. Both parties are told.") % {"points": eoi.points or 0}
        )
        return self.go_to("eoi:review_list")


class FormPage(CheckerPage):
    """A form about one file, and the act it asks for."""

    def form(self, eoi: Any, data: Any = None) -> Any:
        """The form of this page."""
        raise NotImplementedError

    def act(self, eoi: Any, form: Any) -> str:
        """Do what the form asks; return what to say of it."""
        raise NotImplementedError

    def more(self, eoi: Any) -> dict[str, Any]:
        """What else the template needs."""
        return {}

    def get(self, request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
        return self._show(self.eoi(reference), None)

    def post(self, request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
        eoi = self.eoi(reference)
        form = self.form(eoi, request.POST)
        if not form.is_valid():
            return self._show(eoi, form, status=422)
        messages.success(request, self.act(eoi, form))
        return self.back(reference)

    def _show(self, eoi: Any, form: Any, status: int = 200) -> HttpResponse:
        form = form if form is not None else self.form(eoi)
        return self.show({"eoi": eoi, "form": form, "nav_current": "worklist", **self.more(eoi)}, status=status)


class AskEvidence(FormPage):
    """Ask the candidate for documents."""

    template_name = "eoi/staff/ask_evidence.html"

    def form(self, eoi: Any, data: Any = None) -> Any:
        rules, initial = queries.rules(eoi), {"items": self.request.GET.getlist("item")}
        today = deadlines.local_day(self.at, rules.zone)
        return EvidenceForm(data, evidence=rules.evidence.values(), today=today, initial=initial)

    def act(self, eoi: Any, form: Any) -> str:
        rules, said, at = queries.rules(eoi), form.cleaned_data, self.at
        items = [{"key": key, "label": dict(rules.evidence[key].label), "note": said["note"]} for key in said["items"]]
        if said["other"]:
            items.append({"key": "", "label": {"en": said["other"], "fr": said["other"]}, "note": said["note"]})
        due_by = None
        if said["due_on"]:
            days = (said["due_on"] - deadlines.local_day(at, rules.zone)).days
            due_by = deadlines.first_day_too_late(at, days=days, zone=rules.zone)
        operations.request_evidence(reference=eoi.reference, items=items, by=self.person, at=at, due_by=due_by)
        return _("The candidate is asked for the documents.")


class RaiseDoubt(FormPage):
    """Send the fairness notice."""

    template_name = "eoi/staff/doubt.html"

    def form(self, eoi: Any, data: Any = None) -> Any:
        return DoubtForm(data)

    def act(self, eoi: Any, form: Any) -> str:
        operations.raise_doubt(reference=eoi.reference, what=form.cleaned_data["what"], by=self.person, at=self.at)
        return _("The fairness notice is sent to the candidate alone.")


class Refuse(FormPage):
    """Refuse for a false statement; with a bar it waits for a second person."""

    template_name = "eoi/staff/refuse.html"

    def form(self, eoi: Any, data: Any = None) -> Any:
        return RefusalForm(data)

    def more(self, eoi: Any) -> dict[str, Any]:
        return {"doubt": queries.open_doubt(eoi)}

    def act(self, eoi: Any, form: Any) -> str:
        reason, at = form.cleaned_data["reason"], self.at
        if form.cleaned_data["bar"]:
            operations.ask_for_bar(reference=eoi.reference, reason=reason, by=self.person, at=at)
            return _("Proposed. A second person must confirm the refusal and the bar.")
        operations.refuse_eoi(reference=eoi.reference, reason=reason, by=self.person, at=at)
        return _("The expression of interest is refused. The letter is on its way.")


class ChangeFact(FormPage):
    """Hold a fact to be otherwise; never a point."""

    template_name = "eoi/staff/change_fact.html"

    def eoi(self, reference: str) -> Any:
        """The file, or a 404; so for a fact that the pack does not know."""
        eoi = super().eoi(reference)
        if self.kwargs["fact"] not in queries.rules(eoi).points.facts:
            raise Http404
        return eoi

    def form(self, eoi: Any, data: Any = None) -> Any:
        return claims.fact_form(eoi, self.kwargs["fact"], FactForm, data)

    def more(self, eoi: Any) -> dict[str, Any]:
        return {"fact": claims.fact(eoi, self.kwargs["fact"])}

    def act(self, eoi: Any, form: Any) -> str:
        change = operations.propose_fact(
            reference=eoi.reference, fact=self.kwargs["fact"], value=form.cleaned_data["value"],
            reason=form.cleaned_data["reason"], by=self.person, at=self.at,
        )  # fmt: skip
        if change.state == "applied":
            return _("The fact is changed. The points stay the same.")
        return _("Proposed: %(before)d → %(after)d points. A second officer must confirm.") % {
            "before": change.points_before, "after": change.points_after,
        }  # fmt: skip

    def post(self, request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, reference, **kwargs)
        except operations.NoChange:
            messages.warning(request, _("The fact has this value already."))
            return self.back(reference)


class AddNote(FormPage):
    """Leave a note for colleagues."""

    template_name = "eoi/staff/note.html"

    def form(self, eoi: Any, data: Any = None) -> Any:
        return NoteForm(data)

    def act(self, eoi: Any, form: Any) -> str:
        operations.add_note(reference=eoi.reference, text=form.cleaned_data["text"], by=self.person, at=self.at)
        return _("Note kept.")


class AnswerQuestion(FormPage):
    """Write to the employer about a criterion they were unsure of."""

    template_name = "eoi/staff/question.html"

    def form(self, eoi: Any, data: Any = None) -> Any:
        return QuestionForm(data, criteria=queries.unsure_criteria(eoi))

    def act(self, eoi: Any, form: Any) -> str:
        operations.answer_question(
            reference=eoi.reference, criterion=form.cleaned_data["criterion"], answer=form.cleaned_data["answer"],
            by=self.person, at=self.at,
        )  # fmt: skip
        return _("The answer is sent to the employer.")


class LiftDoubt(CheckerPage):
    """Let a doubt go."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self.eoi(reference)
        operations.lift_doubt(reference=reference, by=self.person, at=self.at)
        messages.success(request, _("The doubt is lifted. The candidate is told."))
        return self.back(reference)


class DropRequest(CheckerPage):
    """Stop waiting for documents."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self.eoi(reference)
        operations.drop_evidence_request(reference=reference, by=self.person, at=self.at)
        messages.success(request, _("The file is back in review."))
        return self.back(reference)


class FindEvidence(CheckerPage):
    """Say what a document shows."""

    def post(self, request: HttpRequest, reference: str, pk: int) -> HttpResponse:
        eoi = self.eoi(reference)
        item = get_object_or_404(queries.items(eoi), pk=pk)
        finding = request.POST.get("finding", "")
        if finding in ("confirmed", "not_confirmed", "open"):
            operations.find_evidence(item=item, finding=finding, by=self.person, at=self.at)
        return self.back(reference)


class SettleFact(CheckerPage):
    """A second officer agrees to a change of fact, or not; the first may take it back."""

    def post(self, request: HttpRequest, reference: str, pk: int) -> HttpResponse:
        eoi = self.eoi(reference)
        change = get_object_or_404(queries.fact_changes(eoi), pk=pk)
        settle = operations.confirm_fact if request.POST.get("agree") == "yes" else operations.decline_fact
        settle(change=change, by=self.person, at=self.at)
        messages.success(request, _("The change of fact is settled."))
        return self.back(reference)


class SettleBar(CheckerPage):
    """A second person agrees to refuse with a bar, or the proposal is taken back."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self.eoi(reference)
        settle = operations.refuse_with_bar if request.POST.get("agree") == "yes" else operations.take_back_bar
        settle(reference=reference, by=self.person, at=self.at)
        messages.success(request, _("The proposal is settled."))
        return self.back(reference)


class StaffDocumentPage(FilePage):
    """One page of a document as a picture, drawn anew: what was sent never reaches the browser."""

    def get(self, request: HttpRequest, reference: str, document: Any, page: int) -> HttpResponse:
        eoi = self.eoi(reference)
        kept = get_object_or_404(files.files(eoi.reference), pk=document)
        try:
            return operations.open_page(reference=reference, document=kept, page=page, by=self.person, at=self.at)
        except documents.Unacceptable as fault:
            raise Http404 from fault


class StaffDocument(FilePage):
    """A document of the file, for reading beside the claim; each reading is logged."""

    def get(self, request: HttpRequest, reference: str, document: Any) -> HttpResponse:
        eoi = self.eoi(reference)
        kept = get_object_or_404(files.files(eoi.reference), pk=document)
        return operations.open_document(
            reference=reference, document=kept, by=self.person, at=self.at, purpose="review"
        )
