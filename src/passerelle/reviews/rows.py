"""What a room's row of a request for a review is made from."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from passerelle.core.sealing import SealedTextField

PERSON = settings.AUTH_USER_MODEL


class Outcome(models.TextChoices):
    UPHELD = "upheld", _("The decision stands")
    OVERTURNED = "overturned", _("The decision is set aside")


class Review(models.Model):
    """Who asks, which error they allege, what they add; who took part in what is reviewed; what came of it."""

    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", help_text="Or who entered it for them.")
    asked_at = models.DateTimeField()
    decide_by = models.DateTimeField(
        null=True, help_text="The first moment too late by the program's own standard; none where it promises none."
    )
    error = SealedTextField(help_text="What is wrong with the decision.")
    difference = SealedTextField(blank=True, default="", help_text="What would be otherwise without the error.")
    additions_reason = SealedTextField(blank=True, default="", help_text="Why it could not be given earlier.")
    made_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", help_text="Who decided.")
    proposed_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, related_name="+", help_text="Who asked for it, where two people decide."
    )
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    reasons = SealedTextField(blank=True, default="")
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ("asked_at", "pk")


def by_a_third_person(name: str) -> models.CheckConstraint:
    """Return the constraint that a review is open, or decided by somebody who took no part in what is reviewed."""
    return models.CheckConstraint(
        name=name,
        condition=Q(outcome="", decided_by__isnull=True)
        | Q(decided_by__isnull=False, decided_at__isnull=False)
        & ~Q(outcome="")
        & ~Q(decided_by=F("made_by"))
        & (Q(proposed_by__isnull=True) | ~Q(decided_by=F("proposed_by"))),
    )
