"""The review of an order: asked within the pack's days, decided by a third person, final."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.core.verdicts import NotAllowed, require
from passerelle.documents import operations as documents
from passerelle.documents import queries as files
from passerelle.eoi import operations as eois
from passerelle.notices import operations as notices
from passerelle.orders import queries
from passerelle.orders.models import Order, OrderReview
from passerelle.orders.operations.support import locked, serve, tell, told
from passerelle.orders.permissions import can_ask_review, can_decide_review
from passerelle.orders.states import ORDER_LIFECYCLE
from passerelle.reviews import asking, deciding


@transaction.atomic
def ask_order_review(
    *, reference: str, error: str, difference: str = "", additions_reason: str = "", uploads: Sequence[UploadedFile] = (),
    by: Person, at: datetime,
) -> OrderReview:  # fmt: skip
    """Ask for a review: the error alleged, what would be otherwise without it, and documents that could not come earlier.

    Raises NotAllowed (also where the pack asks for more to be said), Unacceptable for a file.
    """
    order = locked(reference)
    require(can_ask_review(by, order, at=at))
    given = asking.said(
        queries.terms_of_review(order), error=error, difference=difference, additions_reason=additions_reason,
        uploads=uploads,
    )  # fmt: skip
    assert order.made_by  # only an order that was made is reviewed
    decide_by = asking.decide_by(queries.rules_of(order), at)
    review = OrderReview.objects.create(
        order=order, asked_by=by, asked_at=at, decide_by=decide_by, proposed_by=order.proposed_by, made_by=order.made_by,
        **given,
    )  # fmt: skip
    asking.keep_additions(order.owner, uploads, by=by, at=at)
    told("order.review_asked", order, by=by, at=at)
    detail = {"en": "A review of the order was asked for.", "fr": "Une révision de l'ordonnance a été demandée."}
    notices.open_task(
        "order.review_asked", program=order.program, about=reference, detail=detail, at=at, due_by=decide_by
    )
    tell("order_review_asked", order, at=at)
    return review


@transaction.atomic
def decide_order_review(*, reference: str, outcome: str, reasons: str, by: Person, at: datetime) -> OrderReview:
    """Let the order stand or set it aside, which lifts its ban and takes it off the register; the decision is final.

    Raises NotAllowed for whoever proposed or made it.
    """
    order = locked(reference)
    review = OrderReview.objects.select_for_update(of=("self",)).filter(order=order, outcome="").first()
    if review is None:
        raise NotAllowed(_("There is no request for a review to decide."))
    require(can_decide_review(by, review))
    overturned = deciding.settle(review, outcome=outcome, reasons=reasons, by=by, at=at)
    if overturned:
        _set_aside(order, reasons, by=by, at=at)
    told(f"order.review_{outcome}", order, by=by, at=at)
    serve(
        "order_review_decision",
        order,
        by=by,
        at=at,
        overturned=overturned,
        reasons=reasons,
        was_paid=bool(order.paid_on),
    )
    tell("order_review_decided", order, at=at)
    return review


def _set_aside(order: Order, reasons: str, *, by: Person, at: datetime) -> None:
    order.state = ORDER_LIFECYCLE.after(order.state, "set_aside")
    order.closed_at, order.closing_reason = at, reasons
    order.save(update_fields=["state", "closed_at", "closing_reason"])
    eois.lift_bar_of_order(order=order.reference, reason=reasons, by=by, at=at)
    told("order.set_aside", order, by=by, at=at)


def open_addition(*, order: Order, document: Any, by: Person, at: datetime) -> Any:
    """Hand a staff member or the person one file added to the request; logged. None where there is no such file."""
    found = files.document(order.owner, document)
    return None if found is None else documents.open_file(document=found, by=by, at=at, purpose="order review")
