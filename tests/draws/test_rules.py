"""Selection rules over a real pool: the regimes that programs have used, each with a worked example and its boundaries."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from passerelle.core.verdicts import NotAllowed
from passerelle.draws import queries, ranking, selecting
from passerelle.draws.models import Draw, Entry
from passerelle.draws.operations import (
    DrawBlocked,
    accept,
    conduct_draw,
    enter_dice,
    freeze,
    mark_issued,
    publish_notice,
    select,
)
from passerelle.draws.operations.planning import BadPlan
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import files
from passerelle.programs import queries as programs
from passerelle.programs.models import Pack
from passerelle.programs.rules import selection_words
from pointsgrid import draw as choosing
from tests.draws.support import (
    CLOSES,
    DAY,
    HOUR,
    NOON,
    OPENED,
    chance_program,
    director,
    eoi,
    manager,
    person,
    places,
    planned,
    program,
    under,
    without_seed,
)

pytestmark = pytest.mark.django_db
NAME = {"en": "A test", "fr": "Un essai"}


def taken(draw: Draw) -> list[str]:
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    return list(queries.chosen(draw).values_list("eoi__reference", flat=True))


def refs(*files: ExpressionOfInterest) -> list[str]:
    return [one.reference for one in files]


def held(draw: Draw) -> set[str]:
    draw.refresh_from_db()
    return {one["key"] for one in draw.assertions if one["good"] is False}


def by_lot(draw: Draw, lot: Sequence[ExpressionOfInterest]) -> dict[str, list[str]]:
    """Freeze the draw and walk its entries in the order of a lot written out; return whom each cell takes."""
    freeze(number=draw.number, by=manager(), at=NOON)
    draw.refresh_from_db()
    order = {one.pk: f"{place:04d}" for place, one in enumerate(lot)}
    rows = Entry.objects.filter(draw=draw).values_list("eoi_id", "rank", "cells", "grp", "cap")
    entries = choosing.ranking(selecting.entry(*row, tie=order[row[0]]) for row in rows)
    outcome = choosing.select(lambda: entries, queries.rule_of(draw))
    names = {one.pk: one.reference for one in lot}
    return {
        selecting.cell(part.allotment): [names[selecting.key(pick.entry)] for pick in part.picks]
        for part in outcome.filled
    }


# --- the regimes of the Northwest Territories ---


def test_first_come_first_served_whatever_the_points():
    late, early = eoi(900, submitted_at=CLOSES - DAY), eoi(100, submitted_at=CLOSES - 5 * DAY)
    middle = eoi(500, submitted_at=CLOSES - 2 * DAY)

    draw = under("first_come", 2)

    assert taken(draw) == refs(early, middle)
    assert late.reference not in refs(early, middle)
    assert held(draw) == set()


def test_first_come_to_the_microsecond():
    second = eoi(submitted_at=CLOSES - DAY + timedelta(microseconds=1))
    first = eoi(submitted_at=CLOSES - DAY)

    assert taken(under("first_come", 1)) == refs(first)
    assert second.pk < first.pk


def test_permits_that_end_within_three_months_come_first_then_the_day_received():
    def permit(expiry: str, days: int) -> ExpressionOfInterest:
        return eoi(submitted_at=CLOSES - days * DAY, facts={"work_permit_expiry": expiry} if expiry else {})

    far_early = permit("2027-05-01", 10)
    day_after = permit("2026-06-26", 9)  # three months and a day from 25 March
    last_day = permit("2026-06-25", 2)
    soon_late = permit("2026-04-01", 1)
    none = permit("", 11)

    draw = under({**_nwt("permit_then_received"), "places": None}, 5)

    assert taken(draw) == refs(last_day, soon_late, none, far_early, day_after)
    assert held(draw) == set()


def _nwt(key: str) -> dict[str, Any]:
    one = next(one for one in programs.rules(program()).selection if one.key == key)
    return one.model_dump(mode="json")


def test_a_lot_within_each_group_hands_unused_places_on():
    entry = [eoi(category="entry_level") for _ in range(2)]
    skilled = [eoi(category="skilled") for _ in range(14)]
    french = [eoi(category="express_entry", facts={"francophone": True}) for _ in range(3)]
    lot = [*french[:1], *skilled, *entry, *french[1:]]

    chosen = by_lot(under("random_within_stream", 21), lot)

    # Ten for two people: eight go on to skilled and Express Entry, of whom 17 are there for 18 places; one goes on.
    assert chosen["entry_level"] == refs(*entry)
    assert chosen["skilled"] == refs(french[0], *skilled, *french[1:])
    assert (chosen["francophone"], chosen["*"]) == ([], [])


def test_a_lot_within_each_group_keeps_the_places_of_a_group_that_fills_them():
    entry = [eoi(category="entry_level") for _ in range(12)]
    skilled = [eoi(category="skilled") for _ in range(12)]
    french = eoi(category="skilled", facts={"francophone": True})

    chosen = by_lot(under("random_within_stream", 21), [*entry, *skilled, french])

    assert chosen["entry_level"] == refs(*entry[:10])
    assert chosen["skilled"] == refs(*skilled[:10])
    assert (chosen["francophone"], chosen["*"]) == (refs(french), [])


@pytest.mark.parametrize(("employees", "most"), [(1, 1), (10, 1), (11, 2), (49, 2), (50, 4), (None, 1)])
def test_a_lot_takes_of_one_employer_as_many_as_its_size_allows(employees: int | None, most: int):
    employer = person("employer")
    facts = {"nwt_employees": employees} if employees else {}
    theirs = [eoi(employer=employer, facts=facts) for _ in range(6)]
    other = eoi()

    chosen = by_lot(under("random_with_caps", 150), [*theirs, other])

    assert chosen["others"] == refs(*theirs[:most], other)


def test_two_accounts_of_one_employer_are_one_employer():
    one, two = person("employer"), person("employer")
    two.email = one.email.upper()
    two.save()
    first, second = eoi(employer=one), eoi(employer=two)

    assert by_lot(under("random_with_caps", 150), [first, second])["others"] == refs(first)


def test_an_employer_said_to_have_two_sizes_has_the_smaller_limit():
    """One limit for a group, or nobody could recompute the draw: a verifier refuses two (docs/npd1.md)."""
    employer = person("employer")
    theirs = [eoi(employer=employer, facts={"nwt_employees": size}) for size in (60, 9, 20)]
    others = [eoi(employer=person("employer"), facts={"nwt_employees": 60}) for _ in range(2)]
    draw = under("random_with_caps", 150)

    assert by_lot(draw, [*theirs, *others])["others"] == refs(theirs[0], *others)
    assert set(Entry.objects.filter(draw=draw).values_list("cap", flat=True)) == {1, 4}


def test_entry_level_has_at_most_its_places_and_leaves_the_rest_to_the_others():
    entry = [eoi(category="entry_level") for _ in range(4)]
    skilled = [eoi(category="skilled") for _ in range(3)]
    said = {**_nwt("random_with_caps"), "places": None, "cap": None}
    said["reserve"][0]["places"] = 2

    chosen = by_lot(under(said, 6), [*entry, *skilled])
    assert (chosen["entry_level"], chosen["others"]) == (refs(*entry[:2]), refs(*skilled))


def test_ranked_points_then_the_earlier_submission():
    low, second, first = eoi(300), eoi(400), eoi(400, submitted_at=CLOSES - 20 * DAY)

    draw = under("ranked_points", 2)

    assert taken(draw) == refs(first, second)
    assert Entry.objects.get(eoi=low, draw=draw).rank[0] == 300
    assert held(draw) == set()


# --- other shapes ---


def test_everybody_in_a_window_of_points_is_taken():
    inside = [eoi(one) for one in (481, 480, 470)]
    for points in (469, 482):
        eoi(points)

    draw = under(
        {"takes": "everybody", "only": {"points_at_least": 470, "points_at_most": 481}, "order": [{"by": "points"}]}
    )

    assert taken(draw) == refs(*inside)
    assert held(draw) == set()


def test_a_regional_lottery_takes_from_each_region_its_own():
    north = [eoi(category="entry_level") for _ in range(5)]
    south = [eoi(category="skilled") for _ in range(2)]
    reserve = [
        {"key": "north", "name": NAME, "categories": ["entry_level"], "percent": 50},
        {"key": "south", "name": NAME, "categories": ["skilled"], "percent": 50},
    ]

    chosen = by_lot(under({"reserve": reserve, "order": [{"by": "random"}], "ties": "lot"}, 6), [*north, *south])

    assert (chosen["north"], chosen["south"]) == (refs(*north[:3]), refs(*south))


def test_everybody_at_the_last_points_is_taken():
    best, *tied = eoi(500), eoi(400), eoi(400), eoi(400)
    eoi(399)

    draw = under({"order": [{"by": "points"}], "ties": "take_all"}, 2)

    assert taken(draw) == refs(best, *tied)
    assert held(draw) == set()


def test_reserved_places_are_filled_by_rank_and_what_is_left_is_everybodys():
    top, mid = eoi(600), eoi(550)
    entry_low, entry_lower = eoi(200, category="entry_level"), eoi(150, category="entry_level")
    reserve = [{"key": "entry", "name": NAME, "categories": ["entry_level"], "places": 1}]

    draw = under({"reserve": reserve, "order": [{"by": "points"}]}, 2)

    assert sorted(taken(draw)) == sorted(refs(top, entry_low))
    assert held(draw) == set()
    assert {mid.reference, entry_lower.reference} == set(
        queries.not_chosen(draw).values_list("eoi__reference", flat=True)
    )


def test_a_cap_holds_in_a_ranked_draw_too():
    employer = person("employer")
    best, second, other = eoi(600, employer=employer), eoi(500, employer=employer), eoi(100)

    draw = under({"cap": {"limits": [{"take": 1}]}, "order": [{"by": "points"}]}, 2)

    assert taken(draw) == refs(best, other)
    assert held(draw) == set()
    assert second.reference in set(queries.not_chosen(draw).values_list("eoi__reference", flat=True))


# --- facts that order ---


@pytest.mark.parametrize(
    ("key", "first", "values", "order"),
    [
        ("work_permit_expiry", "earliest", ["2026-05-01", "2026-04-01", "", "not applicable"], [1, 0, 2, 3]),
        ("work_permit_expiry", "latest", ["2026-05-01", "2026-06-01", ""], [1, 0, 2]),
        ("nwt_employees", "highest", [3, 10, None, 0], [1, 0, 3, 2]),
        ("nwt_employees", "lowest", [3, 10, None, 0], [3, 0, 1, 2]),
        ("francophone", "yes", [False, True, None], [1, 0, 2]),
        ("francophone", "no", [True, False, None], [1, 0, 2]),
        ("highest_education", "highest", ["secondary", "master", None, "doctorate"], [3, 1, 0, 2]),
    ],
)
def test_any_ordered_fact_orders_and_a_blank_comes_last(key: str, first: str, values: list[Any], order: list[int]):
    # Criteria are another matter: none lapses by the day of the draw.
    later = CLOSES + 365 * DAY
    files = [eoi(facts={} if value is None else {key: value}, lapses_at=later) for value in values]

    draw = under({"order": [{"by": "fact", "fact": key, "first": first}]}, len(files))
    found = taken(draw)

    assert found == [files[place].reference for place in order]
    assert all(
        number >= 0 for rank in Entry.objects.filter(draw=draw).values_list("rank", flat=True) for number in rank
    )


@pytest.mark.parametrize(
    ("day", "months", "until"),
    [
        (date(2026, 3, 25), 3, date(2026, 6, 25)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2025, 10, 31), 2, date(2025, 12, 31)),
        (date(2025, 12, 1), 12, date(2026, 12, 1)),
        (date(2025, 11, 15), 1, date(2025, 12, 15)),
    ],
)
def test_months_after_a_draw(day: date, months: int, until: date):
    assert ranking.near(day, months) == until


# --- what a plan refuses, and what has no seed ---


def test_a_rule_by_chance_is_not_selected_before_it_has_a_seed():
    for _ in range(3):
        eoi()
    draw = under("random_with_caps", 150)

    assert conduct_draw(number=draw.number, by=manager(), at=NOON).state == "frozen"
    with pytest.raises(NotAllowed, match="seed"):
        select(number=draw.number, by=manager(), at=NOON)


def test_a_rule_by_chance_is_not_planned_where_its_pack_names_no_source_of_chance():
    without_seed()
    with pytest.raises(BadPlan) as refusal:
        planned(150, rule="random_with_caps")

    assert refusal.value.field == "rule"


REGIMES = ("first_come", "random_with_caps", "random_within_stream", "permit_then_received", "ranked_points")


@pytest.mark.parametrize("key", REGIMES)
def test_each_regime_of_the_territory_runs_from_plan_to_issue_with_the_pack_as_it_is_shipped(key: str):
    """Issue 4: first come, three of 2025 and ranked points, as packs and not code. The notice and window of the pack hold."""
    shipped = files.sources(Path(__file__).parents[2] / "packs" / "ca-nt" / "2026-1")
    Pack.objects.create(
        code="ca-nt", version="2026-shipped", kind="program", program_id=program().program_id, loaded_at=OPENED,
        sha256=files.fingerprint(shipped), sources=shipped, in_force_from=datetime(2026, 2, 2, tzinfo=UTC),
    )  # fmt: skip
    places(300)
    for category in ("skilled", "skilled", "entry_level", "express_entry"):
        eoi(category=category)
    rule = next(one for one in programs.rules(Pack.objects.get(version="2026-shipped")).selection if one.key == key)
    draw = planned(rule.places or 3, rule=key)
    publish_notice(number=draw.number, by=manager(), at=NOON - 4 * DAY)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    later = NOON + 24 * HOUR
    for _witness in range(2 if "random" in key else 0):
        enter_dice(number=draw.number, digits="3141592653589793238462643383279502884197", by=manager(), at=later)
    select(number=draw.number, by=manager(), at=later)
    head = director()
    accept(number=draw.number, by=head, at=later)
    mark_issued(number=draw.number, by=head, at=later)

    drawn = queries.draw(draw.number)
    committed = json.loads(drawn.commitment.document)
    assert drawn.state == "issued"
    assert committed["source"]["kind"] == ("dice" if "random" in key else "none")
    assert drawn.outcome["invited"] == (4 if rule.places else 3)
    assert held(drawn) == set()


def test_nor_selected_where_such_a_plan_stands_from_before():
    for _ in range(3):
        eoi()
    draw = under({**_nwt("random_with_caps"), "seed": None}, 150)

    with pytest.raises(DrawBlocked) as blocked:
        conduct_draw(number=draw.number, by=manager(), at=NOON)

    assert blocked.value.why == "no_seed"
    draw.refresh_from_db()
    assert draw.state == "frozen"


@pytest.mark.parametrize(
    ("key", "size", "field"), [("random_within_stream", 20, "size"), ("nothing_like_it", 2, "rule")]
)
def test_a_plan_that_its_rule_does_not_allow_is_refused(key: str, size: int, field: str):
    chance_program(notice=0, hours=0)
    with pytest.raises(BadPlan) as refusal:
        planned(size, rule=key)

    assert refusal.value.field == field


def test_a_preview_and_the_draw_take_the_same_under_reserves_and_caps():
    employer = person("employer")
    for points in (600, 590, 580):
        eoi(points, employer=employer)
    for points in (300, 200):
        eoi(points, category="entry_level")
    eoi(100)
    reserve = [{"key": "entry", "name": NAME, "categories": ["entry_level"], "places": 1, "spill": True}]
    said = {"reserve": reserve, "cap": {"limits": [{"take": 2}]}, "order": [{"by": "points"}]}
    draw = under(said, 4)

    foreseen = {row.reference for row in queries.ranking(draw, NOON) if row.taken}
    outlook = queries.preview(draw, NOON)

    assert foreseen == set(taken(draw))
    assert (outlook.pool, outlook.taken, outlook.cutoff) == (6, 4, 200)


def test_a_rule_is_told_in_both_languages():
    rules = programs.rules(program())
    for one in rules.selection:
        told = selection_words.in_both(one, rules, "employer_driven")
        assert len(told["en"]) == len(told["fr"]) > 1
        assert not set(told["en"]) & set(told["fr"])
        assert all(line.strip().endswith(".") and "%(" not in line for lines in told.values() for line in lines)


def test_whoever_withdraws_and_files_again_after_the_freeze_has_no_second_number():
    first, other = eoi(), eoi()
    draw = under("random_with_caps", 150)
    freeze(number=draw.number, by=manager(), at=NOON)
    ExpressionOfInterest.objects.filter(pk=first.pk).update(state="withdrawn", closed_at=NOON)
    again = eoi(person_key=first.person_key, submitted_at=CLOSES - DAY)

    keys = list(Entry.objects.filter(draw=draw).values_list("eoi_id", flat=True))

    assert sorted(keys) == [first.pk, other.pk]
    assert again.pk not in keys


def test_a_person_cannot_be_in_the_pool_of_a_draw_twice():
    first = eoi()

    with pytest.raises(IntegrityError), transaction.atomic():
        eoi(person_key=first.person_key)
