"""The plan of a draw with values and groups in a real browser: scripts off, both languages, wide and on a phone."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from passerelle.core import clock
from passerelle.draws.models import Draw
from tests.support import browser as chromium
from tests.support import editions
from tests.support.people import a_staff_member, signed_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("PASSERELLE_SHOTS", "")
ADD = {"en": "Add a group", "fr": "Ajouter un groupe"}
VALUES = {"en": "Filters whose value you choose", "fr": "Filtres dont vous choisissez la valeur"}


@pytest.mark.parametrize(
    ("language", "size"),
    [("en", chromium.DESKTOP), ("fr", chromium.DESKTOP), ("en", chromium.PHONE), ("fr", chromium.PHONE)],
)
def test_a_plan_gets_a_group_by_a_button_with_scripts_off_and_keeps_all_that_was_typed(
    browser: Browser, live: str, language: str, size: dict[str, int]
):
    with clock.frozen(editions.IN_2024):
        editions.an_office()
        manager = a_staff_member("draw_manager", program=editions.CODE)
        cookie = signed_in(manager).cookies["session"].value
        pages = []
        for scripts in (False, True):
            context = browser.new_context(base_url=live, viewport=size, java_script_enabled=scripts)
            context.add_cookies([{"name": "session", "value": cookie, "url": live}])
            pages.append(context.new_page())
        page, with_scripts = pages

        def looked_at(page: Page, name: str) -> None:
            chromium.assert_fits(page)
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"{name}-{language}-{size['width']}.png", full_page=True)

        page.goto(f"/{language}/staff/draws/plan/?stream=foreign_worker")
        looked_at(page, "plan")
        page.fill("[name=size]", "12")
        page.check("[name=attributes][value=health]")
        page.get_by_text(VALUES[language]).click()
        page.fill("[name=value-french]", "7")
        looked_at(page, "plan-values")
        chromium.follow(page.get_by_role("button", name=ADD[language]))
        assert page.input_value("[name=value-french]") == "7"
        assert page.is_checked("[name=or1-match][value=every]")
        page.check("[name=or1-attributes][value=trades]")
        page.get_by_text(VALUES[language]).nth(1).click()
        page.check("[name=or1-value-area][value=northern]")
        looked_at(page, "plan-groups")
        page.focus("[name=size]")
        with page.expect_navigation():
            page.keyboard.press("Enter")  # saves, though the button of a group comes first on the page

        draw = Draw.objects.get()
        assert draw.filters == {
            "attributes": ["health"], "values": {"french": ["7"]}, "match": "every",
            "or": [{"attributes": ["trades"], "values": {"area": ["northern"]}, "match": "every"}],
        }  # fmt: skip
        looked_at(page, "workbench")
        with_scripts.goto(f"/{language}/staff/draws/{draw.number}/plan/")  # axe is a script itself
        looked_at(with_scripts, "replan")
        chromium.assert_accessible(with_scripts)
        for one in pages:
            one.context.close()
