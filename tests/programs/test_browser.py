"""The sections of the NWT's forms in a browser: with scripts and without, narrow, and free of axe's complaints."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from passerelle.core import clock
from passerelle.programs import operations
from tests.programs import harness
from tests.support.browser import assert_accessible, assert_fits, follow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.programs.harness")]


@pytest.fixture(autouse=True)
def _loaded(transactional_db: Any):
    operations.load_packs(at=clock.now())
    harness.ANSWERS.clear()


@pytest.fixture
def plain(browser: Any, live_server: Any):
    """A visitor whose browser runs no scripts."""
    visitor = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 320, "height": 800}
    )
    yield visitor.new_page()
    visitor.close()


def test_with_scripts_a_question_appears_as_soon_as_it_applies(page: Page):
    page.goto("/en/fill/eoi/status/")
    expiry = page.get_by_role("group", name="Work permit expiry date")
    expect(expiry).to_be_hidden()

    page.get_by_label("Employer-specific").check()
    expect(expiry).to_be_visible()

    page.get_by_label("I have no work permit").check()
    expect(expiry).to_be_hidden()


def test_with_scripts_conditions_inside_a_record_read_that_record(page: Page):
    page.goto("/en/fill/eoi/work/")
    page.get_by_label("Yes", exact=True).first.check()
    first = page.locator("fieldset.record").first
    page.locator("select[name='related_experience-0-country']").select_option("CA")
    expect(first.get_by_text("Was this job in the Northwest Territories?")).to_be_visible()
    page.locator("select[name='related_experience-0-country']").select_option("PH")
    expect(first.get_by_text("Was this job in the Northwest Territories?")).to_be_hidden()


def test_without_scripts_a_question_that_comes_up_is_shown_with_a_note(plain: Page):
    plain.goto("/fr/fill/eoi/second_language/")
    plain.get_by_label("Oui").check()
    plain.get_by_role("button", name="Save").click()

    expect(plain.get_by_text("En raison de votre réponse")).to_be_visible()
    expect(plain.get_by_role("group", name="Résultats dans l'autre langue officielle")).to_be_visible()
    expect(plain.locator(".govuk-error-summary")).to_have_count(0)


def test_without_scripts_records_are_added_and_removed(plain: Page):
    plain.goto("/en/fill/eoi/work/")
    plain.get_by_label("Yes", exact=True).first.check()
    plain.get_by_role("button", name="Save").click()
    plain.locator("input[name='related_experience-0-employer']").fill("Diner")
    plain.get_by_role("button", name="Add another").click()
    expect(plain.locator("fieldset.record")).to_have_count(2)
    plain.locator("input[name='related_experience-1-employer']").fill("Mine")
    plain.get_by_role("button", name="Remove Job 1").click()

    expect(plain.locator("fieldset.record")).to_have_count(1)
    expect(plain.locator("input[name='related_experience-0-employer']")).to_have_value("Mine")


def test_without_scripts_an_occupation_is_found_by_words(plain: Page):
    plain.goto("/fr/fill/eoi/job/")
    plain.locator("input[name='noc_code']").fill("cuisinier")
    plain.get_by_role("button", name="Save").click()
    plain.get_by_role("button", name="63200").click()

    assert harness.ANSWERS["noc_code"] == "63200"
    expect(plain.locator("input[name='noc_code']")).to_have_value("63200 Cuisiniers/cuisinières")


CROWDED = [
    ("eoi", "language"),
    ("eoi", "work"),
    ("eoi", "education"),
    ("employer", "recruitment"),
    ("candidate", "family"),
    ("candidate", "declarations"),
]


@pytest.mark.parametrize(("language", "width"), [("fr", 320), ("en", 1280)])
def test_no_section_makes_axe_complain_or_scrolls_sideways(page: Page, language, width):
    page.set_viewport_size({"width": width, "height": 900})
    for form, section in CROWDED:
        page.goto(f"/{language}/fill/{form}/{section}/")
        follow(page.get_by_role("button", name="Save"))
        assert_accessible(page)
        assert_fits(page)


def test_the_occupation_page_answers_in_the_readers_language(page: Page):
    page.goto("/fr/occupations/search/?q=cook")
    expect(page.get_by_role("cell", name="Cuisiniers/cuisinières")).to_be_visible()
    assert_accessible(page)
