"""Who may do what with a contravention order, each with the reason why not."""

from datetime import datetime

from django.utils.translation import gettext as _

from passerelle.accounts import acting
from passerelle.accounts.models import Person
from passerelle.core.verdicts import YES, Verdict
from passerelle.orders.models import Order, OrderReview
from passerelle.orders.states import STANDING, OrderState

CHECKERS = ("officer", "reviewer", "director")
MAKERS = ("reviewer", "director")
READERS = (*CHECKERS, "auditor")


def can_propose(person: Person, program: str) -> Verdict:
    """An officer, a reviewer or a director of the program; the same people send the notice and record what comes in."""
    if not (person.is_staff_member and person.has_role(program, *CHECKERS)):
        return Verdict(False, _("Only an officer, a reviewer or a director of this program can do this."))
    return YES


def can_make(person: Person, order: Order, *, at: datetime) -> Verdict:
    """A reviewer or a director who did not propose it, once the person has replied or the time to reply is over."""
    if not (person.is_staff_member and person.has_role(order.program, *MAKERS)):
        return Verdict(False, _("Only a reviewer or a director makes an order."))
    if order.proposed_by_id == person.pk:
        return Verdict(False, _("You proposed this order: another person must make it."))
    if order.replied_at is None and order.reply_by is not None and at < order.reply_by:
        return Verdict(False, _("The person may still reply."))
    return YES


def can_reply(person: Person, order: Order) -> Verdict:
    """The person it is about or their representative, once; staff enter the reply of somebody without an account."""
    may = _for_the_person(
        person, order, "orders.reply_to_notice",
        _("Only the person the notice was sent to, or their representative, can reply."),
    )  # fmt: skip
    if not may:
        return may
    if order.state != OrderState.NOTICED or order.replied_at is not None:
        return Verdict(False, _("There is no notice that waits for a reply."))
    return YES


def can_ask_review(person: Person, order: Order, *, at: datetime) -> Verdict:
    """The person it is about or their representative, once, within the pack's days; staff enter it for who has no account."""
    may = _for_the_person(
        person, order, "orders.ask_order_review",
        _("Only the person the order is against, or their representative, can ask for a review."),
    )  # fmt: skip
    if not may:
        return may
    if order.state not in STANDING or order.review_before is None:
        return Verdict(False, _("There is no order to review."))
    if OrderReview.objects.filter(order=order).exists():
        return Verdict(False, _("A review of this order has already been asked for."))
    if at >= order.review_before:
        return Verdict(False, _("The time to ask for a review has passed."))
    return YES


def _for_the_person(person: Person, order: Order, act: str, otherwise: str) -> Verdict:
    if order.subject_id is None and can_propose(person, order.program):
        return YES
    return acting.may_act(person, order.subject_id, act, otherwise=otherwise)


def can_decide_review(person: Person, review: OrderReview) -> Verdict:
    """Somebody who neither proposed nor made the order, nor entered the request."""
    may = can_propose(person, review.order.program)
    if may and person.pk in (review.proposed_by_id, review.made_by_id):
        return Verdict(False, _("You took part in this order: another person must review it."))
    return may
