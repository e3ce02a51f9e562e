"""Packs from disk or from text, for the tests of pointsgrid."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from pointsgrid.problems import PackProblem
from pointsgrid.rules import PackErrors, Rules, load

ROOT = Path(__file__).parents[2]
CONSTRUCTS = Path(__file__).parent / "packs"
# Levels of education in the order of the shipped packs, lowest first.
LEVELS = [
    "less_than_secondary",
    "secondary",
    "trade_certificate",
    "certificate",
    "diploma",
    "bachelor",
    "master",
    "doctorate",
]


def sources(folder: Path) -> dict[str, str]:
    """Return the texts of a pack on disk by relative path."""
    found = sorted([*folder.rglob("*.yaml"), *folder.rglob("*.csv")])
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}


@cache
def federal() -> Rules:
    return load(sources(ROOT / "packs/ca-federal/2026-1"))


@cache
def northwest() -> Rules:
    return load(sources(ROOT / "packs/ca-nt/2026-1"), library={"ca-federal": federal()})


@cache
def ontario() -> Rules:
    return load(sources(ROOT / "packs/ca-on/2024-1"), library={"ca-federal": federal()})


@cache
def construct(name: str) -> Rules:
    return load(sources(CONSTRUCTS / name))


FACTS = """
facts:
  age: {type: integer, range: [0, 120], label: {en: Age, fr: Âge}}
  wage: {type: money, label: {en: Wage, fr: Salaire}}
  level: {type: choice, ordered: true, options: [low, middle, high], label: {en: Level, fr: Niveau}}
  offer: {type: yes_no, label: {en: Offer, fr: Offre}}
  noc: {type: code, label: {en: Occupation, fr: Profession}}
"""


def grid(factors: str, *, maximum: int | str = 10, head: str = "") -> str:
    """Return the text of a grid with these factors."""
    return f"grid: g\nlabel: {{en: Grid, fr: Barème}}\nmax: {maximum}\n{head}factors:\n{factors}"


def problems(texts: Mapping[str, str]) -> tuple[PackProblem, ...]:
    """Return what is wrong with a pack."""
    with pytest.raises(PackErrors) as caught:
        load(texts)
    return caught.value.problems


def faults_of_grid(factors: str, *, maximum: int = 10, head: str = "", facts: str = FACTS) -> tuple[PackProblem, ...]:
    return problems({"facts.yaml": facts, "grids/g.yaml": grid(factors, maximum=maximum, head=head)})
