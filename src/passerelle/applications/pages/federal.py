"""A federal invitation on the file: told of by the candidate, declined with proof; recorded and checked by staff."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from passerelle.applications import federal, operations, permissions
from passerelle.applications.pages import forms, party, staff_acts
from passerelle.applications.states import FederalAnswer
from passerelle.core.verdicts import NotAllowed, Verdict, require
from passerelle.documents.operations import Unacceptable


class Tell(party.FileAct):
    """The candidate tells of a federal invitation, and what they will do about it."""

    form_class = forms.FederalInvitationForm
    template_name = "applications/party/federal_invitation.html"
    refusals = (NotAllowed,)
    goes_ahead = False

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        if not federal.concerns(application):
            raise Http404
        require(
            permissions.can_tell_of_federal(
                self.person, application, concerned=True, reviewed=federal.is_reviewed(application)
            )
        )
        return self.show(party.about(application, form), status=status)

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.report_federal_invitation(reference=application.reference, by=self.person, at=self.at, **given)
        self.goes_ahead = given["answer"] == FederalAnswer.AHEAD
        return ""

    def lead_on(self, application: Any) -> HttpResponse:
        if self.goes_ahead and permissions.can_withdraw(self.person, application):
            # Telling is not withdrawing: the withdrawal asks for itself, with the password.
            return self.go_to("applications:withdraw", application.reference)
        return super().lead_on(application)


class SendProof(party.FileAct):
    """The candidate shows that the federal invitation was declined."""

    template_name = "applications/party/federal_proof.html"
    form_class = forms.NoQuestions
    refusals = (NotAllowed, Unacceptable)

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        told = federal.open_invitation(application)
        if told is None:
            raise Http404
        require(permissions.can_send_proof(self.person, application, reviewed=federal.is_reviewed(application)))
        return self.show({**party.about(application, form), "told": told}, status=status)

    def act(self, application: Any, given: dict[str, Any]) -> str:
        uploads = self.request.FILES.getlist("files")
        operations.send_decline_proof(reference=application.reference, uploads=uploads, by=self.person, at=self.at)
        return ""


class Record(staff_acts.FileAct):
    """An officer records a federal invitation that they learned of in another way."""

    form_class = forms.FederalRecordForm

    question = gettext_lazy("Record a federal invitation to apply")

    text: Any = gettext_lazy(
        "The candidate is told. Nobody is nominated on this file until they show that they declined it."
    )

    button = gettext_lazy("Record it")

    def subject(self, reference: str) -> Any:
        application = super().subject(reference)
        if not federal.concerns(application):
            raise Http404
        return application

    def verdict(self, application: Any) -> Verdict:
        return permissions.can_tell_of_federal(
            self.person, application, concerned=True, reviewed=federal.is_reviewed(application)
        )

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.report_federal_invitation(
            reference=application.reference, by=self.person, at=self.at, **given
        )  # fmt: skip
        return _("The federal invitation was recorded, and the candidate was told.")


class Settle(Record):
    """An officer looks at the proof, or sets a record aside that was a mistake."""

    template_name = "applications/staff/federal_proof.html"

    question = gettext_lazy("Was the federal invitation declined?")

    text = ""

    button = gettext_lazy("Save and tell the candidate")

    def subject(self, reference: str) -> Any:
        application = super().subject(reference)
        self.told = federal.open_invitation(application)
        if self.told is None:
            raise Http404
        return application

    def verdict(self, application: Any) -> Verdict:
        return permissions.can_settle_federal(self.person, application, reviewed=federal.is_reviewed(application))

    def form(self, application: Any, data: Any = None) -> Any:
        proof = self.told is not None and self.told.state == "proof_sent"
        return forms.FederalOutcomeForm(data, proof=proof)

    def act(self, application: Any, given: dict[str, Any]) -> str:
        operations.settle_federal_invitation(reference=application.reference, by=self.person, at=self.at, **given)
        return _("It was saved, and the candidate was told.")

    def show(
        self, context: Mapping[str, Any] | None = None, *, part: str | None = None, status: int = 200
    ) -> HttpResponse:
        proofs = federal.proofs(self.told) if self.told else []
        return super().show({**(context or {}), "told": self.told, "proofs": proofs}, part=part, status=status)
