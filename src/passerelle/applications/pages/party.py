"""The application as its two parties see it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from passerelle.accounts import acting
from passerelle.accounts.access import CandidatePage, EmployerPage, FreshSignIn, PartyPage
from passerelle.applications import (
    barred,
    fee,
    operations,
    permissions,
    proven,
    queries,
    recourse,
    support_window,
    wording,
)
from passerelle.applications.gaps import gaps
from passerelle.applications.pages import forms, showing
from passerelle.core.verdicts import NotAllowed, require
from passerelle.core.views import Act
from passerelle.invitations import queries as invitations
from passerelle.programs.rules.editions import how_long
from passerelle.reviews.forms import AskForm


class OpenFile(PartyPage):
    """Continue from the invitation: opens the application, or finds the one already open (R5.3); for one side of it."""

    represented = True
    side = ""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        invitation = invitations.invitation_for(self.person, reference)
        self.ours(invitation.eoi)
        application = operations.open_application(invitation=invitation.reference, by=self.person, at=self.at)
        return self.go_to("applications:file", application.reference)

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """A followed link lands on the application when it is open, else back on the invitation."""
        opened = queries.opened_by(self.person, reference)
        if opened is None:
            raise Http404
        self.ours(opened)
        return self.go_to("applications:file", opened.reference)

    def ours(self, file: Any) -> None:
        """Raise Http404 for whoever is on the other side of it, or represents that one."""
        if self.shown_for(getattr(file, self.side)) is None:
            raise Http404


class Open(OpenFile, EmployerPage):
    """For the employer, where employers open files."""

    audiences = EmployerPage.audiences
    side = "employer"


class OpenAsCandidate(OpenFile, CandidatePage):
    """For the candidate, where candidates open files."""

    audiences = CandidatePage.audiences
    side = "candidate"


class OfFile(PartyPage):
    """A page about one application of which the person is a party."""

    represented = True

    def application(self, reference: str) -> Any:
        found = get_object_or_404(queries.files_of(self.person), reference=reference)
        self.shown_for(found.employer, found.candidate)
        return found


class FileAct(Act, OfFile):
    """A question to a party about its application, and the operation that its button leads to."""

    template_name = "applications/party/act.html"
    question = ""
    text = ""
    button = ""
    dangerous = False

    def subject(self, reference: str) -> Any:
        return self.application(reference)

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        words = {"question": self.question, "text": self.text, "button": self.button, "dangerous": self.dangerous}
        return self.show({**words, **about(application, form)}, status=status)

    def lead_on(self, application: Any) -> HttpResponse:
        return self.go_to("applications:file", application.reference)


def about(application: Any, form: Any) -> dict[str, Any]:
    """What every page with a form about an application shows."""
    back = reverse("applications:file", args=[application.reference])
    return {"application": application, "form": form, "back": back}


class File(OfFile):
    """Where am I, what next, by when."""

    http_method_names = ("get", "head", "options")
    template_name = "applications/party/file.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        application, at = self.application(reference), self.at
        side = application.side_of(self.person)
        mine = [part for part in application.parts.all() if part.side == side]
        for part in mine:
            part.application = application
        nomination = queries.nomination_of(application)
        standing = nomination.standing(at) if nomination else None
        on_time = application.state == "filling" and at < application.complete_by
        parts = [
            {"part": part, "name": queries.stated_part(part).name,
             "tasks": showing.part_tasks(part, editable=on_time and part.state == "open"),
             "ready": on_time and part.state == "open" and not gaps(part)}
            for part in mine
        ]  # fmt: skip
        return self.show(
            {
                "application": application, "eoi": application.invitation.eoi, "parts": parts, "on_time": on_time,
                "tag": wording.tag(application, standing), "stages": showing.stages(application),
                "moves": showing.moves(application, self.person, at),
                "letters": queries.letters(application, self.person),
                "events": wording.timeline(application, self.person), "accesses": showing.access_rows(application),
                "review": showing.review(application), "side": side, "due": showing.due_sentence(application),
                "takes_part": queries.takes_part(application), "nomination": nomination,
                "federal": showing.federal_side(application, self.person, at),
                "barred": barred.told_of_employer(application, at=at) if side == "candidate" else "",
                "lower": proven.told_to_candidate(application, at=at) if side == "candidate" else None,
                "nomination_standing": standing, "not_in_force": wording.not_in_force(standing),
                "next_federal": showing.next_federal(application, at),
                "working_on": queries.working_on(application.program) if application.state == "queued" else None,
            }
        )  # fmt: skip


class AnswerInformation(FileAct):
    """The employer answers an officer's question, with files."""

    form_class = forms.AnswerForm
    refusals = (operations.Unacceptable,)
    template_name = "applications/party/answer.html"

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        mine = application.information_requests.filter(acting.theirs(self.person, "to"))
        asked = mine.filter(answered_at=None).first()
        if asked is None:
            raise Http404
        return self.show({**about(application, form), "asked": asked}, status=status)

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.answer_information(
            reference=application.reference, answer=given["answer"], uploads=self.request.FILES.getlist("files"),
            by=self.person, at=self.at,
        )  # fmt: skip
        return _("Your answer was received.")


def _other(application: Any, person: Any) -> Any:
    """The party that ``person`` is not, where there is one."""
    return application.candidate if person.is_employer else application.employer


class Withdraw(FreshSignIn, FileAct):
    """Stop the application; the employer takes the job offer back with it."""

    form_class = forms.OptionalReasonForm
    dangerous = True

    @property
    def question(self) -> str:  # type: ignore[override]
        if self.person.is_employer:
            return _("Withdraw the job offer and the application?")
        return _("Withdraw the application?")

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        require(permissions.can_withdraw(self.person, application))
        stops = _("This cannot be undone. The application stops, and a place that it holds goes to someone else.")
        if _other(application, self.person):
            stops = _(
                "This cannot be undone. The application stops, the other party is told, and a place that it holds goes to "
                "someone else."
            )
        self.text = " ".join(filter(None, (stops, self._fee(application))))
        return super().ask(application, form, status)

    def _fee(self, application: Any) -> str:
        """What becomes of the fee, told to who paid it."""
        payment = fee.payment_of(application)
        if payment is None or payment.payer_id != self.person.pk or payment.state != "paid":
            return ""
        if fee.goes_back_now(application):
            return _("The fee is given back to the card that paid it, because no officer has taken the file yet.")
        return _("The fee is not given back.")

    @property
    def button(self) -> str:  # type: ignore[override]
        return _("Withdraw the application")

    def act(self, application: Any, given: dict[str, Any]) -> str:
        told = _other(application, self.person) is not None
        operations.withdraw_application(
            reference=application.reference, reason=given["reason"], by=self.person, at=self.at
        )
        return (
            _("The application was withdrawn. We have told the other party.")
            if told
            else _("The application was withdrawn.")
        )


class ReportChange(FileAct):
    """A change of one of the kinds that the pack says this side reports."""

    def form(self, application: Any, data: Any = None) -> Any:
        kinds = queries.rules_of(application).changes_of(application.side_of(self.person))
        if not kinds:
            raise Http404
        return forms.ChangeForm(data, kinds=kinds)

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        self.question, self.button = _("Report a change"), _("Report the change")
        rule = queries.rules_of(application).deadline("change_report")
        self.text = _("Report it within %(time)s of the day it happened.") % {"time": how_long(rule)}
        return super().ask(application, form, status)

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.report_change(reference=application.reference, by=self.person, at=self.at, **given)
        return _("The change was reported. An officer will read it.")


class AskReview(FileAct):
    """Ask that somebody else look again at a refusal, or at a nomination cancelled."""

    template_name = "applications/party/ask_review.html"
    refusals = (operations.Unacceptable,)

    def form(self, application: Any, data: Any = None) -> Any:
        return AskForm(data, terms=recourse.terms_of(application), uploads=self.uploads())

    def uploads(self) -> list[Any]:
        return self.request.FILES.getlist("files")

    def permit(self, application: Any) -> None:
        recourse.to_review(self.person, application, at=self.at)

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.ask_review(
            reference=application.reference, uploads=self.uploads(), by=self.person, at=self.at, **given
        )  # fmt: skip
        return _("The review was requested.")

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        terms = recourse.terms_of(application)
        act, may = recourse.may_ask(self.person, application, at=self.at)
        who = wording.reviewer(terms, alone=application.employer_id is None)
        return self.show(
            {**about(application, form), "terms": terms, "act": act, "may": may, "who": who}, status=status
        )


class Agreement(FileAct):
    """Read and sign the agreement that follows a nomination (R6.4)."""

    form_class = forms.AgreementForm
    template_name = "applications/party/agreement.html"

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        letter = next((one for one in queries.letters(application, self.person) if one.kind == "agreement"), None)
        if letter is None:
            raise Http404
        signed = application.agreements.select_related("by")
        mine = signed.filter(acting.theirs(self.person, "by")).first()
        context = {
            **about(application, form),
            "letter": letter,
            "signed": signed,
            "mine": mine,
            "may_sign": permissions.can_sign(self.person, application),
        }
        return self.show(context, status=status)

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.sign_agreement(reference=application.reference, name=given["name"], by=self.person, at=self.at)
        return _("You have signed the agreement.")


class AskSupportLetter(FileAct):
    """Ask for the work permit support letter (R6.6)."""

    refusals = (NotAllowed,)

    def permit(self, application: Any) -> None:
        job_offer = queries.stream_of(application).job_offer
        require(permissions.can_ask_support_letter(self.person, application, job_offer=job_offer, at=self.at))

    def form(self, application: Any, data: Any = None) -> Any:
        return forms.SupportLetterForm(data, renews=support_window.around(application) is not None)

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        self.permit(application)
        self.question, self.button = _("Ask for a work permit support letter"), _("Ask for the letter")
        window = support_window.around(application)
        if window:
            told = {"months": window[0], "days": window[1]}
            self.text = (
                _(
                    "The letter serves to renew a work permit: without a permit it cannot be asked for. Ask at most %(months)s "
                    "months and more than %(days)s days before the permit expires."
                )
                % told
            )
        else:
            self.text = _("Leave the day blank if there is no work permit yet.")
        return super().ask(application, form, status)

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.ask_support_letter(reference=application.reference, by=self.person, at=self.at, **given)
        return _("The letter was requested.")
