"""A pack's compiled condition as an expression of a query over a column of flat facts."""

from typing import Any

from django.db.models import BooleanField, Func

from pointsgrid.sql import COLUMN, Where


class Meets(Func):
    """Whether the facts in a column meet a condition; a blank that it hangs on does not meet it."""

    output_field = BooleanField()

    def __init__(self, column: Any, where: Where) -> None:
        super().__init__(column)
        self.where = where

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_extra: Any) -> Any:
        """Put the column into the compiled text; values stay parameters."""
        column, params = compiler.compile(self.source_expressions[0])
        values = [_adapted(value) for value in self.where.params]
        if not params:
            return f"COALESCE({self.where.text.replace(COLUMN, column)}, FALSE)", values
        # Facts that are worked out first stand in a row of their own: the condition may name them more than once. OFFSET
        # keeps the server from putting them back into each place, and joining them with nothing unpacks them once for all.
        text = self.where.text.replace(COLUMN, "held.facts")
        held = f"(SELECT {column} || '{{}}'::jsonb AS facts OFFSET 0) AS held"
        return f"(SELECT COALESCE({text}, FALSE) FROM {held})", [*values, *params]


def _adapted(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
