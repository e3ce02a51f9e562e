"""The Ontario program with its editions, for tests: 2024 in force by its date, the others put in force by two people.

Nothing says which edition a file follows but the date on which it is begun: ``a_file`` does what the rules of that day ask.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import Any

from django.conf import settings

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person
from passerelle.allocations import operations as allocations
from passerelle.applications import operations as applications
from passerelle.applications import queries as files_of
from passerelle.applications.models import Application
from passerelle.draws import operations as draws
from passerelle.eoi import operations as eois
from passerelle.eoi import queries
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations import operations as invitations
from passerelle.invitations import queries as invited
from passerelle.invitations import route
from passerelle.payments import operations as payments
from passerelle.payments import queries as fees
from passerelle.programs import files
from passerelle.programs import operations as programs
from passerelle.programs import queries as rules_of
from passerelle.programs.models import Pack, Program
from passerelle.project.demo import filling
from tests.support.people import PASSWORD, a_staff_member, an_employer
from tests.support.worlds import made_once

CODE = "ca-on"
DAY = timedelta(days=1)
OPENED = datetime(2020, 1, 2, 17, tzinfo=UTC)
# Noon in Toronto, on days of three editions.
IN_2021, IN_2024, IN_2025 = (datetime(year, 9, 9, 16, tzinfo=UTC) for year in (2021, 2024, 2025))
ASSESSED_AT = IN_2024 + 6 * DAY
# First instants: midnight in Toronto, in summer.
FROM_2021, FROM_2025 = datetime(2021, 4, 28, 4, tzinfo=UTC), datetime(2025, 7, 2, 4, tzinfo=UTC)
_numbers = count(1)


@lru_cache(maxsize=8)
def sources(version: str) -> dict[str, str]:
    """The files of an edition, every stream open."""
    found = files.sources(settings.PACKS / CODE / version)
    return {
        path: text.replace("open: false", "open: true") if path.endswith("program.yaml") else text
        for path, text in found.items()
    }


def in_two_sections(version: str) -> dict[str, str]:
    """The files of an edition whose job offer's form, where it has one, asks for the hours in a section of its own."""
    told, first = dict(sources(version)), "      - {key: job_hours_week"
    for path in (one for one in told if one.endswith("forms/job_offer.yaml")):
        own = "  - key: hours\n    title: {en: Hours and place, fr: Heures et lieu}\n    questions:\n"
        told[path] = told[path].replace(first, own + first)
    return told


@dataclass
class Office:
    """Who works on the files."""

    officer: Person
    manager: Person
    director: Person
    second: Person


@made_once
def an_office(told: Callable[[str], dict[str, str]] = sources) -> Office:
    """Load the editions, put those of 2021 and 2025 in force from their first days, set the places of the years."""
    Program.objects.get_or_create(code=CODE, defaults={"opened_at": OPENED})
    for place, version in enumerate(("2021-1", "2024-1", "2025-1")):
        heading = files.heading(sources(version))
        Pack.objects.create(
            pk=900_201 + place, code=CODE, version=version, kind="program", program_id=CODE, loaded_at=OPENED,
            sha256=files.fingerprint(told(version)), sources=told(version), in_force_from=heading.from_at,
            by_staff=heading.by_staff,
        )  # fmt: skip
    office = Office(
        *(a_staff_member(role, program=CODE, at=OPENED) for role in ("officer", "draw_manager", "director", "director"))
    )
    for version, first in (("2021-1", FROM_2021), ("2025-1", FROM_2025)):
        put = programs.ask_to_put_in_force(
            program=CODE,
            version=version,
            from_at=first,
            reason="Rules of the day",
            by=office.director,
            at=first - 30 * DAY,
        )
        programs.confirm_put_in_force(put=put, by=office.second, at=first - 29 * DAY)
    for year in (2021, 2024, 2025):
        allocations.set_places(
            program=CODE, year=year, places=50, reason="Letter", by=office.director, at=datetime(year, 1, 5, tzinfo=UTC)
        )
    return office


def a_candidate(at: datetime) -> Person:
    """A candidate who registered by themself."""
    number = next(_numbers)
    person = accounts.register(
        audience="candidate", program=CODE, username=f"on{number}", email=f"on{number}@example.org", name="Amina Diallo",
        phone="416-555-0142", language="en", password=PASSWORD, at=at,
    )  # fmt: skip
    accounts.confirm_email(person=person, email=person.email, at=at)
    return Person.objects.get(pk=person.pk)


def said(eoi: ExpressionOfInterest, at: datetime, **given: Any) -> dict[str, Any]:
    """Answers to every question that a questionnaire asks of a Foreign Worker; ``given`` ones stand."""
    number = next(_numbers)
    known = {
        "family_name": "Diallo", "given_names": "Amina", "birth_date": "1992-05-17", "email": "amina@example.org",
        "passport_country": "SN", "passport_number": f"SN{number:06d}", "passport_expiry": f"{at.year + 5}-01-31",
        "in_canada": True, "in_ontario": True, "status_type": "work_permit", "status_expiry": f"{at.year + 2}-01-31",
        "pay_stated": "hourly", "job_wage_hourly": "41.00", "job_location_cd": "3506", "best_year_earnings": "60000",
        "refugee_claim_pending": False, "has_language_test": False, "in_pilot": False, "licence_required": False,
        "exp_same_noc_months": 30, "position_start": f"{at.year - 1}-01-05", "job_weeks_year": "52",
    }  # fmt: skip
    form = queries.questionnaire(eoi)
    asked = {key for section in form.sections for key in queries.keys_of_section(section)}
    begun = {**{key: value for key, value in {**known, **given}.items() if key in asked}, **eoi.answers}
    filler = filling.Filler({"job_community": "3506", "noc_code": "21231"}, on=at.date(), name="Amina Diallo")
    return filler.fill(form, begun, queries.given(eoi))


OFFER = {
    "employer_legal_name": "Mill Inc.", "job_title": "Software engineer", "job_noc": "21231", "pay_stated": "hourly",
    "job_wage_hourly": "41.00", "job_hours_week": "37.5", "job_weeks_year": "52", "job_permanent": True,
    "job_location_cd": "3506",
}  # fmt: skip


@made_once
def begun(at: datetime, *, email: str = "") -> ExpressionOfInterest:
    """A draft begun by whoever begins on that day, in the hands of its candidate."""
    stream = rules_of.rules_in_force(CODE, at).stream("foreign_worker")
    by = an_employer(program=CODE, at=at) if stream.opened_by == "employer" else a_candidate(at)
    eoi = eois.open_eoi(program=CODE, category="foreign_worker", by=by, at=at)
    yes = dict.fromkeys((one.key for one in queries.criteria(eoi)), "yes")
    eois.answer_criteria(reference=eoi.reference, answers=yes, by=by, at=at)
    if stream.opened_by == "employer":
        link = eois.let_in_candidate(
            reference=eoi.reference, email=email or f"offered{next(_numbers)}@example.org", name="Amina Diallo", language="en",
            by=by, at=at, offer=OFFER,
        )  # fmt: skip
        if not email:
            accounts.redeem_link(token=link.token, username=f"offered{next(_numbers)}", password=PASSWORD, at=at)
    return fresh(eoi.reference)


@made_once
def answered(eoi: ExpressionOfInterest, at: datetime, **given: Any) -> ExpressionOfInterest:
    """The draft with its questionnaire answered."""
    whole = said(eoi, at, **given)
    for section in queries.questionnaire(eoi).sections:
        mine = {key: whole[key] for key in queries.keys_of_section(section) if key in whole}
        eois.save_section(reference=eoi.reference, section=section.key, answers=mine, by=eoi.candidate, at=at)
    return fresh(eoi.reference)


@made_once
def in_pool(at: datetime, **given: Any) -> ExpressionOfInterest:
    """A file handed in at ``at``."""
    eoi = answered(begun(at), at, **given)
    eois.submit_eoi(reference=eoi.reference, token=f"t-{eoi.reference}", by=eoi.candidate, at=at)
    return fresh(eoi.reference)


def invite(office: Office, eoi: ExpressionOfInterest, at: datetime) -> Any:
    """The invitation of a file, by a draw held at ``at``."""
    day = at.date()
    draw = draws.plan_draw(
        program=CODE, held_on=day, closes_at=at - timedelta(hours=1), size=1, categories=[eoi.category], by=office.manager,
        at=at - timedelta(hours=2),
    )  # fmt: skip
    draws.conduct_draw(number=draw.number, by=office.manager, at=at)
    invitations.issue_invitations(number=draw.number, by=office.director, at=at)
    return invited.of_eoi(eoi.reference)


def opened(invitation: Any, at: datetime) -> Any:
    """The application, begun by whoever begins it, with an employer in it."""
    by = route.leader(invitation)
    file = applications.open_application(invitation=invitation.reference, by=by, at=at)
    if file.employer is None:
        link = applications.let_in_employer(
            reference=file.reference, email="boss@example.org", name="Mill Inc.", language="en", by=by, at=at
        )
        accounts.redeem_link(token=link.token, username=f"boss{next(_numbers)}", password=PASSWORD, at=at)
    return files_of.of_reference(file.reference)


def fill(file: Any, part: str, at: datetime) -> None:
    """Fill in one form with its documents, and hand it in."""
    by = file.employer if part == "employer" else file.candidate
    kept = files_of.part_for(by, reference=file.reference, part=part)
    form, given = files_of.questionnaire(kept), files_of.given(kept)
    filler = filling.Filler(
        {**file.invitation.eoi.answers, "job_community": "3506"}, on=at.date(), name=by.name,
        meeting=files_of.rules_of(file).criteria(file.invitation.eoi.category),
    )  # fmt: skip
    # Pages of nothing but optional questions are done once something is said there.
    asked = {one.key for one in form.questions()}
    extra = {
        key: text for key, text in {"other_activities": "None.", "learned_how": "A friend"}.items() if key in asked
    }
    whole = filler.fill(form, {**extra, **kept.answers}, given)
    for section in form.sections:
        applications.save_section(reference=file.reference, part=part, section=section.key, answers=whole, by=by, at=at)
    kept = files_of.part_for(by, reference=file.reference, part=part)
    for slot in files_of.slots(kept):
        if slot.required:
            upload = filling.document(slot.key)
            applications.add_document(reference=file.reference, part=part, slot=slot.key, upload=upload, by=by, at=at)
    applications.submit_part(reference=file.reference, part=part, signature=by.name, by=by, at=at)


@made_once
def a_file(office: Office, **given: Any) -> Application:
    """A Foreign Worker's application of 2024 with both forms open; ``given`` are answers of the EOI."""
    invitation = invite(office, in_pool(IN_2024, **given), IN_2024 + DAY)
    return opened(invitation, IN_2024 + 2 * DAY)


@made_once
def assessed(office: Office, file: Application) -> Application:
    """The file with both forms in, paid, and in the hands of the officer."""
    for part in ("employer", "candidate"):
        fill(file, part, IN_2024 + 3 * DAY)
    fee = fees.payment_of(about=file.reference, purpose="application_fee")
    payments.start(reference=fee.reference, by=file.candidate, at=IN_2024 + 4 * DAY)
    payments.practise(reference=fee.reference, accepted=True, by=file.candidate, at=IN_2024 + 4 * DAY)
    applications.take(reference=file.reference, reason="", by=office.officer, at=ASSESSED_AT)
    return files_of.of_reference(file.reference)


@made_once
def find_all_met(office: Office, file: Application, note: str = "") -> None:
    """A finding "met" on each criterion."""
    for one in files_of.criteria(file):
        applications.record_finding(
            reference=file.reference, criterion=one.key, verdict="met", note=note, by=office.officer, at=ASSESSED_AT
        )


def fresh(reference: str) -> ExpressionOfInterest:
    """The file as it stands."""
    return ExpressionOfInterest.objects.select_related("pack", "employer", "candidate").get(reference=reference)
