"""The documents of a complete file as an officer reads them: each beside the criteria it supports, one page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from passerelle.applications import federal, queries, recourse
from passerelle.core.text import pick
from passerelle.documents import queries as documents

if TYPE_CHECKING:
    from passerelle.applications.models import Application, Part


@dataclass(frozen=True)
class Place:
    """One place of the checklist, or the answer to a question: its files and the criteria they are read beside."""

    owner: str  # the last part of the reference the files are kept under, as it stands in addresses
    label: str
    required: bool
    criteria: tuple[str, ...]
    files: list[Any]


def of_file(application: "Application") -> list[Place]:
    """Every place of a file: of its forms, of answers to questions, of requests for a review, of the federal side."""
    parts = list(application.parts.all())
    for one in parts:
        one.application = application
    return [
        *(place for one in parts for place in of_part(one)),
        *(of_answer(one) for one in application.information_requests.all()),
        *(of_review(one) for one in application.reviews.select_related("application")),
        *of_federal(application),
    ]


def of_part(part: "Part") -> list[Place]:
    """The places of one form's checklist that hold something or should."""
    filed = queries.documents_of(part)
    places = [
        Place(part.key, pick(slot.label), slot.required, slot.criteria, list(filed.get(slot.key, ())))
        for slot in queries.slots(part)
    ]
    return [one for one in places if one.files or one.required]


def of_answer(request: Any) -> Place:
    """What came with the answer to one question of an officer."""
    owner = request.owner.rpartition("/")[2]
    return Place(owner, _("With the answer to a question"), False, (), list(documents.files(request.owner)))


def of_review(review: Any) -> Place:
    """What came with the request for a review."""
    return Place(
        review.owner.rpartition("/")[2], _("With the request for a review"), False, (), recourse.additions(review)
    )


def of_federal(application: "Application") -> list[Place]:
    """What was sent as proof that a federal invitation was declined, by invitation."""
    told = application.federal_invitations.all() if federal.concerns(application) else ()
    for one in told:
        one.application = application
    label = _("Proof that the federal invitation was declined")
    return [Place(one.owner.rpartition("/")[2], label, False, (), federal.proofs(one)) for one in told]


def opened(application: "Application", places: list[Place], asked: Mapping[str, str]) -> dict[str, Any]:
    """What the viewer shows: the document and page that the address asks for, if it is one of the file's."""
    wanted = asked.get("document", "")
    found = ((place, one) for place in places for one in place.files if str(one.pk) == wanted)
    place, document = next(found, (None, None))
    if place is None or document is None:
        return {"hint": _("Choose a document beside a criterion: it opens here, and the reading is logged.")}
    leaf = documents.leaf(document, asked.get("page", "1"))
    address = [application.reference, place.owner, document.pk]
    return {
        "leaf": leaf, "supports": place.label,
        "image_url": reverse("applications:staff_document_page", args=[*address, leaf.page]),
        "download_url": reverse("applications:staff_document", args=address),
    }  # fmt: skip
