"""What an expression of interest scored, when and why; and the facts an officer changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from passerelle.core.models import APPEND_ONLY
from passerelle.core.sealing import SealedTextField


class TopLines(models.Func):
    """What the top lines of a sheet say at a key, side by side as JSON."""

    output_field = models.JSONField()

    def __init__(self, sheet: str, key: str) -> None:
        super().__init__(
            models.F(sheet), template=f"jsonb_path_query_array(%(expressions)s, '$.lines[*].{key}'::jsonpath)"
        )

    @classmethod
    def of(cls, sheet: str) -> "tuple[TopLines, TopLines]":
        """Return names and points of the top lines."""
        return cls(sheet, "id"), cls(sheet, "points")


_FACTORS, _POINTS = TopLines.of("sheet")


class ScoreRecord(models.Model):
    """One score as it stood from ``at`` on: the facts it rests on, the grid that gave it, what caused it.

    ``factors`` and ``factor_points`` are the server's own copy of the top lines of the sheet, which is large and lies packed: what
    is asked of everybody's score does not unpack everybody's sheet.
    """

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
    factors = models.GeneratedField(expression=_FACTORS, output_field=models.JSONField(), db_persist=True)
    factor_points = models.GeneratedField(expression=_POINTS, output_field=models.JSONField(), db_persist=True)

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
