"""What an officer does with one file: confirm, ask for proof, doubt, refuse, change a fact, note, settle."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from passerelle.core import deadlines
from passerelle.core.views import Act
from passerelle.documents import operations as documents
from passerelle.documents import queries as files
from passerelle.eoi import claims, operations, queries
from passerelle.eoi.pages.forms import DoubtForm, EvidenceForm, FactForm, NoteForm, QuestionForm, RefusalForm
from passerelle.eoi.pages.staff.base import CheckerPage, FilePage


class FileAct(Act, CheckerPage):
    """What is asked about one file, and the act it leads to."""

    def subject(self, reference: str, **where: Any) -> Any:
        return self.eoi(reference)

    def more(self, eoi: Any) -> dict[str, Any]:
        """What else the template needs."""
        return {}

    def ask(self, eoi: Any, form: Any, status: int = 200) -> HttpResponse:
        if eoi.first_submitted_at:
            # The question shows something of what the candidate said: points, a fact, the reply to a doubt.
            operations.open_file(reference=eoi.reference, reason="review", by=self.person, at=self.at, again=True)
        return self.show({"eoi": eoi, "form": form, **self.more(eoi)}, status=status)

    def lead_on(self, eoi: Any) -> HttpResponse:
        return self.back(eoi.reference)


class Press(FileAct):
    """A button on the review of a file."""

    http_method_names = ("post", "options")


class Confirm(FileAct):
    """Confirm the points: a question, then the act."""

    template_name = "eoi/staff/confirm.html"

    def act(self, eoi: Any, given: dict[str, Any]) -> str:
        eoi = operations.confirm_points(reference=eoi.reference, by=self.person, at=self.at)
        return _("%(points)d points confirmed. Both parties are told.") % {"points": eoi.points or 0}

    def lead_on(self, eoi: Any) -> HttpResponse:
        return self.go_to("eoi:review_list")


class AskEvidence(FileAct):
    """Ask the candidate for documents."""

    template_name = "eoi/staff/ask_evidence.html"

    def form(self, eoi: Any, data: Any = None) -> Any:
        rules, initial = queries.rules(eoi), {"items": self.request.GET.getlist("item")}
        today = deadlines.local_day(self.at, rules.zone)
        return EvidenceForm(data, evidence=rules.evidence.values(), today=today, initial=initial)

    def act(self, eoi: Any, given: dict[str, Any]) -> str:
        rules, said, at = queries.rules(eoi), given, self.at
        items = [{"key": key, "label": dict(rules.evidence[key].label), "note": said["note"]} for key in said["items"]]
        if said["other"]:
            items.append({"key": "", "label": {"en": said["other"], "fr": said["other"]}, "note": said["note"]})
        due_by = None
        if said["due_on"]:
            days = (said["due_on"] - deadlines.local_day(at, rules.zone)).days
            due_by = deadlines.first_day_too_late(at, days=days, zone=rules.zone)
        operations.request_evidence(reference=eoi.reference, items=items, by=self.person, at=at, due_by=due_by)
        return _("The candidate is asked for the documents.")


class RaiseDoubt(FileAct):
    """Send the fairness notice."""

    template_name = "eoi/staff/doubt.html"
    form_class = DoubtForm

    def act(self, eoi: Any, given: dict[str, Any]) -> str:
        operations.raise_doubt(reference=eoi.reference, what=given["what"], by=self.person, at=self.at)
        return _("The fairness notice is sent to the candidate alone.")


class Refuse(FileAct):
    """Refuse for a false statement; with a bar it waits for a second person."""

    template_name = "eoi/staff/refuse.html"
    form_class = RefusalForm

    def more(self, eoi: Any) -> dict[str, Any]:
        return {"doubt": queries.open_doubt(eoi)}

    def act(self, eoi: Any, given: dict[str, Any]) -> str:
        reason, at = given["reason"], self.at
        if given["bar"]:
            operations.ask_for_bar(reference=eoi.reference, reason=reason, by=self.person, at=at)
            return _("Proposed. A second person must confirm the refusal and the bar.")
        operations.refuse_eoi(reference=eoi.reference, reason=reason, by=self.person, at=at)
        return _("The expression of interest is refused. The letter is on its way.")


class ChangeFact(FileAct):
    """Hold a fact to be otherwise; never a point."""

    template_name = "eoi/staff/change_fact.html"

    def subject(self, reference: str, **where: Any) -> Any:
        """The file, or a 404; so for a fact that the pack does not know."""
        eoi = super().subject(reference)
        if self.kwargs["fact"] not in queries.rules(eoi).points.facts:
            raise Http404
        return eoi

    def form(self, eoi: Any, data: Any = None) -> Any:
        return claims.fact_form(eoi, self.kwargs["fact"], FactForm, data)

    def more(self, eoi: Any) -> dict[str, Any]:
        return {"fact": claims.fact(eoi, self.kwargs["fact"])}

    def act(self, eoi: Any, given: dict[str, Any]) -> str:
        change = operations.propose_fact(
            reference=eoi.reference, fact=self.kwargs["fact"], value=given["value"],
            reason=given["reason"], by=self.person, at=self.at,
        )  # fmt: skip
        if change.state == "applied":
            return _("The fact is changed. The points stay the same.")
        if change.points_before == change.points_after:
            return _(
                "Proposed. The points stay the same, but a draw might look at this fact: a second officer must confirm."
            )
        return _("Proposed: %(before)d → %(after)d points. A second officer must confirm.") % {
            "before": change.points_before, "after": change.points_after,
        }  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **where: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **where)
        except operations.NoChange:
            messages.warning(request, _("The fact has this value already."))
            return self.back(where["reference"])


class AddNote(FileAct):
    """Leave a note for colleagues."""

    template_name = "eoi/staff/note.html"
    form_class = NoteForm

    def act(self, eoi: Any, given: dict[str, Any]) -> str:
        operations.add_note(reference=eoi.reference, text=given["text"], by=self.person, at=self.at)
        return _("Note kept.")


class AnswerQuestion(FileAct):
    """Write to the employer about a criterion they were unsure of."""

    template_name = "eoi/staff/question.html"

    def form(self, eoi: Any, data: Any = None) -> Any:
        return QuestionForm(data, criteria=queries.unsure_criteria(eoi))

    def act(self, eoi: Any, given: dict[str, Any]) -> str:
        operations.answer_question(
            reference=eoi.reference, criterion=given["criterion"], answer=given["answer"],
            by=self.person, at=self.at,
        )  # fmt: skip
        return _("The answer is sent to the employer.")


class LiftDoubt(Press):
    """Let a doubt go."""

    def act(self, eoi: Any, given: dict[str, Any]) -> str:
        operations.lift_doubt(reference=eoi.reference, by=self.person, at=self.at)
        return _("The doubt is lifted. The candidate is told.")


class DropRequest(Press):
    """Stop waiting for documents."""

    def act(self, eoi: Any, given: dict[str, Any]) -> str:
        operations.drop_evidence_request(reference=eoi.reference, by=self.person, at=self.at)
        return _("The file is back in review.")


class FindEvidence(CheckerPage):
    """Say what a document shows."""

    def post(self, request: HttpRequest, reference: str, pk: int) -> HttpResponse:
        eoi = self.eoi(reference)
        item = get_object_or_404(queries.items(eoi), pk=pk)
        finding = request.POST.get("finding", "")
        if finding in ("confirmed", "not_confirmed", "open"):
            operations.find_evidence(item=item, finding=finding, by=self.person, at=self.at)
        return self.back(reference)


class SettleFact(Press):
    """A second officer agrees to a change of fact, or not; the first may take it back."""

    def act(self, eoi: Any, given: dict[str, Any]) -> str:
        change = get_object_or_404(queries.fact_changes(eoi), pk=self.kwargs["pk"])
        settle = operations.confirm_fact if self.request.POST.get("agree") == "yes" else operations.decline_fact
        settle(change=change, by=self.person, at=self.at)
        return _("The change of fact is settled.")


class SettleBar(Press):
    """A second person agrees to refuse with a bar, or the proposal is taken back."""

    def act(self, eoi: Any, given: dict[str, Any]) -> str:
        agreed = self.request.POST.get("agree") == "yes"
        settle = operations.refuse_with_bar if agreed else operations.take_back_bar
        settle(reference=eoi.reference, by=self.person, at=self.at)
        return _("The proposal is settled.")


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
