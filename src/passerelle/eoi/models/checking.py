"""Checking a claim: proof asked for, a doubt put to the candidate, notes among staff."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from passerelle.core.sealing import SealedTextField


class EvidenceRequest(models.Model):
    """Staff ask for documents to check answers before an invitation (nwt.md, R4.3)."""

    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="evidence_requests")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_by = models.DateTimeField(help_text="The first moment too late.")
    answered_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    overdue_told_at = models.DateTimeField(null=True, help_text="When staff were told that nothing came in time.")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("eoi",), condition=Q(answered_at=None, dropped_at=None), name="evidence_one_open_request"
            ),
            models.CheckConstraint(name="evidence_due_later", condition=Q(due_by__gt=F("at"))),
        )

    def __str__(self) -> str:
        return f"{self.eoi_id}: proof asked"

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.dropped_at is None


class EvidenceItem(models.Model):
    """One document asked for; ``slot`` is where its files are kept."""

    class Finding(models.TextChoices):
        OPEN = "open"
        CONFIRMED = "confirmed"
        NOT_CONFIRMED = "not_confirmed"

    request = models.ForeignKey(EvidenceRequest, models.PROTECT, related_name="items")
    key = models.CharField(max_length=60, help_text="Of the pack's list of documents; empty for another one.")
    label = models.JSONField(help_text="In both languages.")
    note = SealedTextField(default="")
    reply = SealedTextField(default="")
    finding = models.CharField(max_length=15, choices=Finding, default=Finding.OPEN)
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.request_id}: {self.key}"

    @property
    def slot(self) -> str:
        return f"proof-{self.pk}"


class Doubt(models.Model):
    """The fairness notice: what is doubted, and until when the candidate may reply before anything is decided."""

    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="doubts")
    what = SealedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reply_by = models.DateTimeField(help_text="The first moment too late.")
    reply = SealedTextField(default="")
    replied_at = models.DateTimeField(null=True)
    overdue_told_at = models.DateTimeField(null=True, help_text="When staff were told that no reply came in time.")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=[("lifted", "lifted"), ("refused", "refused")], blank=True)
    reason = SealedTextField(default="", help_text="Of a refusal, asked for or decided.")
    bar_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    bar_asked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("eoi",), condition=Q(settled_at=None), name="doubt_one_open"),
            models.CheckConstraint(name="doubt_leaves_time_to_reply", condition=Q(reply_by__gt=F("at"))),
            models.CheckConstraint(
                name="doubt_settled_by_someone",
                condition=Q(settled_at__isnull=True, outcome="")
                | Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="doubt_refused_after_a_hearing",
                condition=~Q(outcome="refused") | Q(replied_at__isnull=False) | Q(settled_at__gte=F("reply_by")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.eoi_id}: doubt"


class Note(models.Model):
    """A note among staff."""

    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="notes")
    text = SealedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.eoi_id}: note"
