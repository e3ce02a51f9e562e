"""People of the Ontario program walking through it in a browser, one step a method, each e-mail read from the mailbox."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from passerelle.accounts import operations as accounts_made
from passerelle.accounts import queries as accounts
from passerelle.allocations import operations as allocations
from passerelle.applications import operations as applying
from passerelle.applications import queries as applications
from passerelle.core import clock
from passerelle.core.deadlines import local_day
from passerelle.draws import operations as draws
from passerelle.eoi import operations as eoi_acts
from passerelle.eoi import queries as eois
from passerelle.invitations import operations as inviting
from passerelle.invitations import queries as invitations
from passerelle.programs import operations as loading
from passerelle.programs import queries as programs
from passerelle.programs.forms.pruning import keys_of
from passerelle.project.demo import filling
from tests.journeys.walking import PICTURES, Visitor, link_in, post
from tests.support import candidate_first as first
from tests.support.browser import DESKTOP
from tests.support.cases import DAY, Case, Office, fill_part
from tests.support.mailbox import Mailbox, text_of
from tests.support.people import PASSWORD, a_staff_member

CODE = "ca-on"
CANDIDATE, EMPLOYER = "candidate@mail.example", "office@mill.example"
# What the employer types by itself and a form cannot guess.
EMPLOYERS_OWN = {"business_number": "123456789", "position_title": "Software engineer"}


def an_office(*, at: datetime, places: int = 21_500) -> Office:
    """The program as it ships, the places of its year, and one person in each role."""
    loading.load_packs(at=at)
    office = Office(
        officer=a_staff_member("officer", program=CODE), second=a_staff_member("officer", "reviewer", program=CODE),
        manager=a_staff_member("draw_manager", program=CODE), director=a_staff_member("director", program=CODE),
        auditor=a_staff_member("auditor", program=CODE),
    )  # fmt: skip
    for year in {at.year, at.year + 1}:  # a walk near the end of a year ends in the next
        allocations.set_places(program=CODE, year=year, places=places, reason="Year", by=office.director, at=at)
    return office


def graduate(on: date) -> dict[str, Any]:
    """The answers of somebody who finished a master's degree in Waterloo half a year ago: 58 points."""
    return {
        **_anybody(on),
        "highest_education": "master", "field_of_study": "engineering", "has_canadian_credentials": True,
        "canadian_credentials": [{
            "institution": "University of Waterloo", "eligible_institution": True, "credential": "master",
            "length": "two_years_or_more", "admission_degree": True, "from": _day(on, -900), "completed": True,
            "to": _day(on, -180), "campus_in_ontario": True, "in_person": True, "campus_division": "3530",
            "share_in_canada": 100, "years_in_ontario": 2,
        }],
        "studying_now": False, "has_lived_in_ontario": True,
        "ontario_residence": [
            {"from": _day(on, -900), "still_there": True, "division": "3530", "lawful": True},
        ],
        "scholarship_owed": False, "settlement_funds": "30000", "ontario_job_earnings": "0", "family_size": 1,
    }  # fmt: skip


def worker(on: date) -> dict[str, Any]:
    """The answers of a software engineer with an offer in Ottawa, in the position for ten months."""
    return {
        **_anybody(on), "status_type": "work_permit",
        "job_noc": "21231", "job_title": "Software engineer", "pay_stated": "hourly", "job_wage_hourly": "52.00",
        "job_hours_week": "37.5", "job_weeks_year": "52", "job_permanent": True, "job_location_cd": "3506",
        "employer_legal_name": "Rideau Mills Ltd.", "cra_bn": "123456789",
        "in_position": True, "position_start": _day(on, -300), "licence_required": False, "exp_same_noc_months": 40,
        "in_pilot": False,
    }  # fmt: skip


def _anybody(on: date) -> dict[str, Any]:
    return {
        "family_name": "Duarte", "given_names": "Inês", "birth_date": "1997-03-27", "citizenship": "BR",
        "residence_country": "CA", "email": CANDIDATE, "phone": "519-555-0142", "pref_lang": "en",
        "passport_country": "BR", "passport_number": "FX123456", "passport_expiry": _day(on, 2000),
        "in_canada": True, "in_ontario": True, "status_type": "study_permit", "status_expiry": _day(on, 400),
        "refugee_claim_pending": False, "best_year_earnings": "0", "has_language_test": True,
        "first_official_language": "en", "l1_test": "ielts_general", "l1_test_date": _day(on, -120),
        "l1_listening": "8.0", "l1_reading": "7.5", "l1_writing": "7.0", "l1_speaking": "7.5",
        "has_second_language": False, "intent_ontario": True, "intent_reasons": "Studies, friends and work in Waterloo.",
        "attest_criteria": True, "attest_truth": True,
    }  # fmt: skip


def _day(on: date, days: int) -> str:
    return (on + timedelta(days=days)).isoformat()


def queued(office: Office, answers: Mapping[str, Any], *, category: str, language: str, at: datetime) -> Case:
    """A complete application, paid by practice card, brought there by the operations that people press; nobody took it."""
    person = accounts_made.register(
        audience="candidate", program=CODE, username="ines-duarte", email=CANDIDATE, name="Inês Duarte",
        phone="519-555-0142", language=language, password=PASSWORD, at=at,
    )  # fmt: skip
    accounts_made.confirm_email(person=person, email=CANDIDATE, at=at)
    person.refresh_from_db()
    eoi = eoi_acts.open_eoi(program=CODE, category=category, by=person, at=at)
    yes = dict.fromkeys((one.key for one in eois.criteria(eoi)), "yes")
    eoi_acts.answer_criteria(reference=eoi.reference, answers=yes, by=person, at=at)
    for section in eois.questionnaire(eoi).applying({"category": category, **answers}):
        mine = {key: answers[key] for key in eois.keys_of_section(section) if key in answers}
        eoi_acts.save_section(reference=eoi.reference, section=section.key, answers=mine, by=person, at=at)
    eoi_acts.submit_eoi(reference=eoi.reference, token=f"token-{eoi.reference}", by=person, at=at)
    held = at + DAY
    draw = draws.plan_draw(
        program=CODE, held_on=local_day(held, programs.rules_in_force(CODE, at).zone), closes_at=at + DAY / 2, size=1,
        categories=[category], by=office.manager, at=at,
    )  # fmt: skip
    draws.conduct_draw(number=draw.number, by=office.manager, at=held)
    inviting.issue_invitations(number=draw.number, by=office.director, at=held)
    invitation = invitations.of_eoi(eoi.reference)
    assert invitation is not None
    case = Case(office, person, person, eoi.reference, answers, invitation=invitation.reference, draw=draw.number)
    case.application = applying.open_application(
        invitation=invitation.reference, by=person, at=held + DAY
    ).reference  # fmt: skip
    fill_part(case, "candidate", at=held + 2 * DAY)
    first.pay(case, at=held + 2 * DAY)
    return case


class Walk:
    """The people of one case and what each does in turn."""

    def __init__(
        self, browser: Browser, live: str, mailbox: Mailbox, *, language: str = "en", screen: Any = DESKTOP,
        scripts: bool = True, category: str = "masters_graduate", answers: Mapping[str, Any],
    ) -> None:  # fmt: skip
        def visitor(name: str, **more: Any) -> Visitor:
            return Visitor(browser, live, language, scripts=scripts, name=f"{category}-{name}", **more)

        self.mailbox, self.language, self.category = mailbox, language, category
        self.answers = {**answers, "pref_lang": language}
        self.candidate = visitor("candidate", screen=screen)
        self.employer = visitor("employer", screen=screen)
        self.staff = visitor("staff", screen=screen)
        self.office = an_office(at=clock.now() - timedelta(days=30))

    def told(self, address: str, *words: str) -> str:
        """Read the newest mail to ``address`` after the worker has sent what waits; each of ``words`` stands in it."""
        post()
        mail = self.mailbox.to(address)[-1]
        text = f"{mail['Subject']}\n\n{text_of(mail)}".replace("\u00a0", " ")
        for word in words:
            assert word in text, f"{word!r} is not in:\n{text}"
        if PICTURES:
            with (Path(PICTURES) / f"{self.language}-{self.category}-mail.txt").open("a") as kept:
                kept.write(f"==== to {address}\n{text}\n\n")
        return text

    def say(self, en: str, fr: str) -> str:
        """The word of the walk's language."""
        return fr if self.language == "fr" else en

    # --- an account of one's own, criteria, questionnaire, the pool ---

    def register(self) -> None:
        self.candidate.go("")
        self.candidate.go(f"{CODE}/")
        self.candidate.go(f"{CODE}/criteria/")
        self.candidate.go(f"{CODE}/register/")
        self.candidate.fill(
            {
                "username": "ines-duarte", "name": "Inês Duarte", "phone": "519-555-0142", "email": CANDIDATE,
                "language": self.language, "password1": PASSWORD, "password2": PASSWORD,
            }
        )  # fmt: skip
        self.candidate.submit()
        code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", self.told(CANDIDATE), re.MULTILINE)
        assert code
        self.candidate.fill({"code": code[1]})
        self.candidate.submit()
        self.told(CANDIDATE, "ines-duarte")

    def start(self) -> None:
        self.candidate.go("candidate/")
        self.candidate.go("candidate/eoi/start/")
        self.candidate.fill({"category": self.category})
        self.candidate.submit()
        while self.candidate.page.locator('[name="answer"]').count() or self._to_first_criterion():
            self.candidate.fill({"answer": "yes"})
            self.candidate.submit()

    def _to_first_criterion(self) -> bool:
        link = 'main a.govuk-button[href*="/criteria/"]'
        if not self.candidate.page.locator(link).count():
            return False
        self.candidate.press(link)
        return True

    @property
    def person(self) -> Any:
        return accounts.person("ines-duarte")

    @cached_property
    def eoi(self) -> str:
        return str(eois.files_of(self.person)[0].reference)

    def answer(self) -> None:
        self.candidate.go(f"candidate/eoi/{self.eoi}/questions/")
        form = eois.questionnaire(eois.eoi_for(self.person, self.eoi))
        for section in form.applying({"category": self.category, **self.answers}):
            keys = {key for question in section.questions for key in keys_of(question)}
            self.candidate.go(f"candidate/eoi/{self.eoi}/questions/{section.key}/")
            self.candidate.section({key: value for key, value in self.answers.items() if key in keys})
        self.candidate.go(f"candidate/eoi/{self.eoi}/check/")
        for box in self.candidate.page.locator('main form input[type="checkbox"]').all():
            box.check(force=True)
        self.candidate.submit()
        self.told(CANDIDATE, self.eoi)
        assert eois.eoi_for(self.person, self.eoi).state == "in_pool"
        self.candidate.go(f"candidate/eoi/{self.eoi}/")
        self.candidate.go(f"candidate/eoi/{self.eoi}/receipt/")
        self.candidate.go(f"candidate/eoi/{self.eoi}/answers/")
        self.candidate.go("candidate/")

    # --- the round ---

    def draw(self, held: datetime) -> None:
        zone = programs.rules_in_force(CODE, held).zone
        self.staff.sign_in(self.office.manager.username, code=True)
        self.staff.go("staff/")
        self.staff.go("staff/pool/")
        self.staff.go("staff/draws/")
        self.staff.go(f"staff/draws/plan/?stream={self.category}")
        day = local_day(held, zone).isoformat()
        self.staff.fill({"held_on": day, "closes_on": day, "closes_time": "00:01", "size": 1})
        self.staff.submit()
        number = self.staff.page.url.rstrip("/").rsplit("/", 1)[-1]
        self.staff.go(f"staff/draws/{number}/conduct/")
        self.staff.submit()
        self.staff.sign_out()
        self.staff.sign_in(self.office.director.username, code=True)
        self.staff.go(f"staff/draws/{number}/")
        self.staff.go(f"staff/draws/{number}/issue/")
        self.staff.submit()
        self.staff.go("staff/invitations/")
        self.staff.go("staff/places/")
        self.staff.sign_out()
        self.told(CANDIDATE, self.invitation_words())
        self.candidate.go(f"{CODE}/draws/")
        self.candidate.go(f"{CODE}/draws/{number}/")

    def invitation_words(self) -> str:
        return self.say("You are invited to apply", "Vous êtes invité")

    @cached_property
    def invitation(self) -> str:
        found = invitations.of_eoi(self.eoi)
        assert found is not None
        return str(found.reference)

    # --- the application ---

    @property
    def file(self) -> Any:
        return applications.of_invitation(self.invitation)

    def open(self) -> None:
        self.candidate.sign_out()
        self.candidate.sign_in("ines-duarte")
        self.candidate.go("candidate/")
        self.candidate.go(f"candidate/eoi/{self.eoi}/")
        self.candidate.go(f"candidate/invitation/{self.invitation}/")
        self.candidate.submit("/apply/")
        self.told(CANDIDATE, self.file.reference)

    # --- the employer ---

    def let_the_employer_in(self) -> None:
        self.candidate.go(f"application/{self.file.reference}/employer/")
        self.candidate.fill({"name": "Rideau Mills", "email": EMPLOYER, "language": self.language})
        self.candidate.submit()
        self.told(EMPLOYER, "Inês Duarte")
        self.employer.go(link_in(self.mailbox, EMPLOYER, part="/access/"))
        self.employer.fill({"username": "rideau-mills", "password1": PASSWORD, "password2": PASSWORD})
        self.employer.submit()
        self.told(CANDIDATE, "Rideau Mills")
        self.told(EMPLOYER, self.file.reference)
        self.employer.go("employer/")
        self.employer.go(f"application/{self.file.reference}/")

    def fill_in(self, visitor: Visitor, key: str, username: str) -> None:
        person, reference = accounts.person(username), self.file.reference
        visitor.go(f"application/{reference}/")
        part = applications.part_for(person, reference=reference, part=key)
        filler = filling.Filler(self.answers, on=clock.now().date(), name=person.name)
        known = {**part.answers, **(EMPLOYERS_OWN if key == "employer" else {})}
        whole = filler.fill(applications.questionnaire(part), known, applications.given(part))
        for section, _state in applications.sections(part):
            keys = {name for question in section.questions for name in keys_of(question)}
            visitor.go(f"application/{reference}/form/{key}/section/{section.key}/")
            visitor.section({name: value for name, value in whole.items() if name in keys})
        self._documents(visitor, person, key)
        visitor.go(f"application/{reference}/form/{key}/check/")
        visitor.fill({"agree": True, "name": person.name})
        visitor.submit()
        assert applications.part_for(person, reference=reference, part=key).state == "submitted"

    def _documents(self, visitor: Visitor, person: Any, key: str) -> None:
        reference = self.file.reference
        part = applications.part_for(person, reference=reference, part=key)
        visitor.go(f"application/{reference}/form/{key}/documents/")
        for slot in applications.slots(part):
            if not slot.required:
                continue
            made = filling.document(slot.key)
            box = visitor.page.locator(f"#slot-{slot.key}")
            box.locator("input[type=file]").set_input_files(
                {"name": made.name or "file.pdf", "mimeType": "application/pdf", "buffer": made.read()}
            )
            box.locator("form[enctype] button").click()
            visitor.page.locator(f"#slot-{slot.key} .slot__files li").first.wait_for()

    def pay(self) -> None:
        """Pay with the practice card: refused once, then accepted."""
        self.told(CANDIDATE, self.say("1,500.00", "1 500,00"))
        self.candidate.go(f"application/{self.file.reference}/")
        self.candidate.press('main a[href*="/payments/"]')
        self.candidate.submit()
        self.candidate.fill({"card": "refused"})
        self.candidate.submit()
        self.candidate.submit()
        self.candidate.fill({"card": "accepted"})
        self.candidate.submit()
        self.told(CANDIDATE)
        number = self.file.file_number
        assert any(number in text_of(one) for one in self.mailbox.to(CANDIDATE))
        self.candidate.go(f"application/{self.file.reference}/")
        self.candidate.go("candidate/")

    # --- assessment and decision ---

    def take(self) -> None:
        self.staff.sign_in(self.office.officer.username, code=True)
        self.staff.go("staff/")
        self.staff.go("staff/applications/")
        self.staff.submit("/next/")

    def assess(self) -> None:
        for criterion in applications.criteria(self.file):
            scope = f"#criterion-{criterion.key}"
            if self.staff.page.locator(scope).get_attribute("open") is None:  # the next to assess is open already
                self.staff.page.locator(f"{scope} > summary").click()
            self.staff.fill({f"{criterion.key}-verdict": "met"}, within=scope)
            self.staff.page.locator(f"{scope} form button").first.click()
            self.staff.page.locator(f"{scope} .tag--success").wait_for()
        self.staff.look()

    def nominate(self) -> None:
        self.staff.page.locator('a[href="#decision"]').first.click()
        self.staff.fill({"kind": "nomination"})
        self.staff.submit("/decision/")
        self.staff.submit("/decision/")
        assert self.file.state == "nominated"
        self.staff.go(f"staff/application/{self.file.reference}/")
        self.staff.go(f"staff/file/{self.eoi}/")
        self.staff.sign_out()
        self.told(CANDIDATE, self.file.file_number)

    def cancel(self, reason: str) -> None:
        """The officer asks for the nomination to be cancelled, a director confirms it."""
        address = f"staff/application/{self.file.reference}/nomination/cancel/"
        for username, path in (
            (self.office.officer.username, address),
            (self.office.director.username, f"{address}confirm/"),
        ):
            self.staff.sign_in(username, code=True)
            self.staff.go(path)
            self.staff.fill({"reason": reason})
            self.staff.submit()
            self.staff.sign_out()

    def read_the_letter(self, visitor: Visitor, username: str) -> str:
        visitor.sign_out()
        visitor.sign_in(username)
        visitor.go("home/")
        visitor.go(f"application/{self.file.reference}/")
        visitor.press('main a[href*="/letter"]')
        return visitor.page.locator("main").inner_text().replace("\u00a0", " ")


__all__ = ["CANDIDATE", "CODE", "EMPLOYER", "Walk", "graduate", "queued", "worker"]
