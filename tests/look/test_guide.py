"""Components and error pages are accessible at desk and phone size; the committed stylesheet is the built one."""

import gzip
import mimetypes
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation
from playwright.sync_api import Browser, Page, Route, expect

from passerelle.project import context
from tests.look import guide
from tests.support.browser import DESKTOP, PHONE, assert_accessible, assert_fits

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 22, 19, tzinfo=UTC)
PAGES = [
    "look/guide.html", "404.html", "403.html", "403_csrf.html", "429.html", "500.html", "400.html",
    "errors/refused.html", "errors/changed.html", "errors/form_only.html",
]  # fmt: skip


@pytest.fixture
def draw(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Render a template outside any program, without a database."""
    settings.ROOT_URLCONF = "tests.look.guide"
    monkeypatch.setattr(context, "_code_in_sight", lambda request: "")

    def render(template: str, language: str) -> str:
        request: Any = RequestFactory().get(f"/{language}/guide/{template}")
        request.user, request.arrived_at, request.session = AnonymousUser(), NOON, {}
        request.resolver_match = resolve(request.path) if language == "en" else None
        with translation.override(language):
            return guide.show(request, template).content.decode()

    return render


@pytest.fixture
def visit(browser: Browser, draw: Callable[[str, str], str]) -> Any:
    """Open a rendered template in the browser, stylesheets and scripts included."""
    pages: list[Page] = []

    def answer(route: Route, html: str) -> None:
        name = route.request.url.partition("/static/")[2]
        path = finders.find(name) if name else None
        if path:
            route.fulfill(path=path, content_type=mimetypes.guess_type(str(path))[0])
        else:
            route.fulfill(body=html, content_type="text/html")

    def opened(template: str, language: str, size: Any) -> Page:
        html = draw(template, language)
        page = browser.new_page(viewport=size)
        page.route("**/*", lambda route: answer(route, html))
        page.goto(f"http://guide.test/{language}/guide")
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("template", PAGES)
def test_every_component_and_error_page_is_accessible_and_fits(visit: Any, template: str, size: Any) -> None:
    page = visit(template, "en" if size is DESKTOP else "fr", size)
    assert_accessible(page)
    assert_fits(page)


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(visit: Any) -> None:
    page = visit("look/guide.html", "en", DESKTOP)
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    page.get_by_role("link", name="Enter a valid date.").click()
    expect(page.locator("[name=born_on_day]")).to_be_focused()


def test_rows_are_walked_with_j_and_k_on_staff_pages(visit: Any) -> None:
    page = visit("look/guide.html", "en", DESKTOP)
    page.evaluate("document.body.setAttribute('data-staff', '')")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "Tłı̨chǫ Náʔël"


def test_a_page_that_needs_nothing_to_work_speaks_both_languages() -> None:
    html = get_template("500.html").render()
    assert "Something went wrong" in html
    assert "Un problème est survenu" in html


def test_nothing_in_a_page_is_styled_or_scripted_in_place(draw: Callable[[str, str], str]) -> None:
    html = draw("look/guide.html", "en")
    assert re.search(r"\sstyle=|\son\w+=|<style|javascript:", html) is None
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []


def test_the_frame_weighs_less_than_sixty_kilobytes_in_six_requests(draw: Callable[[str, str], str]) -> None:
    html = draw("404.html", "en")
    served = sorted(set(re.findall(r"/static/([^\"']+)", html)))
    assert len(served) + 1 <= 6
    paths = [Path(str(finders.find(name))).read_bytes() for name in served]
    assert sum(len(gzip.compress(each)) for each in [html.encode(), *paths]) < 60_000


def test_the_committed_stylesheet_is_the_built_one() -> None:
    check = subprocess.run(
        [sys.executable, "scripts/look/build.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert check.returncode == 0, check.stdout


def test_nothing_is_fetched_from_elsewhere_and_no_protected_asset_is_shipped() -> None:
    sheet = (ROOT / "src/passerelle/project/static/passerelle/look.css").read_text()
    assert re.findall(r"url\((?!['\"]?data:)[^)]*\)|@import|@font-face|GDS Transport", sheet) == []


def test_text_may_be_spaced_out_on_a_phone_without_scrolling_sideways(visit: Any) -> None:
    page = visit("look/guide.html", "fr", PHONE)
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
        " p { margin-bottom: 2em !important; }"
    )
    assert_fits(page)


def test_whatever_has_the_focus_shows_it(visit: Any) -> None:
    page = visit("look/guide.html", "en", DESKTOP)
    unmarked = []
    for _ in range(60):
        page.keyboard.press("Tab")
        marked = page.evaluate(
            "(() => { const e = document.activeElement; if (e === document.body) return true;"
            " const s = getComputedStyle(e), l = e.nextElementSibling && getComputedStyle(e.nextElementSibling, '::before');"
            " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' || Boolean(l && l.boxShadow !== 'none'); })()"
        )
        if not marked:
            unmarked.append(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert unmarked == []
