"""The public pages in a browser: both languages, scripts on and off, desk and phone, one engine for the points."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Page

from passerelle.core import clock
from passerelle.programs import operations, queries
from tests.support.browser import DESKTOP, PHONE, assert_accessible, assert_fits, follow

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NOON = datetime(2026, 11, 22, 19, tzinfo=UTC)
PAGES = ["", "criteria/", "points/", "draws/", "draws/2026-03-25/", "contact/", "scoring/"]
OWN = ["check/", "accessibility/"]


@pytest.fixture(autouse=True)
def _packs(settings: Any) -> Iterator[None]:
    call_command("createcachetable", verbosity=0)
    with clock.frozen(NOON):
        operations.load_packs(at=NOON)
        yield


@pytest.fixture
def without_scripts(browser: Browser, live: str) -> Iterator[Page]:
    visitor: BrowserContext = browser.new_context(base_url=live, viewport=PHONE, java_script_enabled=False)
    yield visitor.new_page()
    visitor.close()


@pytest.mark.long
def test_every_public_page_is_accessible_in_both_languages_at_desk_and_phone(page: Page) -> None:
    for size, language in ((DESKTOP, "en"), (PHONE, "fr")):
        page.set_viewport_size(size)
        for path in [f"{language}/ca-nt/{name}" for name in PAGES] + [f"{language}/{name}" for name in OWN]:
            answer = page.goto(f"/{path}")
            assert answer is not None
            assert answer.status == 200, path
            assert_accessible(page)
            assert_fits(page)


def test_the_home_page_leads_to_each_program_and_the_language_switch_keeps_the_page(page: Page) -> None:
    page.goto("/en/")
    follow(page.get_by_role("link", name="Northwest Territories Nominee Program"))
    assert page.url.endswith("/en/ca-nt/")
    page.goto("/en/ca-nt/draws/")
    follow(page.get_by_role("link", name="Français"))
    assert page.url.endswith("/fr/ca-nt/draws/")
    assert page.get_by_role("heading", level=1).inner_text() == "Résultats des tirages"


def test_the_home_page_carries_the_procedure_the_categories_and_the_banner(page: Page) -> None:
    page.goto("/en/ca-nt/")
    rules = queries.rules_in_force("ca-nt", NOON)
    assert page.locator(".steps > li").count() == len(rules.steps) == 5
    for category in rules.categories:
        assert page.get_by_role("heading", name=category.name["en"]).is_visible()
    assert "reconstructed" in page.locator(".site-banner").inner_text()


def test_the_contact_page_names_every_link_and_every_official_language(page: Page) -> None:
    page.goto("/fr/ca-nt/contact/")
    rules = queries.rules_in_force("ca-nt", NOON)
    shown = page.locator("main").inner_text()
    assert [
        str(link.url["fr"]) for link in rules.links if page.locator(f'a[href="{link.url["fr"]}"]').count() != 1
    ] == []
    assert [one.name["fr"] for one in rules.languages if one.name["fr"] not in shown] == []
    assert len(rules.languages) == 11


def test_the_calculator_adds_up_while_one_answers(page: Page) -> None:
    page.goto("/en/ca-nt/points/")
    _fill_date(page, "date_of_birth", "3", "5", "1996")
    page.locator("[name=first_official_language][value=en]").check()
    page.locator("[name=l1_test][value=ielts_general]").check()
    _fill_date(page, "l1_test_date", "1", "6", "2026")
    for ability, result in (("listening", "7.5"), ("reading", "6.5"), ("writing", "6.5"), ("speaking", "6")):
        page.fill(f"[name=l1_{ability}]", result)
    page.select_option("[name=job_community]", "hay_river")
    page.locator("#sheet .sheet__total", has_text="197").wait_for()
    assert page.locator("#sheet").inner_text().count("Not answered yet") > 0
    assert_accessible(page)


def test_switching_language_in_the_middle_keeps_what_was_typed(page: Page) -> None:
    page.goto("/en/ca-nt/points/")
    _fill_date(page, "date_of_birth", "3", "5", "1996")
    page.locator("[name=first_official_language][value=fr]").check()
    page.get_by_role("link", name="Français").click()
    page.wait_for_url("**/fr/ca-nt/points/")
    assert page.input_value("[name=date_of_birth_year]") == "1996"
    assert page.locator("[name=first_official_language][value=fr]").is_checked()
    page.locator("#sheet .sheet__total", has_text="50").wait_for()


def test_the_calculator_works_with_scripts_off(without_scripts: Page) -> None:
    page = without_scripts
    page.goto("/fr/ca-nt/points/")
    _fill_date(page, "date_of_birth", "3", "5", "1996")
    follow(page.get_by_role("button", name="Calculer mes points"))
    assert page.locator("#sheet .sheet__total").inner_text().split()[1] == "50"
    assert page.locator(".govuk-error-message").count() == 0
    assert_fits(page)


def test_a_first_view_weighs_less_than_sixty_kilobytes_in_six_requests(page: Page) -> None:
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto("/en/ca-nt/")
    page.wait_for_load_state("networkidle")
    assert len(sizes) <= 6
    # Served uncompressed in tests; text of this kind compresses to well under a third.
    assert sum(sizes) / 3.3 < 60_000


def test_an_unknown_program_or_draw_is_simply_not_there(page: Page) -> None:
    for path in ("/en/nowhere/", "/en/ca-nt/draws/1999-01-01/"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 404
        assert_accessible(page)


def _fill_date(page: Page, name: str, day: str, month: str, year: str) -> None:
    for part, value in (("day", day), ("month", month), ("year", year)):
        page.fill(f"[name={name}_{part}]", value)
