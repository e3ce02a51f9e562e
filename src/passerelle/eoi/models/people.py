"""Bars: who may not file for a time."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class BarQuerySet(models.QuerySet["Bar"]):
    """Filters that read as a sentence."""

    def in_force(self, *, at: datetime) -> Self:
        return self.filter(from_at__lte=at, before__gt=at).filter(Q(lifted_at__isnull=True) | Q(lifted_at__gt=at))


class Bar(models.Model):
    """A person may not file from ``from_at`` until ``before`` (nwt.md, R4.5), under whichever account they come.

    It follows the person key, so it holds across accounts and employers. It comes from the refusal of a file, or from a
    contravention order: then it may last longer and bind an employer or a representative by a key of their own.
    """

    program = models.CharField(max_length=20)
    person_key = models.CharField(max_length=64)
    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, null=True, related_name="bars")
    order = models.CharField(max_length=40, blank=True, default="", help_text="The contravention order it comes from.")
    from_at = models.DateTimeField()
    before = models.DateTimeField(help_text="The first moment at which they may file again.")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lift_reason = models.TextField(blank=True)
    lift_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lift_confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = BarQuerySet.as_manager()

    class Meta:
        ordering = ("-from_at", "-id")
        constraints = (
            models.CheckConstraint(name="bar_takes_two_people", condition=~Q(by=F("confirmed_by"))),
            models.CheckConstraint(name="bar_ends_after_it_begins", condition=Q(before__gt=F("from_at"))),
            models.CheckConstraint(
                name="bar_lifted_by_two_people",
                condition=Q(lifted_at__isnull=True, lift_confirmed_by__isnull=True)
                | Q(lifted_at__isnull=False, lift_by__isnull=False, lift_confirmed_by__isnull=False)
                & ~Q(lift_by=F("lift_confirmed_by"))
                & ~Q(lift_reason="")
                # An order's bar goes with the order: the reviewer, a third person, is enough.
                | Q(lifted_at__isnull=False, lift_by__isnull=False, lift_confirmed_by__isnull=True)
                & ~Q(lift_by=F("by"))
                & ~Q(lift_by=F("confirmed_by"))
                & ~Q(lift_reason="")
                & ~Q(order=""),
            ),
            models.CheckConstraint(name="bar_has_its_cause", condition=Q(eoi__isnull=False) | ~Q(order="")),
            models.UniqueConstraint(fields=("order",), condition=~Q(order=""), name="bar_once_an_order"),
        )
        indexes = (models.Index(fields=("program", "person_key", "before"), name="bar_by_person"),)

    def __str__(self) -> str:
        return f"bar {self.pk}"
