"""Rows of the federal pool: profiles, the loads that brought them, what is kept past its time."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from passerelle.core.models import APPEND_ONLY
from passerelle.core.sealing import SealedJSONField


class NotComputed(models.TextChoices):
    """Why a score was not computed again."""

    NO_EDITION = "no_edition"
    KNOWN_IN_PART = "known_in_part"
    FACTS_MISSING = "facts_missing"


class ProfileLoad(models.Model):
    """One file of profiles: taken in whole, or refused. ``faults`` names lines and fields, never what stood there."""

    program = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    accepted = models.BooleanField()
    rows = models.PositiveIntegerField()
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    fault_count = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list, help_text="The first faults: [line, field, code, detail].")

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="profile_load_adds_up",
                condition=Q(accepted=False, added=0, changed=0, unchanged=0)
                | Q(accepted=True, rows=F("added") + F("changed") + F("unchanged") + F("skipped")),
            ),
        )
        indexes = (models.Index(fields=("program", "-id"), name="profile_load_by_program"),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.program} {self.file_name}"


class FederalProfile(models.Model):
    """A person's profile in the federal pool. Levels are CLB or NCLC: listening, reading, writing, speaking."""

    program = models.CharField(max_length=20)
    number_key = models.CharField(max_length=64, help_text="Keyed digest of the profile number.")
    code_key = models.CharField(max_length=64, help_text="Keyed digest of the job seeker validation code.")
    person_key = models.CharField(max_length=64, blank=True)
    identity = SealedJSONField()
    crs_given = models.PositiveSmallIntegerField()
    crs_on = models.DateField(help_text="The day on which the score as given was worked out.")
    crs_lines_given = models.JSONField(default=dict)
    crs_grid = models.CharField(max_length=60, blank=True)
    crs_computed = models.PositiveSmallIntegerField(null=True)
    crs_lines = models.JSONField(default=dict)
    not_computed = models.CharField(max_length=20, blank=True, choices=NotComputed.choices)
    crs_missing = ArrayField(models.CharField(max_length=60), default=list)
    primary_noc = models.CharField(max_length=5)
    primary_noc_months = models.PositiveSmallIntegerField()
    experience = models.JSONField(default=dict, help_text="Months of experience by occupation.")
    english = ArrayField(models.PositiveSmallIntegerField(), default=list)
    french = ArrayField(models.PositiveSmallIntegerField(), default=list)
    english_lowest = models.PositiveSmallIntegerField(null=True)
    french_lowest = models.PositiveSmallIntegerField(null=True)
    facts = models.JSONField(default=dict)
    provinces = ArrayField(models.CharField(max_length=3), help_text="Provinces of interest; ALL for every one.")
    created_on = models.DateField()
    valid_until = models.DateField()
    fingerprint = models.CharField(max_length=64, help_text="Keyed digest of the line as it was read.")
    first_load = models.ForeignKey(ProfileLoad, models.PROTECT, related_name="+")
    load = models.ForeignKey(ProfileLoad, models.PROTECT, related_name="profiles")
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("program", "number_key"), name="federal_profile_once_a_program"),
            models.CheckConstraint(
                name="federal_profile_computed_or_says_why",
                condition=Q(crs_computed__isnull=True) & ~Q(not_computed="")
                | Q(crs_computed__isnull=False, not_computed=""),
            ),
        )
        indexes = (
            models.Index(fields=("program", "crs_given"), name="federal_profile_by_crs"),
            models.Index(fields=("program", "loaded_at"), name="federal_profile_by_load"),
            models.Index(
                fields=("program", "id"), name="federal_profile_disagrees",
                condition=Q(crs_computed__isnull=False) & ~Q(crs_computed=F("crs_given")),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.program} {self.pk}"


class ProfileHold(models.Model):
    """A profile that is kept past its time, by whom and why, until somebody lifts it."""

    profile = models.ForeignKey(FederalProfile, models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("profile",), condition=Q(lifted_at__isnull=True), name="federal_profile_held_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.profile_id} {self.at}"
