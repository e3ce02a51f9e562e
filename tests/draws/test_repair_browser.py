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
from tests.draws.support import NOON, aimed, graduate, places, planned, pool
from tests.draws.test_asked import NEITHER, STUDENT, WELDER
from tests.draws.test_asked_browser import ADD, VALUES
from tests.draws.test_browser import SHOTS, Path, opened
from tests.support import browser as chromium
from tests.support.people import a_staff_member, signed_in

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


@pytest.mark.parametrize("scripts", [False, True], ids=["scripts off", "scripts on"])
@pytest.mark.parametrize(("language", "size"), [("en", chromium.DESKTOP), ("fr", chromium.PHONE)])
def test_a_director_says_at_which_groups_a_draw_should_have_been_aimed(
    browser: Browser, live: str, language: str, size: dict[str, int], scripts: bool
):
    with clock.frozen(NOON):
        places()
        _student, welder, neither = (
            graduate(480 - 10 * number, facts=facts) for number, facts in enumerate((STUDENT, WELDER, NEITHER))
        )
        draw = aimed(9, "degree")
        conduct_draw(number=draw.number, by=a_staff_member("draw_manager"), at=NOON)
        issue_invitations(number=draw.number, by=a_staff_member("director"), at=NOON)
        cookie = signed_in(a_staff_member("director")).cookies["session"].value
        context = browser.new_context(base_url=live, viewport=size, java_script_enabled=scripts)
        context.add_cookies([{"name": "session", "value": cookie, "url": live}])
        page = context.new_page()

        def looked(name: str) -> None:
            if scripts:  # axe is a script itself
                seen(page, f"aim-{name}", language, size)
            else:
                chromium.assert_fits(page)

        page.goto(f"/{language}/staff/draws/{draw.number}/error/")
        page.check('[name="aim"][value="those"]')
        pressed(page, "look")
        assert page.locator(".govuk-error-summary a").get_attribute("href") == "#id_attributes_0"
        looked("nothing")
        page.check('[name="attributes"][value="degree"]')
        with page.expect_navigation():
            page.get_by_role("button", name=ADD[language]).click()
        assert page.is_checked('[name="aim"][value="those"]')
        assert page.is_checked('[name="attributes"][value="degree"]')
        looked("asked")
        pressed(page, "look")
        assert page.locator(".govuk-error-summary").count() == 1
        looked("empty")
        page.check('[name="or1-attributes"][value="trade"]')
        page.get_by_text(VALUES[language]).nth(1).click()
        page.check('[name="or1-value-community"][value="inuvik"]')
        pressed(page, "look")
        shown = page.locator("main").inner_text()
        assert (welder.reference in shown, neither.reference in shown) == (True, False)
        looked("found")
        context.close()
