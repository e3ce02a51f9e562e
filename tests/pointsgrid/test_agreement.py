"""Independent ways to the same points: a second scorer, one person against a column, and a replay of the explanation."""

import json
import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointsgrid import points
from pointsgrid.answers import NOT_APPLICABLE, parse_value, plain
from pointsgrid.language.evaluate import evaluate, truth
from pointsgrid.language.parser import parse_expression
from pointsgrid.language.typing import check
from pointsgrid.loading.vocabulary import Vocabulary
from pointsgrid.model import Type
from pointsgrid.scoring.columns import COLUMNAR, Frame, lower
from pointsgrid.scoring.columns import truth as column_truth
from tests.pointsgrid.second_scorer import by_hand
from tests.pointsgrid.support import LEVELS, federal, northwest

GRID = "ntnp-eoi-2026-r1"
FULL, SMALL = 100_000, 2_000


def person(chance: random.Random) -> dict[str, Any]:
    """Return the facts of somebody, with boundaries more often than life has them."""
    married, bilingual = chance.random() < 0.5, chance.random() < 0.4
    return {
        **{f"l1_clb_{name}": chance.randint(0, 12) for name in ("listening", "reading", "writing", "speaking")},
        "l2_clb_lowest": chance.randint(0, 12) if bilingual else NOT_APPLICABLE,
        "age": chance.choice([17, 18, 20, 21, 44, 45, 49, 50, chance.randint(0, 99)]),
        "related_years": chance.randint(0, 10),
        "education_line": chance.choice(["none", "secondary", "ps_unrelated", "ps_related"]),
        "nwt_work_months": chance.choice([0, 5, 6, 11, 12, 35, 36, chance.randint(0, 120)]),
        "nwt_education": chance.choice(["none", "certificate", "diploma_or_higher"]),
        "noc_teer": chance.randint(0, 5),
        **{key: chance.random() < 0.5 for key in ("targeted_trade", "outside_yellowknife", "family_in_nwt")},
        "spouse_min_clb": chance.randint(0, 12) if married else NOT_APPLICABLE,
        "spouse_education": chance.choice(LEVELS) if married else NOT_APPLICABLE,
    }


def compared(people: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, int], dict[str, int]]]:
    """Return the people for whom the column and the second scorer differ."""
    rules = northwest()
    scored = points.score_frame(rules, GRID, points.frame(rules, people).lazy()).collect()
    wanted = [by_hand(facts) for facts in people]
    found = scored.select([pl.col(f"points.{name}").alias(name) for name in wanted[0]]).to_dicts()
    return [(facts, a, b) for facts, a, b in zip(people, found, wanted, strict=True) if a != b]


def test_a_second_scorer_agrees_on_random_people() -> None:
    chance = random.Random(20260309)

    assert compared([person(chance) for _ in range(SMALL)]) == []


@pytest.mark.proof
def test_a_second_scorer_agrees_on_a_hundred_thousand_random_people(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("rounds", FULL)
    chance = random.Random(845)

    assert compared([person(chance) for _ in range(FULL)]) == []


def test_one_person_and_a_column_of_people_give_the_same_lines() -> None:
    chance, rules = random.Random(417), northwest()
    people = [person(chance) for _ in range(60)]
    column = points.score_frame(rules, GRID, points.frame(rules, people).lazy()).collect().to_dicts()

    for facts, row in zip(people, column, strict=True):
        sheet = points.score(rules, GRID, facts)
        assert {f"points.{key}": value for key, value in sheet.points().items()} == {
            key: value for key, value in row.items() if key.startswith("points.")
        }


@pytest.mark.parametrize("people", [60, pytest.param(5_000, marks=pytest.mark.proof)])
def test_the_data_of_an_explanation_alone_give_its_total(people: int) -> None:
    chance, rules = random.Random(597), northwest()
    for _ in range(people):
        sheet = points.score(rules, GRID, person(chance))
        assert points.replay(json.loads(json.dumps(sheet.to_json()))) == sheet.total


def test_a_changed_explanation_does_not_replay() -> None:
    sheet = points.score(northwest(), GRID, person(random.Random(1))).to_json()
    sheet["lines"][1]["rows"][0]["points"] += 10

    with pytest.raises(points.ReplayDiffers, match="age"):
        points.replay(sheet)


def test_an_explanation_with_caps_columns_and_factors_left_out_replays() -> None:
    rules = federal()
    for spouse in (True, False):
        facts = {
            "age": 33, "spouse_accompanies": spouse, "spouse_is_canadian": False if spouse else NOT_APPLICABLE,
            "education": "masters", "first_language": "fr", "has_second_language": True, "canadian_work_years": 2,
            "foreign_work_years": 3, "trade_certificate": True, "sibling_in_canada": True, "canadian_study": "none",
            "provincial_nomination": True, **{f"{who}_{what}": 9 for who in ("first", "second", "spouse")
            for what in ("listening", "reading", "writing", "speaking")},
            "spouse_education": "doctorate", "spouse_canadian_work_years": 9,
        }  # fmt: skip
        sheet = points.score(rules, "crs-2025-03", facts)
        assert sheet.line("transferability").capped
        assert sheet.line("additional").capped
        assert points.replay(json.loads(json.dumps(sheet.to_json()))) == sheet.total


def test_a_blank_in_a_column_leaves_the_total_blank() -> None:
    rules = northwest()
    people = [person(random.Random(2)), {**person(random.Random(3)), "age": None}]
    scored = points.score_frame(rules, GRID, points.frame(rules, people).lazy()).collect()

    assert scored["points.total"].is_null().to_list() == [False, True]
    assert scored["points.first_language"].null_count() == 0


def test_a_column_that_is_absent_and_does_not_follow_is_named() -> None:
    with pytest.raises(points.MissingFacts, match="age"):
        points.score_frame(northwest(), GRID, pl.LazyFrame({"noc_teer": [1]}))


# --- the two meanings of every operator -----------------------------------------------------------------------------

TYPES = {
    "n": Type("integer", low=-5, high=20),
    "m": Type("integer", low=0, high=12),
    "wage": Type("decimal", places=2),
    "ratio": Type("decimal", places=1),
    "a": Type("yes_no"),
    "b": Type("yes_no"),
    "level": Type("choice", options=("low", "middle", "high"), ordered=True),
    "other": Type("choice", options=("low", "middle", "high"), ordered=True),
    "born": Type("date"),
    "day": Type("date"),
    "noc": Type("code"),
}
NAMES = Vocabulary(facts=TYPES)
CONDITIONS = (
    "n >= 3", "wage > 16.50", "wage == ratio", "level >= 'middle'", "level == other", "level != 'low'", "a", "not b",
    "n in [1, 2, 3]", "n not in [4, 5]", "level in ['low', 'high']", "level not in ['low']", "noc in ['63200', '00012']",
    "starts_with(noc, '00', '6')", "teer(noc) <= 2", "digit(noc, 1) == 6", "a is answered", "wage is not answered",
    "n is applicable", "level is not applicable", "completed_years(born, day) >= 18", "completed_months(born, day) < 30",
    "days_between(born, day) > 400", "year(born) >= 2000", "born < date('2001-03-01')", "count_true(a, b, n > 3) >= 2",
    "lowest(n, m) >= 4", "highest(wage, ratio) < 20", "highest(level, other) == 'high'", "first_known(n, m) > 2",
    "first_known(a, no)", "if(a, n, m) > 4", "floor(wage / 3) == 5", "round_down(wage * ratio, 1) > 30.5",
    "round_half_up(wage / 7, 2) >= 2.36", "percent(wage, ratio) >= 130", "n + m * 2 - 3 > ratio", "floor(n * m / 7) >= 2",
    "5 <= n < 9",
)  # fmt: skip


def values() -> st.SearchStrategy[dict[str, Any]]:
    blank = st.sampled_from([None, NOT_APPLICABLE])
    dates = st.integers(0, 9000).map(lambda days: date(1999, 1, 1) + timedelta(days=days))
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "n": st.integers(-5, 20),
        "m": st.integers(0, 12),
        "wage": st.integers(0, 6000).map(lambda cents: f"{cents // 100}.{cents % 100:02}"),
        "ratio": st.integers(0, 400).map(lambda tenths: f"{tenths // 10}.{tenths % 10}"),
        "a": st.booleans(),
        "b": st.booleans(),
        "level": st.sampled_from(["low", "middle", "high"]),
        "other": st.sampled_from(["low", "middle", "high"]),
        "born": dates,
        "day": dates,
        "noc": st.sampled_from(["63200", "00012", "72010", "31301", "65100", "6", "X1"]),
    }
    return st.fixed_dictionaries({key: st.one_of(kind, kind, kind, blank) for key, kind in kinds.items()})


class Given:
    def __init__(self, given_: Mapping[str, Any]) -> None:
        self.given = given_

    def value(self, key: str) -> Any:
        return parse_value(key, self.given[key], TYPES[key])

    def member(self, code: Any, name: str) -> bool | None:
        return None


def one_row(given_: Mapping[str, Any]) -> pl.DataFrame:
    columns = []
    for key, kind in TYPES.items():
        value = parse_value(key, given_[key], kind)
        present = None if value == NOT_APPLICABLE else value
        dtype: Any = {
            "integer": pl.Int64, "decimal": pl.Decimal(38, kind.places), "yes_no": pl.Boolean, "date": pl.Date,
            "choice": pl.Enum(kind.options) if kind.options else None,
        }.get(kind.kind, pl.String)  # fmt: skip
        columns += [pl.Series(key, [present], dtype=dtype), pl.Series(f"{key}.na", [value == NOT_APPLICABLE])]
    return pl.DataFrame(columns)


@settings(max_examples=60, deadline=None)
@given(values())
def test_a_condition_means_the_same_for_one_person_and_for_a_column(given_: dict[str, Any]) -> None:
    row = one_row(given_)
    frame = Frame(TYPES, row.schema)
    trees = [check(parse_expression(text), NAMES)[0] for text in CONDITIONS]
    alone = [truth(evaluate(tree, Given(given_))) for tree in trees]
    column = row.select([column_truth(lower(tree, frame)).alias(str(n)) for n, tree in enumerate(trees)]).row(0)

    assert dict(zip(CONDITIONS, column, strict=True)) == dict(zip(CONDITIONS, alone, strict=True))


@settings(max_examples=40, deadline=None)
@given(values(), st.lists(st.sampled_from(CONDITIONS), min_size=3, max_size=3))
def test_joined_conditions_mean_the_same(given_: dict[str, Any], parts: list[str]) -> None:
    text = f"({parts[0]}) and not ({parts[1]}) or ({parts[2]})"
    tree = check(parse_expression(text), NAMES)[0]
    row = one_row(given_)

    [column] = row.select(column_truth(lower(tree, Frame(TYPES, row.schema)))).row(0)
    assert column == truth(evaluate(tree, Given(given_)))


NUMBERS = (
    ("n + m", "integer", 0), ("wage * ratio", "decimal", 3), ("floor(wage)", "integer", 0), ("lowest(n, m)", "integer", 0),
    ("if(a, wage, ratio)", "decimal", 2), ("percent(n, m)", "integer", 0), ("round_down(wage / 3, 1)", "decimal", 1),
    ("first_known(wage, 3)", "decimal", 2), ("completed_months(born, day)", "integer", 0), ("n - m * 3", "integer", 0),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(values())
def test_a_number_means_the_same_for_one_person_and_for_a_column(given_: dict[str, Any]) -> None:
    row = one_row(given_)
    for text, kind, places in NUMBERS:
        tree = check(parse_expression(text), NAMES)[0]
        alone = plain(evaluate(tree, Given(given_)), Type(kind, places=places))
        lowered = lower(tree, Frame(TYPES, row.schema))
        applicable = pl.lit(False) if lowered.na is None else lowered.na
        found, away = row.select(lowered.expr.alias("found"), applicable.alias("na")).row(0)
        column = NOT_APPLICABLE if away else None if found is None else Fraction(found, 10**lowered.scale)
        assert column == (alone if alone in (None, NOT_APPLICABLE) else Fraction(str(alone))), text


def test_every_operator_for_columns_has_a_meaning_for_one_person() -> None:
    from pointsgrid.language.evaluate import _LAZY, STRICT

    only_for_one = {"in list", "not in list", "contains", "round", "years_before", "months_before", "days_before"}
    assert set(COLUMNAR) <= {*STRICT, *_LAZY}
    assert {*STRICT, *_LAZY} - set(COLUMNAR) <= only_for_one
