"""Questions put into SQL once and asked again with other values: what Django does anew for each costs more than the answer."""

from collections.abc import Callable
from copy import copy
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, TypeVar

from django.db import connections
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")


def composed(build: Callable[..., QuerySet[Any, Row]]) -> Callable[..., list[Row]]:
    """Make of a function that builds a queryset one that returns its rows, the SQL composed at the first call.

    The arguments (text, whole numbers, days, instants; never None) only ever stand as values in conditions: which conditions there
    are hangs on none of them. Raises TypeError for an argument that does not reach the database as it is given.
    """
    forms: dict[tuple[type, ...], _Form] = {}

    @wraps(build)
    def ask(*values: Any) -> list[Row]:
        kinds = tuple(type(value) for value in values)
        form = forms.get(kinds)
        if form is None:
            form = forms[kinds] = _Form(build, kinds)
        return form.rows(values)

    return ask


class _Form:
    """The SQL of a queryset, and which of its parameters are whose places."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], kinds: tuple[type, ...]) -> None:
        marks = [_mark(kind, number) for number, kind in enumerate(kinds)]
        self.queryset: Any = build(*marks)
        self.compiler: Any = self.queryset.query.get_compiler(self.queryset.db)
        self.sql, self.given = self.compiler.as_sql()
        self.places = [_place(marks, value) for value in self.given]
        if {*range(len(marks))} - {*self.places}:
            raise TypeError(f"not every argument of {build.__qualname__} stands in its SQL as it is given")

    def rows(self, values: tuple[Any, ...]) -> list[Any]:
        connection = connections[self.queryset.db]
        if self.queryset.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("rows are held for a transaction, and there is none")
        compiler, query, asked = copy(self.compiler), copy(self.queryset.query), self.queryset.all()
        params = tuple(
            # Whole numbers are given as the width of their column.
            known if place is None else type(known)(values[place]) if isinstance(known, int) else values[place]
            for known, place in zip(self.given, self.places, strict=True)
        )
        compiler.connection, compiler.as_sql = connection, lambda *_args, **_named: (self.sql, params)
        query.get_compiler, asked._query = lambda *_args, **_named: compiler, query
        return list(asked)


def _mark(kind: type, number: int) -> Any:
    """Return a value of that kind which stands in no pack and no row."""
    if issubclass(kind, str):
        return f"\N{REPLACEMENT CHARACTER}{number}"
    if issubclass(kind, datetime):
        return datetime(1, 1, 1, 0, 0, number, tzinfo=UTC)
    if issubclass(kind, date):
        return date(1, 1, 1 + number)
    if issubclass(kind, int) and kind is not bool:
        return 2_147_483_000 + number
    raise TypeError(f"a question cannot be composed for a {kind.__name__}")


def _place(marks: list[Any], value: Any) -> int | None:
    return next((number for number, mark in enumerate(marks) if isinstance(value, type(mark)) and mark == value), None)
