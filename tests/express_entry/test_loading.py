"""Federal profiles come in whole or not at all, once, sealed, and leave when their time is over."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from typer.testing import CliRunner

from passerelle.core import audit, clock
from passerelle.core.verdicts import NotAllowed
from passerelle.express_entry import operations, queries
from passerelle.express_entry.keys import code_key, number_key
from passerelle.express_entry.models import FederalProfile, ProfileLoad
from passerelle.project import invariants, sweeping
from passerelle.project.cli import app
from tests.express_entry.files import NOON, PROGRAM, a_csv, a_json, line, program
from tests.factories import program as another_program
from tests.support.people import a_staff_member

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _opened() -> None:
    program()


def load(file: Path, **given: Any) -> ProfileLoad:
    return operations.load_profiles(**({"program": PROGRAM, "file": file, "by": None, "at": NOON} | given))


def counts(found: ProfileLoad) -> tuple[int, int, int, int, int]:
    return found.rows, found.added, found.changed, found.unchanged, found.skipped


def faults(found: ProfileLoad) -> list[tuple[int, str, str]]:
    return [(number, name, code) for number, name, code, _detail in found.faults]


def test_a_profile_comes_in_with_its_facts(tmp_path: Path):
    found = load(a_csv(tmp_path / "profiles.csv", [line()]))

    assert found.accepted
    assert counts(found) == (1, 1, 0, 0, 0)
    kept = FederalProfile.objects.get()
    assert (kept.primary_noc, kept.primary_noc_months, kept.experience) == ("21231", 60, {"21231": 60, "21232": 12})
    assert (kept.english, kept.english_lowest, kept.french, kept.french_lowest) == ([9, 9, 9, 9], 9, [], None)
    assert kept.provinces == ["ON", "QC"]
    assert kept.facts["age"] == 30
    assert kept.facts["trade_certificate"] is False
    assert kept.identity["family_name"] == "Duarte"
    assert kept.identity["profile_number"] == "E000000001"


def test_who_it_is_rests_sealed_and_is_known_by_keyed_digest_alone(tmp_path: Path):
    load(a_csv(tmp_path / "profiles.csv", [line()]))

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(p)::text FROM express_entry_federalprofile p")
        resting = cursor.fetchone()[0]
    for word in ("Duarte", "Inês", "ines@", "E000000001", "V000000001", "1996-02-01"):
        assert word not in resting
    assert FederalProfile.objects.get().number_key == number_key(PROGRAM, "E000000001") != number_key("x", "E000000001")


def test_a_code_given_as_its_digest_is_the_same_code(tmp_path: Path):
    import hashlib

    digest = hashlib.sha256(b"V000000001").hexdigest()
    one = {**line(), "validation_code_sha256": digest}
    del one["validation_code"]
    load(a_json(tmp_path / "profiles.json", [one]))

    assert FederalProfile.objects.get().code_key == code_key(PROGRAM, digest)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"profile_number": "E 1"}, ("profile_number", "number")),
        ({"family_name": ""}, ("family_name", "blank")),
        ({"email": "nobody"}, ("email", "email")),
        ({"validation_code": ""}, ("validation_code", "one_code")),
        ({"crs": "1201"}, ("crs", "score")),
        ({"crs_on": "01/03/2026"}, ("crs_on", "date")),
        ({"valid_until": "2026-01-31"}, ("valid_until", "before_created")),
        ({"birth_date": "2027-02-01"}, ("birth_date", "age")),
        ({"primary_noc": "2123"}, ("primary_noc", "noc")),
        ({"experience": "21231"}, ("experience", "experience")),
        ({"experience": "21232:12"}, ("experience", "no_primary")),
        ({"first_language": "es"}, ("first_language", "language")),
        ({"english_reading": ""}, ("english_reading", "blank")),
        ({"english_reading": "13"}, ("english_reading", "level")),
        ({"french_reading": "7"}, ("french_listening", "blank")),
        ({"provinces": "XX"}, ("provinces", "province")),
        ({"education": "some"}, ("education", "fact")),
        ({"canadian_work_years": "-1"}, ("canadian_work_years", "fact")),
    ],
)
def test_a_fault_names_line_and_field_and_nothing_comes_in(tmp_path: Path, given: dict[str, str], fault: Any):
    found = load(a_csv(tmp_path / "profiles.csv", [line(1), line(2, **given)]))

    assert (3, *fault) in faults(found)
    assert not found.accepted
    assert not FederalProfile.objects.exists()


def test_every_fault_of_a_file_is_told_and_a_number_twice_with_its_first_line(tmp_path: Path):
    lines = [line(1), line(2, crs="x", provinces=""), line(1), line(3, crs="")]
    found = load(a_csv(tmp_path / "profiles.csv", lines))

    assert set(faults(found)) == {
        (3, "crs", "score"), (3, "provinces", "blank"), (4, "profile_number", "twice"), (5, "crs", "blank"),
    }  # fmt: skip
    assert next(detail for *_rest, code, detail in found.faults if code == "twice") == "2"


def test_bad_lines_are_left_out_when_asked(tmp_path: Path):
    lines = [line(1), line(2, crs="x"), line(1), line(3)]
    found = load(a_csv(tmp_path / "profiles.csv", lines), skip_bad=True)

    assert found.accepted
    assert counts(found) == (4, 2, 0, 0, 2)
    assert found.fault_count == 2


def test_a_file_without_a_head_is_refused_without_telling_whom_it_is_about(tmp_path: Path):
    file = tmp_path / "profiles.csv"
    file.write_text("Canary Birdsong,E1\nCanary Birdsong,E2\n", encoding="utf-8")

    found = load(file, skip_bad=True)

    assert not found.accepted
    assert "Canary" not in str(found.faults)
    assert (1, "column 1", "unknown_column") in faults(found)
    assert (1, "profile_number", "no_column") in faults(found)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"profile_number\n\xff\xfe\n", "encoding"),
        ("a.json", b'[{"profile_number": ', "json"),
        ("a.json", b"[1]", "json"),
        ("a.json", b"{]}", "json"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, content: bytes, code: str):
    (tmp_path / name).write_bytes(content)

    found = load(tmp_path / name, skip_bad=True)

    assert not found.accepted
    assert code in [one[2] for one in faults(found)]


@pytest.mark.parametrize("indent", [None, 1])
def test_json_is_read_like_csv(tmp_path: Path, indent: int | None):
    lines = [
        line(number, experience={"21231": 60}, provinces=["ON"], trade_certificate=False) for number in range(1, 300)
    ]
    found = load(a_json(tmp_path / "profiles.json", lines, indent=indent))

    assert counts(found) == (299, 299, 0, 0, 0)


def test_loading_again_changes_only_what_changed(tmp_path: Path):
    first = load(a_csv(tmp_path / "one.csv", [line(1), line(2), line(3)]))
    untouched = FederalProfile.objects.values().get(number_key=number_key(PROGRAM, "E000000001"))

    again = load(a_csv(tmp_path / "two.csv", [line(1), line(2, crs="470"), line(4)]), at=NOON + DAY)

    assert counts(again) == (3, 1, 1, 1, 0)
    assert (
        FederalProfile.objects.values().get(pk=untouched["pk"] if "pk" in untouched else untouched["id"]) == untouched
    )
    changed = FederalProfile.objects.get(number_key=number_key(PROGRAM, "E000000002"))
    assert (changed.crs_given, changed.first_load_id, changed.load_id) == (470, first.pk, again.pk)
    assert FederalProfile.objects.count() == 4
    assert [row.event for row in audit.trail(queries.subject(PROGRAM))] == ["profiles.loaded", "profiles.loaded"]


def test_five_thousand_lines_come_in_and_the_same_file_again_changes_nothing(tmp_path: Path):
    seen: list[tuple[str, int, int]] = []
    file = a_csv(tmp_path / "profiles.csv", (line(number, crs=str(300 + number % 300)) for number in range(1, 5001)))

    first = load(file, tick=lambda *told: seen.append(told))
    again = load(file, at=NOON + DAY)

    assert counts(first) == (5000, 5000, 0, 0, 0)
    assert counts(again) == (5000, 0, 0, 5000, 0)
    assert seen
    assert seen[-1][1] == seen[-1][2]
    assert sum(count for _low, count in queries.bands(PROGRAM, NOON.date())) == 5000
    assert not invariants.broken([one for one in invariants.check(at=NOON + DAY) if "federal" in one.rule])


def test_a_profile_of_a_refused_file_would_be_found(tmp_path: Path):
    load(a_csv(tmp_path / "profiles.csv", [line()]))
    FederalProfile.objects.update(loaded_at=NOON + DAY)

    assert ["federal" in one.rule for one in invariants.broken(invariants.check(at=NOON))] == [True]


def test_the_history_of_loads_is_never_rewritten(tmp_path: Path):
    load(a_csv(tmp_path / "profiles.csv", [line()]))

    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        ProfileLoad.objects.update(rows=2)


def test_counts_of_a_load_add_up():
    with pytest.raises(IntegrityError, match="adds_up"), transaction.atomic():
        ProfileLoad.objects.create(program=PROGRAM, file_name="x", sha256="", at=NOON, accepted=True, rows=2, added=1)


@pytest.mark.parametrize(("roles", "may"), [(("draw_manager",), True), (("director",), True), (("officer",), False)])
def test_draw_managers_and_directors_load(tmp_path: Path, roles: tuple[str, ...], may: bool):
    by, file = a_staff_member(*roles, program=PROGRAM), a_csv(tmp_path / "profiles.csv", [line()])

    if may:
        assert load(file, by=by).by == by
    else:
        with pytest.raises(NotAllowed):
            load(file, by=by)


def test_a_program_without_a_federal_stream_takes_no_profiles(tmp_path: Path):
    another_program()

    with pytest.raises(operations.NoFederalPool, match="No stream of ca-nt"):
        load(a_csv(tmp_path / "profiles.csv", [line()]), program="ca-nt")


class TestScores:
    """A score is computed again where the facts allow."""

    def test_it_is_that_of_the_grid_of_its_day_and_agrees(self, tmp_path: Path):
        load(a_csv(tmp_path / "profiles.csv", [line()]))

        kept = FederalProfile.objects.get()
        # core 105 + 120 + 4 x 31 + 53 = 402 without a spouse (30 years: 105); transferability capped at 100.
        assert kept.crs_lines == {"core": 402, "spouse": 0, "transferability": 100, "additional": 0}
        assert (kept.crs_grid, kept.crs_computed) == ("crs-2025-03", 502)
        assert [one.pk for one in queries.disagreements(PROGRAM)] == [kept.pk]

    def test_a_spouse_counts_by_the_other_column(self, tmp_path: Path):
        levels = {f"spouse_{one}": 9 for one in ("listening", "reading", "writing", "speaking")}
        spouse = {"spouse_accompanies": True, "spouse_is_canadian": False, "spouse_education": "masters", **levels}
        spouse["spouse_canadian_work_years"] = 1
        load(a_json(tmp_path / "profiles.json", [{**line(), **spouse}]))

        # core 95 + 112 + 4 x 29 + 46 = 369; spouse 10 + 20 + 5.
        assert FederalProfile.objects.get().crs_lines["core"] == 369
        assert FederalProfile.objects.get().crs_lines["spouse"] == 35

    def test_french_counts_as_second_language_and_gives_its_bonus(self, tmp_path: Path):
        french = {f"french_{one}": "7" for one in ("listening", "reading", "writing", "speaking")}
        load(a_csv(tmp_path / "profiles.csv", [line(**french)]))

        kept = FederalProfile.objects.get()
        assert (kept.french_lowest, kept.crs_lines["core"], kept.crs_lines["additional"]) == (7, 402 + 12, 50)

    def test_the_line_that_differs_is_named_where_the_file_gives_lines(self, tmp_path: Path):
        given = {"crs": 517, "crs_core": 402, "crs_transferability": 100, "crs_additional": 15}
        load(a_json(tmp_path / "profiles.json", [line(1, crs=502), {**line(2), **given}]))

        [one] = queries.disagreements(PROGRAM)
        assert queries.lines_that_differ(one) == [("additional", 15, 0)]

    def test_a_grid_known_in_part_is_not_computed(self, tmp_path: Path):
        load(a_csv(tmp_path / "profiles.csv", [line(crs_on="2026-11-03")]))

        kept = FederalProfile.objects.get()
        assert (kept.crs_computed, kept.not_computed, kept.crs_given) == (None, "known_in_part", 507)
        assert not queries.disagreements(PROGRAM)

    def test_a_missing_fact_is_named_and_one_that_does_not_apply_is_not(self, tmp_path: Path):
        load(a_csv(tmp_path / "profiles.csv", [line(sibling_in_canada="")]))

        kept = FederalProfile.objects.get()
        assert (kept.crs_computed, kept.not_computed, kept.crs_missing) == (
            None,
            "facts_missing",
            ["sibling_in_canada"],
        )
        assert queries.missing_facts(PROGRAM) == [("sibling_in_canada", 1)]


class TestErasing:
    """A profile that is not chosen leaves when the pack's time is over."""

    OVER = datetime(2027, 3, 11, 17, tzinfo=UTC)

    def test_it_is_erased_a_year_after_it_was_loaded_and_not_before(self, tmp_path: Path):
        load(a_csv(tmp_path / "profiles.csv", [line(1), line(2)]))

        assert operations.purge_profiles(at=self.OVER - DAY) == 0
        assert sweeping.sweep(at=self.OVER)["federal profiles erased"] == 2

        assert not FederalProfile.objects.exists()
        last = audit.trail(queries.subject(PROGRAM)).last()
        assert last
        assert (last.event, last.detail["profiles"]) == ("profiles.purged", 2)

    def test_one_that_came_again_changed_counts_from_then(self, tmp_path: Path):
        load(a_csv(tmp_path / "one.csv", [line(1), line(2)]))
        load(a_csv(tmp_path / "two.csv", [line(2, crs="470")]), at=NOON + 30 * DAY)

        assert operations.purge_profiles(at=self.OVER) == 1
        assert FederalProfile.objects.get().crs_given == 470

    def test_one_a_director_keeps_stays_until_it_is_let_go(self, tmp_path: Path):
        load(a_csv(tmp_path / "profiles.csv", [line()]))
        director = a_staff_member("director", program=PROGRAM)
        held = operations.hold_profile(
            program=PROGRAM, number="e000000001", reason="A complaint", by=director, at=NOON
        )  # fmt: skip

        assert operations.purge_profiles(at=self.OVER) == 0
        operations.lift_hold(program=PROGRAM, hold=held.pk, by=director, at=self.OVER)
        assert operations.purge_profiles(at=self.OVER) == 1

    def test_nobody_else_keeps_one(self, tmp_path: Path):
        load(a_csv(tmp_path / "profiles.csv", [line()]))

        for who in (a_staff_member("draw_manager", program=PROGRAM), a_staff_member("director", program="ca-nt")):
            with pytest.raises(NotAllowed):
                operations.hold_profile(program=PROGRAM, number="E000000001", reason="x", by=who, at=NOON)


class TestCommand:
    """``passerelle load-profiles``."""

    def run(self, *arguments: Any) -> Any:
        with clock.frozen(NOON):
            return CliRunner().invoke(app, ["load-profiles", *map(str, arguments), "--program", PROGRAM])

    def test_it_loads_and_says_what_came_of_it(self, tmp_path: Path):
        shown = self.run(a_csv(tmp_path / "profiles.csv", [line()]))

        assert shown.exit_code == 0
        assert "1 profiles are new" in shown.output

    def test_it_names_line_field_and_remedy_and_never_what_stood_there(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ):
        canary = "Canary-Birdsong-7731"
        bad = dict.fromkeys(("email", "crs", "primary_noc", "experience", "birth_date", "education"), canary)
        with caplog.at_level(logging.DEBUG):
            shown = self.run(a_csv(tmp_path / "profiles.csv", [line(1), line(2, **bad), line(3, family_name=canary)]))

        assert shown.exit_code == 1
        assert "Nothing was loaded: 6 faults" in shown.output
        assert "primary_noc" in shown.output
        assert "five digits" in shown.output
        kept = str(list(ProfileLoad.objects.values())) + str(
            [row.detail for row in audit.trail(queries.subject(PROGRAM))]
        )
        for text in (shown.output, caplog.text, kept):
            assert canary not in text

    def test_a_file_that_is_not_there_is_said(self, tmp_path: Path):
        assert self.run(tmp_path / "none.csv").exit_code == 1
