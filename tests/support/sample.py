"""A third program, of the tests alone (tests/packs/ca-xx): candidates register by themselves and open files in two streams."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person
from passerelle.eoi import operations, queries
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import files
from passerelle.programs.models import Pack, Program
from tests.support.people import PASSWORD
from tests.support.worlds import made_once

SAMPLE = "ca-xx"
FOLDER = Path(__file__).resolve().parents[1] / "packs" / SAMPLE / "2026-1"
OPENED = datetime(2026, 3, 9, 16, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 16, tzinfo=UTC)  # a Tuesday, noon in Toronto
_numbers = count(1)

# 40 points: 20 for the degree, 20 for the years of work.
ANSWERS: dict[str, Any] = {
    "family_name": "Okafor", "given_names": "Chidi", "date_of_birth": "1994-05-17", "passport_country": "NG",
    "email": "chidi@example.org", "phone": "+14165550142", "preferred_language": "en", "degree": "master",
    "years_worked": 4, "occupation": "Technician", "community": "sampleton", "permit_expiry": "2028-01-31",
    "true_answers": True,
}  # fmt: skip


def program() -> Pack:
    """Open the program with its pack, always under one key so that its rules are read once for the whole run."""
    Program.objects.get_or_create(code=SAMPLE, defaults={"opened_at": OPENED})
    sources = files.sources(FOLDER)
    pack, _new = Pack.objects.get_or_create(
        code=SAMPLE, version="2026-1",
        defaults={
            "pk": 900_101, "kind": "program", "program_id": SAMPLE, "sha256": files.fingerprint(sources),
            "sources": sources, "loaded_at": OPENED, "in_force_from": datetime(2026, 1, 1, tzinfo=UTC),
        },
    )  # fmt: skip
    return pack


def an_applicant(**given: Any) -> Person:
    """A candidate who registered by themself, with a confirmed e-mail and PASSWORD."""
    program()
    number = next(_numbers)
    facts: dict[str, Any] = {
        "program": SAMPLE, "username": f"applicant{number}", "email": f"applicant{number}@example.org",
        "name": "Chidi Okafor", "phone": "416-555-0142", "language": "en", "password": PASSWORD, "at": OPENED,
    }  # fmt: skip
    person = accounts.register(audience="candidate", **(facts | given))
    accounts.confirm_email(person=person, email=person.email, at=OPENED)
    return Person.objects.get(pk=person.pk)


@made_once
def an_eoi(
    state: str = "in_pool", *, stream: str = "graduates", by: Person | None = None, at: datetime = NOON, **said: Any
) -> ExpressionOfInterest:
    """A file carried to ``state`` (draft: criteria answered; answered; in_pool) at ``at``; ``said`` replaces answers."""
    by = by or an_applicant()
    eoi = operations.open_eoi(program=SAMPLE, category=stream, by=by, at=at)
    yes = dict.fromkeys((one.key for one in queries.criteria(eoi)), "yes")
    operations.answer_criteria(reference=eoi.reference, answers=yes, by=by, at=at)
    if state != "draft":
        answer(eoi, {"passport_number": f"A{by.pk:07d}", **ANSWERS, **said}, at=at)
    if state == "in_pool":
        operations.submit_eoi(reference=eoi.reference, token=f"token-{eoi.reference}", by=by, at=at)
        operations.write_receipt(reference=eoi.reference, at=at)
    return fresh(eoi)


def answer(eoi: ExpressionOfInterest, said: dict[str, Any], *, at: datetime) -> None:
    """Answer every section of a draft."""
    for section in queries.questionnaire(eoi).sections:
        mine = {key: said[key] for key in queries.keys_of_section(section) if key in said}
        operations.save_section(reference=eoi.reference, section=section.key, answers=mine, by=eoi.candidate, at=at)


def change(eoi: ExpressionOfInterest, *, at: datetime, **said: Any) -> ExpressionOfInterest:
    """Change some answers of a live file and save the change."""
    by = eoi.candidate
    kept = operations.begin_change(reference=eoi.reference, by=by, at=at)
    whole = {**kept.answers, "true_answers": True, **said}
    for section in queries.questionnaire(eoi).sections:
        mine = {key: whole.get(key) for key in queries.keys_of_section(section)}
        kept = operations.save_change_section(reference=eoi.reference, section=section.key, answers=mine, by=by, at=at)
    operations.change_eoi(reference=eoi.reference, version=kept.version, by=by, at=at)
    return fresh(eoi)


def fresh(eoi: ExpressionOfInterest) -> ExpressionOfInterest:
    """The file as the database has it now."""
    return ExpressionOfInterest.objects.select_related("pack", "employer", "candidate").get(pk=eoi.pk)
