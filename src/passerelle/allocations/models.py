"""The ledger of places: one row a year, and the moves that made it what it is."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from passerelle.core.models import APPEND_ONLY


class MoveKind(models.TextChoices):
    """What a move does to the year's row."""

    HOLD = "hold"
    USE = "use"
    RELEASE = "release"
    CHANGE = "change"


class Allocation(models.Model):
    """The places of a program in a year. ``held`` by invitations, ``used`` by nominations; the rest is left."""

    program = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    places = models.PositiveIntegerField()
    held = models.PositiveIntegerField(default=0)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("program", "-year")
        constraints = (
            models.UniqueConstraint(fields=("program", "year"), name="allocation_one_per_year"),
            # The last wall: whatever the code does, no year is overspent.
            models.CheckConstraint(
                name="allocation_never_overspent",
                condition=Q(held__gte=0, used__gte=0, places__gte=F("held") + F("used")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.program} {self.year}"

    @property
    def left(self) -> int:
        """Places neither held nor used."""
        return self.places - self.held - self.used


class PlaceMove(models.Model):
    """One move in the ledger. ``about`` names the invitation; a change of the year's places is about the year."""

    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=10, choices=MoveKind.choices)
    about = models.CharField(max_length=60)
    stream = models.CharField(max_length=40, blank=True, help_text="Whose invitation moved it; empty for a change.")
    step = models.PositiveIntegerField(help_text="Place among the moves about the same thing, from 1.")
    before = models.PositiveIntegerField(null=True, help_text="Places of the year before a change.")
    after = models.PositiveIntegerField(null=True, help_text="Places of the year after a change.")
    effective_on = models.DateField(null=True, help_text="Day of the decision that changed the places.")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            # Two people moving one place at once would write the same step: one of them fails.
            models.UniqueConstraint(fields=("about", "step"), name="place_moves_one_after_another"),
            models.CheckConstraint(
                name="place_change_tells_the_numbers",
                condition=~Q(kind="change") | Q(after__isnull=False) & ~Q(reason=""),
            ),
        )
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class StreamTarget(models.Model):
    """How many of a year's places a stream is meant to have, since when and why. A guide: nothing is refused for it."""

    program = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    stream = models.CharField(max_length=40)
    places = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    effective_on = models.DateField(null=True, help_text="Day of the decision.")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(name="stream_target_says_why", condition=~Q(reason="")),)
        indexes = (models.Index(fields=("program", "year", "stream", "-id"), name="stream_target_latest"),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.program} {self.year} {self.stream}: {self.places}"
