"""Administrators: who works here, in which roles, and the two-person reset of a lost second factor."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client

from passerelle.accounts import operations, queries
from passerelle.accounts.models import Person, Role, SecondFactorReset
from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed
from tests.support.people import LONG_AGO, PASSWORD, a_candidate, a_staff_member, an_employer, signed_in

pytestmark = pytest.mark.django_db

NEW = {"username": "robin", "name": "Robin Sayine", "email": "robin@gov.example", "language": "fr", "role": "officer"}


@pytest.fixture
def chief() -> Person:
    return a_staff_member("administrator", name="Alex Tsetso")


@pytest.fixture
def deputy() -> Person:
    return a_staff_member("administrator", name="Jo Nitah")


@pytest.fixture
def officer() -> Person:
    return a_staff_member("officer", name="Robin Sayine")


class TestNewStaff:
    def test_the_link_is_shown_once_and_leads_to_the_role(self, chief: Person) -> None:
        page = signed_in(chief).post("/en/staff/people/new/", NEW).content.decode()
        link = re.search(r"/fr/access/[\w-]+/", page)
        assert link
        data = {"password1": PASSWORD, "password2": PASSWORD}
        assert Client().post(link[0], data).status_code == 302
        person = queries.person("robin")
        assert person.has_role("ca-nt", "officer")
        assert list(person.roles.values_list("granted_by", flat=True)) == [chief.pk]

    @pytest.mark.parametrize(
        "changes", [{"username": "TAKEN"}, {"username": "a b"}, {"email": "x"}, {"role": "king"}, {"name": " "}]
    )
    def test_what_is_wrong_is_told_and_nothing_is_left(self, chief: Person, changes: dict[str, str]) -> None:
        an_employer(username="taken")
        before = Person.objects.count()
        assert signed_in(chief).post("/en/staff/people/new/", NEW | changes).status_code == 422
        assert Person.objects.count() == before

    def test_an_administrator_gives_roles_in_their_own_programs_only(self, chief: Person) -> None:
        with pytest.raises(NotAllowed):
            operations.create_staff(
                username="robin", email="r@gov.example", name="Robin", language="en", by=chief, at=LONG_AGO,
                roles=[("ca-on", "officer")],
            )  # fmt: skip
        assert not Person.objects.filter(username="robin").exists()

    def test_the_command_line_makes_the_first_administrator(self) -> None:
        link = operations.create_staff(
            username="first", email="f@gov.example", name="First", language="en", at=LONG_AGO,
            roles=[("ca-nt", "administrator")],
        )  # fmt: skip
        assert audit.trail(link.person.reference).values_list("by", flat=True).distinct().get() is None


class TestRoles:
    def test_giving_twice_is_giving_once(self, chief: Person, officer: Person) -> None:
        for _ in range(2):
            operations.grant_role(person=officer, program="ca-nt", role="reviewer", by=chief, at=LONG_AGO)
        assert Role.objects.filter(person=officer, role="reviewer").count() == 1
        assert audit.trail(officer.reference).filter(event="account.role_granted").count() == 2  # officer, reviewer

    @pytest.mark.parametrize("who", [an_employer, a_candidate])
    def test_only_staff_hold_roles(self, chief: Person, who: Any) -> None:
        with pytest.raises(NotAllowed):
            operations.grant_role(person=who(), program="ca-nt", role="officer", by=chief, at=LONG_AGO)

    def test_an_officer_gives_no_roles(self, officer: Person) -> None:
        with pytest.raises(NotAllowed):
            operations.grant_role(person=officer, program="ca-nt", role="director", by=officer, at=LONG_AGO)

    def test_nobody_gives_themself_a_role(self, chief: Person, deputy: Person) -> None:
        """One person who gives out the invitations of a draw they conducted themself would be two."""
        client = signed_in(chief)
        assert client.post(f"/en/staff/people/{chief.pk}/", {"act": "grant", "role": "director"}).status_code == 403
        assert list(chief.roles.values_list("role", flat=True)) == ["administrator"]
        signed_in(deputy).post(f"/en/staff/people/{chief.pk}/", {"act": "grant", "role": "director"})
        assert chief.roles.filter(role="director", granted_by=deputy).exists()

    def test_one_person_holds_roles_of_a_program_in_one_account(self, chief: Person) -> None:
        """A second account of somebody here would be a second person wherever two are needed."""
        there = a_staff_member("administrator", program="ca-on")
        a_staff_member("draw_manager", email="robin@gov.example", username="robin.s")
        answer = signed_in(chief).post(
            "/en/staff/people/new/", NEW | {"email": "Robin@gov.example", "role": "director"}
        )
        assert answer.status_code == 422
        assert "robin.s" in answer.content.decode()
        assert not Person.objects.filter(username="robin").exists()
        signed_in(there).post("/en/staff/people/new/", NEW | {"role": "director"})
        assert queries.person("robin").programs_worked_in() == ["ca-on"]

    def test_nobody_takes_away_their_own_administrator_role(self, chief: Person) -> None:
        with pytest.raises(NotAllowed):
            operations.revoke_role(person=chief, program="ca-nt", role="administrator", by=chief, at=LONG_AGO)

    def test_the_page_gives_and_takes(self, chief: Person, officer: Person) -> None:
        client, url = signed_in(chief), f"/en/staff/people/{officer.pk}/"
        client.post(url, {"act": "grant", "role": "director"})
        client.post(url, {"act": "revoke", "role": "officer"})
        assert list(officer.roles.values_list("role", flat=True)) == ["director"]
        assert "Role given: Director" in client.get(url).content.decode()
        assert client.post(url, {"act": "nonsense"}).status_code == 422


class TestClosing:
    def test_closing_and_reopening(self, chief: Person, officer: Person) -> None:
        client, url = signed_in(chief), f"/en/staff/people/{officer.pk}/"
        client.post(url, {"act": "close"})
        assert not Person.objects.get(pk=officer.pk).is_active
        client.post(url, {"act": "reopen"})
        assert Person.objects.get(pk=officer.pk).is_active

    def test_not_oneself_not_a_stranger_not_an_employer(self, chief: Person, officer: Person) -> None:
        elsewhere = a_staff_member("officer", program="ca-on")
        for by, person in [(chief, chief), (officer, chief), (chief, elsewhere), (chief, an_employer())]:
            with pytest.raises(NotAllowed):
                operations.close_account(person=person, by=by, at=LONG_AGO)

    def test_who_works_in_another_program_too_keeps_the_account_and_loses_the_roles_here(
        self, chief: Person, officer: Person
    ) -> None:
        there = a_staff_member("administrator", program="ca-on")
        operations.grant_role(person=officer, program="ca-on", role="officer", by=there, at=LONG_AGO)
        for act in (operations.close_account, operations.reopen_account):
            for by in (chief, there):
                with pytest.raises(NotAllowed, match="another program"):
                    act(person=Person.objects.get(pk=officer.pk), by=by, at=LONG_AGO)
        client, url = signed_in(chief), f"/en/staff/people/{officer.pk}/"
        assert "works in another program too" in client.get(url).content.decode()
        operations.revoke_role(person=officer, program="ca-nt", role="officer", by=chief, at=LONG_AGO)
        assert Person.objects.get(pk=officer.pk).programs_worked_in() == ["ca-on"]

    def test_staff_of_another_program_are_not_found(self, chief: Person) -> None:
        elsewhere = a_staff_member("officer", program="ca-on")
        client = signed_in(chief)
        assert client.get(f"/en/staff/people/{elsewhere.pk}/").status_code == 404
        assert elsewhere.name not in client.get("/en/staff/people/").content.decode()


class TestReset:
    def test_two_administrators_take_it_away_and_hand_over_a_link(
        self, chief: Person, deputy: Person, officer: Person
    ) -> None:
        thief = signed_in(officer)
        signed_in(chief).post(
            f"/en/staff/people/{officer.pk}/", {"act": "reset", "reason": "Phone lost, seen in person"}
        )
        reset = SecondFactorReset.objects.get()
        page = signed_in(deputy).post(f"/en/staff/resets/{reset.pk}/").content.decode()

        assert re.search(r"/en/access/[\w-]+/", page)
        assert not Authenticator.objects.filter(user=officer).exists()
        officer.refresh_from_db()
        assert not officer.has_usable_password()
        assert thief.get("/en/staff/program/").status_code == 302
        event = audit.trail(officer.reference).get(event="account.second_factor_reset")
        assert event.detail == {"asked_by": chief.reference, "confirmed_by": deputy.reference}

    def test_the_one_who_asked_cannot_confirm(self, chief: Person, officer: Person) -> None:
        reset = operations.ask_second_factor_reset(person=officer, reason="Lost", by=chief, at=LONG_AGO)
        assert signed_in(chief).post(f"/en/staff/resets/{reset.pk}/").status_code == 403
        with pytest.raises(NotAllowed):
            operations.reset_second_factor(
                person=a_staff_member("officer"), by=chief, confirmed_by=chief, at=LONG_AGO, reason="Lost"
            )
        assert queries.second_factor(officer)

    def test_nobody_resets_their_own(self, chief: Person, deputy: Person) -> None:
        with pytest.raises(NotAllowed):
            operations.ask_second_factor_reset(person=chief, reason="Lost", by=chief, at=LONG_AGO)
        reset = operations.ask_second_factor_reset(person=chief, reason="Lost", by=deputy, at=LONG_AGO)
        with pytest.raises(NotAllowed):
            operations.confirm_second_factor_reset(reset=reset, by=chief, at=LONG_AGO)

    def test_an_officer_neither_asks_nor_confirms(self, chief: Person, officer: Person) -> None:
        other = a_staff_member("reviewer")
        with pytest.raises(NotAllowed):
            operations.ask_second_factor_reset(person=other, reason="Lost", by=officer, at=LONG_AGO)
        reset = operations.ask_second_factor_reset(person=other, reason="Lost", by=chief, at=LONG_AGO)
        with pytest.raises(NotAllowed):
            operations.confirm_second_factor_reset(reset=reset, by=officer, at=LONG_AGO)

    def test_of_somebody_who_works_in_two_programs_one_administrator_is_of_each(
        self, chief: Person, deputy: Person, officer: Person
    ) -> None:
        """The new link opens the account with all its roles, those of the other program too."""
        there = a_staff_member("administrator", program="ca-on")
        operations.grant_role(person=officer, program="ca-on", role="director", by=there, at=LONG_AGO)
        reset = operations.ask_second_factor_reset(person=officer, reason="Lost", by=chief, at=LONG_AGO)
        with pytest.raises(NotAllowed, match="another program"):
            operations.confirm_second_factor_reset(reset=reset, by=deputy, at=LONG_AGO)
        assert queries.second_factor(officer)

        operations.confirm_second_factor_reset(reset=reset, by=there, at=LONG_AGO)
        assert not queries.second_factor(Person.objects.get(pk=officer.pk))

    def test_its_link_is_not_made_again_by_one_administrator_alone(
        self, chief: Person, deputy: Person, officer: Person
    ) -> None:
        operations.reset_second_factor(person=officer, by=chief, confirmed_by=deputy, at=LONG_AGO, reason="Lost")
        for by in (chief, deputy):
            assert signed_in(by).post(f"/en/staff/people/{officer.pk}/", {"act": "link"}).status_code == 403
        again = operations.reset_second_factor(
            person=officer, by=chief, confirmed_by=deputy, at=LONG_AGO, reason="Lost"
        )
        assert operations.redeem_link(token=again.token, password=PASSWORD, at=LONG_AGO) == officer

    def test_it_is_confirmed_once_and_asked_once(self, chief: Person, deputy: Person, officer: Person) -> None:
        reset = operations.ask_second_factor_reset(person=officer, reason="Lost", by=chief, at=LONG_AGO)
        with pytest.raises(NotAllowed):
            operations.ask_second_factor_reset(person=officer, reason="Lost", by=deputy, at=LONG_AGO)
        operations.confirm_second_factor_reset(reset=reset, by=deputy, at=LONG_AGO)
        with pytest.raises(NotAllowed):
            operations.confirm_second_factor_reset(reset=reset, by=deputy, at=LONG_AGO)

    def test_a_reason_is_needed(self, chief: Person, officer: Person) -> None:
        answer = signed_in(chief).post(f"/en/staff/people/{officer.pk}/", {"act": "reset", "reason": ""})
        assert answer.status_code == 422
        assert not SecondFactorReset.objects.exists()

    @pytest.mark.parametrize(("asked", "confirmed"), [(0, 0), (0, 2), (2, 1)])
    def test_the_database_wants_distinct_people(
        self, chief: Person, deputy: Person, officer: Person, asked: int, confirmed: int
    ) -> None:
        people = (chief, deputy, officer)
        with pytest.raises(IntegrityError, match="reset_"), transaction.atomic():
            SecondFactorReset.objects.create(
                person=officer, reason="Lost", asked_by=people[asked], asked_at=LONG_AGO,
                confirmed_by=people[confirmed], confirmed_at=LONG_AGO,
            )  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_staff_costs_the_same_however_long(
    chief: Person, number: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(number):
        a_staff_member("officer")
    client = signed_in(chief)
    client.get("/en/staff/people/")
    with django_assert_max_num_queries(10):
        client.get("/en/staff/people/")
