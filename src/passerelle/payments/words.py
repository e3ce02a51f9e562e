"""What this room writes: its messages, its receipts, the names of its tasks. Neutral words, the same for every program."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from passerelle.core import dates
from passerelle.core.money import money_words
from passerelle.core.text import pick
from passerelle.notices.letters import Block, Letterhead
from passerelle.payments.models import Payment, PaymentStep
from passerelle.payments.states import StepKind

TASKS: Mapping[str, Any] = {
    "payment.late": gettext_lazy("A payment came in too late"),
    "payment.mismatch": gettext_lazy("A payment of another amount came in"),
    "payment.refund_failed": gettext_lazy("A refund did not go through"),
    "payment.unsettled": gettext_lazy("A payment could not be recorded"),
}

_REASONS: Mapping[str, Any] = {
    "card_declined": gettext_lazy("Refused by the bank"),
    "declined": gettext_lazy("Refused by the bank"),
    "expired": gettext_lazy("The card page was left open too long"),
    "cancelled": gettext_lazy("The request was taken back"),
    "not wanted": gettext_lazy("What it was paid for had ended"),
}
_PROVIDERS: Mapping[str, Any] = {"dummy": gettext_lazy("Practice card"), "stripe": "Stripe"}

LATE = gettext_lazy(
    "The card was charged after the time to pay was over. The money is here. Decide whether the payment counts; if it "
    "does not, give it back on the payment's page."
)
MISMATCH = gettext_lazy(
    "The provider reports another amount or currency than was asked for. The payment still counts as not made. Find the "
    "charge at the provider and give it back there."
)
REFUND_FAILED = gettext_lazy(
    "The provider did not take the refund. It is tried again by itself a few times; the payment's page says why it failed "
    "and lets you try again."
)
GIVEN_BACK = gettext_lazy(
    "We gave this amount back to the card it was paid with. Your bank may take up to 10 days to show it."
)
UNSETTLED = gettext_lazy(
    "The provider reports a payment that could not be recorded. It reports it again for a few days; tell the people who "
    "run the platform, the log says what went wrong."
)


def asked(payment: Payment, head: Letterhead) -> tuple[str, str]:
    """Return subject and body of the message that asks for a payment, in the language in force."""
    subject = _("%(amount)s to pay: %(what)s") % _facts(payment)
    body = _(
        "Please pay %(amount)s by card: %(what)s.\n\nThe last moment to pay is %(pay_by)s.\n\nSign in and pay here:\n%(page)s"
        "\n\nPayment number: %(reference)s"
    ) % {**_facts(payment), "pay_by": _by(payment, head), "page": _page(payment)}
    return subject, body


def paid(payment: Payment, head: Letterhead) -> tuple[str, str]:
    """Return subject and body of the message that confirms a payment."""
    subject = _("We received your payment of %(amount)s") % _facts(payment)
    body = _(
        "We received your payment of %(amount)s: %(what)s.\n\nYour receipt is number %(receipt)s. You find it in your "
        "messages and here:\n%(page)s"
    ) % {**_facts(payment), "receipt": payment.receipt, "page": _letter(payment.receipt)}
    if payment.late:
        body += "\n\n" + _(
            "The time to pay was over when your card was charged. We tell you whether the payment counts or goes back to "
            "your card."
        )
    return subject, body


def refunded(payment: Payment, head: Letterhead) -> tuple[str, str]:
    """Return subject and body of the message that tells a refund."""
    subject = _("We gave back %(amount)s") % _facts(payment)
    body = _(
        "We gave back %(amount)s to the card you paid with: %(what)s.\n\nYour bank may take up to 10 days to show it. The "
        "confirmation is number %(note)s:\n%(page)s"
    ) % {**_facts(payment), "note": payment.refund_note, "page": _letter(payment.refund_note)}
    return subject, body


def surplus(payment: Payment, head: Letterhead) -> tuple[str, str]:
    """Return subject and body of the message to somebody whose card was charged twice."""
    subject = _("We give back a second payment of %(amount)s") % _facts(payment)
    body = _(
        "Your card was charged more than once for this: %(what)s. You owe it once. We have told our card provider to give "
        "%(amount)s back; your bank may take up to 10 days to show it. You need not do anything."
    ) % _facts(payment)
    return subject, body


def receipt(payment: Payment, head: Letterhead, by_card: str) -> tuple[str, list[Block]]:
    """Return title and blocks of the receipt."""
    zone = ZoneInfo(head.zone)
    assert payment.paid_at
    rows = [
        *_rows(payment),
        [pgettext("payment", "Paid on"), dates.moment_words(payment.paid_at, zone)],
        [_("Paid by"), by_card],
        [_("Paid for"), payment.about],
    ]
    return _("Receipt for a payment"), [
        {"type": "paragraph", "text": _("We received this payment. Keep this receipt.")},
        {"type": "facts", "rows": rows},
    ]


def refund_note(payment: Payment, head: Letterhead) -> tuple[str, list[Block]]:
    """Return title and blocks of the letter that confirms a refund."""
    zone = ZoneInfo(head.zone)
    assert payment.refunded_at
    rows = [
        *_rows(payment),
        [_("Receipt of the payment"), payment.receipt],
        [_("Given back on"), dates.moment_words(payment.refunded_at, zone)],
        [_("Paid for"), payment.about],
    ]
    return _("Confirmation of a refund"), [
        {"type": "paragraph", "text": str(GIVEN_BACK)},
        {"type": "facts", "rows": rows},
    ]


def detail(step: PaymentStep) -> str:
    """Return what a step tells beside its kind, for staff: known reasons in words, others as they came."""
    if step.kind in (StepKind.ASKED, StepKind.EXTENDED):
        return ""
    return str(_REASONS.get(step.detail, step.detail))


def provider(variant: str) -> str:
    """Return the name of a provider."""
    return str(_PROVIDERS.get(variant, variant))


def in_language_of(payment: Payment) -> Any:
    """Return the context in which words come in the payer's language."""
    return translation.override(payment.payer.language)


def _facts(payment: Payment) -> dict[str, str]:
    return {
        "amount": money_words(payment.amount_cents),
        "what": pick(payment.description),
        "reference": payment.reference,
    }


def _rows(payment: Payment) -> list[list[str]]:
    return [
        [_("Payment number"), payment.reference],
        [_("For"), pick(payment.description)],
        [_("Amount"), money_words(payment.amount_cents)],
    ]


def _by(payment: Payment, head: Letterhead) -> str:
    return dates.deadline_words(payment.pay_by, ZoneInfo(head.zone))


def _page(payment: Payment) -> str:
    return f"{settings.PASSERELLE_URL}{reverse('payments:pay', args=[payment.reference])}"


def _letter(number: str) -> str:
    return f"{settings.PASSERELLE_URL}{reverse('notices:letter', args=[number])}"
