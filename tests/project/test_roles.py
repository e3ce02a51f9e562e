"""A database role of the application's own: it does the platform's work, and history is out of its reach (trust 2.9, 8.7)."""

import os
from collections.abc import Iterator

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from passerelle.core import audit, keys
from passerelle.project.roles import UnfitRole, grant, history_tables, kept_tables
from passerelle.project.runtime.rotating import NotTheOwner, rotate_keys
from tests.support.cases import NOON, an_office, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def role() -> Iterator[str]:
    """A role that owns nothing and has its rights; gone with the transaction of the test."""
    name = f"app_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name}")
        grant(name)
        cursor.execute(f"SET LOCAL ROLE {name}")
        yield name
        cursor.execute("RESET ROLE")


def keys_of_tables() -> dict[str, str]:
    """Return the column by which each table's rows are found."""
    return {model._meta.db_table: model._meta.pk.column for model in apps.get_models(include_auto_created=True)}


def test_the_platform_carries_a_file_to_its_decision_under_its_own_role(role: str):
    case = refused(an_office())

    assert audit.verify_chain(case.application)


def test_history_cannot_be_changed_deleted_emptied_or_its_guards_switched_off(role: str):
    attempts = [
        "UPDATE {0} SET {1} = {1}",
        "DELETE FROM {0}",
        "TRUNCATE {0} CASCADE",
        "ALTER TABLE {0} DISABLE TRIGGER ALL",
    ]
    attempts += ["DROP TABLE {0} CASCADE"]
    keys = keys_of_tables()
    for table in history_tables():
        for attempt in attempts:
            with (
                pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(attempt.format(table, keys[table]))


def test_what_is_never_changed_or_deleted_is_not_though_its_guards_are_told_to_step_aside(role: str):
    kept = set(kept_tables())
    assert {("core_auditevent", "UPDATE"), ("eoi_submissionkey", "DELETE"), ("accounts_appointment", "DELETE")} <= kept
    assert {
        ("draws_leaf", "DELETE"),
        ("express_entry_notification", "DELETE"),
        ("programs_putinforce", "DELETE"),
    } <= kept
    statements = {"UPDATE": "UPDATE {0} SET {1} = {1}", "DELETE": "DELETE FROM {0}"}
    keys = keys_of_tables()
    for table, act in sorted(kept):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            pgtrigger.ignore(),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statements[act].format(table, keys[table]))


@pytest.mark.parametrize("attempt", ["SET session_replication_role = replica", "ALTER ROLE CURRENT_USER SUPERUSER",
                                     "UPDATE django_migrations SET name = name", "CREATE TABLE public.mine (n int)"])  # fmt: skip
def test_nor_are_there_ways_round(role: str, attempt: str):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attempt)


def test_keys_are_not_rotated_by_a_role_that_could_only_begin_to(role: str):
    before = keys.ring().current

    with pytest.raises(NotTheOwner, match="owns the database"):
        rotate_keys(at=NOON, tick=lambda what, done, total: None)

    assert keys.ring().current == before


def test_the_owner_could():
    """The control arm: without a role of its own the application might switch the guards off and rewrite history."""
    audit.record("test.happened", subject="X-1", by=None, at=NOON)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER ALL")
        cursor.execute("UPDATE core_auditevent SET event = 'test.other'")

    assert not audit.verify_chain("X-1")


def test_a_role_that_is_missing_or_privileged_is_refused():
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE strong_{os.getpid()} SUPERUSER")

    for name in ("nobody_here", f"strong_{os.getpid()}"):
        with pytest.raises(UnfitRole):
            grant(name)
