"""Whole cases for tests, brought to a stage by the same operations that people press."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person
from passerelle.allocations import operations as allocations
from passerelle.applications import operations as applications
from passerelle.applications import queries as application_queries
from passerelle.core.deadlines import local_day
from passerelle.draws import operations as draws
from passerelle.eoi import operations as eois
from passerelle.eoi import queries as eoi_queries
from passerelle.invitations import operations as invitations
from passerelle.invitations import queries as invitation_queries
from passerelle.programs import operations as programs
from passerelle.programs import queries as program_queries
from passerelle.programs.forms.pruning import keys_of
from passerelle.project.demo import filling
from tests.support import invented
from tests.support.people import PASSWORD, PROGRAM, a_staff_member, an_employer
from tests.support.worlds import made_once

NOON = datetime(2026, 4, 7, 18, tzinfo=UTC)  # a Tuesday, noon in Yellowknife
DAY = timedelta(days=1)


@dataclass
class Office:
    """A program with its pack, its places and its staff."""

    officer: Person
    second: Person
    manager: Person
    director: Person
    auditor: Person


@made_once
def an_office(*, places: int = 197, at: datetime = NOON - 30 * DAY) -> Office:
    """Load the packs, set the year's places, and appoint one person to each role."""
    programs.load_packs(at=at)
    office = Office(
        officer=a_staff_member("officer"), second=a_staff_member("officer", "reviewer"),
        manager=a_staff_member("draw_manager"), director=a_staff_member("director"), auditor=a_staff_member("auditor"),
    )  # fmt: skip
    allocations.set_places(program=PROGRAM, year=at.year, places=places, reason="Year", by=office.director, at=at)
    return office


@dataclass
class Case:
    """One file and its people; what it has reached is filled in."""

    office: Office
    employer: Person
    candidate: Person
    eoi: str
    answers: Mapping[str, Any]
    invitation: str = ""
    application: str = ""
    draw: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> Any:
        """The application as it stands."""
        return application_queries.of_invitation(self.invitation)


@made_once
def answered(
    office: Office, *, at: datetime = NOON, category: str = "skilled", strong: bool = True, **said: Any
) -> Case:
    """A draft whose questionnaire is filled in; ``said`` replaces single answers."""
    # The n-th candidate of a test is the same one, whatever other tests ran before in this process.
    number = 1 + Person.objects.filter(username__startswith="case").count()
    who = invented.candidate(Random(number), number=number, category=category, strong=strong, on=at.date())
    answers = {**who.answers, **said}
    employer = an_employer(at=at)
    eoi = eois.open_eoi(program=PROGRAM, category=category, by=employer, at=at)
    criteria = dict.fromkeys((one.key for one in eoi_queries.criteria(eoi)), "yes")
    eois.answer_criteria(reference=eoi.reference, answers=criteria, by=employer, at=at)
    link = eois.let_in_candidate(
        reference=eoi.reference, email=f"c{number}@example.org", name=who.name, language="en", by=employer, at=at
    )
    candidate = accounts.redeem_link(token=link.token, username=f"case{number}", password=PASSWORD, at=at)
    for section in eoi_queries.questionnaire(eoi).applying({"category": category, **answers}):
        keys = {key for question in section.questions for key in keys_of(question)}
        part = {key: value for key, value in answers.items() if key in keys}
        eois.save_section(reference=eoi.reference, section=section.key, answers=part, by=candidate, at=at)
    return Case(office, employer, candidate, eoi.reference, answers)


@made_once
def in_pool(office: Office, *, at: datetime = NOON, **given: Any) -> Case:
    """A file handed in at ``at`` and confirmed an hour later."""
    case = answered(office, at=at, **given)
    eois.submit_eoi(reference=case.eoi, token=uuid4().hex, by=case.candidate, at=at)
    eois.write_receipt(reference=case.eoi, at=at)
    eois.confirm_points(reference=case.eoi, by=office.officer, at=at + timedelta(hours=1))
    return case


@made_once
def invited(office: Office, *, at: datetime = NOON, **given: Any) -> Case:
    """A file that a draw held two days later took; invited at ``at`` + 2 days."""
    case = in_pool(office, at=at, **given)
    held = at + 2 * DAY
    rules = program_queries.rules_in_force(PROGRAM, at)
    categories = [one.key for one in rules.categories]
    draw = draws.plan_draw(
        program=PROGRAM,
        held_on=local_day(held, rules.zone),
        closes_at=at + DAY,
        size=1,
        categories=categories,
        by=office.manager,
        at=at,
    )
    draws.conduct_draw(number=draw.number, by=office.manager, at=held)
    invitations.issue_invitations(number=draw.number, by=office.director, at=held)
    invitation = invitation_queries.of_eoi(case.eoi)
    assert invitation is not None
    case.draw, case.invitation = draw.number, invitation.reference
    return case


@made_once
def opened(office: Office, *, at: datetime = NOON, **given: Any) -> Case:
    """An application opened three days after ``at``."""
    case = invited(office, at=at, **given)
    opened = applications.open_application(invitation=case.invitation, by=case.employer, at=at + 3 * DAY)
    case.application = opened.reference
    return case


def fill_part(case: Case, part: str, *, at: datetime, submit: bool = True, documents: bool = True) -> None:
    """Fill in a part of the application with its needed documents, and submit it."""
    by = case.employer if part == "employer" else case.candidate
    kept = application_queries.part_for(by, reference=case.application, part=part)
    form, given = application_queries.questionnaire(kept), application_queries.given(kept)
    whole = filling.Filler(case.answers, on=at.date(), name=by.name).fill(form, kept.answers, given)
    for section in form.sections:
        applications.save_section(
            reference=case.application, part=part, section=section.key, answers=whole, by=by, at=at
        )
    kept = application_queries.part_for(by, reference=case.application, part=part)
    for slot in application_queries.slots(kept) if documents else ():
        if slot.required:
            upload = filling.document(slot.key)
            applications.add_document(reference=case.application, part=part, slot=slot.key, upload=upload, by=by, at=at)
    if submit:
        applications.submit_part(reference=case.application, part=part, signature=by.name, by=by, at=at)


@made_once
def queued(office: Office, *, at: datetime = NOON, **given: Any) -> Case:
    """A complete application, received five days after ``at``."""
    case = opened(office, at=at, **given)
    fill_part(case, "employer", at=at + 4 * DAY)
    fill_part(case, "candidate", at=at + 5 * DAY)
    return case


@made_once
def assessed(office: Office, *, failing: int = 0, at: datetime = NOON, **given: Any) -> Case:
    """A file in the officer's hands with a finding on every criterion, the last ``failing`` of them not met."""
    case = queued(office, at=at, **given)
    when = at + 6 * DAY
    applications.take(reference=case.application, reason="", by=office.officer, at=when)
    criteria = application_queries.criteria(case.file)
    for place, criterion in enumerate(criteria):
        unmet = place >= len(criteria) - failing
        applications.record_finding(
            reference=case.application, criterion=criterion.key, verdict="not_met" if unmet else "met",
            note="Not shown." if unmet else "", by=office.officer, at=when,
        )  # fmt: skip
    return case


@made_once
def refused(office: Office, *, at: datetime = NOON, **given: Any) -> Case:
    """A file refused seven days after ``at``."""
    case = assessed(office, failing=1, at=at, **given)
    found = application_queries.latest_findings(case.file)
    grounds = [key for key, finding in found.items() if finding.verdict == "not_met"]
    applications.decide(
        reference=case.application, kind="refusal", reasons="The last criterion is not shown.", grounds=grounds,
        by=office.officer, at=at + 7 * DAY,
    )  # fmt: skip
    return case


@made_once
def nominated(office: Office, *, at: datetime = NOON, **given: Any) -> Case:
    """A file nominated seven days after ``at``."""
    case = assessed(office, at=at, **given)
    applications.decide(reference=case.application, kind="nomination", by=office.officer, at=at + 7 * DAY)
    return case
