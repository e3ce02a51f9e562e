"""What other rooms may know about files."""

from uuid import UUID

from passerelle.documents.inspection.rules import Limits
from passerelle.documents.limits import limits
from passerelle.documents.models import Document, DocumentQuerySet


def files(owner: str, slot: str | None = None) -> DocumentQuerySet:
    """The files handed in for ``owner`` (in one place of its checklist), oldest first; rejected ones say why."""
    return Document.objects.of(owner, slot)


def document(owner: str, pk: UUID | str) -> Document | None:
    """One file of ``owner`` that was not removed, or None."""
    return Document.objects.of(owner).filter(pk=pk).first()


def caps() -> Limits:
    """The caps on one file, for hints beside the form."""
    return limits()
