"""A fee paid in a browser: refused, tried again, paid, its receipt read; then the staff's side of it."""

import os

import pytest
from playwright.sync_api import Page, expect

from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.notices import operations as notices
from passerelle.programs import operations as programs
from tests.payments.conftest import DAY, HOUR, NOON, a_payment
from tests.support.browser import DESKTOP, PHONE, assert_accessible, assert_fits, follow
from tests.support.people import a_candidate, a_staff_member, signed_in

SHOTS = os.environ.get("PASSERELLE_SHOTS", "")
pytestmark = pytest.mark.django_db(transaction=True)


def enter(page: Page, person: Person, live: str) -> None:
    """Be ``person`` in this browser."""
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "session", "value": signed_in(person).cookies["session"].value, "url": live}])


def looked_at(page: Page, shot: str) -> None:
    """A page is whole at both widths and has nothing axe complains of."""
    for name, size in (("320", PHONE), ("1280", DESKTOP)):
        page.set_viewport_size(size)
        assert_fits(page)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{shot}-{name}.png", full_page=True)
    assert_accessible(page)


def test_a_fee_is_paid_by_its_payer_and_seen_by_staff(page: Page, live: str):
    programs.load_packs(at=NOON - DAY)
    payment = a_payment(payer=a_candidate(language="fr"), back_to="")
    with clock.frozen(NOON + HOUR):
        enter(page, payment.payer, live)
        page.goto(f"/fr/payments/{payment.reference}/")
        expect(page.get_by_role("heading", name="Frais de demande")).to_be_visible()
        looked_at(page, "asked")

        page.get_by_role("button", name="Payer 1").click()
        page.get_by_label("Elle est refusée").check()
        looked_at(page, "practice")
        page.get_by_role("button", name="Payer").click()
        expect(page.get_by_text("Le paiement n'a pas été effectué")).to_be_visible()
        looked_at(page, "failed")

        page.get_by_role("button", name="Réessayer").click()
        page.get_by_label("Elle est acceptée").check()
        page.get_by_role("button", name="Payer").click()
        expect(page.get_by_role("heading", name="Nous avons reçu votre paiement")).to_be_visible()
        looked_at(page, "paid")

        page.get_by_role("link", name="Ouvrir le reçu").click()
        expect(page.get_by_text("1\u00a0500,00\u00a0$")).to_be_visible()
        expect(page.get_by_text("Territoires du Nord-Ouest").first).to_be_visible()
        payment.refresh_from_db()
        assert notices.make_pdf(number=payment.receipt).startswith(b"%PDF")

        enter(page, a_staff_member("director"), live)
        page.goto("/en/staff/tasks/")
        follow(page.get_by_role("link", name="Payments"))
        looked_at(page, "list")
        follow(page.get_by_role("link", name=payment.payer.name))
        looked_at(page, "payment")
        page.get_by_label("Reason").fill("Returned incomplete")
        page.get_by_role("button", name="Give back $1,500.00").click()
        expect(page.get_by_text("Refund on its way")).to_be_visible()
