"""Where a candidate's points stand in the pool: true with ties, silent in a small pool, and nobody else's to read."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from passerelle.core import audit
from passerelle.desks import place
from passerelle.draws.operations import conduct_draw, mark_issued
from passerelle.eoi import queries as eois
from passerelle.eoi.models import Bar, ExpressionOfInterest, PoolCount, ScoreRecord
from passerelle.eoi.operations import count_pool
from passerelle.programs import files
from passerelle.programs.models import Pack
from passerelle.project import sweeping
from tests.draws.support import (
    DAY,
    HOUR,
    NOON,
    OPENED,
    director,
    eoi,
    manager,
    places,
    planned,
    pool,
    program,
)
from tests.support.people import signed_in
from tests.support.threads import together

RESERVES = """    reserve:
      - {key: entry, name: {en: Entry level, fr: Premier échelon}, categories: [entry_level], places: 2}
    ties: submission
"""
pytestmark = pytest.mark.django_db


def edition(pack: Pack, file: str, old: str, new: str) -> None:
    """Put a newer edition of a pack in force, with one text of a file put in the place of another."""
    sources = dict(pack.sources)
    assert old in sources[file]
    sources[file] = sources[file].replace(old, new)
    Pack.objects.create(
        code="ca-nt", version="2026-newer", kind="program", program_id="ca-nt", sha256=files.fingerprint(sources),
        sources=sources, loaded_at=OPENED, in_force_from=pack.in_force_from.replace(day=3),
    )  # fmt: skip


def test_a_place_is_that_of_counting_everybody():
    random = Random(20261127)
    for _ in range(300):
        people = [random.randrange(8) for _ in range(random.randrange(20, 60))]
        mine = random.choice(people)
        others = list(people)
        others.remove(mine)
        found = place.place_of(mine, Counter(people))
        assert found
        assert (found.pool, found.above, found.equal, found.below) == (
            len(people), sum(one > mine for one in others), others.count(mine), sum(one < mine for one in others),
        )  # fmt: skip
        share = 100 * found.below / len(others)
        assert share - 1 < found.percent() <= share
        assert found.percent(5) % 5 == 0
        assert share - 5 < found.percent(5) <= share


def test_only_a_pool_of_twenty_tells_anything():
    assert place.place_of(400, {400: 19}) is None
    assert place.place_of(400, {400: 20}) == place.Place(20, 0, 19, 0)


def test_ties_are_told_by_number_only_where_nobody_is_recognized():
    assert "20 other people" in place.equals(place.Place(40, 0, 20, 19))
    assert "Fewer than 20" in place.equals(place.Place(40, 0, 19, 20))
    assert "Fewer than 20" in place.equals(place.Place(40, 20, 0, 19))


@pytest.mark.parametrize(
    ("where", "percent", "said"),
    [
        (place.Place(100, 36, 0, 63), 63, "more points than 63% of the other people"),
        (place.Place(100, 0, 0, 99), 100, "than everybody else"),
        (place.Place(100, 90, 9, 0), 0, "Nobody in this pool has fewer"),
        (place.Place(1000, 990, 0, 9), 0, "more points than a few"),
    ],
)
def test_the_sentence_never_says_more_than_is_true(where: place.Place, percent: int, said: str):
    assert where.percent() == percent
    assert said in place.headline(where, percent)


def test_the_pool_is_whom_a_draw_could_take_and_is_counted_in_one_statement():
    pool([400, 400, 300])
    eoi(500, state="submitted")
    eoi(500, valid_before=NOON)
    eoi(500, stream="elsewhere")
    barred = eoi(500)
    Bar.objects.create(
        program="ca-nt", person_key=barred.person_key, eoi=barred, from_at=NOON - DAY, before=NOON + DAY, reason="x",
        by=director(), confirmed_by=manager(),
    )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        assert eois.by_points("ca-nt", "employer_driven", NOON) == {300: 1, 400: 2}
    assert len(asked) == 1


def test_what_is_shown_follows_the_privacy_of_the_program():
    pack = program()  # publishes bands
    places()
    mine = pool([400 + number % 12 for number in range(60)])[11]  # 55 of the other 59 have fewer: 93.2 %
    banded = place.shown(mine, NOON)
    assert banded["rounded"] is False
    assert "93%" in banded["headline"]
    assert all(count >= 20 for _band, count in banded["chart"].rows)
    assert sum(count for _band, count in banded["chart"].rows) == 60
    with translation.override("fr"):
        assert "93\u00a0% des autres personnes" in place.shown(mine, NOON)["headline"]
    edition(pack, "settings.yaml", "value: bands\n    options: [auditor", "value: auditor\n    options: [auditor")
    plain = place.shown(mine, NOON)
    assert (plain["chart"], plain["rounded"]) == (None, True)
    assert "90%" in plain["headline"]


def shown_with(numbers: Sequence[int]) -> tuple[ExpressionOfInterest, dict[str, Any]]:
    mine = pool(numbers)[0]
    return mine, place.shown(mine, NOON)


def test_two_looks_of_one_day_are_the_same_whoever_comes_or_leaves_between_them():
    mine, first = shown_with([400 + number for number in range(40)])
    eoi(390)
    ExpressionOfInterest.objects.filter(points=430).update(state="on_hold")
    later = place.shown(mine, NOON + 8 * HOUR)
    assert (later["place"], later["counted_at"]) == (first["place"], NOON)
    assert list(later["chart"].rows) == list(first["chart"].rows)
    tomorrow = place.shown(mine, NOON + DAY)
    assert (first["place"].below, tomorrow["place"].below) == (0, 1)
    assert (first["place"].pool, tomorrow["place"].pool) == (40, 40)


def test_a_day_is_one_of_the_program_and_older_counts_go():
    mine, _first = shown_with([400] * 30)
    evening = NOON.replace(hour=5) + DAY  # 26 March, 05:00 UTC: 25 March, 23:00 in Yellowknife
    assert place.shown(mine, evening)["counted_at"] == NOON
    assert place.shown(mine, evening + 2 * HOUR)["counted_at"] == evening + 2 * HOUR
    place.shown(mine, NOON + 5 * DAY)
    assert [str(one.day) for one in PoolCount.objects.all()] == ["2026-03-30"]


def test_who_was_not_in_the_pool_when_it_was_counted_is_told_to_come_back():
    others = pool([400] * 30)
    place.shown(others[0], NOON)
    came = eoi(410)
    audit.record("eoi.points_confirmed", subject=came.reference, by=None, at=NOON + HOUR, program="ca-nt")
    barred = eoi(420)
    Bar.objects.create(
        program="ca-nt", person_key=barred.person_key, eoi=barred, from_at=NOON - DAY, before=NOON + HOUR, reason="x",
        by=director(), confirmed_by=manager(),
    )  # fmt: skip
    for one in (came, barred):
        assert "was not in it" in place.shown(one, NOON + 2 * HOUR)["why_not"]
    assert place.shown(came, NOON + DAY)["place"].above == 1


def test_changing_ones_points_asks_nothing_more_of_the_days_count():
    """Else whoever may change a file would look at the pool from every height."""
    pool([400 + number for number in range(30)])
    mine = eoi(500)
    for points, at in ((410, NOON - DAY), (500, NOON + HOUR)):
        ScoreRecord.objects.create(
            eoi=mine, pack=mine.pack, grid=mine.grid, facts={}, points=points, sheet={}, cause="submission",
            by=mine.candidate, at=at,
        )  # fmt: skip
    PoolCount.objects.create(
        program="ca-nt", stream="employer_driven", day=NOON.date(), made_at=NOON,
        counts=[[400 + number, 1 + (number == 10)] for number in range(30)],
    )  # fmt: skip
    told = place.shown(mine, NOON + 2 * HOUR)
    assert (told["place"].above, told["points"], told["moved_on"]) == (19, 410, True)


def test_the_sweep_counts_every_pool_once_a_day():
    program()
    eoi(400)
    assert sweeping.sweep(at=NOON)["pools counted for the day"] == 1
    assert sweeping.sweep(at=NOON + HOUR)["pools counted for the day"] == 0
    assert [(one.stream, one.by_points) for one in PoolCount.objects.all()] == [("employer_driven", {400: 1})]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_look_first_at_once_both_see_one_count():
    pool([400] * 25)
    made = together(4, lambda number: count_pool(program="ca-nt", stream="employer_driven", at=NOON).pk)
    assert set(made) == {PoolCount.objects.get().pk}


def test_a_file_outside_the_pool_and_a_small_pool_have_no_place():
    files = pool([400] * 19)
    assert "Fewer than 20" in place.shown(files[0], NOON)["why_not"]
    assert "not in the pool" in place.shown(eoi(500, state="submitted"), NOON)["why_not"]


def test_nobody_but_the_candidate_reads_it():
    mine, *_rest, stranger = pool([400 + number for number in range(25)])
    path = f"/en/candidate/eoi/{mine.reference}/place/"
    seen = signed_in(mine.candidate).get(path)
    assert seen.status_code == 200
    assert "Your expression of interest is not in the pool" not in seen.content.decode()
    assert signed_in(stranger.candidate).get(path).status_code == 404
    assert signed_in(mine.employer).get(path).status_code == 404
    assert Client().get(path).status_code == 302


@pytest.mark.parametrize(("groups", "cutoffs"), [(False, [(418, 6)]), (True, [])])
def test_the_lowest_points_of_a_draw_with_places_for_groups_are_no_cut_off(
    groups: bool, cutoffs: list[tuple[int, int]]
):
    pack = program()
    if groups:
        edition(pack, "selection.yaml", "    ties: submission\n", RESERVES)
    places()
    mine = pool([400 + number for number in range(25)])[12]
    draw = planned(7)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    mark_issued(number=draw.number, by=director(), at=NOON)
    assert [(one.points, one.points - one.mine) for one in place.shown(mine, NOON + DAY)["cutoffs"]][:1] == cutoffs
