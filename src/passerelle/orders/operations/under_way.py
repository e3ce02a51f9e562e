"""A ban that meets files under way: staff are asked about each, and none is nominated before somebody has answered.

A ban keeps a person from applying, and approvals that go with what was found may be cancelled (ontario.md 1.5; 3.1, ALL-6). No
source says that it ends a file handed in before it, in which there is another party too: that is decided file by file.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from passerelle.applications import barred
from passerelle.applications import queries as applications
from passerelle.core import dates, deadlines
from passerelle.core.verdicts import YES, Verdict
from passerelle.eoi import queries as eois
from passerelle.notices import operations as notices
from passerelle.notices import queries as tasks
from passerelle.orders import queries
from passerelle.orders.models import Order
from passerelle.orders.states import STANDING, SubjectKind

KIND = "order.party_in_file"


@transaction.atomic
def ask_about_files(order: Order, *, at: datetime) -> int:
    """Open a task for each file under way of whom an order bars, unless there was one; return how many were opened."""
    asked = set(_tasks(order).values_list("about", flat=True))
    files = [one for one in _files(order) if one.invitation.eoi.reference not in asked]
    for one in files:
        # By the number under which staff find a file at every stage: they do not open an application that is not complete.
        about = one.invitation.eoi.reference
        notices.open_task(KIND, program=order.program, about=about, detail=_detail(order), at=at)
        if order.kind == SubjectKind.EMPLOYER and barred.waits_for_employer(one):
            _tell_candidate(order, one, at)
    return len(files)


def ask_about_every_file(*, at: datetime) -> int:
    """The same for every ban in force: a party may have come into a file in the moment in which the order was made."""
    bans = Order.objects.filter(state__in=STANDING, ban_before__gt=at).select_related("subject")
    return sum(ask_about_files(order, at=at) for order in bans.order_by("pk"))


def may_be_nominated(application: Any, at: datetime) -> Verdict:
    """Whether no ban stands against a party of ``application``, or staff have closed the task about this file."""
    for order in _bans_of(application, at):
        if not _tasks(order).filter(about=application.invitation.eoi.reference).exclude(closed_at=None).exists():
            return Verdict(False, _(
                "%(order)s bars a party of this file. Decide what becomes of the file and close the task about it first."
            ) % {"order": order.reference})  # fmt: skip
    return YES


def _bans_of(application: Any, at: datetime) -> Iterable[Order]:
    keys = {SubjectKind.CANDIDATE: application.invitation.eoi.person_key}
    if application.employer:
        keys[SubjectKind.EMPLOYER] = eois.employer_key(application.program, application.employer.email)
    rows = Order.objects.filter(program=application.program, state__in=STANDING, ban_before__gt=at)
    return rows.filter(person_key__in=keys.values()).order_by("pk")


def _files(order: Order) -> QuerySet[Any]:
    under_way = applications.under_way(order.program)
    if order.kind == SubjectKind.CANDIDATE:
        return under_way.filter(invitation__eoi__person_key=order.person_key)
    if order.kind == SubjectKind.EMPLOYER and order.subject is not None:
        # The bar follows the address, whichever of its accounts is in the file.
        return under_way.filter(employer__email__iexact=order.subject.email)
    return under_way.none()


def _tell_candidate(order: Order, application: Any, at: datetime) -> None:
    """Write to the candidate whose employer may no longer send its form: what that means, and what to do."""
    to = application.candidate
    with translation.override(to.language):
        told = {"employer": application.employer_name, "reference": application.reference}
        subject = _("The employer of application %(reference)s may not apply for now") % told
        body = "\n\n".join(
            [
                _(
                    "An order bars %(employer)s from applying to the program for now. The employer's form of your "
                    "application cannot be sent meanwhile."
                )
                % told,
                _(
                    "That is no decision about you. The program's staff look at your file and write to you. Your time to "
                    "apply stays the same. You need do nothing; if you have questions, write to us and give the number "
                    "%(reference)s."
                )
                % told,
            ]
        )
    notices.queue(
        "application.employer_barred", program=order.program, to=to, subject=subject, body=body,
        about=application.reference, at=at,
    )  # fmt: skip


def _tasks(order: Order) -> QuerySet[Any]:
    return tasks.every_task(order.program).filter(kind=KIND, detail__order=order.reference)


def _detail(order: Order) -> dict[str, str]:
    assert order.ban_before  # only what bars is asked about
    day = deadlines.last_day(order.ban_before, queries.rules_of(order).zone)
    of_candidate = order.kind == SubjectKind.CANDIDATE
    en, fr = ("candidate", "la personne candidate") if of_candidate else ("employer", "l'employeur")
    return {
        "en": f"Order {order.reference} bars the {en} of this file until {dates.day_words(day, 'en')}. Decide what becomes of "
        "the file and write down why. It is not nominated while this task is open; a nomination may be paused or cancelled.",
        "fr": f"L'ordonnance {order.reference} vise {fr} de ce dossier et lui interdit toute demande jusqu'au "
        f"{dates.day_words(day, 'fr')}. Décidez de la suite à donner au dossier et notez pourquoi. Aucune désignation n'est "
        "possible tant que cette tâche est ouverte; une désignation déjà faite peut être suspendue ou annulée.",
        "order": order.reference,
    }
