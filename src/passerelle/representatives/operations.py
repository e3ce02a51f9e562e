"""Asking a client, the client's answer, the end of an appointment. Each tells the other side and every open file."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from passerelle.accounts import operations as accounts
from passerelle.accounts import queries as people
from passerelle.accounts.models import Appointment, Audience, Person
from passerelle.core import audit
from passerelle.core.text import clean_name
from passerelle.core.verdicts import NotAllowed, require
from passerelle.eoi import clients as eois
from passerelle.programs import operations as letters
from passerelle.programs import queries as programs
from passerelle.representatives import queries, words
from passerelle.representatives.permissions import (
    can_answer,
    can_appoint,
    can_ask,
    can_ask_by_email,
    can_end,
    is_barred,
)

Ending = Appointment.Ending
# A request taken back may be made again, but writes to the person each time.
MOST_A_DAY = 3


class NoSuchFile(Exception):
    """No open file of this number in the program."""


@transaction.atomic
def ask_client(
    *, name: str, email: str, language: str, by: Person, at: datetime, side: str = "candidate"
) -> Appointment:
    """Ask somebody, by their own e-mail, to appoint ``by``: they get a link to an account of their own.

    Whoever has an account of this program and ``side`` with that e-mail is asked there; ``by`` does not learn which it was.
    Where an account is for one candidate, an e-mail names none that has a file: the link is to one for another candidate,
    and the client of a file is asked by its number.
    """
    _may_ask(by, at, side)
    require(can_ask_by_email(side, by_number=queries.asked_by_number(by.program, at)))
    address = email.strip().lower()
    if address == by.email.lower():
        raise NotAllowed(_("Give the client's own e-mail: they sign in with it, and you never do."))
    one_each = queries.has_an_account_each(by.program, at)
    mine = Appointment.objects.open().filter(representative=by, client__email=address)
    if (mine.filter(appointed_at=None) if one_each else mine).exists():
        raise NotAllowed(_("You have asked this person already, or act for them."))
    if queries.asked_lately(by, address, since=at - timedelta(days=1)) >= MOST_A_DAY:
        raise NotAllowed(_("You have asked this person several times today. Talk to them, and ask again tomorrow."))
    known = Person.objects.of(Audience(side), by.program).filter(email=address, is_active=True)
    known = known.exclude(username=None).exclude(email_verified_at=None)
    if one_each:
        known = known.exclude(eois.has_open_file(side)).exclude(pk__in=mine.values("client"))
    client = known.order_by("joined_at", "id").first()
    link = None
    if client is None:
        invite = accounts.invite_employer if side == Audience.EMPLOYER else accounts.invite_candidate
        link = invite(
            program=by.program, email=address, name=clean_name(name), language=language, about="", by=by, at=at
        )
        client = link.person
    return _asked(client, named=clean_name(name), link=link, by=by, at=at)


@transaction.atomic
def ask_by_file(*, reference: str, by: Person, at: datetime, side: str = "candidate") -> Appointment:
    """Ask a party of a file that is open already, by the number they gave to ``by``. Raises NoSuchFile."""
    _may_ask(by, at, side)
    client = eois.party_of_open_file(by.program, reference, side)
    if client is None:
        raise NoSuchFile(reference)
    if Appointment.objects.open().filter(representative=by, client=client).exists():
        raise NotAllowed(_("You have asked this person already, or act for them."))
    return _asked(client, named=reference.strip().upper(), link=None, by=by, at=at)


def _may_ask(by: Person, at: datetime, side: str) -> None:
    # Two requests at once must not pass the limit together, nor ask one person twice.
    Person.objects.select_for_update().get(pk=by.pk)
    known_here, waiting = queries.are_known(by.program, at, side), queries.waiting(by).count()
    require(can_ask(by, known_here=known_here, barred=is_barred(by, at), waiting=waiting))


def _asked(client: Person, *, named: str, link: Any, by: Person, at: datetime) -> Appointment:
    asked = Appointment.objects.create(
        program=by.program, representative=by, client=client, named=named, asked_at=at,
        licence_body=by.licence.body, licence_number=by.licence.number,
    )  # fmt: skip
    _note("asked", asked, by=by, at=at, files=False)
    address = people.link_address(link) if link else mine_address(client)
    tell(
        "representative_asks", asked, client, at=at, link=address, has_account=link is None,
        link_good_until=link.expires_at if link else None,
    )  # fmt: skip
    return asked


def mine_address(client: Person) -> str:
    """Return the full address of a client's page about their representative."""
    with translation.override(client.language):
        return f"{settings.PASSERELLE_URL}{reverse('representatives:mine')}"


@transaction.atomic
def appoint(*, appointment: int, by: Person, at: datetime) -> Appointment:
    """Say yes to a request: from now on the representative acts for ``by`` until one of them ends it."""
    asked = _locked(appointment)
    # One after the other: a client has one representative at a time.
    Person.objects.select_for_update().get(pk=asked.client_id)
    require(
        can_appoint(
            by, asked, another=Appointment.objects.standing().filter(client=asked.client_id).exists(),
            known_here=queries.are_known(asked.program, at, asked.client.audience),
            barred=is_barred(asked.representative, at),
            other_side=queries.stands_for_any(asked.representative, eois.other_parties(asked.client)),
        )
    )  # fmt: skip
    asked.appointed_at = at
    asked.save(update_fields=["appointed_at"])
    _note("appointed", asked, by=by, at=at)
    for person in (asked.client, asked.representative):
        tell("representative_appointed", asked, person, at=at)
    return asked


@transaction.atomic
def decline(*, appointment: int, by: Person, at: datetime) -> Appointment:
    """Say no to a request."""
    asked = _locked(appointment)
    require(can_answer(by, asked))
    return _end(asked, Ending.DECLINED, by=by, at=at)


@transaction.atomic
def end_appointment(*, appointment: int, by: Person, at: datetime) -> Appointment:
    """End an appointment as the client or as the representative, or take a request back, with effect at once.

    An act that the representative has begun is waited for; none begins after this.
    """
    found = _locked(appointment)
    require(can_end(by, found))
    if by.pk == found.client_id:
        return _end(found, Ending.REVOKED if found.appointed_at else Ending.DECLINED, by=by, at=at)
    return _end(found, Ending.GIVEN_UP if found.appointed_at else Ending.TAKEN_BACK, by=by, at=at)


@transaction.atomic
def end_barred(*, program: str, at: datetime) -> int:
    """End what representatives of a program still hold who are barred now; return how many. Called where a bar is set."""
    rows = Appointment.objects.open().filter(program=program).select_for_update(of=("self",)).order_by("pk")
    found = [
        one for one in rows.select_related("representative__licence", "client") if is_barred(one.representative, at)
    ]
    for one in found:
        _end(one, Ending.BARRED, by=None, at=at)
    return len(found)


def _locked(pk: int) -> Appointment:
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("representative__licence", "client")
    return rows.get(pk=pk)


def _end(found: Appointment, ending: str, *, by: Person | None, at: datetime) -> Appointment:
    stood = found.appointed_at is not None
    found.ended_at, found.ended_by, found.ending = at, by, ending
    found.save(update_fields=["ended_at", "ended_by", "ending"])
    _note(ending, found, by=by, at=at, files=stood)
    # Whoever ended it knows; a client who was only asked, and no longer is, need not be written to.
    others = [one for one in (found.client, found.representative) if by is None or one.pk != by.pk]
    for person in others if stood else [one for one in others if one.is_representative]:
        tell("representative_ended", found, person, at=at)
    return found


def _note(event: str, found: Appointment, *, by: Person | None, at: datetime, files: bool = True) -> None:
    """Write the event into the trails of both accounts and of the client's open files."""
    detail = {"representative": found.representative.reference, "client": found.client.reference,
              "licence_body": found.licence_body, "licence_number": found.licence_number}  # fmt: skip
    subjects = sorted({found.client.reference, found.representative.reference})
    open_files = list(eois.open_files_of(found.client)) if files else []
    # What an employer does about its representative stands in the employer's view of a file, and not in the candidate's.
    name = f"representative.employer_{event}" if found.client.is_employer else f"representative.{event}"
    for subject in (*subjects, *open_files):
        audit.record(name, subject=subject, by=by, at=at, detail=detail, program=found.program,
                     for_person=found.client)  # fmt: skip


def tell(kind: str, found: Appointment, to: Person, *, at: datetime, **blanks: Any) -> None:
    """Queue the pack's message ``kind`` about an appointment to one of its two people."""
    rules = programs.rules_in_force(found.program, at)
    if kind not in rules.letters:
        return  # a later pack knows no representatives: what stands can still be ended
    client = found.client.name if to.pk == found.client_id or found.appointed_at else found.named
    context = {
        "representative": found.representative.name, "client": client,
        "licence": words.licence_of(found, to.language), "day": at, "declined": found.ending == Ending.DECLINED,
        "to_client": to.pk == found.client_id, **blanks,
    }  # fmt: skip
    letters.send(kind, program=found.program, to=to, about="", at=at, context=context, rules=rules)
