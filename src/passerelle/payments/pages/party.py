"""The payer's pages: what is owed and by when, the way to the card page, what came of it."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from passerelle.accounts.access import PartyPage
from passerelle.payments import operations, providers, queries
from passerelle.payments.permissions import can_pay
from passerelle.payments.providers import ProviderAway


class PayerPage(PartyPage):
    """A payment, for the person who owes it: a 404 for everybody else."""

    template_name = "payments/party/payment.html"
    represented = True

    def found(self, reference: str) -> Any:
        """The payment, or a 404."""
        payment = queries.payment_for(self.person, reference=reference)
        self.shown_for(payment.payer)
        return payment

    def showing(self, payment: Any, **more: Any) -> dict[str, Any]:
        """Return what the template needs."""
        return {
            "payment": payment, "verdict": can_pay(self.person, payment, self.at), "at": self.at,
            "attempt": queries.last_attempt(payment), "back": _back(payment),
            "practice": settings.PAYMENT_PROVIDER == "dummy", **more,
        }  # fmt: skip

    def may_lead_out(self, response: HttpResponse) -> HttpResponse:
        """Let the form's redirect reach the provider's card page, and nothing else."""
        if settings.PAYMENT_PROVIDER:
            hosts = providers.of(settings.PAYMENT_PROVIDER).form_hosts
            response._csp_update = {"form-action": list(hosts)} if hosts else {}  # type: ignore[attr-defined]
        return response


class Pay(PayerPage):
    """What is to be paid; the button leads to the card page."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        payment = self.found(reference)
        return self.may_lead_out(self.show(self.showing(payment)))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        payment = self.found(reference)
        if payment.paid_at:
            # Pressed twice, or in another window: the answer to both is that it is paid.
            return self.go_to("payments:returned", reference)
        try:
            return HttpResponseRedirect(operations.start(reference=reference, by=self.person, at=self.at))
        except ProviderAway:
            payment = self.found(reference)
            return self.may_lead_out(self.show(self.showing(payment, away=True), status=503))


class Returned(PayerPage):
    """Where the card page sends people afterwards: paid, waiting for the provider's word, or to be tried again."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        payment = self.found(reference)
        if not payment.paid_at and operations.look_up(reference=reference, at=self.at):
            payment = self.found(reference)
        shown = self.showing(payment, returned=True)
        waiting = shown["attempt"] is not None and shown["attempt"].ended_at is None and bool(shown["verdict"])
        return self.may_lead_out(self.show({**shown, "waiting": waiting}))


class Practice(PayerPage):
    """The practice card: no bank, no money; whoever tries the platform out says what the card does."""

    template_name = "payments/party/practice.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        attempt = operations.practice_attempt(reference=reference, by=self.person)
        if attempt is None:
            raise Http404
        return self.show({"payment": attempt.payment})

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        payment = self.found(reference)
        answer = request.POST.get("card", "")
        if answer not in ("accepted", "refused"):
            problems = [{"id": "card", "text": _("Choose what the card does.")}]
            return self.show({"payment": payment, "problems": problems}, status=422)
        if not payment.paid_at:
            operations.practise(reference=reference, accepted=answer == "accepted", by=self.person, at=self.at)
        return self.go_to("payments:returned", reference)


def _back(payment: Any) -> str:
    try:
        return reverse(payment.back_to, args=[payment.about]) if payment.back_to else reverse("accounts:home")
    except NoReverseMatch:
        return reverse("accounts:home")
