"""What later rooms hand down to this one, since imports go the other way: names of programs, and whom to tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from passerelle.accounts.models import Person
from passerelle.core.text import Bilingual, pick

Listing = Callable[[], Mapping[str, Bilingual]]


class Told(Protocol):
    """Called in the transaction of the act."""

    def __call__(self, *, person: Person, at: datetime) -> None: ...


class Used(Protocol):
    """Called in the transaction in which a link is used."""

    def __call__(self, *, person: Person, about: str, at: datetime) -> None: ...


@dataclass(frozen=True)
class Licensing:
    """A body that licenses representatives, and whether its licences have numbers."""

    name: Bilingual
    numbered: bool


_listings: list[Listing] = []
_licences: list[Callable[[str], Mapping[str, Licensing]]] = []
_registering: list[Callable[[str], tuple[str, ...]]] = []
_one_for_all: list[Callable[[str], bool]] = []
_closed: list[Callable[[str], bool]] = []
_awaited: list[Callable[[str], bool]] = []
_lasting: list[Callable[[Person, datetime], datetime | None]] = []
_registered: list[Told] = []
_used: list[Used] = []


def list_programs_with(listing: Listing) -> None:
    """Learn the programs (code → bilingual name) from ``listing``; registered once, when the applications are ready."""
    _listings[:] = [listing]


def programs() -> Mapping[str, Bilingual]:
    """Return the programs there are rules for: code → bilingual name."""
    return _listings[0]() if _listings else {}


def say_who_registers_with(asked: Callable[[str], tuple[str, ...]]) -> None:
    """Learn from ``asked(program)`` which audiences open accounts by itself; registered once, when the applications are ready."""
    _registering[:] = [asked]


def who_registers(program: str) -> tuple[str, ...]:
    """Return the audiences whose accounts the registration page of ``program`` opens, the usual one first."""
    return _registering[0](program) if _registering else ("employer",)


def say_who_keeps_one_account_with(asked: Callable[[str], bool]) -> None:
    """Learn from ``asked(program)`` whether one account serves all files of a person; registered once, as the others."""
    _one_for_all[:] = [asked]


def keeps_one_account(program: str) -> bool:
    """Whether an employer of ``program`` has one account for all its candidates, else one for each."""
    return _one_for_all[0](program) if _one_for_all else False


def close_registration_with(closed: Callable[[str], bool]) -> None:
    """Learn from ``closed`` which programs, by code, take no registration; registered once, when the applications are ready."""
    _closed[:] = [closed]


def keep_registration_open_where(awaited: Callable[[str], bool]) -> None:
    """Learn from ``awaited`` in which programs, by code, somebody without an account may still come though all is closed."""
    if awaited not in _awaited:
        _awaited.append(awaited)


def open_programs() -> Mapping[str, Bilingual]:
    """Return the programs that take registrations now: code → bilingual name."""
    return {code: name for code, name in programs().items() if not _is_closed(code)}


def _is_closed(code: str) -> bool:
    return bool(_closed) and _closed[0](code) and not any(awaited(code) for awaited in _awaited)


def program_name(code: str) -> str:
    """Return the name of a program in the reader's language, or its code when it is not known here."""
    return pick(programs().get(code, code))


def list_licences_with(listing: Callable[[str], Mapping[str, Licensing]]) -> None:
    """Learn from ``listing(program)`` who licenses representatives there; registered once, when the applications are ready."""
    _licences[:] = [listing]


def licences(program: str) -> Mapping[str, Licensing]:
    """Return who licenses representatives in ``program``, by key; empty where nobody acts for others."""
    return _licences[0](program) if _licences else {}


def say_how_long_links_last_with(until: Callable[[Person, datetime], datetime | None]) -> None:
    """Learn from ``until(person, at)`` the first moment too late for a link made then; registered once."""
    _lasting[:] = [until]


def link_lasts_until(person: Person, at: datetime) -> datetime | None:
    """Return the first moment too late for a link made for ``person`` at ``at``, where their program says so."""
    return _lasting[0](person, at) if _lasting and person.program else None


def when_registered(told: Told) -> None:
    """Call ``told`` when the e-mail of somebody who registered is confirmed for the first time: the account then exists (N1)."""
    if told not in _registered:
        _registered.append(told)


def tell_registered(*, person: Person, at: datetime) -> None:
    """Tell everyone who asked that ``person`` has completed the registration."""
    for told in list(_registered):
        told(person=person, at=at)


def when_link_used(told: Used) -> None:
    """Call ``told`` when somebody invited has used their link for the first time: ``about`` is what it was made for."""
    if told not in _used:
        _used.append(told)


def tell_link_used(*, person: Person, about: str, at: datetime) -> None:
    """Tell everyone who asked that ``person`` has come in by a link."""
    for told in list(_used):
        told(person=person, about=about, at=at)
