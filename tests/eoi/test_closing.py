"""A stream closed by two directors and its pool emptied: what ends, what goes on, what nobody can do in it any more."""

from datetime import timedelta
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from passerelle.accounts.models import Appointment, Person
from passerelle.core import audit, clock
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.draws import operations as draws
from passerelle.draws.models import Draw
from passerelle.draws.operations.planning import BadPlan
from passerelle.eoi import closed, operations
from passerelle.eoi.models import AnswersInProgress, ExpressionOfInterest, StreamClosing
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import decline, refill_places
from passerelle.notices import queries as tasks
from passerelle.notices.models import Notice
from passerelle.project.invariants import broken, check
from passerelle.representatives.operations import end_appointment
from tests import factories
from tests.draws import support as north
from tests.draws.test_replaying import issued
from tests.factories import DAY, HOUR
from tests.support import sample
from tests.support.people import a_staff_member, signed_in
from tests.support.representing import a_representative, appointed
from tests.support.sample import NOON, SAMPLE, an_eoi, fresh

LATER = NOON + DAY
REASON = {"en": "A regulation ends this stream.", "fr": "Un règlement met fin à ce volet."}


def director() -> Person:
    return a_staff_member("director", program=SAMPLE)


def proposed(stream: str = "graduates", **more: Any) -> StreamClosing:
    sample.program()
    said: dict[str, Any] = {"by": director(), "at": NOON + HOUR, **more}
    return operations.propose_closing(program=SAMPLE, stream=stream, reason=REASON, **said)


def closed_now(**more: Any) -> StreamClosing:
    return operations.carry_out_closing(closing=proposed(**more), by=director(), at=LATER)


def emptied(**more: Any) -> StreamClosing:
    closing = closed_now(**more)
    while operations.empty_closed_pools(at=LATER):
        pass
    return StreamClosing.objects.get(pk=closing.pk)


def waiting_tasks() -> int:
    return tasks.tasks(SAMPLE).filter(kind="stream.closing_to_carry_out", closed_at=None).count()


def planned(at: Any = NOON + HOUR) -> Draw:
    return draws.plan_draw(
        program=SAMPLE, held_on=LATER.date(), closes_at=NOON + 2 * HOUR, size=1, categories=["graduates"],
        by=a_staff_member("draw_manager", program=SAMPLE), at=at,
    )  # fmt: skip


def made_void(number: str) -> None:
    one, two = director(), director()
    draws.void_draw(number=number, reason="The stream closes.", by=one, confirmed_by=two, at=LATER)


@pytest.mark.django_db
class TestTwoPeople:
    """One director proposes with a reason, another carries it out; until then nothing happens."""

    def test_a_proposal_counts_and_changes_nothing(self):
        live, _draft = an_eoi(), an_eoi("answered")
        closing = proposed()

        assert {key: closing.foreseen[key] for key in ("ends", "in_pool", "drafts", "invitations", "applications")} == {
            "ends": 1, "in_pool": 1, "drafts": 1, "invitations": 0, "applications": 0,
        }  # fmt: skip
        assert operations.empty_closed_pools(at=LATER) == 0
        assert fresh(live).state == "in_pool"
        assert closed.takes_in(SAMPLE, "graduates", LATER)
        assert waiting_tasks() == 1

    def test_nobody_carries_out_their_own_nor_an_officer(self):
        sample.program()
        first = director()
        closing = proposed(by=first)
        for person in (first, a_staff_member("officer", program=SAMPLE), a_staff_member("director")):
            with pytest.raises(NotAllowed):
                operations.carry_out_closing(closing=closing, by=person, at=LATER)
        with pytest.raises(NotAllowed):
            operations.propose_closing(
                program=SAMPLE,
                stream="workers",
                reason=REASON,
                by=a_staff_member("draw_manager", program=SAMPLE),
                at=NOON,
            )
        assert closed.takes_in(SAMPLE, "graduates", LATER)

    def test_one_waits_at_a_time_and_what_is_taken_back_is_proposed_anew(self):
        closing = proposed()
        with pytest.raises(NotAllowed):
            proposed()
        operations.drop_closing(closing=closing, by=director(), at=LATER)
        with pytest.raises(NotAllowed):
            operations.carry_out_closing(closing=closing, by=director(), at=LATER)
        assert proposed().is_waiting
        assert waiting_tasks() == 1

    def test_a_stream_without_a_pool_is_none(self):
        with pytest.raises(IllegalMove):
            proposed("dentists")

    def test_the_database_knows_it_too(self):
        closing = proposed()
        with pytest.raises(IntegrityError), transaction.atomic():
            StreamClosing.objects.filter(pk=closing.pk).update(confirmed_by=closing.proposed_by, confirmed_at=LATER)
        operations.carry_out_closing(closing=closing, by=director(), at=LATER)
        for change in ({"confirmed_at": NOON}, {"reason": {}}, {"until": LATER + DAY}):
            with pytest.raises(DatabaseError), transaction.atomic():
                StreamClosing.objects.filter(pk=closing.pk).update(**change)


@pytest.mark.django_db
class TestThePoolIsEmptied:
    """Each uninvited file ends through the life cycle, with its event and its message; the rest goes on."""

    def test_each_file_ends_once_is_told_why_in_its_language_and_other_streams_stay(self):
        mine, french, other = an_eoi(), an_eoi(by=sample.an_applicant(language="fr")), an_eoi(stream="workers")
        closing = emptied()

        for eoi in (mine, french):
            assert (fresh(eoi).state, fresh(eoi).closing_reason, fresh(eoi).closed_at) == ("closed", "removed", LATER)
            assert audit.trail(eoi.reference).filter(event="eoi.removed").count() == 1
        assert fresh(other).state == "in_pool"
        told = {one.to_id: one.body for one in Notice.objects.filter(kind="eoi_removed")}
        assert set(told) == {mine.candidate_id, french.candidate_id}
        assert REASON["en"] in told[mine.candidate_id]
        assert REASON["fr"] in told[french.candidate_id]
        assert (closing.finished_at, waiting_tasks()) == (LATER, 0)
        events = list(audit.trail(SAMPLE).values_list("event", flat=True))
        assert events == ["stream.closing_proposed", "stream.closed", "stream.pool_emptied"]
        assert broken(check(at=LATER + DAY)) == []

    def test_who_represents_a_candidate_reads_the_same_message_in_their_own_language(self):
        eoi, alone = an_eoi(), an_eoi()
        representative = appointed(eoi.candidate, a_representative(language="fr"))
        former = appointed(alone.candidate)
        end_appointment(
            appointment=Appointment.objects.standing().get(client=alone.candidate).pk, by=alone.candidate, at=NOON
        )
        emptied()

        told = Notice.objects.filter(kind="eoi_removed")
        assert set(told.values_list("to", flat=True)) == {eoi.candidate_id, alone.candidate_id, representative.pk}
        copy = told.get(to=representative)
        assert copy.subject.startswith(eoi.candidate.name)
        assert REASON["fr"] in copy.body
        assert not told.filter(to=former).exists()

    def test_held_files_and_changes_being_prepared_end_too(self):
        held, changing = an_eoi(), an_eoi()
        operations.hold_eoi(reference=held.reference, by=held.candidate, at=NOON + HOUR)
        operations.begin_change(reference=changing.reference, by=changing.candidate, at=NOON + HOUR)
        emptied()

        assert {fresh(held).closing_reason, fresh(changing).closing_reason} == {"removed"}
        assert not AnswersInProgress.objects.exists()

    def test_an_invited_file_goes_on_and_is_foreseen_so(self):
        invited, waits = an_eoi(), an_eoi()
        operations.mark_invited(references=[invited.reference], by=None, at=NOON + HOUR)
        emptied()

        assert (fresh(invited).state, fresh(waits).state) == ("invited", "closed")

    def test_a_file_in_doubt_is_first_decided_and_ends_when_the_doubt_is_lifted(self):
        eoi = factories.an_eoi("doubted")
        one, two = a_staff_member("director"), a_staff_member("director")
        closing = operations.propose_closing(program=eoi.program, stream=eoi.stream, reason=REASON, by=one, at=LATER)
        operations.carry_out_closing(closing=closing, by=two, at=LATER)
        assert (closing.foreseen["doubted"], operations.empty_closed_pools(at=LATER), fresh(eoi).state) == (
            1,
            0,
            "doubted",
        )

        operations.lift_doubt(reference=eoi.reference, by=one, at=LATER + HOUR)
        assert operations.empty_closed_pools(at=LATER + 2 * HOUR) == 1
        assert (fresh(eoi).closing_reason, fresh(eoi).closed_at) == ("removed", LATER + 2 * HOUR)

    def test_a_crash_loses_its_batch_alone_and_the_end_is_the_same(self):
        eois = [an_eoi() for _each in range(5)]
        closing = closed_now()
        assert operations.empty_closed_pools(at=LATER, limit=2) == 2
        with transaction.atomic():
            assert operations.empty_closed_pools(at=LATER, limit=2) == 2
            transaction.set_rollback(True)
        assert ExpressionOfInterest.objects.filter(state="in_pool").count() == 3
        assert closed.still_to_end(closing) == 3

        assert [operations.empty_closed_pools(at=LATER, limit=2) for _each in range(3)] == [2, 1, 0]
        assert {fresh(one).closing_reason for one in eois} == {"removed"}
        assert Notice.objects.filter(kind="eoi_removed").count() == 5
        assert audit.trail(SAMPLE).filter(event="stream.pool_emptied").count() == 1


@pytest.mark.django_db
class TestNothingEnters:
    """From the instant of closing, whether or not the batch has come."""

    def test_no_file_is_opened_handed_in_changed_held_or_filed_anew(self):
        draft, live, ended = an_eoi("answered"), an_eoi(), an_eoi()
        operations.withdraw_eoi(reference=ended.reference, reason="", by=ended.candidate, at=NOON + HOUR)
        operations.begin_change(reference=live.reference, by=live.candidate, at=NOON + HOUR)
        closed_now()
        acts = {
            "open": lambda: an_eoi("draft", at=LATER),
            "submit": lambda: operations.submit_eoi(reference=draft.reference, token="t", by=draft.candidate, at=LATER),
            "begin": lambda: operations.begin_change(reference=live.reference, by=live.candidate, at=LATER),
            "change": lambda: operations.change_eoi(reference=live.reference, version=0, by=live.candidate, at=LATER),
            "hold": lambda: operations.hold_eoi(reference=live.reference, by=live.candidate, at=LATER),
            "anew": lambda: operations.file_anew(reference=ended.reference, by=ended.candidate, at=LATER),
        }
        for act in acts.values():
            with pytest.raises(NotAllowed, match="stream is closed"):
                act()
        with pytest.raises(operations.CannotInvite):
            operations.mark_invited(references=[live.reference], by=None, at=LATER)
        assert an_eoi("draft", stream="workers", at=LATER).state == "draft"

    def test_a_stream_open_again_takes_in_and_keeps_what_came_since(self):
        again = LATER + 10 * DAY
        before = an_eoi()
        closing = closed_now(until=again)
        with pytest.raises(NotAllowed):
            an_eoi(at=again - timedelta(microseconds=1))
        since = an_eoi(at=again)

        assert operations.empty_closed_pools(at=again) == 1
        assert operations.empty_closed_pools(at=again) == 0
        assert (fresh(before).state, fresh(since).state) == ("closed", "in_pool")
        assert StreamClosing.objects.get(pk=closing.pk).finished_at == again
        with pytest.raises(operations.OpensTooSoon):
            proposed("workers", until=NOON)

    def test_a_draw_planned_stands_in_the_way_until_it_is_void_and_none_is_planned_after(self):
        an_eoi()
        draw = planned()
        closing = proposed()
        with pytest.raises(operations.StandsInTheWay, match=draw.number):
            operations.carry_out_closing(closing=closing, by=director(), at=LATER)
        draws.conduct_draw(number=draw.number, by=a_staff_member("draw_manager", program=SAMPLE), at=LATER)
        with pytest.raises(operations.StandsInTheWay, match=draw.number):
            operations.carry_out_closing(closing=closing, by=director(), at=LATER)
        made_void(draw.number)
        operations.carry_out_closing(closing=closing, by=director(), at=LATER)
        with pytest.raises(BadPlan, match="stream is closed"):
            planned(LATER)
        with clock.frozen(LATER):
            manager = signed_in(a_staff_member("draw_manager", program=SAMPLE))
            choice = manager.get("/en/staff/draws/plan/").content.decode()
            asked = manager.get("/en/staff/draws/plan/?stream=graduates").content.decode()
        assert ("?stream=graduates" in choice, "(closed: no draw is held in it)" in choice) == (False, True)
        assert ("This stream is closed" in asked, "Save the plan" in asked) == (True, False)


@pytest.mark.django_db
def test_places_given_back_in_a_closed_stream_are_filled_by_nobody_and_no_page_offers_it():
    for points in (500, 490, 480):
        north.eoi(points)
    draw, last = issued(2, {"order": [{"by": "points"}], "refill": "after_issue"}), north.NOON + 2 * DAY
    gone = Invitation.objects.filter(draw=draw).earliest("pk")
    decline(reference=gone.reference, by=gone.eoi.employer, reason="no longer", at=north.NOON + DAY)
    bench, refill = f"/en/staff/draws/{draw.number}/", f"/en/staff/draws/{draw.number}/refill/"
    one, two = (a_staff_member("director") for _place in range(2))
    desk = signed_in(one)
    with clock.frozen(last):
        assert refill in desk.get(bench).content.decode()
        assert "Invite the next in order" in desk.get(refill).content.decode()
        closing = operations.propose_closing(
            program=draw.program, stream=draw.stream, reason=REASON, by=two, at=north.NOON + DAY
        )
        operations.carry_out_closing(closing=closing, by=one, at=last)

        assert refill not in desk.get(bench).content.decode()
        shown = desk.get(refill).content.decode()
        assert ("This stream is closed" in shown, "Invite the next in order" in shown) == (True, False)
        with pytest.raises(NotAllowed, match="stream is closed"):
            refill_places(number=draw.number, by=one, at=last)


@pytest.mark.django_db
class TestPages:
    """The directors' page, and what everybody reads."""

    def test_one_proposes_another_carries_out_and_the_public_page_tells(self):
        an_eoi()
        url = "/en/staff/streams/graduates/"
        first, second = signed_in(director()), signed_in(director())
        with clock.frozen(LATER):
            assert "expressions of interest that end" in first.get(url).content.decode()
            assert first.post(url, {"reason_en": "x"}).status_code == 422
            said = {"reason_en": REASON["en"], "reason_fr": REASON["fr"]}
            assert first.post(url, said).status_code == 302
            assert first.post(f"{url}settle/", {"confirm": "1"}).status_code == 403
            assert "another director must carry it out" in first.get(url).content.decode()
            assert second.post(f"{url}settle/", {"confirm": "1"}).status_code == 302
            assert second.post(f"{url}settle/", {"confirm": "1"}).status_code == 409
            page = second.get(url).content.decode()
            assert "1 file of the pool has still to end" in page
            assert "Closed since" in second.get("/en/staff/streams/").content.decode()
            for public in ("criteria/", ""):
                told = [second.get(f"/{language}/{SAMPLE}/{public}").content.decode() for language in ("en", "fr")]
                assert [REASON["en"] in told[0], REASON["fr"] in told[1]] == [True, True]
            start = signed_in(sample.an_applicant()).get("/en/candidate/eoi/start/").content.decode()
            assert ('value="graduates"' in start, 'value="workers"' in start) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_who_closes_waits_for_who_is_handing_in_or_planning_and_finds_it():
    draft, closing, second = an_eoi("answered"), proposed(), director()
    manager = a_staff_member("draw_manager", program=SAMPLE)

    def hand_in() -> None:
        operations.submit_eoi(reference=draft.reference, token="t", by=draft.candidate, at=LATER)

    def plan() -> None:
        draws.plan_draw(
            program=SAMPLE, held_on=LATER.date(), closes_at=NOON, size=1, categories=["graduates"], by=manager, at=LATER
        )  # fmt: skip

    assert isinstance(_while_held(plan, closing, second), operations.StandsInTheWay)
    made_void(Draw.objects.get().number)
    assert _while_held(hand_in, closing, second) is None
    assert fresh(draft).state == "in_pool"
    assert operations.empty_closed_pools(at=LATER) == 1
    assert fresh(draft).closing_reason == "removed"


def _until_it_waits() -> None:
    """Return once the other connection waits for a lock of this one; fail where it does not."""
    for _each in range(3000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            if cursor.fetchone()[0]:
                return
        sleep(0.02)
    pytest.fail("whoever closes did not wait")


def _while_held(act: Any, closing: StreamClosing, by: Person) -> Exception | None:
    """Close while ``act`` has run and is not committed yet; return what closing raised."""
    ran, found = Event(), []

    def close() -> None:
        ran.wait(60)
        try:
            operations.carry_out_closing(closing=closing, by=by, at=LATER)
            found.append(None)
        except operations.StandsInTheWay as fault:
            found.append(fault)
        finally:
            connection.close()

    closer = Thread(target=close)
    closer.start()
    with transaction.atomic():
        act()
        ran.set()
        _until_it_waits()
    closer.join()
    return found[0]
