"""The program of docs/adding-a-program.md, as the guide writes it, in a browser: from an account to the nomination letter."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from passerelle.accounts import queries as accounts
from passerelle.allocations import operations as allocations
from passerelle.applications import queries as applications
from passerelle.core import clock
from passerelle.core.deadlines import local_day
from passerelle.eoi import queries as eois
from passerelle.invitations import queries as invitations
from passerelle.programs import operations as loading
from passerelle.programs import queries as programs
from passerelle.programs.forms.pruning import keys_of
from passerelle.project.demo import filling
from tests.journeys.walking import Visitor, assess, post
from tests.support import added
from tests.support.added import CODE
from tests.support.mailbox import Mailbox, text_of
from tests.support.people import PASSWORD, a_staff_member

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
MAIL, USER = "kai@mail.example", "kai-nakamura"
ANSWERS: dict[str, Any] = {
    "family_name": "Nakamura", "given_names": "Kai", "date_of_birth": "1995-04-12", "passport_country": "JP",
    "passport_number": "TR1234567", "email": MAIL, "phone": "204-555-0142", "degree": "master", "years_worked": "4",
    "true_answers": True,
}  # fmt: skip


class Walk:
    """A graduate, the staff, and what each does in turn."""

    def __init__(self, browser: Browser, live: str, mailbox: Mailbox, language: str) -> None:
        self.mailbox, self.language = mailbox, language
        self.person = Visitor(browser, live, language, name="added-candidate")
        self.staff = Visitor(browser, live, language, name="added-staff")
        self.answers = {**ANSWERS, "preferred_language": language}
        self.people = {
            role: a_staff_member(role, program=CODE).username for role in ("officer", "draw_manager", "director")
        }

    def told(self) -> str:
        post()
        mail = self.mailbox.to(MAIL)[-1]
        return f"{mail['Subject']}\n\n{text_of(mail)}"

    def register(self) -> None:
        self.person.go(f"{CODE}/")
        self.person.go(f"{CODE}/criteria/")
        self.person.go(f"{CODE}/register/")
        self.person.fill({
            "username": USER, "name": "Kai Nakamura", "phone": "204-555-0142", "email": MAIL, "language": self.language,
            "password1": PASSWORD, "password2": PASSWORD,
        })  # fmt: skip
        self.person.submit()
        self.person.confirm_email(self.told())

    def hand_in(self) -> Any:
        self.person.go("candidate/eoi/start/")
        self.person.fill({"category": "graduates"})
        self.person.submit()
        self.person.meet_criteria()
        eoi = eois.files_of(accounts.person(USER))[0]
        for section in eois.questionnaire(eoi).sections:
            keys = {key for question in section.questions for key in keys_of(question)}
            self.person.go(f"candidate/eoi/{eoi.reference}/questions/{section.key}/")
            self.person.section({key: value for key, value in self.answers.items() if key in keys})
        self.person.go(f"candidate/eoi/{eoi.reference}/check/")
        for box in self.person.page.locator('main form input[type="checkbox"]').all():
            box.check(force=True)
        self.person.submit()
        return eois.eoi_for(accounts.person(USER), eoi.reference)

    def draw(self) -> None:
        now = clock.now()
        day = local_day(now, programs.rules_in_force(CODE, now).zone).isoformat()
        self.staff.sign_in(self.people["draw_manager"], code=True)
        self.staff.go("staff/draws/plan/")
        self.staff.fill({"held_on": day, "closes_on": day, "closes_time": "00:01", "size": 1})
        self.staff.submit()
        number = self.staff.page.url.rstrip("/").rsplit("/", 1)[-1]
        self.staff.go(f"staff/draws/{number}/conduct/")
        self.staff.submit()
        self.staff.sign_out()
        self.staff.sign_in(self.people["director"], code=True)
        self.staff.go(f"staff/draws/{number}/issue/")
        self.staff.submit()
        self.staff.sign_out()

    def apply(self, eoi: str) -> Any:
        invitation = invitations.of_eoi(eoi)
        assert invitation is not None
        self.person.sign_out()
        self.person.sign_in(USER)
        self.person.go(f"candidate/invitation/{invitation.reference}/")
        self.person.submit("/apply/")
        file = applications.of_invitation(invitation.reference)
        assert file is not None
        self._fill(file.reference)
        self._documents(file.reference)
        self.person.go(f"application/{file.reference}/form/candidate/check/")
        self.person.fill({"agree": True, "name": "Kai Nakamura"})
        self.person.submit()
        return applications.of_reference(file.reference)

    def _part(self, reference: str) -> Any:
        return applications.part_for(accounts.person(USER), reference=reference, part="candidate")

    def _fill(self, reference: str) -> None:
        part = self._part(reference)
        filler = filling.Filler(self.answers, on=clock.now().date(), name="Kai Nakamura")
        whole = filler.fill(applications.questionnaire(part), part.answers, applications.given(part))
        for section, _state in applications.sections(part):
            keys = {key for question in section.questions for key in keys_of(question)}
            self.person.go(f"application/{reference}/form/candidate/section/{section.key}/")
            self.person.section({key: value for key, value in whole.items() if key in keys})

    def _documents(self, reference: str) -> None:
        self.person.go(f"application/{reference}/form/candidate/documents/")
        needed = [slot.key for slot in applications.slots(self._part(reference)) if slot.required]
        assert sorted(needed) == ["diploma", "employment_letters", "passport"]
        for key in needed:
            self.person.bring(key)

    def nominate(self, file: Any) -> None:
        self.staff.sign_in(self.people["officer"], code=True)
        self.staff.go("staff/applications/")
        self.staff.submit("/next/")
        assess(self.staff, applications.of_reference(file.reference), whole=True)
        self.staff.page.locator('a[href="#decision"]').first.click()
        self.staff.fill({"kind": "nomination"})
        self.staff.submit("/decision/")
        self.staff.submit("/decision/")

    def letter(self, reference: str) -> str:
        self.person.sign_out()
        self.person.sign_in(USER)
        self.person.go(f"application/{reference}/")
        self.person.press('main a[href*="/letter"]')
        return self.person.page.locator("main").inner_text()


WORDS = {
    "en": ("You are invited to apply", "The Riverland Nominee Program nominates Kai Nakamura"),
    "fr": (
        "Nous vous invitons à présenter une demande",
        "Le Programme des candidats de Riverland désigne Kai Nakamura",
    ),
}


@pytest.mark.parametrize("language", ["en", pytest.param("fr", marks=pytest.mark.proof)])
def test_a_program_made_by_following_the_guide_goes_from_an_account_to_the_letter(
    browser: Browser, live: str, mailbox: Mailbox, settings: Any, tmp_path: Path, language: str
) -> None:
    settings.PASSERELLE_URL = live
    added.written(tmp_path)
    loading.load_packs(at=clock.now(), folder=tmp_path)
    walk = Walk(browser, live, mailbox, language)
    year = (clock.now() + timedelta(days=3)).year
    allocations.set_places(
        program=CODE, year=year, places=5, reason="Year", by=accounts.person(walk.people["director"]), at=clock.now()
    )
    walk.register()
    eoi = walk.hand_in()
    assert (eoi.state, eoi.points) == ("in_pool", 40)
    held = clock.now() + timedelta(days=3)
    invited, nominated = WORDS[language]
    with clock.moved_to(held):
        walk.draw()
        assert invited in walk.told()
    with clock.moved_to(held + timedelta(days=2)):
        file = walk.apply(eoi.reference)
        assert file.state == "queued"
    with clock.moved_to(held + timedelta(days=4)):
        walk.nominate(file)
        assert nominated in walk.letter(file.reference).replace("\u00a0", " ")
        assert applications.of_reference(file.reference).state == "nominated"
