"""Candidates who open their own files: one in each stream, in the pool at once, on hold and back, renewed."""

from datetime import datetime, timedelta

import pytest

from passerelle.core import clock
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations, queries, wording
from passerelle.notices.models import Notice
from passerelle.programs.operations import check_packs
from tests.factories import DAY, HOUR
from tests.support import sample
from tests.support.people import a_staff_member, an_employer, signed_in
from tests.support.sample import NOON, SAMPLE, an_applicant, an_eoi, fresh

pytestmark = pytest.mark.django_db


def kinds(person) -> list[str]:
    return list(Notice.objects.filter(to=person).order_by("id").values_list("kind", flat=True))


def test_the_third_program_is_sound():
    assert check_packs([sample.FOLDER]) == {"ca-xx/2026-1": []}


def test_who_registers_is_told_once_the_email_is_confirmed():
    person = an_applicant()

    assert (person.audience, person.program, kinds(person)) == ("candidate", SAMPLE, ["account_created"])


def test_a_file_handed_in_is_in_the_pool_at_once_with_its_points():
    eoi = an_eoi()

    assert (eoi.state, eoi.points, eoi.confirmed_points, eoi.confirmed_by) == ("in_pool", 40, 40, None)
    assert (eoi.confirmed_at, eoi.placed_at, eoi.employer) == (NOON, NOON, None)
    assert [one.reference for one in queries.entries(SAMPLE, closes_at=NOON + DAY, at=NOON + DAY)] == [eoi.reference]
    assert kinds(eoi.candidate) == ["account_created", "eoi_received"]
    assert queries.receipt_holds(eoi.reference, eoi.receipt)


def test_nobody_is_left_to_review_and_no_freeze_is_held_up():
    an_eoi()

    assert not queries.to_review(SAMPLE, NOON).exists()
    assert not queries.unsettled(SAMPLE, closes_at=NOON + DAY, at=NOON + DAY).exists()


def test_how_many_wait_to_be_confirmed_is_told_only_where_points_are_confirmed():
    an_eoi()
    with clock.frozen(NOON + DAY):
        client = signed_in(a_staff_member("officer", "draw_manager", program=SAMPLE))
        pages = [client.get(f"/en/staff/{path}").content.decode() for path in ("pool/", "draws/")]

    assert ["in the pool" in one for one in pages] == [True, True]
    assert ["not confirmed yet" in one for one in pages] == [False, False]


def test_nothing_is_handed_in_before_every_criterion_is_answered_with_yes_or_unsure():
    eoi = an_eoi("answered")
    operations.answer_criteria(reference=eoi.reference, answers={"settles": "no"}, by=eoi.candidate, at=NOON)

    with pytest.raises(operations.CriteriaOpen) as lacking:
        operations.submit_eoi(reference=eoi.reference, token="t", by=eoi.candidate, at=NOON)

    assert lacking.value.criteria == ["settles"]


def test_several_streams_at_once_and_one_of_each():
    person = an_applicant()
    first = an_eoi(by=person)
    second = an_eoi(by=person, stream="workers")

    assert {first.state, second.state} == {"in_pool"}
    assert queries.categories_free_for(person, queries.rules(first)) == []
    with pytest.raises(NotAllowed):
        operations.open_eoi(program=SAMPLE, category="graduates", by=person, at=NOON)


def test_one_person_under_two_accounts_has_one_live_file_in_a_stream():
    an_eoi(passport_number="A1")
    again = an_eoi("answered", passport_number="A1")

    with pytest.raises(operations.AlreadyLive):
        operations.submit_eoi(reference=again.reference, token="t", by=again.candidate, at=NOON)


def test_an_employer_opens_no_file_where_candidates_do():
    sample.program()
    employer = an_employer(program=SAMPLE, confirmed=False)

    with pytest.raises(NotAllowed):
        operations.open_eoi(program=SAMPLE, category="graduates", by=employer, at=NOON)


def test_on_hold_no_draw_can_take_it_and_its_place_is_kept():
    eoi = an_eoi()

    operations.hold_eoi(reference=eoi.reference, by=eoi.candidate, at=NOON + HOUR)
    assert not queries.entries(SAMPLE, closes_at=NOON + DAY, at=NOON + DAY).exists()
    assert fresh(eoi).state == "on_hold"

    operations.resume_eoi(reference=eoi.reference, by=eoi.candidate, at=NOON + 2 * HOUR)
    assert (fresh(eoi).state, fresh(eoi).placed_at) == ("in_pool", NOON)
    stood = [queries.state_at(fresh(eoi), NOON + hours * HOUR) for hours in (0, 1, 2)]
    assert stood == ["in_pool", "on_hold", "in_pool"]


def test_a_stream_without_hold_has_none():
    eoi = an_eoi(stream="workers")

    with pytest.raises(NotAllowed):
        operations.hold_eoi(reference=eoi.reference, by=eoi.candidate, at=NOON + HOUR)


def test_what_is_not_in_the_pool_is_not_put_on_hold():
    eoi = an_eoi()
    operations.mark_invited(references=[eoi.reference], by=None, at=NOON + HOUR)

    with pytest.raises(IllegalMove):
        operations.hold_eoi(reference=eoi.reference, by=eoi.candidate, at=NOON + HOUR)


def test_it_is_renewed_in_its_last_thirty_days_and_the_old_one_counts_until_the_new_one_is_handed_in():
    eoi = an_eoi()
    too_early, soon = eoi.valid_before - timedelta(days=30, microseconds=1), eoi.valid_before - 30 * DAY
    with pytest.raises(NotAllowed):
        operations.file_anew(reference=eoi.reference, by=eoi.candidate, at=too_early)

    new = operations.file_anew(reference=eoi.reference, by=eoi.candidate, at=soon)
    assert (new.state, new.answers["degree"], "true_answers" in new.answers) == ("draft", "master", False)
    assert fresh(eoi).state == "in_pool"
    with pytest.raises(NotAllowed):
        operations.file_anew(reference=eoi.reference, by=eoi.candidate, at=soon)

    sample.answer(new, {**new.answers, "true_answers": True}, at=soon)
    operations.submit_eoi(reference=new.reference, token="renewed", by=new.candidate, at=soon)

    assert (fresh(eoi).state, fresh(eoi).closing_reason, fresh(new).state) == ("closed", "renewed", "in_pool")
    assert fresh(new).placed_at == soon
    assert (queries.state_at(fresh(eoi), soon), queries.state_at(fresh(new), soon)) == ("closed", "in_pool")


def test_past_its_last_day_a_new_one_is_offered_and_nothing_stays_in_the_pool():
    eoi = an_eoi()

    def page(at: datetime) -> str:
        with clock.frozen(at):
            return signed_in(eoi.candidate).get(f"/en/candidate/eoi/{eoi.reference}/").content.decode()

    assert "Renew with my answers" in page(eoi.valid_before - DAY)
    over = page(eoi.valid_before)  # before the row is closed
    assert "File a new one with my answers" in over
    assert "stays in the pool" not in over


def test_after_its_year_it_is_closed_and_filed_anew_with_its_answers():
    eoi = an_eoi()
    operations.close_expired(at=eoi.valid_before)

    new = operations.file_anew(reference=eoi.reference, by=eoi.candidate, at=eoi.valid_before + DAY)

    assert (fresh(eoi).closing_reason, new.answers["years_worked"]) == ("expired", 4)


def test_every_event_of_a_candidates_file_has_words():
    eoi = an_eoi()
    operations.hold_eoi(reference=eoi.reference, by=eoi.candidate, at=NOON + HOUR)
    operations.resume_eoi(reference=eoi.reference, by=eoi.candidate, at=NOON + HOUR)
    sample.change(eoi, at=NOON + HOUR, years_worked=6)

    told = [str(line["text"]) for line in wording.timeline(eoi, "candidate")]

    assert len(told) == 8
    assert not [text for text in told if "eoi." in text]


@pytest.mark.parametrize("state", ["draft", "in_pool", "on_hold", "invited", "withdrawn"])
def test_every_state_is_told_without_an_employer(state: str):
    eoi = an_eoi("draft" if state == "draft" else "in_pool")
    if state == "on_hold":
        operations.hold_eoi(reference=eoi.reference, by=eoi.candidate, at=NOON)
    if state == "invited":
        operations.mark_invited(references=[eoi.reference], by=None, at=NOON)
    if state == "withdrawn":
        operations.withdraw_eoi(reference=eoi.reference, reason="", by=eoi.candidate, at=NOON)
    eoi = fresh(eoi)

    now = wording.standing(eoi, "candidate", NOON)
    path = wording.stages(eoi, "candidate", NOON)

    assert now.tag
    assert "employer" not in f"{now.sentence} {now.next_step}".lower()
    assert not [stage for stage in path if "employer" in f"{stage['title']} {stage.get('text', '')}".lower()]
