"""The rows of contravention orders."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from passerelle.core.sealing import SealedTextField
from passerelle.orders.states import STANDING, OrderState, SubjectKind
from passerelle.reviews import rows

PERSON = settings.AUTH_USER_MODEL
STOOD = sorted([*STANDING, OrderState.SET_ASIDE])


class Order(models.Model):
    """One order against one person, from the proposal on; what it orders is final once made."""

    reference = models.CharField(max_length=40, unique=True)
    program = models.CharField(max_length=20)
    pack = models.ForeignKey("programs.Pack", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=OrderState.choices, default=OrderState.PROPOSED)
    kind = models.CharField(max_length=16, choices=SubjectKind.choices)
    subject = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    about = models.CharField(max_length=40, blank=True, help_text="The file in which the contravention was found.")
    name = models.CharField(max_length=200, help_text="As it is published.")
    email = models.EmailField(blank=True, help_text="Where somebody without an account is written to.")
    language = models.CharField(max_length=2, default="en")
    licence_body = models.CharField(max_length=200, blank=True)
    licence_number = models.CharField(max_length=60, blank=True)
    person_key = models.CharField(max_length=64, help_text="Penalties and the ban follow it across accounts.")

    contravention = SealedTextField()
    provision = models.CharField(max_length=300)
    ban_years = models.PositiveSmallIntegerField(default=0)
    penalised = models.BooleanField(default=False)
    earlier_penalties = models.PositiveSmallIntegerField(default=0, help_text="Counted when the amount was worked out.")
    candidates_concerned = models.PositiveSmallIntegerField(default=1)
    further_cents = models.PositiveBigIntegerField(default=0)
    further_reason = SealedTextField(blank=True, default="")
    penalty_cents = models.PositiveBigIntegerField(default=0)

    proposed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    noticed_at = models.DateTimeField(null=True)
    reply_by = models.DateTimeField(null=True)
    reply = SealedTextField(blank=True, default="")
    replied_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    ban_before = models.DateTimeField(null=True, help_text="The first moment at which they may apply again.")
    pay_by = models.DateTimeField(null=True)
    review_before = models.DateTimeField(null=True)
    paid_on = models.DateField(null=True)
    paid_entered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, help_text="When it was dropped or set aside.")
    closing_reason = SealedTextField(blank=True, default="")

    class Meta:
        ordering = ("-proposed_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="order_made_by_two_people", condition=Q(made_by__isnull=True) | ~Q(made_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="order_made_after_its_notice",
                condition=~Q(state__in=STOOD)
                | Q(made_by__isnull=False, made_at__isnull=False, review_before__isnull=False, noticed_at__isnull=False)
                & (
                    Q(reply_by__isnull=False, made_at__gte=F("reply_by"))
                    | Q(replied_at__isnull=False, made_at__gte=F("replied_at"))
                ),
            ),
            models.CheckConstraint(
                name="order_orders_something",
                condition=Q(ban_years__gt=0) | Q(penalised=True),
            ),
            models.CheckConstraint(
                name="order_penalty_has_its_terms",
                condition=Q(penalised=False, penalty_cents=0, further_cents=0)
                | Q(penalised=True, penalty_cents__gt=0, candidates_concerned__gt=0)
                & (~Q(state__in=STOOD) | Q(pay_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="order_ban_has_its_end",
                condition=Q(ban_years=0) | ~Q(state__in=STOOD) | Q(ban_before__isnull=False),
            ),
            models.CheckConstraint(
                name="order_paid_says_when", condition=~Q(state="paid") | Q(paid_on__isnull=False, penalised=True)
            ),
        )
        indexes = (models.Index(fields=("program", "person_key", "made_at"), name="order_by_person"),)

    def __str__(self) -> str:
        return self.reference

    @property
    def owner(self) -> str:
        """The reference under which documents added to a request for review are kept."""
        return f"{self.reference}/review"


class OrderReview(rows.Review):
    """The person asks for a review of the order, which two people brought about: a third one decides."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="review")

    class Meta(rows.Review.Meta):
        constraints = (rows.by_a_third_person("order_review_by_a_third_person"),)

    def __str__(self) -> str:
        return f"review of {self.order_id}"
