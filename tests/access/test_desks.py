"""Staff roles are per program: somebody with one role here and another there may do what the desk they sit at allows."""

from typing import Any

import pytest
from django.urls import reverse

from passerelle.accounts import operations as accounts
from passerelle.core import clock
from tests.access.test_matrix import outcome
from tests.access.world import World, known, taken_back
from tests.support import candidate_first as first
from tests.support.cases import DAY, NOON
from tests.support.people import PROGRAM, a_staff_member


@pytest.mark.django_db
def test_a_role_held_in_one_program_counts_in_no_other_and_the_switch_changes_both_ways() -> None:
    """An officer here and an auditor there: what they may do follows the desk they sit at."""
    world, person = World(), a_staff_member("officer")
    first.an_office()
    accounts.grant_role(person=person, program=first.CODE, role="auditor", by=None, at=NOON - DAY)
    client, stages = known(person), iter(world.stages())
    while next(stages) != "submitted":
        pass

    def sees(program: str) -> tuple[Any, ...]:
        with clock.frozen(world.at), taken_back():
            client.post(reverse("accounts:staff_program"), {"program": program})
            return tuple(
                outcome(answer)
                for answer in (
                    client.get(reverse("eoi:review", args=[world.eoi])),
                    client.post(reverse("eoi:confirm", args=[world.eoi])),
                    client.get(reverse("eoi:second_officer")),
                    client.get(reverse("payments:list")),
                )
            )

    # The auditor's desk: no file of the other program, no officer's page. The officer's: both, here.
    assert sees(first.CODE) == (404, 403, 403, 200)
    assert sees(PROGRAM) == (200, 302, 200, 200)
    assert sees(first.CODE) == (404, 403, 403, 200)
    # No role, no desk: nothing changes.
    stranger = known(a_staff_member("officer"))
    with clock.frozen(world.at):
        assert stranger.post(reverse("accounts:staff_program"), {"program": first.CODE}).status_code in (302, 403, 404)
        assert stranger.get(reverse("eoi:review", args=[world.eoi])).status_code == 200
