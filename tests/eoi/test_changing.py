"""Changing what was handed in until an invitation, and the place it is worth: no sequence of changes gains an earlier one."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import changes, operations, queries
from passerelle.eoi.models import AnswersInProgress, AnswersVersion
from passerelle.eoi.placing import placed_at
from passerelle.notices.models import Notice
from tests.factories import DAY, HOUR
from tests.support.sample import NOON, SAMPLE, an_eoi, change, fresh

START = datetime(2026, 1, 1, tzinfo=UTC)
DEGREES = ("none", "bachelor", "master", "doctorate")  # 0, 10, 20 and 30 points


# --- the rule alone -----------------------------------------------------------------------------------------------------


def truth(scores: list[int], *, hours: int) -> datetime:
    """The slow way, hour by hour: the earliest hour from which the score, as it stood at every hour, is never below the last."""

    def at_hour(hour: int) -> int:
        return scores[min(hour // 2, len(scores) - 1)]

    last = scores[-1]
    good = [hour for hour in range(hours) if all(at_hour(later) >= last for later in range(hour, hours))]
    return START + timedelta(hours=min(good))


@hypothesis(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=2, max_size=12))
def test_the_place_is_the_earliest_moment_since_which_the_score_was_never_below_todays(scores: list[int]):
    """A score every two hours; no sequence of changes gives an earlier place than looking at each hour does."""
    history = [(START + timedelta(hours=2 * place), points) for place, points in enumerate(scores[:-1])]
    now = START + timedelta(hours=2 * (len(scores) - 1))

    found = placed_at("date_of_effect", history, points=scores[-1], at=now)

    assert found == truth(scores, hours=2 * len(scores))


@hypothesis(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=12))
def test_saving_equal_answers_again_leaves_the_place(scores: list[int]):
    history = [(START + timedelta(hours=place), points) for place, points in enumerate(scores)]
    now = START + timedelta(hours=len(scores))

    once = placed_at("date_of_effect", history, points=scores[-1], at=now)
    twice = placed_at("date_of_effect", [*history, (now, scores[-1])], points=scores[-1], at=now + timedelta(hours=1))
    before = placed_at("date_of_effect", history[:-1], points=scores[-1], at=history[-1][0]) if history[:-1] else START

    assert once == twice == before


@pytest.mark.parametrize(("rule", "place"), [("first_submission", 0), ("resubmission", 3), ("date_of_effect", 2)])
def test_each_rule_has_its_place(rule: str, place: int):
    history = [(START + timedelta(hours=hour), points) for hour, points in enumerate((50, 40, 60))]

    assert placed_at(rule, history, points=55, at=START + timedelta(hours=3)) == START + timedelta(hours=place)


# --- on files -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_change_is_a_new_version_in_place_and_leaves_the_end_of_validity():
    before = an_eoi()

    after = change(before, at=NOON + 5 * DAY, years_worked=6)

    assert (after.pk, after.state, after.points, after.confirmed_points) == (before.pk, "in_pool", 50, 50)
    assert (after.valid_before, after.receipt, after.first_submitted_at) == (
        before.valid_before, before.receipt, before.first_submitted_at,
    )  # fmt: skip
    assert queries.receipt_holds(after.reference, after.receipt)
    versions = AnswersVersion.objects.filter(eoi=after).order_by("number")
    assert [(one.number, one.points, one.answers["years_worked"]) for one in versions] == [(1, 40, 4), (2, 50, 6)]
    assert Notice.objects.filter(to=after.candidate, kind="eoi_changed").count() == 1


@pytest.mark.django_db
def test_the_place_follows_what_the_stream_says():
    graduate, worker = an_eoi(), an_eoi(stream="workers")

    lower = change(graduate, at=NOON + DAY, years_worked=1)
    assert lower.placed_at == NOON
    assert change(lower, at=NOON + 2 * DAY, years_worked=4).placed_at == NOON + 2 * DAY
    assert change(worker, at=NOON + DAY, years_worked=1).placed_at == NOON + DAY


@pytest.mark.django_db
def test_what_was_handed_in_counts_until_the_change_is_saved():
    eoi = an_eoi()
    operations.begin_change(reference=eoi.reference, by=eoi.candidate, at=NOON)
    operations.save_change_section(
        reference=eoi.reference, section="work", answers={"degree": "doctorate"}, by=eoi.candidate, at=NOON
    )

    assert [(one.reference, one.points) for one in queries.entries(SAMPLE, closes_at=NOON + DAY, at=NOON + HOUR)] == [
        (eoi.reference, 40)
    ]
    operations.drop_change(reference=eoi.reference, by=eoi.candidate, at=NOON)
    assert (fresh(eoi).answers, AnswersInProgress.objects.count()) == (eoi.answers, 0)


@pytest.mark.django_db
def test_the_effect_is_told_before_it_is_saved():
    ahead, eoi = an_eoi(years_worked=6), an_eoi(at=NOON + HOUR)
    answers = {**eoi.answers, "degree": "doctorate"}

    found = changes.outcome(eoi, answers, at=NOON + DAY)
    assert found.scored
    [line] = changes.lines_that_change(eoi.sheet, found.scored.sheet)
    place = changes.place_in_pool(eoi, points=50, placed_at=found.placed_at, at=NOON + DAY)

    assert (line.before, line.after, found.scored.points, found.placed_at) == (20, 30, 50, NOON + DAY)
    assert (ahead.points, place) == (50, 2)
    assert fresh(eoi).points == 40


@pytest.mark.django_db
def test_who_it_is_about_does_not_change():
    eoi = an_eoi()

    with pytest.raises(operations.IdentityChanged):
        change(eoi, at=NOON + DAY, passport_number="B9999999")
    assert fresh(eoi).answers == eoi.answers


@pytest.mark.django_db
def test_after_an_invitation_nothing_is_changed():
    eoi = an_eoi()
    kept = operations.begin_change(reference=eoi.reference, by=eoi.candidate, at=NOON)
    operations.mark_invited(references=[eoi.reference], by=None, at=NOON + HOUR)

    with pytest.raises(NotAllowed):
        operations.change_eoi(reference=eoi.reference, version=kept.version, by=eoi.candidate, at=NOON + HOUR)
    with pytest.raises(NotAllowed):
        operations.begin_change(reference=eoi.reference, by=eoi.candidate, at=NOON + HOUR)


@pytest.mark.django_db
def test_a_change_is_refused_once_the_year_is_over_though_no_job_has_run():
    eoi = an_eoi()

    with pytest.raises(NotAllowed):
        change(eoi, at=eoi.valid_before, years_worked=6)


@pytest.mark.django_db
def test_a_fresh_permit_moves_the_day_on_which_the_file_lapses():
    eoi = an_eoi(permit_expiry="2026-04-01")
    after = change(eoi, at=NOON + DAY, permit_expiry="2028-01-31")

    assert eoi.lapses_at < NOON + 30 * DAY
    assert after.lapses_at == after.valid_before


@pytest.mark.django_db(transaction=True)
def test_of_two_windows_that_save_at_once_one_does():
    eoi = an_eoi()
    kept = operations.begin_change(reference=eoi.reference, by=eoi.candidate, at=NOON)
    operations.save_change_section(
        reference=eoi.reference, section="attest", answers={"true_answers": True}, by=eoi.candidate, at=NOON
    )
    version, said, ready = kept.version + 1, [], threading.Barrier(2)

    def press() -> None:
        ready.wait()
        try:
            operations.change_eoi(reference=eoi.reference, version=version, by=eoi.candidate, at=NOON + HOUR)
            said.append("saved")
        except IllegalMove:
            said.append("saved already")
        finally:
            connections.close_all()

    windows = [threading.Thread(target=press) for _each in range(2)]
    for one in windows:
        one.start()
    for one in windows:
        one.join()

    assert sorted(said) == ["saved", "saved already"]
    assert AnswersVersion.objects.filter(eoi=eoi).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("years", [0, 9])
def test_a_change_after_entries_closed_neither_helps_nor_harms_in_that_draw(years: int):
    before = an_eoi()
    closes_at = NOON + 2 * DAY
    change(before, at=closes_at, years_worked=years)

    (drawn,) = queries.entries(SAMPLE, closes_at=closes_at, at=closes_at + HOUR, stream="graduates")

    assert (drawn.drawn_points, drawn.drawn_placed_at, drawn.drawn_facts) == (40, before.placed_at, before.facts)
    (later,) = queries.entries(SAMPLE, closes_at=closes_at + HOUR, at=closes_at + 2 * HOUR, stream="graduates")
    assert later.drawn_points != 40
