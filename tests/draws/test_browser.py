"""The pages of draws and invitations in a real browser: accessible, within 320 px, in both languages."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from passerelle.core import clock
from passerelle.draws.models import Draw
from passerelle.draws.operations import conduct_draw
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import extend, issue_invitations
from tests.draws.support import NOON, eoi, places, planned, pool
from tests.support import browser as chromium
from tests.support.people import a_staff_member, signed_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("PASSERELLE_SHOTS", "")
SPREAD = [417 + 4 * n for n in range(20)] + [300 + 9 * n for n in range(14)] + [520, 540, 555, 560, 580, 597, 417, 417]


def opened(browser: Browser, live: str, person: Any, size: dict[str, int]) -> Page:
    """A page in which ``person`` is signed in."""
    cookie = signed_in(person).cookies["session"].value
    context = browser.new_context(base_url=live, viewport=size)
    context.add_cookies([{"name": "session", "value": cookie, "url": live}])
    return context.new_page()


def looked_at(page: Page, address: str, name: str) -> None:
    """Go there and hold the page against axe and its own width; keep a picture where one is asked for."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    chromium.assert_accessible(page)
    chromium.assert_fits(page)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def a_draw_at_every_step() -> tuple[Draw, Draw, Invitation]:
    """A draw issued (with its invitations), and one planned with a file in its way."""
    pool(SPREAD, category="skilled")
    pool([430, 470, 510], category="entry_level")
    eoi(state="submitted")
    places(197)
    issued = planned(2, categories=["entry_level"])
    conduct_draw(number=issued.number, by=a_staff_member("draw_manager"), at=NOON)
    invitation = issue_invitations(number=issued.number, by=a_staff_member("director"), at=NOON)[0]
    extend(reference=invitation.reference, days=5, reason="Late form", by=a_staff_member("officer"), at=NOON)
    return issued, planned(12, categories=["skilled"]), invitation


@pytest.mark.parametrize(("language", "size"), [("en", chromium.DESKTOP), ("fr", chromium.PHONE)])
def test_staff_pages_are_accessible_and_fit(browser: Browser, live: str, language: str, size: dict[str, int]):
    with clock.frozen(NOON):
        issued, ahead, invitation = a_draw_at_every_step()
        page = opened(browser, live, a_staff_member("director"), size)
        staff = f"/{language}/staff/"
        for name, path in {
            "list": "draws/", "plan": "draws/plan/", "workbench": f"draws/{ahead.number}/",
            "issued": f"draws/{issued.number}/", "ranking": f"draws/{issued.number}/ranking/",
            "conduct": f"draws/{ahead.number}/conduct/", "void": f"draws/{ahead.number}/void/",
            "issue": f"draws/{issued.number}/issue/", "places": "places/", "invitations": "invitations/",
            "invitation": f"invitations/{invitation.reference}/", "more": f"invitations/{invitation.reference}/more-time/",
        }.items():  # fmt: skip
            looked_at(page, staff + path, f"{name}-{language}")
        page.context.close()


@pytest.mark.parametrize(("language", "size"), [("en", chromium.DESKTOP), ("fr", chromium.PHONE)])
@pytest.mark.parametrize("side", ["employer", "candidate"])
def test_the_parties_pages_are_accessible_and_fit(
    browser: Browser, live: str, language: str, size: dict[str, int], side: str
):
    with clock.frozen(NOON):
        _issued, _ahead, invitation = a_draw_at_every_step()
        page = opened(browser, live, getattr(invitation.eoi, side), size)
        path = f"/{language}/{side}/invitation/{invitation.reference}/"
        looked_at(page, path, f"{side}-{language}")
        looked_at(page, path + "decline/", f"{side}-decline-{language}")
        page.context.close()


def test_an_employer_declines_with_scripts_off(browser: Browser, live: str):
    with clock.frozen(NOON):
        _issued, _ahead, invitation = a_draw_at_every_step()
        person = invitation.eoi.employer
        context = browser.new_context(base_url=live, java_script_enabled=False, viewport=chromium.PHONE)
        context.add_cookies([{"name": "session", "value": signed_in(person).cookies["session"].value, "url": live}])
        page = context.new_page()
        page.goto(f"/fr/employer/invitation/{invitation.reference}/")

        chromium.follow(page.get_by_role("link", name="Décliner cette invitation"))
        chromium.follow(page.get_by_role("button", name="Décliner l'invitation"))

        assert page.get_by_text("Déclinée").count()
        assert Invitation.objects.get(pk=invitation.pk).state == "declined"
        context.close()


def test_typing_another_size_moves_the_cut_off_and_works_with_scripts_off_too(browser: Browser, live: str):
    with clock.frozen(NOON):
        _issued, ahead, _invitation = a_draw_at_every_step()
        director = a_staff_member("director")
        page = opened(browser, live, director, chromium.DESKTOP)
        page.goto(f"/en/staff/draws/{ahead.number}/")

        page.get_by_label("Try another size").fill("3")
        page.get_by_text("3 people of 42 would be taken, cut-off 560").first.wait_for()
        page.context.close()

        plain = browser.new_context(base_url=live, java_script_enabled=False)
        plain.add_cookies([{"name": "session", "value": signed_in(director).cookies["session"].value, "url": live}])
        page = plain.new_page()
        page.goto(f"/en/staff/draws/{ahead.number}/")
        page.get_by_label("Try another size").fill("3")
        chromium.follow(page.get_by_role("button", name="Show the cut-off"))
        assert page.get_by_text("3 people of 42 would be taken, cut-off 560").count()
        plain.close()
