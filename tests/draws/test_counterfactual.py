"""Would they still have been invited with fewer points: held against a ranking made by hand, draw after draw."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from passerelle.draws import queries
from passerelle.draws.counterfactual import Counterfactual, Fate, Supposed, of, sentences
from passerelle.draws.models import Draw, Lot
from passerelle.draws.operations import accept, conduct_draw, enter_dice, freeze, select
from passerelle.eoi.models import Bar, ExpressionOfInterest
from passerelle.invitations.operations import issue_invitations
from tests.draws.support import CLOSES, DAY, NOON, SUBMITTED, chance_program, director, eoi, manager, under
from tests.support.proofs import scaled

pytestmark = pytest.mark.django_db
POINTS: dict[str, Any] = {"order": [{"by": "points"}, {"by": "date_of_effect", "first": "earliest"}]}
WEEK = 7 * DAY
AFTER = NOON + 8 * WEEK


def issued(size: int, said: dict[str, Any] = POINTS, weeks: int = 0, **more: Any) -> Draw:
    """A draw of the pool as it stands, so many weeks later, with its invitations out."""
    shift = weeks * WEEK
    draw = under(said, size, held_on=CLOSES.date() + shift, closes_at=CLOSES + shift, **more)
    conduct_draw(number=draw.number, by=manager(), at=NOON + shift)
    issue_invitations(number=draw.number, by=director(), at=NOON + shift)
    return queries.draw(draw.number)


def by_hand(files: Sequence[ExpressionOfInterest], one: ExpressionOfInterest, points: int, size: int) -> bool:
    ranked = sorted(files, key=lambda file: (-(points if file == one else file.points or 0), file.placed_at))
    return one in ranked[:size]


def told(draw: Draw, one: ExpressionOfInterest, points: int) -> Counterfactual:
    found = of(draw, one, Supposed(points), at=AFTER)
    assert found
    return found


@pytest.mark.parametrize("round_number", range(scaled(4, "counterfactuals")))
def test_with_any_points_it_is_what_a_ranking_by_hand_gives(round_number: int, seed: int):
    chance = random.Random(f"{seed} {round_number}")
    files = [eoi(chance.choice([400, 405, 410, 415])) for _ in range(chance.randrange(5, 12))]
    draw = issued(size := chance.randrange(1, 5))
    for one in queries.chosen(draw):
        for points in (399, 400, 404, 405, 406, 410, 415):
            fate = told(draw, one.eoi, points).own
            assert fate.taken == by_hand(files, one.eoi, points, size), (points, [file.points for file in files])


def test_the_sentence_gives_the_cut_off_that_would_have_been():
    first, *_rest = (eoi(points) for points in (500, 490, 480, 470))
    draw = issued(2)
    still, not_any_more = told(draw, first, 485), told(draw, first, 475)
    assert list(sentences(still, to_candidate=True)) == [
        "With a total of 485, you would still have been invited in the draw of March\u00a025, 2026."
    ]
    assert list(sentences(not_any_more, to_candidate=False)) == [
        "With a total of 475, this file would not have been invited in the draw of March\u00a025, 2026: "
        "the last one taken would have had 480.",
        "No later draw of this stream has been held.",
    ]


def test_whoever_had_left_before_the_issue_leaves_room():
    first, gone, third, _fourth = (eoi(points) for points in (500, 490, 480, 470))
    draw = under(POINTS, 2)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    ExpressionOfInterest.objects.filter(pk=gone.pk).update(state="withdrawn", closed_at=NOON)
    issue_invitations(number=draw.number, by=director(), at=NOON)
    draw = queries.draw(draw.number)
    assert told(draw, first, 475).own.taken is True  # third, and first with 475, before the fourth
    assert told(draw, first, 465).own.taken is False
    assert told(draw, third, 469).own.taken is False


def test_everybody_at_the_cut_off_is_in_with_exactly_its_points():
    first, *_rest = (eoi(points) for points in (500, 490, 480, 480))
    draw = issued(2, {"order": [{"by": "points"}], "ties": "take_all"})
    assert [told(draw, first, points).own.taken for points in (481, 480, 479)] == [True, True, False]


def test_the_lot_that_was_drawn_is_kept():
    draw, files = by_lot([480, 480, 480, 470, 470, 470], size=3)
    lots = dict(Lot.objects.values_list("entry__eoi_id", "tie"))
    by_lots = sorted(files[3:], key=lambda file: lots[file.pk])
    for one in files[:3]:
        among = sorted([one, *by_lots], key=lambda file: lots[file.pk])
        assert told(draw, one, 470).own.taken == (among[0] == one)


def by_lot(points: Sequence[int], size: int, weeks: int = 0) -> tuple[Draw, list[ExpressionOfInterest]]:
    """A draw in which equals are left to chance, issued over files with these points and whoever waits."""
    chance_program(seed="dice", notice=0, hours=0)
    files, shift = [eoi(one) for one in points], weeks * WEEK
    said = {"order": [{"by": "points"}], "ties": "lot"}
    draw = under(said, size, held_on=CLOSES.date() + shift, closes_at=CLOSES + shift)
    freeze(number=draw.number, by=manager(), at=NOON + shift)
    for _person in range(2):
        enter_dice(number=draw.number, digits="3141592653589793238462643383279502884197", by=manager(), at=NOON + shift)
    select(number=draw.number, by=manager(), at=NOON + shift)
    accept(number=draw.number, by=director(), at=NOON + shift)
    issue_invitations(number=draw.number, by=director(), at=NOON + shift)
    return queries.draw(draw.number), files


def test_in_a_later_draw_only_a_lot_would_tell_among_equals():
    draw, [first, *_rest] = by_lot([480, 470, 470, 460, 460], size=1)
    by_lot([], size=2, weeks=1)  # takes the two with 470
    third, _files = by_lot([], size=1, weeks=2)  # one of two with 460
    assert told(draw, first, 461).later == Fate(third, True, 461)
    open_still = told(draw, first, 460)
    assert open_still.later == Fate(third, None, 460)
    assert "a lot among equals would have decided" in list(sentences(open_still, to_candidate=True))[1]
    assert told(draw, first, 459).later is None


def test_the_first_later_draw_that_would_have_taken_it_is_named():
    first, *_rest = (eoi(points) for points in (500, 490, 480, 470, 460))
    draw = issued(1)
    second, third = issued(2, weeks=1), issued(1, weeks=2)
    assert told(draw, first, 485).later == Fate(second, True, 485)
    assert told(draw, first, 475).later == Fate(third, True, 475)
    none = told(draw, first, 465)
    assert (none.later, none.held) == (None, 2)
    assert list(sentences(none, to_candidate=True))[1] == (
        "None of the 2 later draws held so far would have taken you either."
    )
    # Draws that are not issued by then are not known yet.
    early = of(draw, first, Supposed(475), at=NOON + WEEK + timedelta(hours=1))
    assert early
    assert (early.later, early.held) == (None, 1)


@pytest.mark.parametrize("why", ["category", "valid", "lapsed", "window", "barred"])
def test_a_later_draw_that_would_not_have_looked_at_it_takes_nobody(why: str):
    more = {
        "valid": {"valid_before": NOON + DAY}, "lapsed": {"lapses_at": NOON + DAY}, "category": {"category": "entry_level"},
    }.get(why, {})  # fmt: skip
    first, *_rest = (eoi(500, submitted_at=SUBMITTED, **more), eoi(490), eoi(480))
    draw = issued(1)
    ahead = {"category": {"categories": ["skilled"]}, "window": {"filters": {"first_from": "2026-03-12"}}}.get(why, {})
    if why == "window":
        eoi(300, submitted_at=CLOSES - DAY)
    if why == "barred":
        Bar.objects.create(
            program="ca-nt", person_key=first.person_key, eoi=first, from_at=NOON + DAY, before=AFTER, reason="x",
            by=director(), confirmed_by=manager(),
        )  # fmt: skip
    issued(2, weeks=1, **ahead)
    found = told(draw, first, 489)
    assert (found.own.taken, found.later, found.held) == (False, None, 1)


def test_points_below_what_a_rule_looks_at_are_not_in_it():
    first, *_rest = (eoi(points) for points in (500, 490, 480))
    draw = issued(3, {**POINTS, "only": {"points_at_least": 450}})
    assert told(draw, first, 450).own.taken is True
    assert told(draw, first, 449).own.taken is False


def test_a_draw_that_was_not_issued_or_did_not_have_the_file_tells_nothing():
    first, stranger = eoi(500), eoi(490, state="submitted", stream="elsewhere")
    draw = under(POINTS, 1)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    assert of(queries.draw(draw.number), first, Supposed(400), at=AFTER) is None
    issue_invitations(number=draw.number, by=director(), at=NOON)
    assert of(queries.draw(draw.number), stranger, Supposed(400), at=AFTER) is None
    assert of(queries.draw(draw.number), first, Supposed(400), at=AFTER) is not None
