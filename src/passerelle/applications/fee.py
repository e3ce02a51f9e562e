"""The application's fee: how much, for what, and until when it is paid."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from passerelle.applications.states import ApplicationState
from passerelle.core.text import LANGUAGES, Bilingual
from passerelle.payments import queries as payments
from passerelle.programs import queries as programs

if TYPE_CHECKING:
    from passerelle.applications.models import Application

PURPOSE = "application_fee"
# Nobody has begun to process it.
UNTOUCHED = (ApplicationState.FILLING, ApplicationState.AWAITING_PAYMENT, ApplicationState.QUEUED)
# Whoever sent everything in time is not shut out by a card that fails at the last minute, unless the pack says otherwise.
GRACE = timedelta(hours=24)


def amount_cents(application: "Application") -> int:
    """Return the fee in Canadian cents, 0 for none: the fact (dollars) that the pack names for it, else its setting."""
    eoi = application.invitation.eoi
    rules = programs.rules(eoi.pack)
    stated = (eoi.facts or {}).get(rules.stated("application_fee_fact", PURPOSE))
    if stated not in (None, "", "not applicable"):
        return int(Decimal(str(stated)) * 100)
    return int(rules.stated("application_fee_cents", 0) or 0)


def goes_back(application: "Application", when: str) -> bool:
    """Say whether the pack gives the fee back ``when`` an application is ``returned``, or ``withdrawn`` untouched."""
    rules = programs.rules(application.invitation.eoi.pack)
    key = "fee_refunded_when_returned" if when == "returned" else "fee_refunded_when_withdrawn"
    return bool(rules.stated(key, True))


def goes_back_now(application: "Application") -> bool:
    """Say whether the fee goes back to who withdraws now: the pack gives it back, and no officer has ever taken the file."""
    untouched = application.taken_at is None and application.state in UNTOUCHED
    return untouched and goes_back(application, "withdrawn")


def pay_by(application: "Application", at: datetime) -> datetime:
    """Return the first moment too late for a fee asked at ``at``: the forms' own deadline, and 24 hours at the least."""
    rules = programs.rules(application.invitation.eoi.pack)
    grace = programs.due(rules, "payment", at) if "payment" in rules.deadlines else at + GRACE
    return max(application.complete_by, grace)


def payment_of(application: "Application") -> Any:
    """Return what the candidate was asked to pay, or None."""
    return payments.payment_of(about=application.reference, purpose=PURPOSE)


def description(application: "Application") -> Bilingual:
    """Return what is paid, in both languages."""
    stream = programs.rules(application.invitation.eoi.pack).stream(application.invitation.eoi.stream)
    return _in_both(lambda language: _("Application fee (%(stream)s)") % {"stream": stream.name.pick(language)})


def next_step() -> Bilingual:
    """Return what happens once it is paid, in both languages."""
    return _in_both(lambda _language: _("Your application is complete: it gets its file number and joins the queue."))


def _in_both(words: Any) -> Bilingual:
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = words(language)
    return said
