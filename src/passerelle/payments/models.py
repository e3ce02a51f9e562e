"""Rows of payments: what is owed, each try to pay it, each step that happened."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from payments.models import BasePayment

from passerelle.accounts import acting
from passerelle.core.models import APPEND_ONLY
from passerelle.payments.states import PAYABLE, STANDING, PaymentState, StepKind

CURRENCY = "CAD"
_GIVEN_BACK = (PaymentState.REFUNDING, PaymentState.REFUNDED)


class PaymentQuerySet(models.QuerySet["Payment"]):
    def visible_to(self, person: models.Model) -> Self:
        """A payment is for its payer and for whoever represents them; staff see theirs by program."""
        return self.filter(acting.theirs(person, "payer"))


class Payment(models.Model):  # type: ignore[django-manager-missing]  # django-payments is untyped
    """What one person owes for one purpose. Amounts are cents of the Canadian dollar."""

    reference = models.CharField(max_length=40, unique=True)
    program = models.CharField(max_length=20)
    about = models.CharField(max_length=60, help_text="The asking room's reference.")
    purpose = models.CharField(max_length=40, help_text="What of it is paid, such as application_fee.")
    payer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    amount_cents = models.PositiveIntegerField()
    description = models.JSONField(help_text="In words, {en, fr}.")
    next_step = models.JSONField(default=dict, help_text="What happens once it is paid, {en, fr} or empty.")
    back_to = models.CharField(max_length=80, blank=True, help_text="Name of the page of ``about`` to go back to.")
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.ASKED)
    asked_at = models.DateTimeField()
    pay_by = models.DateTimeField(help_text="The first moment too late.")
    paid_at = models.DateTimeField(null=True, help_text="When the card was charged, as the provider tells it.")
    settled_by = models.OneToOneField("Attempt", models.PROTECT, null=True, related_name="+")
    receipt = models.CharField(max_length=40, blank=True, help_text="Number of the receipt, a letter.")
    cancelled_at = models.DateTimeField(null=True)
    refund_asked_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)
    refund_note = models.CharField(max_length=40, blank=True, help_text="Number of the letter that tells the refund.")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-id")
        indexes = (
            models.Index(fields=("program", "-asked_at"), name="payment_by_program"),
            models.Index(fields=("about", "purpose"), name="payment_about"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("about", "purpose"), name="payment_one_standing", condition=Q(state__in=sorted(STANDING))
            ),
            models.CheckConstraint(name="payment_is_of_something", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(name="payment_has_time_to_be_made", condition=Q(pay_by__gt=F("asked_at"))),
            models.CheckConstraint(
                name="payment_paid_is_settled",
                condition=~Q(state__in=(PaymentState.PAID, *_GIVEN_BACK))
                | Q(paid_at__isnull=False, settled_by__isnull=False) & ~Q(receipt=""),
            ),
            models.CheckConstraint(
                name="payment_unpaid_is_not_settled",
                condition=Q(state__in=(PaymentState.PAID, *_GIVEN_BACK))
                | Q(paid_at__isnull=True, settled_by__isnull=True, receipt=""),
            ),
            models.CheckConstraint(
                name="payment_refund_was_asked",
                condition=~Q(state__in=_GIVEN_BACK) | Q(refund_asked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payment_refunded_has_an_instant",
                condition=Q(state=PaymentState.REFUNDED, refunded_at__isnull=False)
                | ~Q(state=PaymentState.REFUNDED) & Q(refunded_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def late(self) -> bool:
        """It was paid when the time to pay was over."""
        return self.paid_at is not None and self.paid_at >= self.pay_by

    def is_payable(self, at: datetime) -> bool:
        """It is not paid yet and may still be at ``at``."""
        return self.state in PAYABLE and at < self.pay_by


class Attempt(BasePayment):
    """One try to pay, at one provider: the row that django-payments and its providers work on.

    What it keeps of people elsewhere is left out here: a provider gets an amount, a description and a random token.
    """

    # The platform's own clock stamps the rows; whoever pays is known by ``payment.payer``.
    created = modified = None
    billing_first_name = billing_last_name = billing_email = billing_phone = None
    billing_address_1 = billing_address_2 = billing_city = billing_postcode = None
    billing_country_code = billing_country_area = customer_ip_address = None

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="attempts")
    token = models.CharField(max_length=36, unique=True)
    language = models.CharField(max_length=2)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="The provider gave its last word on it.")
    failure = models.CharField(max_length=300, blank=True, help_text="Why the card was not accepted.")
    refund_due_at = models.DateTimeField(null=True, help_text="To be given back; not tried before this moment.")
    refund_tries = models.PositiveSmallIntegerField(default=0)
    refund_failure = models.CharField(max_length=300, blank=True)
    refunded_at = models.DateTimeField(null=True)

    objects = models.Manager["Attempt"]()

    class Meta:
        ordering = ("id",)
        constraints = (
            # Two presses of the button share one try, so one card page at the provider.
            models.UniqueConstraint(fields=("payment",), name="attempt_one_open", condition=Q(ended_at=None)),
            models.CheckConstraint(
                name="attempt_refunded_was_captured", condition=Q(refunded_at=None) | Q(captured_amount=F("total"))
            ),
        )
        indexes = (
            models.Index(
                fields=("refund_due_at",), name="attempt_to_refund",
                condition=Q(refund_due_at__isnull=False, refunded_at=None),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.payment_id} {self.token}"

    def get_purchased_items(self) -> list[Any]:
        """Nothing but the amount and its description is told to a provider."""
        return []

    def get_success_url(self) -> str:
        """Where the provider sends the person afterwards, whatever the answer was: the page looks it up."""
        return _absolute(reverse("payments:returned", args=[self.payment.reference]))

    def get_failure_url(self) -> str:
        """Where somebody goes who leaves the provider's page without paying."""
        return _absolute(reverse("payments:pay", args=[self.payment.reference]))


def _absolute(path: str) -> str:
    return f"{settings.PASSERELLE_URL}{path}"


class PaymentStep(models.Model):
    """One thing that happened to a payment. ``amount_cents`` where money moved."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField(help_text="Place among the payment's steps, from 1.")
    kind = models.CharField(max_length=20, choices=StepKind)
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, related_name="+")
    amount_cents = models.PositiveIntegerField(null=True)
    detail = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("payment_id", "number")
        constraints = (
            models.UniqueConstraint(fields=("payment", "number"), name="payment_steps_one_after_another"),
            # The last wall: whatever arrives twice, a payment is paid once and given back once.
            models.UniqueConstraint(
                fields=("payment", "kind"), name="payment_step_once",
                condition=Q(kind__in=(StepKind.ASKED, StepKind.PAID, StepKind.REFUND_ASKED, StepKind.REFUNDED)),
            ),
            models.UniqueConstraint(
                fields=("attempt", "kind"), name="attempt_step_once",
                condition=Q(kind__in=(StepKind.PAID, StepKind.SURPLUS, StepKind.REFUNDED, StepKind.SURPLUS_REFUNDED)),
            ),
        )  # fmt: skip
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.payment_id} {self.number} {self.kind}"
