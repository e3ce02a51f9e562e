"""The fee: asked when every form is in; paid, it completes the application; given back where nothing was done for it."""

from datetime import datetime
from typing import Any

from passerelle.accounts.models import Person
from passerelle.applications import fee, queries
from passerelle.applications.models import Application
from passerelle.applications.operations.completing import complete
from passerelle.applications.states import APPLICATION_LIFECYCLE
from passerelle.core import audit
from passerelle.payments import operations as payments
from passerelle.payments.hooks import Wish

# Cards that were not charged, and those that were.
_UNPAID, _PAID = ("asked", "failed"), ("paid", "refunding", "refunded")


def ask_fee(application: Application, *, cents: int, by: Person, at: datetime) -> None:
    """Ask the candidate for the fee of a locked application whose forms are all in; unpaid, it is not complete."""
    application.state = APPLICATION_LIFECYCLE.after(application.state, "ask_fee")
    application.pay_by = fee.pay_by(application, at)
    application.save(update_fields=["state", "pay_by"])
    payment = payments.ask(
        about=application.reference, purpose=fee.PURPOSE, program=application.program, payer=application.candidate,
        amount_cents=cents, description=fee.description(application), pay_by=application.pay_by, by=by, at=at,
        next_step=fee.next_step(), back_to="applications:file",
    )  # fmt: skip
    audit.record("application.fee_asked", subject=application.reference, by=by, at=at, program=application.program,
                 detail={"payment": payment.reference, "pay_by": application.pay_by})  # fmt: skip


def lock(about: str) -> None:
    """Lock the application that a payment is about, before the payment is."""
    Application.objects.select_for_update(of=("self",)).filter(reference=about).first()


def when_paid(*, payment: Any, at: datetime) -> Wish | None:
    """Complete the application that waits for this fee; money that came too late, or for one that ended, goes back."""
    if payment.purpose != fee.PURPOSE or not Application.objects.filter(reference=payment.about).exists():
        return None
    application = queries.waiting_for_fee(payment.about)
    if application is None or payment.late:
        return Wish.REFUND
    complete(application, by=payment.payer, at=at)
    return Wish.KEEP


def settle_fee(application: Application, *, refund: bool, reason: str, by: Person | None, at: datetime) -> bool:
    """Close the books on the fee of an application that ends; return whether money goes back.

    What was not paid is asked no more. What was paid goes back where ``refund`` says so, and stays otherwise.
    """
    payment = fee.payment_of(application)
    if payment is None:
        return False
    if payment.state in _UNPAID:
        payments.cancel(reference=payment.reference, reason=reason, by=by, at=at)
        return False
    if payment.state not in _PAID or not refund:
        return False
    payments.refund(reference=payment.reference, reason=reason, by=by, at=at)
    return True
