"""History is written once: each of its tables refuses to be changed or emptied, with the platform's rights (trust 2.9)."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.utils import DatabaseError

from passerelle.core import audit
from passerelle.core.models import is_append_only
from tests.support.cases import NOON, an_office, refused

pytestmark = pytest.mark.django_db
HISTORY = {
    "core_auditevent", "core_accessrow", "eoi_scorerecord", "draws_entry", "draws_standing", "draws_promotion",
    "allocations_placemove", "programs_pack",
}  # fmt: skip


def kept_for_ever() -> dict[str, type[models.Model]]:
    """The tables declared append-only."""
    chosen = [one for one in apps.get_models() if is_append_only(one)]
    return {one._meta.db_table: one for one in chosen}


def test_the_tables_of_history_are_declared_so():
    assert set(kept_for_ever()) >= HISTORY


def test_each_has_its_triggers_in_the_database_and_they_are_on():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, bool_or(tgtype & 1 = 1 AND tgtype & 24 = 24), bool_or(tgtype & 1 = 0 AND tgtype & 32 = 32)"
            " FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal AND tgenabled = 'O'"
            " GROUP BY relname"
        )
        found = {table: (rows, emptying) for table, rows, emptying in cursor.fetchall()}

    assert {table: found.get(table) for table in kept_for_ever()} == dict.fromkeys(kept_for_ever(), (True, True))


def test_what_whole_files_left_behind_cannot_be_changed_deleted_or_emptied(record_property: Any):
    office = an_office()
    case = refused(office)
    audit.record_access(subject=case.eoi, by=office.officer, at=NOON, purpose="Review")
    tried = 0
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, model in kept_for_ever().items():
            rows = model.objects.count()  # type: ignore[attr-defined]
            assert rows or table not in HISTORY - {"draws_promotion"}, table
            statements = [f"TRUNCATE {table} CASCADE"]
            if rows:
                statements += [
                    f"DELETE FROM {table}",
                    f"UPDATE {table} SET {model._meta.pk.column} = {model._meta.pk.column}",
                ]
            for statement in statements:
                with pytest.raises(DatabaseError, match=r"Cannot|never rewritten"), transaction.atomic():
                    cursor.execute(statement)
                tried += 1
            assert model.objects.count() == rows  # type: ignore[attr-defined]
    record_property("statements refused", tried)
