"""Send the payer to the card page, once for however many presses; the practice card's answer."""

from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from payments import PaymentStatus

from passerelle.accounts import acting
from passerelle.accounts.models import Person
from passerelle.core.text import pick
from passerelle.core.verdicts import NotAllowed, require
from passerelle.payments import providers
from passerelle.payments.models import CURRENCY, Attempt, Payment
from passerelle.payments.operations.keeping import locked, note
from passerelle.payments.operations.settling import take_report
from passerelle.payments.permissions import can_pay
from passerelle.payments.providers import Answer, PracticeCard, ProviderAway, Report
from passerelle.payments.states import StepKind


def start(*, reference: str, by: Person, at: datetime) -> str:
    """Return the address of the card page; pressing twice leads to the same page. Raises NotAllowed, ProviderAway.

    The provider is called between two transactions, so no lock waits for the network. When both the call and its answer
    are cut off, pressing again repeats the call with the same token.
    """
    attempt = _open_attempt(reference=reference, by=by, at=at)
    provider = providers.of(attempt.variant)
    if provider.remote and attempt.transaction_id:
        attempt = _still_open(attempt, by=by, at=at)
        if attempt.transaction_id:
            return str(attempt.attrs.url)
    try:
        address = provider.open_page(attempt, at)
    except ProviderAway as refusal:
        take_report(token=attempt.token, report=Report(Answer.FAILED, reason=str(refusal)), at=at)
        raise
    Attempt.objects.filter(pk=attempt.pk, transaction_id="").update(
        transaction_id=attempt.transaction_id, extra_data=attempt.extra_data, status=PaymentStatus.INPUT
    )
    return address


def _still_open(attempt: Attempt, *, by: Person, at: datetime) -> Attempt:
    """Return ``attempt``, or a new one where the provider has closed its page meanwhile."""
    report = providers.of(attempt.variant).report(attempt)
    if report.answer is Answer.OPEN:
        return attempt
    take_report(token=attempt.token, report=report, at=at)
    return _open_attempt(reference=attempt.payment.reference, by=by, at=at)


@transaction.atomic
def _open_attempt(*, reference: str, by: Person, at: datetime) -> Attempt:
    payment = locked(reference)
    require(can_pay(by, payment, at))
    found = payment.attempts.filter(ended_at=None).first()
    if found and found.variant == settings.PAYMENT_PROVIDER:
        found.payment = payment
        return found
    if found:
        # Begun with a provider that this installation no longer uses.
        found.ended_at = at
        found.save(update_fields=["ended_at"])
    made = Attempt(
        payment=payment, variant=settings.PAYMENT_PROVIDER, token=str(uuid4()), currency=CURRENCY,
        total=Decimal(payment.amount_cents) / 100, description=pick(payment.description),
        language=(get_language() or by.language)[:2], started_at=at,
    )  # fmt: skip
    made.save()
    note(payment, StepKind.STARTED, by=by, at=at, attempt=made)
    return made


def practise(*, reference: str, accepted: bool, by: Person, at: datetime) -> Payment:
    """Take the answer that whoever tries the platform out gave in place of a bank. Raises NotAllowed."""
    attempt = practice_attempt(reference=reference, by=by)
    if attempt is None:
        raise NotAllowed(_("This card page is closed. Go back to the payment."))
    stranger = _("Only the person who owes this payment can pay it.")
    require(acting.may_act(by, attempt.payment.payer_id, "payments.practise", otherwise=stranger))
    report = PracticeCard().answered(attempt, accepted=accepted)
    return take_report(token=attempt.token, report=report, at=at)


def practice_attempt(*, reference: str, by: Person) -> Attempt | None:
    """Return the open try of ``by`` at the practice card; None where there is none, as always with a real provider."""
    mine = Attempt.objects.filter(payment__in=Payment.objects.visible_to(by), payment__reference=reference)
    attempt = mine.select_related("payment").filter(ended_at=None).order_by("id").first()
    return attempt if attempt and _practices(attempt.variant) else None


def _practices(variant: str) -> bool:
    try:
        return isinstance(providers.of(variant), PracticeCard)
    except ProviderAway:
        return False
