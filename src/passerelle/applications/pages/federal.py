"""A federal invitation on the file: told of by the candidate, declined with proof; recorded and checked by staff."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from passerelle.applications import federal, operations, permissions
from passerelle.applications.pages import forms, party, staff_acts
from passerelle.applications.states import FederalAnswer
from passerelle.core.verdicts import NotAllowed, Verdict, require
from passerelle.documents.operations import Unacceptable


class Tell(party.OfFile):
    """The candidate tells of a federal invitation, and what they will do about it."""

    form_class = forms.FederalInvitationForm
    template_name = "applications/party/federal_invitation.html"

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        if not federal.concerns(application):
            raise Http404
        require(permissions.can_tell_of_federal(self.person, application, concerned=True))
        back = reverse("applications:file", args=[application.reference])
        return self.show({"application": application, "form": form, "back": back}, status=status)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        application, form = self.application(reference), self.form(reference)
        if not form.is_valid():
            return self.ask(application, form, status=422)
        given = form.cleaned_data
        try:
            operations.report_federal_invitation(reference=reference, by=self.person, at=self.at, **given)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
            return self.ask(application, form, status=422)
        if given["answer"] == FederalAnswer.AHEAD and permissions.can_withdraw(self.person, application):
            # Telling is not withdrawing: the withdrawal asks for itself, with the password.
            return self.go_to("applications:withdraw", reference)
        return self.go_to("applications:file", reference)


class SendProof(party.OfFile):
    """The candidate shows that the federal invitation was declined."""

    template_name = "applications/party/federal_proof.html"
    form_class = forms.NoQuestions

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        told = federal.open_invitation(application)
        if told is None:
            raise Http404
        require(permissions.can_send_proof(self.person, application))
        back = reverse("applications:file", args=[application.reference])
        return self.show({"application": application, "told": told, "form": form, "back": back}, status=status)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        application, form = self.application(reference), forms.NoQuestions(request.POST)
        form.is_valid()  # nothing is asked: the form carries what was wrong with the files
        try:
            operations.send_decline_proof(
                reference=reference, uploads=request.FILES.getlist("files"), by=self.person, at=self.at
            )
        except (NotAllowed, Unacceptable) as refusal:
            form.add_error(None, str(refusal))
            return self.ask(application, form, status=422)
        return self.go_to("applications:file", reference)


class Record(staff_acts.Act):
    """An officer records a federal invitation that they learned of in another way."""

    form_class = forms.FederalRecordForm

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("Record a federal invitation to apply")

    @property
    def text(self) -> str:  # type: ignore[override]
        return _("The candidate is told. Nobody is nominated on this file until they show that they declined it.")

    @property
    def button(self) -> str:  # type: ignore[override]
        return _("Record it")

    def application(self, reference: str) -> Any:
        application = super().application(reference)
        if not federal.concerns(application):
            raise Http404
        return application

    def verdict(self, application: Any) -> Verdict:
        return permissions.can_tell_of_federal(self.person, application, concerned=True)

    def act(self, application: Any, given: dict[str, Any]) -> None:
        self.done = _("The federal invitation was recorded, and the candidate was told.")
        operations.report_federal_invitation(
            reference=application.reference, by=self.person, at=self.at, **given
        )  # fmt: skip


class Settle(Record):
    """An officer looks at the proof, or sets a record aside that was a mistake."""

    template_name = "applications/staff/federal_proof.html"

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("Was the federal invitation declined?")

    @property
    def text(self) -> str:  # type: ignore[override]
        return ""

    @property
    def button(self) -> str:  # type: ignore[override]
        return _("Save and tell the candidate")

    def application(self, reference: str) -> Any:
        application = super().application(reference)
        self.told = federal.open_invitation(application)
        if self.told is None:
            raise Http404
        return application

    def verdict(self, application: Any) -> Verdict:
        return permissions.can_settle_federal(self.person, application)

    def form(self, application: Any) -> Any:
        proof = self.told is not None and self.told.state == "proof_sent"
        return forms.FederalOutcomeForm(self.request.POST or None, proof=proof)

    def act(self, application: Any, given: dict[str, Any]) -> None:
        self.done = _("It was saved, and the candidate was told.")
        operations.settle_federal_invitation(reference=application.reference, by=self.person, at=self.at, **given)

    def show(
        self, context: Mapping[str, Any] | None = None, *, part: str | None = None, status: int = 200
    ) -> HttpResponse:
        proofs = federal.proofs(self.told) if self.told else []
        return super().show({**(context or {}), "told": self.told, "proofs": proofs}, part=part, status=status)
