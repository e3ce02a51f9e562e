"""What is so about contravention orders."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from passerelle.accounts import acting
from passerelle.accounts.models import Person
from passerelle.applications import queries as applications
from passerelle.core import deadlines
from passerelle.notices import queries as notices
from passerelle.orders.models import Order, OrderReview
from passerelle.orders.penalty import Formula
from passerelle.orders.permissions import READERS
from passerelle.orders.states import STANDING, OrderState, SubjectKind
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules
from passerelle.reviews import asking, terms
from passerelle.reviews.terms import Terms


def keeps_orders(rules: ProgramRules) -> bool:
    """Whether the program makes contravention orders: its pack says how long a ban may be."""
    return "ban_max_years" in rules.settings


def rules_with_orders(program: str, at: datetime) -> ProgramRules:
    """Return the program's rules in force; Http404 for one that is not there or makes no orders."""
    if not programs.programs().filter(code=program).exists():
        raise Http404
    rules = programs.rules_in_force(program, at)
    if not keeps_orders(rules):
        raise Http404
    return rules


def rules_of(order: Order) -> ProgramRules:
    """The rules the order was proposed under."""
    return programs.rules(order.pack)


def party_of(eoi: Any, kind: str) -> Person | None:
    """The candidate or the employer of a file; into one that a candidate opened, the employer came with the application."""
    person: Person | None = getattr(eoi, kind)
    if person is None and kind == SubjectKind.EMPLOYER:
        application = applications.of_eoi(eoi.reference)
        person = application.employer if application else None
        # Whoever has not used the link has had no part in anything.
        return person if person and person.username else None
    return person


def formula(rules: ProgramRules) -> Formula:
    """The pack's formula of the administrative penalty."""
    return Formula(
        base_cents=rules.setting("penalty_base_cents"), cap_cents=rules.setting("penalty_max_cents"),
        years=rules.setting("penalty_count_years"), counting=rules.setting("penalty_counting"),
    )  # fmt: skip


def earlier_penalties(order: Order, at: datetime) -> int:
    """How many penalties that still stand were imposed on the same person in the years before ``at`` that count."""
    rules = rules_of(order)
    years = formula(rules).years
    same = Order.objects.filter(program=order.program, person_key=order.person_key, penalised=True, state__in=STANDING)
    made = same.filter(made_at__lte=at).exclude(pk=order.pk).values_list("made_at", flat=True)
    return sum(deadlines.anniversary(one, years=years, zone=rules.zone) > at for one in made if one)


def orders_for(person: Person, program: str) -> QuerySet[Order]:
    """The orders of a program that a staff member may read, newest first; none for anybody else."""
    if not (person.is_staff_member and person.has_role(program, *READERS)):
        return Order.objects.none()
    people = ("pack", "subject", "proposed_by", "made_by", "review")
    return Order.objects.filter(program=program).select_related(*people).defer("pack__sources")


def order_for(person: Person, program: str, reference: str) -> Order:
    """One order as a staff member reads it; Http404 otherwise."""
    return get_object_or_404(orders_for(person, program), reference=reference)


def orders_against(person: Person) -> QuerySet[Order]:
    """What a candidate, an employer or a representative may see: orders against them of which they have been told."""
    return _told().filter(subject=person)


def order_against(person: Person, reference: str) -> Order:
    """One order against ``person`` or a client whom they represent; Http404 otherwise."""
    return get_object_or_404(_told().filter(Q(subject=person) | acting.theirs(person, "subject")), reference=reference)


def _told() -> QuerySet[Order]:
    told = Order.objects.filter(noticed_at__isnull=False).select_related("pack", "review", "subject")
    return told.defer("pack__sources")


def register(program: str) -> QuerySet[Order]:
    """The orders that stand, newest first: the published register."""
    return Order.objects.filter(program=program, state__in=STANDING).order_by("-made_at", "-pk")


def overdue(program: str, at: datetime) -> QuerySet[Order]:
    """Orders whose penalty is not paid in time, the longest overdue first."""
    late = Order.objects.filter(program=program, state=OrderState.MADE, penalised=True, pay_by__lte=at)
    return late.order_by("pay_by", "pk")


def review_of(order: Order) -> OrderReview | None:
    """The review asked of an order, if one was."""
    return OrderReview.objects.filter(order=order).select_related("order", "asked_by", "decided_by").first()


def terms_of_review(order: Order) -> Terms:
    """What the pack asks of a request for a review of this order."""
    return terms.of(rules_of(order))


def letters(order: Order, person: Person) -> list[Any]:
    """The letters of an order that are ``person``'s or their client's; staff see all."""
    theirs = {person.pk, acting.stands_for(person, order.subject_id)}
    return [one for one in notices.letters(order.reference) if person.is_staff_member or one.to_id in theirs]


def additions(order: Order) -> list[Any]:
    """The files added to the request for a review."""
    return asking.additions(order.owner)
