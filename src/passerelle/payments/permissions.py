"""Who may pay, and who of the staff may see payments and try a refund again."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from passerelle.accounts import acting
from passerelle.accounts.models import Person, RoleName
from passerelle.core.verdicts import YES, Verdict
from passerelle.payments.models import Payment

READERS = frozenset({RoleName.OFFICER, RoleName.DIRECTOR, RoleName.AUDITOR, RoleName.ADMINISTRATOR})
GIVERS = frozenset({RoleName.DIRECTOR, RoleName.ADMINISTRATOR})


def can_pay(person: Person, payment: Payment, at: datetime, act: str = "payments.start") -> Verdict:
    """Say whether ``person`` may go to the card page now."""
    stranger = _("Only the person who owes this payment can pay it.")
    may = acting.may_act(person, payment.payer_id, act, otherwise=stranger)
    if not may:
        return may
    if payment.paid_at:
        return Verdict(False, _("This is paid already. You need not do anything."))
    if not payment.is_payable(at):
        return Verdict(False, _("The time to pay is over. Nothing can be paid here any more."))
    if not settings.PAYMENT_PROVIDER:
        return Verdict(False, _("Payment by card is not set up here yet. Write to the program."))
    return YES


def can_give_back(person: Person, payment: Payment) -> Verdict:
    """Say whether ``person`` may order or repeat the refund of ``payment``."""
    if not person.has_role(payment.program, *GIVERS):
        return Verdict(False, _("A director or an administrator of the program gives money back."))
    return YES
