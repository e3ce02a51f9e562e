"""What is so about representatives and their clients."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from passerelle.accounts import acting
from passerelle.accounts.models import Appointment, Licence, Person
from passerelle.eoi import queries as eois
from passerelle.programs import queries as programs
from passerelle.representatives.permissions import names_of


def sides(program: str, at: datetime) -> tuple[str, ...]:
    """Who may appoint a representative in a program: candidates, employers, nobody."""
    try:
        said = programs.rules_in_force(program, at).representatives
    except programs.RulesUnavailable:
        return ()
    return said.of if said else ()


def are_known(program: str, at: datetime, side: str = "candidate") -> bool:
    """Whether a side of files (``candidate``, ``employer``) may appoint a representative in a program."""
    return side in sides(program, at)


def has_an_account_each(program: str, at: datetime) -> bool:
    """Whether an account of a program is for one candidate, so that an e-mail may have several."""
    return _accounts(program, at) == "per_candidate"


def asked_by_number(program: str, at: datetime) -> tuple[str, ...]:
    """Return the sides that are asked by the number of a file alone: they have no account until the other gives them one."""
    if not has_an_account_each(program, at):
        return ()
    return tuple(side for side in sides(program, at) if side not in programs.rules_in_force(program, at).openers)


def _accounts(program: str, at: datetime) -> str:
    try:
        return programs.rules_in_force(program, at).accounts
    except programs.RulesUnavailable:
        return ""


def concern(client: Person, at: datetime) -> bool:
    """Whether representatives are any matter of this client: of their program now, or of their own history."""
    return are_known(client.program, at, client.audience) or Appointment.objects.filter(client=client).exists()


def holder_of(program: str, body: str, number: str) -> Person | None:
    """Return the account registered with a licence, whichever of its names the body is given; None where there is none."""
    key = eois.representative_key(program, body, number)
    held = Licence.objects.filter(person__program=program, person__is_active=True).exclude(number="")
    for one in held.select_related("person").order_by("pk"):
        names = names_of(program, one.body)
        if key in {eois.representative_key(program, name, one.number) for name in names}:
            return one.person
    return None


def asked_of(client: Person) -> QuerySet[Appointment]:
    """The requests that wait for a client's answer, oldest first."""
    return Appointment.objects.asked().filter(client=client).select_related("representative").order_by("id")


def open_to(client: Person) -> tuple[Appointment | None, Appointment | None]:
    """Return the oldest request that waits for a client's answer, and the appointment in force; in one query."""
    rows = Appointment.objects.open().filter(client=client, representative__is_active=True)
    found = list(rows.select_related("representative").order_by("id"))
    waiting = (one for one in found if one.appointed_at is None)
    standing = (one for one in found if one.appointed_at is not None)
    return next(waiting, None), next(standing, None)


def current(client: Person | None) -> Appointment | None:
    """The appointment in force of a client."""
    return acting.appointment_of(client)


def history(client: Person) -> QuerySet[Appointment]:
    """What ended, newest first."""
    ended = Appointment.objects.filter(client=client, ended_at__isnull=False)
    return ended.select_related("representative").order_by("-ended_at", "-id")


def clients(representative: Person) -> QuerySet[Appointment]:
    """The appointments in force of a representative, by the client's name."""
    mine = Appointment.objects.standing().filter(representative=representative, client__is_active=True)
    return mine.select_related("client").order_by("client__name", "id")


def stands_for_any(representative: Person, clients: Collection[int]) -> bool:
    """Whether somebody represents one of these accounts now."""
    return Appointment.objects.standing().filter(representative=representative, client__in=clients).exists()


def waiting(representative: Person) -> QuerySet[Appointment]:
    """The requests of a representative that wait for an answer, oldest first; ``named`` is whom they asked."""
    return Appointment.objects.asked().filter(representative=representative).order_by("id")


def asked_lately(representative: Person, email: str, *, since: datetime) -> int:
    """How often a representative has asked whoever reads an address, after ``since``, whatever came of it."""
    return Appointment.objects.filter(representative=representative, client__email=email, asked_at__gt=since).count()


def open_of(representative: Person) -> QuerySet[Appointment]:
    """What a representative asked for or holds."""
    return Appointment.objects.open().filter(representative=representative).select_related("client")


def is_of_client(pk: int, client: Person) -> bool:
    """Whether an appointment, of whatever time, is this client's."""
    return Appointment.objects.filter(pk=pk, client=client).exists()


def ended(representative: Person) -> QuerySet[Appointment]:
    """What ended, newest first."""
    mine = Appointment.objects.filter(representative=representative, ended_at__isnull=False)
    return mine.select_related("client").order_by("-ended_at", "-id")
