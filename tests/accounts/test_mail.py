"""The mail of accounts (codes, links, word of a change): where it may go, and what a mail server that is away undoes."""

import socket
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from passerelle.accounts.models import Person
from tests.factories import program
from tests.support.people import PASSWORD, PROGRAM, an_employer, signed_in

pytestmark = pytest.mark.django_db

AWAY = "Our mail server does not answer"


@pytest.fixture
def mail_server_away(settings: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = probe.getsockname()[1]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"


def test_a_test_installation_writes_codes_and_links_to_its_allow_list_only(settings: Any) -> None:
    settings.MAIL_ALLOWED = ["@allowed.example"]
    for address in ("a@allowed.example", "b@real.example", "nobody@real.example"):
        if not address.startswith("nobody"):
            an_employer(email=address)
        for page in ("password/reset", "user-names"):
            assert Client().post(f"/en/account/{page}/", {"email": address}).status_code == 302

    assert {one for message in mail.outbox for one in message.to} == {"a@allowed.example"}


def test_who_registers_while_the_mail_server_is_away_has_an_account_and_is_told(mail_server_away: None) -> None:
    program()
    said = {
        "username": "bakery", "name": "Bo Baker", "phone": "867 555 0100", "email": "bo@bakery.example", "language": "en",
        "password1": PASSWORD, "password2": PASSWORD,
    }  # fmt: skip
    answer = Client().post(f"/en/{PROGRAM}/register/", said, follow=True)

    assert (answer.status_code, AWAY in answer.content.decode()) == (200, True)
    assert "We sent a code" not in answer.content.decode()
    assert Person.objects.get(username="bakery").email_verified_at is None


def test_a_forgotten_password_is_answered_alike_for_a_known_and_an_unknown_address(mail_server_away: None) -> None:
    an_employer(email="known@bakery.example")
    pages = [
        Client().post("/en/account/password/reset/", {"email": address}, follow=True)
        for address in ("known@bakery.example", "unknown@bakery.example")
    ]

    assert [one.status_code for one in pages] == [200, 200]
    assert [AWAY in one.content.decode() for one in pages] == [True, True]
    assert ["Look in your mailbox" in one.content.decode() for one in pages] == [False, False]


def test_a_new_password_counts_though_word_of_it_cannot_be_sent(mail_server_away: None) -> None:
    person, new = an_employer(), "a raven over the frozen bay"
    client = signed_in(person)
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})
    said = {"oldpassword": PASSWORD, "password1": new, "password2": new}

    assert client.post("/en/account/password/change/", said).status_code == 302
    person.refresh_from_db()
    assert person.check_password(new)
