"""The base pages that other rooms build on: who gets in, by which verb, and what a stranger is told."""

from typing import Any

import pytest
from django.test import Client

from passerelle.accounts import operations
from tests.support.people import LONG_AGO, PASSWORD, TOTP_SECRET, a_candidate, a_staff_member, an_employer, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.rooms")]

VISITORS = ("nobody", "employer", "candidate", "officer", "director", "newcomer", "elsewhere")
# s: sign-in page; 2: led to enrol a second factor; r: asked for the password again.
GET = {
    "everyone": (200, 200, 200, 200, 200, 200, 200),
    "candidate": ("s", 404, 200, 404, 404, 404, 404),
    "employer": ("s", 200, 404, 404, 404, 404, 404),
    "party": ("s", 200, 200, 404, 404, 404, 404),
    "staff": ("s", 404, 404, 200, 200, "2", 200),
    "director": ("s", 404, 404, 403, 200, "2", 200),
    "fresh": ("s", 404, 200, 404, 404, 404, 404),
    "fresh-director": ("s", 404, 404, 403, 200, "2", 200),
}
POST = GET | {
    "fresh": ("s", 404, "r", 404, 404, 404, 404),
    "fresh-director": ("s", 404, 404, 403, "r", "2", "r"),
}


def visitor(kind: str) -> Client:
    made: dict[str, Any] = {
        "nobody": Client,
        "employer": lambda: signed_in(an_employer()),
        "candidate": lambda: signed_in(a_candidate()),
        "officer": lambda: signed_in(a_staff_member("officer")),
        "director": lambda: signed_in(a_staff_member("director")),
        "newcomer": lambda: signed_in(a_staff_member("director", second_factor=False)),
        "elsewhere": lambda: signed_in(a_staff_member("director", program="ca-on")),
    }
    client: Client = made[kind]()
    return client


def outcome(answer: Any) -> Any:
    if answer.status_code != 302:
        return answer.status_code
    marks = {"/en/account/login/": "s", "/en/account/second-factor/": "2"}
    found = [mark for start, mark in marks.items() if answer["Location"].startswith(start)]
    return found[0] if found else ("r" if "reauthenticate" in answer["Location"] else answer["Location"])


@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize("kind", VISITORS)
def test_each_kind_of_page_lets_in_whom_it_is_for(kind: str, verb: str) -> None:
    expected = {page: row[VISITORS.index(kind)] for page, row in (GET if verb == "get" else POST).items()}
    found = {page: outcome(getattr(visitor(kind), verb)(f"/en/try/{page}/")) for page in expected}
    assert found == expected


def test_a_staff_page_knows_the_program_worked_in() -> None:
    person = a_staff_member("officer", program="ca-on")
    client = signed_in(person)
    assert client.get("/en/try/staff/").content.decode() == f"{person} ca-on"
    operations.grant_role(person=person, program="ca-nt", role="officer", by=None, at=LONG_AGO)
    client.post("/en/staff/program/", {"program": "ca-nt"})
    assert client.get("/en/try/staff/").content.decode() == f"{person} ca-nt"


def test_a_role_in_one_program_is_none_in_another() -> None:
    person = a_staff_member("director", program="ca-on")
    operations.grant_role(person=person, program="ca-nt", role="officer", by=None, at=LONG_AGO)
    client = signed_in(person)
    client.post("/en/staff/program/", {"program": "ca-nt"})
    assert client.get("/en/try/director/").status_code == 403


def test_an_act_that_counts_goes_on_by_itself_after_the_password() -> None:
    person = a_candidate()
    client = signed_in(person)
    again = client.post("/en/try/fresh/", {"what": "withdraw"})["Location"]
    assert client.post(again, {"password": "wrong wrong wrong"}).status_code == 200
    assert client.post(again, {"password": PASSWORD}).content.decode() == f"{person} did withdraw"
    assert client.post("/en/try/fresh/", {"what": "sign"}).content.decode() == f"{person} did sign"


def test_somebody_who_lost_the_right_meanwhile_is_stopped_after_the_password() -> None:
    person = a_staff_member("director")
    client = signed_in(person)
    again = client.post("/en/try/fresh-director/", {"what": "issue"})["Location"]
    operations.revoke_role(person=person, program="ca-nt", role="director", by=None, at=LONG_AGO)
    assert client.post(again, {"password": PASSWORD}).status_code == 403


def test_a_second_factor_that_was_replaced_ends_older_sessions() -> None:
    person = a_staff_member("officer")
    client = signed_in(person)
    operations.enrol_totp(person=person, secret=TOTP_SECRET, at=LONG_AGO)
    assert outcome(client.get("/en/try/staff/")) == "s"
