"""A pack's compiled condition, or a number it compiles, as an expression of a query over a column of flat facts."""

from typing import Any

from django.db.models import BigIntegerField, BooleanField, Func

from pointsgrid.sql import COLUMN, Where


class FromFacts(Func):
    """What a compiled text gives of the facts in a column; ``blank`` where it hangs on one."""

    blank = "NULL"

    def __init__(self, column: Any, where: Where) -> None:
        super().__init__(column)
        self.where = where

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_extra: Any) -> Any:
        """Put the column into the compiled text; values stay parameters."""
        column, params = compiler.compile(self.source_expressions[0])
        values = [_adapted(value) for value in self.where.params]
        if not params and self.where.text.count(COLUMN) == 1:
            return f"COALESCE({self.where.text.replace(COLUMN, column)}, {self.blank})", values
        # Facts that are named more than once, or worked out first, stand in a row of their own. OFFSET keeps the server from
        # putting them back into each place, and joining them with nothing unpacks them once for all, in one process alone.
        text = self.where.text.replace(COLUMN, "held.facts")
        held = f"(SELECT {column} || '{{}}'::jsonb AS facts OFFSET 0) AS held"
        return f"(SELECT COALESCE({text}, {self.blank}) FROM {held})", [*values, *params]


class Meets(FromFacts):
    """Whether the facts in a column meet a condition; a blank that it hangs on does not meet it."""

    output_field = BooleanField()
    blank = "FALSE"


class Amount(FromFacts):
    """A whole number worked out of the facts in a column; a blank is 0."""

    output_field = BigIntegerField()
    blank = "0"


def _adapted(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
