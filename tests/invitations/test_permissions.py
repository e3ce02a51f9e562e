"""Who may do what with an invitation: each rule by itself, on invitations and people that stand in no row."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations import permissions as may
from passerelle.invitations.models import Invitation
from passerelle.invitations.states import InvitationState
from tests.factories import program
from tests.support.people import unkept

pytestmark = pytest.mark.django_db
TOO_LATE = datetime(2026, 4, 25, 6, tzinfo=UTC)
IN_TIME = TOO_LATE - timedelta(microseconds=1)
EMPLOYER, CANDIDATE, STRANGER = (unkept(pk, audience="employer") for pk in (1, 2, 3))
DIRECTOR, OFFICER = unkept(11, "director"), unkept(12, "officer")
OTHERS = [unkept(13, "reviewer"), unkept(14, "draw_manager"), unkept(15, "director", program="ca-on")]
EVERYBODY = [EMPLOYER, CANDIDATE, STRANGER, DIRECTOR, OFFICER, *OTHERS]


def an_invitation(state: str = "issued", eoi: str = "invited", **given: Any) -> Invitation:
    file = ExpressionOfInterest(
        employer=EMPLOYER, candidate=CANDIDATE, state=eoi, stream="employer_driven", pack=program()
    )
    return Invitation(eoi=file, program="ca-nt", stream="employer_driven", state=state, respond_by=TOO_LATE, **given)


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        (lambda by, one: may.can_accept(by, one, IN_TIME), {1}),
        (lambda by, one: may.can_decline(by, one, IN_TIME), {1, 2}),
        (lambda by, one: may.can_extend(by, one, IN_TIME), {11, 12}),
        (lambda by, one: may.can_cancel(by, one), {11}),
    ],
)
def test_each_act_has_its_people(rule: Any, who: set[int]):
    assert {by.pk for by in EVERYBODY if rule(by, an_invitation()).allowed} == who


@pytest.mark.parametrize("rule", [may.can_accept, may.can_decline])
def test_from_the_first_moment_too_late_on_a_party_may_do_nothing(rule: Any):
    assert not rule(EMPLOYER, an_invitation(), TOO_LATE)


def test_a_deadline_once_missed_is_not_brought_back():
    assert not may.can_extend(OFFICER, an_invitation(), TOO_LATE)


def test_once_the_application_has_begun_it_is_ended_there():
    begun = an_invitation(InvitationState.ACCEPTED)

    assert not may.can_decline(CANDIDATE, begun, IN_TIME)
    assert not may.can_cancel(DIRECTOR, begun)
    assert may.can_extend(OFFICER, begun, IN_TIME)


def test_more_time_is_for_who_still_needs_it():
    assert not may.can_extend(OFFICER, an_invitation(met_at=IN_TIME), IN_TIME)
    assert not may.can_extend(OFFICER, an_invitation(eoi="closed"), IN_TIME)
