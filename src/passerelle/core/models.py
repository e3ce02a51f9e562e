"""Rows that every room shares: the audit trail, the access log, reference counters."""

import pgtrigger
from django.conf import settings
from django.db import models

APPEND_ONLY = (
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    # Row triggers do not fire on TRUNCATE: it needs a statement trigger of its own.
    pgtrigger.Trigger(
        name="never_emptied",
        operation=pgtrigger.Truncate,
        when=pgtrigger.Before,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'history is never rewritten: % cannot be emptied', TG_TABLE_NAME;",
    ),
)


def is_append_only(model: type[models.Model]) -> bool:
    """Say whether rows of a table are written once: it has every trigger of ``APPEND_ONLY``, and may have others."""
    there = getattr(model._meta, "triggers", ())
    return all(one in there for one in APPEND_ONLY)


class AuditEvent(models.Model):
    """One act: what, on which record, by whom (and for whom), when, with the facts before and after."""

    program = models.CharField(max_length=20, blank=True)
    subject = models.CharField(max_length=60)
    number = models.PositiveIntegerField(help_text="Place in the subject's chain, from 1.")
    event = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    for_person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("subject", "number"), name="audit_one_chain_per_subject"),)
        indexes = (models.Index(fields=("program", "at"), name="audit_by_program"),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.subject} {self.number} {self.event}"


class TrailHead(models.Model):
    """One root over every event of the trail since the head before, signed and published (``core.heads``)."""

    number = models.PositiveIntegerField(unique=True)
    taken_at = models.DateTimeField()
    through = models.BigIntegerField(help_text="The last event under this head.")
    size = models.PositiveIntegerField(help_text="How many events it stands for.")
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    signature = models.CharField(max_length=120)

    class Meta:
        ordering = ("number",)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.number} {self.root}"


class AccessRow(models.Model):
    """A staff member read a file, or anyone opened a document: shown to the person read about."""

    subject = models.CharField(max_length=60, db_index=True)
    # Its index is the one with the instant, below: how much somebody read lately is asked at each reading.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    what = models.CharField(max_length=60)
    purpose = models.CharField(max_length=200)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("by", "at"), name="access_by_reader"),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.subject} {self.what}"


class Counter(models.Model):
    """The last number given under a prefix in a year."""

    prefix = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("prefix", "year"), name="counter_one_per_prefix_and_year"),)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"
