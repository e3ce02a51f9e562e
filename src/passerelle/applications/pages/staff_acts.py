"""Acts on a file that have a page of their own: an interview, a return, what becomes of a nomination."""

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from passerelle.applications import operations, permissions, queries
from passerelle.applications.pages import forms
from passerelle.applications.pages.staff import ASSESSORS
from passerelle.applications.pages.staff_file import OfFile
from passerelle.core.verdicts import NotAllowed, Verdict, require


class Act(OfFile):
    """A question with a form, and the act that its button does."""

    template_name = "applications/staff/act.html"
    form_class: Any = forms.ReasonForm
    dangerous = False
    question = text = button = done = ""

    def verdict(self, application: Any) -> Verdict:
        """Whether this person may, before the form is drawn."""
        return permissions.can_work_on(self.person, application)

    def act(self, application: Any, given: dict[str, Any]) -> None:
        raise NotImplementedError

    def form(self, application: Any) -> Any:
        return self.form_class(self.request.POST or None)

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        application = self.application(reference)
        return self.ask(application, self.form(application))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        application = self.application(reference)
        form = self.form(application)
        require(self.verdict(application))
        if not form.is_valid():
            return self.ask(application, form, status=422)
        try:
            self.act(application, form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
            return self.ask(application, form, status=422)
        return self.after(reference, self.done)

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        require(self.verdict(application))
        words = {"question": self.question, "text": self.text, "button": self.button, "dangerous": self.dangerous}
        back = reverse("applications:staff_file", args=[application.reference])
        return self.show({**words, "application": application, "form": form, "back": back}, status=status)


class ReturnIncomplete(Act):
    """Give an application back because something is missing."""

    form_class: Any = forms.MissingForm
    dangerous = True

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("Return this application as incomplete?")

    @property
    def text(self) -> str:  # type: ignore[override]
        return _("The file is closed, the fee goes back, and a letter lists what is missing. This cannot be undone.")

    @property
    def button(self) -> str:  # type: ignore[override]
        return _("Return the application")

    def verdict(self, application: Any) -> Verdict:
        known = queries.has_words(application, "return_letter", self.at)
        return permissions.can_return(self.person, application, known=known)

    def act(self, application: Any, given: dict[str, Any]) -> None:
        self.done = _("The application was returned, and the parties were told.")
        operations.return_incomplete(
            reference=application.reference, missing=given["missing"].splitlines(), by=self.person, at=self.at
        )


class ReturnByDirector(ReturnIncomplete):
    """Give an application back on a ground of the director's."""

    form_class = forms.GroundForm
    roles: ClassVar[frozenset[str]] = frozenset({"director"})

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("Return this application by decision of the director?")

    @property
    def text(self) -> str:  # type: ignore[override]
        return _("The file is closed, the fee goes back, and a letter gives the ground. This cannot be undone.")

    def verdict(self, application: Any) -> Verdict:
        known = queries.has_words(application, "return_letter", self.at)
        return permissions.can_return_as_director(self.person, application, known=known)

    def act(self, application: Any, given: dict[str, Any]) -> None:
        self.done = _("The application was returned, and the parties were told.")
        operations.return_by_director(
            reference=application.reference, ground=given["ground"], by=self.person, at=self.at
        )


class AskInterview(Act):
    """Call a party to an interview."""

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("Call to an interview")

    @property
    def button(self) -> str:  # type: ignore[override]
        return _("Send the call")

    def verdict(self, application: Any) -> Verdict:
        known = queries.has_words(application, "interview_called", self.at)
        return permissions.can_call(self.person, application, known=known)

    def form(self, application: Any) -> Any:
        zone = queries.rules_of(application).zone
        return forms.InterviewForm(self.request.POST or None, zone=zone, employer=bool(application.employer))

    def act(self, application: Any, given: dict[str, Any]) -> None:
        self.done = _("The call was sent.")
        operations.ask_interview(reference=application.reference, by=self.person, at=self.at, **given)


class RecordInterview(Act):
    """Keep what came of an interview."""

    form_class = forms.InterviewOutcomeForm

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("What came of the interview?")

    @property
    def button(self) -> str:  # type: ignore[override]
        return _("Keep it and go on with the assessment")

    def act(self, application: Any, given: dict[str, Any]) -> None:
        self.done = _("The interview was recorded. The assessment goes on.")
        operations.record_interview(reference=application.reference, by=self.person, at=self.at, **given)


class OfNomination(Act):
    """An act on the nomination that a file led to."""

    roles: ClassVar[frozenset[str]] = ASSESSORS

    def application(self, reference: str) -> Any:
        application = super().application(reference)
        if queries.nomination_of(application) is None:
            raise Http404
        return application

    def verdict(self, application: Any) -> Verdict:
        return permissions.can_keep_nomination(self.person, application)

    def nomination(self, application: Any) -> Any:
        return queries.nomination_of(application)

    def number(self, application: Any) -> str:
        return str(self.nomination(application).number)


class Extend(OfNomination):
    """Let a nomination stand longer."""

    form_class = forms.ExtendNominationForm

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("Extend the nomination")

    @property
    def button(self) -> str:  # type: ignore[override]
        return _("Extend it")

    def act(self, application: Any, given: dict[str, Any]) -> None:
        self.done = _("The nomination was extended, and the parties were told.")
        operations.extend_nomination(number=self.number(application), by=self.person, at=self.at, **given)


class Pause(OfNomination):
    """Pause a nomination."""

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("Pause the nomination")

    @property
    def button(self) -> str:  # type: ignore[override]
        return _("Pause it")

    def act(self, application: Any, given: dict[str, Any]) -> None:
        self.done = _("The nomination is paused, and the parties were told.")
        operations.pause_nomination(number=self.number(application), by=self.person, at=self.at, **given)


class Resume(OfNomination):
    """End a pause."""

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("Put the nomination in force again")

    @property
    def button(self) -> str:  # type: ignore[override]
        return _("Put it in force again")

    def act(self, application: Any, given: dict[str, Any]) -> None:
        self.done = _("The nomination is in force again, and the parties were told.")
        operations.resume_nomination(number=self.number(application), by=self.person, at=self.at, **given)


class AskCancel(OfNomination):
    """Ask that a nomination be cancelled."""

    dangerous = True

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("Ask for the nomination to be cancelled?")

    @property
    def text(self) -> str:  # type: ignore[override]
        return _("Another person, a director, confirms it. The parties read your reason in the letter.")

    @property
    def button(self) -> str:  # type: ignore[override]
        return _("Ask for the cancellation")

    def act(self, application: Any, given: dict[str, Any]) -> None:
        self.done = _("The cancellation waits for a director to confirm it.")
        operations.ask_to_cancel_nomination(number=self.number(application), by=self.person, at=self.at, **given)


class ConfirmCancel(OfNomination):
    """Cancel a nomination as another person than who asked."""

    form_class = forms.NothingForm
    dangerous = True
    roles: ClassVar[frozenset[str]] = frozenset({"director"})

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("Cancel this nomination?")

    @property
    def button(self) -> str:  # type: ignore[override]
        return _("Cancel the nomination")

    def form(self, application: Any) -> Any:
        return forms.NothingForm(self.request.POST if self.request.method == "POST" else None)

    def verdict(self, application: Any) -> Verdict:
        return permissions.can_cancel_nomination(self.person, self.nomination(application))

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        self.text = str(self.nomination(application).cancel_reason)
        return super().ask(application, form, status)

    def act(self, application: Any, given: dict[str, Any]) -> None:
        self.done = _("The nomination is cancelled, and the parties were told by letter.")
        operations.confirm_nomination_cancelled(number=self.number(application), by=self.person, at=self.at)
