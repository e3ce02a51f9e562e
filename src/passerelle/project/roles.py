"""Database roles (trust requirements 2.9 and 8.7): the owner migrates; the application's role cannot rewrite history.

The triggers of history tables refuse everybody, but who owns a table may switch its triggers off. A role that owns nothing
may not; and it is given no right to change, delete or empty those tables in the first place.
"""

from collections.abc import Iterator

import pgtrigger
from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from passerelle.core.models import is_append_only


class UnfitRole(Exception):
    """The role is missing, or could help itself to more than it is given; the message says which."""


def history_tables() -> list[str]:
    """The tables whose rows are written once."""
    guarded = (one for one in apps.get_models() if is_append_only(one))
    return sorted(one._meta.db_table for one in guarded)


def kept_tables() -> list[tuple[str, str]]:
    """Pairs (table, UPDATE or DELETE) of what is never done to other tables: their guards refuse it whatever the row holds.

    A guard steps aside for whoever sets ``pgtrigger.ignore`` in the session, as a rotation of keys does; a right does not.
    """
    found = {
        (model._meta.db_table, act)
        for model in apps.get_models()
        for guard in getattr(model._meta, "triggers", ())
        if isinstance(guard, pgtrigger.Protect) and guard.condition is None
        for act in ("UPDATE", "DELETE")
        if act in str(guard.operation)
    }
    return sorted(found)


@transaction.atomic
def grant(role: str) -> int:
    """Give ``role`` what the platform does day by day and no more; return how many history tables it may only add to.

    Run as the owner, after every migration: new tables have no rights yet. Raises UnfitRole.
    """
    _require_fit(role)
    with connection.cursor() as cursor:
        for statement in _statements(role):
            cursor.execute(statement)
    return len(history_tables())


def _require_fit(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolcreaterole OR rolreplication OR pg_has_role(rolname, current_user, 'MEMBER')"
            " FROM pg_roles WHERE rolname = %s",
            [role],
        )
        row = cursor.fetchone()
    if row is None:
        raise UnfitRole(f"There is no role {role}. Make one: CREATE ROLE {role} LOGIN PASSWORD '…'")
    if row[0]:
        raise UnfitRole(f"{role} may act as the owner, or give itself rights. Take a role that is not privileged.")


def _statements(role: str) -> Iterator[sql.Composed]:
    to = sql.Identifier(role)
    everyday = (
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}",
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
    )
    for text in everyday:
        yield sql.SQL(text).format(to)
    for table in history_tables():
        yield sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), to)
    for table, act in kept_tables():
        yield sql.SQL("REVOKE {} ON {} FROM {}").format(sql.SQL(act), sql.Identifier(table), to)
    yield sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM {}").format(to)
