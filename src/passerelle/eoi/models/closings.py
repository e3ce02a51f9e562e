"""A stream closed by two people, and its pool emptied."""

from datetime import datetime
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from passerelle.core.text import pick


class StreamClosingQuerySet(models.QuerySet["StreamClosing"]):
    """Filters that read as a sentence."""

    def of(self, program: str, stream: str) -> Self:
        return self.filter(program=program, stream=stream)

    def waiting(self) -> Self:
        """Proposed, and neither carried out nor taken back."""
        return self.filter(confirmed_at=None, dropped_at=None)

    def in_force(self, *, at: datetime) -> Self:
        """Carried out, and not open again at ``at``."""
        return self.filter(confirmed_at__isnull=False).filter(Q(until=None) | Q(until__gt=at))


class StreamClosing(models.Model):
    """A stream that takes nothing in from ``confirmed_at`` on, until ``until`` (None: for good).

    One person proposes it with a reason for everybody, another carries it out; the files of its pool are then closed in
    batches, and ``finished_at`` is when none was left.
    """

    program = models.CharField(max_length=20)
    stream = models.CharField(max_length=40)
    reason = models.JSONField(help_text="{en, fr}: published, and told to everybody whose file ends.")
    until = models.DateTimeField(null=True, help_text="The instant from which the stream is open again.")
    foreseen = models.JSONField(default=dict, help_text="What ends and what goes on, as counted when it was proposed.")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = StreamClosingQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("program", "stream"),
                name="closing_one_waiting_for_a_stream",
                condition=Q(confirmed_at__isnull=True, dropped_at__isnull=True),
            ),
            models.CheckConstraint(
                name="closing_by_two_people",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True, finished_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, dropped_at__isnull=True)
                & ~Q(confirmed_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="closing_ends_after_it_began",
                condition=Q(until__isnull=True) | Q(confirmed_at__isnull=True) | Q(until__gt=F("confirmed_at")),
            ),
        )
        triggers = (
            pgtrigger.Protect(name="closing_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="closing_stays_as_proposed",
                fields=["program", "stream", "reason", "until", "foreseen", "proposed_by", "proposed_at"],
            ),
            pgtrigger.Protect(
                name="closing_is_settled_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__dropped_at__isnull=False)
                | pgtrigger.Q(old__finished_at__isnull=False)
                | (pgtrigger.Q(old__confirmed_at__isnull=False) & pgtrigger.Q(new__finished_at__isnull=True)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.program} {self.stream} {self.proposed_at:%Y-%m-%d}"

    @property
    def is_waiting(self) -> bool:
        """Whether another person still has to carry it out."""
        return self.confirmed_at is None and self.dropped_at is None

    @property
    def why(self) -> str:
        """The reason in the reader's language."""
        return pick(self.reason)
