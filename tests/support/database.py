"""A database for each test process, cloned from one migrated template on a server kept between runs.

Several people and several pytest workers may run at once: the server is started by whoever comes first, the template is
built once for each set of migrations, and a database carries the process id of its owner so that the next run can tell
what is left over.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from passerelle.project.runtime.postgres import Server

ROOT = Path(__file__).resolve().parents[2]
SERVER = Server(
    ROOT / "var" / "test-postgres",
    {"fsync": "off", "full_page_writes": "off", "max_connections": "300", "shared_buffers": "128MB"},
)
TEMPLATES_KEPT = 3
# The tables that no model of ours stands for: the job queue and the cache.
BESIDE = (
    "procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers", "core_cache",
)  # fmt: skip
AS_MIGRATED = {"django_content_type", "auth_permission"}  # their rows come from the models alone: no test changes them
# Waits, as TRUNCATE does, for whoever still writes; then a table that no test has written to costs one look at its file,
# and rows by the dozen are deleted, for every truncated table is a new file with as many as its indexes.
EMPTY = """
DO $$ DECLARE one regclass; BEGIN
    SET LOCAL session_replication_role = replica;
    LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE;
    FOREACH one IN ARRAY string_to_array('{tables}', ',')::regclass[] LOOP
        IF pg_total_relation_size(one) > 4000000 THEN EXECUTE format('TRUNCATE %s CASCADE', one);
        ELSIF pg_relation_size(one) > 0 THEN EXECUTE format('DELETE FROM %s', one);
        END IF;
    END LOOP;
    SET LOCAL session_replication_role = origin;
END $$"""


def start() -> None:
    """Start the server of the tests unless it runs."""
    SERVER.start()


def prepare() -> None:
    """Start the server and build the template, so that no worker of the tests waits while another one migrates."""
    start()
    with _alone(), _maintenance() as connection:
        _template(connection)


def stop_when_idle() -> bool:
    """Stop the server unless another test process uses it; return whether it was stopped."""
    if not SERVER.is_ready():
        return False
    with _alone(), _maintenance() as connection:
        _drop_leftovers(connection)
        in_use = bool(_databases(connection, "t_"))
    return not in_use and SERVER.stop()


def own_database() -> str:
    """Clone the migrated template for this process; return the clone's name."""
    name = f"t_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with _alone(), _maintenance() as connection:
        _drop_leftovers(connection)
        template = _template(connection)
        _drop(connection, name)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return name


def drop(name: str) -> None:
    """Remove a database and whatever is still connected to it."""
    with _maintenance() as connection:
        _drop(connection, name)


def use(name: str) -> None:
    """Point Django's connection, and the processes started from here, at one database of the server."""
    from django.db import connections

    connections.close_all()
    settings = connections["default"].settings_dict
    settings.update(NAME=name, HOST=str(SERVER.sockets), USER="postgres", PASSWORD="", PORT="")
    os.environ["DATABASE_URL"] = SERVER.url(name)


def empty() -> None:
    """Take every row out of this process's tables, out of the job queue and the cache, past triggers that let nobody do so."""
    from django.db import connection

    managed = {*connection.introspection.django_table_names(include_views=False)} - AS_MIGRATED
    with connection.cursor() as cursor:
        cursor.execute(EMPTY.format(tables=",".join(sorted({*managed, *BESIDE}))))


def _template(connection: psycopg.Connection[Any]) -> str:
    name = f"tpl_{_fingerprint()}"
    ready = _databases(connection, "tpl_")
    if name in ready:
        return name
    building = f"building_{name}"
    _drop(connection, building)
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
    _migrate(building)
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name)))
    by_age = sql.SQL("SELECT datname FROM pg_database WHERE datname LIKE 'tpl\\_%' ORDER BY oid DESC")
    for (old,) in connection.execute(by_age).fetchall()[TEMPLATES_KEPT:]:
        _drop(connection, old)
    return name


def _migrate(name: str) -> None:
    from django.core.management import call_command
    from django.db import connections

    use(name)
    call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()


def _fingerprint() -> str:
    """What the schema depends on: the libraries, the settings, every migration."""
    mark = sha256((ROOT / "requirements.txt").read_bytes())
    mark.update((ROOT / "src/passerelle/project/settings.py").read_bytes())
    for path in sorted((ROOT / "src/passerelle").glob("*/migrations/0*.py")):
        mark.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return mark.hexdigest()[:16]


def _drop_leftovers(connection: psycopg.Connection[Any]) -> None:
    for name in _databases(connection, "t_"):
        owner = int(name.split("_")[1])
        if owner != os.getpid() and not Path(f"/proc/{owner}").exists():
            _drop(connection, name)


def _databases(connection: psycopg.Connection[Any], prefix: str) -> list[str]:
    rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
    return [name for (name,) in rows.fetchall()]


def _drop(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _maintenance() -> psycopg.Connection[Any]:
    return psycopg.connect(SERVER.url("postgres"), autocommit=True)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with (ROOT / "var" / "test-postgres.templates.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    prepare()
