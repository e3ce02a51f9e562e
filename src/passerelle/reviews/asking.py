"""A request for a review: what must be said in it, and the documents that come with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.core.verdicts import NotAllowed
from passerelle.documents import operations as documents
from passerelle.documents import queries as files
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules
from passerelle.reviews.terms import Terms

SLOT = "addition"


def said(
    terms: Terms, *, error: str, difference: str = "", additions_reason: str = "", uploads: Sequence[UploadedFile] = ()
) -> dict[str, str]:
    """Return the words of a request as they are kept. Raises NotAllowed where the pack asks for more, or for less."""
    if not error.strip():
        raise NotAllowed(_("Say what is wrong with the decision."))
    if terms.must_have_mattered and not difference.strip():
        raise NotAllowed(_("Say which error was made and what would be different without it."))
    if uploads and not terms.takes_files:
        raise NotAllowed(_("A review looks at what was known at the decision: no documents are added."))
    if uploads and terms.only_what_is_new and not additions_reason.strip():
        raise NotAllowed(_("Say why these documents could not be had before the decision."))
    return {
        "error": error.strip(), "difference": difference.strip(), "additions_reason": additions_reason.strip(),
    }  # fmt: skip


def decide_by(rules: ProgramRules, at: datetime) -> datetime | None:
    """Return the first moment too late for the decision on a review asked for at ``at``, where the pack promises a time."""
    return programs.standard(rules, "review_decision", at)


def keep_additions(owner: str, uploads: Sequence[UploadedFile], *, by: Person, at: datetime) -> None:
    """Keep the documents that come with a request, in the caller's transaction. Raises documents.Unacceptable."""
    for upload in uploads:
        documents.store(owner=owner, slot=SLOT, upload=upload, by=by, at=at)


def additions(owner: str) -> list[Any]:
    """The files added to a request."""
    return list(files.files(owner, SLOT))
