"""Rows of notices, letters and staff tasks."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from passerelle.core.sealing import SealedBytesField, SealedJSONField
from passerelle.notices.states import NoticeState

ONE_ADDRESS = r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+$"

# What was promised to be sent may not change under a retry, and goes to the reader's own address or nowhere.
_OWN_ADDRESS = """
    IF NEW.to_id IS NOT NULL AND NEW.address <> '' AND NOT EXISTS (
        SELECT 1 FROM accounts_person WHERE id = NEW.to_id AND lower(email) = lower(NEW.address)
    ) THEN
        RAISE EXCEPTION 'notice to an address that is not the reader''s own' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
_CONTENT = ("program", "kind", "to", "address", "language", "subject", "body", "about", "queued_at", "message_id")
_LETTER = ("program", "number", "kind", "about", "to", "language", "title", "letterhead", "made_at", "signature")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, person: models.Model) -> Self:
        """A message is its reader's alone."""
        return self.filter(to=person)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One message to one person: in their portal inbox from the moment of the act, by e-mail soon after."""

    program = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=60)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=2, choices=[("en", "English"), ("fr", "Français")])
    subject = models.CharField(max_length=200)
    body = models.TextField()
    about = models.CharField(max_length=60, blank=True)
    queued_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.QUEUED)
    due_at = models.DateTimeField(help_text="Not tried before this moment.")
    leased_until = models.DateTimeField(null=True, help_text="A worker has it in hand until then.")
    attempts = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=120, unique=True)
    sent_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ("-queued_at", "-id")
        indexes = (
            models.Index(fields=("due_at", "id"), name="notice_outbox", condition=Q(state=NoticeState.QUEUED)),
            models.Index(fields=("to", "-queued_at"), name="notice_inbox"),
            models.Index(fields=("about",), name="notice_about"),
        )
        constraints = (
            models.CheckConstraint(
                name="notice_to_one_address", condition=Q(address="") | Q(address__regex=ONE_ADDRESS)
            ),
            models.CheckConstraint(name="notice_has_a_reader", condition=Q(to__isnull=False) | ~Q(address="")),
            models.CheckConstraint(
                name="notice_sent_has_an_instant",
                condition=~Q(state=NoticeState.SENT) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="notice_bounced_has_an_instant",
                condition=~Q(state=NoticeState.BOUNCED) | Q(bounced_at__isnull=False),
            ),
            models.CheckConstraint(name="notice_subject_is_one_line", condition=~Q(subject__regex=r"[\r\n]")),
        )
        triggers = (
            pgtrigger.Trigger(name="own_address", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_OWN_ADDRESS),
            pgtrigger.Protect(
                name="content_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*_CONTENT),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class Attachment(models.Model):
    """A small file that goes with a message, such as a calendar entry."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=100)
    media_type = models.CharField(max_length=60)
    content = models.BinaryField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Fence(models.Model):
    """Set by a restore: what was queued before it was perhaps sent already by the original, so it stays here."""

    armed_before = models.DateTimeField()
    armed_at = models.DateTimeField()

    class Meta:
        ordering = ("-armed_before", "-id")

    def __str__(self) -> str:
        return f"fence {self.armed_before:%Y-%m-%d %H:%M}"


class StaffTask(models.Model):
    """Something a person of the program must see to."""

    program = models.CharField(max_length=20)
    kind = models.CharField(max_length=60)
    about = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(default=str, help_text="Plain text, or the same in both languages {en, fr}.")
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="+")
    due_by = models.DateTimeField(null=True, help_text="The first moment too late.")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("opened_at", "id")
        indexes = (models.Index(fields=("program", "opened_at"), name="task_open", condition=Q(closed_at=None)),)
        constraints = (
            models.CheckConstraint(
                name="task_closed_by_someone",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
            models.UniqueConstraint(fields=("notice",), name="task_one_per_notice"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class Letter(models.Model):
    """A letter with a number anyone can check; the page and the PDF are made from the same blocks."""

    program = models.CharField(max_length=20)
    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=60)
    about = models.CharField(max_length=60)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=[("en", "English"), ("fr", "Français")])
    title = models.CharField(max_length=200)
    body = SealedJSONField()
    letterhead = models.JSONField()
    made_at = models.DateTimeField()
    signature = models.CharField(max_length=120)

    class Meta:
        ordering = ("-made_at", "-id")
        indexes = (models.Index(fields=("about",), name="letter_about"),)
        # The body is left out: rotating the keys seals it anew, and the signature covers what it says.
        triggers = (
            pgtrigger.Protect(
                name="letter_is_final", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(*_LETTER)
            ),
        )

    def __str__(self) -> str:
        return self.number


class LetterPdf(models.Model):
    """The printed form of a letter, kept as it was first made."""

    letter = models.OneToOneField(Letter, models.CASCADE, related_name="pdf")
    content = SealedBytesField()

    class Meta:
        ordering = ("letter_id",)

    def __str__(self) -> str:
        return f"{self.letter_id} PDF"
