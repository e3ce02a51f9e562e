"""Every condition of a mandatory criterion can come out both ways by answers that the program's own forms can take.

For each edition and category answers are drawn question by question, only where a form asks for them; a condition that no
answers meet, or that all meet, or that is never decided because nothing it hangs on is asked, fails by name.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import product
from typing import Any

import pytest

from passerelle.applications import mandatory
from passerelle.programs import files, forms
from passerelle.programs.forms.pruning import keys_of, pruned
from passerelle.programs.rules import ProgramRules, Question, Questionnaire, conditions, read
from passerelle.programs.rules.schema import Criterion
from pointsgrid.loading.pack import fact_names
from tests.programs.conftest import PACKS

# A day on which the edition's files are assessed; the editions that are not open at first are proved by `make proof`.
EDITIONS = {
    "ca-nt/2026-1": datetime(2026, 6, 1, 18, tzinfo=UTC),
    "ca-on/2021-1": datetime(2021, 9, 9, 18, tzinfo=UTC),
    "ca-on/2024-1": datetime(2024, 9, 9, 18, tzinfo=UTC),
    "ca-on/2025-1": datetime(2025, 9, 9, 18, tzinfo=UTC),
}
OPEN = ("ca-nt/2026-1", "ca-on/2024-1")
# Codes of occupations that the criteria tell apart.
OCCUPATIONS = ("21231", "31301", "42202", "44101", "63200", "65201", "72310", "73300", "94100", "85100")
OCCUPATIONS_2016 = ("2173", "6322", "3413", "9411", "6611", "0601")
TRIES = 4000
BLANK = 0.05  # the share of questions that are left blank
STEPS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 24, 30, 50, 67, 100)
SUMS = ("0", "1", "12.00", "20.00", "31.00", "45.00", "9000", "40000", "499999", "500000", "1000000", "3200000")
DAYS = (-4000, -2500, -1500, -1000, -800, -600, -400, -200, -30, 30, 400)


@lru_cache
def rules_of(edition: str) -> ProgramRules:
    """The rules of an edition, with figures loaded for the occupations that are tried."""
    rules, first = read(files.sources(PACKS / edition)), date(2020, 1, 1)
    places = [row for one in rules.points.tables for row in one.rows.values() if "economic_region" in row]
    regions = sorted({str(row["economic_region"]) for row in places})
    rows = [f"{noc},{region},1900,2500,4000" for noc, region in product(OCCUPATIONS, regions)]
    text = "\n".join(["noc,region,low_cents,median_cents,high_cents", *rows])
    return rules.with_tables({(table, first): ("figures", text) for table in rules.loadable})


def cases() -> Iterator[Any]:
    """Each criterion that is checked on answers, by edition and category."""
    for edition in EDITIONS:
        rules, marks = rules_of(edition), () if edition in OPEN else pytest.mark.proof
        for category in rules.categories:
            for one in rules.criteria(category.key):
                if one.keys:
                    named = f"{edition}-{category.key}-{one.key}"
                    yield pytest.param(edition, category.key, one, id=named, marks=marks)


@pytest.mark.parametrize(("edition", "category", "criterion"), list(cases()))
def test_a_condition_can_be_met_and_not_met(edition: str, category: str, criterion: Criterion):
    rules, at = rules_of(edition), EDITIONS[edition]
    wanted = _hangs_on(rules, [*criterion.keys, *conditions.keys(criterion.applies_if)])
    chance, seen = random.Random(f"{edition} {category} {criterion.key}"), set[str]()

    for _try in range(TRIES):
        said = _said(rules, category, wanted, at.date(), chance)
        values = {**rules.given(category), **said, **rules.facts(said, at, category=category)}
        check = mandatory.check(rules, criterion, ("application", at, rules.zone), values)
        seen |= {str(check.state)} if check else set()
        if {"met", "not_met"} <= seen:
            return

    assert {"met", "not_met"} <= seen, f"{criterion.key} came out as {sorted(seen) or 'nothing'}"


def _hangs_on(rules: ProgramRules, keys: list[str]) -> set[str]:
    """The keys, with the facts and answers that they are worked out from, however far down."""
    found: set[str] = set()
    while keys:
        key = keys.pop()
        if key not in found:
            found.add(key)
            keys += fact_names(rules.points.facts[key]) if key in rules.points.facts else ()
    return found


def _said(rules: ProgramRules, category: str, wanted: set[str], on: date, chance: random.Random) -> dict[str, Any]:
    """What both forms say over the expression of interest, as an officer's check reads it."""
    stream = rules.stream_of(category)
    names = [stream.questionnaire] if stream.intake == "eoi" else []
    # Known of whoever was notified, and asked of nobody.
    notified = {"birth_date": _date(on, chance), "federal_crs_lowest": 10, "federal_crs_highest": 50}
    said: dict[str, Any] = {} if names else notified
    for form in map(rules.questionnaire, [*names, *(one.form for one in stream.parts)]):
        own = _filled(form, _asked_for(form, wanted), rules.given(category), on, chance)
        said = forms.merged_for_scoring(form, own, {**said, **own})
    return said


def _asked_for(form: Questionnaire, wanted: set[str]) -> set[str]:
    """The questions that bear on what is wanted: by their own key, the one they are compared with, or the others' conditions."""
    bearing = {one.key for one in form.questions() if wanted & {one.key, *keys_of(one), *_compared(one)}}
    while True:
        read_by = {
            key
            for section in form.sections
            for one in section.questions
            if one.key in bearing
            for key in (
                *conditions.keys(section.show_if),
                *conditions.keys(one.show_if),
                *(key for option in one.options for key in conditions.keys(option.show_if)),
                one.tests_in or "",
            )
        }
        more = {one.key for one in form.questions() if one.key in read_by} - bearing
        if not more:
            return bearing
        bearing |= more


def _compared(one: Question) -> set[str]:
    return {one.compare.with_ + key[len(one.key) :] for key in keys_of(one)} if one.compare else set()


def _filled(
    form: Questionnaire, bearing: set[str], given: Mapping[str, Any], on: date, chance: random.Random
) -> dict[str, Any]:
    own: dict[str, Any] = {}
    blank = {one.key for one in form.questions() if chance.random() < BLANK}
    for _round in range(3):
        for section in form.sections:
            for one in section.asked({**given, **own}):
                if one.key in bearing - blank and not any(key in own for key in keys_of(one)):
                    own |= _answer(form, one, {**given, **own}, on, chance)
    return pruned(form, own, given)


def _answer(
    form: Questionnaire, one: Question, values: Mapping[str, Any], on: date, chance: random.Random
) -> dict[str, Any]:
    if one.type == "language_test":
        return _test(form, one, on, chance)
    if one.type == "records":
        return {one.key: [_record(one, on, chance) for _number in range(chance.choice((1, 1, 2)))]}
    if one.options and not one.offered(values):
        return {}  # what its options hang on comes later
    return {one.key: _value(one, values, on, chance)}


def _test(form: Questionnaire, one: Question, on: date, chance: random.Random) -> dict[str, Any]:
    test, height = chance.choice(form.tests), Decimal(chance.choice(("0.3", "0.5", "0.7", "0.85", "1")))
    said = {f"{one.key}_test": test.key, f"{one.key}_test_date": _date(on, chance)}
    for ability in ("listening", "reading", "writing", "speaking"):
        scale = getattr(test, ability)
        low, high, step = (Decimal(str(part)) for part in (scale.lowest, scale.highest, scale.step))
        said[f"{one.key}_{ability}"] = str(low + (high - low) * height // step * step)
    return said


def _record(one: Question, on: date, chance: random.Random) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for _round in range(2):
        for part in one.questions:
            if part.applies(record) and part.key not in record:
                record[part.key] = _value(part, record, on, chance)
    return record


def _value(one: Question, values: Mapping[str, Any], on: date, chance: random.Random) -> Any:
    if one.options:
        value = chance.choice([option.value for option in one.offered(values)])
        return [value] if one.type == "choices" else value
    return {
        "yes_no": lambda: chance.random() < 0.65,
        "declaration": lambda: True,
        "date": lambda: _date(on, chance),
        "whole": lambda: chance.choice([step for step in STEPS if (one.lowest or 0) <= step <= (one.highest or 1000)]),
        "decimal": lambda: str(chance.choice(STEPS)),
        "money": lambda: chance.choice(SUMS),
        "occupation": lambda: chance.choice(OCCUPATIONS),
        "code": lambda: chance.choice(OCCUPATIONS_2016),
        "community": lambda: chance.choice(("3506", "3520", "3553")),
        "country": lambda: chance.choice(("CA", "PH")),
    }.get(one.type, lambda: "As stated")()


def _date(on: date, chance: random.Random) -> str:
    return (on + timedelta(days=chance.choice(DAYS))).isoformat()
