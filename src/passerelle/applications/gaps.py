"""What is still to be done before a part of an application can be submitted."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from passerelle.applications import queries
from passerelle.applications.models import Part
from passerelle.core.text import pick


@dataclass(frozen=True)
class Gap:
    """One thing to do, in the reader's language, and where: in a section, or else at a document's place."""

    text: str
    section: str = ""
    slot: str = ""


def gaps(part: Part) -> list[Gap]:
    """Return what is left, sections first; nothing once the part can be submitted."""
    undone = [one for one, state in queries.sections(part) if state in ("not_started", "in_progress")]
    filed = queries.documents_of(part)
    absent = [one for one in queries.slots(part) if one.required and not filed.get(one.key)]
    return [
        *(Gap(_("Complete the section “%(title)s”.") % {"title": pick(one.title)}, section=one.key) for one in undone),
        *(Gap(_("Add the document “%(label)s”.") % {"label": pick(one.label)}, slot=one.key) for one in absent),
    ]
