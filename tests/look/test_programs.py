"""Public pages where two programs share an installation: each says whose it is, nothing is begun that cannot be ended."""

import csv
import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client

from passerelle.core import clock
from passerelle.core.models import AuditEvent
from passerelle.notices.models import Notice, StaffTask
from passerelle.programs import operations, queries
from tests.support.browser import DESKTOP, PHONE, assert_accessible, assert_fits

NOON = datetime(2026, 11, 22, 19, tzinfo=UTC)
LEAFLET = (
    "44% of", "21,500", "federal government has the last word", "Foreign Worker for skilled posts",
    "International Student for new graduates", "In-Demand Skills for eligible", "work permit support letter",
)  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture
def packs() -> Iterator[None]:
    with clock.frozen(NOON):
        operations.load_packs(at=NOON)
        yield


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[str]:
    """A program beside the first one whose every category is closed."""
    for code in ("ca-nt", "ca-on", "ca-federal"):
        shutil.copytree(project.PACKS / code, tmp_path / code)
    for told in (tmp_path / "ca-on").rglob("program.yaml"):
        told.write_text(told.read_text(encoding="utf-8").replace("open: true", "open: false"), encoding="utf-8")
    with clock.frozen(NOON):
        operations.load_packs(at=NOON, folder=tmp_path)
        yield "ca-on"


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_installation_shows_each_program_in_its_colour_and_says_which_is_not_open(
    packs: None, client: Client
) -> None:
    page = shown(client, "/en/")
    for code in ("ca-nt", "ca-on"):
        rules = queries.rules_in_force(code, NOON)
        assert f'href="/en/{code}/"' in page
        assert f'fill="{rules.accent}"' in page


def test_nobody_can_register_where_no_category_is_open(client: Client, closed: str) -> None:
    assert not queries.rules_in_force(closed, NOON).takes_registrations
    assert shown(client, "/en/").count("Registration is not open in this portal.") == 1
    home = shown(client, f"/en/{closed}/")
    assert "Registration is not open in this portal." in home
    assert "/register/" not in home
    assert client.get(f"/en/register/{closed}/").status_code == 404
    assert client.post(f"/en/register/{closed}/", {"username": "someone"}).status_code == 404
    assert "/en/ca-nt/" in shown(client, "/en/")


def test_the_rules_of_the_leaflet_are_in_force_and_open(packs: None, client: Client) -> None:
    rules = queries.rules_in_force("ca-on", NOON)

    assert rules.version == "2024-1"
    assert all(one.open for one in rules.categories)
    assert "/en/ca-on/register/" in shown(client, "/en/ca-on/")
    assert "Create your account" in shown(client, "/en/ca-on/register/")


def test_each_programs_pages_carry_its_name_colour_and_way_to_be_reached(packs: None, client: Client) -> None:
    for language, name, help_words in (
        ("en", "Ontario Immigrant Nominee Program", "Ask the program a question"),
        ("fr", "Programme ontarien des candidats à l&#x27;immigration", "Poser une question au Programme"),
    ):
        for page in ("", "criteria/", "points/", "draws/", "contact/", "scoring/", "help/"):
            text = shown(client, f"/{language}/ca-on/{page}")
            assert name in text
            assert 'content="#1f6b45"' in text
        assert help_words in shown(client, f"/{language}/ca-on/contact/")
        assert "mailto:" not in shown(client, f"/{language}/ca-on/contact/")


def test_what_the_leaflet_says_stands_on_the_home_page(packs: None, client: Client) -> None:
    page = shown(client, "/en/ca-on/")
    for words in LEAFLET:
        assert re.search(words, " ".join(page.split())), words
    assert "https://www.ontario.ca/oinp" in shown(client, "/en/ca-on/contact/")
    assert "https://www.ontario.ca/poci" in shown(client, "/fr/ca-on/contact/")


def test_the_calculator_asks_a_streams_own_questions_and_no_others(packs: None, client: Client) -> None:
    assert "Choose a stream" in shown(client, "/en/ca-on/points/")
    worker, demand = (
        shown(client, f"/en/ca-on/points/?stream={key}") for key in ("foreign_worker", "in_demand_skills")
    )
    master = shown(client, "/en/ca-on/points/?stream=masters_graduate")
    assert 'name="job_noc"' in worker
    assert 'name="has_language_test"' in worker
    assert 'name="highest_education"' not in worker
    assert 'name="job_noc"' in demand
    assert 'name="has_language_test"' not in demand
    assert 'name="highest_education"' in master
    assert 'name="job_noc"' not in master
    assert client.get("/en/ca-on/points/?stream=no_such").status_code == 404


def test_a_stream_that_the_answers_do_not_name_still_decides_what_a_permit_earns(packs: None, client: Client) -> None:
    said = {"in_canada": "yes", "status_type": "study_permit"}
    day = {"status_expiry_day": "1", "status_expiry_month": "6", "status_expiry_year": "2027"}
    for stream, points in (("foreign_worker", 0), ("masters_graduate", 10)):
        answer = client.post(f"/en/ca-on/points/?stream={stream}", {**said, **day})
        sheet = answer.context["calculation"].sheet
        assert {line.id: line.points for line in sheet.lines}["permit"] == points, stream


def test_every_published_round_is_shown_once_in_its_stream(packs: None, client: Client) -> None:
    table = Path(project.PACKS) / "ca-on" / "2024-1" / "tables" / "rounds.csv"
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert len(rows) == 184
    told, seen = 0, set()
    for stream in queries.rules_in_force("ca-on", NOON).streams:
        results = client.get(f"/en/ca-on/draws/?stream={stream.key}").context["results"]
        own = [row for row in rows if row["stream"] == stream.key]
        assert [one.held_on.isoformat() for one in reversed(results)] == sorted(row["held_on"] for row in own)
        assert sum(one.invited or 0 for one in results) == sum(int(row["invited"] or 0) for row in own)
        told, seen = told + len(results), seen | {one.number for one in results}
    assert told == len(seen) == 184
    for number in list(seen)[:5]:
        assert shown(client, f"/en/ca-on/draws/{number}/")


def test_a_change_of_grid_is_marked_and_no_old_cut_off_is_held_out_for_comparison(packs: None, client: Client) -> None:
    fw = client.get("/en/ca-on/draws/?stream=foreign_worker")
    assert "cannot be compared" in fw.content.decode()
    chart = fw.context["chart"].picture
    assert 'class="mark"' in chart
    assert 'class="out"' in chart
    assert 'class="in"' in chart
    assert "cannot be compared" not in shown(client, "/en/ca-on/draws/?stream=skilled_trades")
    last = client.get("/en/ca-on/points/?stream=phd_graduate").context["last"]
    assert last is None or last.held_on >= date(2022, 11, 22)


def test_a_question_becomes_a_task_and_an_acknowledgement_that_repeats_nothing(packs: None, client: Client) -> None:
    said = {
        "name": "Ana Luz",
        "email": "ana@example.org",
        "file": "",
        "question": "Is my diploma enough?\nBuy at http://spam.example",
    }
    assert client.post("/en/ca-on/help/", {**said, "email": "nowhere"}).status_code == 422
    assert not StaffTask.objects.exists()
    answer = client.post("/en/ca-on/help/", said)
    assert answer.status_code == 200
    task, notice = StaffTask.objects.get(kind="help.asked"), Notice.objects.get(kind="help_received")
    assert task.program == "ca-on"
    assert "Is my diploma enough?" in str(task.detail)
    assert "ana@example.org" in str(task.detail)
    assert notice.address == "ana@example.org"
    assert "spam" not in notice.body
    assert "Ana" not in notice.body
    assert AuditEvent.objects.filter(event="help.asked", program="ca-on").count() == 1
    assert client.get("/en/ca-nt/help/").status_code == 404


def test_questions_are_braked_by_place(packs: None, client: Client, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    said = [{"name": "Ana", "email": f"ana{number}@example.org", "question": "?"} for number in range(11)]
    answers = [client.post("/en/ca-on/help/", one).status_code for one in said]
    assert answers[:10] == [200] * 10
    assert answers[10] == 429


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_the_pages_of_two_programs_are_accessible_and_fit_a_phone(page: Any, settings: Any) -> None:
    call_command("createcachetable", verbosity=0)
    with clock.frozen(NOON):
        operations.load_packs(at=NOON)
        for size, language in ((DESKTOP, "en"), (PHONE, "fr")):
            page.set_viewport_size(size)
            for path in (
                "",
                "ca-on/",
                "ca-on/points/?stream=international_student",
                "ca-on/draws/?stream=foreign_worker",
                "ca-on/criteria/",
            ):
                page.goto(f"/{language}/{path}")
                if folder := os.environ.get("PICTURES"):
                    name = re.sub(r"\W+", "-", path) or "installation"
                    page.screenshot(path=f"{folder}/{name}-{language}.png", full_page=True)
                assert_accessible(page)
                assert_fits(page)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "$35.00 to under $40.00 an hour"), ("fr", "de 35,00 à moins de 40,00 $ l&#x27;heure")],
)
def test_the_scoring_page_says_a_wage_in_dollars(packs: None, client: Client, language: str, words: str) -> None:
    page = shown(client, f"/{language}/ca-on/scoring/?stream=foreign_worker")

    assert words in page
    assert "4000" not in page
    # Three broad categories under one name are one row.
    rows = re.findall(r'<th scope="row">(.*?)</th>', page)
    assert len(rows) > 20
    assert all(first != second for first, second in pairwise(rows))
