"""What would change my points, in a real browser: accessible, within 320 px, with scripts and without."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from passerelle.core import clock
from tests import factories
from tests.factories import DAY, NOON
from tests.support import browser as chromium
from tests.support.people import signed_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("PASSERELLE_SHOTS", "")


def opened(browser: Browser, live: str, person: Any, size: dict[str, int], *, scripts: bool) -> Page:
    context = browser.new_context(base_url=live, viewport=size, java_script_enabled=scripts)
    context.add_cookies([{"name": "session", "value": signed_in(person).cookies["session"].value, "url": live}])
    return context.new_page()


def looked_at(page: Page, name: str) -> None:
    chromium.assert_accessible(page)
    chromium.assert_fits(page)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def _opened_at(page: Page, words: str) -> None:
    """Open the section in which something stands, with the keyboard."""
    page.locator("details", has_text=words).first.locator("summary").press("Enter")


def test_another_answer_is_tried_with_scripts_and_without(browser: Browser, live: str):
    eoi = factories.an_eoi("in_pool", date_of_birth="1981-06-01", highest_education="secondary")
    address = f"candidate/eoi/{eoi.reference}/what-if/"
    with clock.frozen(NOON + 30 * DAY):
        page = opened(browser, live, eoi.candidate, chromium.PHONE, scripts=True)
        page.goto(f"/fr/{address}")
        looked_at(page, "what-if-before-fr")
        _opened_at(page, "Baccalauréat")
        page.get_by_label("Baccalauréat", exact=False).first.check()
        page.locator("#effect dt", has_text="avec ce que vous essayez").wait_for()
        looked_at(page, "what-if-tried-fr")
        page.context.close()

        page = opened(browser, live, eoi.candidate, chromium.DESKTOP, scripts=False)
        page.goto(f"/fr/{address}")
        _opened_at(page, "Baccalauréat")
        page.get_by_label("Baccalauréat", exact=False).first.check()
        chromium.follow(page.get_by_role("button", name="Calculer mes points"))
        assert page.locator("#effect dd").count() == 2
        assert address in page.url
        assert "?" not in page.url
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / "what-if-desktop-fr.png", full_page=True)
        page.context.close()
