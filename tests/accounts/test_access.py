"""Who gets which pages, how long a session lasts, what becomes of a form posted too late (trust.md, 8.1 and 8.5)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from passerelle.accounts import operations
from passerelle.accounts.models import Person, Role
from passerelle.core import audit, clock
from tests.support.people import LONG_AGO, PASSWORD, TOTP_SECRET, a_candidate, a_staff_member, an_employer, signed_in

pytestmark = pytest.mark.django_db

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PROFILE = {"name": "Léa Béguin", "phone": "867-555-0199", "language": "fr"}


def moved(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    monkeypatch.setattr("passerelle.core.clock._frozen", at)


# Address → what each kind of visitor gets: s: sign-in page, h: /home/ or onward, 2: second factor, else the status.
MATRIX = {
    "/en/home/": ("s", "h", "h", "h", "h"),
    "/en/account/start/": (200,) * 5,
    "/en/account/user-names/": (200,) * 5,
    "/en/ca-nt/register/": (200,) * 5,
    # This program's candidates appoint nobody here.
    "/en/ca-nt/register/representative/": (404,) * 5,
    "/en/access/nothing/": (404,) * 5,
    "/en/account/continue/": ("s", "h", "h", "h", "h"),
    "/en/account/settings/": ("s", 200, 200, 200, 200),
    "/en/account/profile/": ("s", 200, 200, 200, 200),
    "/en/account/files/": ("s", 200, 200, 404, 404),
    "/en/account/second-factor/": ("s", 200, 200, "h", "h"),
    "/en/account/password/change/": ("s", 200, 200, 200, 200),
    "/en/account/2fa/": ("s", 200, 200, 200, 200),
    "/en/staff/program/": ("s", 404, 404, 200, 200),
    "/en/staff/people/": ("s", 404, 404, 403, 200),
    "/en/staff/people/new/": ("s", 404, 404, 403, 200),
    "/en/staff/people/999999/": ("s", 404, 404, 403, 404),
    "/en/staff/resets/999999/": ("s", 404, 404, 403, 404),
}


def outcome(client: Client, url: str) -> Any:
    answer = client.get(url)
    if answer.status_code != 302:
        return answer.status_code
    place = str(answer["Location"])
    return "s" if place.startswith("/en/account/login/") else "h"


def test_every_address_answers_each_kind_of_visitor_as_it_should() -> None:
    visitors = [
        Client(),
        signed_in(an_employer()),
        signed_in(a_candidate()),
        signed_in(a_staff_member("officer")),
        signed_in(a_staff_member("administrator")),
    ]
    found = {url: tuple(outcome(visitor, url) for visitor in visitors) for url in MATRIX}
    assert found == MATRIX


def test_every_address_of_the_room_stands_in_the_matrix() -> None:
    from passerelle.accounts.urls import urlpatterns

    assert len(urlpatterns) == sum(1 for url in MATRIX if "password" not in url and "2fa" not in url)


class TestRoles:
    def test_a_role_counts_from_the_next_request(self) -> None:
        chief, person = a_staff_member("administrator"), a_staff_member("officer")
        client = signed_in(person)
        assert client.get("/en/staff/people/").status_code == 403
        operations.grant_role(person=person, program="ca-nt", role="administrator", by=chief, at=LONG_AGO)
        assert client.get("/en/staff/people/").status_code == 200
        operations.revoke_role(person=person, program="ca-nt", role="administrator", by=chief, at=LONG_AGO)
        assert client.get("/en/staff/people/").status_code == 403

    def test_a_closed_account_is_out_at_the_next_request(self) -> None:
        chief, person = a_staff_member("administrator"), a_staff_member("officer")
        client = signed_in(person)
        operations.close_account(person=person, by=chief, at=LONG_AGO)
        assert outcome(client, "/en/staff/program/") == "s"

    def test_staff_without_a_role_are_told_so(self) -> None:
        assert signed_in(a_staff_member()).get("/en/staff/people/").status_code == 403

    def test_staff_of_several_programs_choose_one(self) -> None:
        person = a_staff_member("administrator")
        operations.grant_role(person=person, program="ca-on", role="officer", by=None, at=LONG_AGO)
        client = signed_in(person)
        assert client.get("/en/staff/people/").status_code == 200
        client.post("/en/staff/program/", {"program": "ca-on"})
        assert client.get("/en/staff/people/").status_code == 403
        client.post("/en/staff/program/", {"program": "ca-xx"})
        assert client.session["staff_program"] == "ca-on"
        operations.revoke_role(person=person, program="ca-on", role="officer", by=None, at=LONG_AGO)
        assert client.get("/en/staff/people/").status_code == 200

    def test_has_role_asks_for_one_of_the_named_or_for_any(self) -> None:
        person = a_staff_member("officer", "reviewer")
        asked = [("ca-nt",), ("ca-nt", "officer"), ("ca-nt", "director", "reviewer"), ("ca-nt", "director"), ("ca-on",)]
        assert [person.has_role(*question) for question in asked] == [True, True, True, False, False]
        assert not an_employer().has_role("ca-nt")


class TestSession:
    @pytest.mark.parametrize(
        ("who", "idle", "longest"),
        [
            (an_employer, 30 * MINUTE, 12 * HOUR),
            (a_candidate, 30 * MINUTE, 12 * HOUR),
            (lambda: a_staff_member("officer"), 15 * MINUTE, 8 * HOUR),
        ],
    )
    def test_it_ends_when_idle_and_when_too_long(
        self, who: Any, idle: timedelta, longest: timedelta, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begin = clock.now()
        person = who()
        moved(monkeypatch, begin)
        client = signed_in(person)
        assert outcome(client, "/en/account/settings/") == 200
        moved(monkeypatch, begin + idle - MINUTE)
        assert outcome(client, "/en/account/settings/") == 200
        moved(monkeypatch, begin + idle - MINUTE + idle)
        assert outcome(client, "/en/account/settings/") == "s"

        moved(monkeypatch, begin)
        client = signed_in(person)
        step = idle - MINUTE
        now = begin
        while now + step < begin + longest:
            assert outcome(client, "/en/account/settings/") == 200
            now += step
            moved(monkeypatch, now)
        assert outcome(client, "/en/account/settings/") == 200
        moved(monkeypatch, begin + longest)
        assert outcome(client, "/en/account/settings/") == "s"


class TestParkedForm:
    @pytest.fixture
    def late(self, monkeypatch: pytest.MonkeyPatch) -> tuple[Person, Client]:
        """Somebody whose session ended while they typed, and who then pressed Save."""
        begin, person = clock.now(), an_employer(username="bakery")
        moved(monkeypatch, begin)
        client = signed_in(person)
        client.get("/en/account/profile/")
        moved(monkeypatch, begin + 31 * MINUTE)
        answer = client.post("/en/account/profile/", PROFILE)
        assert answer["Location"] == "/en/account/login/?next=%2Fen%2Faccount%2Fcontinue%2F"
        return person, client

    def test_it_waits_for_its_sender_and_is_sent_with_one_press(self, late: tuple[Person, Client]) -> None:
        person, client = late
        data = {"login": "bakery", "password": PASSWORD, "next": "/en/account/continue/"}
        assert client.post("/en/account/login/", data)["Location"] == "/en/account/continue/"
        page = client.get("/en/account/continue/").content.decode()
        assert 'action="/en/account/profile/"' in page
        assert '<input type="hidden" name="name" value="Léa Béguin">' in page
        assert client.post("/en/account/profile/", PROFILE).status_code == 302
        person.refresh_from_db()
        assert person.name == "Léa Béguin"

    def test_nothing_was_saved_before(self, late: tuple[Person, Client]) -> None:
        person, _client = late
        person.refresh_from_db()
        assert person.name != "Léa Béguin"

    def test_it_rests_sealed_and_is_no_one_elses(self, late: tuple[Person, Client]) -> None:
        _person, client = late
        assert "guin" not in str(client.session.items())
        an_employer(username="garage")
        client.post("/en/account/login/", {"login": "garage", "password": PASSWORD})
        assert client.get("/en/account/continue/")["Location"] == "/en/home/"
        assert "parked_form" not in client.session

    def test_it_can_be_left(self, late: tuple[Person, Client]) -> None:
        _person, client = late
        client.post("/en/account/login/", {"login": "bakery", "password": PASSWORD})
        client.post("/en/account/continue/")
        assert client.get("/en/account/continue/")["Location"] == "/en/home/"

    def test_it_does_not_wait_for_ever(self, late: tuple[Person, Client], monkeypatch: pytest.MonkeyPatch) -> None:
        _person, client = late
        moved(monkeypatch, clock.now() + HOUR)
        client.post("/en/account/login/", {"login": "bakery", "password": PASSWORD})
        assert client.get("/en/account/continue/")["Location"] == "/en/home/"

    def test_a_stranger_parks_nothing(self) -> None:
        client = Client()
        assert client.post("/en/account/profile/", PROFILE)["Location"] == "/en/account/login/?next=%2Fen%2Fhome%2F"
        assert "parked_form" not in client.session

    def test_an_htmx_request_is_sent_to_sign_in_as_a_whole_page(self) -> None:
        answer = Client().get("/en/account/profile/", headers={"HX-Request": "true"})
        assert answer["HX-Redirect"].startswith("/en/account/login/")


class TestFreshSignIn:
    def test_an_act_that_counts_asks_for_the_password_again(self) -> None:
        client = signed_in(an_employer())
        answer = client.post("/en/account/email/", {"email": "new@bakery.example", "action_add": ""})
        assert answer["Location"] == "/en/account/reauthenticate/?next=%2Fen%2Faccount%2Femail%2F"

    def test_the_suspended_act_goes_on_by_itself(self) -> None:
        client = signed_in(an_employer())
        again = client.post("/en/account/email/", {"email": "new@bakery.example", "action_add": ""})["Location"]
        answer = client.post(again, {"password": PASSWORD})
        assert answer["Location"] == "/en/account/confirm-email/"

    def test_a_wrong_password_stops_it(self) -> None:
        client = signed_in(an_employer())
        assert client.post("/en/account/reauthenticate/", {"password": "wrong"}).status_code == 200

    def test_a_second_factor_does_as_well(self) -> None:
        from tests.support.people import totp_code

        person = an_employer()
        operations.enrol_totp(person=person, secret=TOTP_SECRET, at=LONG_AGO)
        client = signed_in(person)
        assert client.post("/en/account/2fa/reauthenticate/", {"code": totp_code()}).status_code == 302
        answer = client.post("/en/account/email/", {"email": "new@bakery.example", "action_add": ""})
        assert answer["Location"] == "/en/account/confirm-email/"


def test_roles_are_written_down_with_who_gave_them() -> None:
    chief, person = a_staff_member("administrator"), a_staff_member("officer")
    operations.grant_role(person=person, program="ca-nt", role="reviewer", by=chief, at=LONG_AGO)
    assert Role.objects.get(person=person, role="reviewer").granted_by == chief
    event = audit.trail(person.reference).last()
    assert event is not None
    assert (event.event, event.by, event.program, event.detail) == (
        "account.role_granted",
        chief,
        "ca-nt",
        {"role": "reviewer"},
    )
