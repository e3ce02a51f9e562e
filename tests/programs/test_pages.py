"""Pages of the room: rules in force and what is unconfirmed, days off, the occupation list."""

from datetime import date

import pytest
from django.test import Client

from passerelle.core import audit, clock
from passerelle.programs import operations, queries
from tests.support.people import a_staff_member
from tests.support.people import signed_in as signed_in_as

pytestmark = pytest.mark.django_db
DAY = {"day_day": "28", "day_month": "12", "day_year": "2026", "name": "Boxing Day"}


@pytest.fixture
def loaded(db):
    return operations.load_packs(at=clock.now())


def signed_in(client: Client, *roles: str) -> Client:
    return signed_in_as(a_staff_member(*roles), client)


def test_staff_see_which_rules_are_in_force_and_what_no_source_confirms(client, loaded):
    page = signed_in(client, "officer").get("/en/staff/rules/").content.decode()

    assert "ca-nt 2026-1" in page
    assert "Ranked by points" in page
    assert "not stated anywhere: chosen here" in page


def test_where_the_past_was_published_is_told_in_the_readers_language(client, loaded):
    signed_in(client, "draw_manager", "director")

    lists = {code: client.get(f"/{code}/staff/draws/").content.decode() for code in ("en", "fr")}

    assert ("CIC News Update, spring 2026" in lists["en"], "printemps 2026" in lists["en"]) == (True, False)
    assert ("CIC News Update, printemps 2026" in lists["fr"], "spring 2026" in lists["fr"]) == (True, False)


def test_a_director_adds_a_day_off_and_takes_it_away_again(client, loaded):
    signed_in(client, "director")

    assert client.post("/en/staff/rules/closures/", DAY).status_code == 302
    assert [one.day for one in queries.closures("ca-nt")] == [date(2026, 12, 28)]
    assert "Boxing Day" in client.get("/fr/staff/rules/closures/").content.decode()

    assert client.post("/en/staff/rules/closures/", {"remove": "2026-12-28"}).status_code == 302
    assert list(queries.closures("ca-nt")) == []
    assert [one.event for one in audit.trail("ca-nt")] == ["office.closed", "office.reopened"]


def test_an_officer_reads_the_calendar_and_may_not_change_it(client, loaded):
    signed_in(client, "officer")

    assert "Only a director or an administrator" in client.get("/en/staff/rules/closures/").content.decode()
    assert client.post("/en/staff/rules/closures/", DAY).status_code == 403
    assert list(queries.closures("ca-nt")) == []


def test_a_day_that_does_not_exist_is_asked_for_again(client, loaded):
    answer = signed_in(client, "administrator").post("/en/staff/rules/closures/", {**DAY, "day_month": "13"})

    assert answer.status_code == 422
    assert "Enter a day, month and year that exist" in answer.content.decode()


@pytest.mark.parametrize("remove", ["soon", "2026-12-28"])
def test_taking_away_a_day_that_is_not_there_is_not_found(client, loaded, remove):
    assert signed_in(client, "director").post("/en/staff/rules/closures/", {"remove": remove}).status_code == 404


FOUND = [
    ("en", "cook", "63200 Cooks"),
    ("fr", "cook", "63200 Cuisiniers/cuisinières"),
    ("fr", "CUISINIERES", "63200 Cuisiniers/cuisinières"),
    ("en", "63200", "63200 Cooks"),
]


@pytest.mark.parametrize(("language", "text", "first"), FOUND)
def test_occupations_are_found_by_words_of_either_language_and_by_code(client, loaded, language, text, first):
    assert client.get(f"/{language}/occupations/", {"q": text}).json()[0]["text"] == first


def test_nothing_typed_finds_nothing(client, loaded):
    assert client.get("/en/occupations/", {"q": " "}).json() == []
