"""Every construct of the grid language, and grids in the manner of provinces, from YAML alone."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pointsgrid import examples, points
from pointsgrid.answers import check, facts
from pointsgrid.language.words import amount, band
from pointsgrid.model import Text
from pointsgrid.rules import NotInForce
from tests.pointsgrid.support import CONSTRUCTS, construct, federal, northwest, ontario

PACKS = sorted(path.name for path in CONSTRUCTS.iterdir())


@pytest.mark.parametrize("name", PACKS)
def test_the_worked_examples_of_a_construct_come_out(name: str) -> None:
    count, failures = examples.run(construct(name))

    assert [str(failure) for failure in failures] == []
    assert count > 0


@pytest.mark.parametrize("rules", [federal, northwest, ontario], ids=["ca-federal", "ca-nt", "ca-on"])
def test_the_worked_examples_of_the_shipped_packs_come_out(rules) -> None:
    count, failures = examples.run(rules())

    assert [str(failure) for failure in failures] == []
    assert count > 50


def test_each_construct_has_a_pack() -> None:
    numbered = {int(name[:2]) for name in PACKS if name[:2].isdigit()}
    together = {20: {25}, 33: {32}}  # one pack shows both

    assert numbered | {other for number in numbered for other in together.get(number, ())} == set(range(1, 35))


def test_the_edition_of_a_grid_is_chosen_by_the_date_of_its_event() -> None:
    rules = construct("30-dated")

    assert rules.grid_in_force("offers", on=date(2025, 3, 24)).id == "offers-2020"
    assert rules.grid_in_force("offers", on=date(2025, 3, 25)).id == "offers-2025"
    assert rules.grid_in_force("offers", on=date(2026, 11, 3)).computable is False
    assert rules.grid("offers-2020").in_force.chosen_by == "draw"
    with pytest.raises(NotInForce, match="No grid of offers is in force on 2019-12-31"):
        rules.grid_in_force("offers", on=date(2019, 12, 31))


@pytest.mark.parametrize(
    ("day", "grid"),
    [
        (date(2015, 1, 1), "crs-2015-01"),
        (date(2016, 11, 18), "crs-2015-01"),
        (date(2016, 11, 19), "crs-2016-11"),
        (date(2017, 6, 6), "crs-2017-06"),
        (date(2020, 10, 19), "crs-2017-06"),
        (date(2020, 10, 20), "crs-2020-10"),
        (date(2025, 3, 24), "crs-2020-10"),
        (date(2025, 3, 25), "crs-2025-03"),
        (date(2026, 11, 2), "crs-2025-03"),
        (date(2026, 11, 3), "crs-2026-11"),
    ],
)
def test_the_federal_editions_follow_one_another_to_the_day(day: date, grid: str) -> None:
    assert federal().grid_in_force("crs", on=day).id == grid


def test_a_pool_says_its_tie_break_filters_and_quotas() -> None:
    rules = construct("33-pool")
    pool = rules.grid("g").pool
    nurse = {"noc": "31301", "region": "south", "points_given": 3}

    assert pool.tie_break == ("earliest_submission",)
    assert pool.resubmission == "resets"
    assert check(rules, pool.filters["health"].condition, nurse).result == "yes"
    assert check(rules, pool.filters["north"].condition, nurse).result == "no"
    assert [(quota.id, quota.percent, quota.places) for quota in pool.quotas] == [
        ("north", 40, None),
        ("health", None, 50),
    ]
    assert check(rules, "in_north", nurse).result == "no"


@pytest.mark.parametrize(
    ("value", "unit", "english", "french"),
    [
        (0, Text("years", "ans"), "under 1 year", "moins de 1 an"),
        (1, Text("years", "ans"), "1 year", "1 an"),
        (2, Text("years", "ans"), "2 years", "2 ans"),
        (0, Text("points", "points"), "0 points", "0 point"),
        (Decimal("1.5"), Text("years", "ans"), "1.5 years", "1,5 an"),
        (1, Text("months", "mois"), "1 month", "1 mois"),
        (1200, Text(), "1,200", "1\u202f200"),
    ],
)
def test_a_number_agrees_with_its_unit_and_no_whole_year_is_said_as_people_say_it(
    value: int | Decimal, unit: Text, english: str, french: str
) -> None:
    assert (amount(value, unit.en, "en"), amount(value, unit.fr, "fr")) == (english, french)
    assert (band(value, value, unit).en, band(value, value, unit).fr) == (english, french)


def test_an_explanation_holds_fact_row_points_maximum_cap_source_and_evidence() -> None:
    sheet = points.score(construct("34-explanation"), "g", {"age": 30, "education": "degree"})
    section, age = sheet.line("section"), sheet.line("age")

    assert (section.points, section.raw, section.cap, section.capped, section.maximum) == (15, 17, 15, True, 15)
    assert (age.points, age.maximum, age.state) == (12, 12, "counted")
    assert [(given.fact, given.value, given.shown.en, given.shown.fr) for given in age.inputs] == [
        ("age", 30, "30 years", "30 ans")
    ]
    [row] = age.rows
    assert (row.words.en, row.words.fr, row.points) == ("18 to 35 years", "de 18 à 35 ans", 12)
    assert (row.source, row.certainty) == ("schedule 2", "VERIFIED")
    assert age.evidence.en == "Passport"
    assert sheet.line("education").rows[0].words.fr == "Grade"
    assert sheet.unconfirmed is False


def test_an_explanation_shows_the_next_row_that_gives_more() -> None:
    sheet = points.score(construct("34-explanation"), "g", {"age": 17, "education": "none"})

    [row] = sheet.line("age").rows
    assert (row.words.en, row.next_words.en, row.next_points) == ("under 18 years", "18 to 35 years", 12)
    assert sheet.line("education").rows[0].next_words.en == "Degree"


def test_a_line_that_rests_on_an_unconfirmed_row_says_so() -> None:
    sheet = points.score(construct("34-explanation"), "g", {"age": 40, "education": "none"})

    assert sheet.line("age").rows[0].certainty == "UNCERTAIN"
    assert sheet.line("age").rows[0].note.fr == "Reconstitué"
    assert sheet.unconfirmed is True
    assert construct("34-explanation").grid("g").unconfirmed() is True


def test_facts_are_flat_and_ready_for_json() -> None:
    import json

    answers = {
        "jobs": [
            {
                "from": "2020-01-01",
                "to": date(2020, 12, 31),
                "hours": 40,
                "noc": "21231",
                "authorised": "yes",
                "country": "CA",
                "pay": "1.50",
            }
        ]
    }
    found = facts(construct("02-records"), answers, on={"submission": date(2026, 1, 1)})

    assert json.loads(json.dumps(found)) == found
    assert found["total_pay"] == "1.50"
    assert found["skilled_months"] == 12


def test_the_library_reads_no_file_clock_or_network() -> None:
    forbidden = (
        "import os",
        " open(",
        "import socket",
        "import time",
        "datetime.now",
        "date.today",
        "urllib",
        "pathlib",
    )
    for path in (Path(points.__file__).parent).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in forbidden if word in text], path


def test_the_first_pack_of_the_guide_loads_and_scores() -> None:
    import re

    guide = (CONSTRUCTS.parents[2] / "docs/packs.md").read_text(encoding="utf-8")
    facts_text, grid_text, examples_text = re.findall(r"```yaml\n(.*?)```", guide, re.S)[:3]
    texts = {"facts.yaml": facts_text, "grids/g.yaml": grid_text, "examples/e.yaml": examples_text}

    assert examples.check_pack(texts) == []
    gap = examples.check_pack({**texts, "grids/g.yaml": grid_text.replace("at_most: 44", "at_most: 43")})
    assert str(gap[0]).startswith(
        "grids/g.yaml, line 9, factors[0].bands: The bands leave a gap: values 44 match no row."
    )


def test_an_example_that_does_not_come_out_is_a_fault_of_the_pack() -> None:
    from tests.pointsgrid.support import sources

    texts = sources(CONSTRUCTS / "10-lookup")
    texts["examples/examples.yaml"] = texts["examples/examples.yaml"].replace("short: 10", "short: 11")

    [fault] = examples.check_pack(texts)
    assert (fault.file, fault.problem) == ("examples/examples.yaml", "short gives 10, and 11 is expected.")
