"""The whole act of a draw in a browser: planned, announced, frozen, seeded, selected, accepted by another, issued, checked.

French with dice thrown before two witnesses, at the width of a phone; English with a round of a beacon, on a desk.
"""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from npd1.canonical import from_bytes
from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.draws import queries
from passerelle.draws.models import Draw
from tests.draws.support import HOUR, NOON, OPENED, chance_program, places, pool
from tests.journeys.walking import Visitor
from tests.support import beacon
from tests.support.browser import DESKTOP, PHONE
from tests.support.people import PROGRAM, a_staff_member, signed_in

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]

ANNOUNCED, AFTER = OPENED + HOUR, NOON + 25 * HOUR
DIGITS = "31415 92653 58979 32384 62643 38327 95028 84197"
SIZE = 9
WALKS = [
    pytest.param("en", DESKTOP, "drand", id="English on a desk, a beacon"),
    pytest.param("fr", PHONE, "dice", id="French on a phone, dice"),
]


class Walk:
    """The people of one draw and what each does in turn."""

    def __init__(self, browser: Browser, live: str, language: str, screen: Any, seed: str) -> None:
        chance_program(seed)
        places()
        self.files = pool([400 + 20 * (number % 3) for number in range(26)])
        self.planner, self.colleague = a_staff_member("director"), a_staff_member("draw_manager")
        self.other = a_staff_member("director")
        self.live, self.language, self.seed = live, language, seed
        self.staff, self.candidate, self.anybody = (
            Visitor(browser, live, language, screen=screen, name=f"act-{name}") for name in ("staff", "candidate", "anybody")
        )  # fmt: skip

    def say(self, english: str, french: str) -> str:
        return {"en": english, "fr": french}[self.language]

    def sit_down(self, visitor: Visitor, person: Person) -> None:
        """Let ``person`` be signed in at a visitor's screen from now on."""
        cookie = signed_in(person).cookies["session"].value
        visitor.context.clear_cookies()
        visitor.context.add_cookies([{"name": "session", "value": cookie, "url": self.live}])

    def reads(self, visitor: Visitor, english: str, french: str) -> None:
        text, wanted = visitor.page.locator("main").inner_text(), self.say(english, french)
        assert wanted in text, f"{visitor.page.url}: {wanted!r} is not in\n{text}"

    @property
    def draw(self) -> Draw:
        return Draw.objects.get()

    def at_the_workbench(self) -> None:
        self.staff.page.goto(f"/{self.language}/staff/draws/{self.draw.number}/")
        self.staff.look(again=True)

    # --- before the day ---

    def plan(self) -> None:
        self.sit_down(self.staff, self.planner)
        self.staff.go("staff/draws/")
        self.staff.go("staff/draws/plan/")
        self.staff.fill({"held_on": "2026-03-25", "closes_on": "2026-03-25", "closes_time": "00:00", "size": SIZE})
        self.staff.submit()
        self.reads(self.staff, "How it chooses", "Comment le choix se fait")

    def publish(self) -> None:
        self.staff.press('main a.govuk-button[href$="/notice/"]')
        self.staff.submit()
        assert queries.notice(self.draw)
        self.at_the_workbench()
        assert not self.staff.page.locator('main a[href$="/plan/"]').count()  # the plan stands
        self.anybody.go(f"{PROGRAM}/draws/")
        self.anybody.go(f"{PROGRAM}/draws/{self.draw.number}/")
        self.reads(self.anybody, "Announced", "Annoncé")

    # --- the day ---

    def freeze(self) -> None:
        self.sit_down(self.staff, self.planner)
        self.at_the_workbench()
        self.staff.press('main a.govuk-button[href$="/conduct/"]')
        self.staff.submit()
        self.reads(self.staff, "People may still object", "On peut encore s'opposer")
        self.sit_down(self.candidate, self.files[0].candidate)
        self.candidate.go("candidate/")
        self.candidate.press('main a[href*="/candidate/eoi/"][href*="/draws/"]')
        self.reads(self.candidate, "You are in this draw", "Vous participez à ce tirage")

    # --- chance, once nobody may object any more ---

    def bring_the_seed(self) -> None:
        self.sit_down(self.staff, self.planner)
        self.at_the_workbench()
        self.staff.press('main a.govuk-button[href$="/seed/"]')
        if self.seed == "dice":
            self._throw(self.planner)
            assert queries.seed_of(self.draw) is None
            self._throw(self.colleague)
        else:
            committed = queries.commitment(self.draw)
            assert committed
            number = from_bytes(committed.document.encode())["source"]["round"]
            self.staff.fill({"round": number, "signature": beacon.signature(number)})
            self.staff.submit()
        assert queries.seed_of(self.draw)

    def _throw(self, witness: Person) -> None:
        self.sit_down(self.staff, witness)
        self.staff.page.goto(f"/{self.language}/staff/draws/{self.draw.number}/seed/")
        self.staff.look(again=True)
        self.staff.fill({"digits": DIGITS})
        self.staff.submit()

    def select(self) -> None:
        self.sit_down(self.staff, self.planner)
        self.at_the_workbench()
        self.staff.press('main a.govuk-button[href$="/conduct/"]')
        self.staff.look(again=True)
        self.staff.submit()
        self.staff.look(again=True)
        self.reads(self.staff, "Another director accepts it", "Une autre personne de la direction accepte la sélection")
        self.staff.go(f"staff/draws/{self.draw.number}/ranking/")

    def accept(self) -> None:
        self.sit_down(self.staff, self.other)
        self.at_the_workbench()
        self.staff.press('main a.govuk-button[href$="/accept/"]')
        self.staff.submit()
        assert self.draw.accepted_by == self.other

    def issue(self) -> None:
        self.staff.press('main a.govuk-button[href$="/issue/"]')
        self.staff.submit()
        assert self.draw.outcome["invited"] == SIZE
        self.at_the_workbench()

    # --- what people read of it ---

    def a_candidate_verifies(self) -> None:
        taken = queries.chosen(self.draw)[0].eoi
        self._to_the_receipt(taken)
        self.reads(self.candidate, "You were taken", "Votre déclaration d'intérêt a été retenue")
        self.candidate.press("main form[method=get] button")
        self.candidate.look(again=True)
        assert self.candidate.page.locator(".checks .is-good").count() == 5
        assert not self.candidate.page.locator(".checks .is-bad").count()

    def a_candidate_reads_why_not(self) -> None:
        left = queries.not_chosen(self.draw).last()
        assert left
        self._to_the_receipt(left.eoi)
        self.reads(self.candidate, "You were not taken: the last person taken had 420 points. You had 400, 20 fewer.",
                   "Votre déclaration d'intérêt n'a pas été retenue")  # fmt: skip
        self.reads(self.candidate, "400", "400")

    def _to_the_receipt(self, eoi: Any) -> None:
        self.sit_down(self.candidate, eoi.candidate)
        self.candidate.go("candidate/")
        self.candidate.press('main a[href*="/candidate/eoi/"][href*="/draws/"]')
        self.candidate.look(again=True)

    def anybody_checks(self, folder: Path) -> None:
        page = self.anybody.page
        page.goto(f"/{self.language}/{PROGRAM}/draws/{self.draw.number}/")
        self.anybody.look(again=True)
        with page.expect_download() as bundle:
            page.locator('main a[href$="/bundle.zip"]').click()
        bundle.value.save_as(folder / "draw.zip")
        with self.candidate.page.expect_download() as receipt:
            self.candidate.page.locator('main a[href$="/receipt.json"]').click()
        receipt.value.save_as(folder / "receipt.json")
        self.anybody.press('main a[href$="/check/draw/"]')
        for files in (["draw.zip"], ["draw.zip", "receipt.json"]):
            page.set_input_files("#draw-files", [folder / name for name in files])
            page.locator("#draw-answer .notice--success").wait_for()
            self.anybody.look(again=True)
        self.reads(self.anybody, "Everything that was checked holds", "Tout ce qui a été vérifié")
        assert page.locator("#draw-answer .is-good").count() >= 6
        # The key of the bundle is among those that the program says are its own, with this draw.
        named = page.locator("#draw-answer").inner_text()
        self.anybody.press('main a[href$="/check/draw/keys/"]')
        self.reads(self.anybody, "The key in use", "La clé en usage")
        self.reads(self.anybody, self.draw.number, self.draw.number)
        committed = queries.commitment(self.draw)
        assert committed
        assert committed.key in named
        self.reads(self.anybody, committed.key, committed.key)


@pytest.mark.parametrize(("language", "screen", "seed"), WALKS)
def test_a_draw_goes_from_its_plan_to_a_stranger_who_checks_it(
    browser: Browser, live: str, tmp_path: Path, language: str, screen: Any, seed: str
) -> None:
    with clock.frozen(ANNOUNCED):
        walk = Walk(browser, live, language, screen, seed)
        walk.plan()
        walk.publish()
    with clock.frozen(NOON):
        walk.freeze()
    with clock.frozen(AFTER):
        walk.bring_the_seed()
        walk.select()
        walk.accept()
        walk.issue()
        walk.a_candidate_verifies()
        walk.a_candidate_reads_why_not()
        walk.anybody_checks(tmp_path)
