"""The CRS written by hand as a plain Python loop over people."""

from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.scoring import tables as t

_EDUCATION = {name: position for position, name in enumerate(t.EDUCATION)}
_STUDY = dict(zip(t.STUDY, t.STUDY_POINTS, strict=True))


def totals(people: Iterable[Mapping[str, Any]]) -> list[int]:
    return [total(person) for person in people]


def total(p: Mapping[str, Any]) -> int:
    """Return one person's total."""
    spouse = p["spouse_accompanies"] and not p["spouse_is_canadian"]
    column = 0 if spouse else 1
    first = [p[f"first_{a}"] for a in t.ABILITIES]
    second = [p[f"second_{a}"] for a in t.ABILITIES] if p["has_second_language"] else [0]
    points = core(p, column, first, second) + transferability(p, min(first))
    if spouse:
        points += spouse_points(p)
    return points + additional(p, min(first), min(second))


def core(p: Mapping[str, Any], column: int, first: list[int], second: list[int]) -> int:
    work = t.CANADIAN_WORK[column]
    return (
        t.AGES.get(p["age"], (0, 0))[column]
        + t.EDUCATION_POINTS[column][_EDUCATION[p["education"]]]
        + sum(t.FIRST[column][level] for level in first)
        + min(sum(t.SECOND[level] for level in second), t.SECOND_CAP[column])
        + work[min(p["canadian_work_years"], 5)]
    )


def spouse_points(p: Mapping[str, Any]) -> int:
    return (
        t.SPOUSE_EDUCATION[_EDUCATION[p["spouse_education"]]]
        + sum(t.SPOUSE_FIRST[p[f"spouse_{a}"]] for a in t.ABILITIES)
        + t.SPOUSE_WORK[min(p["spouse_canadian_work_years"], 5)]
    )


def transferability(p: Mapping[str, Any], lowest: int) -> int:
    clb, work = t.language_step(lowest), t.work_step(p["canadian_work_years"])
    tier, abroad = t.TIER[_EDUCATION[p["education"]]], t.foreign_step(p["foreign_work_years"])
    education = min(t.TRANSFER[tier][clb] + t.TRANSFER[tier][work], t.TRANSFER_CAP)
    foreign = min(t.TRANSFER[abroad][clb] + t.TRANSFER[abroad][work], t.TRANSFER_CAP)
    trade = (50 if lowest >= 7 else 25 if lowest >= 5 else 0) if p["trade_certificate"] else 0
    return min(education + foreign + trade, t.TRANSFER_TOTAL_CAP)


def additional(p: Mapping[str, Any], lowest: int, second: int) -> int:
    french, english = (lowest, second) if p["first_language"] == "fr" else (second, lowest)
    points = t.SIBLING * p["sibling_in_canada"] + _STUDY[p["canadian_study"]]
    points += t.NOMINATION * p["provincial_nomination"]
    if french >= 7:
        points += t.FRENCH_AND_ENGLISH if english >= 5 else t.FRENCH
    return min(points, t.ADDITIONAL_CAP)
