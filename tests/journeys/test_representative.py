"""A representative registers and asks a client, who appoints them, signs, and ends it: by browser and mail, in both languages."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from passerelle.accounts import queries as accounts
from passerelle.core import audit
from passerelle.eoi import queries as eois
from tests.journeys.walking import Visitor, link_in, post
from tests.support import sample
from tests.support.browser import DESKTOP, PHONE, follow
from tests.support.mailbox import Mailbox, text_of
from tests.support.people import PASSWORD, a_staff_member
from tests.support.sample import ANSWERS, SAMPLE

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
OFFICE, CLIENT = "amara@agency.example", "chidi@example.org"


class Walk:
    """The steps, in order; each is what one person does."""

    def __init__(self, browser: Browser, live: str, mailbox: Mailbox, language: str, screen: Any) -> None:
        self.mailbox, self.language = mailbox, language
        self.agent = Visitor(browser, live, language, screen=screen, name="representative")
        self.client = Visitor(browser, live, language, screen=screen, name="client")
        self.staff = Visitor(browser, live, language, name="staff")

    def register(self) -> None:
        self.agent.go(f"{SAMPLE}/register/")
        self.agent.press('main a[href$="/register/representative/"]')
        self.agent.fill(
            {
                "username": "amara-diallo", "name": "Amara Diallo", "phone": "416-555-0188", "email": OFFICE,
                "language": self.language, "licence_body": "college", "licence_number": "R512345",
                "password1": PASSWORD, "password2": PASSWORD,
            }
        )  # fmt: skip
        self.agent.submit()
        self.agent.confirm_email(text_of(self.mailbox.wait_for(OFFICE)))
        expect(self.agent.page).to_have_url(re.compile(r"/representative/$"))

    def ask(self) -> None:
        self.agent.press('main a[href$="/clients/new/"]')
        self.agent.fill({"known": "new", "name": "Chidi Okafor", "email": CLIENT, "language": self.language})
        self.agent.submit()
        post()

    def nothing_yet(self) -> None:
        asked = accounts.Person.objects.get(email=CLIENT)
        assert self.agent.status(f"representative/clients/{asked.pk}/") == 404

    def appoint(self) -> None:
        self.mailbox.wait_for(CLIENT)
        self.client.go(link_in(self.mailbox, CLIENT, part="/access/"))
        self.client.fill({"username": "chidi-okafor", "password1": PASSWORD, "password2": PASSWORD})
        self.client.submit()
        self.client.press('main a[href$="/my-representative/"]')
        expect(self.client.page.locator("main")).to_contain_text("R512345")
        self.client.submit("/appoint/")
        expect(self.client.page.locator("main")).to_contain_text("Amara Diallo")
        post()

    def fill_in(self) -> None:
        self.agent.go("representative/")
        self.agent.press('main a:text-is("Chidi Okafor")')
        self.agent.press('main a[href$="/start/"]')
        self.agent.fill({"category": "graduates"})
        self.agent.submit()
        self.agent.meet_criteria()
        said = {**ANSWERS, "passport_number": "A1234567"}
        for section in ("you", "work"):
            self.agent.go(f"candidate/eoi/{self.eoi}/questions/{section}/")
            self.agent.section(said)
        self.agent.go(f"candidate/eoi/{self.eoi}/questions/attest/")
        assert not self.agent.page.locator('[name="true_answers"]').count()
        self.agent.go(f"candidate/eoi/{self.eoi}/check/")
        assert not self.agent.page.locator('main form [name="agree"]').count()

    @property
    def eoi(self) -> str:
        return str(eois.files_of(accounts.person("chidi-okafor"))[0].reference)

    def declare(self) -> None:
        self.client.go(f"candidate/eoi/{self.eoi}/questions/attest/")
        self.client.fill({"true_answers": True})
        follow(self.client.page.locator("main form button[data-once]:not([name])").first)

    def hand_in(self) -> None:
        self.agent.go(f"candidate/eoi/{self.eoi}/check/")
        for box in self.agent.page.locator('main form input[type="checkbox"]').all():
            box.check(force=True)
        self.agent.submit()
        self.agent.go(f"candidate/eoi/{self.eoi}/")
        assert not self.agent.page.locator('a[href$="/withdraw/"]').count()
        assert self.agent.status(f"candidate/eoi/{self.eoi}/withdraw/") == 403
        self.agent.go("representative/")
        post()
        # The client's receipt, and the copy.
        [subject] = [one["Subject"] for one in self.mailbox.to(CLIENT) if self.eoi in one["Subject"]]
        [copy] = [one for one in self.mailbox.to(OFFICE) if self.eoi in one["Subject"]]
        colon = {"en": ": ", "fr": "\u00a0: "}[self.language]
        assert copy["Subject"] == f"Chidi Okafor{colon}{subject}"
        assert "Chidi Okafor" in text_of(copy)

    def look_on(self) -> None:
        officer = a_staff_member("officer", program=SAMPLE)
        self.staff.sign_in(officer.username, code=True)
        self.staff.go(f"staff/eoi/{self.eoi}/")
        expect(self.staff.page.locator(".page-head")).to_contain_text("Amara Diallo")
        expect(self.staff.page.locator(".page-head")).to_contain_text("R512345")
        self.staff.go(f"staff/file/{self.eoi}/")

    def end(self) -> None:
        self.client.go(f"candidate/eoi/{self.eoi}/")
        self.client.page.locator("details summary").first.click()
        told = {"en": "Amara Diallo, for Chidi Okafor", "fr": "Amara Diallo, pour Chidi Okafor"}[self.language]
        expect(self.client.page.locator("main")).to_contain_text(told)
        self.client.go("my-representative/")
        self.client.submit("/end/")
        for path in (f"candidate/eoi/{self.eoi}/", f"candidate/eoi/{self.eoi}/check/"):
            assert self.agent.status(path) == 404
        self.agent.go("representative/")
        self.client.go("candidate/")


@pytest.mark.parametrize(("language", "screen"), [("en", DESKTOP), ("fr", PHONE)])
def test_a_representative_acts_from_the_appointment_to_its_end(
    browser: Browser, live: str, mailbox: Mailbox, language: str, screen: Any
):
    sample.program()
    walk = Walk(browser, live, mailbox, language, screen)
    walk.register()
    walk.ask()
    walk.nothing_yet()
    walk.appoint()
    walk.fill_in()
    walk.declare()
    walk.hand_in()
    walk.look_on()
    walk.end()

    file = eois.eoi_for(accounts.person("chidi-okafor"), walk.eoi)
    assert file.state == "in_pool"
    by_agent = [one for one in audit.trail(walk.eoi) if one.by and one.by.username == "amara-diallo"]
    assert by_agent
    assert {one.for_person.username for one in by_agent} == {"chidi-okafor"}
