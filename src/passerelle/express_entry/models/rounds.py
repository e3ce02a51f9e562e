"""Rows of rounds over the federal pool: the plan, whom it found with the facts used, whom it notified."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from passerelle.core.models import APPEND_ONLY
from passerelle.express_entry.states import RoundState, WhyNot

PERSON = settings.AUTH_USER_MODEL
PLAN = (
    "number", "program", "stream", "pack_id", "held_on", "crs_lowest", "crs_highest", "lists", "nocs", "targets", "french_lowest",
    "english_lowest", "either_lowest", "province", "named_alone", "created_from", "created_through",
)  # fmt: skip


_SENT = ("reference", "program", "stream", "round_id", "entry_id", "issued_at", "respond_by")


def _any_change(*names: str) -> Any:
    """A trigger's condition: one of these columns changes."""
    return reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in names))


class Round(models.Model):
    """One search of the federal pool for a stream: everybody who has what the plan names is notified, nobody else."""

    number = models.CharField(max_length=40, unique=True)
    program = models.CharField(max_length=20)
    stream = models.CharField(max_length=40)
    pack = models.ForeignKey("programs.Pack", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.PLANNED)
    held_on = models.DateField()
    crs_lowest = models.PositiveSmallIntegerField()
    crs_highest = models.PositiveSmallIntegerField()
    lists = ArrayField(models.CharField(max_length=60), default=list, help_text="Lists of the pack whose codes count.")
    nocs = ArrayField(models.CharField(max_length=5), default=list, help_text="Primary occupations; none: any.")
    targets = models.JSONField(default=list, help_text="Whom it was aimed at, in both languages, as it is published.")
    french_lowest = models.PositiveSmallIntegerField(null=True)
    english_lowest = models.PositiveSmallIntegerField(null=True)
    either_lowest = models.PositiveSmallIntegerField(null=True, help_text="In the better of the two languages.")
    province = models.CharField(max_length=2)
    named_alone = models.BooleanField(default=False, help_text="Only who named the province, not who chose all.")
    created_from = models.DateField()
    created_through = models.DateField()
    planned_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()

    conducted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField(null=True)
    pool_size = models.PositiveIntegerField(null=True, help_text="Profiles valid on the day.")
    found = models.PositiveIntegerField(null=True)
    assertions = models.JSONField(default=list)
    approved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", help_text="Who issued.")
    issued_at = models.DateTimeField(null=True)
    respond_by = models.DateTimeField(null=True, help_text="First moment too late to apply.")
    notified = models.PositiveIntegerField(null=True)

    void_reason = models.CharField(max_length=500, blank=True)
    voided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-held_on", "-id")
        constraints = (
            models.CheckConstraint(name="round_has_a_window", condition=Q(crs_lowest__lte=F("crs_highest"))),
            models.CheckConstraint(name="round_has_days", condition=Q(created_from__lte=F("created_through"))),
            models.CheckConstraint(
                name="round_issued_by_another_person",
                condition=Q(approved_by=None) | Q(conducted_by__isnull=False) & ~Q(approved_by=F("conducted_by")),
            ),
            models.CheckConstraint(
                name="round_conducted_by_somebody",
                condition=~Q(state__in=(RoundState.FROZEN, RoundState.ISSUED))
                | Q(conducted_by__isnull=False, frozen_at__isnull=False, pool_size__isnull=False, found__isnull=False),
            ),
            models.CheckConstraint(
                name="round_issued_by_somebody",
                condition=~Q(state=RoundState.ISSUED)
                | Q(approved_by__isnull=False, issued_at__isnull=False, respond_by__gt=F("issued_at"))
                & Q(notified__isnull=False),
            ),
            models.CheckConstraint(
                name="round_void_says_why_by_another_person",
                condition=~Q(state=RoundState.VOID)
                | Q(voided_by__isnull=False, voided_at__isnull=False)
                & ~Q(void_reason="")
                & (Q(conducted_by=None) | ~Q(voided_by=F("conducted_by"))),
            ),
        )
        indexes = (models.Index(fields=("program", "state"), name="round_by_program"),)
        triggers = (
            pgtrigger.Protect(
                name="plan_final_once_conducted",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=RoundState.PLANNED.value) & _any_change(*PLAN),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return self.number


class RoundEntry(models.Model):
    """One profile that a round found, with the facts it was found by: kept even when the profile changes or goes."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="entries")
    number_key = models.CharField(max_length=64)
    person_key = models.CharField(max_length=64, blank=True)
    crs = models.PositiveSmallIntegerField()
    primary_noc = models.CharField(max_length=5)
    primary_noc_months = models.PositiveSmallIntegerField()
    french_lowest = models.PositiveSmallIntegerField(null=True)
    english_lowest = models.PositiveSmallIntegerField(null=True)
    provinces = ArrayField(models.CharField(max_length=3))
    created_on = models.DateField()
    valid_until = models.DateField()
    load = models.ForeignKey("express_entry.ProfileLoad", models.PROTECT, related_name="+")

    class Meta:
        ordering = ("round", "-crs", "id")
        constraints = (models.UniqueConstraint(fields=("round", "number_key"), name="round_entry_once"),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.round_id} {self.pk}"


class NotNotified(models.Model):
    """Somebody found who could no longer be notified when the round was issued, and why."""

    entry = models.OneToOneField(RoundEntry, models.PROTECT, related_name="not_notified")
    why = models.CharField(max_length=10, choices=WhyNot)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.entry_id} {self.why}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Filters that read as a sentence."""

    def standing(self, *, at: datetime) -> Self:
        """In the way of another one for the same profile: still to be answered, or answered."""
        return self.filter(Q(respond_by__gt=at) | Q(taken_up_at__isnull=False))


class Notification(models.Model):
    """The notification of interest sent to one profile: dated, and answered once or never."""

    reference = models.CharField(max_length=50, unique=True)
    program = models.CharField(max_length=20)
    stream = models.CharField(max_length=40)
    round = models.ForeignKey(Round, models.PROTECT, related_name="notifications")
    entry = models.OneToOneField(RoundEntry, models.PROTECT, related_name="notification")
    profile = models.ForeignKey(
        "express_entry.FederalProfile", models.PROTECT, null=True, related_name="notifications",
        help_text="Empty once the profile's time is over and it is erased.",
    )  # fmt: skip
    issued_at = models.DateTimeField()
    respond_by = models.DateTimeField(help_text="First moment too late to apply.")
    taken_up_at = models.DateTimeField(null=True)
    taken_up_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ("-issued_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("round", "profile"), name="notification_once_a_round"),
            models.CheckConstraint(
                name="notification_taken_up_in_time_by_somebody",
                condition=Q(taken_up_at=None, taken_up_by=None)
                | Q(taken_up_by__isnull=False, taken_up_at__gte=F("issued_at"), taken_up_at__lt=F("respond_by")),
            ),
        )
        triggers = (
            # Once it is sent nothing changes but that it is answered, and that once, and that its profile is erased.
            pgtrigger.Protect(
                name="final_but_for_its_answer",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__taken_up_at__isnull=False) & _any_change("taken_up_at", "taken_up_by_id")
                | pgtrigger.Q(new__profile_id__isnull=False) & _any_change("profile_id")
                | _any_change(*_SENT),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return self.reference
