"""The Ontario procedure in a browser, candidate first: from an own account to the nomination letter."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from passerelle.allocations import queries as allocations
from passerelle.applications import queries as applications
from passerelle.core import clock
from tests.journeys.candidate_first import CODE, Walk, graduate
from tests.support.browser import DESKTOP, PHONE
from tests.support.mailbox import Mailbox

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WALKS = [
    pytest.param("en", DESKTOP, True, id="English on a desk"),
    pytest.param("fr", PHONE, True, id="French on a phone"),
    pytest.param("fr", DESKTOP, False, id="French with scripts off"),
]


@pytest.mark.parametrize(("language", "screen", "scripts"), WALKS)
def test_a_masters_graduate_goes_from_an_account_to_the_nomination_letter(
    browser: Browser, live: str, mailbox: Mailbox, settings: Any, language: str, screen: Any, scripts: bool
) -> None:
    settings.PASSERELLE_URL = live
    walk = Walk(browser, live, mailbox, language=language, screen=screen, scripts=scripts,
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
