"""Whether a file of people holds only values that its facts may have; one pass, before anybody is scored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from pointsgrid.model import Type
from pointsgrid.values import BadValue


@dataclass(frozen=True)
class Unfit:
    """A column with values its fact cannot have: how many, and the first of them (``row`` counts from 1)."""

    key: str
    count: int
    row: int
    value: Any
    kind: Type

    def __str__(self) -> str:
        more = f" ({self.count} such values)" if self.count > 1 else ""
        return f"row {self.row}: {BadValue(self.key, self.value, self.kind)}{more}"


def unfit(people: pl.LazyFrame, kinds: dict[str, Type]) -> list[Unfit]:
    """Return the columns of ``people`` that hold values outside the range or options of their fact (``kinds``)."""
    schema = people.collect_schema()
    faults = {key: fault for key, kind in kinds.items() if (fault := _fault(key, kind, schema.get(key))) is not None}
    if not faults:
        return []
    asked = [expression for key, fault in faults.items() for expression in _asked(key, fault)]
    found = people.select(asked).collect(engine="streaming").row(0, named=True)
    return list(_told(found, kinds, faults))


def _asked(key: str, fault: pl.Expr) -> Iterator[pl.Expr]:
    yield fault.sum().alias(f"{key}:count")
    yield fault.arg_max().alias(f"{key}:row")
    yield pl.col(key).filter(fault).first().alias(f"{key}:value")


def _told(found: dict[str, Any], kinds: dict[str, Type], faults: dict[str, pl.Expr]) -> Iterator[Unfit]:
    for key in faults:
        if found[f"{key}:count"]:
            row, value = found[f"{key}:row"] + 1, found[f"{key}:value"]
            yield Unfit(key, found[f"{key}:count"], row, value, kinds[key])


def _fault(key: str, kind: Type, dtype: pl.DataType | None) -> pl.Expr | None:
    """Where the column holds a value that cannot be; None when nothing can be wrong, or it shows by itself."""
    column = pl.col(key)
    if dtype is None:
        return None
    if kind.kind == "choice" and dtype == pl.String:
        return (~column.is_in(list(kind.options))).fill_null(False)
    if not kind.numeric or not dtype.is_numeric():
        return None
    ends = [column < kind.low] if kind.low is not None else []
    ends += [column > kind.high] if kind.high is not None else []
    return pl.any_horizontal(ends).fill_null(False) if ends else None
