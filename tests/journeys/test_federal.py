"""Ontario's Express Entry way in a browser: from a profile loaded by command to the nomination and the file that tells of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from passerelle.core import clock
from passerelle.project import invariants
from tests.journeys.federal import FederalWalk
from tests.support.browser import DESKTOP, PHONE
from tests.support.federal import NUMBER
from tests.support.mailbox import Mailbox

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("language", "screen"),
    [
        pytest.param("fr", PHONE, id="French on a phone"),
        pytest.param("en", DESKTOP, id="English on a desk", marks=pytest.mark.proof),
    ],
)
def test_a_french_speaking_skilled_worker_goes_from_a_loaded_profile_to_the_file_of_nominations(
    browser: Browser, live: str, mailbox: Mailbox, settings: Any, tmp_path: Path, language: str, screen: Any
) -> None:
    settings.PASSERELLE_URL = live
    walk = FederalWalk(browser, live, mailbox, language=language, screen=screen)
    began = clock.now()
    walk.load(tmp_path)
    number = walk.notify()
    with clock.moved_to(began + 2 * DAY):
        walk.come(number)
        walk.open()
        walk.fill_in(walk.candidate, "candidate", "ines-duarte")
        walk.pay()
    with clock.moved_to(began + 9 * DAY):
        walk.candidate.sign_out()
        walk.candidate.sign_in("ines-duarte")
        walk.take()
        walk.assess()
        walk.tell_of_a_federal_invitation()
        walk.decline_with_proof()
        walk.staff.go(f"staff/application/{walk.file.reference}/")
        walk.nominate()
        letter = walk.read_the_letter(walk.candidate, "ines-duarte")
        assert walk.nomination.number in letter
        row = walk.take_the_nominations()
        assert (row["nomination"], row["profile_number"], row["standing"]) == (
            walk.nomination.number,
            NUMBER,
            "in_force",
        )
    assert not invariants.broken(invariants.check(at=began + 10 * DAY))
