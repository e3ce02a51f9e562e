"""Staff plan, look ahead, conduct and issue a round on its pages; the file for the federal side leaves a trace."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from passerelle.core import audit, clock
from passerelle.express_entry import queries
from tests.express_entry.files import NOON, PROGRAM
from tests.express_entry.rounds import STREAM, Office, a_plan, a_pool, an_office, conducted, issued
from tests.support.people import a_staff_member, signed_in

pytestmark = pytest.mark.django_db

PLAN = {
    "held_on_day": "10", "held_on_month": "3", "held_on_year": "2026", "crs_lowest": "400", "crs_highest": "500",
    "nocs": "", "french_lowest": "7", "english_lowest": "6", "either_lowest": "", "named_alone": "",
    "created_from_day": "11", "created_from_month": "3", "created_from_year": "2025", "created_through_day": "10",
    "created_through_month": "3", "created_through_year": "2026",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _now() -> Any:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def office() -> Office:
    return an_office()


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def page(client: Client, name: str, *args: str, status: int = 200) -> str:
    answer = client.get(reverse(f"express_entry:{name}", args=args))
    assert answer.status_code == status
    return text(answer)


def test_from_the_plan_to_the_file(tmp_path: Path, office: Office):
    a_pool(tmp_path, {"crs": "410"}, {"crs": "420", "family_name": "=Duarte"}, {"crs": "700"})
    manager, director = signed_in(office.manager), signed_in(office.director)

    choice = page(manager, "plan")
    offered = text(manager.get(reverse("express_entry:plan") + f"?stream={STREAM}"))
    saved = manager.post(reverse("express_entry:plan") + f"?stream={STREAM}", PLAN)
    number = queries.rounds(PROGRAM)[0].number
    ahead = page(manager, "round", number)
    manager.post(reverse("express_entry:conduct", args=[number]))
    asked = page(director, "issue", number)
    director.post(reverse("express_entry:issue", args=[number]))
    told = page(manager, "rounds")
    file = manager.get(reverse("express_entry:round_file", args=[number]))

    assert "French-Speaking Skilled Worker" in choice
    # What the pack says a round of this stream starts from.
    assert 'name="french_lowest" value="7"' in offered
    assert 'name="english_lowest" value="6"' in offered
    assert "The province is named, or every province and territory" in offered
    assert saved.status_code == 302
    assert "2 people would be notified" in ahead
    assert "Valid on the day of the round" in ahead
    assert "Everyone found has what the plan names" in asked
    assert "400–500" in told
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [(one["profile_number"], one["family_name"], one["crs"]) for one in rows] == [
        ("E000000002", "'=Duarte", "420"), ("E000000001", "Duarte", "410"),
    ]  # fmt: skip
    assert (rows[0]["notified_on"], rows[0]["apply_through"]) == ("2026-03-10", "2026-04-24")
    assert [one.by for one in audit.trail(number) if one.event == "round.file_taken"] == [office.manager]


def test_a_plan_that_does_not_hold_together_is_told_beside_its_field_and_loses_nothing(office: Office):
    client = signed_in(office.manager)
    wrong = PLAN | {"crs_highest": "300", "nocs": "21231 abc"}

    codes = client.post(reverse("express_entry:plan") + f"?stream={STREAM}", wrong)
    window = client.post(reverse("express_entry:plan") + f"?stream={STREAM}", wrong | {"nocs": "21231"})

    assert (codes.status_code, window.status_code) == (422, 422)
    assert "Not five digits: abc." in text(codes)
    assert "The highest score must be 1200 or less, and not below the lowest." in text(window)
    assert "21231" in text(window)
    assert not queries.rounds(PROGRAM).exists()


def test_the_list_costs_the_same_for_one_round_and_for_three(
    office: Office, tmp_path: Path, django_assert_max_num_queries: Any
):
    a_pool(tmp_path, {"crs": "410"})
    client = signed_in(office.manager)
    a_plan(office)
    page(client, "rounds")
    with django_assert_max_num_queries(60) as one:
        page(client, "rounds")
    a_plan(office), conducted(office)
    with django_assert_max_num_queries(60) as three:
        page(client, "rounds")

    assert len(one) == len(three)


def test_the_same_person_is_told_why_another_must_issue(office: Office, tmp_path: Path):
    a_pool(tmp_path, {"crs": "410"})
    office.manager = office.director
    plan = conducted(office)
    client = signed_in(office.director)

    shown = page(client, "round", plan.number)
    refused = client.post(reverse("express_entry:issue", args=[plan.number]))

    assert "You conducted this round. Another director issues it." in shown
    assert refused.status_code == 403


def test_what_is_not_due_is_not_there(office: Office, tmp_path: Path):
    a_pool(tmp_path, {"crs": "410"})
    plan = a_plan(office)
    client = signed_in(office.director)

    page(client, "issue", plan.number, status=404)
    page(client, "round_file", plan.number, status=404)
    page(client, "round", "ON-R-2026-999999", status=404)


def test_an_auditor_reads_rounds_and_takes_no_file(office: Office, tmp_path: Path):
    a_pool(tmp_path, {"crs": "410"})
    plan = issued(office)
    client = signed_in(a_staff_member("auditor", program=PROGRAM))

    assert "1 person found" in page(client, "round", plan.number)
    assert "Duarte" not in page(client, "entries", plan.number)
    page(client, "round_file", plan.number, status=403)


def test_a_round_of_another_program_is_not_there(office: Office, tmp_path: Path):
    a_pool(tmp_path, {"crs": "410"})
    plan = conducted(office)
    stranger = signed_in(a_staff_member("draw_manager", "director", program="ca-nt"))

    for name in ("round", "replan", "entries", "conduct", "issue", "void"):
        page(stranger, name, plan.number, status=404)


def test_a_void_round_says_why(office: Office, tmp_path: Path):
    plan = a_plan(office)
    client = signed_in(office.manager)

    empty = client.post(reverse("express_entry:void", args=[plan.number]), {"reason": " "})
    client.post(reverse("express_entry:void", args=[plan.number]), {"reason": "Window set wrongly"})

    assert empty.status_code == 422
    assert "Window set wrongly" in page(client, "round", plan.number)
