"""Files for every room's tests: the NWT program from its shipped pack, and expressions of interest made by the real operations."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.conf import settings

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person
from passerelle.eoi import operations, queries
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import files
from passerelle.programs.models import Pack, Program
from tests.support.people import PASSWORD, a_staff_member, an_employer
from tests.support.worlds import made_once

OPENED = datetime(2026, 3, 9, 16, tzinfo=UTC)
# Tuesday 10 March 2026, noon in Yellowknife.
NOON = datetime(2026, 3, 10, 18, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_numbers = count(1)

# Case A of the worked examples (nwt.md, section 2.5): 597 points on 10 March 2026.
ANSWERS: dict[str, Any] = {
    "family_name": "Duarte", "given_names": "Inês", "date_of_birth": "1996-02-01", "citizenship": "PT",
    "email": "ines@example.org", "phone": "+18675550142", "preferred_language": "en",
    "passport_country": "PT", "passport_number": "PT000001", "passport_expiry": "2031-05-01",
    "work_permit_type": "open", "work_permit_expiry": "2027-12-31", "refugee_claimant": False,
    "first_official_language": "en", "l1_test": "celpip_general", "l1_test_date": "2025-06-01",
    "l1_listening": "8", "l1_reading": "8", "l1_writing": "8", "l1_speaking": "7",
    "has_second_language": False,
    "has_worked": True,
    "related_experience": [
        {"employer": "Hay River Health", "title": "Nurse", "noc": "31301", "from": "2020-01-01", "still_there": True,
         "hours_per_week": "40", "country": "CA", "in_nwt": True, "related": True},
    ],
    "highest_education": "bachelor", "education_related": True, "education_country": "PT", "has_eca": True,
    "nwt_education": "none",
    "job_title": "Registered nurse", "noc_code": "31301", "job_community": "hay_river", "job_permanent": True,
    "job_hours_per_week": "40", "same_position_months": 36, "qualifies_for_job": True, "licence_held": "yes",
    "family_in_nwt": False, "spouse_accompanying": False, "accompanying_dependants": 0, "settlement_funds": "25000",
    "intends_to_settle": True, "owns_nwt_business": False,
    "declare_accurate": True, "declare_single_profile": True, "consent_privacy": True,
}  # fmt: skip


def program() -> Pack:
    """Open the program with its shipped pack, always under one key so that its rules are read once for the whole run."""
    Program.objects.get_or_create(code="ca-nt", defaults={"opened_at": OPENED})
    sources = files.sources(settings.PACKS / "ca-nt" / "2026-1")
    pack, _new = Pack.objects.get_or_create(
        code="ca-nt", version="2026-1",
        defaults={
            "pk": 900_001, "kind": "program", "program_id": "ca-nt", "sha256": files.fingerprint(sources),
            "sources": sources, "loaded_at": OPENED, "in_force_from": datetime(2026, 1, 1, tzinfo=UTC),
        },
    )  # fmt: skip
    return pack


def program_with(*, file: str = "program.yaml", **changes: str) -> Pack:
    """Put in force a later pack of the program that says something else: each key of ``file`` with its new value."""
    shipped = program()
    text = shipped.sources[file]
    for key, value in changes.items():
        text, done = re.subn(rf"(?m)^{key}: .*$", f"{key}: {value}", text)
        assert done == 1, f"{key} does not stand once in {file}"
    sources = {**shipped.sources, file: text}
    sha256 = files.fingerprint(sources)
    return Pack.objects.create(
        code="ca-nt", version=f"test-{sha256[:8]}", kind="program", program_id="ca-nt", sha256=sha256, sources=sources,
        loaded_at=OPENED, in_force_from=datetime(2026, 1, 2, tzinfo=UTC),
    )  # fmt: skip


def an_officer(**given: Any) -> Person:
    return a_staff_member("officer", **given)


def a_reviewer(**given: Any) -> Person:
    return a_staff_member("reviewer", **given)


def a_director(**given: Any) -> Person:
    return a_staff_member("director", **given)


def answers(**given: Any) -> dict[str, Any]:
    """Answers that are whole and unlike anybody else's passport."""
    number = next(_numbers)
    return {**ANSWERS, "passport_number": f"PT{number:06d}", **given}


@made_once
def an_eoi(state: str = "draft", *, at: datetime = NOON, **given: Any) -> ExpressionOfInterest:
    """Return a file carried to ``state`` by the real operations, the last of them at about ``at``.

    ``state``: draft (criteria answered, candidate let in), answered (questionnaire whole), submitted, in_pool,
    evidence_requested, doubted, invited, withdrawn, refused. Options: ``employer``, ``category``, ``officer``,
    ``language``, ``name``, and answers by their key.
    """
    program()
    employer = given.pop("employer", None) or an_employer(language=given.get("language", "en"))
    category, officer = given.pop("category", "skilled"), given.pop("officer", None)
    name, language = given.pop("name", "Inês Duarte"), given.pop("language", "en")
    opened = operations.open_eoi(program="ca-nt", category=category, by=employer, at=at - 3 * HOUR)
    _let_in(opened, employer, name, language, at - 2 * HOUR)
    if state == "draft":
        return _fresh(opened)
    _answer(_fresh(opened), answers(**given), at - HOUR)
    _carry(_fresh(opened), state, officer, at)
    return _fresh(opened)


EOIFactory = an_eoi


def _fresh(eoi: ExpressionOfInterest) -> ExpressionOfInterest:
    return ExpressionOfInterest.objects.select_related("pack", "employer", "candidate").get(pk=eoi.pk)


def _let_in(eoi: ExpressionOfInterest, employer: Person, name: str, language: str, at: datetime) -> None:
    number = next(_numbers)
    yes = dict.fromkeys((one.key for one in queries.criteria(eoi)), "yes")
    operations.answer_criteria(reference=eoi.reference, answers=yes, by=employer, at=at)
    if eoi.candidate_id is None:
        link = operations.let_in_candidate(
            reference=eoi.reference,
            email=f"candidate{number}@example.org",
            name=name,
            language=language,
            by=employer,
            at=at,
        )
        accounts.redeem_link(token=link.token, username=f"candidate-{number}", password=PASSWORD, at=at)


def _answer(eoi: ExpressionOfInterest, said: dict[str, Any], at: datetime) -> None:
    for section in queries.questionnaire(eoi).sections:
        mine = {key: said[key] for key in queries.keys_of_section(section) if key in said}
        operations.save_section(reference=eoi.reference, section=section.key, answers=mine, by=eoi.candidate, at=at)


def _carry(eoi: ExpressionOfInterest, state: str, officer: Person | None, at: datetime) -> None:
    if state == "answered":
        return
    reference, candidate = eoi.reference, eoi.candidate
    operations.submit_eoi(reference=reference, token=f"token-{reference}", by=candidate, at=at)
    operations.write_receipt(reference=reference, at=at)
    if state == "submitted":
        return
    if state == "withdrawn":
        operations.withdraw_eoi(reference=reference, reason="", by=candidate, at=at)
        return
    officer = officer or an_officer()
    if state in ("in_pool", "invited"):
        operations.confirm_points(reference=reference, by=officer, at=at)
    if state == "invited":
        operations.mark_invited(references=[reference], by=None, at=at)
    if state == "evidence_requested":
        items = [{"key": "diplomas", "label": {"en": "Diplomas", "fr": "Diplômes"}}]
        operations.request_evidence(reference=reference, items=items, by=officer, at=at)
    if state in ("doubted", "refused"):
        operations.raise_doubt(reference=reference, what="The dates of the job in Hay River.", by=officer, at=at)
    if state == "refused":
        operations.reply_to_doubt(reference=reference, reply="They are right.", by=candidate, at=at)
        operations.refuse_eoi(reference=reference, reason="The employer says otherwise.", by=officer, at=at)
