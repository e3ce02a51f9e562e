"""Rows of the room: invitations, their extensions, the reminders sent."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from passerelle.accounts import acting
from passerelle.core.models import APPEND_ONLY
from passerelle.invitations.states import LIVE, InvitationState

PERSON = settings.AUTH_USER_MODEL


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Filters that read as a sentence."""

    def visible_to(self, person: Any) -> Self:
        """The two parties see theirs, and whoever represents them; staff their programs'."""
        if person.is_staff_member:
            return self.filter(program__in=person.programs_worked_in())
        if person.is_representative:
            return self.filter(acting.theirs(person, "eoi__employer", "eoi__candidate"))
        return self.filter(**{f"eoi__{person.audience}": person})

    def live(self, *, at: datetime) -> Self:
        """Standing at ``at``: not ended, and either met or not yet too late, whatever job has run."""
        return self.filter(state__in=LIVE).filter(in_time(at) | Q(met_at__isnull=False))

    def running(self, *, at: datetime) -> Self:
        """Standing, and the deadline still to be met."""
        return self.filter(in_time(at), state__in=LIVE, met_at=None)

    def overdue(self, *, at: datetime) -> Self:
        """Too late at ``at`` and never taken up, though still open in the books."""
        return self.filter(~in_time(at), state=InvitationState.ISSUED)


def in_time(at: datetime) -> Q:
    """The condition for invitations whose present deadline is still to come at ``at``: see ``Invitation.too_late``."""
    begun = Q(begin_by=None) | Q(begin_by__gt=at) | ~Q(state=InvitationState.ISSUED)
    return Q(respond_by__gt=at) & begun


class Invitation(models.Model):
    """The offer to apply made to the parties of an expression of interest taken in a draw, or to a person notified."""

    reference = models.CharField(max_length=40, unique=True)
    program = models.CharField(max_length=20)
    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="+")
    stream = models.CharField(max_length=40)
    draw = models.ForeignKey("draws.Draw", models.PROTECT, null=True, related_name="+")
    notification = models.OneToOneField(
        "express_entry.Notification", models.PROTECT, null=True, related_name="+", help_text="In place of a draw."
    )
    repair = models.ForeignKey(
        "draws.Repair", models.PROTECT, null=True, related_name="+",
        help_text="Which made it in addition to those drawn; empty for an invitation that the draw itself made.",
    )  # fmt: skip
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.ISSUED)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    respond_by = models.DateTimeField(help_text="First moment too late for the application.")
    target_by = models.DateTimeField(
        null=True, help_text="Where one form waits for another: target for the first, first moment past it."
    )
    begin_by = models.DateTimeField(
        null=True, help_text="Where that form has a deadline of its own: first moment too late to begin."
    )
    accepted_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True, help_text="When both parts of the application were in.")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=500, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-issued_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("eoi",), condition=Q(state__in=LIVE), name="invitation_one_live_per_eoi"),
            models.UniqueConstraint(fields=("draw", "eoi"), name="invitation_once_per_draw"),
            models.CheckConstraint(
                name="invitation_ended_when",
                condition=Q(state__in=LIVE, ended_at__isnull=True) | ~Q(state__in=LIVE) & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_accepted_in_time",
                condition=(Q(accepted_at=None) | Q(accepted_at__lt=F("respond_by")))
                & (Q(accepted_at=None) | Q(begin_by=None) | Q(accepted_at__lt=F("begin_by")))
                & (~Q(state=InvitationState.ACCEPTED) | Q(accepted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="invitation_lapsed_after_its_deadline",
                condition=~Q(state=InvitationState.LAPSED)
                | Q(ended_at__gte=F("respond_by"))
                | Q(accepted_at=None, begin_by__isnull=False, ended_at__gte=F("begin_by")),
            ),
            models.CheckConstraint(
                name="invitation_comes_one_way", condition=Q(draw__isnull=True) | Q(notification__isnull=True)
            ),
            models.CheckConstraint(
                name="invitation_in_addition_is_of_a_draw", condition=Q(repair=None) | Q(draw__isnull=False)
            ),
            models.CheckConstraint(name="invitation_leaves_time", condition=Q(respond_by__gt=F("issued_at"))),
        )
        indexes = (models.Index(fields=("program", "state", "respond_by"), name="invitation_by_deadline"),)

    def __str__(self) -> str:
        return self.reference

    @property
    def selected_at(self) -> datetime:
        """When the person was selected: the draw's issue, or the notification's own."""
        return (self.draw.issued_at if self.draw else None) or self.issued_at

    @property
    def too_late(self) -> datetime:
        """First moment too late for what is to be done next: to begin, where that has its own time, else to be complete."""
        return self.begin_by if self.begin_by and self.state == InvitationState.ISSUED else self.respond_by

    def has_lapsed(self, at: datetime) -> bool:
        """Whether it was too late at ``at``, whatever the books say."""
        return self.state in LIVE and self.met_at is None and at >= self.too_late


class Extension(models.Model):
    """More time for one file, with the reason both parties are told."""

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="extensions")
    before = models.DateTimeField(help_text="The deadline until then.")
    until = models.DateTimeField(help_text="The deadline from then on.")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(name="extension_is_never_earlier", condition=Q(until__gt=F("before"))),
            models.CheckConstraint(name="extension_says_why", condition=~Q(reason="")),
        )
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.invitation_id} until {self.until}"


class Reminder(models.Model):
    """A reminder due under one deadline, sent once; ``skipped`` ones were overtaken before they could be sent."""

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=20, help_text="target, or so many days before.")
    respond_by = models.DateTimeField()
    at = models.DateTimeField()
    skipped = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("invitation", "kind", "respond_by"), name="reminder_once_per_deadline"),
        )
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.invitation_id} {self.kind}"
