"""A file whose person came from the federal pool, for tests: from a loaded profile to an assessment without a gap."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from passerelle.accounts.models import Person
from passerelle.allocations import operations as allocations
from passerelle.applications import operations as applications
from passerelle.applications import queries
from passerelle.invitations import operations as invitations
from passerelle.project.demo import filling
from tests.express_entry.files import NOON, PROGRAM
from tests.express_entry.rounds import DAY, a_pool, an_office, issued
from tests.support import candidate_first as first
from tests.support.cases import Case, Office, fill_part
from tests.support.people import a_candidate, a_staff_member
from tests.support.worlds import made_once

NUMBER, CODE = "E000000001", "V000000001"
AT = NOON + 20 * DAY


@dataclass
class FederalCase(Case):
    """The case with who held its round, and another candidate of the program."""

    rounds: Any = None
    other: Any = None


def answers(on: date) -> dict[str, Any]:
    """What somebody of good French and enough English answers in the application of the federal streams."""
    return {
        "ee_validation_code": CODE, "federal_program": "fsw", "federal_experience_months": 60,
        "education_in_canada": False, "has_eca": True, "eca_date": (on - 400 * DAY).isoformat(), "marital_status": "single",
        "fsw_education": "three_year", "fsw_work_years": 5, "fsw_canadian_work_years": 0, "fsw_studied_in_canada": False,
        "fsw_job_offer": False, "fsw_relative": False,
        "federal_invitation": False, "in_canada": False, "refugee_claim_pending": False, "intent_ontario": True,
        "licence_required": False, "settlement_funds": "30000", "ontario_job_earnings": "0", "family_size": 1,
        "highest_education": "bachelor", "has_language_test": True, "first_official_language": "fr", "l1_test": "tef_canada",
        "l1_test_date": (on - 120 * DAY).isoformat(), "l1_listening": "300", "l1_reading": "250", "l1_writing": "375",
        "l1_speaking": "375", "has_second_language": True, "l2_test": "ielts_general",
        "l2_test_date": (on - 120 * DAY).isoformat(), "l2_listening": "7.5", "l2_reading": "6.5", "l2_writing": "6.5",
        "l2_speaking": "6.5", "past_applications": False, "past_refusals": False, "ap_citizenship": "PT",
        "ap_birth_place": "Lisbon, Portugal", "ap_passport_expiry": (on + 2000 * DAY).isoformat(), "ap_helped": False,
        "relatives_in_canada": False,
    }  # fmt: skip


def a_proof() -> SimpleUploadedFile:
    """A document that shows an invitation declined."""
    made = filling.document("declined")
    return SimpleUploadedFile("declined.pdf", made.read(), content_type="application/pdf")


@made_once
def taken_up(*, crs: str = "410", **asked: Any) -> FederalCase:
    """A file whose candidate came with a notification and has opened the application; ``asked`` of the round."""
    rounds = an_office()
    with TemporaryDirectory() as folder:
        a_pool(Path(folder), {"crs": crs}, {"crs": "600"})
    issued(rounds, **asked)
    office = Office(
        officer=a_staff_member("officer", program=PROGRAM), second=a_staff_member("officer", "reviewer", program=PROGRAM),
        manager=rounds.manager, director=rounds.second, auditor=a_staff_member("auditor", program=PROGRAM),
    )  # fmt: skip
    allocations.set_places(program=PROGRAM, year=NOON.year, places=100, reason="Year", by=office.director, at=NOON)
    person: Person = a_candidate(program=PROGRAM)
    at = NOON + 3 * DAY
    proof = invitations.prove(program=PROGRAM, number=NUMBER, code=CODE, at=at)
    invitation = invitations.take_up(
        proof=proof, passport_country="PT", passport_number="PT123", by=person, at=at
    )  # fmt: skip
    application = applications.open_application(invitation=invitation.reference, by=person, at=at)
    return FederalCase(
        office, person, person, invitation.eoi.reference, {}, invitation=invitation.reference,
        application=application.reference, rounds=rounds, other=a_candidate(program=PROGRAM),
    )  # fmt: skip


@made_once
def assessed() -> FederalCase:
    """A complete file, paid, with every criterion found met, in the officer's hands."""
    case = taken_up()
    part = queries.part_for(case.candidate, reference=case.application, part="candidate")
    known = answers(NOON.date())
    for section in queries.questionnaire(part).sections:
        applications.save_section(
            reference=case.application, part="candidate", section=section.key, answers={**part.answers, **known},
            by=case.candidate, at=NOON + 4 * DAY,
        )  # fmt: skip
    fill_part(case, "candidate", at=NOON + 5 * DAY)
    first.pay(case, at=NOON + 6 * DAY)
    applications.take(reference=case.application, reason="", by=case.office.officer, at=NOON + 8 * DAY)
    for criterion in queries.criteria(case.file):
        applications.record_finding(
            reference=case.application, criterion=criterion.key, verdict="met", note="", by=case.office.officer,
            at=NOON + 9 * DAY,
        )  # fmt: skip
    return case
