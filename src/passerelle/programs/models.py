"""Rows of this room: programs, their packs, the occupation list, the days an office is closed."""

import unicodedata
from datetime import date
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models

from passerelle.core.models import APPEND_ONLY


class Program(models.Model):
    """What is run. Everything about it that can change is in its packs."""

    code = models.CharField(max_length=20, primary_key=True)
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class PackManager(models.Manager["Pack"]):
    """Leaves the files behind: they are read once, when the rules are first asked for."""

    def get_queryset(self) -> models.QuerySet["Pack"]:
        return super().get_queryset().defer("sources")


class Pack(models.Model):
    """One immutable, dated version of a program's rules; ``sources`` holds its files as they were, by path."""

    class Kind(models.TextChoices):
        PROGRAM = "program"
        LIBRARY = "library"

    code = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    program = models.ForeignKey(Program, models.PROTECT, null=True, related_name="packs")
    sha256 = models.CharField(max_length=64)
    sources = models.JSONField()
    loaded_at = models.DateTimeField()
    in_force_from = models.DateTimeField()
    by_staff = models.BooleanField(default=False, help_text="Counts only once staff have put it in force.")

    objects = PackManager()

    class Meta:
        ordering = ("code", "in_force_from", "version")
        base_manager_name = "objects"
        constraints = (
            models.UniqueConstraint(fields=("code", "version"), name="pack_one_of_each_version"),
            models.CheckConstraint(
                name="pack_of_a_program_names_it",
                condition=models.Q(kind="library", program__isnull=True)
                | models.Q(kind="program", program=models.F("code")),
            ),
        )
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class PutInForce(models.Model):
    """A version of a program's rules put in force by staff: one person asks, with a reason, and another confirms.

    ``from_at`` is the instant asked for (None: when it is confirmed); ``in_force_from`` the instant it counts from.
    """

    pack = models.ForeignKey(Pack, models.PROTECT, related_name="puts")
    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    from_at = models.DateTimeField(null=True)
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    in_force_from = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("program",),
                name="put_one_waiting_for_a_program",
                condition=models.Q(confirmed_at__isnull=True, dropped_at__isnull=True),
            ),
            models.CheckConstraint(
                name="put_by_two_people",
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="put_confirmed_whole_or_not",
                condition=models.Q(confirmed_by__isnull=True, confirmed_at__isnull=True, in_force_from__isnull=True)
                | models.Q(
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                    in_force_from__isnull=False,
                    dropped_at__isnull=True,
                ),
            ),
            # What was done under other rules stays done: no rules come into force before they are confirmed.
            models.CheckConstraint(
                name="put_never_back_in_time",
                condition=models.Q(in_force_from__isnull=True) | models.Q(in_force_from__gte=models.F("confirmed_at")),
            ),
        )
        triggers = (
            pgtrigger.Protect(name="put_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="put_is_settled_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__confirmed_at__isnull=False) | pgtrigger.Q(old__dropped_at__isnull=False),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.pack_id} {self.asked_at:%Y-%m-%d}"

    @property
    def is_waiting(self) -> bool:
        """Whether another person still has to confirm it."""
        return self.confirmed_at is None and self.dropped_at is None


class OccupationQuerySet(models.QuerySet["Occupation"]):
    """The occupation list, filtered as sentences."""

    def in_force(self, day: date) -> Self:
        """Keep the edition that holds on ``day``."""
        latest = Occupation.objects.filter(in_force_from__lte=day).order_by("-in_force_from").values("edition")[:1]
        return self.filter(edition__in=models.Subquery(latest))

    def matching(self, text: str) -> Self:
        """Keep occupations in whose code or titles every word of ``text`` stands, accents and case apart."""
        found = self
        for word in searchable(text).split():
            found = found.filter(search__contains=word)
        return found


class Occupation(models.Model):
    """An occupation of one dated edition of the national classification."""

    edition = models.CharField(max_length=40)
    in_force_from = models.DateField()
    code = models.CharField(max_length=5)
    title_en = models.CharField(max_length=250)
    title_fr = models.CharField(max_length=250)
    teer = models.PositiveSmallIntegerField()
    search = models.TextField(editable=False)

    objects = OccupationQuerySet.as_manager()

    class Meta:
        ordering = ("edition", "code")
        constraints = (models.UniqueConstraint(fields=("edition", "code"), name="occupation_once_in_an_edition"),)

    def __str__(self) -> str:
        return self.code

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.title_fr if language == "fr" else self.title_en


class LoadedTable(models.Model):
    """One edition of a table of reference values that staff loaded for a program, in place of the sample its pack came with."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="tables")
    table = models.CharField(max_length=60, help_text="The name of the table in the pack.")
    name = models.CharField(max_length=200, default="", help_text="What the figures are called where they are read.")
    in_force_from = models.DateField()
    text = models.TextField(help_text="The CSV as it was loaded.")
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ("program", "table", "in_force_from", "pk")
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.program_id} {self.table} {self.in_force_from}"


class Closure(models.Model):
    """A day on which the program's office is closed beyond the holidays of the pack."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="closures")
    day = models.DateField()
    name = models.CharField(max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("day",)
        constraints = (models.UniqueConstraint(fields=("program", "day"), name="closure_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.program_id} {self.day}"


def searchable(text: str) -> str:
    """Return ``text`` in small letters without accents or punctuation, for comparing words of either language."""
    flat = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return " ".join(
        "".join(char if char.isalnum() else " " for char in flat if not unicodedata.combining(char)).split()
    )
