"""The CRS written by hand in NumPy: constant tables looked up in place, one thread."""

from collections.abc import Mapping

import numpy as np

from benchmarks.scoring import tables as t

Columns = Mapping[str, np.ndarray]
NARROW = np.int16


def arrays(people: object) -> dict[str, np.ndarray]:
    """Return the columns of a frame as arrays; choices as their positions."""
    import polars as pl

    assert isinstance(people, pl.DataFrame)
    return {
        name: (people[name].to_physical() if isinstance(people[name].dtype, pl.Enum) else people[name]).to_numpy()
        for name in people.columns
    }


def total(c: Columns) -> np.ndarray:
    """Return the total of each person."""
    counts = c["spouse_accompanies"] & ~c["spouse_is_canadian"]
    alone = (~counts).astype(np.intp)
    lowest = np.minimum.reduce([c[f"first_{a}"] for a in t.ABILITIES])
    second = np.minimum.reduce([c[f"second_{a}"] for a in t.ABILITIES]) * c["has_second_language"]
    return core(c, alone) + spouse(c, counts) + transferability(c, lowest) + additional(c, lowest, second)


def table(*columns: tuple[int, ...] | list[int]) -> np.ndarray:
    return np.array(columns if len(columns) > 1 else columns[0], dtype=NARROW)


def core(c: Columns, alone: np.ndarray) -> np.ndarray:
    first, second = table(*t.FIRST), table(t.SECOND)
    second_points = sum((second[c[f"second_{a}"]] for a in t.ABILITIES), start=NARROW(0))
    return (
        table(t.by_age(0), t.by_age(1))[alone, c["age"]]
        + table(*t.EDUCATION_POINTS)[alone, c["education"]]
        + sum((first[alone, c[f"first_{a}"]] for a in t.ABILITIES), start=NARROW(0))
        + np.minimum(second_points, table(t.SECOND_CAP)[alone])
        + table(*(t.by_years(points) for points in t.CANADIAN_WORK))[alone, c["canadian_work_years"]]
    )


def spouse(c: Columns, counts: np.ndarray) -> np.ndarray:
    language = table(t.SPOUSE_FIRST)
    points = (
        table(t.SPOUSE_EDUCATION)[c["spouse_education"]]
        + table(t.by_years(t.SPOUSE_WORK))[c["spouse_canadian_work_years"]]
        + sum((language[c[f"spouse_{a}"]] for a in t.ABILITIES), start=NARROW(0))
    )
    return points * counts


def transferability(c: Columns, lowest: np.ndarray) -> np.ndarray:
    matrix = table(*t.TRANSFER)
    clb = np.array([t.language_step(level) for level in range(13)], dtype=np.intp)[lowest]
    tier = np.array(t.TIER, dtype=np.intp)[c["education"]]
    work = np.minimum(c["canadian_work_years"], 2)
    abroad = np.array([t.foreign_step(years) for years in range(61)], dtype=np.intp)[c["foreign_work_years"]]
    education = np.minimum(matrix[tier, clb] + matrix[tier, work], t.TRANSFER_CAP)
    foreign = np.minimum(matrix[abroad, clb] + matrix[abroad, work], t.TRANSFER_CAP)
    trade = c["trade_certificate"] * ((lowest >= 5).astype(NARROW) + (lowest >= 7)) * NARROW(25)
    return np.minimum(education + foreign + trade, t.TRANSFER_TOTAL_CAP)


def additional(c: Columns, lowest: np.ndarray, second: np.ndarray) -> np.ndarray:
    french_first = c["first_language"] == 1
    french, english = np.where(french_first, lowest, second), np.where(french_first, second, lowest)
    has_french = french >= 7
    points = (
        c["sibling_in_canada"] * NARROW(t.SIBLING)
        + has_french * NARROW(t.FRENCH)
        + (has_french & (english >= 5)) * NARROW(t.FRENCH_AND_ENGLISH - t.FRENCH)
        + table(t.STUDY_POINTS)[c["canadian_study"]]
        + c["provincial_nomination"] * NARROW(t.NOMINATION)
    )
    return np.minimum(points, t.ADDITIONAL_CAP)
