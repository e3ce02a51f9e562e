"""The whole application as an officer works on it: claims and documents on one side, the checklist on the other."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from passerelle.accounts.access import StaffPage
from passerelle.accounts.words import representations
from passerelle.allocations.operations import NoPlaceLeft
from passerelle.applications import (
    claims,
    comparing,
    federal,
    hooks,
    mandatory,
    operations,
    permissions,
    proven,
    queries,
    recourse,
    wording,
)
from passerelle.applications.pages import forms, shelf, showing
from passerelle.applications.pages.staff import ASSESSORS, READERS
from passerelle.applications.states import ENDED
from passerelle.core.text import pick
from passerelle.core.verdicts import NotAllowed
from passerelle.documents.operations import Unacceptable
from passerelle.eoi import queries as eois
from passerelle.notices import queries as notices


class OfFile(StaffPage):
    """A page about one application of the program."""

    template_name = "applications/staff/file.html"
    roles: ClassVar[frozenset[str]] = ASSESSORS

    def application(self, reference: str) -> Any:
        try:
            application = queries.application_for(self.person, reference=reference)
        except ObjectDoesNotExist as fault:
            raise Http404 from fault
        if application.program != self.program:
            raise Http404
        return application

    def after(self, reference: str, words: str) -> HttpResponse:
        messages.success(self.request, words)
        return self.go_to("applications:staff_file", reference)

    def overview(self, application: Any, *, status: int = 200, **wrong: Any) -> HttpResponse:
        """The file with every form on it; ``wrong`` puts back a form that was not right. Whoever sees it has read it."""
        self.log_reading(application)
        places = shelf.of_file(application)
        context = {
            **self.facts(application, places), **self.deciding(application), **self.checklist(application, places),
            "viewer": shelf.opened(application, places, self.request.GET), "review_form": self.review_form(application),
            **wrong,
        }  # fmt: skip
        return self.show(context, status=status)

    def log_reading(self, application: Any) -> None:
        """Log the reading; beside a form that was sent it is none anew."""
        again = self.request.method == "POST"
        operations.open_file(
            reference=application.reference, reason="assessment", by=self.person, at=self.at, again=again
        )

    def facts(self, application: Any, places: list[shelf.Place]) -> dict[str, Any]:
        return {
            "eoi": application.invitation.eoi,
            "tag": wording.tag(application, queries.nomination_standing(application, self.at)),
            "representations": representations(application.candidate, application.employer),
            "parts": [self.part_shown(application, part, places) for part in application.parts.all()],
            "requests": [(one, shelf.of_answer(one)) for one in application.information_requests.all()],
            "comparison": comparing.comparison(application), **self.review(application),
            "federal": showing.federal_side(application, self.person, self.at),
            "letters": queries.letters(application, self.person),
            "changes": showing.changes(application), "support_requests": application.support_requests.all(),
            "agreements": application.agreements.select_related("by"), **self.history(application),
            "may_take": self.person.has_role(application.program, *ASSESSORS),
        }  # fmt: skip

    def deciding(self, application: Any) -> dict[str, Any]:
        """What the file has come to, and whether and by which forms this person may go on with it."""
        return {
            "application": application, "decision": application.decisions.last(),
            "lower": proven.lower(application, at=self.at),
            "may_nominate": federal.may_be_nominated(application, self.at)
            and hooks.may_be_nominated(application, self.at)
            and mandatory.may_be_nominated(application, self.at),
            "may_work": permissions.can_work_on(self.person, application),
            "may_decide": permissions.can_decide(self.person, application, drew=queries.drawn_by(application)),
            "ask_form": forms.QuestionForm(sides=queries.to_be_asked(application)), "decision_form": forms.DecisionForm(),
            "reason_form": forms.ReasonForm(), **self.acts(application),
        }  # fmt: skip

    def acts(self, application: Any) -> dict[str, Any]:
        """What has a page of its own, and may be done now: returns, interviews, what becomes of a nomination."""
        returns = queries.has_words(application, "return_letter", self.at)
        calls = queries.has_words(application, "interview_called", self.at)
        nomination = queries.nomination_of(application)
        return {
            "nomination": nomination, "nomination_standing": nomination and nomination.standing(self.at),
            "steps": nomination.steps.select_related("by") if nomination else (),
            "may_return": permissions.can_return(self.person, application, known=returns),
            "may_return_as_director": permissions.can_return_as_director(
                self.person, application, known=queries.director_returns(application, self.at)
            ),
            "may_call": permissions.can_call(self.person, application, known=calls),
            "interviews": application.interviews.select_related("to", "recorded_by"),
            "returned": getattr(application, "returned", None),
            "may_keep": permissions.can_keep_nomination(self.person, application),
            "may_cancel": permissions.can_cancel_nomination(self.person, nomination) if nomination else None,
        }  # fmt: skip

    def review(self, application: Any) -> dict[str, Any]:
        """The review asked on the file: what it says, what may come of it, whether this person may decide it."""
        review = recourse.review_of(application)
        if review is None:
            return {"review": None, "review_words": {}}
        words = wording.outcomes(review, recourse.terms_of(application))
        return {
            "review": review, "review_words": words, "review_outcome": words.get(review.outcome),
            "additions": shelf.of_review(review), "may_review": recourse.may_decide(self.person, review),
        }  # fmt: skip

    def review_form(self, application: Any, *given: Any) -> forms.ReviewForm:
        """The form that decides the review, if one waits."""
        review = recourse.review_of(application)
        if review is None or review.outcome:
            return forms.ReviewForm(*given)
        words = wording.outcomes(review, recourse.terms_of(application))
        return forms.ReviewForm(*given, words=words, unanswered=recourse.to_be_answered(review, self.at))

    def history(self, application: Any) -> dict[str, Any]:
        about = (application.reference, application.invitation.reference, application.invitation.eoi.reference)
        return {
            "events": wording.timeline(application, self.person), "accesses": showing.access_rows(application),
            "sent": notices.written_about(*about), "notes": eois.notes(application.invitation.eoi),
        }  # fmt: skip

    def part_shown(self, application: Any, part: Any, places: list[shelf.Place]) -> dict[str, Any]:
        part.application = application
        name = queries.stated_part(part).name
        rows = queries.answer_rows(part, get_language() or "en")
        return {"part": part, "name": name, "rows": rows, "places": [one for one in places if one.owner == part.key]}

    def checklist(self, application: Any, places: list[shelf.Place]) -> dict[str, Any]:
        found, checks = queries.latest_findings(application), mandatory.checks(application, self.at)
        criteria = [
            {
                "key": one.key, "label": pick(one.label), "side": one.side, "source": one.source,
                "finding": found.get(one.key), "places": [place for place in places if one.key in place.criteria],
                "check": _check_shown(application, checks.get(one.key)),
                "is_claim": claims.is_claim(one.key), "form": _finding_form(one.key, found.get(one.key)),
            }
            for one in queries.criteria(application)
        ]  # fmt: skip
        unmet = [one["key"] for one in criteria if one["finding"] is None]
        return {"ended": ENDED, "criteria": criteria, "left": len(unmet), "next_criterion": unmet[0] if unmet else ""}


def _check_shown(application: Any, check: mandatory.Check | None) -> dict[str, Any] | None:
    if check is None:
        return None
    seen = mandatory.in_words(application, check)
    # All is answered, and still it is not known: the figures that count have none for this occupation.
    lacking = check.state == mandatory.State.UNKNOWN and bool(check.figures) and all(value for _label, value in seen)
    return {
        "state": check.state, "day": check.day, "seen": seen, "figures": check.figures, "sheet": check.sheet, "lacking": lacking,
    }  # fmt: skip


def _finding_form(key: str, finding: Any) -> forms.FindingForm:
    return forms.finding_form(key)(prefix=key, initial=_initial(finding))


def _initial(finding: Any) -> dict[str, str]:
    return {"verdict": finding.verdict, "note": finding.note} if finding else {}


class File(OfFile):
    """Opening the file is logged, and the parties can see it."""

    roles: ClassVar[frozenset[str]] = READERS

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        application = self.application(reference)
        if request.htmx:  # type: ignore[attr-defined]
            # Only another page of a document: the reading of the file was logged when it was opened.
            viewer = shelf.opened(application, shelf.of_file(application), request.GET)
            return self.show({"viewer": viewer}, part="viewer")
        return self.overview(application)


class RecordFinding(OfFile):
    """What the officer found on one criterion."""

    def post(self, request: HttpRequest, reference: str, criterion: str) -> HttpResponse:
        application = self.application(reference)
        if criterion not in {one.key for one in queries.criteria(application)}:
            raise Http404
        form = forms.finding_form(criterion)(request.POST, prefix=criterion)
        if form.is_valid() and form.cleaned_data["verdict"] != "met" and not form.cleaned_data["note"].strip():
            form.add_error("note", _("Say why the criterion is not met, or what more is needed."))
        if not form.is_valid():
            return self.again(application, criterion, form)
        try:
            operations.record_finding(
                reference=reference, criterion=criterion, by=self.person, at=self.at, **form.cleaned_data
            )
        except operations.NeedsWords as no:
            form.add_error("note", str(no))
            return self.again(application, criterion, form)
        if request.htmx:  # type: ignore[attr-defined]
            return self.overview(self.application(reference))
        return self.go_to_criterion(reference, criterion)

    def again(self, application: Any, criterion: str, form: Any) -> HttpResponse:
        shown = self.checklist(application, shelf.of_file(application))
        for row in shown["criteria"]:
            row["form"] = form if row["key"] == criterion else row["form"]
        return self.overview(application, status=422, wrong_form=form, **shown)

    def overview(self, application: Any, *, status: int = 200, **shown: Any) -> HttpResponse:
        """To a script the checklist and what may be decided, which is all that a finding changes; else the whole file."""
        if not self.request.htmx:  # type: ignore[attr-defined]
            return super().overview(application, status=status, **shown)
        self.log_reading(application)
        checklist = shown or self.checklist(application, shelf.of_file(application))
        return self.show({**self.deciding(application), **checklist}, part="assessed", status=status)

    def go_to_criterion(self, reference: str, criterion: str) -> HttpResponse:
        response = self.go_to("applications:staff_file", reference)
        if "Location" in response:
            response["Location"] += f"#criterion-{criterion}"
        return response


class AskInformation(OfFile):
    """A question to a party."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        application = self.application(reference)
        form = forms.QuestionForm(request.POST, sides=queries.to_be_asked(application))
        if not form.is_valid():
            return self.overview(application, status=422, ask_form=form, wrong_form=form)
        operations.ask_information(reference=reference, by=self.person, at=self.at, **form.cleaned_data)
        return self.after(reference, _("The question was sent."))


class PutBack(OfFile):
    """Return the file to its place in the queue."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        application, form = self.application(reference), forms.ReasonForm(request.POST)
        if not form.is_valid():
            return self.overview(application, status=422, reason_form=form, wrong_form=form)
        operations.put_back(reference=reference, by=self.person, at=self.at, **form.cleaned_data)
        messages.success(request, _("The file is back in the queue, at its place."))
        return self.go_to("applications:queue")


class Decide(OfFile):
    """Nominate or refuse: asked twice, since both parties are told at once."""

    template_name = "applications/staff/file.html"

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        application, form = self.application(reference), forms.DecisionForm(request.POST)
        if form.is_valid() and form.cleaned_data["kind"] == "refusal" and not form.cleaned_data["reasons"].strip():
            form.add_error("reasons", _("Write the reasons: the letter gives them to the parties."))
        if not form.is_valid():
            return self.overview(application, status=422, decision_form=form, wrong_form=form)
        if request.POST.get("confirmed") != "1":
            return self.confirm(application, form)
        found = queries.latest_findings(application)
        grounds = [key for key, finding in found.items() if finding.verdict == "not_met"]
        try:
            operations.decide(reference=reference, grounds=grounds, by=self.person, at=self.at, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
            return self.overview(application, status=422, decision_form=form, wrong_form=form)
        except NoPlaceLeft:
            form.add_error("kind", _("No place is left this year, so nobody can be nominated now."))
            return self.overview(application, status=409, decision_form=form, wrong_form=form)
        return self.after(reference, _("The decision was made, the letters were issued, and the parties were told."))

    def confirm(self, application: Any, form: Any) -> HttpResponse:
        self.template_name = "applications/staff/confirm_decision.html"
        return self.show({"application": application, "form": form, "given": form.cleaned_data})


class DecideReview(OfFile):
    """Uphold or set aside a refusal, by another officer."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        application = self.application(reference)
        form = self.review_form(application, request.POST)
        if not form.is_valid():
            return self.overview(application, status=422, review_form=form, wrong_form=form)
        try:
            operations.decide_review(reference=reference, by=self.person, at=self.at, **form.cleaned_data)
        except NoPlaceLeft:
            form.add_error("outcome", _("No place is left this year, so the refusal cannot be set aside now."))
            return self.overview(application, status=409, review_form=form, wrong_form=form)
        return self.after(reference, _("The review was decided and the parties were told."))


class IssueSupportLetter(OfFile):
    """Issue the letter that was asked for."""

    def post(self, request: HttpRequest, reference: str, request_id: int) -> HttpResponse:
        application = self.application(reference)
        if not application.support_requests.filter(pk=request_id).exists():
            raise Http404
        operations.issue_support_letter(request=request_id, by=self.person, at=self.at)
        return self.after(reference, _("The work permit support letter was issued."))


class Document(OfFile):
    """One file of the application, logged with the officer's name."""

    roles: ClassVar[frozenset[str]] = READERS

    def get(self, request: HttpRequest, reference: str, owner: str, document: Any) -> HttpResponse:
        self.application(reference)
        try:
            found: HttpResponse = operations.read_document(
                reference=reference, owner=f"{reference}/{owner}", document=document, by=self.person,
                at=self.at, purpose="assessment",
            )  # fmt: skip
        except ObjectDoesNotExist as fault:
            raise Http404 from fault
        return found


class DocumentPage(OfFile):
    """One page of a file as a picture, drawn anew: what was sent never reaches the officer's browser."""

    roles: ClassVar[frozenset[str]] = READERS

    def get(self, request: HttpRequest, reference: str, owner: str, document: Any, page: int) -> HttpResponse:
        self.application(reference)
        try:
            found: HttpResponse = operations.open_page(
                reference=reference, owner=f"{reference}/{owner}", document=document, page=page, by=self.person,
                at=self.at, purpose="assessment",
            )  # fmt: skip
        except (ObjectDoesNotExist, Unacceptable) as fault:
            raise Http404 from fault
        return found
