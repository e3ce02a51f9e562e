"""Before an order: it is proposed, the person is told what is intended and may reply; it may be dropped."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.core.deadlines import local_day
from passerelle.core.references import next_reference
from passerelle.core.verdicts import NotAllowed, require
from passerelle.eoi import queries as eois
from passerelle.notices import operations as notices
from passerelle.orders import queries
from passerelle.orders.models import Order
from passerelle.orders.operations.support import alone_with_person, locked, serve, tell, told, work_out
from passerelle.orders.permissions import can_propose, can_reply
from passerelle.orders.states import ORDER_LIFECYCLE, SubjectKind
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules
from passerelle.representatives import queries as representatives


class NoSuchFile(Exception):
    """No file handed in to this program has the number given, or it has no such party."""


@dataclass(frozen=True)
class Against:
    """Whom the order is against: a party of the file ``about``, or a representative by name, address and licence."""

    kind: str
    about: str = ""
    name: str = ""
    email: str = ""
    language: str = "en"
    licence_body: str = ""
    licence_number: str = ""


@dataclass(frozen=True)
class Terms:
    """What is intended: words, a ban in years (0: none), and whether a penalty with its B and C (cents, with the reason)."""

    contravention: str
    provision: str
    ban_years: int = 0
    penalised: bool = False
    candidates_concerned: int = 1
    further_cents: int = 0
    further_reason: str = ""


@transaction.atomic
def propose_order(*, program: str, against: Against, terms: Terms, by: Person, at: datetime) -> Order:
    """First of two: put an order forward. Nobody outside is told yet.

    Raises NotAllowed, NoSuchFile.
    """
    require(can_propose(by, program))
    pack = programs.pack_in_force(program, at)
    rules = programs.rules(pack)
    _check(rules, terms)
    number = next_reference(f"{rules.reference_prefix}-O", local_day(at, rules.zone).year)
    order = Order(
        reference=number, program=program, pack=pack, kind=against.kind, proposed_by=by, proposed_at=at,
        **_subject(against, program, by), **_kept(terms),
    )  # fmt: skip
    work_out(order, at)
    order.save()
    told("order.proposed", order, by=by, at=at)
    return order


def _check(rules: ProgramRules, terms: Terms) -> None:
    if not queries.keeps_orders(rules):
        raise NotAllowed(_("This program makes no contravention orders."))
    if not terms.contravention.strip() or not terms.provision.strip():
        raise NotAllowed(_("Say what the contravention is and of which provision."))
    if not 0 <= terms.ban_years <= rules.setting("ban_max_years"):
        raise NotAllowed(_("A ban lasts at most %(years)s years.") % {"years": rules.setting("ban_max_years")})
    if not terms.ban_years and not terms.penalised:
        raise NotAllowed(_("An order brings a ban, a penalty, or both."))
    if terms.further_cents and not (terms.penalised and terms.further_reason.strip()):
        raise NotAllowed(_("A further amount belongs to a penalty and needs its reason."))


def _kept(terms: Terms) -> dict[str, Any]:
    penalty = {
        "candidates_concerned": terms.candidates_concerned, "further_cents": terms.further_cents,
        "further_reason": terms.further_reason.strip(),
    }  # fmt: skip
    return {
        "contravention": terms.contravention.strip(), "provision": terms.provision.strip(), "ban_years": terms.ban_years,
        "penalised": terms.penalised, **(penalty if terms.penalised else {}),
    }  # fmt: skip


def _subject(against: Against, program: str, by: Person) -> dict[str, Any]:
    if against.kind == SubjectKind.REPRESENTATIVE:
        if not (
            against.name.strip() and against.email and against.licence_body.strip() and against.licence_number.strip()
        ):
            raise NotAllowed(_("Give the representative's name, e-mail, licensing body and licence number."))
        key = eois.representative_key(program, against.licence_body, against.licence_number)
        # Who holds the licence here reads the order, replies and asks for a review in their own account.
        return {
            "subject": representatives.holder_of(program, against.licence_body, against.licence_number), "person_key": key,
            "name": against.name.strip(), "email": against.email, "language": against.language,
            "licence_body": against.licence_body.strip(), "licence_number": against.licence_number.strip(),
        }  # fmt: skip
    eoi = eois.files_of(by).filter(program=program, reference=against.about.strip().upper()).first()
    person = queries.party_of(eoi, against.kind) if eoi else None
    if eoi is None or person is None or not eoi.person_key:
        raise NoSuchFile(against.about)
    key = eoi.person_key if against.kind == SubjectKind.CANDIDATE else eois.employer_key(program, person.email)
    facts = {"subject": person, "name": person.name, "language": person.language[:2]}
    return {**facts, "about": eoi.reference, "person_key": key}


@transaction.atomic
def notice_order(*, reference: str, by: Person, at: datetime) -> Order:
    """Tell the person what is intended and by when they may reply; the amount is worked out as of now."""
    order = locked(reference)
    require(can_propose(by, order.program))
    order.state = ORDER_LIFECYCLE.after(order.state, "notice")
    alone_with_person(order)
    work_out(order, at)
    order.noticed_at, order.reply_by = at, programs.due(queries.rules_of(order), "fairness_reply", at)
    order.reply, order.replied_at = "", None
    order.save()
    told(
        "order.noticed", order, by=by, at=at, detail={"reply_by": order.reply_by, "penalty_cents": order.penalty_cents}
    )
    serve("intended_order", order, by=by, at=at)
    tell("intended_order_sent", order, at=at, reply_by=order.reply_by)
    return order


@transaction.atomic
def reply_to_notice(*, reference: str, reply: str, by: Person, at: datetime) -> Order:
    """Keep the person's reply, once; staff enter that of somebody without an account."""
    order = locked(reference)
    require(can_reply(by, order))
    if not reply.strip():
        raise NotAllowed(_("A reply needs words."))
    order.reply, order.replied_at = reply.strip(), at
    order.save(update_fields=["reply", "replied_at"])
    told("order.replied", order, by=by, at=at, detail={"late": order.reply_by is not None and at >= order.reply_by})
    detail = {
        "en": "The person replied to the notice of the order.",
        "fr": "La personne a répondu à l'avis de l'ordonnance.",
    }
    notices.open_task("order.replied", program=order.program, about=reference, detail=detail, at=at)
    return order


@transaction.atomic
def drop_order(*, reference: str, reason: str, by: Person, at: datetime) -> Order:
    """Do not make the order, with the reason; the person is told if they had a notice."""
    order = locked(reference)
    require(can_propose(by, order.program))
    if not reason.strip():
        raise NotAllowed(_("Give the reason."))
    noticed = order.noticed_at is not None
    order.state = ORDER_LIFECYCLE.after(order.state, "drop")
    order.closing_reason, order.closed_at = reason.strip(), at
    order.save(update_fields=["state", "closing_reason", "closed_at"])
    told("order.dropped", order, by=by, at=at)
    if noticed:
        tell("order_dropped", order, at=at)
    return order
