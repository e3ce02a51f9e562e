"""A fee that is asked for, a provider that answers, a room that asked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from passerelle.payments import hooks, operations
from passerelle.payments.models import Payment
from payments import core
from tests.payments.bank import KEY, SECRET, Bank
from tests.support.people import a_candidate

NOON = datetime(2026, 4, 1, 16, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEE = 150_000


def a_payment(**given: Any) -> Payment:
    """A fee of $1,500.00 asked of a candidate at NOON, to be paid within a day."""
    values: dict[str, Any] = {
        "about": "ON-A-2026-000001", "purpose": "application_fee", "program": "ca-nt", "amount_cents": FEE,
        "description": {"en": "Application fee", "fr": "Frais de demande"},
        "next_step": {"en": "Your application joins the queue.", "fr": "Votre demande passe dans la file d'attente."},
        "pay_by": NOON + DAY, "by": None, "at": NOON,
    }  # fmt: skip
    if "payer" not in given:
        given["payer"] = a_candidate()
    return operations.ask(**(values | given))


@pytest.fixture
def bank(settings: Any) -> Iterator[Bank]:
    """Payments go to Stripe, for which a server on this machine stands in."""
    standing, before = Bank(), (stripe.api_base, stripe.max_network_retries)
    stripe.api_base, stripe.max_network_retries = standing.url, 0
    settings.PAYMENT_PROVIDER = "stripe"
    settings.PAYMENT_VARIANTS = {
        "stripe": ("passerelle.payments.providers.StripeCheckout", {"api_key": KEY, "endpoint_secret": SECRET})
    }
    core.PROVIDER_CACHE.clear()
    yield standing
    stripe.api_base, stripe.max_network_retries = before
    core.PROVIDER_CACHE.clear()
    standing.close()


class Asker:
    """The room that asked: what it was told, and what it wishes."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.wish: hooks.Wish | None = None
        self.fault: Exception | None = None

    def paid(self, *, payment: Payment, at: datetime) -> hooks.Wish | None:
        if self.fault:
            raise self.fault
        self.told.append(("paid", payment.reference))
        return self.wish


@pytest.fixture
def asker(monkeypatch: Any) -> Asker:
    """A room that asked and is told of what came in."""
    room = Asker()
    monkeypatch.setattr(hooks, "_paid", [room.paid])
    return room
