"""Whoever shows the number and the code of a notified profile takes the notification up: once, in time, in an own account."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from passerelle.accounts.models import Person
from passerelle.applications import fee
from passerelle.applications import operations as applications
from passerelle.applications import queries as application_queries
from passerelle.core import audit, clock
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations as eois
from passerelle.eoi import queries as eoi_queries
from passerelle.express_entry.models import Notification, Round
from passerelle.invitations import operations
from passerelle.invitations.models import Invitation
from passerelle.notices import queries as notices
from passerelle.project import invariants
from tests.express_entry.files import NOON, PROGRAM
from tests.express_entry.rounds import CLOSED, DAY, IN_JUNE, STREAM, Office, a_pool, an_office, close_streams, issued
from tests.support.people import a_candidate, signed_in

pytestmark = pytest.mark.django_db
NUMBER, CODE = "E000000001", "V000000001"
LATER = NOON + 3 * DAY


@pytest.fixture(autouse=True)
def _now() -> Any:
    cache.clear()
    with clock.frozen(LATER):
        yield


@pytest.fixture
def office() -> Office:
    return an_office()


@pytest.fixture
def sent(office: Office, tmp_path: Path) -> Round:
    a_pool(tmp_path, {"crs": "410"}, {"crs": "600"})
    return issued(office)


def candidate(**given: Any) -> Person:
    return a_candidate(program=PROGRAM, **given)


def prove(number: str = NUMBER, code: str = CODE, *, at: Any = LATER) -> str:
    return operations.prove(program=PROGRAM, number=number, code=code, at=at)


def take_up(by: Person, *, at: Any = LATER, passport: str = "PT123", **given: Any) -> Invitation:
    return operations.take_up(
        proof=prove(at=at), passport_country="PT", passport_number=passport, by=by, at=at, **given
    )


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_person_notified_gets_an_invited_file_with_the_time_of_the_notification(sent: Round):
    person = candidate()

    invitation = take_up(person)

    eoi = eoi_queries.eoi_for(person, invitation.eoi.reference)
    assert (eoi.state, eoi.stream, eoi.points, eoi.candidate) == ("invited", STREAM, 410, person)
    assert (invitation.issued_at, invitation.respond_by, invitation.draw) == (NOON, sent.respond_by, None)
    assert invitation.issued_by == sent.approved_by
    assert (eoi.answers["family_name"], eoi.answers["birth_date"]) == ("Duarte", "1996-02-01")
    assert (eoi.answers["federal_crs"], eoi.answers["federal_notified_on"]) == (410, "2026-03-10")
    assert [one.event for one in audit.trail(eoi.reference)] == ["eoi.came_notified", "invitation.taken_up"]
    [told] = [one for one in notices.inbox(person) if one.kind == "notification_taken_up"]
    assert "April\u00a024, 2026 at 11:59\u00a0p.m." in told.body
    assert not invariants.broken(invariants.check(at=LATER))


def test_the_application_asks_what_the_stream_asks_with_what_is_known(sent: Round):
    person = candidate()
    application = applications.open_application(invitation=take_up(person).reference, by=person, at=LATER)

    part = application_queries.part_for(person, reference=application.reference, part="candidate")

    assert (part.answers["crs_score"], part.answers["ee_profile_number"]) == (410, NUMBER)
    assert "express_entry" in {one.key for one, _state in application_queries.sections(part)}
    assert {"noi_letter", "second_language_report"} <= {
        one.key for one in application_queries.slots(part) if one.required
    }
    keys = {one.key for one in application_queries.criteria(application_queries.of_reference(application.reference))}
    assert {"express_entry_profile", "french_7", "english_6"} <= keys
    assert not any(key.startswith("points_") for key in keys)
    assert fee.amount_cents(application) == 150_000


@pytest.mark.parametrize(
    ("number", "code"),
    [(NUMBER, "V000000002"), ("E000000002", CODE), ("E999999999", CODE), ("E000000002", "V000000002"), ("", "")],
    ids=["wrong code", "wrong number", "no such profile", "a profile never notified", "nothing"],
)
def test_nothing_is_proved_by_half(sent: Round, number: str, code: str):
    assert prove(number, code) == ""


def test_number_and_code_are_read_as_people_type_them(sent: Round):
    assert prove(" e000000001 ", "v000000001") != ""


def test_a_proof_is_ours_of_the_program_and_of_the_last_day(sent: Round):
    proof = prove()

    assert operations.proved(proof=proof, program=PROGRAM, at=LATER).round == sent
    for wrong in (
        {"proof": proof.replace("2026", "2027")}, {"proof": ""}, {"proof": "[]"}, {"proof": '{"stated": 1}'},
        {"program": "ca-nt"}, {"at": LATER + DAY}, {"at": LATER - timedelta(seconds=1)},
    ):  # fmt: skip
        with pytest.raises(operations.NotProved):
            operations.proved(**({"proof": proof, "program": PROGRAM, "at": LATER} | wrong))


def test_the_same_account_again_gets_the_same_and_another_account_nothing(sent: Round):
    person, other = candidate(), candidate()

    first = take_up(person)
    again = take_up(person)

    assert first == again
    with pytest.raises(NotAllowed):
        take_up(other)
    assert Notification.objects.get().taken_up_by == person


def test_the_last_moment_counts_and_the_first_too_late_does_not(sent: Round):
    assert sent.respond_by
    with pytest.raises(operations.TooLate):
        take_up(candidate(), at=sent.respond_by)

    assert take_up(candidate(), at=sent.respond_by - timedelta(microseconds=1))


def test_a_person_has_one_live_file_in_the_stream_whatever_the_account(office: Office, tmp_path: Path):
    a_pool(tmp_path, {"crs": "410"}, {"crs": "420"})
    issued(office)
    take_up(candidate())

    with pytest.raises(eois.AlreadyLive):
        operations.take_up(
            proof=prove("E000000002", "V000000002"),
            passport_country="PT",
            passport_number="PT123",
            by=candidate(),
            at=LATER,
        )
    assert Notification.objects.filter(taken_up_at__isnull=False).count() == 1


def test_only_a_candidate_of_the_program_takes_it_up(sent: Round):
    with pytest.raises(operations.NotProved):
        take_up(a_candidate(program="ca-nt"))


def test_an_invitation_comes_by_a_draw_or_by_a_notification_alone(sent: Round):
    invitation = take_up(candidate())

    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(draw_id=1)


def test_a_lapsed_one_ends_and_only_another_notification_opens_another(sent: Round):
    person = candidate()
    invitation = take_up(person)
    assert sent.respond_by

    operations.close_lapsed(at=sent.respond_by)

    eoi = eoi_queries.eoi_for(person, invitation.eoi.reference)
    assert (eoi.state, eoi.closing_reason) == ("closed", "lapsed")
    with pytest.raises(NotAllowed):
        eois.file_anew(reference=eoi.reference, by=person, at=sent.respond_by)
    assert not invariants.broken(invariants.check(at=sent.respond_by))


def test_reminders_are_those_of_the_notification(sent: Round):
    invitation = take_up(candidate())

    # So many days before means from the start of that day: here 21 of the pack's deadline noi, not 7 of application.
    first = invitation.respond_by - 22 * DAY
    assert operations.remind_due(at=first - timedelta(seconds=1)) == 0
    assert operations.remind_due(at=first) == 1


# --- the pages ----------------------------------------------------------------------------------------------------


def test_whoever_has_no_account_shows_the_numbers_first(sent: Round):
    client = Client()
    address = reverse("invitations:notified", args=[PROGRAM])

    answer = text(client.post(address, {"number": NUMBER, "code": CODE}))

    assert "French-Speaking Skilled Worker" in answer
    assert "April 24, 2026" in answer
    assert reverse("accounts:register", args=[PROGRAM]) in answer
    assert "Duarte" not in answer


def test_what_is_wrong_says_the_same_and_is_throttled(sent: Round):
    client = Client()
    address = reverse("invitations:notified", args=[PROGRAM])

    code = client.post(address, {"number": NUMBER, "code": "V999999999"})
    number = client.post(address, {"number": "E999999999", "code": CODE})
    for _one in range(4):
        client.post(address, {"number": NUMBER, "code": "V999999999"})
    stopped = client.post(address, {"number": NUMBER, "code": CODE})

    told = "We found no notification of interest for this number and this code together."
    assert (code.status_code, number.status_code, stopped.status_code) == (422, 422, 429)
    assert told in text(code)
    assert told in text(number)


def test_a_candidate_takes_it_up_on_a_page(sent: Round):
    person = candidate()
    client = signed_in(person)
    home = text(client.get(reverse("desks:candidate_home")))

    shown = client.post(reverse("invitations:notified", args=[PROGRAM]), {"number": NUMBER, "code": CODE})
    waiting = text(client.get(reverse("desks:candidate_home")))
    empty = client.post(reverse("invitations:take_up"), {})
    done = client.post(reverse("invitations:take_up"), {"passport_country": "PT", "passport_number": "PT123"})
    after = text(client.get(reverse("desks:candidate_home")))

    assert "I have a notification of interest" in home
    assert shown.url == reverse("invitations:take_up")
    assert "You showed the number and the code of your federal profile." in waiting
    assert empty.status_code == 422
    invitation = Invitation.objects.get()
    assert done.url == reverse("invitations:candidate", args=[invitation.reference])
    assert "You came with a notification of interest." in after
    assert "Notification of interest issued" in after
    assert "Selected in a draw" not in text(client.get(done.url))


def test_without_the_numbers_there_is_nothing_to_take_up(sent: Round):
    client = signed_in(candidate())

    answer = client.get(reverse("invitations:take_up"))

    assert answer.url == reverse("invitations:notified", args=[PROGRAM])


def test_one_taken_up_elsewhere_says_so(sent: Round):
    take_up(candidate())

    answer = text(Client().post(reverse("invitations:notified", args=[PROGRAM]), {"number": NUMBER, "code": CODE}))

    assert "This notification was taken up already." in answer


def test_there_are_no_pages_of_an_expression_of_interest_behind_it(sent: Round):
    person = candidate()
    invitation = take_up(person)
    client = signed_in(person)

    for name in ("candidate_file", "answers", "receipt", "withdraw"):
        assert client.get(reverse(f"eoi:{name}", args=[invitation.eoi.reference])).status_code == 404


def test_staff_see_which_round_it_came_by(sent: Round, office: Office):
    invitation = take_up(candidate())
    client = signed_in(office.director)

    listed = text(client.get(reverse("invitations:list")))
    detail = text(client.get(reverse("invitations:detail", args=[invitation.reference])))

    assert sent.number in listed
    assert f"{sent.number}-00001" in detail


def test_a_notification_sent_before_its_stream_closed_is_taken_up_until_its_own_last_day(
    office: Office, tmp_path: Path
):
    a_pool(tmp_path, {"crs": "410"})
    sent, person, at = issued(office, **IN_JUNE), candidate(), CLOSED + 3 * DAY
    close_streams(office, CLOSED)
    register, mine = reverse("accounts:register", args=[PROGRAM]), reverse("desks:candidate_home")
    assert sent.respond_by is not None

    with clock.frozen(at):
        # Who was notified and has no account opens one, and everybody finds the way to the two numbers.
        assert Client().get(register).status_code == 200
        assert "I have a notification of interest" in text(signed_in(person).get(mine))
        with pytest.raises(operations.TooLate):
            take_up(person, at=sent.respond_by)
        taken = take_up(person, at=at)
        assert (taken.eoi.state, taken.respond_by, taken.eoi.pack.version) == ("invited", sent.respond_by, "2026-1")
        # Nobody is waited for any more.
        assert Client().get(register).status_code == 404
        assert applications.open_application(invitation=taken.reference, by=person, at=at).state == "filling"
