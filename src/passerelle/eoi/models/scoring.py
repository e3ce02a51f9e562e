"""What an expression of interest scored, when and why; and the facts an officer changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from passerelle.core.models import APPEND_ONLY
from passerelle.core.sealing import SealedTextField


class ScoreRecord(models.Model):
    """One score as it stood from ``at`` on: the facts it rests on, the grid that gave it, what caused it."""

    class Cause(models.TextChoices):
        SUBMISSION = "submission"
        FACT_CHANGE = "fact_change"
        ANSWERS_CHANGE = "answers_change"

    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="scores")
    pack = models.ForeignKey("programs.Pack", models.PROTECT, related_name="+")
    grid = models.CharField(max_length=60)
    facts = models.JSONField()
    points = models.PositiveIntegerField()
    sheet = models.JSONField()
    cause = models.CharField(max_length=20, choices=Cause)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.eoi_id}: {self.points}"


class FactChange(models.Model):
    """An officer holds a fact to be other than the answers say; points follow from facts and are never set themselves."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        APPLIED = "applied"
        DECLINED = "declined"

    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="fact_changes")
    fact = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = SealedTextField()
    points_before = models.PositiveIntegerField()
    points_after = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="fact_change_second_officer",
                condition=~Q(state="applied") | Q(points_before=F("points_after")) | Q(confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="fact_change_two_people", condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("by"))
            ),
            models.CheckConstraint(
                name="fact_change_settled_when",
                condition=Q(state="proposed", settled_at__isnull=True)
                | ~Q(state="proposed") & Q(settled_at__isnull=False),
            ),
            models.UniqueConstraint(fields=("eoi",), condition=Q(state="proposed"), name="fact_change_one_open"),
        )

    def __str__(self) -> str:
        return f"{self.eoi_id}: {self.fact}"
