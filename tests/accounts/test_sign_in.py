"""Signing in: by user name, with a second factor for staff, throttled without locking anybody out (trust.md, 8.4)."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from passerelle.accounts import operations, queries
from passerelle.core import audit
from tests.support.people import (
    LONG_AGO,
    PASSWORD,
    TOTP_SECRET,
    a_candidate,
    a_staff_member,
    an_employer,
    signed_in,
    totp_code,
)

pytestmark = pytest.mark.django_db

STRANGERS_PLACE, OWNERS_PLACE = "198.51.100.7", "203.0.113.9"


def sign_in(client: Client, login: str, password: str = PASSWORD, place: str = OWNERS_PLACE) -> Any:
    return client.post("/en/account/login/", {"login": login, "password": password}, REMOTE_ADDR=place)


def links_in(body: str) -> list[str]:
    return re.findall(rf"{re.escape(settings.PASSERELLE_URL)}(\S+)", body)


class TestUserName:
    @pytest.mark.parametrize("typed", ["bakery", "BAKERY", " bakery "])
    def test_it_signs_in_however_it_is_typed(self, typed: str) -> None:
        person, client = an_employer(username="Bakery"), Client()
        assert sign_in(client, typed)["Location"] == "/en/home/"
        assert client.session["_auth_user_id"] == str(person.pk)
        assert audit.trail(person.reference).last().event == "account.signed_in"  # type: ignore[union-attr]

    def test_the_email_does_not_sign_in(self) -> None:
        an_employer(email="office@bakery.example")
        assert sign_in(Client(), "office@bakery.example").status_code == 200

    def test_a_wrong_name_and_a_wrong_password_are_told_alike(self) -> None:
        an_employer(username="bakery")
        pages = [sign_in(Client(), name, "wrong wrong wrong wrong").content for name in ("bakery", "nobody")]
        told = [re.sub(rb'name="csrf\w+" value="\w+"|value="(bakery|nobody)"', b"", page) for page in pages]
        assert b"is not right" in pages[0]
        assert told[0] == told[1]

    def test_a_closed_account_stays_outside(self) -> None:
        chief, person, client = a_staff_member("administrator"), a_staff_member("officer"), Client()
        operations.close_account(person=person, by=chief, at=LONG_AGO)
        assert sign_in(client, person.username or "")["Location"] == "/en/account/inactive/"
        assert "_auth_user_id" not in client.session

    def test_signing_out_takes_a_press(self) -> None:
        client = signed_in(an_employer())
        client.get("/en/account/logout/")
        assert "_auth_user_id" in client.session
        client.post("/en/account/logout/")
        assert "_auth_user_id" not in client.session


class TestThrottle:
    def _exhaust(self, name: str, place: str) -> None:
        for _ in range(5):
            sign_in(Client(), name, "wrong wrong wrong wrong", place)

    def test_after_five_failures_a_place_has_to_wait(self) -> None:
        an_employer(username="bakery")
        self._exhaust("bakery", STRANGERS_PLACE)
        client = Client()
        answer = sign_in(client, "Bakery", PASSWORD, STRANGERS_PLACE)
        assert "Too many tries" in answer.content.decode()
        assert "_auth_user_id" not in client.session

    def test_a_stranger_cannot_lock_the_owner_out(self) -> None:
        an_employer(username="bakery")
        self._exhaust("bakery", STRANGERS_PLACE)
        assert sign_in(Client(), "bakery", PASSWORD, OWNERS_PLACE).status_code == 302

    def test_the_many_addresses_of_one_household_are_one_place(self) -> None:
        an_employer(username="bakery")
        for number in range(5):
            sign_in(Client(), "bakery", "wrong wrong wrong wrong", f"2001:db8:5:1::{number}")
        client = Client()
        sign_in(client, "bakery", PASSWORD, "2001:db8:5:1:ffff::9")
        assert "_auth_user_id" not in client.session
        assert sign_in(client, "bakery", PASSWORD, "2001:db8:5:2::1").status_code == 302

    def test_another_account_at_the_same_place_is_not_held_up(self) -> None:
        an_employer(username="bakery")
        an_employer(username="garage")
        self._exhaust("bakery", OWNERS_PLACE)
        assert sign_in(Client(), "garage", PASSWORD, OWNERS_PLACE).status_code == 302

    def test_the_link_by_email_opens_the_way_at_once(self) -> None:
        an_employer(username="bakery", email="office@bakery.example")
        self._exhaust("bakery", OWNERS_PLACE)
        client = Client(REMOTE_ADDR=OWNERS_PLACE)
        client.post("/en/account/password/reset/", {"email": "office@bakery.example"})
        form = client.get(links_in(str(mail.outbox[-1].body))[0])["Location"]
        new = "a raven over the frozen bay"
        assert client.post(form, {"password1": new, "password2": new}).status_code == 302
        assert sign_in(client, "bakery", new).status_code == 302

    def test_a_place_that_tries_many_names_has_to_wait(self) -> None:
        for number in range(30):
            sign_in(Client(), f"guess{number}", "wrong wrong wrong wrong", STRANGERS_PLACE)
        an_employer(username="bakery")
        assert "Too many tries" in sign_in(Client(), "bakery", PASSWORD, STRANGERS_PLACE).content.decode()


class Ticking:
    """A clock of the work done, however busy the machine is: statements and letters of a message; a sleep moves it on."""

    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def statement(self, execute: Any, *said: Any) -> Any:
        self.seconds += 0.001
        return execute(*said)

    def send_messages(self, backend: Any, messages: list[Any]) -> int:
        self.seconds += sum(len(one.body) for one in messages) / 100_000
        mail.outbox.extend(messages)
        return len(messages)


class TestForgotten:
    KNOWN, UNKNOWN = "office@bakery.example", "nobody@bakery.example"

    @pytest.mark.parametrize("form", ["password/reset/", "user-names/"])
    def test_known_and_unknown_addresses_get_the_same_answer(self, form: str) -> None:
        an_employer(email=self.KNOWN)
        seen = []
        for email in (self.KNOWN, self.UNKNOWN):
            answer = Client().post(f"/en/account/{form}", {"email": email}, follow=True)
            words = re.sub(r'value="\w{64}"', "", answer.content.decode())
            seen.append((answer.status_code, answer.redirect_chain, dict(answer.cookies), words))
        assert seen[0] == seen[1]
        assert [message.to for message in mail.outbox] == [[self.KNOWN], [self.UNKNOWN]]

    @pytest.mark.parametrize("form", ["password/reset/", "user-names/"])
    def test_known_and_unknown_addresses_take_the_same_time(
        self, form: str, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(3):
            an_employer(email=self.KNOWN)
        clock = Ticking()
        monkeypatch.setattr("passerelle.accounts.mail.time", clock)
        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages",
                            lambda *said: clock.send_messages(*said))  # fmt: skip

        def taken(email: str, even: float) -> float:
            settings.PASSERELLE_EVEN_SECONDS, begun = even, clock.seconds
            with connection.execute_wrapper(clock.statement):
                Client().post(f"/en/account/{form}", {"email": email})
            return clock.seconds - begun

        taken("first@bakery.example", even=0)  # what is looked up once in a process
        known, unknown = (taken(email, even=0.2) for email in (self.KNOWN, self.UNKNOWN))
        assert known == pytest.approx(unknown)
        assert known > 0.2
        # Without the wait the clock would tell them apart.
        known, unknown = (taken(email, even=0) for email in (self.KNOWN, self.UNKNOWN))
        assert known != pytest.approx(unknown)

    def test_one_email_carries_a_link_for_each_user_name(self) -> None:
        for name in ("bakery-id", "bakery-jp"):
            an_employer(username=name, email=self.KNOWN)
        Client().post("/en/account/password/reset/", {"email": self.KNOWN})
        body = str(mail.outbox[-1].body)
        assert len(mail.outbox) == 1
        assert len(links_in(body)) == 2
        assert "bakery-id" in body
        assert "bakery-jp" in body

    def test_user_names_come_by_email_in_the_readers_language(self) -> None:
        an_employer(username="bakery-id", email=self.KNOWN, language="fr")
        Client().post("/en/account/user-names/", {"email": self.KNOWN})
        assert str(mail.outbox[-1].subject) == "Vos noms d'utilisateur"
        assert "bakery-id" in str(mail.outbox[-1].body)

    def test_a_link_leads_to_us_whatever_host_the_request_named(self) -> None:
        """The port of a Host header is checked by nobody: a stranger could have the reader's link lead to their own."""
        an_employer(username="bakery-id", email=self.KNOWN)
        for page in ("password/reset", "user-names"):
            Client().post(f"/en/account/{page}/", {"email": self.KNOWN}, HTTP_HOST="localhost:6666")
            body = str(mail.outbox[-1].body)
            assert "bakery-id" in body
            assert "6666" not in body
            assert links_in(body)

    def test_an_invited_candidate_without_a_sign_in_is_unknown(self) -> None:
        operations.invite_candidate(
            program="ca-nt", email=self.KNOWN, name="Ines", language="en", about="", by=an_employer(), at=LONG_AGO
        )
        Client().post("/en/account/user-names/", {"email": self.KNOWN})
        assert str(mail.outbox[-1].subject) == "No account with this email"

    def test_staff_without_a_second_factor_cannot_come_in_by_the_mailbox(self) -> None:
        a_staff_member("officer", second_factor=False, email="robin@gov.example")
        assert queries.accounts_reading("robin@gov.example") == []

    def test_a_mailbox_is_not_flooded_and_the_page_does_not_tell(self) -> None:
        an_employer(email=self.KNOWN)
        codes = [Client().post("/en/account/user-names/", {"email": self.KNOWN}).status_code for _ in range(8)]
        assert codes == [302] * 8
        assert len(mail.outbox) == 5

    def test_a_link_works_once(self) -> None:
        an_employer(email=self.KNOWN)
        client = Client()
        client.post("/en/account/password/reset/", {"email": self.KNOWN})
        link, new = links_in(str(mail.outbox[-1].body))[0], "a raven over the frozen bay"
        client.post(client.get(link)["Location"], {"password1": new, "password2": new})
        assert "no longer works" in Client().get(link).content.decode()

    def test_a_new_password_ends_every_session(self) -> None:
        person = an_employer(email=self.KNOWN)
        elsewhere, client = signed_in(person), Client()
        client.post("/en/account/password/reset/", {"email": self.KNOWN})
        new = "a raven over the frozen bay"
        client.post(
            client.get(links_in(str(mail.outbox[-1].body))[0])["Location"], {"password1": new, "password2": new}
        )
        assert elsewhere.get("/en/account/settings/").status_code == 302
        assert audit.trail(person.reference).last().event == "account.password_set"  # type: ignore[union-attr]


class TestPasswords:
    @pytest.mark.parametrize(
        ("password", "good"),
        [
            ("fourteen chars", False),
            ("quiet pine lake", True),
            ("only lowercase letters here", True),
            ("123456789012345", False),
            ("qwertyuiopasdfgh", False),
            ("passwordpassword", False),
            ("Ünïcodé phrase à moi", True),
        ],
    )
    def test_length_and_guessing_count_signs_do_not(self, password: str, good: bool) -> None:
        person = an_employer()
        if good:
            validate_password(password, person)
        else:
            with pytest.raises(ValidationError):
                validate_password(password, person)

    def test_twelve_are_enough_with_a_second_factor(self) -> None:
        person = an_employer()
        with pytest.raises(ValidationError, match="15"):
            validate_password("quiet raven7", person)
        operations.enrol_totp(person=person, secret=TOTP_SECRET, at=LONG_AGO)
        validate_password("quiet raven7", person)
        with pytest.raises(ValidationError, match="12"):
            validate_password("quiet raven", person)

    def test_a_short_password_keeps_the_second_factor_on(self) -> None:
        person = an_employer()
        operations.enrol_totp(person=person, secret=TOTP_SECRET, at=LONG_AGO)
        person.set_password("quiet raven7")
        person.save()
        client = signed_in(person)
        client.post("/en/account/reauthenticate/", {"password": "quiet raven7"})
        client.post("/en/account/2fa/totp/deactivate/")
        assert queries.second_factor(person)

    def test_changing_it_asks_for_the_present_one(self) -> None:
        person, new = an_employer(), "a raven over the frozen bay"
        client = signed_in(person)
        data = {"oldpassword": "wrong wrong wrong", "password1": new, "password2": new}
        assert client.post("/en/account/password/change/", data).status_code == 200
        assert client.post("/en/account/password/change/", data | {"oldpassword": PASSWORD}).status_code == 302
        person.refresh_from_db()
        assert person.check_password(new)
        assert client.get("/en/account/settings/").status_code == 200


class TestSecondFactor:
    def test_staff_sign_in_with_password_and_code(self) -> None:
        person, client = a_staff_member("officer"), Client()
        assert sign_in(client, person.username or "")["Location"] == "/en/account/2fa/authenticate/"
        assert "_auth_user_id" not in client.session
        assert client.post("/en/account/2fa/authenticate/", {"code": totp_code()})["Location"] == "/en/home/"
        assert client.get("/en/staff/program/").status_code == 200

    def test_a_wrong_code_stays_outside(self) -> None:
        person, client = a_staff_member("officer"), Client()
        sign_in(client, person.username or "")
        assert client.post("/en/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
        assert client.get("/en/staff/program/")["Location"].startswith("/en/account/login/")

    def test_a_code_works_once(self) -> None:
        person, code = a_staff_member("officer"), totp_code()
        for expected in (302, 200):
            client = Client()
            sign_in(client, person.username or "")
            assert client.post("/en/account/2fa/authenticate/", {"code": code}).status_code == expected

    def test_a_code_works_once_for_as_long_as_it_is_good(self) -> None:
        """django-allauth forgets a code after 30 seconds and takes it for up to 90: who looked on must not come in with it."""
        person, code = a_staff_member("officer"), totp_code(step=1)
        for expected in (302, 200):
            client = Client()
            sign_in(client, person.username or "")
            assert client.post("/en/account/2fa/authenticate/", {"code": code}).status_code == expected
            cache.delete(f"allauth.mfa.totp.used?user={person.pk}&code={code}")

    def test_a_recovery_code_works_once(self) -> None:
        person = a_staff_member("officer")
        codes = Authenticator.objects.get(user=person, type="recovery_codes").wrap()
        code = codes.get_unused_codes()[0]
        for expected in (302, 200):
            client = Client()
            sign_in(client, person.username or "")
            assert client.post("/en/account/2fa/authenticate/", {"code": code}).status_code == expected

    def test_the_secret_rests_sealed(self) -> None:
        person = a_staff_member("officer")
        assert TOTP_SECRET not in str(Authenticator.objects.filter(user=person).values())

    def test_a_session_from_before_the_second_factor_is_sent_back_to_sign_in(self) -> None:
        person = a_staff_member("officer", second_factor=False)
        older = signed_in(person)
        operations.enrol_totp(person=person, secret=TOTP_SECRET, at=LONG_AGO)
        assert older.get("/en/staff/program/")["Location"].startswith("/en/account/login/")
        assert "_auth_user_id" not in older.session

    def test_staff_cannot_remove_it(self) -> None:
        person = a_staff_member("officer")
        client = signed_in(person)
        client.post("/en/account/reauthenticate/", {"password": PASSWORD})
        client.post("/en/account/2fa/totp/deactivate/")
        assert queries.second_factor(person)

    @pytest.mark.parametrize("who", [an_employer, a_candidate])
    def test_others_may_have_one_and_remove_it(self, who: Any) -> None:
        person = who()
        operations.enrol_totp(person=person, secret=TOTP_SECRET, at=LONG_AGO)
        client = Client()
        assert sign_in(client, person.username)["Location"] == "/en/account/2fa/authenticate/"
        client.post("/en/account/2fa/authenticate/", {"code": totp_code()})
        client.post("/en/account/reauthenticate/", {"password": PASSWORD})
        client.post("/en/account/2fa/totp/deactivate/")
        assert queries.second_factor(person) is None


def test_the_cache_of_the_throttles_is_shared_by_every_process() -> None:
    assert type(cache._connections["default"]).__name__ == "DatabaseCache"  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_staff_without_one_are_led_to_enrol_and_shown_recovery_codes() -> None:
    person, client = a_staff_member("officer", second_factor=False), Client()
    sign_in(client, person.username or "")
    assert client.get("/en/staff/program/")["Location"] == "/en/account/second-factor/"
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/en/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'class="reference">([A-Z2-7]{32})<', page)
    assert secret
    answer = client.post("/en/account/2fa/totp/activate/", {"code": totp_code(secret[1])})
    assert answer["Location"] == "/en/account/2fa/recovery-codes/"
    assert len(re.findall(r'class="reference">\d{8}<', client.get(answer["Location"]).content.decode())) == 10
    assert client.get("/en/staff/program/").status_code == 200
    assert audit.trail(person.reference).filter(event="account.second_factor_added").exists()


def test_a_wrong_password_takes_as_long_for_a_name_that_does_not_exist(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 200_000)
    settings.ACCOUNT_RATE_LIMITS = False
    an_employer(username="bakery")
    operations.invite_candidate(
        program="ca-nt", email="i@example.org", name="Ines", language="en", about="", by=an_employer(), at=LONG_AGO
    )
    least = {"bakery": 60.0, "nobody": 60.0}
    for _ in range(20):  # the least of several: other work on the machine only ever adds
        for name in least:
            begun = time.thread_time()
            sign_in(Client(), name, "wrong wrong wrong wrong")
            least[name] = min(least[name], time.thread_time() - begun)
        if abs(least["bakery"] - least["nobody"]) <= 0.1 * least["nobody"]:
            return
    pytest.fail(f"A wrong password takes {least} seconds.")
