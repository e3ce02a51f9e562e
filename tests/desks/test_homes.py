"""What stands first on a party's own page."""

import re
from datetime import timedelta

import pytest

from passerelle.core import clock
from passerelle.desks import journey, party
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
