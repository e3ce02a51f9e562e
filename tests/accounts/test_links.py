"""Single-use links: pressed once, by one person, within 30 days."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from passerelle.accounts import operations, queries
from passerelle.accounts.models import AccessLink, Person
from passerelle.accounts.operations import LinkNotValid, UsernameTaken
from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed
from tests.support.people import LONG_AGO, PASSWORD, a_staff_member, an_employer

CHOSEN = {"username": "ines.duarte", "password1": PASSWORD, "password2": PASSWORD}


def invited(**given: Any) -> AccessLink:
    facts: dict[str, Any] = {
        "program": "ca-nt", "email": "ines@example.org", "name": "Ines Duarte", "language": "fr",
        "about": "NT-E-2026-000001", "by": given.pop("by", None) or an_employer(), "at": LONG_AGO,
    }  # fmt: skip
    return operations.invite_candidate(**(facts | given))


@pytest.fixture
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerelle.core.clock.now", lambda: LONG_AGO + timedelta(days=1))


@pytest.mark.django_db
class TestInvitation:
    def test_the_account_exists_at_once_but_nobody_can_sign_in_to_it(self) -> None:
        person = invited().person
        assert (person.username, person.has_usable_password(), person.email_verified_at) == (None, False, None)

    def test_only_the_hash_of_the_link_is_kept(self) -> None:
        link = invited()
        assert link.token not in str(AccessLink.objects.filter(pk=link.pk).values())

    def test_the_candidate_chooses_a_sign_in_and_the_email_counts_as_confirmed(self) -> None:
        link = invited()
        at = LONG_AGO + timedelta(days=2)
        person = operations.redeem_link(token=link.token, username="ines.duarte", password=PASSWORD, at=at)
        assert person == link.person
        assert (person.username, person.email_verified_at) == ("ines.duarte", at)
        assert person.check_password(PASSWORD)
        assert queries.verified_addresses(person) == ["ines@example.org"]

    def test_the_candidates_email_may_be_the_employers(self) -> None:
        employer = an_employer(email="office@bakery.example")
        link = invited(by=employer, email="office@bakery.example")
        candidate = operations.redeem_link(token=link.token, username="ines", password=PASSWORD, at=LONG_AGO)
        assert candidate.email == employer.email
        assert {person.username for person in queries.accounts_reading("office@bakery.example")} == {
            employer.username,
            "ines",
        }

    @pytest.mark.parametrize(
        ("spoil", "why"),
        [
            (lambda link: operations.redeem_link(token=link.token, username="x.y", password=None, at=LONG_AGO), "used"),
            (lambda link: operations.resend_link(person=link.person, by=None, at=LONG_AGO), "replaced"),
            (lambda link: None, "expired"),
        ],
    )  # fmt: skip
    def test_a_link_that_is_gone_changes_nothing(self, spoil: Callable[[AccessLink], Any], why: str) -> None:
        link = invited()
        spoil(link)
        late = link.expires_at if why == "expired" else LONG_AGO
        before = Person.objects.filter(pk=link.person_id).values().get()
        with pytest.raises(LinkNotValid) as refusal:
            operations.redeem_link(token=link.token, username="other", password=PASSWORD, at=late)
        assert refusal.value.why == why
        assert Person.objects.filter(pk=link.person_id).values().get() == before

    def test_the_last_microsecond_of_the_thirtieth_day_is_in_time(self) -> None:
        link = invited()
        at = link.expires_at - timedelta(microseconds=1)
        assert operations.redeem_link(token=link.token, username="ines", password=PASSWORD, at=at).username == "ines"

    def test_an_unknown_link_is_refused(self) -> None:
        with pytest.raises(LinkNotValid, match="unknown"):
            operations.redeem_link(token="nothing", username="ines", password=PASSWORD, at=LONG_AGO)

    @pytest.mark.parametrize(
        ("username", "error"), [("TAKEN", UsernameTaken), ("a b", ValidationError), ("", ValidationError)]
    )
    def test_a_bad_user_name_does_not_use_the_link_up(self, username: str, error: type[Exception]) -> None:
        an_employer(username="taken")
        link = invited()
        with pytest.raises(error):
            operations.redeem_link(token=link.token, username=username, password=PASSWORD, at=LONG_AGO)
        assert operations.open_link(token=link.token, at=LONG_AGO).person == link.person

    def test_a_new_link_keeps_the_file_and_kills_the_old_one(self) -> None:
        old = invited()
        new = operations.resend_link(person=old.person, by=None, at=LONG_AGO)
        assert (new.about, new.person) == (old.about, old.person)
        assert operations.redeem_link(token=new.token, username="ines", password=PASSWORD, at=LONG_AGO) == old.person

    def test_somebody_with_a_sign_in_gets_no_new_link(self) -> None:
        link = invited()
        operations.redeem_link(token=link.token, username="ines", password=PASSWORD, at=LONG_AGO)
        with pytest.raises(NotAllowed):
            operations.resend_link(person=link.person, by=None, at=LONG_AGO)

    def test_the_address_is_in_the_persons_language(self) -> None:
        assert "/fr/access/" in queries.link_address(invited(language="fr"))
        assert "/en/access/" in queries.link_address(invited(language="en"))


@pytest.mark.django_db
@pytest.mark.usefixtures("_today")
class TestPage:
    def test_looking_does_not_use_the_link_up(self) -> None:
        link = invited()
        for _ in range(3):
            assert Client().get(f"/fr/access/{link.token}/").status_code == 200
            assert Client().head(f"/fr/access/{link.token}/").status_code == 200
        assert operations.open_link(token=link.token, at=LONG_AGO)

    def test_the_button_uses_it_and_signs_the_candidate_in(self) -> None:
        link, client = invited(), Client()
        answer = client.post(f"/fr/access/{link.token}/", CHOSEN)
        assert answer["Location"] == "/fr/home/"
        assert client.session["_auth_user_id"] == str(link.person_id)
        gone = Client().get(f"/fr/access/{link.token}/")
        assert gone.status_code == 410

    @pytest.mark.parametrize(
        "changes",
        [
            {"username": ""}, {"username": "a b"}, {"username": "TAKEN"}, {"password2": "something else entirely"},
            {"password1": "too short", "password2": "too short"},
        ],
    )  # fmt: skip
    def test_a_wrong_answer_is_told_and_the_link_stays(self, changes: dict[str, str]) -> None:
        an_employer(username="taken")
        link = invited()
        assert Client().post(f"/fr/access/{link.token}/", CHOSEN | changes).status_code == 422
        assert operations.open_link(token=link.token, at=LONG_AGO)

    def test_no_cache_keeps_the_page(self) -> None:
        assert Client().get(f"/fr/access/{invited().token}/")["Cache-Control"] == "no-store"

    def test_an_unknown_link_is_not_found(self) -> None:
        assert Client().get("/fr/access/nothing/").status_code == 404

    def test_a_staff_member_keeps_the_user_name_and_goes_on_to_the_second_factor(self) -> None:
        link = operations.create_staff(
            username="robin", email="robin@gov.example", name="Robin", language="en", at=LONG_AGO,
            roles=[("ca-nt", "officer")],
        )  # fmt: skip
        client = Client()
        client.post(f"/en/access/{link.token}/", {"password1": PASSWORD, "password2": PASSWORD, "username": "mallory"})
        link.person.refresh_from_db()
        assert link.person.username == "robin"
        assert client.get("/en/staff/program/")["Location"] == "/en/account/second-factor/"
        assert client.get("/en/account/2fa/totp/activate/").status_code == 200

    def test_whoever_is_signed_in_is_signed_out_first(self) -> None:
        link, client = invited(), Client()
        client.force_login(an_employer())
        client.post(f"/fr/access/{link.token}/", CHOSEN)
        assert client.session["_auth_user_id"] == str(link.person_id)


@pytest.mark.django_db(transaction=True)
def test_many_parallel_presses_make_one_sign_in() -> None:
    link, presses = invited(), 8
    start = Barrier(presses)

    def press(number: int) -> str:
        try:
            start.wait()
            operations.redeem_link(token=link.token, username=f"ines{number}", password=None, at=LONG_AGO)
        except LinkNotValid as gone:
            return gone.why
        finally:
            connection.close()
        return f"ines{number}"

    with ThreadPoolExecutor(presses) as pool:
        answers = list(pool.map(press, range(presses)))

    winners = [answer for answer in answers if answer != "used"]
    person = Person.objects.get(pk=link.person_id)
    assert winners == [person.username]
    assert audit.trail(person.reference).filter(event="account.link_used").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_parallel_resends_leave_one_open_link() -> None:
    link, start = invited(), Barrier(4)

    def resend(_number: int) -> str:
        try:
            start.wait()
            return operations.resend_link(person=link.person, by=None, at=LONG_AGO).token
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        tokens = list(pool.map(resend, range(4)))

    assert len(set(tokens)) == 4
    assert AccessLink.objects.filter(person=link.person, redeemed_at=None, replaced_at=None).count() == 1


@pytest.mark.django_db
def test_a_strangers_mailbox_is_not_filled_with_links() -> None:
    employer, day = an_employer(), timedelta(days=1)
    said = {"program": "ca-nt", "name": "Ines Duarte", "language": "en", "about": "", "by": employer}
    link = operations.invite_candidate(email="Stranger@example.org", at=LONG_AGO, **said)
    for _again in range(4):
        operations.resend_link(person=link.person, by=employer, at=LONG_AGO)

    for act in (
        lambda: operations.resend_link(person=link.person, by=employer, at=LONG_AGO + day - timedelta(seconds=1)),
        lambda: operations.invite_candidate(email="stranger@example.org", at=LONG_AGO, **said),
    ):
        with pytest.raises(NotAllowed, match="many links sent to this address"):
            act()

    operations.invite_candidate(email="another@example.org", at=LONG_AGO, **said)
    operations.resend_link(person=link.person, by=employer, at=LONG_AGO + day)
    for _candidate in range(8):  # one mailbox for an employer and its candidates (nwt.md, R1.3)
        operations.invite_candidate(email=employer.email, at=LONG_AGO, **said)


@pytest.mark.django_db
def test_an_administrator_makes_a_new_link_for_staff_of_the_program_only() -> None:
    chief = a_staff_member("administrator")
    new = operations.create_staff(
        username="robin", email="r@gov.example", name="Robin", language="en", roles=[("ca-on", "officer")], at=LONG_AGO
    )
    with pytest.raises(NotAllowed):
        operations.resend_link(person=new.person, by=chief, at=LONG_AGO)
