"""What the public sees of draws: a page from the notice to the result, a void draw with its reason, lists as data."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from npd1.bundle import bands
from passerelle.core import clock
from passerelle.draws import queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import (
    accept,
    ask_void,
    confirm_void,
    enter_dice,
    freeze,
    mark_issued,
    publish_notice,
    select,
)
from tests.draws.support import (
    DAY,
    HOUR,
    NOON,
    OPENED,
    chance_program,
    director,
    manager,
    places,
    planned,
    pool,
    program,
    under,
)
from tests.support.bundles import whole

pytestmark = pytest.mark.django_db
AFTER = NOON + 25 * HOUR
DIGITS = "3141592653589793238462643383279502884197"
ATOM = "{http://www.w3.org/2005/Atom}"
FORMS = ("json", "csv", "atom", "ics")


def announced(size: int = 5, **more: Any) -> Draw:
    draw = planned(size, **more)
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    return queries.draw(draw.number)


def seeded(draw: Draw) -> None:
    freeze(number=draw.number, by=manager(), at=NOON)
    for one in (manager(), manager()):
        enter_dice(number=draw.number, digits=DIGITS, by=one, at=AFTER)


def issued(draw: Draw) -> Draw:
    seeded(draw)
    select(number=draw.number, by=manager(), at=AFTER)
    accept(number=draw.number, by=director(), at=AFTER + HOUR)
    mark_issued(number=draw.number, by=director(), at=AFTER + 2 * HOUR)
    return queries.draw(draw.number)


def shown(draw: Draw, at: Any, language: str = "en") -> str:
    with clock.frozen(at):
        answer = Client().get(f"/{language}/ca-nt/draws/{draw.number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def read(form: str, at: Any, **headers: str) -> Any:
    with clock.frozen(at):
        return Client().get(f"/fr/ca-nt/draws.{form}", headers=headers)


@pytest.fixture
def _world(db: Any) -> None:
    chance_program()
    places()


@pytest.mark.usefixtures("_world")
def test_the_page_follows_a_draw_from_its_notice_to_its_result():
    pool([400 + 5 * (number // 25) for number in range(100)])
    draw = announced(30)

    before = shown(draw, OPENED + DAY)
    assert "Announced" in before
    assert "Among equals, a lot that anyone can verify decides." in before
    freeze(number=draw.number, by=manager(), at=NOON)
    fixed = shown(draw, NOON + HOUR, "fr")
    assert "Bassin fixé, délai d" in fixed
    assert queries.commitment(draw).commit in fixed
    assert "bundle.zip" not in fixed
    for one in (manager(), manager()):
        enter_dice(number=draw.number, digits=DIGITS, by=one, at=AFTER)
    select(number=draw.number, by=manager(), at=AFTER)
    # A selection may still be void: nobody reads it before the invitations are out.
    chosen = shown(draw, AFTER + HOUR)
    assert "Selection made, not issued yet" in chosen
    assert "cut-off" not in chosen
    accept(number=draw.number, by=director(), at=AFTER + HOUR)
    mark_issued(number=draw.number, by=director(), at=AFTER + 2 * HOUR)

    after = shown(draw, AFTER + DAY)
    assert "30 people of 100 in the pool invited, with 410 points or more" in after
    assert f"/en/check/draw/{draw.number}/bundle.zip" in after
    assert DIGITS in after


@pytest.mark.usefixtures("_world")
def test_of_a_pool_under_twenty_the_public_reads_places_and_commitment_alone():
    pool([417, 431, *[450] * 17])
    draw = issued(announced(5))

    page = shown(draw, AFTER + DAY)

    assert queries.numbers(draw) == queries.Numbers(places=5, few=True, cutoff_from=5)
    assert "fewer than 20" in page
    assert queries.commitment(draw).commit in page
    assert "450" not in page.split("<main")[1].split("Follow the draws")[0].replace(queries.commitment(draw).commit, "")
    (record,) = (one for one in json.loads(read("json", AFTER + DAY).content)["draws"] if one["number"] == draw.number)
    told = {key: record[key] for key in ("places", "pool", "pool_few", "invited", "points_lowest", "points_highest")}
    assert told == {
        "places": 5, "pool": None, "pool_few": True, "invited": None, "points_lowest": None, "points_highest": None,
    }  # fmt: skip
    assert (record["by_category"], record["cells"]) == ({}, [])


@pytest.mark.usefixtures("_world")
def test_a_pool_of_twenty_has_its_numbers():
    pool([450] * 20)
    draw = issued(announced(5))

    numbers = queries.numbers(draw)

    assert (numbers.pool, numbers.invited, numbers.lowest, numbers.highest) == (20, 5, 450, 450)
    assert queries.spread(draw) == [{"from": 450, "to": 450, "count": 20}]


@pytest.mark.usefixtures("_world")
@pytest.mark.parametrize(("level", "told"), [("auditor", None), ("bands", 459), ("full", 459)])
def test_the_highest_points_are_one_persons_score_and_told_at_the_levels_that_tell_more_than_the_cutoff(
    level: str, told: int | None
):
    pool([430 + number for number in range(30)])
    draw = planned(5)
    Draw.objects.update(rule={**draw.rule, "terms": {**draw.rule["terms"], "privacy": level}})
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    draw = issued(draw)

    (record,) = (one for one in json.loads(read("json", AFTER + DAY).content)["draws"] if one["number"] == draw.number)
    table = csv.DictReader(io.StringIO(read("csv", AFTER + DAY).content.decode("utf-8-sig")))
    (line,) = (one for one in table if one["number"] == draw.number)

    assert (record["points_lowest"], record["points_highest"]) == (455, told)
    assert line["points_highest"] == ("" if told is None else str(told))
    assert ("highest points taken" in shown(draw, AFTER + DAY)) is (told is not None)


@pytest.mark.usefixtures("_world")
def test_a_feed_names_its_author_and_a_calendar_is_never_empty():
    feed = ET.fromstring(read("atom", OPENED).content)
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "Programme des candidats des Territoires du Nord-Ouest"

    told = Calendar.from_ical(read("ics", OPENED).content)
    (zone,) = told.walk("vtimezone")
    assert zone["tzid"] == "America/Yellowknife"


@pytest.mark.usefixtures("_world")
def test_a_draw_of_everybody_is_announced_without_a_number_of_places():
    draw = under({"takes": "everybody", "order": [{"by": "opened"}]})
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)

    assert "Toutes les personnes visées par le tirage seront invitées." in read("atom", OPENED + DAY).content.decode()


def test_bands_are_put_together_from_those_of_the_bundle_and_never_cut():
    counts = [(number, 7 + number % 5) for number in range(300, 620)]
    fine, wide = bands(counts), queries.wide(bands(counts))

    assert len(fine) > len(wide) > 5
    assert {one["from"] for one in wide} <= {one["from"] for one in fine}
    assert sum(one["count"] for one in wide) == sum(count for _number, count in counts)
    assert min(one["count"] for one in wide) >= 20


@pytest.mark.usefixtures("_world")
def test_a_void_draw_stays_with_its_reason_and_names_the_one_in_its_place():
    pool([400] * 30)
    draw = announced(5)
    freeze(number=draw.number, by=manager(), at=NOON)
    ask_void(number=draw.number, reason="The dice were thrown too early.", by=manager(), at=NOON + HOUR)
    confirm_void(number=draw.number, by=director(), at=NOON + HOUR)
    again = planned(5, follows=draw.number)
    publish_notice(number=again.number, by=manager(), at=OPENED + HOUR)

    page = shown(draw, NOON + DAY)

    assert "The dice were thrown too early." in page
    assert f"/en/ca-nt/draws/{again.number}/" in page
    with clock.frozen(NOON + DAY):
        assert "The dice were thrown too early." in Client().get("/en/ca-nt/draws/").content.decode()
    assert b"The dice were thrown too early." in read("json", NOON + DAY).content


@pytest.mark.usefixtures("_world")
def test_a_void_draw_and_the_one_in_its_place_tell_nobodys_points_by_their_difference():
    """Between the two somebody left: bands of both, subtracted, would say in which band they were."""
    people = pool([points for points in (400, 410, 420) for _each in range(20)])
    draw = announced(5)
    freeze(number=draw.number, by=manager(), at=NOON)
    ask_void(number=draw.number, reason="The dice were thrown too early.", by=manager(), at=NOON + HOUR)
    confirm_void(number=draw.number, by=director(), at=NOON + HOUR)
    type(people[0]).objects.filter(pk=people[0].pk).update(state="on_hold")
    again = planned(5, follows=draw.number)
    publish_notice(number=again.number, by=manager(), at=OPENED + HOUR)
    issued(again)

    void, kept = (json.loads(whole(queries.public(queries.draw(one.number)))["counts.json"]) for one in (draw, again))

    assert (void["size"], void["bands"]) == (60, [])
    assert (kept["size"], sum(one["count"] for one in kept["bands"])) == (59, 59)


@pytest.mark.usefixtures("_world")
def test_a_draw_that_was_never_announced_is_nobodys_to_read():
    pool([400] * 30)
    draw = planned(5)

    for at in (OPENED + HOUR, NOON):
        with clock.frozen(at):
            assert Client().get(f"/en/ca-nt/draws/{draw.number}/").status_code == 404
        assert draw.number.encode() not in read("json", at).content
    ask_void(number=draw.number, reason="A slip in the plan.", by=manager(), at=NOON)
    confirm_void(number=draw.number, by=director(), at=NOON)
    assert b"A slip in the plan." not in read("json", NOON + HOUR).content


@pytest.mark.usefixtures("_world")
def test_an_announced_draw_stands_in_the_calendar_of_coming_draws():
    draw = announced(5)

    with clock.frozen(OPENED + DAY):
        page = Client().get("/fr/ca-nt/draws/").content.decode()

    assert "Tirages à venir" in page
    assert f"/fr/ca-nt/draws/{draw.number}/" in page
    assert "annoncé : jusqu'à 65" in page.replace("&#x27;", "'").replace("\u00a0", " ")
    told = Calendar.from_ical(read("ics", OPENED + DAY).content)
    days = {str(event["uid"]): event for event in told.walk("vevent")}
    (own,) = (event for uid, event in days.items() if f"{draw.number}-day" in uid)
    assert own.decoded("dtstart") == draw.held_on
    (closing,) = (event for uid, event in days.items() if f"{draw.number}-closing" in uid)
    assert closing.decoded("dtend") == draw.closes_at
    assert {str(event["status"]) for event in days.values()} == {"CONFIRMED", "TENTATIVE"}


@pytest.mark.usefixtures("_world")
def test_every_form_tells_the_same_draws():
    pool([400 + number for number in range(40)])
    draw = issued(announced(25))

    told = json.loads(read("json", AFTER + DAY).content)["draws"]
    table = list(csv.DictReader(io.StringIO(read("csv", AFTER + DAY).content.decode("utf-8-sig"))))
    entries = ET.fromstring(read("atom", AFTER + DAY).content).findall(f"{ATOM}entry")

    assert [one["number"] for one in told] == [one["number"] for one in table]
    assert [(one["number"], one["state"]) for one in told] == [
        ("2026-09-25", "announced_elsewhere"), ("2026-06-25", "announced_elsewhere"), (draw.number, "issued"),
    ]  # fmt: skip
    own = next(one for one in told if one["number"] == draw.number)
    assert (own["pool"], own["invited"], own["points_lowest"], own["points_highest"]) == (40, 25, 415, 439)
    assert own["page"] == f"http://testserver/fr/ca-nt/draws/{draw.number}/"
    assert [entry.find(f"{ATOM}title").text for entry in entries] == [
        "Tirage du 25\u00a0mars 2026", "Avis\u00a0: tirage du 25\u00a0mars 2026",
    ]  # fmt: skip


def test_draws_held_elsewhere_are_told_with_their_source():
    program()

    told = json.loads(read("json", NOON).content)["draws"]

    assert [(one["number"], one["state"], one["invited"], one["points_lowest"]) for one in told][-1] == (
        "2026-03-25", "earlier", 65, 417,
    )  # fmt: skip
    assert told[-1]["source"].startswith("nwt.md")


@pytest.mark.usefixtures("_world")
@pytest.mark.parametrize("form", FORMS)
def test_whoever_has_it_already_is_told_so(form: str):
    announced(5)
    first = read(form, OPENED + DAY)

    assert first.status_code == 200
    for header, value in (("If-None-Match", first["ETag"]), ("If-Modified-Since", first["Last-Modified"])):
        again = read(form, OPENED + 2 * DAY, **{header: value})
        assert (again.status_code, again.content) == (304, b"")
    draw = planned(3, held_on=NOON.date() + timedelta(days=30))
    publish_notice(number=draw.number, by=manager(), at=OPENED + 3 * DAY)
    for header, value in (("If-None-Match", first["ETag"]), ("If-Modified-Since", first["Last-Modified"])):
        assert read(form, OPENED + 4 * DAY, **{header: value}).status_code == 200


@pytest.mark.usefixtures("_world")
@pytest.mark.parametrize("path", [*(f"draws.{form}" for form in FORMS), "draws/"])
def test_more_draws_take_no_more_queries(path: str):
    announced(5)

    def asked() -> int:
        with clock.frozen(OPENED + DAY), CaptureQueriesContext(connection) as held:
            assert Client().get(f"/en/ca-nt/{path}").status_code == 200
        return len(held)

    asked()
    few = asked()
    for days in range(1, 4):
        announced(5, held_on=NOON.date() + timedelta(days=days), closes_at=NOON + days * DAY)

    assert asked() == few


@pytest.mark.usefixtures("_world")
def test_the_pages_lead_to_the_data():
    announced(5)
    with clock.frozen(OPENED + DAY):
        page = Client().get("/fr/ca-nt/draws/").content.decode()

    for form in FORMS:
        assert page.count(f'href="/fr/ca-nt/draws.{form}"') == 2, form
    assert page.count('rel="alternate"') == 5


@pytest.mark.usefixtures("_world")
def test_what_was_signed_ahead_is_there_to_keep_before_anybody_is_chosen():
    def held(name: str, number: str) -> Any:
        return Client().get(f"/en/check/draw/{number}/{name}.json")

    pool([400] * 20)
    draw = planned(5)
    assert held("notice", draw.number).status_code == 404
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    assert held("notice", draw.number).content.decode() == queries.draw(draw.number).notice.document
    assert [held(name, draw.number).status_code for name in ("commitment", "people")] == [404, 404]
    freeze(number=draw.number, by=manager(), at=NOON)
    assert held("commitment", draw.number).content.decode() == queries.commitment(draw).document
    assert f"/en/check/draw/{draw.number}/commitment.json" in shown(draw, NOON + HOUR)


@pytest.mark.usefixtures("_world")
def test_the_commitment_of_a_small_pool_tells_its_size_and_is_not_handed_out():
    pool([400] * 3)
    draw = announced(1)
    freeze(number=draw.number, by=manager(), at=NOON)

    assert Client().get(f"/en/check/draw/{draw.number}/notice.json").status_code == 200
    assert Client().get(f"/en/check/draw/{draw.number}/commitment.json").status_code == 404
    assert "commitment.json" not in shown(draw, NOON + HOUR)


def test_the_page_that_checks_draws_may_connect_to_nothing():
    policy = Client().get("/en/check/draw/")["Content-Security-Policy"]

    assert "connect-src 'none'" in policy
    assert "connect-src" not in Client().get("/en/check/")["Content-Security-Policy"]
