"""Rows of documents and of uploads that are under way."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from passerelle.documents.reasons import words
from passerelle.documents.states import DocumentState


class DocumentQuerySet(models.QuerySet["Document"]):
    def of(self, owner: str, slot: str | None = None) -> Self:
        """Files handed in for ``owner`` (in one place of its checklist) that were not taken away again."""
        kept = self.filter(owner=owner).exclude(state=DocumentState.REMOVED)
        return kept if slot is None else kept.filter(slot=slot)


class Document(models.Model):
    """One file in one place of a file's checklist. The stored bytes are its harmless form, under a key of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=60, help_text="Reference of the file it belongs to.")
    slot = models.CharField(max_length=60)
    original_name = models.CharField(max_length=180)
    media_type = models.CharField(max_length=60)
    bytes = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, help_text="Of what is handed out.")
    received_sha256 = models.CharField(max_length=64, help_text="Of what was sent: sent twice, it is one document.")
    state = models.CharField(max_length=10, choices=DocumentState)
    rejected_for = models.CharField(max_length=40, blank=True, help_text="Code of the reason, see reasons.py.")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    scanned_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    storage_name = models.CharField(max_length=120)
    sealed_key = models.TextField(blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ("uploaded_at", "original_name", "id")  # files chosen together arrive at one instant
        indexes = (
            models.Index(fields=("owner", "slot"), name="document_owner"),
            models.Index(fields=("uploaded_at",), name="document_to_scan", condition=Q(state=DocumentState.RECEIVED)),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "slot", "received_sha256"),
                condition=~Q(state=DocumentState.REMOVED),
                name="document_once_in_a_place",
            ),
            models.CheckConstraint(
                name="document_can_be_opened",
                condition=Q(state__in=(DocumentState.REMOVED, DocumentState.REJECTED)) | ~Q(sealed_key=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.owner} {self.slot} {self.original_name}"

    @property
    def reason(self) -> str:
        """Why the file was rejected after it was received, in the reader's language; empty otherwise."""
        return words(self.rejected_for) if self.rejected_for else ""


class UploadState(models.TextChoices):
    OPEN = "open", "Open"
    FINISHED = "finished", "Finished"
    REFUSED = "refused", "Refused"


class Upload(models.Model):
    """A file that comes in parts (tus 1.0). How much has come is the length of its part file, not a column."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=60)
    slot = models.CharField(max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    original_name = models.CharField(max_length=180)
    length = models.PositiveBigIntegerField()
    begun_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.OPEN)
    document = models.ForeignKey(Document, models.SET_NULL, null=True, related_name="+")
    refused_for = models.CharField(max_length=40, blank=True, help_text="Code of the reason, see reasons.py.")

    class Meta:
        ordering = ("begun_at", "id")

    def __str__(self) -> str:
        return f"upload {self.id} for {self.owner}"

    @property
    def is_open(self) -> bool:
        """Whether parts of the file are still awaited."""
        return self.state == UploadState.OPEN
