"""What an application can come to besides a decision, and the nomination in its own right."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from passerelle.applications.models.application import Application
from passerelle.applications.states import InterviewOutcome, NominationStanding, NominationStepKind, ReturnKind
from passerelle.core.models import APPEND_ONLY
from passerelle.core.sealing import SealedJSONField, SealedTextField

PERSON = settings.AUTH_USER_MODEL


class Return(models.Model):
    """An application given back undecided: what was missing, or the director's ground; the fee goes back with it."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="returned")
    kind = models.CharField(max_length=12, choices=ReturnKind.choices)
    missing = SealedJSONField(default=list)
    ground = SealedTextField(blank=True, default="")
    refunded = models.BooleanField(default=False)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class Interview(models.Model):
    """A call to an interview, at a place or by a link, and what came of it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="interviews")
    to = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    place = models.CharField(max_length=300, blank=True)
    link = models.URLField(max_length=500, blank=True)
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=InterviewOutcome.choices, blank=True)
    note = SealedTextField(blank=True, default="")
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("application",), condition=Q(outcome=""), name="interview_one_open"),
            models.CheckConstraint(name="interview_is_somewhere", condition=~Q(place="") | ~Q(link="")),
            models.CheckConstraint(name="interview_is_ahead", condition=Q(held_at__gt=F("asked_at"))),
        )

    def __str__(self) -> str:
        return f"{self.application_id} interview {self.held_at}"


class Nomination(models.Model):
    """A nomination in its own right: good until a day, extended, paused, cancelled by two people."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="nomination")
    number = models.CharField(max_length=40, unique=True)
    issued_at = models.DateTimeField()
    expires_before = models.DateTimeField(help_text="The first moment too late.")
    paused_at = models.DateTimeField(null=True)
    cancel_reason = SealedTextField(blank=True, default="")
    cancel_asked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    cancel_asked_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    review_before = models.DateTimeField(null=True, help_text="The first moment too late to ask for a review.")

    class Meta:
        ordering = ("-issued_at", "-pk")
        constraints = (
            models.CheckConstraint(name="nomination_lasts", condition=Q(expires_before__gt=F("issued_at"))),
            models.CheckConstraint(
                name="nomination_cancelled_by_two",
                condition=Q(cancelled_at=None, cancelled_by=None)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False, cancel_asked_by__isnull=False)
                & ~Q(cancelled_by=F("cancel_asked_by")),
            ),
        )

    def __str__(self) -> str:
        return self.number

    def standing(self, at: datetime) -> NominationStanding:
        """Where it stands at ``at``: cancelled before all, then expired, paused, in force."""
        if self.cancelled_at:
            return NominationStanding.CANCELLED
        if at >= self.expires_before:
            return NominationStanding.EXPIRED
        return NominationStanding.PAUSED if self.paused_at else NominationStanding.IN_FORCE


class NominationStep(models.Model):
    """What was done to a nomination, by whom and why; ``until`` where the day of its end was set."""

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=14, choices=NominationStepKind.choices)
    until = models.DateTimeField(null=True)
    reason = SealedTextField(blank=True, default="")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.kind}"
