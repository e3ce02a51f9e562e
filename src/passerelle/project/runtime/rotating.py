"""A new key for everything that rests sealed: rows first, then stored files. The platform may run meanwhile."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models, transaction

from passerelle.accounts import operations as accounts
from passerelle.core import audit, keys
from passerelle.core.sealing import SealedTextField, seal, unseal
from passerelle.documents import operations as documents

BATCH = 500
Tick = Callable[[str, int, int], None]


class NotTheOwner(Exception):
    """This database role may not change what rests in the tables of history; the text says what to do."""


@dataclass(frozen=True)
class Rotation:
    """The id of the new key, and how much was sealed again under it."""

    key: str
    rows: int
    files: int


def rotate_keys(*, at: datetime, tick: Tick) -> Rotation:
    """Put a new data key first in the ring and seal every row and file with it.

    Old keys stay in the ring: backups and pages opened before still need them. A run that was cut short is finished by
    the next one, since each run seals whatever is not under the newest key. The person key never changes: it is what
    makes the same passport known again. Raises NotTheOwner, and then there is no new key.
    """
    columns = list(sealed_columns())
    _require_owner(columns)
    current = keys.renew(keys.KeyRing.with_new_data_key).current[0]
    rows = 0
    for number, (model, field) in enumerate(columns, start=1):
        rows += seal_again(model, field, current)
        tick("Rows", number, len(columns))
    rows += accounts.reseal_second_factors()
    files = documents.rewrap_files(at=at, tick=lambda done, total: tick("Files", done, total))
    audit.record("keys.rotated", subject="installation", by=None, at=at, detail={"key": current, "rows": rows})
    return Rotation(current, rows, files)


def change_signing_key(*, at: datetime) -> str:
    """Put a new signing key in the ring, and return its fingerprint. What earlier keys signed stands, and they stay in the ring.

    Only the ring changes: a draw under way keeps the key that its commitment names.
    """
    renewed = keys.renew(keys.KeyRing.with_new_signing_key)
    fingerprint = hashlib.sha256(keys.public_keys(renewed)[-1]).hexdigest()
    audit.record("keys.signing_changed", subject="installation", by=None, at=at, detail={"fingerprint": fingerprint})
    return fingerprint


def sealed_columns() -> Iterator[tuple[type[models.Model], SealedTextField]]:
    """Every column of the platform that rests sealed."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedTextField):
                yield model, field


def _require_owner(columns: Iterable[tuple[type[models.Model], SealedTextField]]) -> None:
    tables = [model._meta.db_table for model, _field in columns]
    with connection.cursor() as cursor:
        cursor.execute("SELECT bool_and(has_table_privilege(name, 'UPDATE')) FROM unnest(%s::text[]) AS name", [tables])
        if not cursor.fetchone()[0]:
            raise NotTheOwner("Keys are rotated by the role that owns the database: say it with its DATABASE_URL.")


def seal_again(model: type[models.Model], field: SealedTextField, current: str) -> int:
    """Seal one column's rows with the current key, in batches; return how many were under an older one."""
    count = 0
    last: Any = None
    while rows := _after(model, field, last):
        last = rows[-1][0]
        old = [(pk, value) for pk, value in rows if value is not None and key_of(value) != current]
        # What may never change is the text, not its envelope: the guards of history tables step aside here alone.
        with transaction.atomic(), pgtrigger.ignore():
            for pk, value in old:
                count += _replace(model, field, pk, value)
    return count


def key_of(sealed: str) -> str:
    """The id of the key a text is sealed with."""
    return base64.b64decode(sealed).partition(b":")[0].decode(errors="replace")


def _after(model: type[models.Model], field: SealedTextField, last: Any) -> list[tuple[Any, str | None]]:
    """The next rows of a column as they rest, in the order of their keys."""
    table, column, key = _names(model, field)
    after = "" if last is None else f"WHERE {key} > %s"
    with connection.cursor() as cursor:
        query = f"SELECT {key}, {column} FROM {table} {after} ORDER BY {key} LIMIT {BATCH}"
        cursor.execute(query, [] if last is None else [last])
        return list(cursor.fetchall())


def _replace(model: type[models.Model], field: SealedTextField, pk: Any, value: str) -> int:
    """Put the new envelope in place unless the row has changed meanwhile: then it is under the new key already."""
    table, column, key = _names(model, field)
    purpose = field._purpose()
    query = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"
    with connection.cursor() as cursor:
        cursor.execute(query, [seal(unseal(value, purpose), purpose), pk, value])
        return int(cursor.rowcount)


def _names(model: type[models.Model], field: SealedTextField) -> tuple[str, str, str]:
    """Table, column and key of a sealed column, quoted for a query."""
    key = model._meta.pk
    assert key is not None
    table, column, pk = (connection.ops.quote_name(str(n)) for n in (model._meta.db_table, field.column, key.column))
    return table, column, pk
