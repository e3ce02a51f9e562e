"""What other rooms may know about files."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Leaf:
    """A document open at one page (from 1), and the pages before and after it, if there are any."""

    document: Document
    page: int
    pages: int

    @property
    def before(self) -> int | None:
        """The page before, or None on the first."""
        return self.page - 1 if self.page > 1 else None

    @property
    def after(self) -> int | None:
        """The page after, or None on the last."""
        return self.page + 1 if self.page < self.pages else None


def leaf(document: Document, asked: str) -> Leaf:
    """Open ``document`` at the page ``asked`` for in an address; what is no page of it means the nearest one."""
    pages = document.pages or 1
    page = int(asked) if asked.isdecimal() and len(asked) < 6 else 1
    return Leaf(document, min(max(page, 1), pages), pages)


def uploads_of(person: Person) -> QuerySet[Upload]:
    """What a person is sending in parts, finished uploads too."""
    return Upload.objects.select_related("person").filter(person=person)


def caps() -> Limits:
    """The caps on one file, for hints beside the form."""
    return limits()
