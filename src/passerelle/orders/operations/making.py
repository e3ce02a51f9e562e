"""Making an order, by another person than the one who proposed it; recording that the penalty was paid."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.core import deadlines
from passerelle.core.verdicts import NotAllowed, require
from passerelle.eoi import operations as eois
from passerelle.orders import queries
from passerelle.orders.models import Order
from passerelle.orders.operations import likeness, under_way
from passerelle.orders.operations.support import alone_with_person, locked, serve, tell, told, work_out
from passerelle.orders.permissions import can_make, can_propose
from passerelle.orders.states import ORDER_LIFECYCLE, SubjectKind
from passerelle.programs import queries as programs
from passerelle.representatives import operations as representatives


class AmountChanged(NotAllowed):
    """The penalty is no longer the one the person was told of: a new notice comes first."""


@transaction.atomic
def make_order(*, reference: str, by: Person, at: datetime) -> Order:
    """Second of two: make the order, bar the person, and serve it in both languages with the recourse named.

    Raises NotAllowed (also while the person may still reply), IllegalMove, AmountChanged.
    """
    order = locked(reference)
    state = ORDER_LIFECYCLE.after(order.state, "make")
    require(can_make(by, order, at=at))
    _same_amount(order, at)
    _set_terms(order, by=by, at=at)
    order.state = state
    order.save()
    if order.ban_years:
        eois.bar_by_order(
            order=reference, rules=queries.rules_of(order), person_key=order.person_key, years=order.ban_years,
            reason=order.provision, by=order.proposed_by, confirmed_by=by, at=at,
        )  # fmt: skip
        if order.kind == SubjectKind.REPRESENTATIVE:
            representatives.end_barred(program=order.program, at=at)
        likeness.note_accounts(order, at=at)
        under_way.ask_about_files(order, at=at)
    told(
        "order.made", order, by=by, at=at, detail={"ban_before": order.ban_before, "penalty_cents": order.penalty_cents}
    )
    serve("contravention_order", order, by=by, at=at)
    tell("order_made", order, at=at, review_before=order.review_before)
    return order


def _same_amount(order: Order, at: datetime) -> None:
    noticed = order.penalty_cents
    alone_with_person(order)
    work_out(order, at)
    if order.penalty_cents != noticed:
        raise AmountChanged(_("The penalty has changed since the notice: send a new notice first."))


def _set_terms(order: Order, *, by: Person, at: datetime) -> None:
    rules = queries.rules_of(order)
    order.made_by, order.made_at = by, at
    order.review_before = programs.due(rules, "review_request", at)
    if order.ban_years:
        order.ban_before = deadlines.anniversary(at, years=order.ban_years, zone=rules.zone)
    if order.penalised:
        order.pay_by = programs.due(rules, "penalty_payment", at)


@transaction.atomic
def record_payment(*, reference: str, paid_on: date, by: Person, at: datetime) -> Order:
    """Record that the penalty was paid, on the day the money came in; not before the order nor in the future."""
    order = locked(reference)
    require(can_propose(by, order.program))
    if not order.penalised:
        raise NotAllowed(_("This order has no penalty."))
    order.state = ORDER_LIFECYCLE.after(order.state, "pay")
    zone = queries.rules_of(order).zone
    assert order.made_at
    if not deadlines.local_day(order.made_at, zone) <= paid_on <= deadlines.local_day(at, zone):
        raise NotAllowed(_("The day must lie between the order and today."))
    order.paid_on, order.paid_entered_by = paid_on, by
    order.save(update_fields=["state", "paid_on", "paid_entered_by"])
    told("order.paid", order, by=by, at=at, detail={"paid_on": paid_on})
    tell("penalty_paid", order, at=at, penalty=order.penalty_cents, paid_on=paid_on)
    return order
