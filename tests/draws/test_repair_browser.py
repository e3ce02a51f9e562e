"""An error found in a draw, in a real browser: said, looked at, planned by one director, accepted by another, read by everybody."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from passerelle.core import clock
from passerelle.draws import queries
from passerelle.draws.models import Repair
from passerelle.draws.operations import conduct_draw
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import issue_invitations
from tests.draws.support import NOON, places, planned, pool
from tests.draws.test_browser import SHOTS, Path, opened
from tests.support import browser as chromium
from tests.support.people import a_staff_member

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SIZES = [("en", chromium.DESKTOP), ("fr", chromium.PHONE)]
if SHOTS:
    SIZES += [("fr", chromium.DESKTOP), ("en", chromium.PHONE)]


def seen(page: Page, name: str, language: str, size: dict[str, int]) -> None:
    """Hold the page as it stands against axe and its own width; keep a picture where one is asked for."""
    chromium.assert_accessible(page)
    chromium.assert_fits(page)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{language}-{size['width']}.png", full_page=True)


def pressed(page: Page, step: str) -> None:
    with page.expect_navigation():
        page.locator(f'button[name="step"][value="{step}"]:visible').click()


@pytest.mark.long
@pytest.mark.parametrize(("language", "size"), SIZES)
def test_two_directors_repair_a_draw_and_everybody_reads_it(
    browser: Browser, live: str, language: str, size: dict[str, int]
):
    with clock.frozen(NOON):
        places()
        files = pool([520, 510, 500, *range(400, 430)])
        draw = planned(3)
        conduct_draw(number=draw.number, by=a_staff_member("draw_manager"), at=NOON)
        issue_invitations(number=draw.number, by=a_staff_member("director"), at=NOON)
        page = opened(browser, live, a_staff_member("director"), size)

        page.goto(f"/{language}/staff/draws/{draw.number}/")
        with page.expect_navigation():
            page.locator(f'main a[href$="/{draw.number}/error/"]').click()
        seen(page, "said", language, size)
        pressed(page, "look")
        assert page.locator(".govuk-error-summary").count() == 1
        page.fill('[name="wrong"]', f"{files[0].reference} points=100\n{files[1].reference} points=90")
        pressed(page, "look")
        seen(page, "touched", language, size)
        page.fill('[name="what_en"]', "The points of two files were wrong.")
        page.fill('[name="what_fr"]', "Les points de deux dossiers étaient erronés.")
        page.check('[name="way"][value="replace"]')
        page.fill('[name="reason"]', "A mistake of ours.")
        pressed(page, "draft")
        seen(page, "drafted", language, size)
        pressed(page, "keep")
        seen(page, "planned", language, size)
        page.context.close()
        _accepted(browser, live, language, size)
        _read(browser, live, language, size, draw.number)

    assert Invitation.objects.filter(draw=draw, repair__isnull=False).count() == 2
    assert Invitation.objects.filter(draw=draw, state="cancelled").count() == 2
    assert queries.draw(draw.number).outcome["invited"] == 3


def _accepted(browser: Browser, live: str, language: str, size: dict[str, int]) -> None:
    plan = Repair.objects.get()
    page = opened(browser, live, a_staff_member("director"), size)
    page.goto(f"/{language}/staff/draws/{plan.draw.number}/repairs/{plan.pk}/")
    with page.expect_navigation():
        page.locator('main a[href$="/accept/"]').click()
    seen(page, "asked", language, size)
    with page.expect_navigation():
        page.locator("main form button").click()
    seen(page, "accepted", language, size)
    page.goto(f"/{language}/staff/invitations/")
    seen(page, "invitations", language, size)
    page.goto(f"/{language}/staff/draws/{plan.draw.number}/")
    seen(page, "workbench", language, size)
    page.context.close()


def _read(browser: Browser, live: str, language: str, size: dict[str, int], number: str) -> None:
    context: Any = browser.new_context(base_url=live, viewport=size)
    page = context.new_page()
    page.goto(f"/{language}/ca-nt/draws/{number}/")
    shown = page.locator("main").inner_text()
    assert all(part in shown for part in Repair.objects.get().notice[language].split("\n\n"))
    seen(page, "public", language, size)
    context.close()
