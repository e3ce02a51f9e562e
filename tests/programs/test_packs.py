"""Packs: loaded once, never changed, in force from their day."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from passerelle.core.models import AuditEvent
from passerelle.programs import operations, queries
from passerelle.programs.models import LoadedTable, Occupation, Pack
from passerelle.programs.rules import BadPack, figures
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


class TestLoadedTables:
    """Reference values that staff load in place of the rows a pack came with."""

    HEADER = "noc,low,median\n"

    @pytest.fixture
    def program(self, folder: Path) -> str:
        """The NWT program, with a table of wages in its pack and a fact that reads it."""
        pack = folder / "ca-nt" / "2026-1"
        (pack / "tables" / "wages.yaml").write_text(
            "table: wages\nloadable: yes\nkeys: [noc]\ncolumns: {low: integer, median: integer}\n"
            'rows: [{noc: "63200", low: 1700, median: 2000}]\n'
        )
        (pack / "facts").mkdir()
        (pack / "facts" / "wages.yaml").write_text(
            "facts:\n  median: {type: integer, range: [0, 9999], label: {en: Median, fr: Médiane},"
            " value: {table: wages, column: median, keys: {noc: noc_code}, on: on.submission}}\n"
        )
        operations.load_packs(at=NOON, folder=folder)
        return "ca-nt"

    def median(self, noc: str, at: datetime) -> int | None:
        return queries.facts(queries.pack_in_force("ca-nt", NOON), {"noc_code": noc}, at)["median"]

    def load(self, text: str, day: date) -> int | None:
        return operations.load_table(
            self.HEADER + text, program="ca-nt", table="wages", in_force_from=day, name="wages.csv", at=NOON
        )

    def test_they_count_from_their_day_until_the_next_edition(self, program: str):
        assert self.load("63200,1800,2100\n", date(2026, 3, 1)) == 1
        assert self.load("63200,1900,2200\n65200,1,2\n", date(2026, 5, 1)) == 2

        assert self.median("63200", NOON) == 2100
        assert self.median("63200", NOON + timedelta(days=40)) == 2200
        assert self.median("65200", NOON) is None
        assert self.median("63200", NOON - timedelta(days=40)) is None

    def test_nothing_is_known_by_the_sample_a_pack_comes_with(self, program: str):
        pack = queries.pack_in_force("ca-nt", NOON)

        assert self.median("63200", NOON) is None
        [none] = figures.behind(queries.rules(pack).points, ["median"], NOON.date())
        assert (none.table, none.name, none.since) == ("wages", "", None)

    def test_what_is_measured_against_them_names_the_figures_and_their_first_day(self, program: str):
        self.load("63200,1800,2100\n", date(2026, 3, 1))
        points = queries.rules(queries.pack_in_force("ca-nt", NOON)).points

        [found] = figures.behind(points, ["median"], NOON.date())
        assert (found.name, found.since) == ("wages.csv", date(2026, 3, 1))
        assert figures.with_operands(points, ["median", "age"]) == ["noc_code", "median", "age"]
        [before] = figures.behind(points, ["median"], date(2026, 2, 28))
        assert before.since is None

    def test_a_correction_for_the_same_day_holds_and_the_same_file_again_changes_nothing(self, program: str):
        self.load("63200,1800,2100\n", date(2026, 3, 1))
        assert self.load("63200,1800,2150\n", date(2026, 3, 1)) == 1
        assert self.load("63200,1800,2150\n", date(2026, 3, 1)) is None

        assert self.median("63200", NOON) == 2150
        assert LoadedTable.objects.count() == 2
        assert AuditEvent.objects.filter(event="table.loaded").count() == 2

    def test_a_faulty_file_changes_nothing_and_says_every_fault(self, program: str):
        with pytest.raises(BadPack) as caught:
            self.load("63200,1800,\n65200,x,2\n", date(2026, 3, 1))

        assert [problem.line for problem in caught.value.problems] == [2, 3]
        assert not LoadedTable.objects.exists()
        assert self.median("63200", NOON) is None

    def test_only_a_table_that_says_so_can_be_loaded(self, program: str):
        with pytest.raises(BadPack, match="median_wages is no table to load"):
            operations.load_table(
                "noc\n", program=program, table="median_wages", in_force_from=date(2026, 3, 1), name="w.csv", at=NOON
            )

    def test_a_program_without_such_a_table_asks_the_database_nothing_more(
        self, folder: Path, django_assert_num_queries
    ):
        operations.load_packs(at=NOON, folder=folder)
        pack = queries.pack_in_force("ca-nt", NOON)
        queries.rules(pack)

        with django_assert_num_queries(0):
            queries.rules(pack)
