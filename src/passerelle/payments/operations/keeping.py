"""What every operation of this room does: lock, note the step, tell the payer."""

from collections.abc import Callable
from datetime import datetime

from passerelle.accounts.models import Person
from passerelle.core import audit
from passerelle.notices import operations as notices
from passerelle.notices.letters import Letterhead
from passerelle.payments import hooks, words
from passerelle.payments.models import Attempt, Payment, PaymentStep

Words = Callable[[Payment, Letterhead], tuple[str, str]]


def locked(reference: str) -> Payment:
    """Return a payment, locked to the end of the transaction; raises Payment.DoesNotExist."""
    return Payment.objects.select_for_update(of=("self",)).select_related("payer").get(reference=reference)


def note(
    payment: Payment, kind: str, *, by: Person | None, at: datetime, attempt: Attempt | None = None,
    amount_cents: int | None = None, detail: str = "",
) -> PaymentStep:  # fmt: skip
    """Append a step to a locked payment, and the event of it to the audit trail."""
    step = PaymentStep.objects.create(
        payment=payment, number=payment.steps.count() + 1, kind=kind, attempt=attempt, amount_cents=amount_cents,
        detail=detail[:300], at=at, by=by,
    )  # fmt: skip
    facts = {"about": payment.about, "purpose": payment.purpose, "cents": amount_cents, "detail": step.detail}
    audit.record(
        f"payment.{kind}", subject=payment.reference, by=by, at=at, program=payment.program, for_person=payment.payer,
        detail={name: value for name, value in facts.items() if value not in (None, "")},
    )  # fmt: skip
    return step


def tell(payment: Payment, kind: str, said: Words, *, at: datetime) -> None:
    """Write to the payer in their language."""
    with words.in_language_of(payment):
        subject, body = said(payment, letterhead(payment, at))
        notices.queue(
            f"payment.{kind}", program=payment.program, to=payment.payer, subject=subject, body=body,
            about=payment.about, at=at,
        )  # fmt: skip


def letterhead(payment: Payment, at: datetime) -> Letterhead:
    """Return who writes to the payer."""
    return hooks.letterhead(payment.program, payment.payer.language, at)
