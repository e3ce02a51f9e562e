"""A first start that was cut off while the demo was being made: the next one begins it again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from passerelle.project.runtime.postgres import Server


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Path]:
    """An own database server with an empty database, and no packs: there a demo comes no further than its staff."""
    (tmp_path / "packs").mkdir()
    server = Server(tmp_path / "var" / "postgres")
    server.start()
    server.create_database("passerelle")
    yield tmp_path / "var"
    server.stop()


def prepare(var: Path, demo: str) -> "subprocess.CompletedProcess[str]":
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PASSERELLE_", "DATABASE_"))}
    given = {**clean, "PASSERELLE_VAR": str(var), "PASSERELLE_PACKS": str(var.parent / "packs"), "DEMO": demo}
    given["DJANGO_SETTINGS_MODULE"] = "passerelle.project.settings"
    command = [sys.executable, "-m", "passerelle.project.cli", "prepare"]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=given, timeout=300)


def people(var: Path) -> int:
    import psycopg

    with psycopg.connect(Server(var / "postgres").url("passerelle")) as connection:
        row = connection.execute("SELECT count(*) FROM accounts_person").fetchone()
    assert row
    return int(row[0])


@pytest.mark.proof
def test_half_a_demo_is_thrown_away_by_the_next_start_and_nothing_else_ever_is(installation: Path) -> None:
    assert prepare(installation, "1").returncode != 0
    assert people(installation) > 0, "the demo was to be cut off after it had begun"

    again = prepare(installation, "0")
    assert again.returncode == 0, again.stderr
    assert "begun again" in again.stdout
    assert people(installation) == 0

    assert "begun again" not in prepare(installation, "0").stdout
