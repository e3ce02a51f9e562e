"""What a line could add to the total at most: no answer of anybody's gives more, limits and best-of counted in."""

import random
from typing import Any

import pytest

from pointsgrid import points
from pointsgrid.rules import Rules, load
from pointsgrid.scoring.gains import gains
from pointsgrid.scoring.sheet import Line, ScoreSheet
from tests.pointsgrid.support import FACTS, grid, northwest
from tests.pointsgrid.test_agreement import GRID, person

# A section with a limit below the sum of its lines, a best-of, and a line whose rows differ by column.
LIMITED = grid(
    """
  - id: section
    label: {en: Section, fr: Section}
    max: 12
    cap: 12
    factors:
      - {id: old, label: {en: Old, fr: Vieux}, max: 10, of: age, bands: [{below: 30, points: 2}, {at_least: 30, points: 10}]}
      - {id: rich, label: {en: Rich, fr: Riche}, max: 8, of: wage, bands: [{below: 20, points: 0}, {at_least: 20, points: 8}]}
  - id: either
    label: {en: Either, fr: L'un ou l'autre}
    max: 9
    best_of:
      - {id: high, label: {en: Level, fr: Niveau}, max: 9, of: level, lookup: {low: 1, middle: 4, high: 9}}
      - {id: offered, label: {en: Offer, fr: Offre}, max: 6, of: offer, lookup: {yes: 6, no: 0}}
""",
    maximum=21,
)
POSSIBLE: dict[str, list[Any]] = {
    "age": [10, 29, 30, 60], "wage": ["10.00", "20.00"], "level": ["low", "middle", "high"], "offer": [True, False],
}  # fmt: skip
READS = {"old": "age", "rich": "wage", "high": "level", "offered": "offer"}


def limited() -> Rules:
    return load({"facts.yaml": FACTS, "grids/g.yaml": LIMITED})


def leaves(sheet: ScoreSheet) -> dict[str, Line]:
    return {line.id: line for line in sheet.all_lines() if not line.lines}


def test_with_limits_and_best_of_the_bound_is_what_trying_every_answer_gives():
    rules = limited()
    for facts in _everybody():
        sheet = points.score(rules, "g", facts)
        found = gains(rules, sheet)
        for line, fact in READS.items():
            tried = [points.score(rules, "g", {**facts, fact: value}).total for value in POSSIBLE[fact]]
            assert found[line] == max(tried) - sheet.total, (facts, line)


def _everybody() -> list[dict[str, Any]]:
    chance = random.Random(7)
    return [{fact: chance.choice(values) for fact, values in POSSIBLE.items()} for _ in range(60)]


@pytest.mark.parametrize("people", [40, pytest.param(2_000, marks=pytest.mark.proof)])
def test_no_answer_that_moves_one_line_alone_gives_more_than_was_told(people: int):
    chance, rules, reached = random.Random(18), northwest(), 0
    for _ in range(people):
        facts, other = person(chance), person(chance)
        sheet = points.score(rules, GRID, facts)
        told, before = gains(rules, sheet), leaves(sheet)
        for key, line in before.items():
            read = {one.fact: other[one.fact] for one in line.inputs if one.fact in other}
            tried = points.score(rules, GRID, {**facts, **read})
            moved = [one for one, now in leaves(tried).items() if now.points != before[one].points]
            if set(moved) <= {key}:
                assert tried.total - sheet.total <= told[key], (key, facts, read)
                reached += tried.total - sheet.total == told[key] > 0
    assert reached  # the bound is no empty promise
