"""The command line as operators use it."""

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.db import connection
from typer.testing import CliRunner, Result

from passerelle.accounts.models import Person
from passerelle.core import audit, clock, heads
from passerelle.programs import operations as programs
from passerelle.programs.models import Occupation
from passerelle.programs.queries import rules
from passerelle.project.cli import app
from passerelle.project.cli.shared import console
from passerelle.project.runtime import preparing
from pointsgrid import points
from tests.factories import ANSWERS, an_officer, program

PACK = settings.PACKS / "ca-nt" / "2026-1"


def passerelle(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def _a_wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    # A table reads its width when the console is made, by whichever test comes first.
    monkeypatch.setattr(console, "width", 200)


def test_help_names_every_command_an_operator_needs():
    shown = passerelle("--help").output

    for command in (
        "run", "serve", "worker", "create-staff", "packs", "score", "load-occupations", "load-wages", "load-profiles",
        "demo", "sweep-deadlines", "send-mail", "read-bounces", "backup", "restore", "rotate-keys", "change-signing-key",
        "invariants", "check-trail", "grant-role",
    ):  # fmt: skip
        assert f" {command} " in shown


class TestCreateStaff:
    """The first staff account is opened by command."""

    ANNE = ("create-staff", "--username", "anne", "--email", "anne@example.ca", "--name", "Anne Tremblay")

    @pytest.mark.django_db
    def test_it_prints_a_link_that_works_once(self):
        program()

        shown = passerelle(*self.ANNE, "--role", "ca-nt:officer", "--role", "ca-nt:director")

        assert shown.exit_code == 0, shown.output
        assert f"{settings.PASSERELLE_URL}/fr/" in shown.output
        anne = Person.objects.get(username="anne")
        assert anne.has_role("ca-nt", "officer")
        assert anne.has_role("ca-nt", "director")
        assert not anne.has_usable_password()

    @pytest.mark.django_db
    @pytest.mark.parametrize("role", ["ca-nt:king", "ca-zz:officer", "officer"])
    def test_a_role_that_is_none_is_refused_with_the_choices(self, role: str):
        program()

        shown = passerelle(*self.ANNE, "--role", role)

        assert shown.exit_code == 1
        assert f"{role!r} is not PROGRAM:ROLE. Programs: ca-nt. Roles: officer" in shown.output
        assert not Person.objects.filter(username="anne").exists()

    @pytest.mark.django_db
    def test_a_user_name_that_is_taken_is_said_so(self):
        program()
        passerelle(*self.ANNE, "--role", "ca-nt:officer")

        shown = passerelle(*self.ANNE, "--role", "ca-nt:officer")

        assert shown.exit_code == 1
        assert "The account was not opened" in shown.output


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A grid that somebody wrote outside the repository, with the charts of ca-federal."""
    folder = tmp_path / "own"
    (folder / "grids").mkdir(parents=True)
    (folder / "facts.yaml").write_text("""
uses: [ca-federal]
answers: {test: {type: choice, options: [ielts_general]}, on: {type: date}, raw: {type: test_score}, age: {type: integer}}
facts:
  age: {type: integer, range: [0, 120], label: {en: Age, fr: Âge}}
  listening:
    type: integer
    range: [0, 12]
    label: {en: Listening, fr: Compréhension de l'oral}
    value: {chart: language, choose: {test: test, programme: "'other'"}, taken_on: on, ability: listening, score: raw}
""")
    (folder / "grids" / "own.yaml").write_text("""
grid: own-2026
label: {en: Own grid, fr: Barème maison}
max: 12
factors:
  - id: listening
    label: {en: Listening, fr: Compréhension de l'oral}
    max: 2
    of: listening
    bands: [{below: 7, points: 0}, {at_least: 7, points: 2}]
  - id: age
    label: {en: Age, fr: Âge}
    max: 10
    of: age
    bands: [{below: 45, points: 10}, {at_least: 45, points: 0}]
""")
    return folder


def test_a_file_with_a_value_that_cannot_be_is_refused_as_one_person_is(elsewhere: Path, tmp_path: Path):
    """A column is scored as one person is: an age of 300 is not quietly the last band."""
    people = tmp_path / "people.csv"
    people.write_text("age,listening\n30,8\n300,8\n")

    shown = passerelle("score", elsewhere, "--csv", people)

    assert shown.exit_code == 1
    assert "row 2: age is 300, and a whole number from 0 to 120 is expected" in shown.output
    assert not (tmp_path / "people-scored.csv").exists()

    people.write_text("age,listening\n30,8\n")
    assert passerelle("score", elsewhere, "--csv", people).exit_code == 0


def test_without_a_database_it_says_what_to_do():
    elsewhere = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    command = [sys.executable, "-m", "passerelle.project.cli", "invariants"]
    shown = subprocess.run(command, env=elsewhere, capture_output=True, text=True, check=False, timeout=120)

    assert shown.returncode == 1
    assert "The database does not answer" in shown.stderr
    assert "Traceback" not in shown.stderr


def _written_by_hand(folder: Path) -> Path:
    """A pack of an author with a spreadsheet: yes and no, a code that begins with zeros, a fact that may not apply."""
    pack = folder / "hand"
    (pack / "grids").mkdir(parents=True)
    (pack / "facts.yaml").write_text("""
facts:
  noc: {type: code, label: {en: Occupation, fr: Profession}}
  offer: {type: yes_no, label: {en: Offer, fr: Offre}}
  level: {type: integer, range: [0, 12], label: {en: Level, fr: Niveau}}
  spouse: {type: yes_no, label: {en: Spouse, fr: Conjoint}}
""")
    (pack / "grids" / "hand.yaml").write_text("""
grid: hand
label: {en: By hand, fr: À la main}
in_force: {until: 2026-12-31}
max: 14
pass_mark: 5
factors:
  - {id: noc, label: {en: Occupation, fr: Profession}, max: 5, bonus: {when: "starts_with(noc, '00')", points: 5}}
  - {id: offer, label: {en: Offer, fr: Offre}, max: 1, bonus: {when: offer, points: 1}}
  - id: level
    label: {en: Level, fr: Niveau}
    max: 4
    requires: level >= 4
    of: level
    bands: [{below: 9, points: 0}, {at_least: 9, points: 1}]
    not_applicable: 4
  - {id: spouse, label: {en: Spouse, fr: Conjoint}, max: 4, bonus: {when: spouse, points: 4}}
""")
    return pack


class TestPacks:
    """Checking reads a pack as it would be loaded."""

    def test_a_grid_from_elsewhere_uses_the_charts_of_a_shipped_library(self, elsewhere: Path, tmp_path: Path):
        shown = passerelle("packs", "check", elsewhere)
        assert shown.exit_code == 0, shown.output

        answers = tmp_path / "answers.json"
        answers.write_text(json.dumps({"test": "ielts_general", "on": "2025-06-01", "raw": "7.5", "age": 30}))
        scored = passerelle("score", elsewhere, answers)
        assert scored.exit_code == 0, scored.output
        assert "Listening: 8" in scored.output

    def test_a_library_that_is_not_there_is_told_once_and_with_a_remedy(self, elsewhere: Path):
        facts = elsewhere / "facts.yaml"
        facts.write_text(facts.read_text().replace("uses: [ca-federal]", "uses: [ca-fedral]"))

        shown = passerelle("packs", "check", elsewhere)

        assert "The pack ca-fedral is not available" in shown.output
        assert "is not known here" not in shown.output

    def test_the_shipped_packs_are_sound(self):
        shown = passerelle("packs", "check")

        assert shown.exit_code == 0, shown.output
        assert "packs: nothing is wrong" in shown.output

    def test_a_fault_is_named_with_file_and_remedy(self, tmp_path: Path):
        shutil.copytree(settings.PACKS, tmp_path / "packs")
        broken = tmp_path / "packs" / "ca-nt" / "2026-1"
        file = broken / "program.yaml"
        file.write_text(
            file.read_text(encoding="utf-8").replace("grid: ntnp-eoi-2026-r1", "grid: nowhere"), encoding="utf-8"
        )

        shown = passerelle("packs", "check", broken)

        assert shown.exit_code == 1
        assert "program.yaml" in shown.output
        assert "nowhere" in shown.output

    def test_a_folder_without_a_pack_is_refused(self, tmp_path: Path):
        shown = passerelle("packs", "check", tmp_path)

        assert shown.exit_code == 1
        assert "No program.yaml" in shown.output

    def test_a_file_in_another_encoding_is_a_fault_of_its_pack_alone(self, elsewhere: Path):
        """One file of one pack that is no UTF-8 does not stop the check of the others."""
        facts = elsewhere / "facts.yaml"
        facts.write_bytes(facts.read_text(encoding="utf-8").encode("cp1252"))

        shown = passerelle("packs", "check", elsewhere, settings.PACKS / "ca-federal" / "2026-1")

        assert shown.exit_code == 1
        assert "This is not UTF-8 text" in " ".join(shown.output.split())
        assert "1 fault in 2 packs" in shown.output
        assert "is not UTF-8" in passerelle("score", elsewhere).output

    def test_files_that_would_be_passed_over_are_named(self, elsewhere: Path):
        (elsewhere / "grids" / "old.yml").write_text("grid: old")
        assert "yml is not read" in " ".join(passerelle("packs", "check", elsewhere).output.split())
        (elsewhere / "grids" / "old.yml").rename(elsewhere / "old.yaml")
        assert "grids/old.yaml" in passerelle("packs", "check", elsewhere).output

    def test_the_mark_that_a_spreadsheet_writes_before_a_file_does_no_harm(self, elsewhere: Path):
        facts = elsewhere / "facts.yaml"
        facts.write_text(facts.read_text(encoding="utf-8"), encoding="utf-8-sig")
        assert passerelle("packs", "check", elsewhere).exit_code == 0


class TestScore:
    """One person with every line explained, or a file of any length; both the same."""

    def test_a_person_is_scored_with_the_points_of_the_worked_example(self, tmp_path: Path):
        answers = tmp_path / "answers.json"
        answers.write_text(json.dumps(ANSWERS), encoding="utf-8")

        shown = passerelle("score", "ca-nt", answers, "--on", "2026-03-10", "--json")

        assert shown.exit_code == 0, shown.output
        assert json.loads(shown.output)["total"] == 597
        table = passerelle("score", PACK, answers, "--on", "2026-03-10", "--language", "fr")
        assert "Facteur" in table.output
        assert "597" in table.output

    @pytest.mark.django_db
    def test_a_file_of_people_gives_the_same_points(self, tmp_path: Path):
        answers = tmp_path / "answers.json"
        answers.write_text(json.dumps(ANSWERS), encoding="utf-8")
        sheet = json.loads(passerelle("score", "ca-nt", answers, "--on", "2026-03-10", "--json").output)
        people = points.frame(rules(program()).points, [sheet["facts"]] * 5)
        people.write_parquet(tmp_path / "people.parquet")

        shown = passerelle("score", "ca-nt", "--parquet", tmp_path / "people.parquet", "--out", tmp_path / "out.csv")

        assert shown.exit_code == 0, shown.output
        assert "5 people scored" in shown.output
        assert pl.read_csv(tmp_path / "out.csv")["points.total"].to_list() == [597] * 5

    def test_a_blank_is_an_error_and_never_quietly_nothing(self, tmp_path: Path):
        answers = tmp_path / "answers.json"
        answers.write_text("{}", encoding="utf-8")

        shown = passerelle("score", "ca-nt", answers)

        assert shown.exit_code == 1
        assert "not answered" in shown.output

    def test_a_file_that_lacks_a_column_is_said_so(self, tmp_path: Path):
        (tmp_path / "people.csv").write_text("age\n30\n", encoding="utf-8")

        shown = passerelle("score", "ca-nt", "--csv", tmp_path / "people.csv")

        assert shown.exit_code == 1
        assert "cannot be scored" in shown.output

    def test_a_spreadsheet_gives_what_one_person_gets(self, tmp_path: Path):
        """Yes and no in letters of any size, codes with their zeros, "not applicable", the reference date."""
        pack = _written_by_hand(tmp_path)
        people = tmp_path / "people.csv"
        people.write_text("noc,offer,level,spouse\n00012,yes,9,NO\n10012,No,not applicable,TRUE\n")

        shown = passerelle("score", pack, "--csv", people)

        assert shown.exit_code == 0, shown.output
        scored = pl.read_csv(tmp_path / "people-scored.csv", infer_schema=False)
        assert scored["points.total"].to_list() == ["7", "8"]
        assert scored["noc"].to_list() == ["00012", "10012"]
        for given, total in (("00012", 7), ("10012", 8)):
            one = {
                "noc": given,
                "offer": total == 7,
                "level": 9 if total == 7 else "not applicable",
                "spouse": total == 8,
            }
            (tmp_path / "one.json").write_text(json.dumps(one))
            sheet = passerelle("score", pack, tmp_path / "one.json", "--facts", "--json", "--on", "2025-01-01")
            assert json.loads(sheet.stdout)["total"] == total

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("noc,offer,level,spouse\n00012,maybe,9,no\n", "row 1: offer is 'maybe', and a yes/no is expected"),
            ("noc,offer,level,spouse\n00012,no,nine,no\n", "row 1: level is 'nine', and a whole number"),
            (
                "noc,offer,level,spouse\n00012,no,not applicable,no\n00012,no,13,no\n",
                "row 2: level is '13', and a whole number",
            ),
            ("noc;offer;level;spouse\n00012;no;9;no\n", "Save it with commas between the columns"),
            ("noc,ofer,level,spouse\n00012,no,9,no\n", "Did you mean offer?"),
        ],
    )
    def test_a_spreadsheet_with_a_fault_says_which(self, text: str, told: str, tmp_path: Path):
        (tmp_path / "people.csv").write_text(text)
        shown = passerelle("score", _written_by_hand(tmp_path), "--csv", tmp_path / "people.csv")
        assert shown.exit_code == 1
        assert told in " ".join(shown.output.split())

    def test_what_it_takes_to_pass_is_told_piece_by_piece(self, tmp_path: Path):
        """A requirement that is not met is not told as a pass mark; a grid out of force says so."""
        (tmp_path / "one.json").write_text('{"noc": "00012", "offer": true, "level": 3, "spouse": false}')
        shown = passerelle("score", _written_by_hand(tmp_path), tmp_path / "one.json", "--facts", "--on", "2027-01-01")
        assert "Pass mark 5: met" in shown.output
        assert "Requirement not met: Level" in shown.output
        assert "Result: does not pass" in shown.output
        assert "hand is not in force on 2027-01-01" in shown.output

    def test_an_unknown_pack_is_said_so(self):
        assert "No pack at ca-xx" in passerelle("score", "ca-xx").output


@pytest.mark.django_db
def test_occupations_are_loaded_once(tmp_path: Path):
    file = tmp_path / "noc.csv"
    file.write_text("code,title_en,title_fr,teer\n31301,Registered nurses,Infirmiers autorisés,1\n", encoding="utf-8")

    first = passerelle("load-occupations", file, "--edition", "test")
    second = passerelle("load-occupations", file, "--edition", "test")

    assert "1 occupations are new" in first.output
    assert "0 occupations are new" in second.output
    assert Occupation.objects.get(edition="test").title_fr == "Infirmiers autorisés"


@pytest.mark.django_db
def test_wages_for_a_program_whose_pack_has_no_such_table_are_refused_in_words(tmp_path: Path):
    program()
    file = tmp_path / "wages.csv"
    file.write_text("noc,region,low_cents,median_cents,high_cents\n21231,3530,1,2,3\n", encoding="utf-8")

    shown = passerelle("load-wages", file, "--program", "ca-nt", "--in-force-from", "2026-01-01")

    assert shown.exit_code == 1
    assert "reference_wages is no table to load" in shown.output


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2022-05-01", "46"),
        ("2024-05-01", "on-fw-2022-11"),
        ("2022-11-18", "No grid of on-fw is in force on 2022-11-18."),
    ],
)
def test_a_record_is_scored_under_the_edition_of_its_day(tmp_path: Path, day: str, said: str):
    """In 2022: 10 each for level, type and 41 dollars, 4 and 3 for work in Canada, 3 for earnings, 6 for Toronto."""
    file = tmp_path / "of-2022.json"
    file.write_text(json.dumps({
        "job_noc_2016": "2173", "job_wage_hourly": "41.00", "job_location_cd": "3520", "canadian_work_months": 14,
        "canadian_work_noc_2016": "2173", "best_year_earnings": "60000",
    }))  # fmt: skip

    assert said in passerelle("score", "ca-on", file, "--partial", "--grid", "on-fw", "--on", day).output


@pytest.mark.django_db
def test_wages_that_cannot_be_read_are_refused_in_words(tmp_path: Path):
    programs.load_packs(at=clock.now())
    file, asked = tmp_path / "wages.csv", ("--program", "ca-on", "--in-force-from", "2026-01-01")
    file.write_bytes(b"\xff\xfe")
    assert "wages.csv is not written in UTF-8" in passerelle("load-wages", file, *asked).output

    file.write_text("noc,region,low_cents,median_cents,high_cents\n2173,3530,34.5,4800,7200\n2173,3530,1,2,3\n")
    shown = passerelle("load-wages", file, *asked)
    assert shown.exit_code == 1
    assert "Nothing was loaded: 2 faults in wages.csv." in shown.output


@pytest.mark.django_db
def test_the_demo_never_enters_a_foreign_database_without_two_words():
    for words in ([], ["--external"], ["--really"]):
        shown = passerelle("demo", *words)

        assert shown.exit_code == 1
        assert "say so twice" in shown.output
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_the_demo_never_meets_other_people_or_a_worker():
    preparing.refuse_demo_here()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [clock.now()])

    with pytest.raises(preparing.CannotPrepare, match="Stop it, wait half a minute"):
        preparing.refuse_demo_here()
    with clock.frozen(clock.now() + timedelta(seconds=31)):
        preparing.refuse_demo_here()  # whoever was silent so long is gone

    an_officer()
    with pytest.raises(preparing.CannotPrepare, match="accounts in this database already"):
        preparing.refuse_demo_here()


@pytest.mark.django_db
def test_the_steps_of_the_worker_can_be_taken_by_hand():
    assert "0 messages sent" in passerelle("send-mail").output
    assert "delivery reports read" in passerelle("read-bounces").output
    assert "invitations closed" in passerelle("sweep-deadlines").output
    assert "invariants hold" in passerelle("invariants").output


@pytest.mark.django_db
def test_the_trail_is_held_against_heads_kept_elsewhere(tmp_path):
    audit.record("test.happened", subject="NT-E-2026-000001", by=None, at=clock.now())
    kept = heads.published(heads.take(at=clock.now()))
    file, forged, other = tmp_path / "heads.json", tmp_path / "forged.json", tmp_path / "other.json"
    file.write_text(json.dumps({"heads": [kept]}))
    forged.write_text(json.dumps({"heads": [{**kept, "digest": "0" * 64}]}))
    other.write_text("[]")

    assert "All 1 heads fit" in passerelle("check-trail", "--against", file).output
    assert passerelle("check-trail", "--against", forged).exit_code == 1
    assert "no file of heads" in passerelle("check-trail", "--against", other).output.replace("\n", " ")
