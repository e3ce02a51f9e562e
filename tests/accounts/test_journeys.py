"""Accounts in a real browser: registering, being invited, enrolling; both languages, a phone, scripts off."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from passerelle.accounts import operations, queries
from passerelle.accounts.models import Person
from passerelle.core import clock
from tests.support.browser import DESKTOP, PHONE, assert_accessible, assert_fits, follow
from tests.support.mailbox import Mailbox
from tests.support.people import PASSWORD, TOTP_SECRET, a_staff_member, an_employer, totp_code

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PICTURES = os.environ.get("PASSERELLE_PICTURES")


def look(page: Page, name: str) -> None:
    """Check what is on the screen, and keep a picture of it when asked to."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
    assert_fits(page)
    assert_accessible(page)


def a_page(browser: Browser, live: str, **kind: Any) -> Page:
    context = browser.new_context(base_url=live, **kind)
    return context.new_page()


def code_in(message: Any) -> str:
    found = re.search(r"^ +([A-Z0-9-]{8,})\s*$", message.get_content(), re.MULTILINE)
    assert found, message.get_content()
    return found[1]


def test_an_employer_registers_in_french_on_a_phone_without_scripts(
    browser: Browser, live: str, mailbox: Mailbox
) -> None:
    page = a_page(browser, live, viewport=PHONE, java_script_enabled=False)
    page.goto("/fr/account/login/")
    follow(page.get_by_role("link", name="Je n'ai pas encore de compte"))
    follow(page.get_by_role("main").get_by_role("link").first)
    page.get_by_label("Nom d'utilisateur").fill("boulangerie-id")
    page.get_by_label("Nom de la personne-ressource").fill("Marguerite Béguin")
    page.get_by_label("Téléphone").fill("867-555-0142")
    page.get_by_label("Courriel").fill("bureau@boulangerie.example")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Confirmez le mot de passe").fill("autre chose")
    page.get_by_role("button", name="Créer le compte").click()
    expect(page.get_by_text("same password").or_(page.get_by_text("même mot de passe")).first).to_be_visible()
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Confirmez le mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Créer le compte").click()
    page.get_by_label("Code reçu par courriel").fill(code_in(mailbox.wait_for("bureau@boulangerie.example")))
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("button", name="Fermer la session")).to_be_visible()
    assert queries.person("boulangerie-id").language == "fr"


def test_an_invited_candidate_chooses_a_sign_in(browser: Browser, live: str) -> None:
    link = operations.invite_candidate(
        program="ca-nt", email="ines@example.org", name="Inês Duarte", language="en", about="NT-E-2026-000001",
        by=an_employer(at=clock.now()), at=clock.now(),
    )  # fmt: skip
    page = a_page(browser, live, viewport=DESKTOP)
    page.goto(f"/en/access/{link.token}/")
    look(page, "redeem-en")
    page.get_by_label("User name").fill("ines.duarte")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    follow(page.get_by_role("button", name="Open my access"))
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto("/en/account/settings/")
    look(page, "settings-candidate-en")
    page.goto(f"/en/access/{link.token}/")
    expect(page.get_by_role("heading", name="This link has been used")).to_be_visible()
    look(page, "redeem-used-en")


def test_staff_enrol_a_second_factor_and_sign_in_with_it(browser: Browser, live: str) -> None:
    link = operations.create_staff(
        username="robin", email="robin@gov.example", name="Robin Sayine", language="en",
        roles=[("ca-nt", "administrator")], at=clock.now(),
    )  # fmt: skip
    page = a_page(browser, live, viewport=DESKTOP)
    page.goto(f"/en/access/{link.token}/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    follow(page.get_by_role("button", name="Open my access"))
    page.goto("/en/staff/people/")
    expect(page.get_by_role("heading", name="One more step: the second factor")).to_be_visible()
    look(page, "second-factor-en")
    follow(page.get_by_role("button", name="Set up the second factor"))
    look(page, "totp-en")
    secret = page.locator("strong.reference").inner_text()
    page.get_by_label("Code that the app shows").fill(totp_code(secret))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    look(page, "recovery-codes-en")
    recovery = page.locator("li .reference").first.inner_text()
    page.get_by_role("button", name="Sign out").click()

    page.get_by_label("User name").fill("robin")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("main").get_by_role("button", name="Sign in"))
    look(page, "code-en")
    page.get_by_label("Code").fill(recovery)
    follow(page.get_by_role("main").get_by_role("button", name="Sign in"))
    page.goto("/en/staff/people/")
    expect(page.get_by_role("heading", name="Staff", exact=True)).to_be_visible()
    look(page, "people-en")


PAGES_FOR_ALL = [
    "account/login/", "ca-nt/register/", "account/start/", "account/password/reset/", "account/password/reset/done/",
    "account/user-names/", "account/password/reset/key/1-x/", "access/nothing/", "account/inactive/",
]  # fmt: skip
PAGES_OF_EMPLOYERS = [
    "account/settings/", "account/profile/", "account/files/", "account/email/", "account/password/change/",
    "account/2fa/", "account/logout/", "account/reauthenticate/", "ca-nt/register/",
]  # fmt: skip


def pages_of_administrators(subject: Person) -> list[str]:
    return ["staff/program/", "staff/people/", "staff/people/new/", f"staff/people/{subject.pk}/", "account/2fa/"]


def signed_in_page(page: Page, person: Person) -> Page:
    page.goto("/en/account/login/?next=/en/account/settings/")
    page.get_by_label("User name").fill(person.username or "")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    if queries.second_factor(person):
        page.get_by_label("Code").fill(totp_code(TOTP_SECRET))
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


@pytest.mark.long
def test_every_page_fits_a_phone_and_passes_axe_in_both_languages(browser: Browser, live: str) -> None:
    at = clock.now()
    employer = an_employer(email="office@bakery.example", at=at)
    an_employer(username="other.file", email="office@bakery.example", at=at)
    chief, officer = a_staff_member("administrator", at=at), a_staff_member("officer", at=at)
    operations.ask_second_factor_reset(person=officer, reason="Phone lost", by=chief, at=at)
    visitors = [
        ("", a_page(browser, live), PAGES_FOR_ALL),
        ("employer-", signed_in_page(a_page(browser, live), employer), PAGES_OF_EMPLOYERS),
        ("staff-", signed_in_page(a_page(browser, live), chief), pages_of_administrators(officer)),
    ]
    for who, page, addresses in visitors:
        for address in addresses:
            for language, size in (("en", DESKTOP), ("fr", PHONE)):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                page.goto(f"/{language}/{address}")
                look(page, f"{who}{address.strip('/').replace('/', '-')}-{language}")
