"""Several counts in one statement: a page of figures costs what one figure costs."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def together(rows: Mapping[str, QuerySet[Any]], *, most: Mapping[str, int] | None = None) -> dict[str, int]:
    """Return how many rows each query set has, by its name, asked for in one statement.

    One named in ``most`` is counted up to that number: one more than it stands for all beyond, which are not looked at.
    """
    asked: list[tuple[str, str]] = []
    values: list[Any] = []
    found = dict.fromkeys(rows, 0)
    for name, one in rows.items():
        try:
            statement, given = one.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        ends = f" LIMIT {most[name] + 1:d}" if most and name in most else ""
        asked.append((name, f"(SELECT count(*) FROM ({statement}{ends}) AS counted)"))
        values.extend(given)
    if asked:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(statement for _name, statement in asked), values)
            found.update(zip((name for name, _statement in asked), cursor.fetchone(), strict=True))
    return found
