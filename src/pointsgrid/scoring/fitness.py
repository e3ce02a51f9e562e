"""Whether a file of people holds only values that its facts may have; one pass, before anybody is scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pointsgrid.model import Type
from pointsgrid.scoring.frames import NO_WORDS, YES_WORDS
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


# Where a text can be no value of the type: a column of a CSV is read as text when some value in it is none.
_UNREAD: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {
    "yes_no": lambda column: ~column.str.to_lowercase().is_in([*YES_WORDS, *NO_WORDS]),
    "integer": lambda column: ~column.str.contains(r"^-?[0-9]+$"),
    "decimal": lambda column: ~column.str.contains(r"^-?[0-9]+(\.[0-9]+)?$"),
    "date": lambda column: column.str.to_date("%Y-%m-%d", strict=False).is_null(),
}


def _fault(key: str, kind: Type, dtype: pl.DataType | None) -> pl.Expr | None:
    """Where the column holds a value that cannot be; None when nothing can be wrong, or it shows by itself."""
    column = pl.col(key)
    if dtype is None:
        return None
    if kind.kind == "choice" and dtype == pl.String:
        return (~column.is_in(list(kind.options))).fill_null(False)
    if dtype == pl.String and kind.kind in _UNREAD:
        unread = (_UNREAD[kind.kind](column) & column.is_not_null()).fill_null(False)
        outside = _outside(column.cast(pl.Decimal(38, 6), strict=False), kind) if kind.numeric else None
        return unread if outside is None else unread | outside
    return _outside(column, kind) if kind.numeric and dtype.is_numeric() else None


def _outside(column: pl.Expr, kind: Type) -> pl.Expr | None:
    """Where a column of numbers leaves the range of its fact; None for a fact without one."""
    ends = [column < kind.low] if kind.low is not None else []
    ends += [column > kind.high] if kind.high is not None else []
    return pl.any_horizontal(ends).fill_null(False) if ends else None
