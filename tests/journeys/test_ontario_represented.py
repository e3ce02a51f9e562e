"""A Foreign Worker with representative and employer in the Ontario procedure, from the appointment to the end of the nomination."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from passerelle.accounts import acting
from passerelle.allocations import queries as allocations
from passerelle.applications import queries as applications
from passerelle.core import audit, clock
from passerelle.eoi import queries as eois
from passerelle.project.demo import filling
from tests.journeys.applicants import CANDIDATE, EMPLOYER, worker
from tests.journeys.candidate_first import CODE, Walk, drawn
from tests.journeys.walking import Visitor, link_in
from tests.support.browser import DESKTOP, PHONE
from tests.support.cases import DAY
from tests.support.mailbox import Mailbox
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
AGENT, AGENCY = "amara-diallo", "amara@agency.example"


class RepresentedWalk(Walk):
    """The steps, in order; each is what one person does."""

    def __init__(self, browser: Browser, *args: Any, screen: Any, language: str, **given: Any) -> None:
        super().__init__(browser, *args, screen=screen, language=language, **given)
        self.agent = Visitor(browser, args[0], language, screen=screen, name=f"{self.category}-representative")

    def register_agent(self) -> None:
        self.agent.go(f"{CODE}/register/representative/")
        self.agent.fill({
            "username": AGENT, "name": "Amara Diallo", "phone": "416-555-0188", "email": AGENCY,
            "language": self.language, "licence_body": "cicc", "licence_number": "R512345",
            "password1": PASSWORD, "password2": PASSWORD,
        })  # fmt: skip
        self.agent.submit()
        self.agent.confirm_email(self.told(AGENCY))
        self.agent.go("account/settings/")
        expect(self.agent.page.locator("main")).to_contain_text("R512345")
        expect(self.agent.page.locator("main h2")).to_have_count(1)  # a second factor, and no other files

    def be_appointed(self) -> None:
        """The representative asks by e-mail; the client makes an account of their own and says yes there."""
        self.agent.go("representative/clients/new/")
        self.agent.fill({"known": "new", "name": "Inês Duarte", "email": CANDIDATE, "language": self.language})
        self.agent.submit()
        self.told(CANDIDATE, "Amara Diallo", "R512345")
        self.candidate.go(link_in(self.mailbox, CANDIDATE, part="/access/"))
        self.candidate.fill({"username": "ines-duarte", "password1": PASSWORD, "password2": PASSWORD})
        self.candidate.submit()
        self.candidate.go("my-representative/")
        self.candidate.submit("/appoint/")
        self.told(AGENCY, "Inês Duarte")

    # --- the expression of interest ---

    def register_interest(self) -> None:
        """All but the client's own answers is the representative's to fill in, and the handing in too."""
        self.agent.go("representative/")
        self.agent.press('main a:text-is("Inês Duarte")')
        self.agent.press('main a[href$="/start/"]')
        self.agent.fill({"category": self.category})
        self.agent.submit()
        self.agent.meet_criteria()
        self.answer_sections(self.agent)
        self.answer_the_rest()
        self.hand_in(self.agent)
        self.told(AGENCY, "Inês Duarte", self.eoi)
        assert eois.eoi_for(self.person, self.eoi).state == "in_pool"

    def answer_the_rest(self) -> None:
        form = eois.questionnaire(eois.eoi_for(self.person, self.eoi))
        for section in form.applying({"category": self.category, **self.answers}):
            own = [one.key for one in section.questions if one.type in acting.CLIENTS_OWN]
            if own:
                address = f"candidate/eoi/{self.eoi}/questions/{section.key}/"
                self._left_alone(address, own)
                self.candidate.go(address)
                self.candidate.section({key: self.answers[key] for key in own})

    def _left_alone(self, address: str, own: list[str]) -> None:
        self.agent.go(address)
        for key in own:
            expect(self.agent.page.locator(f'[name="{key}"]')).to_have_count(0)
        expect(self.agent.page.locator("main form")).to_contain_text(
            self.say("Only Inês Duarte gives these answers", "Inês Duarte, est seule à donner ces réponses")
        )

    # --- the invitation ---

    def not_for_the_agent(self) -> None:
        """Accepting, declining and withdrawing have no button, and no address, for the representative."""
        self.agent.go(f"candidate/invitation/{self.invitation}/")
        expect(self.agent.page.locator("main form")).to_have_count(0)
        expect(self.agent.page.locator('main a[href$="/decline/"]')).to_have_count(0)
        expect(self.agent.page.locator(".card--now")).to_contain_text(
            self.say("Only your client answers an invitation", "Seule la personne que vous représentez répond")
        )
        self.agent.go(f"candidate/invitation/{self.invitation}/decline/")
        expect(self.agent.page.locator("main form")).to_have_count(0)
        assert self.agent.status(f"candidate/eoi/{self.eoi}/withdraw/") == 403

    def accept(self) -> None:
        self.candidate.sign_in("ines-duarte")
        self.candidate.go(f"candidate/invitation/{self.invitation}/")
        self.candidate.submit("/apply/")

    # --- the application ---

    def let_the_employer_in_for_the_client(self) -> None:
        self.agent.go(f"application/{self.file.reference}/employer/")
        self.agent.fill({"name": "Rideau Mills", "email": EMPLOYER, "language": self.language})
        self.agent.submit()
        self.told(EMPLOYER, "Inês Duarte")
        self.employer.go(link_in(self.mailbox, EMPLOYER, part="/access/"))
        self.employer.fill({"username": "rideau-mills", "password1": PASSWORD, "password2": PASSWORD})
        self.employer.submit()
        self.employer.go("employer/")
        self.fill_in(self.employer, "employer", "rideau-mills")

    def apply(self) -> None:
        """The representative fills in and brings documents; the client declares and signs."""
        self.fill_sections(self.agent, "candidate", "ines-duarte")
        self.bring_documents(self.agent, "candidate", "ines-duarte", by=AGENT)
        self.agent.go(f"application/{self.file.reference}/form/candidate/check/")
        expect(self.agent.page.locator("main form")).to_have_count(0)
        assert self.agent.status(f"application/{self.file.reference}/withdraw/") == 403
        self._declare()
        self.sign(self.candidate, "candidate", "ines-duarte")

    def _declare(self) -> None:
        part = self.part("candidate", "ines-duarte")
        filler = filling.Filler(self.answers, on=clock.now().date(), name="Inês Duarte")
        whole = filler.fill(applications.questionnaire(part), part.answers, applications.given(part))
        for section, _state in applications.sections(part):
            own = [one.key for one in section.questions if one.type in acting.CLIENTS_OWN]
            if own:
                self.candidate.go(f"application/{self.file.reference}/form/candidate/section/{section.key}/")
                self.candidate.section({key: whole[key] for key in own})

    def labelled(self) -> None:
        """Client, officer and the trail read who did it, and for whom."""
        told = self.say("Amara Diallo, for Inês Duarte", "Amara Diallo, pour Inês Duarte")
        for address in (f"candidate/eoi/{self.eoi}/", f"application/{self.file.reference}/"):
            self.candidate.go(address)
            expect(self.candidate.page.locator("main")).to_contain_text(told)
        self.staff.sign_in(self.office.officer.username, code=True)
        for address in (f"staff/eoi/{self.eoi}/", f"staff/application/{self.file.reference}/"):
            self.staff.go(address)
            expect(self.staff.page.locator(".page-head")).to_contain_text("R512345")
            expect(self.staff.page.locator("main")).to_contain_text(told)
        for subject in (self.eoi, self.file.reference):
            by_agent = [one for one in audit.trail(subject) if one.by and one.by.username == AGENT]
            assert by_agent
            assert {one.for_person.username for one in by_agent} == {"ines-duarte"}
        self.staff.sign_out()

    # --- the nomination ---

    def read_the_letters(self) -> None:
        """The letter that supports the permit came with the nomination; the representative reads both, the employer its own."""
        nomination = applications.nomination_of(self.file)
        assert nomination is not None
        for visitor, username in ((self.candidate, "ines-duarte"), (self.agent, AGENT)):
            assert nomination.number in self.read_the_letter(visitor, username)
            visitor.go(f"application/{self.file.reference}/")
            visitor.press(f'main a:text-is("{self.support}")')
            for words in ("T13", "Software engineer (21231)", "Rideau Mills", self.file.file_number):
                expect(visitor.page.locator("main")).to_contain_text(words)
        self.told(AGENCY, "Inês Duarte", self.file.file_number)
        approved = self.say("the employment position approved", "le poste est approuvé")
        self.told(EMPLOYER, self.file.file_number, approved)
        assert "Software engineer (21231)" in self.read_the_letter(self.employer, "rideau-mills")
        self.employer.go(f"application/{self.file.reference}/")
        expect(self.employer.page.locator(f'main a:text-is("{self.support}")')).to_have_count(0)

    @property
    def support(self) -> str:
        return self.say("Work permit support letter", "Lettre de soutien au permis de travail")

    def end_the_nomination(self) -> None:
        """The job ends: the nomination is cancelled, and with it the approval of the position and the place of the year."""
        self.cancel("The job ended.")
        assert "The job ended." in self.told(CANDIDATE, self.say("is cancelled", "est annulée"))
        ends = self.say("The approval of the position ends with it", "L'approbation du poste prend fin en même temps")
        assert "The job ended." not in self.told(EMPLOYER, ends)
        for visitor, username in ((self.candidate, "ines-duarte"), (self.employer, "rideau-mills")):
            visitor.sign_out()
            visitor.sign_in(username)
            visitor.go(f"application/{self.file.reference}/")
            visitor.look(again=True)
            expect(visitor.page.locator('main a[href$="/support-letter/"]')).to_have_count(0)

    # --- the end ---

    def end(self) -> None:
        """The client ends it; the representative's next press, on a page still open, leads nowhere."""
        self.agent.go(f"application/{self.file.reference}/")
        self.candidate.go("my-representative/")
        self.candidate.submit("/end/")
        self.agent.press('main a[href$="/support-letter/"]')
        expect(self.agent.page.locator("main")).to_contain_text(
            self.say("only while the client has appointed you", "tant qu'elle vous confie sa représentation")
        )
        for address in (f"application/{self.file.reference}/", f"candidate/eoi/{self.eoi}/"):
            assert self.agent.status(address) == 404
        self.agent.go("representative/")
        self.told(AGENCY, self.say("You do not represent Inês Duarte", "Vous ne représentez pas Inês Duarte"))
        self.candidate.go(f"application/{self.file.reference}/")
        self.candidate.press('main a[href$="/support-letter/"]')


@pytest.mark.parametrize(
    ("language", "screen"),
    [
        pytest.param("en", DESKTOP, id="English", marks=pytest.mark.proof),
        pytest.param("fr", PHONE, id="French on a phone"),
    ],
)
def test_a_foreign_worker_with_employer_and_representative_is_nominated_and_the_permit_letter_comes_with_it(
    browser: Browser, live: str, mailbox: Mailbox, settings: Any, language: str, screen: Any
) -> None:
    settings.PASSERELLE_URL = live
    walk = RepresentedWalk(browser, live, mailbox, language=language, screen=screen, category="foreign_worker",
                           answers=worker(clock.now().date()))  # fmt: skip
    walk.register_agent()
    walk.be_appointed()
    walk.register_interest()
    drawn(walk.office, walk.eoi, category=walk.category, at=clock.now())
    with clock.moved_to(clock.now() + DAY + timedelta(hours=1)):
        walk.agent.sign_in(AGENT)
        walk.not_for_the_agent()
        walk.accept()
        walk.let_the_employer_in_for_the_client()
        walk.apply()
        walk.labelled()
        walk.pay(walk.agent)
    with clock.moved_to(clock.now() + 7 * DAY):
        walk.take()
        walk.assess()
        walk.nominate()
        walk.read_the_letters()
        walk.end()
        assert allocations.places(CODE, applications.local_year(walk.file, clock.now())).used == 1
    with clock.moved_to(clock.now() + 20 * DAY):
        walk.end_the_nomination()
        assert allocations.places(CODE, applications.local_year(walk.file, clock.now())).used == 0
