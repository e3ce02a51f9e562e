"""Selection rules are checked when a pack is loaded: each fault with its file, line, and what would mend it."""

from datetime import date
from typing import Any

import pytest
import yaml
from django.conf import settings

from passerelle.programs import files
from passerelle.programs.rules import program
from passerelle.programs.rules.problems import Problem
from passerelle.programs.rules.reading import Reader
from passerelle.programs.rules.selection import SelectionRule
from passerelle.programs.rules.selection_checks import tell

NAMES = {"en": "A test", "fr": "Un essai"}
RULE: dict[str, Any] = {
    "key": "here", "name": NAMES, "order": [{"by": "points"}], "ties": "submission", "source": "a test",
    "certainty": "general",
}  # fmt: skip
RESERVE = {"key": "some", "name": NAMES, "categories": ["skilled"], "places": 3}


def faults(*rules: dict[str, Any], seed: str = "") -> list[Problem]:
    """Return what is told of the NWT pack with these rules in place of its own; ``seed``: a setting put first."""
    sources = dict(files.sources(settings.PACKS / "ca-nt" / "2026-1"))
    sources["settings.yaml"] = sources["settings.yaml"].replace("settings:\n", seed or "settings:\n", 1)
    sources["selection.yaml"] = yaml.safe_dump({"rules": list(rules)}, allow_unicode=True)
    read, problems = program.attempt(sources)
    reader = Reader(sources)
    if read is not None:
        tell(read, reader)
    return [*problems, *reader.problems]


def test_a_sound_rule_has_no_fault():
    assert faults(RULE) == []


@pytest.mark.parametrize(
    ("change", "told", "remedy"),
    [
        ({"order": [{"by": "fact", "fact": "work_permit_expirey", "first": "earliest"}]}, "no fact work_permit_expirey",
         "work_permit_expiry"),
        ({"order": [{"by": "fact", "fact": "family_name", "first": "highest"}]}, "no fact family_name", ""),
        ({"order": [{"by": "fact", "fact": "work_permit_type", "first": "highest"}]}, "has no order", "a number, a day"),
        ({"order": [{"by": "fact", "fact": "work_permit_expiry"}]}, "which end", "earliest or latest"),
        ({"order": [{"by": "fact", "fact": "work_permit_expiry", "first": "highest"}]}, "which end", "earliest or latest"),
        ({"order": [{"by": "fact", "fact": "francophone", "within_months": 3}]}, "no day", "Name a date"),
        ({"order": [{"by": "fact"}]}, "fact: stands beside", "with its key"),
        ({"order": [{"by": "points", "first": "earliest"}]}, "no earliest end", "highest or lowest"),
        ({"order": [{"by": "random"}, {"by": "points"}], "ties": "lot"}, "after chance", "last"),
        ({"order": [{"by": "random"}]}, "by chance breaks ties by lot", "ties: lot"),
        ({"order": [{"by": "submitted"}], "ties": "take_all"}, "takes nobody along", "ties: submission"),
        ({"places": 2, "reserve": [RESERVE]}, "hold 3 places and the rule has 2", "Lower"),
        ({"reserve": [{**RESERVE, "places": None, "percent": 60}, {**RESERVE, "key": "b", "places": None, "percent": 60}]},
         "more than 100 percent", "Lower"),
        ({"reserve": [RESERVE, RESERVE]}, "two reserves have one key", "its own"),
        ({"reserve": [{**RESERVE, "rest": True}]}, "must say how many", "one of places"),
        ({"reserve": [{**RESERVE, "places": -1}]}, "impossible number", "0 or more"),
        ({"reserve": [{**RESERVE, "categories": []}]}, "must say for whom", "Write categories"),
        ({"reserve": [{**RESERVE, "categories": ["nurses"]}]}, "no category nurses", ""),
        ({"reserve": [{**RESERVE, "categories": [], "when": "nurse"}]}, "no attribute nurse", "pool.filters"),
        ({"only": {"attributes": ["nurse"]}}, "no attribute nurse", "pool.filters"),
        ({"only": {"points_at_least": 9, "points_at_most": 8}}, "holds nobody", "at most points_at_most"),
        ({"cap": {"limits": [{"take": 1, "up_to": 10}, {"take": 2}]}}, "no fact that says the employer's size", "under size"),
        ({"cap": {"limits": [{"take": 0}]}}, "takes nobody", "1 or more"),
        ({"cap": {"size": "work_permit_type", "limits": [{"take": 1}]}}, "has no order", "a number"),
        ({"cap": {"limits": [{"take": 1}, {"take": 2}]}}, "only the last limit", ""),
        ({"cap": {"size": "nwt_employees", "limits": [{"take": 1, "up_to": 9}, {"take": 2, "up_to": 9}]}}, "smallest employer", ""),
        ({"takes": "everybody", "places": 3}, "takes everybody and holds places", "takes: places"),
        ({"streams": ["nowhere"]}, "no stream nowhere", ""),
        ({"in_force_from": date(2026, 2, 1), "in_force_through": date(2026, 1, 1)}, "ends before it begins", "later day"),
        ({"name": {"en": "Only English"}}, "no French text", "both languages"),
        ({"reserve": [{**RESERVE, "name": {"en": "Only English"}}]}, "no French text", "both languages"),
        ({"ties": "by_hand"}, "'take_all'", "one of the values"),
        ({"order_by": "points"}, "not known here", "Remove it"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_remedy(change: dict[str, Any], told: str, remedy: str):
    problems = faults({**RULE, **change})

    matching = [one for one in problems if told in one.problem and remedy in one.remedy]
    assert matching, problems
    assert all(one.file == "selection.yaml" and one.line > 0 for one in matching)


LOT = {**RULE, "order": [{"by": "random"}], "ties": "lot"}


@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        (LOT, True),
        ({**RULE, "ties": "lot"}, True),
        ({**RULE, "ties": "take_all", "cap": {"limits": [{"take": 1}]}}, True),
        ({**RULE, "ties": "take_all"}, False),
        ({**LOT, "in_force_through": date(2026, 3, 31)}, True),  # the edition is in force since February 2026
        ({**LOT, "in_force_through": date(2025, 12, 31)}, False),
    ],
)
def test_a_rule_that_draws_lots_needs_a_source_of_chance_unless_it_is_history(rule: dict[str, Any], refused: bool):
    told = [one for one in faults(rule) if "names no source of chance" in one.problem]

    assert bool(told) is refused
    for one in told:
        assert (one.file, one.line > 0) == ("selection.yaml", True)
        assert "draw_seed (dice or drand)" in one.remedy


@pytest.mark.parametrize(("seed", "refused"), [("dice", False), ("drand", False), ("none", True)])
def test_the_setting_of_the_program_says_where_chance_comes_from(seed: str, refused: bool):
    said = "settings:\n  - {key: draw_seed, label: {en: Chance, fr: Hasard}, value: %s, source: a test, certainty: general}\n"

    told = [one for one in faults(LOT, seed=said % seed) if "names no source of chance" in one.problem]

    assert bool(told) is refused


@pytest.mark.parametrize("seed", ["dice", "drand"])
def test_a_rule_may_name_its_own_source_of_chance_and_only_one_that_draws_lots(seed: str):
    assert faults({**LOT, "seed": seed}) == []
    (told,) = faults({**RULE, "seed": seed})
    assert "leaves nothing to chance" in told.problem
    assert "Leave seed out" in told.remedy


@pytest.mark.parametrize(
    "afterwards", [{"by": "random"}, {"by": "fact"}, {"by": "points", "fact": "work_permit_expiry"}]
)
def test_invitations_need_something_to_go_by(afterwards: dict[str, Any]):
    assert any(
        "names nothing by which invitations" in one.problem for one in faults({**RULE, "afterwards": afterwards})
    )


def test_a_cap_needs_employers_in_its_streams():
    sources = dict(files.sources(settings.PACKS / "ca-on" / "2024-1"))
    graduates = {**RULE, "streams": ["masters_graduate"], "cap": {"limits": [{"take": 1}]}}
    others = {
        **RULE,
        "key": "others",
        "streams": ["foreign_worker", "international_student", "in_demand_skills", "phd_graduate"],
    }
    sources["selection.yaml"] = yaml.safe_dump({"rules": [graduates, others]}, allow_unicode=True)
    read, _problems = program.attempt(sources)
    reader = Reader(sources)
    assert read
    tell(read, reader)

    assert [one.problem for one in reader.problems] == ["here: stream masters_graduate has no employers to count."]


def test_two_rules_of_one_stream_never_hold_on_the_same_day():
    until = {**RULE, "key": "until", "in_force_through": date(2026, 2, 28)}
    since = {**RULE, "key": "since", "in_force_from": date(2026, 3, 1)}

    assert faults(until, since) == []
    assert "hold on the same day" in faults(until, {**since, "in_force_from": date(2026, 2, 28)})[0].problem
    assert "called here" in faults(RULE, RULE)[0].problem


def test_a_pool_needs_a_rule():
    sources = dict(files.sources(settings.PACKS / "ca-nt" / "2026-1"))
    del sources["selection.yaml"]
    read, _problems = program.attempt(sources)
    reader = Reader(sources)
    assert read
    tell(read, reader)

    assert "has a pool and no rule" in reader.problems[0].problem


def test_the_rules_of_the_territories_follow_each_other_without_a_gap():
    rules = program.read(dict(files.sources(settings.PACKS / "ca-nt" / "2026-1")))
    days = [
        "2024-07-22",
        "2025-02-27",
        "2025-03-06",
        "2025-07-02",
        "2025-11-10",
        "2026-02-28",
        "2026-03-01",
        "2026-11-27",
    ]

    found = [rules.selection_rule("employer_driven", date.fromisoformat(day)) for day in days]

    assert [one.key for one in found if one] == [
        "first_come", "random_with_caps", "random_with_caps", "random_within_stream", "permit_then_received",
        "permit_then_received", "ranked_points", "ranked_points",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reserve", "size", "places"),
    [
        ([], 5, {"*": 5}),
        ([{**RESERVE, "places": 3}], 5, {"some": 3, "*": 2}),
        ([{**RESERVE, "places": 5}], 5, {"some": 5}),
        ([{**RESERVE, "places": 5, "spill": True}], 5, {"some": 5, "*": 0}),
        ([{**RESERVE, "places": None, "percent": 33}], 10, {"some": 3, "*": 7}),
        (
            [{**RESERVE, "places": 2}, {**RESERVE, "key": "rest", "places": None, "rest": True}],
            5,
            {"some": 2, "rest": 3},
        ),
    ],
)
def test_places_of_a_draw_are_shared_out_and_add_up(reserve: list[dict[str, Any]], size: int, places: dict[str, int]):
    shared = SelectionRule.model_validate({**RULE, "reserve": reserve}).places_of(size)

    assert shared == places
    assert sum(shared.values()) == size
