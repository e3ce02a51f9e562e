"""What earlier rooms ask of the programs: their names, the first message to a new employer (N1), who writes receipts."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from passerelle.accounts import hooks
from passerelle.accounts.models import Audience, Person
from passerelle.core import clock
from passerelle.core.text import LANGUAGES, Bilingual
from passerelle.documents.limits import Stated
from passerelle.notices.letters import Letterhead
from passerelle.programs import operations, queries


def names() -> Mapping[str, Bilingual]:
    """Return the programs with rules in force: code → name."""
    found: dict[str, Bilingual] = {}
    for program in queries.programs():
        with suppress(queries.RulesUnavailable):
            name = queries.rules_in_force(program.code, clock.now()).name
            found[program.code] = {language: name.pick(language) for language in LANGUAGES}
    return found


def who_registers(program: str) -> tuple[str, ...]:
    """Return the audiences that open files in a program, and so accounts; employer without rules."""
    try:
        return queries.rules_in_force(program, clock.now()).openers
    except queries.RulesUnavailable:
        return ("employer",)


def keeps_one_account(program: str) -> bool:
    """Whether one account serves all files of a person in a program; no without rules."""
    try:
        return str(queries.rules_in_force(program, clock.now()).accounts) == "per_person"
    except queries.RulesUnavailable:
        return False


def licences(program: str) -> Mapping[str, hooks.Licensing]:
    """Return who licenses the representatives of a program, by key; empty where candidates appoint none here."""
    try:
        said = queries.rules_in_force(program, clock.now()).representatives
    except queries.RulesUnavailable:
        return {}
    bodies = said.bodies if said else ()
    return {
        one.key: hooks.Licensing({language: one.name.pick(language) for language in LANGUAGES}, one.numbered)
        for one in bodies
    }


def link_lasts_until(person: Person, at: datetime) -> datetime | None:
    """Return the first moment too late for an access link made at ``at``, by the deadline of the person's program; None without.

    An employer's link follows ``employer_access`` where the pack states it, everybody else's ``access_link``.
    """
    try:
        rules = queries.rules_in_force(person.program, at)
    except queries.RulesUnavailable:
        return None
    if person.audience == Audience.EMPLOYER and "employer_access" in rules.deadlines:
        return queries.due(rules, "employer_access", at)
    return queries.due(rules, "access_link", at) if "access_link" in rules.deadlines else None


def file_caps(program: str) -> Stated:
    """Return what the rules in force say of the files that people of a program send."""
    try:
        rules = queries.rules_in_force(program, clock.now())
    except queries.RulesUnavailable:
        return Stated()
    return Stated(
        rules.stated("upload_max_mb", None), rules.stated("upload_max_pages", None),
        rules.stated("upload_files_per_slot", None),
    )  # fmt: skip


def is_closed(code: str) -> bool:
    """Return whether a program takes no registration: none of its categories is open."""
    try:
        return not queries.rules_in_force(code, clock.now()).takes_registrations
    except queries.RulesUnavailable:
        return False


def welcome(*, person: Person, at: datetime) -> None:
    """Tell somebody who registered that the account is open, in the transaction that confirmed its e-mail."""
    if queries.programs().filter(code=person.program).exists():
        operations.send(
            "account_created", program=person.program, to=person, about="", at=at,
            context={"username": person.username},
        )  # fmt: skip


def letterhead(*, program: str, language: str, at: datetime) -> Letterhead:
    """Return who writes the receipts of ``program``; the platform itself while no rules are in force."""
    try:
        return operations.letterhead(queries.rules_in_force(program, at), language)
    except queries.NoPackInForce:
        return Letterhead()
