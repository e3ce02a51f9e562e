"""The Ontario procedure in a browser, candidate first: from an own account to the nomination letter."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from passerelle.allocations import queries as allocations
from passerelle.applications import queries as applications
from passerelle.core import clock
from passerelle.payments import operations as payments
from passerelle.payments import queries as payment_queries
from tests.journeys.applicants import CANDIDATE, EMPLOYER, graduate, worker
from tests.journeys.candidate_first import CODE, Walk, queued
from tests.journeys.walking import post
from tests.support.browser import DESKTOP, PHONE
from tests.support.mailbox import Mailbox
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]

WALKS = [
    pytest.param("en", DESKTOP, True, id="English on a desk", marks=pytest.mark.proof),
    pytest.param("fr", PHONE, True, id="French on a phone"),
    pytest.param("fr", DESKTOP, False, id="French with scripts off"),
]


@pytest.mark.parametrize(("language", "screen", "scripts"), WALKS)
def test_a_masters_graduate_goes_from_an_account_to_the_nomination_letter(
    browser: Browser, live: str, mailbox: Mailbox, settings: Any, language: str, screen: Any, scripts: bool
) -> None:
    settings.PASSERELLE_URL = live
    walk = Walk(browser, live, mailbox, language=language, screen=screen, scripts=scripts, whole=scripts,
                answers=graduate(clock.now().date()))  # fmt: skip
    walk.register()
    walk.start()
    walk.answer()
    held = clock.now() + timedelta(days=3)
    with clock.moved_to(held):
        walk.draw(held)
    with clock.moved_to(held + timedelta(days=4)):
        walk.open()
        walk.fill_in(walk.candidate, "candidate", "ines-duarte")
        walk.pay()
    with clock.moved_to(held + timedelta(days=9)):
        walk.take()
        walk.assess()
        walk.nominate()
        letter = walk.read_the_letter(walk.candidate, "ines-duarte")
        nomination = applications.nomination_of(walk.file)
        assert nomination is not None
        assert nomination.number in letter
        year = applications.local_year(walk.file, clock.now())
        assert (allocations.places(CODE, year).held, allocations.places(CODE, year).used) == (0, 1)


@pytest.mark.proof  # with a representative beside them the three walk in test_ontario_represented
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_foreign_worker_lets_the_employer_in_and_both_are_told_of_the_approval(
    browser: Browser, live: str, mailbox: Mailbox, settings: Any, language: str
) -> None:
    settings.PASSERELLE_URL = live
    walk = Walk(browser, live, mailbox, language=language, category="foreign_worker",
                answers=worker(clock.now().date()))  # fmt: skip
    walk.register()
    walk.start()
    walk.answer()
    held = clock.now() + timedelta(days=3)
    with clock.moved_to(held):
        walk.draw(held)
    with clock.moved_to(held + timedelta(days=4)):
        walk.open()
        walk.let_the_employer_in()
        walk.fill_in(walk.employer, "employer", "rideau-mills")
        walk.fill_in(walk.candidate, "candidate", "ines-duarte")
        walk.pay()
    with clock.moved_to(held + timedelta(days=9)):
        walk.take()
        walk.assess()
        walk.nominate()
        walk.told(
            EMPLOYER, walk.file.file_number, walk.say("the employment position approved", "le poste est approuvé")
        )
        letter = walk.read_the_letter(walk.employer, "rideau-mills")
        assert "Software engineer (21231)" in letter
        walk.read_the_letter(walk.candidate, "ines-duarte")


@pytest.mark.parametrize(("language", "screen"), [("en", DESKTOP), ("fr", PHONE)], ids=["English", "French on a phone"])
@pytest.mark.parametrize("ending", ["returned as incomplete", "withdrawn before processing"])
def test_a_fee_is_given_back(
    browser: Browser, live: str, mailbox: Mailbox, settings: Any, language: str, screen: Any, ending: str
) -> None:
    settings.PASSERELLE_URL = live
    walk = Walk(browser, live, mailbox, language=language, screen=screen, answers=graduate(clock.now().date()))
    case = queued(walk.office, walk.answers, category="masters_graduate", language=language,
                  at=clock.now() - timedelta(days=5))  # fmt: skip
    walk.candidate.sign_in("ines-duarte")
    if ending == "returned as incomplete":
        walk.take()
        walk.staff.go(f"staff/application/{case.application}/return/")
        walk.staff.fill({"missing": "Transcripts of the last year\nResume"})
        walk.staff.submit()
        words = walk.say("is returned because it is incomplete", "est renvoyée parce qu'elle est incomplète")
        walk.told(CANDIDATE, words, "Transcripts of the last year", walk.say("refunded", "remboursés"))
    else:
        walk.candidate.go(f"application/{case.application}/withdraw/")
        back = walk.say("The fee is given back to the card", "Les frais sont remboursés sur la carte")
        assert back in walk.candidate.page.locator("main").inner_text()
        walk.candidate.submit()
        walk.candidate.fill({"password": PASSWORD})  # what cannot be undone asks for it again
        walk.candidate.submit()
        assert case.file.state == "withdrawn"
        walk.told(CANDIDATE, case.application, walk.say("was withdrawn", "a été retirée"))
    payments.refund_due(at=clock.now())
    walk.told(CANDIDATE, walk.say("1,500.00", "1 500,00"), walk.say("We gave back", "Nous avons remboursé"))

    payment = payment_queries.payment_of(about=case.application, purpose="application_fee")
    assert payment is not None
    assert payment.state == "refunded"
    walk.candidate.go(f"application/{case.application}/")
    walk.candidate.go(f"payments/{payment.reference}/")
    walk.candidate.go("messages/")
    walk.candidate.go("candidate/")
    walk.staff.sign_out()
    walk.staff.sign_in(walk.office.director.username, code=True)
    walk.staff.go("staff/payments/")
    walk.staff.go(f"staff/payments/{payment.reference}/")
    post()
