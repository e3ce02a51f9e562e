"""Editions: a version that extends another says only what differs, and two people put it in force; each file keeps its own."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations as eois
from passerelle.notices import queries as tasks
from passerelle.programs import files, operations, queries, wording
from passerelle.programs.models import Pack, PutInForce
from passerelle.programs.rules import check, layers, read
from passerelle.programs.rules.editions import differences
from tests.programs.test_checks import line_of
from tests.support import sample
from tests.support.people import a_staff_member, signed_in
from tests.support.sample import NOON, SAMPLE

DAY = timedelta(days=1)
NEWER = {
    "program.yaml": """\
version: 2027-1
extends: 2026-1
about: {en: Shorter times, fr: Délais plus courts}
in_force_from: 2026-07-01T00:00:00
put_in_force: by_staff
streams:
  - {key: workers, hold: true}
categories:
  - {key: graduates, open: false}
""",
    "settings.yaml": """\
deadlines:
  - {key: application, days: 10}
  - key: evidence
    label: {en: Proof, fr: Preuve}
    days: 5
    unit: calendar_days
    start: {en: the request, fr: la demande}
    source: made up
    certainty: seed
reminders: []
""",
    "criteria.yaml": "criteria:\n  - {key: permit_valid, removed: true}\n",
    "forms/eoi.yaml": """\
sections:
  - key: work
    questions:
      - {key: trade, placed_after: degree, type: text, label: {en: Trade, fr: Métier}}
      - {key: years_worked, highest: 50}
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample program with a newer edition beside the first; a test may change both."""
    shutil.copytree(sample.FOLDER.parent, tmp_path / SAMPLE)
    for file, text in NEWER.items():
        path = tmp_path / SAMPLE / "2027-1" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def edition(folder: Path, **changed: tuple[str, str]) -> dict[str, str]:
    """The files of the newer edition, with one text in a file put in another's place."""
    found = files.sources(folder / SAMPLE / "2027-1")
    for name, (old, new) in changed.items():
        file = name.replace("__", "/") + ".yaml"
        assert old in found[file], f"{old!r} is not in {file}: the test has gone stale"
        found[file] = found[file].replace(old, new, 1)
    return found


class TestExtending:
    """What an edition says, and what it takes from the one below."""

    def test_it_says_only_what_differs_and_the_rest_is_that_of_the_edition_it_extends(self, folder):
        sources = edition(folder)
        rules = read(sources)

        assert check(sources) == []
        assert (rules.version, rules.name["en"], rules.stream("workers").hold) == (
            "2027-1",
            "Sample Nominee Program",
            True,
        )
        assert (rules.deadline("application").days, rules.deadline("eoi_validity").years) == (10, 1)
        assert [one.key for one in rules.all_criteria] == ["settles"]
        assert rules.grid_of("workers").maximum() == 60

    def test_a_new_question_stands_where_it_says_and_a_named_one_is_changed_in_place(self, folder):
        work = read(edition(folder)).questionnaire("eoi").section("work")

        assert [one.key for one in work.questions][:3] == ["degree", "trade", "years_worked"]
        assert work.questions[2].highest == 50

    def test_editions_are_stacked_as_high_as_one_likes(self, folder):
        top = folder / SAMPLE / "2028-1"
        top.mkdir()
        (top / "program.yaml").write_text(
            "version: 2028-1\nextends: 2027-1\nin_force_from: 2027-07-01T00:00:00\n"
            "put_in_force: by_staff\nremoves: [forms/candidate.yaml]\n"
            "streams: [{key: workers, parts: []}, {key: graduates, parts: []}]\n"
        )
        sources = files.sources(top)
        rules = read(sources)

        assert check(sources) == []
        assert (rules.deadline("application").days, rules.stream("workers").hold) == (10, True)
        assert list(rules.questionnaires) == ["eoi"]
        assert layers.below(sources) == files.sources(folder / SAMPLE / "2027-1")

    def test_a_change_below_is_a_change_of_the_editions_above(self, folder):
        operations_before = files.fingerprint(edition(folder))
        grid = folder / SAMPLE / "2026-1" / "grids" / "points.yaml"
        grid.write_text(grid.read_text("utf-8") + "\n# a remark\n", "utf-8")

        assert files.fingerprint(edition(folder)) != operations_before


FAULTS = [
    ("program", "extends: 2026-1", "extends: 2025-9", "no edition 2025-9 to extend"),
    ("program", "put_in_force: by_staff", "put_in_force: by_vote", "Input should be"),
    ("program", "put_in_force: by_staff", "in_force_through: 2026-01-01", "The last day is before the first"),
    ("program", "put_in_force: by_staff", "removes: [letters/none.yaml]", "no file letters/none.yaml to do without"),
    ("program", "{key: workers, hold: true}", "{key: workers, hold: maybe}", "hold"),
    ("program", "{key: workers, hold: true}", "{key: workers, grid: pts}", "no grid pts"),
    ("program", "{key: workers, hold: true}", "{key: worker, removed: true}", "takes away worker"),
    ("program", "{key: workers, hold: true}", "{key: workers, places_at: invitation}", "not known here"),
    ("program", "{key: workers, hold: true}", "{key: workers, deadlines: {application: soon}}", "no deadline soon"),
    (
        "program", "{key: workers, hold: true}", "{key: workers, opened_by: employer, offer: {form: job, deadline: application}}",
        "no form job",
    ),
    (
        "program", "{key: workers, hold: true}", "{key: workers, opened_by: employer, offer: {form: eoi, deadline: offer}}",
        "no deadline offer",
    ),
    (
        "program", "{key: workers, hold: true}", "{key: workers, offer: {form: eoi, deadline: application}}",
        "offer opens a file",
    ),
    (
        "program", "{key: workers, hold: true}", "{key: workers, parts: [{key: candidate, deadline: part}]}",
        "no deadline part",
    ),
    (
        "program", "{key: workers, hold: true}", "{key: workers, parts: [{key: candidate, opens_after: employer}]}",
        "no part employer",
    ),
    ("settings", "{key: application, days: 10}", "{key: application, days: ten}", "days"),
    ("settings", "{key: application, days: 10}", "{key: applicatoin, days: 10}", "label is missing"),
    ("criteria", "{key: permit_valid, removed: true}", "{key: permit, removed: true}", "takes away permit"),
    ("forms__eoi", "placed_after: degree", "placed_after: degrees", "is placed after degrees"),
    ("forms__eoi", "{key: years_worked, highest: 50}", "{key: years_worked, show_if: {trades: x}}", "reads trades"),
    ("forms__eoi", "label: {en: Trade, fr: Métier}", "label: {en: Trade}", "no French text"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "words"), FAULTS, ids=lambda value: None)
def test_a_fault_of_an_edition_is_told_with_its_file_its_line_and_a_remedy(folder, name, old, new, words):
    sources = edition(folder, **{name: (old, new)})
    file = name.replace("__", "/") + ".yaml"

    told = [one for one in check(sources) if words in f"{one.problem} {one.path}"]

    assert [(one.file, one.line) for one in told] == [(file, line_of(sources, file, new))], check(sources)
    assert all(one.remedy for one in told)


def test_what_an_edition_breaks_below_is_told_at_the_place_below(folder):
    sources = edition(folder, criteria=("{key: permit_valid, removed: true}", "{key: settles, removed: true}"))
    sources["forms/eoi.yaml"] += "      - {key: occupation, removed: true}\n"
    (told,) = check(sources)

    below = sources["editions/2026-1/program.yaml"]
    assert (told.file, told.line) == ("2026-1/program.yaml", below[: below.index("  occupation:")].count("\n") + 1)
    assert "no question occupation" in told.problem


def test_editions_that_extend_each_other_in_a_circle_are_told(folder):
    path = folder / SAMPLE / "2026-1" / "program.yaml"
    path.write_text(path.read_text("utf-8").replace("version: 2026-1", "version: 2026-1\nextends: 2027-1"), "utf-8")

    told = [one for one in check(files.sources(folder / SAMPLE / "2026-1")) if "2026-1 to extend" in one.problem]

    assert [(one.file, one.line) for one in told] == [("2027-1/program.yaml", 2)]


class TestDifferences:
    """What an edition changes, as a person would say it."""

    def told(self, folder: Path) -> list[tuple[str, str, str, str]]:
        sources = edition(folder)
        under = layers.below(sources)
        assert under is not None
        return [(one.where, one.what, one.before, one.after) for one in differences(read(under), read(sources))]

    def test_each_is_told_in_plain_words(self, folder):
        assert self.told(folder) == [
            ("Streams", "Workers: May be put on hold", "no", "yes"),
            ("Categories", "Graduates: Open", "yes", "no"),
            ("Deadlines", "Application", "14 calendar days", "10 calendar days"),
            ("Deadlines", "Proof", "", "5 calendar days"),
            ("Reminders", "Validity", "days before: 30, 7", ""),
            ("Mandatory criteria", "You hold a valid work permit.", "was there", ""),
            ("Questions", "Expression of interest: Years of work (most)", "60", "50"),
            ("Questions", "Expression of interest: Trade", "", "new"),
        ]

    def test_and_in_french(self, folder):
        with translation.override("fr"):
            assert ("Échéances", "Demande", "14 jours civils", "10 jours civils") in self.told(folder)

    def test_the_command_explains_what_an_edition_changes(self, folder):
        explained = operations.explain_editions(files.versions(folder))

        assert [(name, base, len(found)) for name, base, found in explained] == [("ca-xx/2027-1", "2026-1", 8)]


@pytest.mark.django_db
class TestPuttingInForce:
    """Two people, a reason, an instant; nothing is put in force for the past."""

    @pytest.fixture(autouse=True)
    def loaded(self, db, folder) -> None:
        operations.load_packs(at=NOON, folder=folder)

    @pytest.fixture
    def director(self):
        return a_staff_member("director", program=SAMPLE)

    @pytest.fixture
    def other(self):
        return a_staff_member("administrator", program=SAMPLE)

    def ask(self, by, from_at: datetime | None = None, at: datetime = NOON) -> PutInForce:
        return operations.ask_to_put_in_force(
            program=SAMPLE, version="2027-1", from_at=from_at, reason="The ministry's notice", by=by, at=at
        )

    def in_force(self, at: datetime) -> str:
        return queries.pack_in_force(SAMPLE, at).version

    def test_an_edition_for_staff_waits_for_them_whatever_the_date(self):
        assert self.in_force(datetime(2030, 1, 1, tzinfo=UTC)) == "2026-1"

    def test_it_counts_from_the_instant_asked_for_once_another_person_confirms(self, director, other):
        july = datetime(2026, 7, 1, 4, tzinfo=UTC)
        put = self.ask(director, july)
        assert self.in_force(july) == "2026-1"
        assert [one.kind for one in tasks.tasks(SAMPLE)] == ["rules.to_confirm"]

        operations.confirm_put_in_force(put=put, by=other, at=NOON + DAY)

        assert self.in_force(july - timedelta(microseconds=1)) == "2026-1"
        assert self.in_force(july) == "2027-1"
        assert queries.coming(SAMPLE, NOON + DAY).version == "2027-1"
        assert [one.event for one in audit.trail(SAMPLE)] == ["rules.asked", "rules.put_in_force"]
        assert not tasks.tasks(SAMPLE).exists()

    def test_or_at_once_and_an_earlier_edition_can_be_put_in_force_again(self, director, other):
        operations.confirm_put_in_force(put=self.ask(director), by=other, at=NOON + DAY)
        assert (self.in_force(NOON + DAY - timedelta(microseconds=1)), self.in_force(NOON + DAY)) == (
            "2026-1",
            "2027-1",
        )

        back = operations.ask_to_put_in_force(
            program=SAMPLE, version="2026-1", from_at=None, reason="An error", by=other, at=NOON + 2 * DAY
        )
        operations.confirm_put_in_force(put=back, by=director, at=NOON + 2 * DAY)
        assert self.in_force(NOON + 2 * DAY) == "2026-1"
        standing = queries.standing(queries.edition(SAMPLE, "2027-1"), NOON + 2 * DAY)
        assert (standing.in_force, standing.since, standing.comes_at) == (False, NOON + DAY, None)

    def test_nobody_confirms_their_own_and_an_officer_does_neither(self, director):
        officer = a_staff_member("officer", program=SAMPLE)
        with pytest.raises(NotAllowed):
            self.ask(officer)
        put = self.ask(director)
        for person in (director, officer):
            with pytest.raises(NotAllowed):
                operations.confirm_put_in_force(put=put, by=person, at=NOON)
        assert self.in_force(NOON + DAY) == "2026-1"

    def test_a_director_of_another_program_has_no_say(self, director):
        stranger = a_staff_member("director")
        with pytest.raises(NotAllowed):
            self.ask(stranger)
        with pytest.raises(NotAllowed):
            operations.confirm_put_in_force(put=self.ask(director), by=stranger, at=NOON)

    def test_no_rules_come_into_force_in_the_past(self, director, other):
        with pytest.raises(operations.InstantPassed):
            self.ask(director, NOON)
        put = self.ask(director, NOON + DAY)
        with pytest.raises(operations.InstantPassed):
            operations.confirm_put_in_force(put=put, by=other, at=NOON + DAY + timedelta(microseconds=1))
        assert self.in_force(NOON + 3 * DAY) == "2026-1"

    def test_one_waits_at_a_time_and_what_is_taken_back_is_asked_for_anew(self, director, other):
        put = self.ask(director)
        with pytest.raises(NotAllowed):
            self.ask(other)
        operations.drop_put_in_force(put=put, by=other, at=NOON)
        with pytest.raises(NotAllowed):
            operations.confirm_put_in_force(put=put, by=other, at=NOON)
        assert self.ask(other).is_waiting

    def test_what_is_in_force_is_not_put_in_force(self, director):
        with pytest.raises(NotAllowed):
            operations.ask_to_put_in_force(
                program=SAMPLE, version="2026-1", from_at=None, reason="x", by=director, at=NOON
            )

    def test_the_database_knows_it_too(self, director, other):
        put = self.ask(director)
        alone = {"confirmed_by": director, "confirmed_at": NOON, "in_force_from": NOON}
        back = {"confirmed_by": other, "confirmed_at": NOON, "in_force_from": NOON - DAY}
        for change in (alone, back):
            with pytest.raises(IntegrityError), transaction.atomic():
                PutInForce.objects.filter(pk=put.pk).update(**change)
        operations.confirm_put_in_force(put=put, by=other, at=NOON)
        for change in (lambda: PutInForce.objects.update(reason="y"), lambda: PutInForce.objects.all().delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()

    def test_files_begun_before_keep_their_rules_and_drafts_are_told(self, client, director, other):
        person = sample.an_applicant()
        before = eois.open_eoi(program=SAMPLE, category="workers", by=person, at=NOON)
        operations.confirm_put_in_force(put=self.ask(director), by=other, at=NOON + DAY)
        someone = sample.an_applicant()
        after = eois.open_eoi(program=SAMPLE, category="workers", by=someone, at=NOON + 2 * DAY)

        assert (before.pack.version, after.pack.version) == ("2026-1", "2027-1")
        assert wording.begun_under_others(Pack.objects.get(version="2027-1"), NOON + 2 * DAY) == ""
        page = signed_in(person, client).get(reverse("eoi:tasks", args=[before.reference]))
        assert "goes on under them" in page.content.decode()

    def test_what_the_rules_in_force_no_longer_receive_is_not_handed_in(self, director, other):
        eoi = sample.an_eoi("answered")
        operations.confirm_put_in_force(put=self.ask(director), by=other, at=NOON + DAY)

        with pytest.raises(NotAllowed, match="receive no expression of interest"):
            eois.submit_eoi(reference=eoi.reference, token="t", by=eoi.candidate, at=NOON + DAY)


@pytest.mark.django_db
class TestPages:
    """The page of the rules and of one edition."""

    @pytest.fixture(autouse=True)
    def loaded(self, db, folder) -> None:
        operations.load_packs(at=NOON - DAY, folder=folder)

    def test_staff_see_the_editions_and_what_differs(self, client):
        signed_in(a_staff_member("officer", program=SAMPLE), client)

        assert "Shorter times (2027-1)" in client.get("/en/staff/rules/").content.decode()
        page = client.get("/en/staff/rules/editions/2027-1/").content.decode()
        assert "14 calendar days" in page
        assert "10 calendar days" in page
        assert "Only a director or an administrator puts rules in force." in page
        assert client.get("/en/staff/rules/editions/1999-1/").status_code == 404

    def test_one_asks_and_another_confirms(self, client):
        director, other = (a_staff_member("director", program=SAMPLE) for _one in range(2))
        url = "/en/staff/rules/editions/2027-1/"
        signed_in(director, client)
        assert client.post(url, {"when": "from", "reason": "Notice"}).status_code == 422
        late = {
            "when": "from",
            "day_day": "1",
            "day_month": "1",
            "day_year": "2020",
            "time": "00:00",
            "reason": "Notice",
        }
        assert "have passed" in client.post(url, late).content.decode()
        assert client.post(url, {"when": "confirmed", "reason": "Notice"}).status_code == 302
        assert client.post(f"{url}settle/", {"confirm": "1"}).status_code == 403
        assert "another director or administrator must confirm it" in client.get(url).content.decode()

        signed_in(other, client)
        assert client.post(f"{url}settle/", {"confirm": "1"}).status_code == 302
        assert PutInForce.objects.get().confirmed_by == other
        assert "In force" in client.get(url).content.decode()
        assert client.post(f"{url}settle/", {"confirm": "1"}).status_code == 409
