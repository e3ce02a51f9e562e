"""The CRS from the shipped pack, through pointsgrid."""

from functools import cache
from pathlib import Path

import polars as pl

from pointsgrid import points
from pointsgrid.rules import Rules, load

PACK = Path(__file__).parents[2] / "packs/ca-federal/2026-1"
GRID = "crs-2025-03"


@cache
def rules() -> Rules:
    return load({path.relative_to(PACK).as_posix(): path.read_text("utf-8") for path in sorted(PACK.rglob("*.yaml"))})


def total(people: pl.LazyFrame) -> pl.LazyFrame:
    """Return the total of each person."""
    return points.score_frame(rules(), GRID, people).select(pl.col("points.total").alias("total"))
