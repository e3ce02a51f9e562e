"""Packs: loaded once, never changed, in force from their day."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from passerelle.programs import operations, queries
from passerelle.programs.models import Occupation, Pack
from tests.programs.conftest import PACKS

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 4, 1, 18, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped packs that a test may change."""
    return Path(shutil.copytree(PACKS, tmp_path / "packs"))


def test_the_shipped_packs_load_once_and_a_second_time_change_nothing(folder):
    loaded = operations.load_packs(at=NOON, folder=folder)

    assert "ca-nt 2026-1" in {str(pack) for pack in loaded}
    assert operations.load_packs(at=NOON + timedelta(days=1), folder=folder) == []
    assert Occupation.objects.count() == 516


def test_changed_content_under_a_loaded_version_is_refused_and_said_in_words(folder):
    operations.load_packs(at=NOON, folder=folder)
    file = folder / "ca-nt" / "2026-1" / "settings.yaml"
    file.write_text(file.read_text("utf-8").replace("days: 30", "days: 31"), "utf-8")

    with pytest.raises(operations.PackChanged, match="never changes"):
        operations.load_packs(at=NOON, folder=folder)


def test_a_change_in_a_library_is_a_change_of_the_packs_that_use_it(folder):
    operations.load_packs(at=NOON, folder=folder)
    chart = next((folder / "ca-federal" / "2026-1" / "charts").glob("*.yaml"))
    chart.write_text(chart.read_text("utf-8") + "\n# a remark\n", "utf-8")

    with pytest.raises(operations.PackChanged):
        operations.load_packs(at=NOON, folder=folder)


def test_a_pack_is_in_force_from_its_day_and_a_new_version_waits_for_its_own(folder):
    operations.load_packs(at=NOON, folder=folder)
    newer = folder / "ca-nt" / "2026-2"
    shutil.copytree(folder / "ca-nt" / "2026-1", newer)
    text = (newer / "program.yaml").read_text("utf-8").replace("2026-02-18T00:00:00", "2026-07-01T00:00:00")
    (newer / "program.yaml").write_text(text.replace("version: 2026-1", "version: 2026-2"), "utf-8")
    operations.load_packs(at=NOON, folder=folder)

    june, july = datetime(2026, 7, 1, 5, 59, tzinfo=UTC), datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert queries.pack_in_force("ca-nt", june).version == "2026-1"
    assert queries.pack_in_force("ca-nt", july).version == "2026-2"


def test_no_pack_in_force_says_what_to_do():
    with pytest.raises(queries.NoPackInForce, match="passerelle packs load"):
        queries.pack_in_force("ca-nt", NOON)


def test_the_database_refuses_to_change_or_remove_a_loaded_pack(folder):
    operations.load_packs(at=NOON, folder=folder)
    for change in (lambda: Pack.objects.update(sha256="0" * 64), lambda: Pack.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_rules_are_read_from_the_row_not_from_the_disk(folder):
    operations.load_packs(at=NOON, folder=folder)
    pack = queries.pack_in_force("ca-nt", NOON)
    shutil.rmtree(folder)

    assert queries.rules(pack).deadline("application").days == 30
