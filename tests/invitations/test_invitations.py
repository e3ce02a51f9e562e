"""An invitation from issue to its end: who, when to the microsecond, what each is told, what becomes of the place."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from icalendar import Calendar

from passerelle.allocations import queries as allocations
from passerelle.allocations.models import Allocation, PlaceMove
from passerelle.allocations.operations import NoPlaceLeft
from passerelle.core import audit, deadlines
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.draws import queries as drawn
from passerelle.draws.models import Draw
from passerelle.draws.operations import DrawBlocked, conduct_draw
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations import queries
from passerelle.invitations.models import Invitation, Reminder
from passerelle.invitations.operations import (
    TooLate,
    cancel,
    close_lapsed,
    decline,
    extend,
    issue_invitations,
    mark_accepted,
    mark_met,
    remind_due,
)
from passerelle.invitations.states import INVITATION_LIFECYCLE, InvitationState
from passerelle.notices.models import Notice
from tests.draws.support import DAY, HOUR, NOON, director, eoi, manager, person, places, planned, pool
from tests.support.proofs import small_and_full
from tests.support.threads import together

pytestmark = pytest.mark.django_db
MICROSECOND = timedelta(microseconds=1)
YELLOWKNIFE = ZoneInfo("America/Yellowknife")
TOO_LATE = datetime(2026, 4, 25, 6, tzinfo=UTC)  # the end of 24 April 2026 in Yellowknife


def selected(size: int = 2, **more: Any) -> Draw:
    draw = planned(size, **more)
    return conduct_draw(number=draw.number, by=manager(), at=NOON)


def invited(**more: Any) -> Invitation:
    """Return one invitation issued at noon of 25 March 2026."""
    eoi(**more)
    places()
    (invitation,) = issue_invitations(number=selected(1).number, by=director(), at=NOON)
    return invitation


def left() -> int:
    return allocations.places("ca-nt", 2026).left


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=kind).values_list("to_id", flat=True))


def parties(invitation: Invitation) -> set[int]:
    return {invitation.eoi.employer_id, invitation.eoi.candidate_id}


# --- issue ---


def test_the_selected_are_invited_places_held_and_both_parties_told():
    high, low, out = pool([597, 417, 300])
    places(197)
    draw = selected(2)

    made = issue_invitations(number=draw.number, by=director(), at=NOON)

    assert [one.eoi_id for one in made] == [high.pk, low.pk]
    assert {one.respond_by for one in made} == {TOO_LATE}
    assert {deadlines.last_day(one.target_by, YELLOWKNIFE) for one in made} == {date(2026, 4, 14)}
    assert left() == 195
    assert told("invitation_issued") == {high.employer_id, high.candidate_id, low.employer_id, low.candidate_id}
    states = dict(ExpressionOfInterest.objects.values_list("pk", "state"))
    assert states == {high.pk: "invited", low.pk: "invited", out.pk: "in_pool"}
    assert Draw.objects.get().state == "issued"


@pytest.mark.parametrize(
    ("drawn_on", "last"),
    [
        (date(2026, 3, 25), date(2026, 4, 24)),
        (date(2026, 6, 25), date(2026, 7, 25)),
        (date(2026, 9, 25), date(2026, 10, 25)),
    ],
)
def test_thirty_calendar_days_from_each_published_draw(drawn_on: date, last: date):
    noon = datetime(drawn_on.year, drawn_on.month, drawn_on.day, 18, tzinfo=UTC)
    eoi()
    places()
    draw = planned(1, held_on=drawn_on, closes_at=noon - 12 * HOUR)
    conduct_draw(number=draw.number, by=manager(), at=noon)

    (invitation,) = issue_invitations(number=draw.number, by=director(), at=noon)

    assert deadlines.last_day(invitation.respond_by, YELLOWKNIFE) == last


def test_an_invitation_across_the_change_of_1_november_2026_ends_at_the_new_midnight():
    at = datetime(2026, 10, 20, 18, tzinfo=UTC)
    eoi()
    places()
    draw = planned(1, held_on=at.date(), closes_at=at - HOUR)
    conduct_draw(number=draw.number, by=manager(), at=at)

    (invitation,) = issue_invitations(number=draw.number, by=director(), at=at)

    assert invitation.respond_by == datetime(2026, 11, 20, 6, tzinfo=UTC)


def test_the_conductor_does_not_issue():
    eoi()
    places()
    both = director()
    draw = planned(1)
    conduct_draw(number=draw.number, by=both, at=NOON)

    with pytest.raises(NotAllowed):
        issue_invitations(number=draw.number, by=both, at=NOON)
    assert not Invitation.objects.exists()


def test_without_places_nothing_is_issued_and_nothing_stays_of_the_attempt():
    pool([400, 500])
    places(2)
    draw = selected(2)
    Allocation.objects.update(places=1)

    with pytest.raises(DrawBlocked, match="places"):
        issue_invitations(number=draw.number, by=director(), at=NOON)

    assert (left(), Draw.objects.get().state, Invitation.objects.count()) == (1, "selected", 0)
    assert set(ExpressionOfInterest.objects.values_list("state", flat=True)) == {"in_pool"}
    assert not Notice.objects.filter(kind="invitation_issued").exists()


def test_one_withdrawn_between_freeze_and_issue_gives_the_place_to_the_next():
    gone, staying, following = pool([597, 417, 300])
    places()
    draw = selected(2)
    ExpressionOfInterest.objects.filter(pk=gone.pk).update(state="withdrawn", closed_at=NOON)

    made = issue_invitations(number=draw.number, by=director(), at=NOON)

    assert {one.eoi_id for one in made} == {staying.pk, following.pk}
    assert [(row.fallen.eoi_id, row.taken.eoi_id) for row in drawn.promotions(draw)] == [(gone.pk, following.pk)]


def test_one_expired_between_freeze_and_issue_is_not_invited():
    late, staying = eoi(597, valid_before=NOON + HOUR), eoi(417)
    places()
    draw = selected(1)

    made = issue_invitations(number=draw.number, by=director(), at=NOON + HOUR)

    assert [one.eoi_id for one in made] == [staying.pk]
    assert ExpressionOfInterest.objects.get(pk=late.pk).state == "in_pool"


# --- in time, to the microsecond ---


@pytest.mark.parametrize("act", [mark_accepted, decline])
def test_met_by_a_microsecond(act: Any):
    invitation = invited()

    act(reference=invitation.reference, by=invitation.eoi.employer, at=TOO_LATE - MICROSECOND)

    assert Invitation.objects.get().state in ("accepted", "declined")


@pytest.mark.parametrize("act", [mark_accepted, decline])
@pytest.mark.parametrize("at", [TOO_LATE, TOO_LATE + MICROSECOND, TOO_LATE + DAY])
def test_missed_from_the_first_moment_too_late_though_no_sweep_has_run(act: Any, at: datetime):
    invitation = invited()

    with pytest.raises(TooLate):
        act(reference=invitation.reference, by=invitation.eoi.employer, at=at)

    assert Invitation.objects.get().has_lapsed(at)
    assert not queries.live("ca-nt", at).exists()


@pytest.mark.parametrize("cases", small_and_full(24, 400, "boundary"))
def test_around_the_deadline_what_arrives_before_it_counts_and_nothing_else(
    seed: int, cases: int, record_property: Any
):
    """One microsecond, one second and other small distances, on deadlines of many days, for either act and party."""
    chance, late = random.Random(seed), 0
    invitation = invited()
    for case in range(cases):
        with transaction.atomic():
            days = chance.randint(1, 60)
            extended = extend(reference=invitation.reference, days=days, reason="x", by=invitation.issued_by, at=NOON)
            distance = chance.choice((1, 1, 2, 999, 1_000_000, 1_000_000, 60_000_000)) * (-1, 1, 0)[case % 3]
            at = extended.respond_by + distance * MICROSECOND
            act, by = chance.choice((
                (mark_accepted, invitation.eoi.employer), (decline, invitation.eoi.employer),
                (decline, invitation.eoi.candidate),
            ))  # fmt: skip
            try:
                act(reference=invitation.reference, by=by, at=at)
                taken = True
            except TooLate:
                taken = False
            assert taken == (distance < 0), (days, distance, act.__name__)
            late += not taken
            transaction.set_rollback(True)
    record_property("refused as late", late)
    assert 0 < late < cases


def test_both_parts_in_by_a_microsecond_meets_the_deadline_and_at_it_does_not():
    invitation = invited()
    mark_accepted(reference=invitation.reference, by=invitation.eoi.employer, at=NOON + DAY)

    with pytest.raises(TooLate):
        mark_met(reference=invitation.reference, by=None, at=TOO_LATE)
    mark_met(reference=invitation.reference, by=None, at=TOO_LATE - MICROSECOND)

    assert queries.live("ca-nt", TOO_LATE + DAY).exists()


def test_the_database_refuses_an_acceptance_that_was_late():
    invitation = invited()

    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(state="accepted", accepted_at=TOO_LATE)


def test_the_candidate_does_not_accept_for_the_employer():
    invitation = invited()

    with pytest.raises(NotAllowed):
        mark_accepted(reference=invitation.reference, by=invitation.eoi.candidate, at=NOON)


# --- how it ends ---


@pytest.mark.parametrize("side", ["employer", "candidate"])
def test_either_party_declines_the_place_is_given_back_and_the_other_never_reads_the_reason(side: str):
    invitation = invited()
    assert left() == 196

    decline(reference=invitation.reference, by=getattr(invitation.eoi, side), reason="Found other work", at=NOON + DAY)

    assert left() == 197
    file = ExpressionOfInterest.objects.get()
    assert (file.state, file.closing_reason) == ("closed", "declined")
    assert told("invitation_declined") == parties(invitation)
    assert not [one for one in Notice.objects.all() if "Found other work" in one.body]


def test_a_stranger_declines_nothing_and_sees_nothing():
    invitation = invited()

    for stranger in (person("employer"), person("candidate"), director()):
        with pytest.raises(NotAllowed):
            decline(reference=invitation.reference, by=stranger, at=NOON)
    with pytest.raises(Exception, match="No Invitation"):
        queries.invitation_for(person("employer"), invitation.reference)


def test_an_application_begun_is_not_declined_here():
    invitation = invited()
    mark_accepted(reference=invitation.reference, by=invitation.eoi.employer, at=NOON)

    with pytest.raises(IllegalMove):
        decline(reference=invitation.reference, by=invitation.eoi.employer, at=NOON)


def test_a_director_cancels_with_a_reason_that_both_are_told():
    invitation = invited()

    with pytest.raises(NotAllowed):
        cancel(reference=invitation.reference, reason="x", by=person("staff", "officer"), at=NOON)
    cancel(reference=invitation.reference, reason="Issued in error", by=director(), at=NOON)

    assert left() == 197
    assert told("invitation_cancelled") == parties(invitation)
    assert all("Issued in error" in one.body for one in Notice.objects.filter(kind="invitation_cancelled"))


def test_nobody_answers_the_sweep_closes_the_books_once():
    invitation = invited()

    assert close_lapsed(at=TOO_LATE - MICROSECOND) == 0
    assert [close_lapsed(at=TOO_LATE), close_lapsed(at=TOO_LATE)] == [1, 0]

    file = ExpressionOfInterest.objects.get()
    assert (Invitation.objects.get().state, file.state, file.closing_reason) == ("lapsed", "closed", "lapsed")
    assert left() == 197
    assert told("invitation_lapsed") == parties(invitation)


def test_an_application_begun_is_left_to_its_own_room():
    invitation = invited()
    mark_accepted(reference=invitation.reference, by=invitation.eoi.employer, at=NOON)

    assert close_lapsed(at=TOO_LATE + DAY) == 0
    assert left() == 196


def test_the_trail_tells_it_on_the_invitation_and_on_the_file():
    invitation = invited()
    decline(reference=invitation.reference, by=invitation.eoi.employer, at=NOON)

    for subject in (invitation.reference, invitation.eoi.reference):
        events = [row.event for row in audit.trail(subject)]
        assert [one for one in events if one.startswith("invitation.")] == ["invitation.issued", "invitation.declined"]
        assert audit.verify_chain(subject)


# --- more time ---


def test_more_time_for_one_file_ends_a_whole_day_and_both_are_told_why():
    invitation = invited()
    officer = person("staff", "officer")

    extend(reference=invitation.reference, days=10, reason="The employer's form came late", by=officer, at=NOON + DAY)

    now = Invitation.objects.get()
    assert deadlines.last_day(now.respond_by, YELLOWKNIFE) == date(2026, 5, 4)
    assert told("invitation_extended") == parties(invitation)
    assert all("came late" in one.body for one in Notice.objects.filter(kind="invitation_extended"))
    mark_accepted(reference=invitation.reference, by=invitation.eoi.employer, at=TOO_LATE)


def test_more_time_is_not_given_once_it_is_too_late_nor_by_others_nor_without_end():
    invitation = invited()
    officer = person("staff", "officer")

    with pytest.raises(NotAllowed, match="over"):
        extend(reference=invitation.reference, days=10, reason="x", by=officer, at=TOO_LATE)
    with pytest.raises(NotAllowed):
        extend(reference=invitation.reference, days=10, reason="x", by=person("staff", "auditor"), at=NOON)
    for days in (0, -3, 61):
        with pytest.raises(ValueError, match="give 1 to 60"):
            extend(reference=invitation.reference, days=days, reason="x", by=officer, at=NOON)


# --- reminders ---


def test_reminders_go_to_both_at_half_at_a_quarter_three_days_one_day_and_past_the_target():
    invitation = invited()
    sent = []
    for hours in range(24 * 31):
        at = NOON + hours * HOUR
        if remind_due(at=at):
            last = Reminder.objects.latest("pk")
            sent.append((last.kind, deadlines.days_left(TOO_LATE, at, YELLOWKNIFE)))

    assert sent == [("15_days", 15), ("target", 9), ("7_days", 7), ("3_days", 3), ("1_days", 1)]
    assert told("invitation_reminder") == parties(invitation) == told("invitation_target_passed")
    assert Notice.objects.filter(kind="invitation_reminder").count() == 8
    mine = Notice.objects.filter(kind="invitation_reminder", to=invitation.eoi.employer).order_by("pk")
    subjects = [one.subject for one in mine]
    assert [one.split(":")[1].split()[0] for one in subjects] == ["15", "7", "3", "1"]


def test_invitations_with_nothing_due_keep_no_reminder_from_the_others():
    pool([597, 417])
    places()
    issue_invitations(number=selected(2).number, by=director(), at=NOON)
    at = TOO_LATE - 3 * DAY + HOUR

    assert [remind_due(at=at, limit=1), remind_due(at=at, limit=1), remind_due(at=at, limit=1)] == [1, 1, 0]


def test_after_days_without_a_sweep_one_reminder_goes_out_and_not_five():
    invited()

    assert [remind_due(at=TOO_LATE - HOUR), remind_due(at=TOO_LATE - HOUR)] == [1, 0]

    assert Notice.objects.filter(kind="invitation_reminder").count() == 2
    assert Reminder.objects.filter(skipped=True).count() == 4


def test_nobody_is_reminded_once_both_parts_are_in_or_it_has_ended():
    invitation = invited()
    mark_accepted(reference=invitation.reference, by=invitation.eoi.employer, at=NOON)
    mark_met(reference=invitation.reference, by=None, at=NOON + DAY)

    assert remind_due(at=TOO_LATE - HOUR) == 0


def test_an_extension_brings_its_own_reminders():
    invitation = invited()
    at = TOO_LATE - 2 * HOUR
    remind_due(at=at)
    extend(reference=invitation.reference, days=10, reason="x", by=person("staff", "officer"), at=at)

    assert remind_due(at=at) == 0
    assert remind_due(at=TOO_LATE + 7 * DAY) == 1


# --- the calendar file ---


def test_the_calendar_file_holds_the_deadline_in_utc():
    invitation = invited()

    book = Calendar.from_ical(
        queries.calendar(invitation, title="Application due", about="Invitation", at=NOON)
    )  # fmt: skip
    (event,) = book.walk("VEVENT")

    assert (event["DTEND"].to_ical(), event["DTSTART"].to_ical()) == (b"20260425T060000Z", b"20260425T055900Z")
    assert event["UID"] == f"{invitation.reference}@passerelle"
    assert len(book.walk("VALARM")) == 2


# --- states ---


@pytest.mark.parametrize("state", InvitationState.values)
@pytest.mark.parametrize("move", list(INVITATION_LIFECYCLE.moves))
def test_every_move_from_every_state(state: str, move: str):
    table = {
        "issued": {
            "extend": "issued",
            "accept": "accepted",
            "decline": "declined",
            "cancel": "cancelled",
            "lapse": "lapsed",
        },
        "accepted": {"extend_accepted": "accepted", "meet": "accepted"},
    }
    expected = table.get(state, {}).get(move)

    if expected:
        assert INVITATION_LIFECYCLE.after(state, move) == expected
    else:
        with pytest.raises(IllegalMove):
            INVITATION_LIFECYCLE.after(state, move)


# --- races, on connections of their own ---


@pytest.mark.django_db(transaction=True)
def test_two_directors_issue_at_once_and_it_is_issued_once():
    pool([400, 500, 600])
    places()
    draw = selected(3)
    directors = [director(), director()]

    outcomes = together(2, lambda n: issue_invitations(number=draw.number, by=directors[n], at=NOON))

    assert sorted(type(one).__name__ for one in outcomes) == ["IllegalMove", "list"]
    assert Invitation.objects.count() == 3
    assert left() == 194
    assert Notice.objects.filter(kind="invitation_issued").count() == 6


@pytest.mark.django_db(transaction=True)
def test_draws_issued_at_once_never_overspend_the_year():
    for category in ("entry_level", "skilled", "express_entry"):
        pool([400, 410, 420], category=category)
    places(5)
    draws = [selected(3, categories=[category]) for category in ("entry_level", "skilled", "express_entry")]
    by = director()

    outcomes = together(3, lambda n: issue_invitations(number=draws[n].number, by=by, at=NOON))

    issued = [one for one in outcomes if isinstance(one, list)]
    refused = [one for one in outcomes if not isinstance(one, list)]
    assert len(issued) == 1
    assert all(isinstance(one, NoPlaceLeft | DrawBlocked) for one in refused)
    assert (Invitation.objects.count(), left()) == (3, 2)


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_in_the_middle_of_the_issue_never_invites_the_one_who_left(seed: int):
    from passerelle.eoi.operations import withdraw_eoi

    rng = random.Random(seed)
    for number in range(4):
        files = pool([900 - number, 850 - number, 800 - number])
        if not number:
            places()
        draw, leaving, by = selected(2), rng.choice(files[:2]), director()

        def act(side: int, draw: Draw = draw, leaving: ExpressionOfInterest = leaving, by: Any = by) -> object:
            if side:
                return issue_invitations(number=draw.number, by=by, at=NOON)
            return withdraw_eoi(reference=leaving.reference, reason="Moved", by=leaving.candidate, at=NOON)

        outcomes = together(2, act)
        now = ExpressionOfInterest.objects.get(pk=leaving.pk)
        held = Invitation.objects.filter(eoi=leaving).exists()
        assert (now.state, held) in {("withdrawn", False), ("invited", True)}
        assert Invitation.objects.filter(draw=draw).count() == 2, outcomes


@pytest.mark.django_db(transaction=True)
def test_declining_and_lapsing_at_once_gives_the_place_back_once():
    invitation = invited()
    acts = [
        lambda: decline(reference=invitation.reference, by=invitation.eoi.employer, at=TOO_LATE - MICROSECOND),
        lambda: decline(reference=invitation.reference, by=invitation.eoi.candidate, at=TOO_LATE - MICROSECOND),
        lambda: close_lapsed(at=TOO_LATE),
    ]

    together(3, lambda n: acts[n]())
    close_lapsed(at=TOO_LATE)

    assert left() == 197
    assert PlaceMove.objects.filter(kind="release").count() == 1
    assert Invitation.objects.get().state in ("declined", "lapsed")
