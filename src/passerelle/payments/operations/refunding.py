"""Give money back: ordered in the asking room's transaction, done by the worker, told when it is done."""

from datetime import datetime, timedelta

from django.db import transaction
from payments import PaymentStatus

from passerelle.accounts.models import Person
from passerelle.core.verdicts import require
from passerelle.notices import operations as notices
from passerelle.payments import hooks, providers, words
from passerelle.payments.models import Attempt, Payment
from passerelle.payments.operations.keeping import letterhead, locked, note, tell
from passerelle.payments.permissions import can_give_back
from passerelle.payments.providers import ProviderAway
from passerelle.payments.states import PAYMENT_LIFECYCLE, PaymentState, StepKind

TRIES = 8  # the last one about 4 hours after the first
FIRST_WAIT = timedelta(minutes=2)


@transaction.atomic
def refund(*, reference: str, reason: str, by: Person | None, at: datetime) -> Payment:
    """Give back the whole of a paid payment. Whether it is due is the caller's to know; ordering twice is once.

    The payment then is ``refunding``; the worker does it after commit and the hooks tell when it is done (``refunded``).
    Raises IllegalMove for what was never paid: cancel that.
    """
    payment = locked(reference)
    if payment.state in (PaymentState.REFUNDING, PaymentState.REFUNDED):
        return payment
    payment.state = PAYMENT_LIFECYCLE.after(payment.state, "refund")
    order_refund(payment, reason=reason, by=by, at=at)
    return payment


def give_back(*, reference: str, reason: str, by: Person, at: datetime) -> Payment:
    """Let a director or administrator order a refund on the payment's own page. Raises NotAllowed, IllegalMove."""
    require(can_give_back(by, Payment.objects.get(reference=reference)))
    return refund(reference=reference, reason=reason, by=by, at=at)


def order_refund(payment: Payment, *, reason: str, by: Person | None, at: datetime) -> None:
    """Note that a locked payment, already ``refunding``, is to be given back."""
    assert payment.settled_by
    payment.refund_asked_at = at
    payment.save(update_fields=["state", "refund_asked_at"])
    Attempt.objects.filter(pk=payment.settled_by_id).update(refund_due_at=at)
    note(payment, StepKind.REFUND_ASKED, by=by, at=at, attempt=payment.settled_by, detail=reason)


def refund_due(*, at: datetime, limit: int = 50) -> int:
    """Give back what is due; return how many refunds went through. One that fails waits longer before each new try."""
    done = 0
    for _one in range(limit):
        attempt = _claim(at)
        if attempt is None:
            break
        done += _try_refund(attempt, at)
    return done


@transaction.atomic
def _claim(at: datetime) -> Attempt | None:
    """Take one refund in hand: until its next turn nobody else does, and a worker that dies has lost nothing."""
    due = Attempt.objects.filter(refund_due_at__lte=at, refunded_at=None, refund_tries__lt=TRIES)
    attempt = due.select_for_update(of=("self",), skip_locked=True).select_related("payment").order_by("id").first()
    if attempt:
        attempt.refund_due_at = at + FIRST_WAIT * 2**attempt.refund_tries
        attempt.refund_tries += 1
        attempt.save(update_fields=["refund_due_at", "refund_tries"])
    return attempt


def _try_refund(attempt: Attempt, at: datetime) -> bool:
    # Between two transactions: no lock waits for the provider.
    try:
        providers.of(attempt.variant).give_back(attempt)
    except ProviderAway as refusal:
        _failed(attempt, str(refusal), at)
        return False
    _given_back(attempt, at)
    return True


@transaction.atomic
def _failed(attempt: Attempt, reason: str, at: datetime) -> None:
    payment = locked(attempt.payment.reference)
    Attempt.objects.filter(pk=attempt.pk).update(refund_failure=reason[:300])
    note(payment, StepKind.REFUND_FAILED, by=None, at=at, attempt=attempt, detail=reason)
    if attempt.refund_tries == 1:
        notices.open_task(
            "payment.refund_failed", program=payment.program, about=payment.reference, detail=words.REFUND_FAILED, at=at
        )


@transaction.atomic
def _given_back(attempt: Attempt, at: datetime) -> None:
    hooks.lock(attempt.payment.about)
    payment = locked(attempt.payment.reference)
    row = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    if row.refunded_at:
        return
    row.refunded_at, row.status, row.refund_failure = at, PaymentStatus.REFUNDED, ""
    row.save(update_fields=["refunded_at", "status", "refund_failure"])
    if row.pk != payment.settled_by_id:
        note(payment, StepKind.SURPLUS_REFUNDED, by=None, at=at, attempt=row, amount_cents=payment.amount_cents)
        return
    payment.state = PAYMENT_LIFECYCLE.after(payment.state, "give_back")
    payment.refunded_at = at
    payment.refund_note = _note_of(payment, at)
    payment.save(update_fields=["state", "refunded_at", "refund_note"])
    note(payment, StepKind.REFUNDED, by=None, at=at, attempt=row, amount_cents=payment.amount_cents)
    tell(payment, "refunded", words.refunded, at=at)


def _note_of(payment: Payment, at: datetime) -> str:
    head = letterhead(payment, at)
    with words.in_language_of(payment):
        title, blocks = words.refund_note(payment, head)
    return notices.issue_letter(
        "payment.refund", program=payment.program, about=payment.about, to=payment.payer,
        language=payment.payer.language, title=title, blocks=blocks, at=at, letterhead=head,
    ).number  # fmt: skip


@transaction.atomic
def refund_again(*, reference: str, by: Person, at: datetime) -> Payment:
    """Let the worker try at once a refund that failed, with all its tries anew. Raises NotAllowed."""
    payment = locked(reference)
    require(can_give_back(by, payment))
    payment.attempts.filter(refund_due_at__isnull=False, refunded_at=None).update(refund_due_at=at, refund_tries=0)
    note(payment, StepKind.REFUND_AGAIN, by=by, at=at)
    return payment
