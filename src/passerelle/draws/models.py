"""Rows of the room: a draw, what was frozen for it, how it came out."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from passerelle.core.models import APPEND_ONLY
from passerelle.draws.states import DrawState

PERSON = settings.AUTH_USER_MODEL
_CONDUCTED = (DrawState.FROZEN, DrawState.SELECTED, DrawState.ISSUED)


class Draw(models.Model):
    """One act of choosing. The rule, the size and the cut-off instant are set in the plan and final from the freeze."""

    number = models.CharField(max_length=40, unique=True)
    program = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=DrawState, default=DrawState.PLANNED)
    held_on = models.DateField()
    closes_at = models.DateTimeField(help_text="First moment too late to be in.")
    size = models.PositiveIntegerField()
    stream = models.CharField(max_length=40, help_text="Whose pool it draws from.")
    categories = models.JSONField(default=list, help_text="Keys of the categories in the draw; all are named.")
    filters = models.JSONField(
        default=dict,
        help_text="Whom it is aimed at: attributes (keys of the pack's pool filters), match every or any, "
        "first_from and first_through (days of the first submission). Empty: a general draw over everybody.",
    )
    rule = models.JSONField(default=dict, help_text="The pack and the whole selection rule, as they stood.")
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    planned_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()

    conducted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", help_text="Who froze.")
    frozen_at = models.DateTimeField(null=True)
    pool_size = models.PositiveIntegerField(null=True)
    selected_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    selected_at = models.DateTimeField(null=True)
    assertions = models.JSONField(default=list, help_text="Key, whether it holds, the numbers of its sentence.")
    approved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", help_text="Who issued.")
    issued_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict, help_text="Invited, lowest, highest, by category, size of the pool.")

    void_reason = models.CharField(max_length=500, blank=True)
    void_asked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    void_asked_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-held_on", "-id")
        constraints = (
            models.CheckConstraint(
                name="draw_issued_by_another_person",
                condition=Q(approved_by=None) | ~Q(approved_by=F("conducted_by")) & ~Q(approved_by=F("selected_by")),
            ),
            models.CheckConstraint(
                name="draw_void_takes_two_people",
                condition=Q(voided_by=None) | Q(void_asked_by__isnull=False) & ~Q(voided_by=F("void_asked_by")),
            ),
            models.CheckConstraint(
                name="draw_conducted_by_somebody",
                condition=~Q(state__in=_CONDUCTED)
                | Q(conducted_by__isnull=False, frozen_at__isnull=False, pool_size__isnull=False),
            ),
            models.CheckConstraint(
                name="draw_selected_by_somebody",
                condition=~Q(state__in=(DrawState.SELECTED, DrawState.ISSUED))
                | Q(selected_by__isnull=False, selected_at__isnull=False),
            ),
            models.CheckConstraint(
                name="draw_issued_by_somebody",
                condition=~Q(state=DrawState.ISSUED) | Q(approved_by__isnull=False, issued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="draw_void_says_why",
                condition=~Q(state=DrawState.VOID)
                | Q(voided_by__isnull=False, voided_at__isnull=False) & ~Q(void_reason=""),
            ),
            models.CheckConstraint(name="draw_takes_somebody", condition=Q(size__gt=0)),
        )
        indexes = (models.Index(fields=("program", "state"), name="draw_by_program"),)

    def __str__(self) -> str:
        return self.number

    @property
    def is_targeted(self) -> bool:
        """Whether it is aimed at those with named attributes; a window of dates alone leaves it general."""
        return bool(self.filters.get("attributes"))

    @property
    def void_is_asked(self) -> bool:
        """Whether one person has asked to void it and nobody has settled that."""
        return self.void_asked_at is not None and self.voided_at is None


class Entry(models.Model):
    """One expression of interest as it stood when the pool was frozen."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="entries")
    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="+")
    points = models.PositiveIntegerField()
    placed_at = models.DateTimeField(help_text="Since when it holds its place among equal points.")
    category = models.CharField(max_length=40)
    grid = models.CharField(max_length=60, blank=True)
    rank = ArrayField(models.BigIntegerField(), help_text="Whole numbers, each higher first.")
    cells = ArrayField(models.CharField(max_length=40), default=list, help_text="The reserves it may be taken for.")
    grp = models.CharField(max_length=16, blank=True, help_text="Its employer's pseudonym in this draw.")
    cap = models.PositiveIntegerField(null=True, help_text="How many of its group may be taken; empty: no limit.")

    class Meta:
        ordering = ("draw", "-rank", "eoi_id")
        constraints = (models.UniqueConstraint(fields=("draw", "eoi"), name="entry_once_in_a_draw"),)
        indexes = (models.Index("draw", F("rank").desc(), "eoi", name="entry_order"),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.draw_id} {self.eoi_id}"


class Standing(models.Model):
    """Where an entry came in the ranking, and whether it was taken."""

    entry = models.OneToOneField(Entry, models.PROTECT, related_name="standing")
    position = models.PositiveIntegerField()
    selected = models.BooleanField()
    cell = models.CharField(max_length=40, blank=True, help_text="Of the places that took it; * for everybody's.")

    class Meta:
        ordering = ("position", "id")
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.entry_id} {self.position}"


class Promotion(models.Model):
    """An entry that fell out between the freeze and the issue, and the next in order that has its place."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="promotions")
    fallen = models.OneToOneField(Entry, models.PROTECT, related_name="fell")
    taken = models.OneToOneField(Entry, models.PROTECT, null=True, related_name="promoted")
    cell = models.CharField(max_length=40, blank=True, help_text="Of the places that both are of.")
    passed = ArrayField(
        models.BigIntegerField(), default=list, help_text="EOIs that the walk came by and that had left the pool."
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(name="promotion_is_of_another", condition=Q(taken=None) | ~Q(taken=F("fallen"))),
        )
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.fallen_id}"


class LeftOut(models.Model):
    """An expression of interest still under review that two people leave out, so that the freeze is not held up."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="left_out")
    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, help_text="Told to the person.")
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("draw", "eoi"), name="left_out_once"),
            models.CheckConstraint(
                name="left_out_by_two_people", condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by"))
            ),
            models.CheckConstraint(name="left_out_says_why", condition=~Q(reason="")),
        )

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.eoi_id}"


class Excluded(models.Model):
    """An expression of interest that no longer met a mandatory criterion when the pool was frozen."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="excluded")
    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="+")
    criteria = models.JSONField(help_text="Keys of the criteria not met on that day.")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("draw", "eoi"), name="excluded_once"),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.eoi_id}"
