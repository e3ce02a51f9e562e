"""The expression of interest itself, and the keys of its submissions."""

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from passerelle.accounts import acting
from passerelle.core.sealing import SealedJSONField
from passerelle.eoi.models.people import Bar
from passerelle.eoi.states import AGEING, CHANGEABLE, LIVE, UNSETTLED, EOIState

# Large or private columns that no list needs.
HEAVY = ("answers", "facts", "sheet", "criteria")
# What even an expression of interest that may be changed keeps from the day it was handed in.
_FIXED_FOR_GOOD = ("category", "stream", "pack_id", "person_key", "first_submitted_at", "checked_first", "changeable")
_FIXED_AT_SUBMISSION = (
    *_FIXED_FOR_GOOD, "answers", "criteria", "submitted_at", "receipt",
)  # fmt: skip


def _any_change(*names: str) -> Any:
    """A trigger's condition: one of these columns changes (pgtrigger's own cannot be joined with others)."""
    return reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in names))


class ExpressionOfInterestQuerySet(models.QuerySet["ExpressionOfInterest"]):
    """Filters that read as a sentence."""

    def visible_to(self, person: Any) -> Self:
        """The two parties see theirs, and whoever represents them; staff their programs', of a draft that it exists."""
        if person.is_staff_member:
            return self.filter(program__in=person.programs_worked_in())
        if person.is_representative:
            return self.filter(acting.theirs(person, "employer", "candidate"))
        return self.filter(**{person.audience: person})

    def of(self, program: str) -> Self:
        return self.filter(program=program)

    def in_categories(self, categories: Collection[str]) -> Self:
        return self.filter(category__in=categories) if categories else self

    def in_stream(self, stream: str) -> Self:
        return self.filter(stream=stream) if stream else self

    def valid(self, *, at: datetime) -> Self:
        """Not yet a year old at ``at`` (nwt.md, R2.6), whatever job has run."""
        return self.filter(valid_before__gt=at)

    def barred(self, *, at: datetime) -> Self:
        return self.filter(self._bar_at(at))

    def not_barred(self, *, at: datetime) -> Self:
        return self.exclude(self._bar_at(at))

    def drawable(self, *, at: datetime) -> Self:
        """In the pool, valid and not barred at ``at``."""
        return self.filter(state=EOIState.IN_POOL).valid(at=at).not_barred(at=at)

    def ranked(self) -> Self:
        return self.order_by("-points", "placed_at", "id")

    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def to_review(self) -> Self:
        """Handed in and waiting for an officer, oldest first."""
        return self.filter(state=EOIState.SUBMITTED).order_by("review_from", "id")

    def unsettled(self) -> Self:
        return self.filter(state__in=UNSETTLED)

    def overdue(self, *, at: datetime) -> Self:
        """Too old at ``at`` though still open in the books."""
        return self.filter(state__in=AGEING, valid_before__lte=at)

    def light(self) -> Self:
        """Without the columns that no list needs."""
        return self.defer(*HEAVY)

    @staticmethod
    def _bar_at(at: datetime) -> Exists:
        return Exists(
            Bar.objects.in_force(at=at).filter(program=OuterRef("program"), person_key=OuterRef("person_key"))
        )


class ExpressionOfInterest(models.Model):
    """An employer's and a candidate's entry for the pool."""

    reference = models.CharField(max_length=40, unique=True)
    program = models.CharField(max_length=20)
    stream = models.CharField(max_length=40, help_text="Whose pool it waits in.")
    category = models.CharField(max_length=40)
    pack = models.ForeignKey("programs.Pack", models.PROTECT, related_name="+")
    offer_before = models.DateTimeField(
        null=True, help_text="Where an employer's job offer opens the file: first moment too late to use it."
    )
    employer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    candidate = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=20, choices=EOIState, default=EOIState.DRAFT)
    criteria = models.JSONField(default=dict, help_text="Criterion key to yes, no or unsure.")
    unsure_told_at = models.DateTimeField(null=True, help_text="When staff were asked about criteria answered unsure.")
    answers = SealedJSONField(default=dict)
    version = models.PositiveIntegerField(default=0, help_text="Of the answers: grows by one with each change.")
    saved_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    checked_first = models.BooleanField(default=True, help_text="An officer confirms the points before the pool.")
    changeable = models.BooleanField(default=False, help_text="The candidate may change it until invited.")

    facts = models.JSONField(default=dict)
    points = models.PositiveIntegerField(null=True)
    sheet = models.JSONField(default=dict)
    grid = models.CharField(max_length=60, blank=True)
    live_scope = models.CharField(max_length=80, blank=True, help_text="Within which a person has one live EOI.")
    person_key = models.CharField(max_length=64, blank=True)
    birth_key = models.CharField(
        max_length=64, blank=True, help_text="For likeness: staff are told, nobody is stopped."
    )

    first_submitted_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    placed_at = models.DateTimeField(null=True, help_text="Since when it holds its place among equal points.")
    lapses_at = models.DateTimeField(
        null=True, help_text="First moment a mandatory criterion is no longer met by time alone; empty: not worked out."
    )
    valid_before = models.DateTimeField(null=True, help_text="The first moment too late.")
    review_from = models.DateTimeField(null=True)
    review_by = models.DateTimeField(null=True, help_text="The first moment too late.")
    reminded_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_points = models.PositiveIntegerField(null=True, help_text="The total last told to the parties.")
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.CharField(max_length=30, blank=True)
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    receipt = models.CharField(max_length=120, blank=True, help_text="Signature of the receipt.")

    objects = ExpressionOfInterestQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("live_scope", "person_key"), condition=Q(state__in=LIVE), name="eoi_one_live_per_person"
            ),
            models.CheckConstraint(
                name="eoi_submitted_is_whole",
                condition=Q(state__in=(EOIState.DRAFT, EOIState.CLOSED))
                | Q(
                    candidate__isnull=False,
                    points__isnull=False,
                    first_submitted_at__isnull=False,
                    submitted_at__isnull=False,
                    placed_at__isnull=False,
                    valid_before__isnull=False,
                    review_by__isnull=False,
                )
                & ~Q(person_key="")
                & ~Q(live_scope="")
                & ~Q(receipt=""),
            ),
            models.CheckConstraint(
                name="eoi_in_pool_is_confirmed",
                condition=~Q(state__in=(EOIState.IN_POOL, EOIState.ON_HOLD, EOIState.INVITED))
                | Q(confirmed_at__isnull=False, confirmed_points=F("points"))
                & (Q(checked_first=False) | Q(confirmed_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="eoi_ended_when_and_why",
                condition=Q(state__in=(EOIState.DRAFT, *LIVE), closed_at__isnull=True, closing_reason="")
                | Q(state__in=(EOIState.WITHDRAWN, EOIState.REFUSED), closed_at__isnull=False)
                | Q(state=EOIState.CLOSED, closed_at__isnull=False) & ~Q(closing_reason=""),
            ),
            models.CheckConstraint(
                name="eoi_valid_after_submission",
                condition=Q(valid_before__isnull=True) | Q(valid_before__gt=F("submitted_at")),
            ),
        )
        indexes = (
            models.Index(
                "program",
                "stream",
                F("points").desc(),
                "placed_at",
                "id",
                name="eoi_pool_order",
                condition=Q(state=EOIState.IN_POOL),
                # What a count of the pool asks of each row: it is then answered by the index alone.
                include=("valid_before", "person_key"),
            ),
            # How many stand where, by category: counted over the index alone, for the rows are wide.
            models.Index(
                fields=("program", "state", "category", "valid_before", "first_submitted_at"), name="eoi_standing"
            ),
            models.Index(
                fields=("program", "lapses_at", "id"), name="eoi_pool_lapsing", condition=Q(state=EOIState.IN_POOL)
            ),
            models.Index(
                fields=("program", "review_from", "id"), name="eoi_to_review", condition=Q(state=EOIState.SUBMITTED)
            ),
            models.Index(fields=("employer", "-id"), name="eoi_by_employer"),
            models.Index(fields=("candidate", "-id"), name="eoi_by_candidate"),
            models.Index(fields=("birth_key",), name="eoi_by_birth", condition=Q(state__in=LIVE)),
            models.Index(fields=("valid_before", "id"), name="eoi_ageing", condition=Q(state__in=AGEING)),
        )
        triggers = (
            # What was handed in is never edited (nwt.md, R2.4): not by a slip in our own code either.
            pgtrigger.Protect(
                name="final_once_submitted",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=EOIState.DRAFT.value)
                & (
                    pgtrigger.Q(old__changeable=False)
                    | ~pgtrigger.Q(old__state__in=CHANGEABLE)
                    | _any_change(*_FIXED_FOR_GOOD)
                )
                & _any_change(*_FIXED_AT_SUBMISSION),
            ),
            pgtrigger.Protect(
                name="kept_once_submitted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__first_submitted_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def employer_name(self) -> str:
        """The employer's name, empty where none is part of it (yet)."""
        return self.employer.name if self.employer else ""

    @property
    def is_draft(self) -> bool:
        return self.state == EOIState.DRAFT

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_confirmed(self) -> bool:
        """Whether a total has been told to the parties."""
        return self.confirmed_points is not None

    def has_expired(self, at: datetime) -> bool:
        """Whether its year was over at ``at`` (the first moment too late counts as over)."""
        return self.valid_before is not None and at >= self.valid_before


class SubmissionKey(models.Model):
    """The token of one press of the button: pressed again, it gives the same receipt and nothing more."""

    token = models.CharField(max_length=64, unique=True)
    eoi = models.ForeignKey(ExpressionOfInterest, models.PROTECT, related_name="submission_keys")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(help_text="Of the answers that were handed in.")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        triggers = (pgtrigger.Protect(name="key_is_final", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.eoi_id} v{self.version}"
