"""The providers as this room uses them: django-payments' own, each made to say what it knows as one ``Report``.

django-payments is asked for what it is good at: the call that opens a card page, the check of a callback's signature,
refunds. It moves nothing here: its own callback view takes no lock, believes the amount and lets a late message undo an
earlier one (docs/adr/0011-django-payments.md). ``operations.take_report`` does that part.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import stripe
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from payments import PaymentError
from payments.core import provider_factory
from payments.dummy import DummyProvider
from payments.stripe import StripeProviderV3

from passerelle.payments.models import Attempt

SECONDS_TO_ANSWER = 15
# Bounds that Stripe sets to the life of a card page.
SHORTEST_S, LONGEST_S = 31 * 60, 23 * 60 * 60


class NotGenuine(Exception):
    """A callback whose signature is missing, wrong or too old, or that cannot be read."""


class ProviderAway(Exception):
    """The provider could not be reached or refused; the message is its own, for staff."""


class Answer(Enum):
    """A provider's word on an attempt."""

    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True)
class Report:
    """What a provider says of an attempt: the answer, what was charged (cents), when, and why not."""

    answer: Answer
    amount_cents: int = 0
    currency: str = ""
    at: datetime | None = None
    reason: str = ""
    kept: Mapping[str, Any] | None = None


class PracticeCard(DummyProvider):
    """django-payments' test provider behind a page of our own look: whoever pays chooses what the card does."""

    remote = False
    form_hosts: tuple[str, ...] = ()

    def paid_by(self) -> str:
        """Return what a receipt says of the way it was paid."""
        return _("Practice card, no money moved")

    def open_page(self, attempt: Attempt, at: datetime) -> str:
        """Return the address of the page where the card is given."""
        return reverse("payments:practice", args=[attempt.payment.reference])

    def report(self, attempt: Attempt) -> Report:
        """It has no memory of its own: what it was told was taken at once."""
        return Report(Answer.OPEN)

    def give_back(self, attempt: Attempt) -> None:
        """Pretend the money went back."""
        self.refund(attempt, attempt.total)

    def answered(self, attempt: Attempt, *, accepted: bool) -> Report:
        """Return the report of a card that was accepted or not."""
        if accepted:
            return Report(Answer.PAID, int(attempt.total * 100), attempt.currency)
        return Report(Answer.FAILED, reason="card_declined")


class StripeCheckout(StripeProviderV3):
    """Stripe's hosted card page. Every call carries the attempt's token, so that repeating it changes nothing."""

    remote = True
    form_hosts = ("https://checkout.stripe.com",)

    def paid_by(self) -> str:
        """Return what a receipt says of the way it was paid."""
        return _("Card, through %(provider)s") % {"provider": "Stripe"}

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        stripe.default_http_client = stripe.RequestsClient(timeout=SECONDS_TO_ANSWER)

    def open_page(self, attempt: Attempt, at: datetime) -> str:
        """Open the card page, or find the one opened before, and return its address; raises ProviderAway."""
        stripe.api_key = self.api_key
        try:
            session = stripe.checkout.Session.create(
                **self._order(attempt, at), idempotency_key=f"open-{attempt.token}"
            )
        except stripe.StripeError as refusal:
            raise ProviderAway(_told(refusal)) from refusal
        attempt.transaction_id, attempt.extra_data = str(session.id), _kept(session.to_dict())
        return str(session.url)

    def _order(self, attempt: Attempt, at: datetime) -> dict[str, Any]:
        left = int((attempt.payment.pay_by - attempt.started_at).total_seconds())
        return {
            "mode": "payment",
            "client_reference_id": attempt.token,
            "line_items": self.get_line_items(attempt),
            "locale": f"{attempt.language}-CA" if attempt.language == "fr" else attempt.language,
            "success_url": attempt.get_success_url(),
            "cancel_url": attempt.get_failure_url(),
            "expires_at": int(attempt.started_at.timestamp()) + min(max(left, SHORTEST_S), LONGEST_S),
        }

    def get_line_items(self, attempt: Attempt) -> list[dict[str, Any]]:
        """One line: what is paid, in the payer's language."""
        name = f"{attempt.description} ({attempt.payment.reference})"
        price = {
            "currency": attempt.currency.lower(), "unit_amount": self.convert_amount(attempt.currency, attempt.total),
            "product_data": {"name": name},
        }  # fmt: skip
        return [{"price_data": price, "quantity": 1}]

    def report(self, attempt: Attempt) -> Report:
        """Ask what has become of an attempt; raises ProviderAway."""
        stripe.api_key = self.api_key
        try:
            return _report_of(stripe.checkout.Session.retrieve(attempt.transaction_id).to_dict(), None)
        except stripe.StripeError as refusal:
            raise ProviderAway(_told(refusal)) from refusal

    def give_back(self, attempt: Attempt) -> None:
        """Give back all that was charged, once; raises ProviderAway."""
        # A key of its own for each try: Stripe repeats its answer to a key, a refusal too. That nothing goes back twice
        # rests on Stripe knowing the charge: all of it can be given back once.
        stripe.api_key = self.api_key
        try:
            stripe.Refund.create(
                payment_intent=attempt.attrs.payment_intent,
                amount=self.convert_amount(attempt.currency, attempt.total),
                idempotency_key=f"refund-{attempt.token}-{attempt.refund_due_at:%Y%m%d%H%M%S}",
            )
        except stripe.StripeError as refusal:
            if refusal.code != "charge_already_refunded":
                raise ProviderAway(_told(refusal)) from refusal
        except AttributeError as missing:
            raise ProviderAway("no payment_intent is known of this attempt") from missing

    def cancel(self, attempt: Attempt) -> None:
        """Close the card page; raises ProviderAway."""
        try:
            super().cancel(attempt)
        except PaymentError as refusal:
            raise ProviderAway(str(refusal)[:200]) from refusal

    def read(self, request: HttpRequest) -> tuple[str, Report] | None:
        """Return token and report of a callback, None when it is about something else; raises NotGenuine."""
        try:
            event = self.return_event_payload(request).to_dict()
        except (ValueError, PaymentError, stripe.SignatureVerificationError) as fault:
            raise NotGenuine(type(fault).__name__) from fault
        session = event.get("data", {}).get("object", {})
        if not str(event.get("type", "")).startswith("checkout.session.") or not session.get("client_reference_id"):
            return None
        happened = datetime.fromtimestamp(int(event["created"]), tz=UTC)
        failed = event["type"] == "checkout.session.async_payment_failed"
        return str(session["client_reference_id"]), _report_of(session, happened, failed=failed)


def _report_of(session: Mapping[str, Any], happened: datetime | None, *, failed: bool = False) -> Report:
    if session.get("payment_status") == "paid":
        return Report(
            Answer.PAID, int(session.get("amount_total") or 0), str(session.get("currency") or "").upper(), happened,
            kept={"payment_intent": session.get("payment_intent")},
        )  # fmt: skip
    if failed or session.get("status") == "expired":
        return Report(Answer.FAILED, at=happened, reason="declined" if failed else "expired")
    return Report(Answer.OPEN)


def _kept(session: Mapping[str, Any]) -> str:
    """Keep the page's address alone: everything else is at the provider."""
    return json.dumps({"url": session.get("url")})


def _told(refusal: stripe.StripeError) -> str:
    return f"{type(refusal).__name__}: {refusal.user_message or refusal.code or refusal.http_status or ''}"[:200]


Provider = PracticeCard | StripeCheckout


def of(variant: str) -> Provider:
    """Return the provider called ``variant`` in the settings; raises ProviderAway where it is not set up (any more)."""
    try:
        found: Provider = provider_factory(variant)
    except ValueError as absent:
        raise ProviderAway(f"the provider {variant!r} is not set up") from absent
    return found
