"""The columns at hand, each fact in canonical form: whole numbers in the smallest unit, choices as positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from pointsgrid.model import CodeList, Type


class NotColumnar(Exception):
    """An expression that has no meaning over columns (records, charts, tables); its fact must be given."""


@dataclass(frozen=True, slots=True)
class Column:
    """A lowered expression. ``scale``: decimal places of its whole numbers; ``na``: where it is not applicable."""

    expr: pl.Expr
    kind: str
    scale: int = 0
    na: pl.Expr | None = None
    options: tuple[str, ...] = ()
    constant: Any = None
    narrow: bool = False  # a column of whole numbers of 8 bits, as it came


class Frame:
    """The columns at hand: for each fact its expression in canonical form, and where it is not applicable."""

    def __init__(self, types: Mapping[str, Type], schema: Mapping[str, Any], lists: tuple[CodeList, ...] = ()) -> None:
        self.types, self.schema, self.lists = types, schema, lists

    def column(self, key: str) -> Column:
        """Return the column of a fact; a column that is absent is not answered."""
        kind = self.types.get(key)
        if kind is None:
            raise NotColumnar(key)
        na = pl.col(f"{key}.na") if f"{key}.na" in self.schema else None
        given = self.schema.get(key)
        expr = pl.col(key) if given is not None else pl.lit(None, dtype=_dtype(kind))
        places = kind.places if kind.kind == "decimal" else 0
        return Column(_canonical(expr, given, kind), _kind(kind), places, na, kind.options, narrow=given == pl.Int8)


def _kind(kind: Type) -> str:
    return {"integer": "number", "decimal": "number", "yes_no": "bool", "choice": "option", "date": "date"}.get(
        kind.kind, "text"
    )


def _dtype(kind: Type) -> Any:
    return {"integer": pl.Int64, "decimal": pl.Int64, "yes_no": pl.Boolean, "choice": pl.UInt8, "date": pl.Date}.get(
        kind.kind, pl.String
    )


def _canonical(expr: pl.Expr, given: Any, kind: Type) -> pl.Expr:
    if given is None or given == pl.Null:
        return expr.cast(_dtype(kind)) if given == pl.Null else expr
    if kind.kind == "choice":
        codes = pl.UInt8 if len(kind.options) < 255 else pl.UInt16
        return expr.cast(codes) if given.is_integer() else expr.cast(pl.Enum(kind.options)).to_physical().cast(codes)
    if kind.kind == "integer":
        return expr if given.is_signed_integer() else expr.cast(pl.Int64)
    if kind.kind == "decimal":
        return _cents(expr, given, kind.places)
    if kind.kind == "yes_no":
        return expr if given == pl.Boolean else _truth(expr, given)
    return expr.cast(pl.Date) if kind.kind == "date" and given != pl.Date else expr


YES_WORDS, NO_WORDS = ("yes", "true"), ("no", "false")


def _truth(expr: pl.Expr, given: Any) -> pl.Expr:
    """Return a yes/no column from its words, in letters of any size; other words are no answer (fitness names them)."""
    if given != pl.String:
        return expr.cast(pl.Boolean)
    word = expr.str.to_lowercase()
    return pl.when(word.is_in(YES_WORDS)).then(True).when(word.is_in(NO_WORDS)).then(False)


def _cents(expr: pl.Expr, given: Any, places: int) -> pl.Expr:
    """Return a decimal column as whole smallest units, exactly: text and floats pass through a decimal."""
    if given.is_integer():
        return expr.cast(pl.Int64) * 10**places
    if not isinstance(given, pl.Decimal) or given.scale != places:
        expr = expr.cast(pl.Decimal(38, places))
    return (expr * pl.lit(Decimal(10**places), dtype=pl.Decimal(38, 0))).cast(pl.Int64)
