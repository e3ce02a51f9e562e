"""The review of one file: each claim, its points, its proof; and what an officer can do about it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from passerelle.accounts.access import StaffPage
from passerelle.core import deadlines
from passerelle.documents import operations as documents
from passerelle.documents import queries as files
from passerelle.eoi import claims, operations, permissions, queries, wording
from passerelle.eoi.pages.forms import DoubtForm, EvidenceForm, FactForm, NoteForm, QuestionForm, RefusalForm
from passerelle.eoi.states import EOI_LIFECYCLE
from passerelle.programs import forms as questionnaires


class FilePage(StaffPage):
    """A page about one file of the program."""

    roles = frozenset(permissions.READERS)

    def eoi(self, reference: str) -> Any:
        """The file, or a 404; the roles asked for above are those of the program worked in now, so the file is too."""
        eoi = queries.eoi_for(self.person, reference)
        if eoi.program != self.program:
            raise Http404
        return eoi

    def back(self, reference: str) -> HttpResponse:
        """Return to the review of the file."""
        return self.go_to("eoi:review", reference)


class CheckerPage(FilePage):
    """For those who check answers and decide."""

    roles = frozenset(permissions.CHECKERS)


class Review(FilePage):
    """Claims on the left, the document beside them; sticky bar; timeline, notes, readings. Opening it is logged."""

    template_name = "eoi/staff/review.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        at = self.at
        if eoi.first_submitted_at is None:
            # A draft belongs to the two parties; staff see that it exists and no more.
            context = {
                "eoi": eoi, "standing": wording.standing(eoi, "staff", at), "events": wording.timeline(eoi, "staff"),
                "unsure": queries.unsure_criteria(eoi), "may": {"check": permissions.can_review(self.person, eoi.program)},
            }  # fmt: skip
            return self.show({**context, "draft": True, "nav_current": "worklist"})
        purpose = request.GET.get("why", "review")
        purpose = purpose if purpose in wording.PURPOSES else "review"
        operations.open_file(reference=reference, reason=purpose, by=self.person, at=at)
        return self.show(self._context(eoi, request))

    def _context(self, eoi: Any, request: HttpRequest) -> dict[str, Any]:
        at, rules = self.at, queries.rules(eoi)
        doubt, change = queries.open_doubt(eoi), queries.open_change(eoi)
        return {
            "eoi": eoi,
            "draft": False,
            "category": rules.category(eoi.category),
            "standing": wording.standing(eoi, "staff", at),
            "claims": claims.of(eoi),
            "groups": _answers(eoi, rules),
            "criteria": _criteria(eoi),
            "unsure": queries.unsure_criteria(eoi),
            "facts": claims.facts(eoi),
            "requests": [_request(eoi, one) for one in queries.requests(eoi)],
            "doubt": doubt,
            "change": change,
            "changes": queries.fact_changes(eoi),
            "notes": queries.notes(eoi),
            "events": wording.timeline(eoi, "staff"),
            "readings": wording.readings(eoi),
            "viewed": _viewed(eoi, request),
            "note_form": NoteForm(),
            "may": moves(self.person, eoi, doubt=doubt, change=change, at=at),
            "nav_current": "worklist",
        }


def moves(person: Any, eoi: Any, *, doubt: Any, change: Any, at: Any) -> dict[str, Any]:
    """Return what this person may do with the file now, by the name of the act."""

    def able(verdict: Any, move: str) -> bool:
        return bool(verdict) and EOI_LIFECYCLE.allows(eoi.state, move)

    bar = doubt is not None and doubt.bar_asked_by_id is not None
    return {
        "confirm": able(permissions.can_confirm(person, eoi, open_change=change, at=at), "confirm"),
        "ask_evidence": able(permissions.can_ask_evidence(person, eoi), "ask_evidence"),
        "drop_request": able(permissions.can_settle_evidence(person, eoi), "drop_request"),
        "doubt": able(permissions.can_doubt(person, eoi), "doubt"),
        "lift_doubt": able(permissions.can_lift_doubt(person, eoi), "lift_doubt"),
        "refuse": able(permissions.can_refuse(person, eoi, doubt, at=at), "refuse") and not bar,
        "confirm_bar": bar and able(permissions.can_confirm_bar(person, eoi, doubt), "refuse"),
        "bar_asked": bar,
        "change_fact": bool(permissions.can_change_fact(person, eoi, open_change=change))
        and (EOI_LIFECYCLE.allows(eoi.state, "withdraw") or eoi.state == "doubted"),
        "settle_change": change is not None and permissions.can_settle_change(person, change).allowed,
        "take_back_change": change is not None and change.by_id == person.pk,
        "check": permissions.can_review(person, eoi.program).allowed,
        "withdraw": able(permissions.can_key_withdrawal(person, eoi), "withdraw"),
    }


def _answers(eoi: Any, rules: Any) -> list[dict[str, Any]]:
    groups = questionnaires.answer_rows(
        rules,
        queries.questionnaire(eoi),
        eoi.answers,
        (get_language() or "en")[:2],
        given=queries.given(eoi),
        facts=eoi.facts,
    )
    return [
        {"title": group.title, "rows": [{"key": row.label, "value": row.value} for row in group.rows]}
        for group in groups
    ]


def _criteria(eoi: Any) -> list[dict[str, Any]]:
    """Mandatory criteria: what the employer said, and whether the candidate's answers agree."""
    against = {one.key for one in queries.contradicted_criteria(eoi)}
    said = {"yes": _("the employer says yes"), "unsure": _("the employer is not sure"), "no": _("the employer says no")}
    rows = []
    for one in queries.criteria(eoi):
        answer = eoi.criteria.get(one.key, "")
        detail = said.get(answer, "")
        if one.key in against:
            detail = _("%(said)s; the candidate's answers do not agree") % {"said": detail}
        good = False if one.key in against or answer == "no" else (None if answer == "unsure" else True)
        rows.append({"good": good, "text": str(one.label), "detail": detail})
    return rows


def _request(eoi: Any, asked: Any) -> dict[str, Any]:
    items = []
    for item in asked.items.all():
        kept = [
            {
                "name": one.original_name,
                "url": f"{reverse('eoi:review', args=[eoi.reference])}?document={one.pk}#viewer",
            }
            for one in files.files(eoi.reference, item.slot)
        ]
        items.append({"item": item, "files": kept})
    return {"asked": asked, "items": items}


def _viewed(eoi: Any, request: HttpRequest) -> dict[str, Any] | None:
    """The document chosen to stand beside the claims, and which of its pages."""
    wanted, number = request.GET.get("document"), request.GET.get("page", "1")
    kept = next((one for one in files.files(eoi.reference) if str(one.pk) == wanted), None) if wanted else None
    if kept is None:
        return None
    pages = kept.pages or 1
    page = min(max(int(number) if number.isdigit() else 1, 1), pages)
    return {
        "document": kept, "page": page, "pages": pages,
        "before": page - 1 if page > 1 else None, "after": page + 1 if page < pages else None,
    }  # fmt: skip


# --- acts -----------------------------------------------------------------------------------------------------------


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
