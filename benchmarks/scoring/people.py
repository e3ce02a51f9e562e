"""Synthetic people for the CRS: every column as small as it can be, the same people for the same seed."""

from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.scoring.tables import ABILITIES, EDUCATION, LANGUAGES, STUDY

BATCH = 1_000_000


def people(count: int, *, seed: int) -> pl.DataFrame:
    """Return ``count`` people; a spouse or second language who is not there has zeros."""
    chance = np.random.default_rng(seed)
    spouse = chance.random(count) < 0.45
    canadian = (chance.random(count) < 0.2) & spouse
    second = chance.random(count) < 0.3
    columns: dict[str, pl.Series] = {
        "age": _small(np.clip(chance.normal(32, 8, count), 16, 60)),
        "spouse_accompanies": pl.Series(spouse),
        "spouse_is_canadian": pl.Series(canadian),
        "education": _choice(EDUCATION, chance.integers(0, 8, count)),
        "first_language": _choice(LANGUAGES, chance.integers(0, 2, count)),
        "has_second_language": pl.Series(second),
        "canadian_work_years": _small(chance.geometric(0.4, count).clip(1, 20) - 1),
        "foreign_work_years": _small(chance.integers(0, 12, count)),
        "trade_certificate": pl.Series(chance.random(count) < 0.1),
        "spouse_education": _choice(EDUCATION, chance.integers(0, 8, count) * spouse),
        "spouse_canadian_work_years": _small(chance.integers(0, 7, count) * spouse),
        "sibling_in_canada": pl.Series(chance.random(count) < 0.1),
        "canadian_study": _choice(STUDY, chance.choice(3, count, p=[0.7, 0.2, 0.1])),
        "provincial_nomination": pl.Series(chance.random(count) < 0.05),
    }
    for who, there in (("first", True), ("second", second), ("spouse", spouse)):
        around = np.clip(chance.normal(8, 2, count), 0, 12)
        for ability in ABILITIES:
            columns[f"{who}_{ability}"] = _small(np.clip(around + chance.integers(-1, 2, count), 0, 12) * there)
    return pl.DataFrame(columns)


def _small(values: np.ndarray) -> pl.Series:
    return pl.Series(values.astype(np.int8))


def _choice(options: tuple[str, ...], codes: np.ndarray) -> pl.Series:
    kind = pl.Enum(options)
    return pl.Series(list(options), dtype=kind).gather(codes.astype(np.uint32))


def files(folder: Path, count: int, *, seed: int) -> Path:
    """Write ``count`` people as Parquet files of at most a million; return the pattern that reads them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, start in enumerate(range(0, count, BATCH)):
        people(min(BATCH, count - start), seed=seed + number).write_parquet(folder / f"people-{number:03}.parquet")
    return folder / "people-*.parquet"
