"""A round notifies everybody who has what its plan names, nobody else, once; two people hold it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from passerelle.core import audit, clock
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.express_entry import checking, operations, queries
from passerelle.express_entry.models import FederalProfile, Notification, Round, RoundEntry
from passerelle.express_entry.states import WhyNot
from passerelle.programs import operations as programs
from passerelle.project import invariants
from tests.express_entry.files import NOON, PROGRAM
from tests.express_entry.rounds import (
    CLOSED,
    DAY,
    IN_JUNE,
    a_plan,
    a_pool,
    an_office,
    close_streams,
    conducted,
    issued,
)
from tests.support.people import a_staff_member, signed_in

pytestmark = pytest.mark.django_db


def scores(plan: Round) -> list[int]:
    return list(queries.entries(plan).values_list("crs", flat=True))


def test_whom_a_plan_finds(tmp_path: Path):
    office = an_office()
    a_pool(
        tmp_path,
        {"crs": "400"}, {"crs": "500"}, {"crs": "399"}, {"crs": "501"},
        {"crs": "450", "french_reading": "6"}, {"crs": "451", "english_writing": "5"},
        {"crs": "452", "provinces": "QC"}, {"crs": "453", "provinces": "ALL"},
        {"crs": "454", "valid_until": "2026-03-09"}, {"crs": "455", "created_on": "2025-03-10", "valid_until": "2026-03-10"},
        {"crs": "456", "primary_noc": "31301", "experience": "31301:24"},
    )  # fmt: skip

    everybody = conducted(office)
    named = conducted(office, named_alone=True)
    nurses = conducted(office, lists=["health_ece_10"])
    alone = conducted(office, nocs=["21231"], crs_highest=400)

    assert scores(everybody) == [500, 456, 453, 400]
    assert scores(named) == [500, 456, 400]
    assert scores(nurses) == [456]
    assert scores(alone) == [400]
    assert (everybody.pool_size, everybody.found) == (10, 4)
    assert nurses.targets[0]["fr"].startswith("Professions de la santé et de l'éducation")
    assert alone.targets == [{"en": "Occupations (NOC): 21231", "fr": "Professions (CNP)\u00a0: 21231"}]
    assert all(one["good"] for one in everybody.assertions)


def test_the_better_of_the_two_languages_may_be_the_floor(tmp_path: Path):
    office = an_office()
    weak = {f"english_{skill}": "4" for skill in ("listening", "reading", "writing", "speaking")}
    low = {f"french_{skill}": "6" for skill in ("listening", "reading", "writing", "speaking")}
    a_pool(tmp_path, {"crs": "410", **weak}, {"crs": "420", **weak, **low})

    plan = conducted(office, french_lowest=None, english_lowest=None, either_lowest=7)

    assert scores(plan) == [410]


def test_a_person_with_two_profiles_is_found_once_by_the_one_made_last(tmp_path: Path, monkeypatch: Any):
    office = an_office()
    a_pool(
        tmp_path, {"crs": "410", "created_on": "2026-01-05"}, {"crs": "420", "created_on": "2026-01-04"}, {"crs": "430"}
    )
    FederalProfile.objects.filter(crs_given__lt=430).update(person_key="p" * 64)

    plan = conducted(office)

    assert scores(plan) == [430, 410]


def test_the_look_ahead_tells_how_the_pool_narrows_and_asks_the_same_number_of_queries(tmp_path: Path):
    office = an_office()
    a_pool(
        tmp_path,
        {"crs": "410"},
        {"crs": "600"},
        {"crs": "420", "provinces": "BC"},
        {"crs": "430", "french_reading": "4"},
    )
    plan = a_plan(office)

    with CaptureQueriesContext(connection) as few:
        outlook = queries.preview(plan, NOON)
    a_pool(tmp_path, *({"crs": str(400 + number)} for number in range(60)), name="more.csv")
    with CaptureQueriesContext(connection) as many:
        queries.preview(plan, NOON)

    assert outlook.steps == {
        "valid": 4, "window": 3, "created": 3, "interest": 2, "language": 1, "free": 1,
    }  # fmt: skip
    assert (outlook.found, outlook.by_score, outlook.by_occupation) == (1, {410: 1}, (("21231", 1),))
    assert len(few) == len(many) == 4


def test_notifications_are_dated_and_end_after_the_packs_days_in_the_programs_zone(tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"}, {"crs": "420"})

    plan = issued(office)

    sent = list(queries.notifications(plan))
    assert [one.reference for one in sent] == [f"{plan.number}-00001", f"{plan.number}-00002"]
    assert [one.entry.crs for one in sent] == [420, 410]
    # 45 days after 10 March end with 24 April, Toronto time (UTC-4).
    assert {one.respond_by for one in sent} == {datetime(2026, 4, 25, 4, tzinfo=UTC)}
    assert {one.issued_at for one in sent} == {NOON}
    assert plan.notified == 2
    assert [one.event for one in audit.trail(plan.number)] == ["round.planned", "round.conducted", "round.issued"]
    assert not invariants.broken(invariants.check(at=NOON))


def test_no_round_is_held_in_a_stream_that_the_rules_in_force_close(tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"}, {"crs": "420"})
    plan, found, sent = (
        a_plan(office, **IN_JUNE),
        conducted(office, **IN_JUNE),
        issued(office, **IN_JUNE, crs_lowest=420),
    )
    close_streams(office, CLOSED)
    numbers = {"held_on": date(2026, 6, 26), "crs_lowest": 400, "crs_highest": 500}

    for act in (
        lambda: a_plan(office, at=CLOSED, held_on=date(2026, 6, 26)),
        lambda: operations.replan_round(number=plan.number, by=office.manager, at=CLOSED, **numbers),
        lambda: operations.conduct_round(number=plan.number, by=office.manager, at=CLOSED),
        lambda: operations.issue_round(number=found.number, by=office.director, at=CLOSED),
    ):
        with pytest.raises(NotAllowed, match="this stream is closed"):
            act()
    assert Notification.objects.filter(round=sent).count() == Notification.objects.count() == 1
    desk = signed_in(office.manager)
    with clock.frozen(CLOSED):
        assert (
            "no stream takes people from the federal pool" in desk.get(reverse("express_entry:plan")).content.decode()
        )
        assert reverse("express_entry:plan") not in desk.get(reverse("express_entry:rounds")).content.decode()
        assert desk.get(reverse("express_entry:round", args=[plan.number])).status_code == 200

    made_void = operations.void_round(number=plan.number, reason="Closed.", by=office.manager, at=CLOSED)
    assert made_void.state == "void"


def test_nobody_is_notified_again_while_a_notification_runs(tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"}, {"crs": "420"})
    first = issued(office, crs_lowest=420)
    later = first.respond_by
    assert later is not None

    meanwhile = conducted(office)
    afterwards = conducted(office, at=later, held_on=date(2026, 4, 25))

    assert scores(meanwhile) == [410]
    assert scores(afterwards) == [420, 410]


def test_who_left_between_the_search_and_the_issue_is_kept_with_the_reason(tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"}, {"crs": "420", "valid_until": "2026-03-10"}, {"crs": "430"}, {"crs": "440"})
    plan = conducted(office)
    issued(office, crs_lowest=430, crs_highest=430)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM express_entry_federalprofile WHERE crs_given = 440")

    plan = operations.issue_round(number=plan.number, by=office.director, at=NOON + DAY)

    reasons = {one.crs: one.not_notified.why for one in plan.entries.filter(not_notified__isnull=False)}
    assert reasons == {420: WhyNot.OVER, 430: WhyNot.NOTIFIED, 440: WhyNot.GONE}
    assert [one.entry.crs for one in queries.notifications(plan)] == [410]
    assert all(one["good"] for one in plan.assertions)


def test_the_facts_stay_as_they_were_when_the_profile_changes(tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"})
    plan = conducted(office)

    a_pool(tmp_path, {"crs": "700"}, name="later.csv", at=NOON + DAY)
    plan = operations.issue_round(number=plan.number, by=office.director, at=NOON + DAY)

    assert scores(plan) == [410]
    assert all(one["good"] for one in plan.assertions)


@pytest.mark.parametrize("role", ["officer", "reviewer", "auditor", "analyst", "administrator"])
def test_who_may_not_plan(role: str, tmp_path: Path):
    office = an_office()
    office.manager = a_staff_member(role, program=PROGRAM)

    with pytest.raises(NotAllowed):
        a_plan(office)


def test_whoever_conducted_a_round_neither_issues_nor_voids_it(tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"})
    plan = operations.conduct_round(number=a_plan(office).number, by=office.director, at=NOON)

    with pytest.raises(NotAllowed):
        operations.issue_round(number=plan.number, by=office.director, at=NOON)
    with pytest.raises(NotAllowed):
        operations.issue_round(number=plan.number, by=office.manager, at=NOON)
    with pytest.raises(NotAllowed):
        operations.void_round(number=plan.number, reason="Wrong window", by=office.director, at=NOON)

    assert operations.void_round(number=plan.number, reason="Wrong window", by=office.second, at=NOON).state == "void"
    with pytest.raises(IllegalMove):
        operations.issue_round(number=plan.number, by=office.second, at=NOON)


def test_the_database_itself_asks_for_two_people(tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"})
    plan = conducted(office)

    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=plan.pk).update(approved_by=office.manager)


def test_a_round_is_not_conducted_before_its_day(tmp_path: Path):
    office = an_office()
    plan = a_plan(office, held_on=date(2026, 3, 11))

    with pytest.raises(NotAllowed):
        operations.conduct_round(number=plan.number, by=office.manager, at=NOON)


def test_a_round_that_finds_nobody_stays_planned(tmp_path: Path):
    office = an_office()
    plan = a_plan(office)

    with pytest.raises(operations.RoundBlocked, match="nobody"):
        operations.conduct_round(number=plan.number, by=office.manager, at=NOON)

    assert queries.round_of(plan.number).state == "planned"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"crs_lowest": 501}, "crs_highest"),
        ({"crs_highest": 1201}, "crs_highest"),
        ({"created_through": date(2025, 1, 1)}, "created_through"),
        ({"created_through": date(2026, 3, 11)}, "created_through"),
        ({"french_lowest": 13}, "french_lowest"),
        ({"lists": ["redi_divisions"]}, "lists"),
        ({"nocs": ["99999"]}, "nocs"),
        ({"stream": "masters_graduate"}, "stream"),
    ],
)
def test_a_plan_that_does_not_hold_together(given: dict[str, Any], field: str):
    office = an_office()
    programs.load_occupations(
        ["code,title_en,title_fr,teer", "21231,Software engineers,Génie logiciel,1"], edition="t", at=NOON,
        in_force_from=date(2020, 1, 1),
    )  # fmt: skip
    with pytest.raises(operations.BadRound) as refused:
        a_plan(office, **given)

    assert refused.value.field == field


def test_a_plan_changes_until_the_search_and_never_after(tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"})
    plan = a_plan(office)
    window = {"created_from": date(2025, 3, 11), "created_through": date(2026, 3, 10)}

    operations.replan_round(
        number=plan.number, held_on=plan.held_on, crs_lowest=300, crs_highest=450, by=office.manager, at=NOON, **window
    )
    operations.conduct_round(number=plan.number, by=office.manager, at=NOON)

    with pytest.raises(IllegalMove):
        operations.replan_round(
            number=plan.number,
            held_on=plan.held_on,
            crs_lowest=300,
            crs_highest=460,
            by=office.manager,
            at=NOON,
            **window,
        )
    with pytest.raises(ProgrammingError), transaction.atomic():
        Round.objects.filter(pk=plan.pk).update(crs_highest=460)
    assert queries.round_of(plan.number).crs_lowest == 300


def test_what_was_found_and_sent_is_never_rewritten(tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"})
    plan = issued(office)

    for change in (
        lambda: RoundEntry.objects.filter(round=plan).update(crs=500),
        lambda: Notification.objects.filter(round=plan).update(respond_by=plan.respond_by + DAY),
        lambda: Notification.objects.filter(round=plan).delete(),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


def test_a_profile_that_was_notified_stays_when_its_time_is_over(tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"}, {"crs": "600"})
    issued(office)

    erased = operations.purge_profiles(at=NOON + timedelta(days=800))

    assert erased == 1
    assert [one.crs_given for one in queries.profiles(PROGRAM)] == [410]


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("aimed", "UPDATE express_entry_roundentry SET crs = 501"),
        ("aimed", "UPDATE express_entry_roundentry SET provinces = '{QC}'"),
        ("aimed", "UPDATE express_entry_roundentry SET french_lowest = 6"),
        ("once", "UPDATE express_entry_roundentry SET person_key = 'x'"),
        ("numbers", "UPDATE express_entry_round SET found = 3"),
        ("complete", "DELETE FROM express_entry_roundentry WHERE crs = 420"),
        ("facts", "UPDATE express_entry_roundentry SET crs = crs + 1"),
    ],
)
def test_an_assertion_sees_what_went_wrong(key: str, change: str, tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"}, {"crs": "420"})
    plan = conducted(office)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(change)
        cursor.execute("SET LOCAL session_replication_role = origin")
    plan.refresh_from_db()

    assert key in {one["key"] for one in checking.findings(plan, NOON) if not one["good"]}


def test_a_round_whose_assertion_does_not_hold_is_not_issued(tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"})
    plan = conducted(office)
    Round.objects.filter(pk=plan.pk).update(assertions=[{"key": "aimed", "good": False, "facts": {}}])

    with pytest.raises(operations.RoundBlocked, match="assertions"):
        operations.issue_round(number=plan.number, by=office.director, at=NOON)

    assert not queries.notifications(plan).exists()
