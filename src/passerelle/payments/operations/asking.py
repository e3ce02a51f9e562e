"""Ask for a payment, give more time, take the request back."""

from datetime import datetime

from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.core.locks import one_at_a_time
from passerelle.core.references import next_reference
from passerelle.core.text import LANGUAGES, Bilingual
from passerelle.payments import words
from passerelle.payments.models import Payment
from passerelle.payments.operations.keeping import locked, note, tell
from passerelle.payments.states import PAYMENT_LIFECYCLE, STANDING, PaymentState, StepKind


class AskedDifferently(Exception):
    """This was asked of somebody else, or for another amount: cancel that request before asking anew."""

    def __init__(self, payment: Payment) -> None:
        super().__init__(f"{payment.reference} asks {payment.amount_cents} cents for {payment.purpose}")
        self.payment = payment


@transaction.atomic
def ask(
    *,
    about: str,
    purpose: str,
    program: str,
    payer: Person,
    amount_cents: int,
    description: Bilingual,
    pay_by: datetime,
    by: Person | None,
    at: datetime,
    next_step: Bilingual | None = None,
    back_to: str = "",
) -> Payment:
    """Ask ``payer`` for ``amount_cents`` (Canadian cents, more than 0) until ``pay_by``, the first moment too late.

    ``about`` is the caller's reference and ``purpose`` what of it is paid: one request stands for each pair, so asking
    twice returns the first. ``description`` and ``next_step`` (what happens once it is paid) are in words, {en, fr}.
    ``back_to`` names a page that takes ``about`` as its only argument. Raises AskedDifferently, ValueError.
    """
    if amount_cents <= 0 or pay_by <= at or not all(description.get(one) for one in LANGUAGES):
        raise ValueError("a payment needs an amount, time to pay it and a description in both languages")
    standing = _standing(about, purpose)
    if standing:
        if (standing.payer_id, standing.amount_cents, standing.program) != (payer.pk, amount_cents, program):
            raise AskedDifferently(standing)
        return standing
    payment = Payment.objects.create(
        reference=_number(program, at), program=program, about=about, purpose=purpose, payer=payer,
        amount_cents=amount_cents, description=dict(description), next_step=dict(next_step or {}), back_to=back_to,
        asked_at=at, pay_by=pay_by,
    )  # fmt: skip
    note(payment, StepKind.ASKED, by=by, at=at, detail=f"{amount_cents} {pay_by.isoformat()}")
    tell(payment, "asked", words.asked, at=at)
    return payment


def _standing(about: str, purpose: str) -> Payment | None:
    # Two askers of one thing meet here; the constraint stands behind.
    one_at_a_time(f"payment {about} {purpose}")
    rows = Payment.objects.select_related("payer").filter(about=about, purpose=purpose, state__in=STANDING)
    return rows.order_by("id").first()


def _number(program: str, at: datetime) -> str:
    prefix = program.rpartition("-")[2].upper() or "P"
    return next_reference(f"{prefix}-P", at.year)


@transaction.atomic
def extend(*, reference: str, pay_by: datetime, by: Person | None, at: datetime) -> Payment:
    """Give more time to pay; an earlier ``pay_by`` than the one promised changes nothing. Raises IllegalMove."""
    payment = locked(reference)
    PAYMENT_LIFECYCLE.after(payment.state, "pay")
    if pay_by <= payment.pay_by:
        return payment
    payment.pay_by = pay_by
    payment.save(update_fields=["pay_by"])
    note(payment, StepKind.EXTENDED, by=by, at=at, detail=pay_by.isoformat())
    return payment


@transaction.atomic
def cancel(*, reference: str, reason: str, by: Person | None, at: datetime) -> Payment:
    """Take the request back, because what it was for has ended; twice is once. Raises IllegalMove for what is paid.

    Whoever is on the card page just then may still pay: that money goes back at once, by itself.
    """
    payment = locked(reference)
    if payment.state == PaymentState.CANCELLED:
        return payment
    payment.state = PAYMENT_LIFECYCLE.after(payment.state, "cancel")
    payment.cancelled_at = at
    payment.save(update_fields=["state", "cancelled_at"])
    note(payment, StepKind.CANCELLED, by=by, at=at, detail=reason)
    return payment
