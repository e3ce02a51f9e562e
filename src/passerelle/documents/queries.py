"""What other rooms may know about files."""

from uuid import UUID

from django.db.models import QuerySet

from passerelle.accounts.models import Person
from passerelle.documents.inspection.rules import Limits
from passerelle.documents.limits import limits
from passerelle.documents.models import Document, DocumentQuerySet, Upload


def files(owner: str, slot: str | None = None) -> DocumentQuerySet:
    """The files handed in for ``owner`` (in one place of its checklist), oldest first; rejected ones say why."""
    return Document.objects.of(owner, slot)


def document(owner: str, pk: UUID | str) -> Document | None:
    """One file of ``owner`` that was not removed, or None."""
    return Document.objects.of(owner).filter(pk=pk).first()


def uploads_of(person: Person) -> QuerySet[Upload]:
    """What a person is sending in parts, finished uploads too."""
    return Upload.objects.select_related("person").filter(person=person)


def caps() -> Limits:
    """The caps on one file, for hints beside the form."""
    return limits()
