"""Staff see loads, scores that differ and what is kept; others do not."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from passerelle.core import clock
from passerelle.express_entry import operations
from passerelle.express_entry.models import ProfileHold, ProfileLoad
from tests.express_entry.files import NOON, PROGRAM, a_csv, a_json, line, program
from tests.support.people import a_staff_member, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _opened() -> Any:
    program()
    with clock.frozen(NOON):
        yield


def who(*roles: str) -> Client:
    return signed_in(a_staff_member(*roles, program=PROGRAM))


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def load(file: Path) -> ProfileLoad:
    return operations.load_profiles(program=PROGRAM, file=file, by=None, at=NOON)


@pytest.mark.parametrize(
    ("role", "status"), [("draw_manager", 200), ("director", 200), ("auditor", 200), ("officer", 403)]
)
@pytest.mark.parametrize("name", ["pool", "disagreements", "kept"])
def test_who_reads_the_federal_pool(role: str, status: int, name: str):
    assert who(role).get(reverse(f"express_entry:{name}")).status_code == status


def test_the_pool_tells_loads_and_scores_and_leads_to_the_faults_of_a_refused_file(tmp_path: Path):
    load(a_csv(tmp_path / "good.csv", [line(1), line(2, crs="420")]))
    refused = load(a_csv(tmp_path / "bad.csv", [line(3, crs="Canary")]))
    client = who("auditor")

    pool = text(client.get(reverse("express_entry:pool")))
    told = text(client.get(reverse("express_entry:load", args=[refused.pk])))

    assert "2 valid profiles by federal score" in pool
    assert "good.csv" in pool
    assert "bad.csv" in pool
    assert "<code>crs</code>" in told
    assert "Give a whole number from 0 to 1200." in told
    assert "Canary" not in told


def test_a_score_that_differs_stands_with_its_line(tmp_path: Path):
    lines = {"crs": 517, "crs_core": 402, "crs_transferability": 100, "crs_additional": 15}
    load(a_json(tmp_path / "profiles.json", [{**line(1), **lines}, line(2, crs=502), line(3, crs_on="2026-11-03")]))

    told = text(who("draw_manager").get(reverse("express_entry:disagreements")))

    assert "E000000001" in told
    assert "E000000002" not in told
    assert "Additional points: given 15, computed 0" in told
    assert "The grid of that day is known in part only" in told
    assert "Duarte" not in told


def test_a_director_keeps_a_profile_and_lets_it_go(tmp_path: Path):
    load(a_csv(tmp_path / "profiles.csv", [line()]))
    client, address = who("director"), reverse("express_entry:kept")

    wrong = client.post(address, {"number": "E999999999", "reason": "A complaint"})
    assert wrong.status_code == 422
    assert "E999999999" in text(wrong)
    assert client.post(address, {"number": "E000000001", "reason": "A complaint"}).status_code == 302
    assert "A complaint" in text(client.get(address))
    assert client.post(address, {"lift": ProfileHold.objects.get().pk}).status_code == 302
    assert "No profile is kept" in text(client.get(address))
    assert client.post(address, {"lift": ProfileHold.objects.get().pk}).status_code == 404


def test_a_load_of_another_program_is_not_there(tmp_path: Path):
    found = load(a_csv(tmp_path / "profiles.csv", [line()]))
    ProfileLoad.objects.bulk_create([
        ProfileLoad(program="ca-zz", file_name="x", sha256="", at=NOON, accepted=False, rows=1, pk=found.pk + 1000)
    ])  # fmt: skip

    assert who("director").get(reverse("express_entry:load", args=[found.pk + 1000])).status_code == 404
