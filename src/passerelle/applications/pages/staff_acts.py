"""Acts on a file that have a page of their own: an interview, a return, what becomes of a nomination."""

from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from passerelle.applications import operations, permissions, queries
from passerelle.applications.pages import forms
from passerelle.applications.pages.staff import ASSESSORS
from passerelle.applications.pages.staff_file import OfFile
from passerelle.core.verdicts import NotAllowed, Verdict, require
from passerelle.core.views import Act

Words = str | Promise


class FileAct(Act, OfFile):
    """A question with a form about one file, for staff."""

    template_name = "applications/staff/act.html"
    form_class: Any = forms.ReasonForm
    refusals = (NotAllowed,)
    dangerous = False
    question: Words = ""
    text: Words = ""
    button: Words = ""

    def subject(self, reference: str) -> Any:
        return self.application(reference)

    def verdict(self, application: Any) -> Verdict:
        """Whether this person may, before the form is drawn."""
        return permissions.can_work_on(self.person, application)

    def permit(self, application: Any) -> None:
        require(self.verdict(application))

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        self.permit(application)
        words = {"question": self.question, "text": self.text, "button": self.button, "dangerous": self.dangerous}
        back = reverse("applications:staff_file", args=[application.reference])
        return self.show({**words, "application": application, "form": form, "back": back}, status=status)

    def lead_on(self, application: Any) -> HttpResponse:
        return self.go_to("applications:staff_file", application.reference)


class ReturnIncomplete(FileAct):
    """Give an application back because something is missing."""

    form_class: Any = forms.MissingForm
    dangerous = True

    question = gettext_lazy("Return this application as incomplete?")
    text = gettext_lazy(
        "The file is closed, the fee goes back, and a letter lists what is missing. This cannot be undone."
    )
    button = gettext_lazy("Return the application")

    def verdict(self, application: Any) -> Verdict:
        known = queries.has_words(application, "return_letter", self.at)
        return permissions.can_return(self.person, application, known=known)

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.return_incomplete(
            reference=application.reference, missing=given["missing"].splitlines(), by=self.person, at=self.at
        )
        return _("The application was returned, and the parties were told.")


class ReturnByDirector(ReturnIncomplete):
    """Give an application back on a ground of the director's."""

    form_class = forms.GroundForm
    roles: ClassVar[frozenset[str]] = frozenset({"director"})

    question = gettext_lazy("Return this application by decision of the director?")
    text = gettext_lazy("The file is closed, the fee goes back, and a letter gives the ground. This cannot be undone.")

    def verdict(self, application: Any) -> Verdict:
        known = queries.director_returns(application, self.at)
        return permissions.can_return_as_director(self.person, application, known=known)

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.return_by_director(
            reference=application.reference, ground=given["ground"], by=self.person, at=self.at
        )
        return _("The application was returned, and the parties were told.")


class AskInterview(FileAct):
    """Call a party to an interview."""

    question = gettext_lazy("Call to an interview")
    button = gettext_lazy("Send the call")

    def verdict(self, application: Any) -> Verdict:
        known = queries.has_words(application, "interview_called", self.at)
        return permissions.can_call(self.person, application, known=known)

    def form(self, application: Any, data: Any = None) -> Any:
        zone = queries.rules_of(application).zone
        return forms.InterviewForm(data, zone=zone, employer=bool(application.employer))

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.ask_interview(reference=application.reference, by=self.person, at=self.at, **given)
        return _("The call was sent.")


class RecordInterview(FileAct):
    """Keep what came of an interview."""

    form_class = forms.InterviewOutcomeForm

    question = gettext_lazy("What came of the interview?")
    button = gettext_lazy("Keep it and go on with the assessment")

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.record_interview(reference=application.reference, by=self.person, at=self.at, **given)
        return _("The interview was recorded. The assessment goes on.")


class OfNomination(FileAct):
    """An act on the nomination that a file led to."""

    roles: ClassVar[frozenset[str]] = ASSESSORS

    def subject(self, reference: str) -> Any:
        application = super().subject(reference)
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

    question = gettext_lazy("Extend the nomination")
    button = gettext_lazy("Extend it")

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.extend_nomination(number=self.number(application), by=self.person, at=self.at, **given)
        return _("The nomination was extended, and the parties were told.")


class Pause(OfNomination):
    """Pause a nomination."""

    question = gettext_lazy("Pause the nomination")
    button = gettext_lazy("Pause it")

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.pause_nomination(number=self.number(application), by=self.person, at=self.at, **given)
        return _("The nomination is paused, and the parties were told.")


class Resume(OfNomination):
    """End a pause."""

    question = gettext_lazy("Put the nomination in force again")
    button = gettext_lazy("Put it in force again")

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.resume_nomination(number=self.number(application), by=self.person, at=self.at, **given)
        return _("The nomination is in force again, and the parties were told.")


class AskCancel(OfNomination):
    """Ask that a nomination be cancelled."""

    dangerous = True

    question = gettext_lazy("Ask for the nomination to be cancelled?")
    text = gettext_lazy("Another person, a director, confirms it. The parties read your reason in the letter.")
    button = gettext_lazy("Ask for the cancellation")

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.ask_to_cancel_nomination(number=self.number(application), by=self.person, at=self.at, **given)
        return _("The cancellation waits for a director to confirm it.")


class ConfirmCancel(OfNomination):
    """Cancel a nomination as another person than who asked."""

    form_class = forms.NothingForm
    dangerous = True
    roles: ClassVar[frozenset[str]] = frozenset({"director"})

    question = gettext_lazy("Cancel this nomination?")
    button = gettext_lazy("Cancel the nomination")

    def verdict(self, application: Any) -> Verdict:
        return permissions.can_cancel_nomination(self.person, self.nomination(application))

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        self.text = str(self.nomination(application).cancel_reason)
        return super().ask(application, form, status)

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.confirm_nomination_cancelled(number=self.number(application), by=self.person, at=self.at)
        return _("The nomination is cancelled, and the parties were told by letter.")
