"""The whole Northwest Territories procedure in a browser: employer, candidate, officers, draw manager, director."""

import re
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser

from passerelle.accounts import queries as accounts
from passerelle.applications import queries as applications
from passerelle.core import clock
from passerelle.core.deadlines import local_day
from passerelle.eoi import queries as eois
from passerelle.invitations import queries as invitations
from passerelle.programs import queries as programs
from passerelle.programs.forms.pruning import keys_of
from passerelle.project.demo import filling
from tests.journeys.walking import Visitor, assess, bring_documents, link_in, post
from tests.support import invented
from tests.support.browser import DESKTOP, PHONE
from tests.support.cases import Office, an_office
from tests.support.mailbox import Mailbox, text_of
from tests.support.people import PASSWORD, PROGRAM

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]

EMPLOYER, CANDIDATE = "office@lodge.example", "candidate@mail.example"
WALKS = [
    pytest.param("en", DESKTOP, True, id="English on a desk"),
    pytest.param("fr", PHONE, True, id="French on a phone"),
    pytest.param("fr", DESKTOP, False, id="French with scripts off", marks=pytest.mark.proof),
]


class Walk:
    """The people of one case and what each does in turn."""

    office: Office

    def __init__(
        self, browser: Browser, live: str, mailbox: Mailbox, language: str, screen: Any, scripts: bool
    ) -> None:
        def visitor(name: str, **more: Any) -> Visitor:
            return Visitor(browser, live, language, scripts=scripts, name=name, **more)

        self.mailbox, self.language, self.screen = mailbox, language, screen
        self.employer = visitor("employer", screen=screen)
        self.candidate = visitor("candidate", screen=screen)
        self.staff = visitor("staff")
        self.said = invented.candidate(Random(5), number=77, category="skilled", strong=True, on=clock.now().date())

    # --- the employer opens the file (R1.1 to R1.5) ---

    def register(self) -> None:
        self.employer.go(f"{PROGRAM}/register/")
        self.employer.fill(
            {
                "username": "lodge-case-1", "name": "Dana Whitford", "phone": "867-555-0142", "email": EMPLOYER,
                "language": self.language, "password1": PASSWORD, "password2": PASSWORD,
            }
        )  # fmt: skip
        self.employer.submit()
        told = text_of(self.mailbox.wait_for(EMPLOYER))
        code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", told, re.MULTILINE)
        assert code, told
        self.employer.fill({"code": code[1]})
        self.employer.submit()

    def start(self) -> None:
        self.employer.go("employer/eoi/start/")
        self.employer.fill({"category": "skilled"})
        self.employer.submit()
        while self.employer.page.locator('[name="answer"]').count() or self._to_first_criterion():
            self.employer.fill({"answer": "yes"})
            self.employer.submit()
        self.employer.go(f"employer/eoi/{self.eoi}/candidate/")
        self.employer.fill({"name": self.said.name, "email": CANDIDATE, "language": self.language})
        self.employer.submit()
        post()

    def _to_first_criterion(self) -> bool:
        link = self.employer.page.locator('main a.govuk-button[href*="/criteria/"]')
        if not link.count():
            return False
        self.employer.press('main a.govuk-button[href*="/criteria/"]')
        return True

    @property
    def eoi(self) -> str:
        return str(eois.files_of(accounts.person("lodge-case-1"))[0].reference)

    # --- the candidate answers (R2.1 to R2.6) ---

    def let_in(self) -> None:
        self.mailbox.wait_for(CANDIDATE)
        self.candidate.go(link_in(self.mailbox, CANDIDATE, part="/access/"))
        self.candidate.fill({"username": "case-candidate", "password1": PASSWORD, "password2": PASSWORD})
        self.candidate.submit()

    def answer(self) -> None:
        self.candidate.go(f"candidate/eoi/{self.eoi}/questions/")
        eoi = eois.eoi_for(accounts.person("case-candidate"), self.eoi)
        answers = {**self.said.answers, "credentials": []}
        for section in eois.questionnaire(eoi).applying({"category": "skilled", **answers}):
            keys = {key for question in section.questions for key in keys_of(question)}
            self.candidate.go(f"candidate/eoi/{self.eoi}/questions/{section.key}/")
            self.candidate.section({key: value for key, value in answers.items() if key in keys})
        self.candidate.go(f"candidate/eoi/{self.eoi}/check/")
        for box in self.candidate.page.locator('main form input[type="checkbox"]').all():
            box.check(force=True)
        self.candidate.submit()
        post()
        assert self.mailbox.wait_for(CANDIDATE, count=2)

    # --- staff confirm, draw, invite (R3, R4) ---

    def confirm(self) -> None:
        self.staff.sign_in(self.office.officer.username, code=True)
        self.staff.go("staff/worklist/")
        self.staff.go("staff/eoi/")
        self.staff.go(f"staff/eoi/{self.eoi}/")
        self.staff.go(f"staff/eoi/{self.eoi}/confirm/")
        self.staff.submit()
        post()
        total = eois.eoi_for(self.office.officer, self.eoi).points
        for address in (EMPLOYER, CANDIDATE):
            assert any(str(total) in text_of(one) for one in self.mailbox.to(address)), address
        self.staff.sign_out()

    def draw(self, held: datetime) -> None:
        zone = programs.rules_in_force(PROGRAM, held).zone
        self.staff.sign_in(self.office.manager.username, code=True)
        self.staff.go("staff/draws/plan/")
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
        self.staff.sign_out()
        post()
        for address in (EMPLOYER, CANDIDATE):
            assert self.mailbox.to(address)

    # --- the application (R5) ---

    @property
    def invitation(self) -> str:
        found = invitations.of_eoi(self.eoi)
        assert found is not None
        return str(found.reference)

    @property
    def file(self) -> Any:
        return applications.of_invitation(self.invitation)

    def apply(self) -> None:
        self.employer.sign_out()
        self.employer.sign_in("lodge-case-1")
        self.employer.go("employer/")
        self.employer.go(f"employer/invitation/{self.invitation}/")
        self.employer.submit("/apply/")
        self._part(self.employer, "employer", "lodge-case-1")
        post()
        self.candidate.sign_out()
        self.candidate.sign_in("case-candidate")
        self.candidate.go("candidate/")
        self._part(self.candidate, "candidate", "case-candidate")
        post()
        number = self.file.file_number
        assert any(number in text_of(one) for one in self.mailbox.to(EMPLOYER))

    def _part(self, visitor: Visitor, key: str, username: str) -> None:
        person = accounts.person(username)
        reference = self.file.reference
        visitor.go(f"application/{reference}/")
        part = applications.part_for(person, reference=reference, part=key)
        form = applications.questionnaire(part)
        filler = filling.Filler(self.said.answers, on=clock.now().date(), name=person.name)
        whole = filler.fill(form, part.answers, applications.given(part))
        for section, _state in applications.sections(part):
            keys = {name for question in section.questions for name in keys_of(question)}
            visitor.go(f"application/{reference}/form/{key}/section/{section.key}/")
            visitor.section({name: value for name, value in whole.items() if name in keys})
        bring_documents(visitor, reference, key, person, whole=self.screen == DESKTOP)
        visitor.go(f"application/{reference}/form/{key}/check/")
        visitor.fill({"agree": True, "name": person.name})
        visitor.submit()
        assert applications.part_for(person, reference=reference, part=key).state == "submitted"

    # --- assessment and decision (R5.7, R6) ---

    def assess(self) -> None:
        self.staff.sign_in(self.office.officer.username, code=True)
        self.staff.go("staff/applications/")
        self.staff.submit("/next/")
        assess(self.staff, self.file, whole=self.screen == DESKTOP)
        self.staff.page.locator('a[href="#decision"]').first.click()
        self.staff.fill({"kind": "nomination"})
        self.staff.submit("/decision/")
        self.staff.submit("/decision/")
        assert self.file.state == "nominated"
        self.staff.go(f"staff/file/{self.eoi}/")
        self.staff.sign_out()
        post()

    def celebrate(self) -> None:
        self.candidate.sign_out()
        self.candidate.sign_in("case-candidate")
        self.candidate.go(f"application/{self.file.reference}/")
        self.candidate.press('main a[href*="/letter"]')
        self.candidate.go(f"application/{self.file.reference}/agreement/")
        self.candidate.fill({"agree": True, "name": self.said.name})
        self.candidate.submit()
        assert self.file.agreements.count() == 1


@pytest.mark.parametrize(("language", "screen", "scripts"), WALKS)
def test_a_case_goes_from_the_employers_account_to_the_nomination_letter(
    browser: Browser, live: str, mailbox: Mailbox, settings: Any, language: str, screen: Any, scripts: bool
) -> None:
    settings.PASSERELLE_URL = live
    walk = Walk(browser, live, mailbox, language, screen, scripts)
    walk.office = an_office(at=clock.now() - timedelta(days=30))
    walk.register()
    walk.start()
    walk.let_in()
    walk.answer()
    with clock.moved_to(clock.now() + timedelta(days=1)):
        walk.confirm()
    held = clock.now() + timedelta(days=3)
    with clock.moved_to(held):
        walk.draw(held)
    with clock.moved_to(held + timedelta(days=4)):
        walk.apply()
    with clock.moved_to(held + timedelta(days=9)):
        walk.assess()
        walk.celebrate()
