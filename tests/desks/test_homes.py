"""What stands first on a party's own page."""

import re
from datetime import timedelta

import pytest

from passerelle.core import clock
from passerelle.desks import journey, party
from passerelle.draws.operations import conduct_draw, mark_issued
from passerelle.eoi.operations import withdraw_eoi
from tests.draws.support import NOON as AT
from tests.draws.support import director, manager, places, planned, pool
from tests.support.cases import NOON, an_office, in_pool
from tests.support.people import an_employer, signed_in

HOUR = timedelta(hours=1)


def test_of_an_employers_accounts_those_that_wait_for_the_employer_come_first_by_their_deadline():
    def one(turn: str, hours: int = 0) -> list[journey.File]:
        return [journey.File(None, "", "", "", turn=turn, too_late=NOON + hours * HOUR if hours else None)]

    staff, late, soon, nothing = one("staff", 1), one("employer", 9), one("employer", 2), list[journey.File]()

    assert sorted([staff, nothing, late, soon], key=party.whose_turn_first) == [soon, late, nothing, staff]


@pytest.mark.django_db
def test_an_account_without_a_file_stands_before_one_in_the_pool():
    case = in_pool(an_office())
    address = case.employer.email
    started, me = an_employer(email=address, username="not-started"), an_employer(email=address, username="looking")

    with clock.frozen(NOON + 30 * 24 * HOUR):
        page = signed_in(me).get("/en/employer/").content.decode()

    told = re.findall(r'data-label="User name">([^<]+)<', page)
    assert told == [started.username, case.employer.username]
    assert "–</td>" not in page.partition(case.candidate.name)[2]


@pytest.mark.django_db
def test_a_candidate_is_led_to_the_draws_held_before_the_file_ended():
    places()
    leaving, *_ = pool([300, 500, 400])
    first, later = planned(1), planned(1)
    conduct_draw(number=first.number, by=manager(), at=AT)
    mark_issued(number=first.number, by=director(), at=AT)
    withdraw_eoi(reference=leaving.reference, reason="", by=leaving.candidate, at=AT + HOUR)
    conduct_draw(number=later.number, by=manager(), at=AT + 2 * HOUR)

    with clock.frozen(AT + 3 * HOUR):
        page = signed_in(leaving.candidate).get("/en/candidate/").content.decode()

    receipts = [f"/draws/{draw.number}/" in page for draw in (first, later)]
    assert receipts == [True, False]
