"""The room in a real browser: every page accessible and whole, in English on a desk and in French on a phone."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.eoi import operations, queries
from passerelle.eoi.models import ExpressionOfInterest
from tests.factories import DAY, HOUR, an_eoi, an_officer, program
from tests.support.browser import DESKTOP, PHONE, assert_accessible, assert_fits
from tests.support.people import a_staff_member, an_employer, signed_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PICTURES = os.environ.get("PASSERELLE_PICTURES")
KINDS = [("en", DESKTOP), ("fr", PHONE)]


class Visit:
    """One person at one screen."""

    def __init__(self, browser: Browser, live: str, person: Person, language: str, screen: Any, **more: Any) -> None:
        self.context = browser.new_context(base_url=live, viewport=screen, **more)
        for name, morsel in signed_in(person).cookies.items():
            self.context.add_cookies([{"name": name, "value": morsel.value, "url": live}])
        self.page, self.language = self.context.new_page(), language

    def look(self, path: str, name: str = "") -> Page:
        """Go somewhere and check what is on the screen; keep a picture of it when asked to."""
        self.page.goto(f"/{self.language}/{path}")
        self.check(name or path.strip("/").replace("/", "-"))
        return self.page

    def check(self, name: str) -> None:
        if PICTURES:
            self.page.screenshot(path=str(Path(PICTURES) / f"{name}-{self.language}.png"), full_page=True)
        assert_fits(self.page)
        assert_accessible(self.page)


@pytest.mark.parametrize(("language", "screen"), KINDS)
def test_the_employer_s_pages(browser: Browser, live: str, language: str, screen: Any) -> None:
    program()
    now = clock.now()
    employer = an_employer(language=language)
    visit = Visit(browser, live, employer, language, screen)
    visit.look("employer/eoi/start/", "start")
    eoi = operations.open_eoi(program="ca-nt", category="skilled", by=employer, at=now)
    base = f"employer/eoi/{eoi.reference}"
    keys = [one.key for one in queries.criteria(eoi)]
    visit.look(f"{base}/criteria/", "criteria-open")
    visit.look(f"{base}/criteria/{keys[0]}/", "criterion")
    operations.answer_criteria(
        reference=eoi.reference,
        answers=dict.fromkeys(keys, "yes") | {keys[0]: "no", keys[1]: "unsure"},
        by=employer,
        at=now,
    )
    visit.look(f"{base}/criteria/", "criteria-failing")
    operations.answer_criteria(reference=eoi.reference, answers={keys[0]: "yes"}, by=employer, at=now)
    visit.look(f"{base}/candidate/", "let-in")
    visit.look(f"{base}/category/", "category")
    pooled = an_eoi("in_pool", at=now - 2 * DAY)
    other = Visit(browser, live, pooled.employer, language, screen)
    other.look(f"employer/eoi/{pooled.reference}/", "employer-file")
    other.look(f"employer/eoi/{pooled.reference}/drop/", "drop")


@pytest.mark.parametrize(("language", "screen"), KINDS)
def test_the_candidate_s_pages(browser: Browser, live: str, language: str, screen: Any) -> None:
    now = clock.now()
    eoi = an_eoi("answered", at=now, language=language)
    visit = Visit(browser, live, eoi.candidate, language, screen)
    base = f"candidate/eoi/{eoi.reference}"
    visit.look(f"{base}/questions/", "tasks")
    for section in queries.questionnaire(eoi).applying({"category": eoi.category, **eoi.answers}):
        visit.look(f"{base}/questions/{section.key}/", f"section-{section.key}")
    page = visit.look(f"{base}/check/", "check")
    page.locator("input[name=agree]").check()
    page.locator("form button.govuk-button").last.click()
    expect(page.get_by_text(eoi.reference).first).to_be_visible()
    visit.check("receipt")
    visit.look(f"{base}/", "file-submitted")
    visit.look(f"{base}/answers/", "answers")
    visit.look(f"{base}/withdraw/", "withdraw")
    visit.look(f"receipts/?reference={eoi.reference}&signature={_receipt(eoi)}", "verify-receipt")
    for state, path in (("in_pool", ""), ("evidence_requested", "proof/"), ("doubted", "reply/"), ("refused", "")):
        other = an_eoi(state, at=now - DAY, language=language)
        Visit(browser, live, other.candidate, language, screen).look(
            f"candidate/eoi/{other.reference}/{path}", f"file-{state}"
        )


def _receipt(eoi: ExpressionOfInterest) -> str:
    eoi.refresh_from_db()
    return eoi.receipt


@pytest.mark.parametrize(("language", "screen"), KINDS)
def test_the_staff_pages(browser: Browser, live: str, language: str, screen: Any) -> None:
    now = clock.now()
    officer = a_staff_member("officer", language=language)
    names = ("Sahaiʔa Tłı̨chǫ", "Marie-Ève Larivière-Beaulieu", "Q")
    files = [an_eoi("submitted", at=now - days * DAY, name=name) for days, name in zip((20, 7, 1), names, strict=True)]
    for born in ("1990-01-01", "1978-05-05", "1950-01-01"):
        an_eoi("in_pool", at=now - 3 * DAY, date_of_birth=born)
    operations.propose_fact(
        reference=files[1].reference, fact="age", value=50, reason="Passport", by=an_officer(), at=now - HOUR
    )
    asked, doubted = an_eoi("evidence_requested", at=now - DAY), an_eoi("doubted", at=now - 15 * DAY)
    operations.ask_for_bar(reference=doubted.reference, reason="False dates", by=an_officer(), at=now)
    visit = Visit(browser, live, officer, language, screen)
    for path, name in (
        ("staff/eoi/", "list"), ("staff/eoi/?clock=late", "list-late"), ("staff/eoi/second/", "second"),
        ("staff/eoi/bars/", "bars"), ("staff/eoi/withdrawals/", "withdrawals"), ("staff/pool/", "pool"),
        (f"staff/eoi/{files[0].reference}/", "review"), (f"staff/eoi/{files[1].reference}/", "review-change"),
        (f"staff/eoi/{asked.reference}/", "review-asked"), (f"staff/eoi/{doubted.reference}/", "review-doubted"),
        (f"staff/eoi/{files[0].reference}/proof/", "ask-evidence"), (f"staff/eoi/{files[0].reference}/doubt/", "doubt"),
        (f"staff/eoi/{files[0].reference}/facts/age/", "change-fact"), (f"staff/eoi/{files[0].reference}/confirm/", "confirm"),
        (f"staff/eoi/{files[0].reference}/notes/", "note"),
    ):  # fmt: skip
        visit.look(path, f"staff-{name}")


def test_answers_are_saved_on_every_change_and_kept_when_the_page_is_left(browser: Browser, live: str) -> None:
    eoi = an_eoi("draft", at=clock.now())
    visit = Visit(browser, live, eoi.candidate, "en", DESKTOP)
    page = visit.look(f"candidate/eoi/{eoi.reference}/questions/contact/", "autosave")
    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        page.get_by_label("Telephone").fill("867-555-0142")
        page.get_by_label("Telephone").blur()
    assert saved.value.ok
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    page.goto(f"/en/candidate/eoi/{eoi.reference}/questions/contact/")
    expect(page.get_by_label("Telephone")).to_have_value(re.compile(r"867-555-0142$"))
