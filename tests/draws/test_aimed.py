"""Targeted draws by cut-off: who is ranked, who is taken, what is published, what stands in the way."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.db.models import F

from passerelle.core import clock
from passerelle.core.facts import Meets
from passerelle.draws import checking, queries
from passerelle.draws.models import Draw, Entry
from passerelle.draws.operations import conduct_draw, mark_issued, plan_draw, publish_notice, replan_draw
from passerelle.draws.operations.planning import BadPlan
from passerelle.eoi import queries as eois
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import queries as programs
from pointsgrid.answers import NOT_APPLICABLE, check, vocabulary
from pointsgrid.language.typing import check as typed
from pointsgrid.loading.vocabulary import condition_tree
from pointsgrid.sql import NotStored, where
from tests.draws.support import (
    CLOSES,
    DAY,
    HOUR,
    NOON,
    OPENED,
    SUBMITTED,
    aimed,
    aimed_program,
    director,
    eoi,
    graduate,
    manager,
    places,
    planned,
)
from tests.support.people import a_staff_member, signed_in
from tests.support.proofs import small_and_full

pytestmark = pytest.mark.django_db
TRADE = {"targeted_trade": True, "highest_education": "secondary"}
DEGREE = {"targeted_trade": False, "highest_education": "master"}
BOTH = {"targeted_trade": True, "highest_education": "bachelor"}
NEITHER = {"targeted_trade": False, "highest_education": "diploma"}


@pytest.fixture
def four() -> dict[str, ExpressionOfInterest]:
    """Four people of the second stream by what they have, and a better one of the first."""
    places()
    eoi(800, facts=BOTH)
    facts = {"trade": TRADE, "degree": DEGREE, "both": BOTH, "neither": NEITHER}
    return {name: graduate(400 + n, facts=facts[name]) for n, name in enumerate(facts)}


def taken(draw: Any, at: datetime = NOON) -> set[int]:
    conduct_draw(number=draw.number, by=manager(), at=at)
    return set(queries.chosen(queries.draw(draw.number)).values_list("eoi_id", flat=True))


def keys(people: dict[str, ExpressionOfInterest], *names: str) -> set[int]:
    return {people[name].pk for name in names}


def failed(draw: Any, **more: Any) -> list[str]:
    return [one["key"] for one in checking.findings(queries.draw(draw.number), NOON + HOUR, **more) if not one["good"]]


# --- who is in ---


def test_a_general_draw_ranks_the_pool_of_its_stream_alone(four: dict[str, ExpressionOfInterest]):
    assert taken(aimed(9)) == keys(four, "trade", "degree", "both", "neither")


@pytest.mark.parametrize(
    ("attributes", "match", "in_it"),
    [
        (["trade"], "every", ["trade", "both"]),
        (["trade", "degree"], "every", ["both"]),
        (["trade", "degree"], "any", ["trade", "degree", "both"]),
    ],
)
def test_a_targeted_draw_ranks_those_with_what_it_names(
    four: dict[str, ExpressionOfInterest], attributes: list[str], match: str, in_it: list[str]
):
    draw = aimed(9, *attributes, match=match)
    seen = queries.preview(draw, NOON)

    assert taken(draw) == keys(four, *in_it)
    assert (seen.pool, seen.taken) == (len(in_it), len(in_it))


def test_what_is_not_answered_or_has_no_meaning_is_not_what_a_draw_is_aimed_at():
    places()
    graduate(facts={})
    graduate(facts={"targeted_trade": NOT_APPLICABLE})
    one = graduate(facts=TRADE)

    assert taken(aimed(9, "trade")) == {one.pk}


def test_a_window_counts_the_first_submission_from_its_first_day_to_the_end_of_its_last():
    places()
    midnight = CLOSES - 10 * DAY  # 15 March in Yellowknife
    inside = [graduate(submitted_at=midnight), graduate(submitted_at=midnight + DAY - timedelta(microseconds=1))]
    graduate(submitted_at=midnight - timedelta(microseconds=1))
    graduate(submitted_at=midnight + DAY)

    assert taken(aimed(9, window={"first_from": date(2026, 3, 15), "first_through": date(2026, 3, 15)})) == {
        one.pk for one in inside
    }


def test_a_permit_is_looked_at_as_of_the_day_of_the_draw_and_ever_after():
    places()
    ends = ["2026-03-24", "2026-03-25", "2026-09-25", "2026-09-26", None]
    people = dict(zip(ends, [graduate(facts={"work_permit_expiry": day}) for day in ends], strict=True))
    inside = {people["2026-03-25"].pk, people["2026-09-25"].pk}
    draw = aimed(9, "permit_soon", held_on=CLOSES.date())
    seen = {"meets": queries.scope(draw, NOON + 400 * DAY)["meets"], "first_from": None, "first_before": None}

    assert (queries.preview(draw, NOON).taken, taken(draw)) == (2, inside)
    assert "aimed" not in failed(draw)
    would = {one.pk for one in people.values() if eois.would_count(one, closes_at=CLOSES, **seen)}
    assert would == inside
    assert "Permis qui expire dans les 6 mois suivant le tirage" in str(queries.said(queries.draw(draw.number), "fr"))


def test_the_same_filter_on_another_day_looks_at_others():
    places()
    graduate(facts={"work_permit_expiry": "2026-03-25"})
    one = graduate(facts={"work_permit_expiry": "2026-09-26"})
    graduate(facts={"work_permit_expiry": "2026-09-27"})

    assert taken(aimed(9, "permit_soon", held_on=CLOSES.date() + timedelta(days=1)), NOON + DAY) == {one.pk}


def test_whoever_was_taken_against_a_filter_reckoned_from_the_day_is_named():
    places()
    graduate(facts={"work_permit_expiry": "2026-09-26"})
    draw = aimed(9)
    taken(draw)
    with pgtrigger.ignore("draws.Draw:plan_stands"):
        Draw.objects.update(filters={"attributes": ["permit_soon"]})

    assert "aimed" in failed(draw)


def test_one_changed_after_the_closing_is_still_in():
    places()
    one = graduate(changeable=True, facts=TRADE, submitted_at=SUBMITTED)
    ExpressionOfInterest.objects.filter(pk=one.pk).update(submitted_at=CLOSES + HOUR)

    assert taken(aimed(1)) == {one.pk}


# --- the cut-off ---


def test_everyone_at_the_score_of_the_last_one_is_taken():
    places()
    people = [graduate(points) for points in (50, 40, 40, 40, 30)]
    draw = aimed(2)
    seen = queries.preview(draw, NOON)

    assert taken(draw) == {one.pk for one in people[:4]}
    assert (seen.taken, seen.cutoff, seen.tied_in, seen.tied_out, seen.beyond) == (4, 40, 3, 0, 2)
    assert queries.outlook(queries.draw(draw.number), NOON) == seen


def test_the_score_published_stands_when_somebody_leaves_after_the_freeze():
    places()
    people = [graduate(points) for points in (50, 40, 30, 30)]
    draw = aimed(2)
    taken(draw)
    ExpressionOfInterest.objects.filter(pk=people[1].pk).update(state="withdrawn", closed_at=NOON)

    mark_issued(number=draw.number, by=director(), at=NOON + HOUR)

    assert [one.eoi_id for one in queries.chosen(queries.draw(draw.number))] == [people[0].pk]


def test_what_is_published_says_general_or_targeted_the_window_and_the_threshold():
    places()
    graduate(50, facts=BOTH)
    draw = aimed(1, "trade", "degree", window={"first_from": date(2026, 3, 1)})
    taken(draw)
    mark_issued(number=draw.number, by=director(), at=NOON + HOUR)

    told = next(one for one in queries.results("ca-nt", NOON) if one.number == draw.number)

    assert (told.stream, told.is_targeted, told.threshold) == ("graduates", True, True)
    assert (queries.draw(draw.number).outcome["lowest"], told.lowest) == (50, None)  # of one alone nothing is told
    assert [one["fr"] for one in told.targets] == ["Métiers ciblés", "Baccalauréat ou plus"]
    assert (told.match, told.first_from, told.first_through) == ("every", "2026-03-01", "")


# --- the ranking read a page at a time is the library's ---


@pytest.mark.parametrize("cases", [3])
def test_lists_sorted_by_the_database_are_the_ranking_of_the_library(seed: int, cases: int):
    places()
    rng = Random(seed)
    for _ in range(12):
        graduate(rng.choice([30, 40, 50]), submitted_at=SUBMITTED + rng.randrange(cases) * HOUR)
    draw = aimed(4)

    seen = queries.ranking(draw, NOON)
    pages = [seen[n : n + 5] for n in range(0, len(seen), 5)]
    conduct_draw(number=draw.number, by=manager(), at=NOON)

    rows = [row for page in pages for row in page]
    standings = Entry.objects.filter(draw=draw).order_by("standing__position")
    assert [(row.position, row.eoi_id, row.taken) for row in rows] == list(
        standings.values_list("standing__position", "eoi_id", "standing__selected")
    )
    assert list(queries.ranking(queries.draw(draw.number), NOON)) == rows


# --- plans that do not hold together ---


def test_the_rule_of_a_notice_says_whom_the_plan_keeps_out_and_never_that_everybody_is_looked_at():
    window = {"first_from": date(2026, 3, 1), "first_through": date(2026, 3, 20)}
    draw = aimed(3, "trade", "degree", match="any", window=window)
    said = _rule_in_notice(draw)
    assert "Only people with this are looked at: Targeted trades or A bachelor's degree or more." in said["en"]
    assert (
        "Seules sont considérées les personnes qui répondent à ceci\xa0: Métiers ciblés ou Baccalauréat" in said["fr"]
    )
    assert "first handed in from March\xa01, 2026 to March\xa020, 2026 are looked at." in said["en"]
    assert "première soumission a eu lieu du 1er\xa0mars 2026 au 20\xa0mars 2026." in said["fr"]
    assert "Everybody in the pool" not in said["en"]
    assert "Toutes les personnes dans le bassin" not in said["fr"]


def test_the_rule_of_a_notice_names_the_categories_where_some_are_left_out():
    some, every = _rule_in_notice(planned(categories=["skilled"])), _rule_in_notice(planned())
    assert "Only people in these categories are looked at: Skilled Worker." in some["en"]
    assert "Seules sont considérées les personnes de ces catégories" in some["fr"]
    assert "Everybody in the pool" not in some["en"]
    assert "Everybody in the pool when entries close is looked at." in every["en"]
    assert "in these categories" not in every["en"]


def _rule_in_notice(draw: Draw) -> dict[str, str]:
    """Publish the notice of a draw and return the row that tells its rule, in both languages."""
    published = publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    labels = {"en": "Rule", "fr": "Règle"}
    return {language: dict(rows)[labels[language]] for language, rows in published.said.items()}


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"attributes": ["nobody_knows"]}, "attributes"),
        ({"first_from": date(2026, 3, 2), "first_through": date(2026, 3, 1)}, "first_through"),
    ],
)
def test_a_plan_aimed_at_what_there_is_not_is_refused(filters: dict[str, Any], field: str):
    aimed_program()
    with pytest.raises(BadPlan) as refusal:
        plan_draw(
            program="ca-nt", size=1, by=manager(), at=OPENED, held_on=CLOSES.date(), closes_at=CLOSES,
            categories=["express_entry"], filters=filters,
        )  # fmt: skip
    assert refusal.value.field == field


def test_a_plan_changes_its_aim_until_the_freeze_and_the_trail_tells():
    draw = aimed(2, "trade")
    changed = replan_draw(
        number=draw.number, by=manager(), at=OPENED, held_on=draw.held_on, closes_at=CLOSES, size=2,
        categories=["express_entry"], filters={"attributes": ["degree", "outside"], "match": "any"},
    )  # fmt: skip

    assert changed.filters == {"attributes": ["degree", "outside"], "match": "any"}


# --- assertions: each planted fault is found ---


def test_somebody_taken_without_what_the_draw_is_aimed_at_is_found(four: dict[str, ExpressionOfInterest]):
    draw = aimed(2, "trade")
    taken(draw)
    assert failed(draw) == []

    ExpressionOfInterest.objects.filter(pk=four["both"].pk).update(facts=DEGREE)

    assert failed(draw) == ["aimed"]


def test_somebody_who_could_be_drawn_and_is_missing_is_found(four: dict[str, ExpressionOfInterest]):
    draw = aimed(2, "trade")
    taken(draw)
    ExpressionOfInterest.objects.filter(pk=four["neither"].pk).update(facts=BOTH)

    assert failed(draw) == ["complete"]


@pytest.mark.parametrize(("left", "out", "good"), [(2, 0, True), (2, 1, False), (1, 0, False)])
def test_invitations_are_planned_above_the_places_left_by_the_factor(left: int, out: int, good: bool):
    places(left)
    for _ in range(out):
        graduate(state="invited")
    for points in (50, 40, 30):
        graduate(points)
    draw = aimed(3)
    taken(draw)

    assert ("places" not in failed(draw)) is good


# --- one meaning: for one person and for the database ---

CONDITIONS = (
    "targeted_trade", "not targeted_trade", "noc_teer <= 3", "noc_teer != 2", "noc_teer in [0, 1]", "noc_teer not in [4, 5]",
    "highest_education >= 'bachelor'", "highest_education == 'diploma'", "work_permit_type in ['open', 'none']",
    "work_permit_expiry < date('2026-09-01')", "work_permit_expiry <= months_before(on.draw, -6)",
    "not work_permit_expiry >= on.draw", "work_permit_expiry > days_before(date('2026-09-02'), 1)",
    "funds_needed > 1000.50", "targeted_trade and noc_teer <= 3",
    "targeted_trade or outside_yellowknife", "not (targeted_trade and outside_yellowknife)",
    "noc_teer is answered", "noc_teer is not answered", "starts_with(noc_code, '6', '73')",
)  # fmt: skip
VALUES: dict[str, list[Any]] = {
    "targeted_trade": [True, False], "outside_yellowknife": [True, False], "noc_teer": [0, 1, 2, 3, 4, 5],
    "highest_education": ["secondary", "diploma", "bachelor", "doctorate"],
    "work_permit_type": ["open", "none", "employer_specific"], "work_permit_expiry": ["2026-08-31", "2026-09-01"],
    "funds_needed": ["1000.50", "1000.51"], "noc_code": ["63200", "73300", "21232"],
}  # fmt: skip


@pytest.mark.parametrize("cases", small_and_full(60, 2_000, "filters"))
def test_a_condition_means_the_same_for_one_person_and_in_the_database(seed: int, cases: int):
    rules = programs.rules(aimed_program()).points
    rng = Random(seed)
    people = [graduate() for _ in range(3)]
    on = {"draw": date(2026, 2, 28)}
    for _ in range(cases):
        said, person = rng.choice(CONDITIONS), rng.choice(people)
        facts = {key: rng.choice([*values, None, NOT_APPLICABLE]) for key, values in VALUES.items()}
        tree = typed(condition_tree(said, vocabulary(rules)), vocabulary(rules))[0]
        ExpressionOfInterest.objects.filter(pk=person.pk).update(facts=facts)

        found = ExpressionOfInterest.objects.filter(
            Meets(F("facts"), where(rules, [tree], on=on)), pk=person.pk
        ).exists()

        assert found is (check(rules, tree, facts, on=on).result == "yes"), (said, facts)


def test_what_stored_facts_cannot_answer_is_refused_when_it_is_compiled():
    rules = programs.rules(aimed_program()).points
    tree = typed(
        condition_tree("completed_years(date_of_birth, on.submission) >= 18", vocabulary(rules)), vocabulary(rules)
    )

    with pytest.raises(NotStored):
        where(rules, [tree[0]])


def test_the_number_of_queries_of_a_preview_does_not_grow_with_the_pool(django_assert_max_num_queries: Any):
    graduate(40, facts=TRADE)
    draw = aimed(3, "trade")

    def asked() -> int:
        with connection.execute_wrapper(lambda execute, *rest: (calls.append(1), execute(*rest))[1]):
            calls: list[int] = []
            queries.preview(draw, NOON)
        return len(calls)

    few = asked()
    for points in range(30, 40):
        graduate(points, facts=TRADE)
    assert asked() <= few


# --- the page ---


def test_a_draw_is_aimed_through_the_page_stream_first_and_the_workbench_says_so():
    aimed_program()
    client = signed_in(a_staff_member("draw_manager"))
    days = {
        f"{name}_{part}": value
        for name in ("held_on", "closes_on")
        for part, value in (("day", "25"), ("month", "3"), ("year", "2026"))
    }
    said = {
        **days, "closes_time": "00:00", "categories": ["express_entry"], "size": "5", "attributes": ["trade", "degree"],
        "match": "any", "first_from_day": "1", "first_from_month": "3", "first_from_year": "2026",
    }  # fmt: skip
    with clock.frozen(NOON):
        choice = client.get("/en/staff/draws/plan/").content.decode()
        page = client.get("/fr/staff/draws/plan/?stream=graduates").content.decode()
        refused = client.post(
            "/en/staff/draws/plan/?stream=graduates",
            {**said, "first_through_day": "1", "first_through_month": "2", "first_through_year": "2026"},
        )
        made = client.post("/en/staff/draws/plan/?stream=graduates", said)
        bench = client.get(made["Location"]).content.decode()

    assert "?stream=graduates" in choice
    assert "Métiers ciblés" in page
    assert refused.status_code == 422
    assert "Targeted: Targeted trades or A bachelor" in bench
    assert Draw.objects.get().filters == {"attributes": ["trade", "degree"], "match": "any", "first_from": "2026-03-01"}
