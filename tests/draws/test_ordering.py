"""One meaning of an order: what a fact counts for one person is what it counts in the database."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection

from passerelle.programs.queries import rules
from pointsgrid.model import NOT_APPLICABLE
from pointsgrid.ordering import higher_first
from pointsgrid.sql import COLUMN, NotStored
from pointsgrid.sql import higher_first as in_the_database
from tests.factories import program

VALUES: dict[str, list[Any]] = {
    "work_permit_expiry": ["2026-05-01", "1899-12-31", "2200-01-02", "2026-06-25"],
    "funds_needed": [0, 9_000, 1, "12.50"],
    "nwt_employees": [0, 3, 10],
    "francophone": [True, False],
    "highest_education": ["secondary", "master", "doctorate", "no such thing"],
}
CASES = [
    (key, first, value)
    for key, values in VALUES.items()
    for first in {"francophone": ("yes", "no"), "work_permit_expiry": ("earliest", "latest")}.get(key, ("highest", "lowest"))
    for value in [*values, None, "", NOT_APPLICABLE]
]  # fmt: skip


def asked(where: Any, facts: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        given = [list(one) if isinstance(one, tuple) else one for one in where.params]
        counted = where.text.replace(COLUMN, "said")
        cursor.execute(f"SELECT {counted} FROM (SELECT %s::jsonb AS said) AS one", [*given, json.dumps(facts)])
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_one_person_and_the_database_agree():
    known = rules(program()).points
    for key, first, value in CASES:
        facts = {key: value}
        assert higher_first(known, key, first, facts) == asked(in_the_database(known, key, first), facts), (
            key,
            first,
            value,
        )
    for first in ("yes", "no"):
        for value in [*VALUES["work_permit_expiry"], None, ""]:
            given = {"no_later_than": date(2026, 6, 25)}
            facts = {"work_permit_expiry": value}
            in_database = asked(in_the_database(known, "work_permit_expiry", first, **given), facts)
            assert higher_first(known, "work_permit_expiry", first, facts, **given) == in_database, (first, value)


@pytest.mark.django_db
def test_what_has_no_order_is_refused():
    with pytest.raises(NotStored):
        higher_first(rules(program()).points, "noc_code", "highest", {"noc_code": "21231"})
