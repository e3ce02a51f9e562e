"""Acting for somebody else: the one place that says whether a representative may do an act for a client, now.

Every operation of a file keeps ``by``, the person at the keyboard. Its predicate asks ``may_act`` whether ``by`` is the party
or stands for the party; the answer notes on ``by`` for whom, and the trail labels the act with it. Inside a transaction
the appointment is locked: an act commits before the client ends the appointment, or it is refused.
"""

from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from passerelle.accounts.models import Appointment, Person
from passerelle.core.verdicts import YES, Verdict

# What a representative does for a client, by room and operation. An act in neither list is refused by an error: whoever
# adds an operation for a party decides here (tests/accounts/test_acting.py).
MAY = frozenset({
    "eoi.open_eoi", "eoi.answer_criteria", "eoi.choose_category", "eoi.save_section", "eoi.discard_eoi",
    "eoi.submit_eoi", "eoi.report_not_accepted", "eoi.begin_change", "eoi.save_change_section", "eoi.drop_change",
    "eoi.change_eoi", "eoi.hold_eoi", "eoi.resume_eoi", "eoi.file_anew", "eoi.store_evidence",
    "eoi.remove_evidence_file", "eoi.answer_evidence", "eoi.reply_to_doubt", "eoi.open_document",
    "applications.save_section", "applications.reuse_company_facts", "applications.add_document",
    "applications.remove_document", "applications.read_document", "applications.let_in_employer",
    "applications.answer_information", "applications.ask_review", "applications.report_change",
    "applications.ask_support_letter", "applications.report_federal_invitation", "applications.send_decline_proof",
    "draws.object_to_draw", "payments.start", "payments.practise", "orders.reply_to_notice", "orders.ask_order_review",
})  # fmt: skip

_SIGNS = _("Only your client signs, from their own account: a representative cannot sign in their place.")
_ANSWERS = _("Only your client answers an invitation, from their own account.")
_WITHDRAWS = _("Only your client withdraws a file, from their own account.")
_LETS_IN = _("Only the employer gives a candidate access, from its own account.")

# What nobody does for another: the client does it from their own account, and is told so where a representative tries.
NEVER: dict[str, str | Promise] = {
    "eoi.let_in_candidate": _LETS_IN,
    "eoi.resend_access": _LETS_IN,
    "eoi.withdraw_eoi": _WITHDRAWS,
    "eoi.drop_offer": _WITHDRAWS,
    "eoi.take_up_offer": _ANSWERS,
    "eoi.open_notified": _ANSWERS,
    "invitations.decline": _ANSWERS,
    "invitations.take_up": _ANSWERS,
    "invitations.mark_accepted": _ANSWERS,
    "applications.open_application": _ANSWERS,
    "applications.join_as_employer": _LETS_IN,
    "applications.submit_part": _SIGNS,
    "applications.sign_agreement": _SIGNS,
    "applications.withdraw_application": _WITHDRAWS,
}  # fmt: skip

# Answers that a representative leaves as the client gave them, by the type of their question.
CLIENTS_OWN = frozenset({"declaration", "signature", "email"})


def may_act(person: Any, party: int | None, act: str, *, otherwise: str | Promise) -> Verdict:
    """Say whether ``person`` may do ``act`` as the account ``party``, or for it; ``otherwise`` is what a stranger is told.

    ``act`` is a room and an operation of MAY or NEVER; raises LookupError for any other.
    """
    if act not in MAY and act not in NEVER:
        raise LookupError(f"{act} is not classed: say in accounts.acting whether a representative may do it")
    if party is not None and person.pk == party:
        return YES
    if not may_act_for(person, party):
        return Verdict(False, otherwise)
    if act in NEVER:
        return Verdict(False, NEVER[act])
    person.acting_for_id = party
    return YES


def may_act_for(person: Any, client: int | None) -> bool:
    """Say whether ``person`` is the appointed representative of the account ``client``; the appointment is then held."""
    if client is None or not person.is_representative:
        return False
    rows = _in_force().filter(representative=person.pk, client=client)
    if connection.in_atomic_block:
        # The client who ends the appointment waits for this act, or this act finds it ended.
        rows = rows.select_for_update(of=("self",))
    return rows.values_list("pk", flat=True).first() is not None


def representative_of(client: Person) -> Person | None:
    """Return who represents ``client`` now."""
    found = appointment_of(client)
    return found.representative if found else None


def appointment_of(client: Person | None) -> Appointment | None:
    """Return the appointment in force of ``client``, with its representative."""
    if client is None:
        return None
    return _in_force().select_related("representative").filter(client=client.pk).first()


def appointments_of(*clients: Person | None) -> list[Appointment]:
    """Return the appointments in force of some accounts, with their people, in the order of the accounts."""
    order = {one.pk: place for place, one in enumerate(clients) if one is not None}
    found = _in_force().select_related("representative", "client").filter(client__in=order)
    return sorted(found, key=lambda one: order[one.client_id])


def _in_force() -> Any:
    return Appointment.objects.standing().filter(client__is_active=True, representative__is_active=True)


def clients_of(person: Any) -> QuerySet[Any, Any]:
    """Return the accounts whose appointed representative ``person`` is, for use in a query."""
    return _in_force().filter(representative=person.pk).order_by().values("client_id")


def theirs(person: Any, *columns: str) -> Q:
    """Return the condition for rows of which ``person``, or a client of theirs, is the party in one of ``columns``."""
    whom: Any = clients_of(person) if person.is_representative else [person.pk]
    return reduce(or_, (Q(**{f"{column}__in": whom}) for column in columns))


def stands_for(person: Any, *parties: int | None) -> int | None:
    """Return which of the accounts ``parties`` a page of ``person`` is about: their own, or their client's."""
    there = [one for one in parties if one is not None]
    if not person.is_representative:
        return person.pk if person.pk in there else None
    clients = {row["client_id"] for row in clients_of(person).filter(client__in=there)}
    return next((one for one in there if one in clients), None)


def party(person: Any, *parties: Person | None) -> Person | None:
    """Return which of ``parties`` a page of ``person`` is shown for: themself, or the client they stand for."""
    there = {one.pk: one for one in parties if one is not None}
    found = stands_for(person, *there)
    return there[found] if found is not None else None
