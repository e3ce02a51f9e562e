"""Take in what a provider says of an attempt, once, whatever the order and number of its messages."""

from datetime import datetime

from django.db import transaction
from payments import PaymentStatus

from passerelle.core.money import money_words
from passerelle.notices import operations as notices
from passerelle.notices import queries as notices_queries
from passerelle.payments import hooks, providers, words
from passerelle.payments.hooks import Wish
from passerelle.payments.models import Attempt, Payment
from passerelle.payments.operations.keeping import letterhead, locked, note, tell
from passerelle.payments.operations.refunding import order_refund
from passerelle.payments.providers import Answer, Report
from passerelle.payments.states import PAYABLE, PAYMENT_LIFECYCLE, PaymentState, StepKind

# After one of these an attempt says nothing new; after a refusal it still may: the money can have come in all the same.
_FINAL = frozenset({PaymentStatus.CONFIRMED, PaymentStatus.REFUNDED, PaymentStatus.ERROR})


class UnknownAttempt(LookupError):
    """No attempt has this token."""


def _payment_of(token: str) -> Payment:
    attempt = Attempt.objects.select_related("payment").filter(token=token).first()
    if attempt is None:
        raise UnknownAttempt(token)
    return attempt.payment


@transaction.atomic
def take_report(*, token: str, report: Report, at: datetime) -> Payment:
    """Move the payment of the attempt ``token`` to where the provider says it is; return it as it then stands.

    Raises UnknownAttempt. What the hooks of other rooms raise undoes everything: the provider reports again.
    """
    asked = _payment_of(token)
    hooks.lock(asked.about)
    payment = locked(asked.reference)
    attempt = Attempt.objects.select_for_update(of=("self",)).get(token=token)
    attempt.payment = payment
    if report.answer is Answer.PAID and attempt.status not in _FINAL:
        _money_came(payment, attempt, report, at)
    elif report.answer is Answer.FAILED and attempt.ended_at is None:
        _refused(payment, attempt, report, at)
    return payment


def _refused(payment: Payment, attempt: Attempt, report: Report, at: datetime) -> None:
    _end(attempt, PaymentStatus.REJECTED, at, failure=report.reason)
    if payment.state not in PAYABLE:
        return
    payment.state = PAYMENT_LIFECYCLE.after(payment.state, "fail")
    payment.save(update_fields=["state"])
    note(payment, StepKind.FAILED, by=None, at=at, attempt=attempt, detail=report.reason)


def _money_came(payment: Payment, attempt: Attempt, report: Report, at: datetime) -> None:
    for name, value in (report.kept or {}).items():
        setattr(attempt.attrs, name, value)
    if (report.amount_cents, report.currency) != (payment.amount_cents, attempt.currency):
        _mismatch(payment, attempt, report, at)
        return
    _end(attempt, PaymentStatus.CONFIRMED, at)
    if payment.state in PAYABLE:
        _pay(payment, attempt, report, at)
    elif payment.state == PaymentState.CANCELLED:
        _settle(payment, attempt, report, "pay_cancelled", at)
        order_refund(payment, reason="cancelled", by=None, at=at)
    else:
        _surplus(payment, attempt, at)


def _pay(payment: Payment, attempt: Attempt, report: Report, at: datetime) -> None:
    _settle(payment, attempt, report, "pay", at)
    wish = hooks.tell_paid(payment, at)
    if wish is Wish.REFUND:
        payment.state = PAYMENT_LIFECYCLE.after(payment.state, "refund")
        order_refund(payment, reason="not wanted", by=None, at=at)
    elif payment.late and wish is None:
        _open_task("payment.late", payment, words.LATE, at)


def _settle(payment: Payment, attempt: Attempt, report: Report, move: str, at: datetime) -> None:
    payment.state = PAYMENT_LIFECYCLE.after(payment.state, move)
    # The provider's clock decides who was on time, not how long its message took; no clock runs ahead of ours.
    payment.paid_at = min(max(report.at or at, payment.asked_at), at)
    payment.settled_by = attempt
    if payment.state == PaymentState.REFUNDING:
        payment.refund_asked_at = at
    payment.receipt = _receipt(payment, attempt, at)
    payment.save(update_fields=["state", "paid_at", "settled_by", "receipt", "refund_asked_at"])
    note(payment, StepKind.PAID, by=None, at=at, attempt=attempt, amount_cents=payment.amount_cents)
    tell(payment, "paid", words.paid, at=at)


def _receipt(payment: Payment, attempt: Attempt, at: datetime) -> str:
    head = letterhead(payment, at)
    with words.in_language_of(payment):
        title, blocks = words.receipt(payment, head, providers.of(attempt.variant).paid_by())
    return notices.issue_letter(
        "payment.receipt", program=payment.program, about=payment.about, to=payment.payer,
        language=payment.payer.language, title=title, blocks=blocks, at=at, letterhead=head,
    ).number  # fmt: skip


def _surplus(payment: Payment, attempt: Attempt, at: datetime) -> None:
    attempt.refund_due_at = at
    attempt.save(update_fields=["refund_due_at"])
    note(payment, StepKind.SURPLUS, by=None, at=at, attempt=attempt, amount_cents=payment.amount_cents)
    tell(payment, "surplus", words.surplus, at=at)


def _mismatch(payment: Payment, attempt: Attempt, report: Report, at: datetime) -> None:
    _end(attempt, PaymentStatus.ERROR, at, failure="another amount")
    told = f"{money_words(report.amount_cents, 'en')} {report.currency}"
    note(payment, StepKind.MISMATCH, by=None, at=at, attempt=attempt, detail=told)
    _open_task("payment.mismatch", payment, words.MISMATCH, at)


def _end(attempt: Attempt, status: str, at: datetime, failure: str = "") -> None:
    attempt.status, attempt.ended_at, attempt.failure = status, at, failure[:300]
    attempt.captured_amount = attempt.total if status == PaymentStatus.CONFIRMED else 0
    attempt.save(update_fields=["status", "ended_at", "failure", "captured_amount", "extra_data"])


@transaction.atomic
def report_trouble(*, token: str, at: datetime) -> None:
    """Open a task about a payment whose report could not be taken in; the callback asks for it when that failed."""
    payment = locked(_payment_of(token).reference)
    if not notices_queries.tasks(payment.program).filter(kind="payment.unsettled", about=payment.reference).exists():
        _open_task("payment.unsettled", payment, words.UNSETTLED, at)


def _open_task(kind: str, payment: Payment, detail: object, at: datetime) -> None:
    notices.open_task(kind, program=payment.program, about=payment.reference, detail=detail, at=at)  # type: ignore[arg-type]
