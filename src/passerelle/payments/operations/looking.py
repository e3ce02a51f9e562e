"""Ask a provider what became of an attempt, for when its message is late or lost; close card pages nobody needs."""

from datetime import datetime, timedelta

from passerelle.payments import providers
from passerelle.payments.models import Attempt
from passerelle.payments.operations.settling import take_report
from passerelle.payments.providers import Answer, ProviderAway, Report
from passerelle.payments.states import PaymentState

PATIENCE = timedelta(minutes=10)
GIVEN_UP = timedelta(days=4)


def look_up(*, reference: str, at: datetime) -> bool:
    """Ask about the open attempt of a payment; say whether the provider had a last word on it."""
    attempt = Attempt.objects.filter(payment__reference=reference, ended_at=None).exclude(transaction_id="").first()
    return bool(attempt and _look(attempt, at))


def look_up_due(*, at: datetime, limit: int = 100) -> int:
    """Ask about attempts that have been open for a while; return how many have ended."""
    waiting = Attempt.objects.filter(ended_at=None, started_at__lte=at - PATIENCE, started_at__gt=at - GIVEN_UP)
    return sum(_look(one, at) for one in waiting.exclude(transaction_id="").order_by("id")[:limit])


def _look(attempt: Attempt, at: datetime) -> bool:
    try:
        report = providers.of(attempt.variant).report(attempt)
    except ProviderAway:
        return False
    if report.answer is Answer.OPEN:
        return False
    take_report(token=attempt.token, report=report, at=at)
    return True


def close_cancelled(*, at: datetime, limit: int = 100) -> int:
    """Close the card pages of requests that were taken back; return how many were closed."""
    useless = Attempt.objects.filter(ended_at=None, payment__state=PaymentState.CANCELLED)
    return sum(_close(one, at) for one in useless.select_related("payment").order_by("id")[:limit])


def _close(attempt: Attempt, at: datetime) -> bool:
    try:
        providers.of(attempt.variant).cancel(attempt)
    except ProviderAway:
        # Paid or expired just now: ask which.
        return _look(attempt, at)
    take_report(token=attempt.token, report=Report(Answer.FAILED, reason="cancelled"), at=at)
    return True
