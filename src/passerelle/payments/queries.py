"""What is so about payments: what is paid, what is owed, what a program took in."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import Http404

from passerelle.accounts.models import Person
from passerelle.payments.models import Attempt, Payment, PaymentStep
from passerelle.payments.states import PaymentState


def is_paid(*, about: str, purpose: str) -> bool:
    """Say whether what was asked for ``purpose`` of ``about`` is paid and was not given back."""
    return Payment.objects.filter(about=about, purpose=purpose, state=PaymentState.PAID).exists()


def payment_of(*, about: str, purpose: str) -> Payment | None:
    """Return the last payment asked for ``purpose`` of ``about``, in whatever state; None when none was asked."""
    return Payment.objects.select_related("payer").filter(about=about, purpose=purpose).order_by("-id").first()


def payment(reference: str) -> Payment:
    """Return a payment; raises Payment.DoesNotExist."""
    return Payment.objects.select_related("payer", "settled_by").get(reference=reference)


def payment_for(person: Person, *, reference: str) -> Payment:
    """Return a payment that ``person`` owes or made; raises Http404."""
    found = Payment.objects.visible_to(person).select_related("payer", "settled_by").filter(reference=reference).first()
    if found is None:
        raise Http404
    return found


def payments_of(program: str, *, state: str = "") -> QuerySet[Payment]:
    """Return a program's payments, the last asked first; ``state`` narrows them."""
    rows = Payment.objects.filter(program=program).select_related("payer", "settled_by")
    return rows.filter(state=state) if state else rows


def steps(payment: Payment) -> QuerySet[PaymentStep]:
    """Return what happened to a payment, in order."""
    return payment.steps.select_related("by", "attempt").order_by("number")


def last_attempt(payment: Payment) -> Attempt | None:
    """Return the last try to pay, or None."""
    return payment.attempts.order_by("-id").first()


def ledger(program: str) -> Iterator[PaymentStep]:
    """Yield every step of a program in which money moved, oldest first: what is compared with the provider's list."""
    moved = PaymentStep.objects.filter(payment__program=program, amount_cents__isnull=False)
    return moved.select_related("payment", "attempt").order_by("at", "id").iterator(chunk_size=500)
