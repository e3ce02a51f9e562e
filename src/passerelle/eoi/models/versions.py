"""Answers that changed after they were handed in: every version that counted, and the one being prepared."""

from django.conf import settings
from django.db import models

from passerelle.core.models import APPEND_ONLY
from passerelle.core.sealing import SealedJSONField


class AnswersVersion(models.Model):
    """One version of the answers as it counted from ``at`` on, with what it scored and the place it had."""

    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(help_text="From 1, the version first handed in.")
    answers = SealedJSONField()
    facts = models.JSONField()
    points = models.PositiveIntegerField()
    sheet = models.JSONField()
    placed_at = models.DateTimeField(help_text="Since when it holds its place among equal points.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("eoi", "number"), name="answers_version_once"),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.eoi_id} v{self.number}"


class AnswersInProgress(models.Model):
    """A change being prepared beside the answers that count; it is gone once it is saved or dropped."""

    eoi = models.OneToOneField("eoi.ExpressionOfInterest", models.PROTECT, related_name="in_progress")
    answers = SealedJSONField()
    version = models.PositiveIntegerField(default=1, help_text="Grows by one with each change.")
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.eoi_id}: change"
