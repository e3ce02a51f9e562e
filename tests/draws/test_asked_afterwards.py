"""A draw over groups of filters looked back at: walked again, compared with its pool, supposed otherwise."""

from random import Random
from typing import Any

import pytest

from passerelle.draws import fairness, queries
from passerelle.draws.counterfactual import Counterfactual, Supposed, of
from passerelle.draws.models import Draw
from passerelle.draws.operations import conduct_draw, report_fairness
from passerelle.draws.replaying import Change, Right, came_out, replay
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations.operations import issue_invitations
from tests.draws.support import CLOSES, DAY, HOUR, NOON, aimed, director, graduate, manager, places
from tests.draws.test_asked import AIM, meant
from tests.support.proofs import small_and_full

pytestmark = pytest.mark.django_db
WEEK = 7 * DAY
AFTER = NOON + 8 * WEEK
# A few facts of which every group of the aim asks some.
CHOICES: dict[str, list[Any]] = {
    "highest_education": ["diploma", "master"], "l1_clb_lowest": [6, 7, 9], "targeted_trade": [True, False],
    "outside_yellowknife": [True, False], "job_community": ["inuvik", "aklavik", "hay_river"],
}  # fmt: skip
STUDENT = {"highest_education": "master", "l1_clb_lowest": 7}
WELDER = {
    "targeted_trade": True,
    "outside_yellowknife": True,
    "job_community": "inuvik",
    "highest_education": "diploma",
}


def issued(size: int, weeks: int = 0, aim: dict[str, Any] = AIM) -> Draw:
    shift = weeks * WEEK
    draw = aimed(size, aim=aim, held_on=CLOSES.date() + shift, closes_at=CLOSES + shift)
    conduct_draw(number=draw.number, by=manager(), at=NOON + shift)
    issue_invitations(number=draw.number, by=director(), at=NOON + shift)
    return queries.draw(draw.number)


def a_pool(rng: Random, many: int) -> list[ExpressionOfInterest]:
    # Points stand apart, so that nobody is taken beyond the size for being equal to the last one.
    points = rng.sample(range(300, 500), many)
    return [graduate(one, facts={key: rng.choice(found) for key, found in CHOICES.items()}) for one in points]


def fits(one: ExpressionOfInterest, facts: dict[str, Any] | None = None) -> bool:
    blank = {"noc_code": None, "work_permit_type": None, "funds_needed": None, "work_permit_expiry": None}
    first, *others = [{"match": "every", **group} for group in (AIM, *AIM["or"])]
    return meant({**blank, **one.facts, **(facts or {})}, {**first, "or": others})


def best(files: list[ExpressionOfInterest], size: int) -> list[int]:
    inside = sorted((one for one in files if fits(one)), key=lambda one: -(one.points or 0))
    return [one.pk for one in inside[:size]]


@pytest.mark.parametrize("rounds", small_and_full(2, 100, "groups"))
def test_walked_again_it_takes_those_of_its_groups_and_is_compared_with_them_alone(seed: int, rounds: int):
    rng = Random(seed)
    places(10_000)
    for _round in range(rounds):
        ExpressionOfInterest.objects.filter(state="in_pool").update(state="withdrawn", closed_at=CLOSES - 2 * DAY)
        files = a_pool(rng, 24)
        size = rng.randrange(1, 6)
        draw = issued(size)

        assert list(came_out(draw)) == list(replay(draw).taken) == best(files, size)
        counts = report_fairness(number=draw.number, at=NOON + HOUR).counts
        told = fairness.told(counts, whole=True)
        assert (told["pool"], told["taken"]) == (sum(map(fits, files)), len(best(files, size)))

        # Somebody whose points were too high: the next one who is in a group comes in, and nobody else does.
        first = next(one for one in files if one.pk == best(files, size)[0])
        lower = Change(right={first.pk: Right(points=100)}, stayed=frozenset(one.pk for one in files))
        first.points = 100
        assert set(replay(draw, lower).taken) == set(best(files, size))


def supposed(draw: Draw, one: ExpressionOfInterest, points: int, **facts: Any) -> Counterfactual:
    found = of(draw, one, Supposed(points, facts), at=AFTER)
    assert found
    return found


def test_who_would_be_in_none_of_the_groups_any_more_would_not_have_been_taken_however_many_points():
    places()
    one, _other = graduate(480, facts=STUDENT), graduate(400, facts=WELDER)
    draw = issued(2)

    assert supposed(draw, one, 470).own.taken is True
    assert supposed(draw, one, 470, l1_clb_lowest=8).own.taken is True
    assert supposed(draw, one, 470, l1_clb_lowest=6).own.taken is False
    # In by the other group all the same.
    assert supposed(draw, one, 470, l1_clb_lowest=6, **WELDER).own.taken is True
    assert supposed(draw, one, 390, l1_clb_lowest=6, **WELDER).own.taken is True


def test_a_later_draw_is_asked_whether_one_of_its_groups_has_what_was_shown():
    places()
    one, *_others = graduate(480, facts=STUDENT), graduate(470, facts=WELDER), graduate(300, facts=WELDER)
    draw = issued(1)
    for _waiting in range(2):
        graduate(310, facts={**WELDER, **STUDENT}, submitted_at=NOON + DAY)
    later = issued(2, weeks=1)

    assert supposed(draw, one, 460).later is not None
    assert supposed(draw, one, 460).later.draw == later  # type: ignore[union-attr]
    shown_less = supposed(draw, one, 460, l1_clb_lowest=6)
    assert (shown_less.own.taken, shown_less.later, shown_less.held) == (False, None, 1)
    # Facts that were not the file's when it was drawn, and are shown to be now, put it in a group.
    welder = supposed(draw, one, 460, l1_clb_lowest=6, **WELDER)
    assert (welder.own.taken, welder.later and welder.later.draw) == (False, later)
