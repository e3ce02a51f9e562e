"""People of the Ontario program walking through it in a browser, one step a method, each e-mail read from the mailbox."""

from collections.abc import Mapping
from datetime import datetime, timedelta
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
from tests.journeys.applicants import CANDIDATE, EMPLOYER
from tests.journeys.walking import PICTURES, Visitor, assess, bring_documents, link_in, post
from tests.support import candidate_first as first
from tests.support.browser import DESKTOP
from tests.support.cases import DAY, Case, Office, fill_part
from tests.support.mailbox import Mailbox, text_of
from tests.support.people import PASSWORD, a_staff_member

CODE = "ca-on"
# What the employer types by itself and a form cannot guess.
EMPLOYERS_OWN = {
    "business_number": "123456789", "legal_name": "Rideau Mills Ltd.", "position_title": "Software engineer"
}  # fmt: skip


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


def drawn(office: Office, eoi: str, *, category: str, at: datetime) -> tuple[str, str]:
    """The draw that took the one file of a pool, planned at ``at`` and held a day later, and its invitation."""
    held = at + DAY
    draw = draws.plan_draw(
        program=CODE, held_on=local_day(held, programs.rules_in_force(CODE, at).zone), closes_at=at + DAY / 2, size=1,
        categories=[category], by=office.manager, at=at,
    )  # fmt: skip
    draws.conduct_draw(number=draw.number, by=office.manager, at=held)
    inviting.issue_invitations(number=draw.number, by=office.director, at=held)
    invitation = invitations.of_eoi(eoi)
    assert invitation is not None
    return draw.number, invitation.reference


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
    draw, invitation = drawn(office, eoi.reference, category=category, at=at)
    case = Case(office, person, person, eoi.reference, answers, invitation=invitation, draw=draw)
    case.application = applying.open_application(
        invitation=invitation, by=person, at=held + DAY
    ).reference  # fmt: skip
    fill_part(case, "candidate", at=held + 2 * DAY)
    first.pay(case, at=held + 2 * DAY)
    return case


class Walk:
    """The people of one case and what each does in turn."""

    def __init__(
        self, browser: Browser, live: str, mailbox: Mailbox, *, language: str = "en", screen: Any = DESKTOP,
        scripts: bool = True, whole: bool = False, category: str = "masters_graduate", answers: Mapping[str, Any],
    ) -> None:  # fmt: skip
        def visitor(name: str, **more: Any) -> Visitor:
            return Visitor(browser, live, language, scripts=scripts, name=f"{category}-{name}", **more)

        self.mailbox, self.language, self.category, self.whole = mailbox, language, category, whole
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
        self.candidate.confirm_email(self.told(CANDIDATE))
        self.told(CANDIDATE, "ines-duarte")

    def start(self) -> None:
        self.candidate.go("candidate/")
        self.candidate.go("candidate/eoi/start/")
        self.candidate.fill({"category": self.category})
        self.candidate.submit()
        self.candidate.meet_criteria()

    @property
    def person(self) -> Any:
        return accounts.person("ines-duarte")

    @cached_property
    def eoi(self) -> str:
        return str(eois.files_of(self.person)[0].reference)

    def answer(self) -> None:
        self.candidate.go(f"candidate/eoi/{self.eoi}/questions/")
        self.answer_sections(self.candidate)
        self.hand_in(self.candidate)
        self.told(CANDIDATE, self.eoi)
        assert eois.eoi_for(self.person, self.eoi).state == "in_pool"
        self.candidate.go(f"candidate/eoi/{self.eoi}/")
        self.candidate.go(f"candidate/eoi/{self.eoi}/receipt/")
        self.candidate.go(f"candidate/eoi/{self.eoi}/answers/")
        self.candidate.go("candidate/")

    def answer_sections(self, visitor: Visitor) -> None:
        form = eois.questionnaire(eois.eoi_for(self.person, self.eoi))
        for section in form.applying({"category": self.category, **self.answers}):
            keys = {key for question in section.questions for key in keys_of(question)}
            visitor.go(f"candidate/eoi/{self.eoi}/questions/{section.key}/")
            visitor.section({key: value for key, value in self.answers.items() if key in keys})

    def hand_in(self, visitor: Visitor) -> None:
        visitor.go(f"candidate/eoi/{self.eoi}/check/")
        for box in visitor.page.locator('main form input[type="checkbox"]').all():
            box.check(force=True)
        visitor.submit()

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
        return self.say("You are invited to apply", "Nous vous invitons à présenter une demande")

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

    def own(self, key: str) -> Mapping[str, Any]:
        """What the party of a form types by itself and a form cannot guess."""
        return EMPLOYERS_OWN if key == "employer" else {}

    def fill_in(self, visitor: Visitor, key: str, username: str) -> None:
        self.fill_sections(visitor, key, username)
        self.bring_documents(visitor, key, username)
        self.sign(visitor, key, username)

    def part(self, key: str, username: str) -> Any:
        return applications.part_for(accounts.person(username), reference=self.file.reference, part=key)

    def fill_sections(self, visitor: Visitor, key: str, username: str) -> None:
        part, reference = self.part(key, username), self.file.reference
        visitor.go(f"application/{reference}/")
        filler = filling.Filler(
            self.answers, on=clock.now().date(), name=accounts.person(username).name,
            meeting=applications.rules_of(part.application).criteria(part.application.invitation.eoi.category),
        )  # fmt: skip
        known = {**part.answers, **self.own(key)}
        form, given = applications.questionnaire(part), applications.given(part)
        whole = filler.fill(form, known, given)
        for section in form.applying({**given, **whole}):
            keys = {name for question in section.questions for name in keys_of(question)}
            visitor.go(f"application/{reference}/form/{key}/section/{section.key}/")
            visitor.section({name: value for name, value in whole.items() if name in keys})

    def bring_documents(self, visitor: Visitor, key: str, username: str, *, by: str = "") -> None:
        agent = accounts.person(by) if by else None
        bring_documents(visitor, self.file.reference, key, accounts.person(username), by=agent, whole=self.whole)

    def sign(self, visitor: Visitor, key: str, username: str) -> None:
        visitor.go(f"application/{self.file.reference}/form/{key}/check/")
        visitor.fill({"agree": True, "name": accounts.person(username).name})
        visitor.submit()
        assert self.part(key, username).state == "submitted"

    def pay(self, visitor: Visitor | None = None) -> None:
        """Pay with the practice card, refused once, then accepted; the candidate does, or who pays for them."""
        self.told(CANDIDATE, self.say("1,500.00", "1 500,00"))
        payer = visitor or self.candidate
        payer.go(f"application/{self.file.reference}/")
        payer.press('main a[href*="/payments/"]')
        payer.submit()
        payer.fill({"card": "refused"})
        payer.submit()
        payer.submit()
        payer.fill({"card": "accepted"})
        payer.submit()
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
        assess(self.staff, self.file, whole=self.whole)

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
