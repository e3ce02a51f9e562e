"""The candidate lets the employer in; an employer comes in with an account it has already."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from passerelle.accounts.access import CandidatePage, EmployerPage
from passerelle.accounts.operations import LinkNotValid
from passerelle.applications import operations, permissions, queries
from passerelle.applications.pages import forms
from passerelle.applications.pages.party import FileAct
from passerelle.core.verdicts import NotAllowed, require


class LetInEmployer(FileAct, CandidatePage):
    """Give the employer access to its own form; again, with another address, as long as the link is unused."""

    audiences = CandidatePage.audiences
    represented = True
    form_class = forms.EmployerForm
    refusals = (NotAllowed,)

    def application(self, reference: str) -> Any:
        found = super().application(reference)
        if self.shown_for(found.candidate) is None:  # somebody who represents the employer
            raise Http404
        return found

    def form(self, application: Any, data: Any = None) -> Any:
        employer = application.employer
        known = {"name": employer.name, "email": employer.email, "language": employer.language} if employer else None
        return forms.EmployerForm(data, initial=known)

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        takes_part = queries.takes_part(application)
        require(permissions.can_let_in_employer(self.person, application, takes_part=takes_part, at=self.at))
        self.question, self.button = _("Give your employer access"), _("Send the link")
        self.text = _(
            "Your employer fills in a form of its own. We send it a link by email. It sees its own form and the state "
            "of the application, never your answers or your documents."
        )
        return super().ask(application, form, status)

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.let_in_employer(reference=application.reference, by=self.person, at=self.at, **given)
        return _("We sent the link to your employer.")


class Join(EmployerPage):
    """Come into a file with the account one is signed in with. Looking uses nothing up; the button counts."""

    template_name = "applications/party/act.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            answer = super().dispatch(request, *args, **kwargs)
        except LinkNotValid as gone:
            if gone.why == "unknown":
                raise Http404 from gone
            self.template_name = "accounts/redeem.html"  # the link was used, is too old, or there is a newer one
            answer = self.show({"why": gone.why}, status=410)
        answer["Cache-Control"] = "no-store"  # the address itself is a secret
        return answer

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        application = self.found(token)
        candidate = application.candidate.name
        return self.show({
            "question": _("Take part in this application with your account?"), "button": _("Take part"),
            "text": _("%(candidate)s names you as the employer. You will fill in the employer's form.")
            % {"candidate": candidate},
            "dangerous": False, "application": application, "form": forms.NothingForm(),
            "back": reverse("accounts:home"),
        })  # fmt: skip

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        self.found(token)
        application = operations.join_as_employer(token=token, by=self.person, at=self.at)
        messages.success(request, _("You now take part in this application."))
        return self.go_to("applications:file", application.reference)

    def found(self, token: str) -> Any:
        """Return the application the link leads to, in the program of this account. Raises LinkNotValid."""
        application = operations.invited_to(token=token, at=self.at)
        if application.program != self.person.program:
            raise Http404
        return application
