"""What a column of people must give, rule by rule: the same as one person, whatever was worked out on the way."""

from typing import Any

import polars as pl
import pytest

from pointsgrid import points
from pointsgrid.answers import NOT_APPLICABLE
from pointsgrid.rules import Rules, load
from tests.pointsgrid.support import grid, northwest

FACTS = """
facts:
  years: {type: integer, range: [0, 20], label: {en: Years, fr: Années}}
  months: {type: integer, range: [0, 999], label: {en: Months, fr: Mois}}
  stream: {type: choice, options: [a, b, c], label: {en: Stream, fr: Volet}}
  wage: {type: money, range: [0, 500], label: {en: Wage, fr: Salaire}}
  rate: {type: decimal, places: 1, range: [0, 9], label: {en: Rate, fr: Taux}}
  raised: {type: decimal, places: 3, label: {en: Raised, fr: Haussé}, value: "wage * 1.5"}
  senior: {type: yes_no, label: {en: Senior, fr: Chevronné}, value: "years >= 10 and raised >= 30"}
"""


def rules_of(factors: str, *, maximum: int | str = 5, head: str = "") -> Rules:
    return load({"facts.yaml": FACTS, "grids/g.yaml": grid(factors, maximum=maximum, head=head)})


def both(rules: Rules, people: list[dict[str, Any]]) -> list[int]:
    """Return the totals of the people, scored one by one and as a column, which must agree."""
    alone = [points.score(rules, "g", facts).total for facts in people]
    given = pl.DataFrame({key: [facts[key] for facts in people] for key in people[0]}).lazy()
    column = points.score_frame(rules, "g", given).collect()["points.total"].to_list()
    assert column == alone
    return column


SENIOR = "  - {id: f, label: {en: F, fr: F}, max: 5, bonus: {when: senior, points: 5}}"


def test_facts_that_follow_from_columns_at_hand_are_worked_out_one_from_another() -> None:
    people = [{"years": years, "wage": wage} for years in (9, 10) for wage in ("19.99", "20.00")]

    assert both(rules_of(SENIOR), people) == [0, 0, 0, 5]


def test_an_exact_decimal_that_follows_from_money_is_no_larger_and_no_smaller_in_a_column() -> None:
    bands = "bands: [{below: 30, points: 1}, {at_least: 30, below: 30.02, points: 4}, {at_least: 30.02, points: 9}]"
    raised = f"  - {{id: f, label: {{en: F, fr: F}}, max: 9, of: raised, {bands}}}"

    rules = rules_of(raised, maximum=9)
    assert both(rules, [{"wage": wage} for wage in ("19.99", "20.00", "20.01", "20.02")]) == [1, 4, 4, 9]


def test_a_decimal_in_a_condition_counts_with_its_places() -> None:
    bonus = "  - {id: f, label: {en: F, fr: F}, max: 5, bonus: {when: rate >= 2.5, points: 5}}"

    assert both(rules_of(bonus), [{"rate": rate} for rate in ("2.4", "2.5", "2.6")]) == [0, 5, 5]


@pytest.mark.parametrize(
    ("amounts", "most", "wanted"),
    [
        ("{a: value, b: value, c: value}", "{a: 20, b: 20, c: 20}", [7, 7, 7]),
        ("{a: value, b: value * 2, c: value * 2}", "{a: 20, b: 40, c: 40}", [7, 14, 14]),
        ("{a: value, b: value, c: value * 2}", "{a: 20, b: 20, c: 40}", [7, 7, 14]),
        ("{a: value * 2, b: 3, c: value * 2}", "{a: 40, b: 3, c: 40}", [14, 3, 14]),
    ],
)
def test_points_worked_out_for_each_column_are_those_of_a_persons_own_column(
    amounts: str, most: str, wanted: list[int]
) -> None:
    head = "columns: {a: \"stream == 'a'\", b: \"stream == 'b'\", c: otherwise}\n"
    bands = f"bands: [{{at_least: 0, points: {amounts}}}]"
    rules = rules_of(
        f"  - {{id: f, label: {{en: F, fr: F}}, max: {most}, of: years, {bands}}}", head=head, maximum=most
    )

    assert both(rules, [{"years": 7, "stream": stream} for stream in "abc"]) == wanted


def test_a_blank_gives_what_the_factor_says_even_where_points_are_worked_out() -> None:
    bands = "not_answered: 4, not_applicable: 2, bands: [{at_least: 0, points: value}]"
    rules = rules_of(f"  - {{id: f, label: {{en: F, fr: F}}, max: 20, of: years, {bands}}}", maximum=20)

    assert both(rules, [{"years": 7}, {"years": None}]) == [7, 4]
    assert points.score(rules, "g", {"years": NOT_APPLICABLE}).total == 2


def test_a_fact_that_no_column_can_work_out_is_named() -> None:
    with pytest.raises(points.MissingFacts, match="l1_level_listening"):
        points.score_frame(northwest(), "ntnp-eoi-2026-r1", pl.LazyFrame({"age": [30]}))


def test_a_whole_number_of_a_small_range_takes_one_byte_a_person() -> None:
    kept = points.frame(rules_of(SENIOR), [{"years": 7, "months": 7}]).schema

    assert kept["years"] == pl.Int8
    assert kept["months"] == pl.Int64


def test_a_section_with_nothing_in_it_gives_nothing() -> None:
    empty = "  - {id: e, label: {en: E, fr: E}, max: 0, factors: []}"

    assert both(rules_of(f"{SENIOR}\n{empty}"), [{"years": years, "wage": "20.00"} for years in (9, 10)]) == [0, 5]
