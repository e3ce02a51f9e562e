"""The CRS in OpenFisca-core: parameters for the amounts, a variable with a formula for every factor.

Written as a country package is: single-amount scales for what goes by a number, parameter nodes indexed by an Enum for what
goes by a choice, ``where`` and ``min_`` in formulas.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.scoring import tables as t

PERIOD = "2026-01"
START = "2015-01-01"
PERSON = Entity("person", "persons", "Person", "")


class Education(Enum):
    less_than_secondary = "less than secondary"
    secondary = "secondary"
    one_year = "one year"
    two_year = "two year"
    three_year = "three year"
    two_or_more = "two or more"
    masters = "masters"
    doctorate = "doctorate"


class Study(Enum):
    none = "none"
    one_or_two_years = "one or two years"
    three_or_more_years = "three or more years"


class Language(Enum):
    en = "English"
    fr = "French"


# --- parameters ------------------------------------------------------------------------------------------------------


def scale(points: list[int] | tuple[int, ...]) -> dict[str, Any]:
    """Return a single-amount scale with a bracket where the points change."""
    brackets = [
        {"threshold": {START: {"value": number}}, "amount": {START: {"value": value}}}
        for number, value in enumerate(points)
        if number == 0 or value != points[number - 1]
    ]
    return {"metadata": {"type": "single_amount"}, "brackets": brackets}


def by_option(options: type[Enum], points: tuple[int, ...]) -> dict[str, Any]:
    return {option.name: {"values": {START: {"value": value}}} for option, value in zip(options, points, strict=True)}


def parameters() -> ParameterNode:
    columns = ("with_spouse", "alone")
    return ParameterNode(
        "",
        data={
            **{
                column: {
                    "age": scale(t.by_age(position)),
                    "education": by_option(Education, t.EDUCATION_POINTS[position]),
                    "first": scale(t.FIRST[position]),
                    "work": scale(t.CANADIAN_WORK[position]),
                }
                for position, column in enumerate(columns)
            },
            "second": scale(t.SECOND),
            "spouse_education": by_option(Education, t.SPOUSE_EDUCATION),
            "spouse_first": scale(t.SPOUSE_FIRST),
            "spouse_work": scale(t.SPOUSE_WORK),
            "tier": by_option(Education, t.TIER),
            "study": by_option(Study, t.STUDY_POINTS),
        },
    )


# --- variables -------------------------------------------------------------------------------------------------------


def variable(name: str, kind: Any, formula: Any = None, options: Any = None) -> type[Variable]:
    content: dict[str, Any] = {
        "value_type": kind, "entity": PERSON, "definition_period": DateUnit.MONTH, "label": name,
    }  # fmt: skip
    if options is not None:
        content |= {"possible_values": options, "default_value": next(iter(options))}
    if formula is not None:
        content["formula"] = formula
    return type(name, (Variable,), content)


def each(person: Any, who: str, period: Any) -> list[np.ndarray]:
    return [person(f"{who}_{ability}", period) for ability in t.ABILITIES]


def by_column(person: Any, period: Any, with_spouse: np.ndarray, alone: np.ndarray) -> np.ndarray:
    return np.where(person("spouse_counts", period), with_spouse, alone)


def spouse_counts(person: Any, period: Any) -> np.ndarray:
    return person("spouse_accompanies", period) * ~person("spouse_is_canadian", period)


def first_lowest(person: Any, period: Any) -> np.ndarray:
    return np.minimum.reduce(each(person, "first", period))


def second_lowest(person: Any, period: Any) -> np.ndarray:
    return np.minimum.reduce(each(person, "second", period)) * person("has_second_language", period)


def french_lowest(person: Any, period: Any) -> np.ndarray:
    french = person("first_language", period) == Language.fr
    return np.where(french, person("first_lowest", period), person("second_lowest", period))


def english_lowest(person: Any, period: Any) -> np.ndarray:
    english = person("first_language", period) == Language.en
    return np.where(english, person("first_lowest", period), person("second_lowest", period))


def age_points(person: Any, period: Any, parameters: Any) -> np.ndarray:
    p, age = parameters(period), person("age", period)
    return by_column(person, period, p.with_spouse.age.calc(age), p.alone.age.calc(age))


def education_points(person: Any, period: Any, parameters: Any) -> np.ndarray:
    p, level = parameters(period), person("education", period)
    return by_column(person, period, p.with_spouse.education[level], p.alone.education[level])


def first_points(person: Any, period: Any, parameters: Any) -> np.ndarray:
    p, levels = parameters(period), each(person, "first", period)
    with_spouse = sum(p.with_spouse.first.calc(level) for level in levels)
    return by_column(person, period, with_spouse, sum(p.alone.first.calc(level) for level in levels))


def second_points(person: Any, period: Any, parameters: Any) -> np.ndarray:
    p = parameters(period)
    points = sum(p.second.calc(level) for level in each(person, "second", period))
    return np.minimum(points, by_column(person, period, *(np.array(cap) for cap in t.SECOND_CAP)))


def work_points(person: Any, period: Any, parameters: Any) -> np.ndarray:
    p, years = parameters(period), person("canadian_work_years", period)
    return by_column(person, period, p.with_spouse.work.calc(years), p.alone.work.calc(years))


def spouse_points(person: Any, period: Any, parameters: Any) -> np.ndarray:
    p = parameters(period)
    points = p.spouse_education[person("spouse_education", period)]
    points = points + p.spouse_work.calc(person("spouse_canadian_work_years", period))
    points = points + sum(p.spouse_first.calc(level) for level in each(person, "spouse", period))
    return points * person("spouse_counts", period)


def language_step(person: Any, period: Any) -> np.ndarray:
    lowest = person("first_lowest", period)
    return (lowest >= 7).astype(int) + (lowest >= 9)


def work_step(person: Any, period: Any) -> np.ndarray:
    return np.minimum(person("canadian_work_years", period), 2)


def foreign_step(person: Any, period: Any) -> np.ndarray:
    years = person("foreign_work_years", period)
    return (years >= 1).astype(int) + (years >= 3)


def transfer(down: np.ndarray, across: np.ndarray) -> np.ndarray:
    return np.select([down * across == 4, down * across == 2, down * across == 1], [50, 25, 13], 0)


def transfer_education(person: Any, period: Any, parameters: Any) -> np.ndarray:
    tier = parameters(period).tier[person("education", period)]
    points = transfer(tier, person("language_step", period)) + transfer(tier, person("work_step", period))
    return np.minimum(points, t.TRANSFER_CAP)


def transfer_foreign(person: Any, period: Any) -> np.ndarray:
    step = person("foreign_step", period)
    points = transfer(step, person("language_step", period)) + transfer(step, person("work_step", period))
    return np.minimum(points, t.TRANSFER_CAP)


def transfer_trade(person: Any, period: Any) -> np.ndarray:
    lowest = person("first_lowest", period)
    return person("trade_certificate", period) * np.select([lowest >= 7, lowest >= 5], [50, 25], 0)


def transferability(person: Any, period: Any) -> np.ndarray:
    parts = ("transfer_education", "transfer_foreign", "transfer_trade")
    return np.minimum(sum(person(part, period) for part in parts), t.TRANSFER_TOTAL_CAP)


def french_points(person: Any, period: Any) -> np.ndarray:
    french, english = person("french_lowest", period) >= 7, person("english_lowest", period) >= 5
    return np.select([french & english, french], [t.FRENCH_AND_ENGLISH, t.FRENCH], 0)


def additional(person: Any, period: Any, parameters: Any) -> np.ndarray:
    points = person("sibling_in_canada", period) * t.SIBLING + person("french_points", period)
    points = points + parameters(period).study[person("canadian_study", period)]
    points = points + person("provincial_nomination", period) * t.NOMINATION
    return np.minimum(points, t.ADDITIONAL_CAP)


FACTORS = (
    "age_points",
    "education_points",
    "first_points",
    "second_points",
    "work_points",
    "spouse_points",
    "transferability",
    "additional",
)


def total(person: Any, period: Any) -> np.ndarray:
    return sum(person(factor, period) for factor in FACTORS)


FORMULAS = (
    first_lowest, second_lowest, french_lowest, english_lowest, age_points, education_points, first_points,
    second_points, work_points, spouse_points, language_step, work_step, foreign_step, transfer_education, transfer_foreign,
    transfer_trade, transferability, french_points, additional, total,
)  # fmt: skip
YES_NO = (
    "spouse_accompanies", "spouse_is_canadian", "has_second_language", "trade_certificate", "sibling_in_canada",
    "provincial_nomination",
)  # fmt: skip
NUMBERS = (
    "age", "canadian_work_years", "foreign_work_years", "spouse_canadian_work_years",
    *(f"{who}_{ability}" for who in ("first", "second", "spouse") for ability in t.ABILITIES),
)  # fmt: skip
CHOICES = {"education": Education, "spouse_education": Education, "canadian_study": Study, "first_language": Language}


def system() -> TaxBenefitSystem:
    """Return the tax and benefit system that holds the grid."""
    made = TaxBenefitSystem([PERSON])
    made.parameters = parameters()
    for name in YES_NO:
        made.add_variable(variable(name, bool))
    for name in NUMBERS:
        made.add_variable(variable(name, int))
    for name, options in CHOICES.items():
        made.add_variable(variable(name, Enum, options=options))
    made.add_variable(variable("spouse_counts", bool, spouse_counts))
    for formula in FORMULAS:
        made.add_variable(variable(formula.__name__, int, formula))
    return made


def totals(made: TaxBenefitSystem, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the total of each person; ``columns`` as arrays, choices as positions."""
    simulation = SimulationBuilder().build_default_simulation(made, count=len(columns["age"]))
    for name in (*YES_NO, *NUMBERS, *CHOICES):
        simulation.set_input(name, PERIOD, columns[name])
    return simulation.calculate("total", PERIOD)
