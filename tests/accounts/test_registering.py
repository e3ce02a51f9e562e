"""Employers' accounts: what must be new, what may repeat, when the account exists (nwt.md, R1.1 to R1.4)."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from passerelle.accounts import hooks, operations, queries
from passerelle.accounts.models import Person
from passerelle.core import audit
from tests.support.people import LONG_AGO, PASSWORD, a_candidate, an_employer, signed_in

pytestmark = pytest.mark.django_db

ANSWERS = {
    "username": "northern.bakery-id",
    "name": "Marguerite Beaulieu",
    "phone": "867-555-0142",
    "email": "office@bakery.example",
    "language": "fr",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@pytest.fixture
def told() -> Iterator[list[tuple[Person, datetime]]]:
    """Everyone the room was told has registered."""
    heard: list[tuple[Person, datetime]] = []

    def listen(*, person: Person, at: datetime) -> None:
        heard.append((person, at))

    hooks.when_registered(listen)
    yield heard
    hooks._registered.remove(listen)


def code_from_mail() -> str:
    found = re.search(r"^ +([A-Z0-9-]{8,})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def register(client: Client, **changes: str) -> int:
    return client.post("/en/ca-nt/register/", ANSWERS | changes).status_code


def test_an_employer_registers_confirms_the_code_and_is_signed_in(told: list[tuple[Person, datetime]]) -> None:
    client = Client()
    assert register(client) == 302
    person = queries.person("Northern.Bakery-ID")
    assert person.email_verified_at is None
    assert told == []

    answer = client.post("/en/account/confirm-email/", {"code": code_from_mail()})

    assert answer["Location"] == "/en/home/"
    assert client.session["_auth_user_id"] == str(person.pk)
    person.refresh_from_db()
    assert person.email_verified_at is not None
    assert told == [(person, person.email_verified_at)]
    assert [row.event for row in audit.trail(person.reference)] == [
        "account.registered",
        "account.email_confirmed",
        "account.signed_in",
    ]


def test_the_code_is_sent_in_the_language_the_employer_chose() -> None:
    register(Client(), language="fr")
    assert str(mail.outbox[-1].body).startswith("Bonjour")


def test_a_wrong_code_three_times_asks_for_a_new_sign_in() -> None:
    client = Client()
    register(client)
    for _ in range(3):
        client.post("/en/account/confirm-email/", {"code": "BCDF-GHJK"})
    assert client.post("/en/account/confirm-email/", {"code": code_from_mail()})["Location"].startswith(
        "/en/account/login/"
    )


def test_an_account_without_a_confirmed_email_gets_a_new_code_at_sign_in() -> None:
    an_employer(username="later", confirmed=False)
    client = Client()
    answer = client.post("/en/account/login/", {"login": "later", "password": PASSWORD})
    assert answer["Location"] == "/en/account/confirm-email/"
    assert client.post("/en/account/confirm-email/", {"code": code_from_mail()})["Location"] == "/en/home/"


def test_name_telephone_and_email_may_repeat() -> None:
    assert register(Client()) == 302
    assert register(Client(), username="northern.bakery-jp") == 302
    assert Person.objects.filter(email="office@bakery.example").count() == 2


@pytest.mark.parametrize("again", ["northern.bakery-id", "NORTHERN.BAKERY-ID"])
def test_a_user_name_is_taken_in_any_capitals(again: str) -> None:
    register(Client())
    answer = Client().post("/en/ca-nt/register/", ANSWERS | {"username": again})
    assert answer.status_code == 422
    assert "This user name is taken" in answer.content.decode()
    assert Person.objects.count() == 1


def test_the_database_refuses_a_second_user_name_that_differs_by_capitals_only() -> None:
    person = an_employer(username="same")
    person.pk, person.username = None, "SAME"
    with pytest.raises(IntegrityError, match="whatever_its_case"), transaction.atomic():
        person.save(force_insert=True)


def test_a_failed_registration_leaves_nothing_behind() -> None:
    an_employer(username="taken")
    before = (Person.objects.count(), EmailAddress.objects.count())
    with pytest.raises(operations.UsernameTaken):
        an_employer(username="Taken")
    with pytest.raises(ValidationError):
        an_employer(username="no spaces please")
    assert (Person.objects.count(), EmailAddress.objects.count()) == before


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("username", "a b", "no spaces"),
        ("email", "not an address", "valid email"),
        ("phone", "12", "area code"),
        ("password1", "short but odd", "at least 15 characters"),
        ("password1", "passwordpassword", "easy to guess"),
        ("password1", "northern.bakery-id", "easy to guess"),
        ("password2", "another lake and pines", "same password"),
        ("name", "Marguerite‮eluaeB", "invisible"),
    ],
)
def test_the_form_says_what_is_wrong(field: str, value: str, said: str) -> None:
    changes = {field: value} | ({"password2": value} if field == "password1" else {})
    answer = Client().post("/en/ca-nt/register/", ANSWERS | changes)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Person.objects.count() == 0


def test_an_unknown_program_has_no_registration() -> None:
    assert Client().get("/en/ca-xx/register/").status_code == 404
    assert Client().post("/en/ca-xx/register/", ANSWERS).status_code == 404


def test_the_general_sign_up_address_leads_to_the_program() -> None:
    assert Client().get("/en/account/signup/")["Location"] == "/en/ca-nt/register/"


def test_a_signed_in_employer_opens_one_more_account_without_a_second_code() -> None:
    first = an_employer(username="first", email="office@bakery.example")
    client = signed_in(first)
    page = client.get("/en/ca-nt/register/").content.decode()
    assert 'value="office@bakery.example"' in page
    answer = client.post("/en/ca-nt/register/", ANSWERS)
    second = queries.person("northern.bakery-id")
    assert answer["Location"] == "/en/home/"
    assert client.session["_auth_user_id"] == str(second.pk)
    assert second.email_verified_at is not None
    assert mail.outbox == []


def test_a_signed_in_employer_with_another_email_confirms_it() -> None:
    client = signed_in(an_employer(username="first"))
    answer = client.post("/en/ca-nt/register/", ANSWERS)
    assert answer["Location"] == "/en/account/confirm-email/"
    assert "_auth_user_id" not in client.session
    assert client.post("/en/account/confirm-email/", {"code": code_from_mail()})["Location"] == "/en/home/"
    assert client.session["_auth_user_id"] == str(queries.person("northern.bakery-id").pk)


class TestOtherFiles:
    def test_accounts_with_the_same_confirmed_email_are_offered(self) -> None:
        first, second = (an_employer(username=name, email="office@bakery.example") for name in ("one", "two"))
        an_employer(username="unrelated")
        assert list(queries.other_files(first)) == [second]

    def test_an_unconfirmed_email_offers_nothing(self) -> None:
        first = an_employer(email="office@bakery.example")
        stranger = an_employer(email="office@bakery.example", confirmed=False)
        assert list(queries.other_files(first)) == []
        assert list(queries.other_files(stranger)) == []

    def test_another_audience_or_program_is_another_life(self) -> None:
        employer = an_employer(email="office@bakery.example")
        a_candidate(by=employer, email="office@bakery.example")
        an_employer(email="office@bakery.example", program="ca-on")
        assert list(queries.other_files(employer)) == []

    def test_two_candidates_behind_an_employers_mailbox_do_not_see_each_other(self) -> None:
        employer = an_employer(email="office@bakery.example")
        first = a_candidate(by=employer, email="office@bakery.example")
        a_candidate(by=employer, email="office@bakery.example")
        assert list(queries.other_files(first)) == []

    def test_a_candidates_own_mailbox_joins_their_files(self) -> None:
        first = a_candidate(email="ines@example.org")
        second = a_candidate(email="ines@example.org")
        assert list(queries.other_files(first)) == [second]

    def test_one_press_moves_to_the_other_file_and_leaves_a_trace_on_both(self) -> None:
        first, second = (an_employer(email="office@bakery.example") for _ in range(2))
        client = signed_in(first)
        answer = client.post(reverse("accounts:files"), {"account": second.pk})
        assert answer["Location"] == "/en/home/"
        assert client.session["_auth_user_id"] == str(second.pk)
        for account in (first, second):
            event = audit.trail(account.reference).get(event="account.switched")
            assert (event.by, event.detail) == (first, {"from": first.reference, "to": second.reference})

    def test_a_strangers_file_cannot_be_reached(self) -> None:
        first, stranger = an_employer(), an_employer()
        client = signed_in(first)
        for account in (stranger.pk, "x", "", 10**30):
            assert client.post(reverse("accounts:files"), {"account": account}).status_code == 404
        assert client.session["_auth_user_id"] == str(first.pk)

    def test_a_file_with_a_second_factor_asks_for_it(self) -> None:
        first, second = (an_employer(email="office@bakery.example") for _ in range(2))
        operations.enrol_totp(person=second, secret="JBSWY3DPEHPK3PXP", at=LONG_AGO)
        client = signed_in(first)
        answer = client.post(reverse("accounts:files"), {"account": second.pk})
        assert answer["Location"] == "/en/account/2fa/authenticate/"
        assert "_auth_user_id" not in client.session

    def test_moving_does_not_lengthen_the_session(self) -> None:
        first, second = (an_employer(email="office@bakery.example") for _ in range(2))
        client = signed_in(first)
        client.get(reverse("accounts:settings"))
        began = client.session["began_at"]
        client.post(reverse("accounts:files"), {"account": second.pk})
        assert client.session["began_at"] == began


def test_an_employer_changes_name_telephone_and_language() -> None:
    person = an_employer()
    changed = {"name": "Léa Béguin", "phone": "867-555-0199", "language": "fr"}
    assert signed_in(person).post(reverse("accounts:profile"), changed).status_code == 302
    person.refresh_from_db()
    assert {field: getattr(person, field) for field in changed} == changed
    assert audit.trail(person.reference).last().detail == {"fields": ["name", "phone", "language"]}  # type: ignore[union-attr]


def test_a_new_email_counts_once_its_code_is_typed() -> None:
    person = an_employer(email="old@bakery.example", at=LONG_AGO)
    client = signed_in(person)
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})
    client.post("/en/account/email/", {"email": "new@bakery.example", "action_add": ""})
    person.refresh_from_db()
    assert person.email == "old@bakery.example"

    client.post("/en/account/confirm-email/", {"code": code_from_mail()})

    person.refresh_from_db()
    assert person.email == "new@bakery.example"
    assert person.email_verified_at is not None
    assert person.email_verified_at > LONG_AGO + timedelta(days=1)
    assert queries.verified_addresses(person) == ["new@bakery.example"]


@pytest.mark.django_db(transaction=True)
def test_parallel_registrations_of_one_user_name_make_one_account() -> None:
    start = Barrier(6)

    def press(number: int) -> bool:
        try:
            start.wait()
            an_employer(username="bakery" if number % 2 else "BAKERY", confirmed=False, password=None)
        except operations.UsernameTaken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(press, range(6))) == [False] * 5 + [True]
    assert Person.objects.named("bakery").count() == 1
    assert EmailAddress.objects.count() == 1
