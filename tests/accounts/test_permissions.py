"""Who may do what with accounts: each rule by itself, on people that stand in no row."""

from typing import Any

import pytest

from passerelle.accounts import permissions as may
from passerelle.accounts.models import AccessLink, Audience, Person, RoleName, SecondFactorReset
from tests.factories import NOON
from tests.support.people import unkept

ADMINISTRATOR, SECOND = unkept(11, "administrator", "officer"), unkept(12, "administrator")
ELSEWHERE = unkept(13, "administrator", program="ca-on")
OFFICER = unkept(14, "officer")
GONE = unkept(15, "administrator")
GONE.is_active = False
NEW = unkept(16)
EMPLOYER = unkept(1, audience="employer")
EVERYBODY = [ADMINISTRATOR, SECOND, ELSEWHERE, OFFICER, GONE, NEW, EMPLOYER]


def allowed(rule: Any) -> set[int]:
    return {by.pk for by in EVERYBODY if rule(by).allowed}


def test_who_administers_which_program():
    assert [may.is_administrator(one, "ca-nt") for one in EVERYBODY] == [True, True, False, False, False, False, False]
    assert [may.administered_by(one) for one in EVERYBODY] == [["ca-nt"], ["ca-nt"], ["ca-on"], [], [], [], []]


def test_roles_are_given_by_the_programs_administrators_and_the_command_line_to_staff():
    assert allowed(lambda by: may.can_grant(by, OFFICER, "ca-nt")) == {11, 12}
    assert may.can_grant(None, OFFICER, "ca-nt")
    assert not may.can_grant(None, EMPLOYER, "ca-nt")
    assert not may.can_grant(ADMINISTRATOR, EMPLOYER, "ca-nt")


def test_nobody_takes_away_their_own_administration():
    assert allowed(lambda by: may.can_revoke(by, ADMINISTRATOR, "ca-nt", RoleName.ADMINISTRATOR)) == {12}
    assert may.can_revoke(ADMINISTRATOR, ADMINISTRATOR, "ca-nt", RoleName.OFFICER)
    assert may.can_revoke(None, ADMINISTRATOR, "ca-nt", RoleName.ADMINISTRATOR)


@pytest.mark.django_db
@pytest.mark.parametrize("rule", [may.can_close, may.can_ask_reset])
def test_an_administrator_acts_on_staff_of_their_program_and_on_those_who_hold_no_role_but_not_on_themselves(rule: Any):
    assert allowed(lambda by: rule(by, OFFICER)) == {11, 12}
    assert allowed(lambda by: rule(by, NEW)) == {11, 12, 13}
    assert allowed(lambda by: rule(by, ADMINISTRATOR)) == {12}
    assert allowed(lambda by: rule(by, EMPLOYER)) == set()


def test_a_reset_is_confirmed_once_by_another_administrator_than_who_asked():
    asked = SecondFactorReset(person=OFFICER, asked_by=ADMINISTRATOR)

    assert allowed(lambda by: may.can_confirm_reset(by, asked)) == {12}
    assert not may.can_confirm_reset(SECOND, SecondFactorReset(person=SECOND, asked_by=ADMINISTRATOR))
    done = SecondFactorReset(person=OFFICER, asked_by=ADMINISTRATOR, confirmed_by_id=99)
    assert not may.can_confirm_reset(SECOND, done)


def test_a_link_is_sent_again_until_it_was_used():
    unused, used = AccessLink(), AccessLink(redeemed_at=NOON)

    assert not may.can_resend(None, EMPLOYER, None)
    assert not may.can_resend(None, EMPLOYER, used)
    assert may.can_resend(OFFICER, EMPLOYER, unused)
    assert may.can_resend(None, OFFICER, unused)
    assert allowed(lambda by: may.can_resend(by, OFFICER, unused)) == {11, 12}


def test_staff_have_no_other_files_and_others_only_their_own():
    other = Person(pk=2, audience=Audience.EMPLOYER)

    assert may.can_switch(EMPLOYER, other)
    assert not may.can_switch(EMPLOYER, None)
    assert not may.can_switch(OFFICER, other)
