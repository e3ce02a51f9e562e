"""The fairness report: a planted bias is found with what drives it, small cells stay with those who may open the files."""

import json
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from passerelle.core import audit, clock
from passerelle.core.verdicts import NotAllowed
from passerelle.draws import comparison, fairness, queries
from passerelle.draws.models import Draw, Entry, FairnessReport
from passerelle.draws.operations import conduct_draw, mark_issued, report_fairness
from passerelle.eoi.models import ExpressionOfInterest, ScoreRecord
from passerelle.programs import files
from passerelle.programs.models import Pack
from passerelle.programs.rules import checks
from pointsgrid.fairness import FEWEST
from tests.draws.support import HOUR, NOON, OPENED, director, eoi, manager, places, planned, program
from tests.support.people import a_staff_member, signed_in
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db
FACTORS = ("language", "age", "work_experience", "education", "nwt_labour_market", "nwt_adaptability")


def sheet(language: int, work: int) -> dict[str, Any]:
    """Return a sheet of the pack's grid, as far as the report reads it."""
    points = {"language": language, "age": 50, "work_experience": work, "education": 50}
    return {"lines": [{"id": key, "points": points.get(key, 0)} for key in FACTORS]}


def someone(language: int, work: int, category: str = "skilled", **facts: Any) -> ExpressionOfInterest:
    return eoi(100 + language + work, category=category, facts=facts, sheet=sheet(language, work))


@made_once
def planted(published: bool = False) -> Draw:
    """Return a selected draw of 75 from 180: fewer people under 30 have much work experience, and so fewer of them are taken.

    Language is spread alike over both, and one in ten works outside Yellowknife.
    """
    program()
    if published:
        publishing()
    places()
    for number in range(90):
        told = {"francophone": number % 2 == 0, "outside_yellowknife": number % 10 == 0}
        someone(60 + number % 7, 80 if number % 3 else 20, age=35, **told)
        someone(60 + number % 7, 20 if number % 3 else 80, age=25, **told)
    draw = planned(75)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    return queries.draw(draw.number)


def publishing() -> Pack:
    """Put a pack in force that publishes its reports, with everything else as it is shipped."""
    pack = program()
    sources = dict(pack.sources)
    at = sources["settings.yaml"].index("value: internal")
    sources["settings.yaml"] = sources["settings.yaml"][:at] + "value: published" + sources["settings.yaml"][at + 15 :]
    made, _created = Pack.objects.get_or_create(
        code="ca-nt", version="2026-published",
        defaults={
            "kind": "program", "program_id": "ca-nt", "sha256": files.fingerprint(sources), "sources": sources,
            "loaded_at": OPENED, "in_force_from": pack.in_force_from.replace(day=3),
        },
    )  # fmt: skip
    return made


def groups(told: dict[str, Any], attribute: str) -> dict[str, dict[str, Any]]:
    (one,) = (one for one in told["attributes"] if one["key"] == attribute)
    return {group["key"]: group for group in one["groups"]}


def test_a_planted_bias_is_found_and_named_with_the_factor_that_drives_it():
    draw = planted()

    report = report_fairness(number=draw.number, at=NOON + HOUR)

    told = fairness.told(report.counts, whole=True)
    young, older = groups(told, "age")["under_30"], groups(told, "age")["from_30"]
    assert (young["pool"], older["pool"], young["taken"] + older["taken"]) == (90, 90, 75)
    assert (young["leans"], young["drives"]) == (-1, "work_experience")
    assert (older["leans"], older["drives"]) == (1, "work_experience")
    # Two in three of the older have 60 more, one in three of the younger.
    assert young["differences"] == [0.0, 0.0, -20.0, 0.0, 0.0, 0.0]
    assert [one["leans"] for one in groups(told, "language").values()] == [0, 0]
    # Categories are for those who may open the files: how many were invited of each is public, so none could be held back.
    assert list(groups(told, fairness.CATEGORY)) == ["skilled"]
    assert fairness.CATEGORY not in {one["key"] for one in report.told["attributes"]}


def test_small_cells_are_held_back_from_everybody_else_with_what_gives_them_away():
    draw = planted()

    told = report_fairness(number=draw.number, at=NOON + HOUR).told

    for one in told["attributes"]:
        shown = [group for group in one["groups"] if not group["hidden"]]
        away = [group["key"] for group in one["groups"] if group["hidden"]]
        assert len(away) != 1, one["key"]
        assert one["withheld"] is (bool(one["groups"]) and not shown)
        assert all(min(group["taken"], group["pool"] - group["taken"]) >= FEWEST for group in shown)
    assert set(json.dumps(list(groups(told, "region").values())).split('"')) & {"pool", "taken"} == set()
    # Nobody's employer says how large it is: one group, beside which there is nothing to compare.
    assert list(groups(told, "employer_size")) == ["not_stated"]
    assert groups(told, "employer_size")["not_stated"]["ratio"] is None


def test_it_is_counted_from_the_scores_that_gave_the_frozen_points():
    """An officer changes a fact after the freeze: the report is that of the draw, and counting it again gives the same."""
    draw = planted()
    before = fairness.counted(draw)
    changed = ExpressionOfInterest.objects.order_by("id").first()
    changed.refresh_from_db()
    ScoreRecord.objects.create(
        eoi=changed, pack=changed.pack, grid=changed.grid, facts=changed.facts, points=changed.points, sheet=changed.sheet,
        cause="submission", by=changed.candidate, at=changed.submitted_at,
    )  # fmt: skip
    ExpressionOfInterest.objects.filter(pk=changed.pk).update(facts={"age": 25}, points=1, confirmed_points=1)

    assert fairness.counted(draw) == before


def one_by_one(draw: Draw) -> dict[str, Any]:
    """Count a draw person by person: what the server counts all at once."""
    rules = queries.rules_of(draw)
    cells: dict[tuple[str, str], list[float]] = {}
    for entry in Entry.objects.filter(draw=draw).select_related("standing", "eoi"):
        scored = entry.eoi.scores.filter(points=entry.points, at__lte=draw.frozen_at).order_by("id").last() or entry.eoi
        points = {line["id"]: line["points"] for line in scored.sheet["lines"]}
        for one in rules.fairness:
            cell = cells.setdefault((one.key, one.group_of(scored.facts.get(one.fact))), [0.0] * (2 + len(FACTORS)))
            for place, number in enumerate((1, entry.standing.selected, *(points[key] for key in FACTORS))):
                cell[place] += number
    return {f"{attribute} {group}": numbers for (attribute, group), numbers in cells.items()}


def test_what_is_counted_all_at_once_is_what_is_counted_one_by_one(seed: int):
    random = Random(seed)
    draw = planted()
    for one in random.sample(list(ExpressionOfInterest.objects.order_by("id")), 60):
        # Some have a record of their own, of those points or of others, of then or of later, and stand otherwise today.
        facts = {"age": random.randint(20, 60), "francophone": random.random() < 0.5, "unasked": "x" * 3000}
        ScoreRecord.objects.create(
            eoi=one, pack=one.pack, grid=one.grid, facts=facts, points=one.points + random.randint(0, 1),
            sheet=sheet(random.randint(0, 90), random.randint(0, 90)), cause="submission", by=one.candidate,
            at=random.choice([one.submitted_at, NOON + HOUR]),
        )  # fmt: skip
    counted = fairness.counted(draw)
    found = {
        f"{one['key']} {group['key']}": [group["pool"], group["taken"], *group["points"]]
        for one in counted["attributes"] if one["key"] != fairness.CATEGORY for group in one["groups"]
    }  # fmt: skip
    assert found == one_by_one(draw)
    assert (counted["pool"], counted["taken"]) == (180, 75)


def test_the_top_lines_beside_a_sheet_are_those_of_the_sheet():
    program()
    one = someone(60, 80)
    record = ScoreRecord.objects.create(
        eoi=one, pack=one.pack, grid=one.grid, facts={}, points=240, sheet=sheet(60, 80), cause="submission", by=manager(), at=NOON
    )  # fmt: skip
    record.refresh_from_db()
    assert record.factors == [line["id"] for line in record.sheet["lines"]] == [*FACTORS]
    assert record.factor_points == [line["points"] for line in record.sheet["lines"]] == [60, 50, 80, 50, 0, 0]


def test_it_is_kept_once_and_for_good():
    draw = planted()
    first = report_fairness(number=draw.number, at=NOON + HOUR)

    assert report_fairness(number=draw.number, at=NOON + 2 * HOUR).pk == first.pk
    assert audit.trail(draw.number).filter(event="draw.compared").count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        FairnessReport.objects.update(told={})


def test_before_the_selection_there_is_nothing_to_compare():
    program()
    draw = planned(1)

    with pytest.raises(NotAllowed, match="nothing to compare"):
        report_fairness(number=draw.number, at=NOON)


def test_staff_read_it_and_an_analyst_without_small_cells():
    draw = planted()
    url = f"/en/staff/draws/{draw.number}/fairness/"
    with clock.frozen(NOON + HOUR):
        boss, analyst, officer = (signed_in(a_staff_member(role)) for role in ("director", "analyst", "officer"))
        assert "being worked out" in boss.get(url).content.decode()
        report_fairness(number=draw.number, at=NOON + HOUR)

        seen, held_back = boss.get(url).content.decode(), boss.get(f"{url}?held_back=1").content.decode()
        told = analyst.get(url).content.decode()
        french = boss.get(url.replace("/en/", "/fr/")).content.decode()
        assert officer.get(url).status_code == 403

    assert "Work experience: on average 20.0 points fewer" in seen
    assert "Expérience de travail\u00a0: en moyenne 20,0 points de moins" in french
    assert "Do not pass them on" in seen
    assert "Do not pass them on" not in told
    assert [page.count("Not shown: ") for page in (seen, held_back, told)] == [0, 1, 1]


def test_what_is_held_back_as_a_whole_stands_in_one_line():
    program()
    places()
    for number in range(12):
        someone(60 + number, 80, age=25 + number % 2 * 20, francophone=number % 2 == 0)
    draw = planned(5)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    report = report_fairness(number=draw.number, at=NOON + HOUR)

    shown = comparison.shown(report.told, report.made_at)
    whole = comparison.shown(fairness.told(report.counts, whole=True), report.made_at, whole=True)

    labels = [one["label"] for one in comparison.tables(report.told) if one["withheld"]]
    assert len(labels) > 1
    assert (shown["tables"], shown["summary"]) == ([], "")
    assert shown["withheld"].startswith(f"Not shown: {', '.join(labels)}. In too many of their groups fewer than 20")
    assert {one["label"] for one in whole["tables"]} >= set(labels)
    assert whole["withheld"] == ""


@pytest.mark.parametrize(
    ("share", "shown"), [(50 / 120, "41.7%"), (77 / 180, "42.8%"), (23 / 60, "38.3%"), (0.0, "0.0%"), (1.0, "100.0%")]
)
def test_a_share_is_rounded_and_not_cut_off(share: float, shown: str):
    assert comparison.percent(share) == shown


@pytest.mark.parametrize("published", [False, True])
def test_the_public_reads_it_where_the_pack_says_so(published: bool):
    draw = planted(published)
    report_fairness(number=draw.number, at=NOON + HOUR)
    mark_issued(number=draw.number, by=director(), at=NOON + 2 * HOUR)

    with clock.frozen(NOON + 3 * HOUR):
        page = Client().get(f"/en/ca-nt/draws/{draw.number}/").content.decode()

    assert ("Those taken beside the pool" in page) is published
    assert ("Taken less often than everybody else" in page) is published
    assert (page.count("Not shown: ") == 1) is published
    with clock.frozen(NOON + 3 * HOUR):
        answer = Client().get(f"/en/ca-nt/draws/{draw.number}/fairness.json")
        (record,) = (
            one for one in Client().get("/en/ca-nt/draws.json").json()["draws"] if one["number"] == draw.number
        )
    assert answer.status_code == (200 if published else 404)
    assert record["fairness"] == (f"http://testserver/en/ca-nt/draws/{draw.number}/fairness.json" if published else "")
    if published:
        told = answer.json()
        assert {key: told.pop(key) for key in ("format", "program", "draw")} == {
            "format": "passerelle-fairness-1", "program": "ca-nt", "draw": draw.number,
        }  # fmt: skip
        assert told == FairnessReport.objects.get().told


# --- what a pack may say ---

FAULTS = {
    "fact: age": ("fact: agee", "there is no fact agee"),
    "among: [true]}": ('among: ["yes"]}', "is yes or no"),
    "below: 30}": ("below: 31}", "have people in common"),
    "fact: outside_yellowknife": ("fact: francophone", "could be subtracted from one another"),
    "fact: francophone": ("fact: work_permit_expiry", "does not fall into groups"),
    "{key: french, ": ("{key: not_stated, ", "is the name of those whose fact is blank"),
    "at_least: 40}": ("}", "must say who is in it"),
}


@pytest.mark.parametrize("said", list(FAULTS))
def test_a_fault_under_fairness_is_told_with_its_line_and_remedy(said: str):
    sources = dict(program().sources)
    meant, words = FAULTS[said]
    head, told = sources["program.yaml"].split("\nfairness:\n")
    sources["program.yaml"] = head + "\nfairness:\n" + told.replace(said, meant, 1)

    found = [one for one in checks.check(sources) if one.file == "program.yaml"]

    assert any(words in one.problem for one in found), found
    assert all(one.line > head.count("\n") and one.remedy for one in found)
