"""Backup and restore of database, files and keys as one archive."""

import os
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from passerelle.project.runtime.archive import BadArchive, Places, back_up, places_of_settings, restore
from tests.support import database

NOON = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)


def quiet(what: str, done: int, total: int) -> None:
    """Show no progress."""


@pytest.fixture
def two_databases() -> Iterator[list[str]]:
    database.start()
    names = [f"t_{os.getpid()}_archive_{side}" for side in ("from", "to")]
    for name in names:
        database.drop(name)
        database.SERVER.create_database(name)
    yield [database.SERVER.url(name) for name in names]
    for name in names:
        database.drop(name)


@pytest.fixture
def origin(two_databases: list[str], tmp_path: Path) -> Places:
    with psycopg.connect(two_databases[0]) as connection:
        connection.execute("CREATE TABLE kept (id int PRIMARY KEY, name text NOT NULL)")
        connection.execute("INSERT INTO kept VALUES (1, 'Sahaiʔa'), (2, 'Tłı̨chǫ')")
        connection.execute("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'never'; END$$")
        connection.execute("CREATE TRIGGER final BEFORE UPDATE ON kept FOR EACH ROW EXECUTE FUNCTION no()")
    return places(two_databases[0], tmp_path / "old", with_content=True)


@pytest.fixture
def goal(two_databases: list[str], tmp_path: Path) -> Places:
    return places(two_databases[1], tmp_path / "new")


def places(url: str, folder: Path, *, with_content: bool = False) -> Places:
    ring = folder / "keys" / "ring.json"
    if with_content:
        (folder / "files" / "ab").mkdir(parents=True)
        (folder / "files" / "ab" / "cd.bin").write_bytes(b"\x00sealed\xff")
        ring.parent.mkdir()
        ring.write_text('{"data": {}}')
    return Places(database=url, files=folder / "files", secrets={"ring.json": ring})


def test_what_is_restored_equals_what_was_backed_up(origin: Places, goal: Places, tmp_path: Path):
    made = back_up(origin, tmp_path / "one.tar.gz", at=NOON, tick=quiet)
    outcome = restore(goal, tmp_path / "one.tar.gz", tick=quiet)

    with psycopg.connect(goal.database) as connection:
        assert connection.execute("SELECT * FROM kept ORDER BY id").fetchall() == [(1, "Sahaiʔa"), (2, "Tłı̨chǫ")]
        with pytest.raises(psycopg.errors.RaiseException, match="never"):
            connection.execute("UPDATE kept SET id = 3")
    assert (goal.files / "ab" / "cd.bin").read_bytes() == b"\x00sealed\xff"
    assert goal.secrets["ring.json"].read_text() == '{"data": {}}'
    assert oct(goal.secrets["ring.json"].stat().st_mode)[-3:] == "600"
    assert (outcome.made_at, outcome.files, made.files) == (NOON, 3, 3)


def test_an_archive_is_restored_where_the_roles_of_its_server_are_unknown(origin: Places, goal: Places, tmp_path: Path):
    role = f"t_{os.getpid()}_only_there"
    with psycopg.connect(origin.database, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role}")
        connection.execute(f"GRANT SELECT, INSERT ON kept TO {role}")
    try:
        back_up(origin, tmp_path / "one.tar.gz", at=NOON, tick=quiet)
    finally:
        with psycopg.connect(origin.database, autocommit=True) as connection:
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")

    restore(goal, tmp_path / "one.tar.gz", tick=quiet)

    with psycopg.connect(goal.database) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (2,)


def test_a_backup_reaches_the_database_as_the_platform_does(settings: Any):
    settings.DATABASES["default"] = {
        **settings.DATABASES["default"], "HOST": "db.example", "PASSWORD": "p", "OPTIONS": {
            "sslmode": "verify-full", "sslrootcert": "/etc/ca.pem", "options": "-c lock_timeout=3000"},
    }  # fmt: skip

    told = conninfo_to_dict(places_of_settings().database)

    assert (told["host"], told["password"], told["sslmode"], told["sslrootcert"]) == (
        "db.example", "p", "verify-full", "/etc/ca.pem",
    )  # fmt: skip
    assert "options" not in told


def test_an_archive_is_its_owners_alone(origin: Places, tmp_path: Path):
    back_up(origin, tmp_path / "one.tar.gz", at=NOON, tick=quiet)

    assert oct((tmp_path / "one.tar.gz").stat().st_mode)[-3:] == "600"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old", "one.tar.gz"], "nothing else is left"


def test_a_backup_that_fails_leaves_no_archive(origin: Places, tmp_path: Path):
    nowhere = Places(database=origin.database + "_none", files=origin.files, secrets=origin.secrets)

    with pytest.raises(BadArchive, match="pg_dump failed"):
        back_up(nowhere, tmp_path / "one.tar.gz", at=NOON, tick=quiet)

    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_restore_into_a_place_in_use_is_refused(origin: Places, goal: Places, tmp_path: Path):
    back_up(origin, tmp_path / "one.tar.gz", at=NOON, tick=quiet)
    with psycopg.connect(goal.database) as connection:
        connection.execute("CREATE TABLE in_use (id int)")

    with pytest.raises(BadArchive, match="not empty"):
        restore(goal, tmp_path / "one.tar.gz", tick=quiet)

    assert not goal.secrets["ring.json"].exists()


def test_keys_that_are_in_place_are_not_overwritten(origin: Places, goal: Places, tmp_path: Path):
    back_up(origin, tmp_path / "one.tar.gz", at=NOON, tick=quiet)
    goal.secrets["ring.json"].parent.mkdir(parents=True)
    goal.secrets["ring.json"].write_text("mine")

    with pytest.raises(BadArchive, match="Keys are in place"):
        restore(goal, tmp_path / "one.tar.gz", tick=quiet)

    assert goal.secrets["ring.json"].read_text() == "mine"


@pytest.mark.parametrize("fault", ["cut short", "one file changed", "not an archive"])
def test_a_damaged_archive_is_refused_before_anything_is_put_in_place(
    fault: str, origin: Places, goal: Places, tmp_path: Path
):
    archive = tmp_path / "one.tar.gz"
    back_up(origin, archive, at=NOON, tick=quiet)
    damage(archive, fault, tmp_path)

    with pytest.raises(BadArchive):
        restore(goal, archive, tick=quiet)

    with psycopg.connect(goal.database) as connection:
        query = sql.SQL("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert connection.execute(query).fetchone() == (0,)
    assert not goal.files.exists()


def damage(archive: Path, fault: str, folder: Path) -> None:
    whole = archive.read_bytes()
    if fault == "cut short":
        archive.write_bytes(whole[: len(whole) // 2])
    elif fault == "not an archive":
        archive.write_bytes(b"hello")
    else:
        with tarfile.open(archive) as tar:
            tar.extractall(folder / "open", filter="data")
        (folder / "open" / "files" / "ab" / "cd.bin").write_bytes(b"other")
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(folder / "open", arcname=".")
