"""Handing files in with a real browser: with scripts, through cut lines, and with scripts off."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from passerelle.accounts.models import Person
from passerelle.documents.models import Document, Upload
from tests.documents.conftest import pdf, picture
from tests.documents.test_resuming import large_picture
from tests.support.browser import PHONE, assert_accessible, assert_fits
from tests.support.people import a_candidate, signed_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sender(settings: Any) -> Person:
    settings.ROOT_URLCONF = "tests.documents.serving"
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [*templates[0]["DIRS"], Path(__file__).parent / "templates"]
    settings.TEMPLATES = templates
    return a_candidate()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "Passeport – Sahaiʔa.pdf").write_bytes(pdf(pages=2))
    (tmp_path / "photo.jpg").write_bytes(picture("JPEG", (600, 400)))
    (tmp_path / "notes.txt").write_bytes(b"These are my notes.")
    return tmp_path


def sign_in(context: BrowserContext, live: str, person: Person) -> Page:
    session = signed_in(person).cookies["session"].value
    context.add_cookies([{"name": "session", "value": session, "url": live}])
    return context.new_page()


def test_several_files_go_in_and_one_is_refused_in_words(
    context: BrowserContext, live: str, sender: Person, files: Path
):
    page = sign_in(context, live, sender)
    page.goto("/en/checklist/")
    slot = page.locator("#slot-passport")

    slot.locator("input[type=file]").set_input_files(
        [files / name for name in ("Passeport – Sahaiʔa.pdf", "notes.txt", "photo.jpg")]
    )
    slot.get_by_role("button", name="Upload").click()

    progress = slot.locator(".slot__progress p")
    expect(progress).to_have_count(3)
    expect(progress.nth(0)).to_contain_text("Received")
    expect(progress.nth(1)).to_contain_text("This kind of file cannot be opened here. Send a PDF")
    expect(progress.nth(2)).to_contain_text("Received")
    expect(slot.locator(".slot__files li")).to_have_count(2)
    assert sorted(Document.objects.values_list("original_name", "slot")) == [
        ("Passeport – Sahaiʔa.pdf", "passport"),
        ("photo.jpg", "passport"),
    ]
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    assert_fits(page)


def test_a_large_file_goes_on_after_cuts_and_after_a_reload(
    context: BrowserContext, live: str, sender: Person, tmp_path: Path
):
    (tmp_path / "diploma.png").write_bytes(large_picture())
    page = sign_in(context, live, sender)
    cuts = {"left": 3, "sent": 0}

    def now_and_then(route: Route) -> None:
        cuts["sent"] += 1
        if cuts["left"] and cuts["sent"] % 3 == 0:
            cuts["left"] -= 1
            route.abort("connectionreset")
        elif cuts["sent"] == 16:
            route.abort("connectionreset")
            context.set_offline(True)
        else:
            route.continue_()

    page.route(
        "**/uploads/*/", lambda route: now_and_then(route) if route.request.method == "PATCH" else route.continue_()
    )
    page.goto("/en/checklist/")
    slot = page.locator("#slot-passport")
    slot.locator("input[type=file]").set_input_files(tmp_path / "diploma.png")
    slot.get_by_role("button", name="Upload").click()
    expect(slot.locator(".slot__progress")).to_contain_text("The connection was cut. We go on from where we were.")
    for _tenth_of_a_second in range(1_200):
        if cuts["sent"] < 16:
            page.wait_for_timeout(100)
    page.wait_for_timeout(1_000)
    assert cuts["sent"] >= 16, "offline by now"
    assert Upload.objects.get().state == "open"

    # The telephone was switched off; the same file is chosen again later.
    context.set_offline(False)
    page.close()
    page = context.new_page()
    page.goto("/en/checklist/")
    slot = page.locator("#slot-passport")
    slot.locator("input[type=file]").set_input_files(tmp_path / "diploma.png")
    slot.get_by_role("button", name="Upload").click()

    expect(slot.locator(".slot__files li")).to_have_count(1)
    assert Upload.objects.count() == 1, "it went on with what was there"
    assert Document.objects.get().original_name == "diploma.png"


def test_with_scripts_off_the_plain_form_does_the_same(browser: Browser, live: str, sender: Person, files: Path):
    context = browser.new_context(base_url=live, java_script_enabled=False)
    page = sign_in(context, live, sender)
    page.goto("/en/checklist/")
    slot = page.locator("#slot-contract")
    slot.locator("input[type=file]").set_input_files([files / "Passeport – Sahaiʔa.pdf", files / "photo.jpg"])
    slot.get_by_role("button", name="Upload").click()
    expect(slot.locator(".slot__name")).to_contain_text(["Passeport – Sahaiʔa.pdf", "photo.jpg"])

    slot.locator("input[type=file]").set_input_files(files / "notes.txt")
    slot.get_by_role("button", name="Upload").click()
    expect(slot.locator(".govuk-error-message")).to_contain_text("This kind of file cannot be opened here")
    context.close()
