"""A draw without a notice: whom it looks at is committed to and public from the freeze; notice and window come by the pack."""

import json
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from passerelle.core import clock
from passerelle.core.verdicts import NotAllowed
from passerelle.draws import queries
from passerelle.draws.operations import (
    accept,
    conduct_draw,
    freeze,
    mark_issued,
    plan_draw,
    publish_notice,
    select,
)
from passerelle.invitations.operations import issue_invitations
from passerelle.programs import queries as programs
from tests.draws.support import DAY, HOUR, NOON, aimed, director, graduate, manager, places
from tests.npd1 import standalone
from tests.npd1.pools import canonical
from tests.support import editions
from tests.support.bundles import whole
from tests.support.waits import waiting

pytestmark = pytest.mark.django_db


def test_its_filters_stand_in_the_commitment_which_both_bundles_verify(tmp_path: Path):
    places()
    for points in range(25):
        graduate(400 + points, facts={"targeted_trade": True})
    draw = aimed(3, "trade")
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    mark_issued(number=draw.number, by=director(), at=NOON + HOUR)
    drawn = queries.draw(draw.number)
    said = json.loads(drawn.commitment.document)
    filters = {"attributes": ["trade"], "match": "every"}
    assert said["aim"] == {"stream": "graduates", "categories": ["express_entry"], "filters": filters}
    assert "notice" not in said
    for mode, members in (("public", whole(queries.public(drawn))), ("full", whole(queries.sealed(drawn)))):
        code, last = standalone.run(standalone.program(), tmp_path, mode, members)
        assert code == 0, last
    bent = {**said, "aim": {**said["aim"], "filters": {"attributes": ["degree"], "match": "every"}}}
    members = {**whole(queries.sealed(drawn)), "commitment.json": canonical(bent)}
    assert standalone.run(standalone.program(), tmp_path, "full", members)[0] == 1


def test_its_groups_and_values_stand_in_the_commitment_and_both_bundles_verify(tmp_path: Path):
    places()
    for points in range(25):
        graduate(400 + points, facts={"highest_education": "master", "l1_clb_lowest": 7})
    aim = {"values": {"education": ["bachelor"], "language": ["7"]}, "or": [{"attributes": ["trade"]}]}
    draw = aimed(3, aim=aim)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    mark_issued(number=draw.number, by=director(), at=NOON + HOUR)
    drawn = queries.draw(draw.number)
    said = json.loads(drawn.commitment.document)
    assert said["aim"]["filters"] == drawn.filters
    for mode, members in (("public", whole(queries.public(drawn))), ("full", whole(queries.sealed(drawn)))):
        code, last = standalone.run(standalone.program(), tmp_path, mode, members)
        assert code == 0, last


def test_its_page_is_public_from_the_freeze_on_with_aim_and_commitment():
    places()
    graduate(400, facts={"targeted_trade": True})
    draw = aimed(1, "trade")
    address = f"/en/ca-nt/draws/{draw.number}/"
    with clock.frozen(NOON):
        assert Client().get(address).status_code == 404
    freeze(number=draw.number, by=manager(), at=NOON)
    with clock.frozen(NOON + HOUR):
        page = Client().get(address).content.decode()
        french = Client().get(address.replace("/en/", "/fr/")).content.decode()
    assert queries.draw(draw.number).commitment.commit in page
    assert "Only people with this are looked at: Targeted trades." in page
    assert "Everybody in the pool" not in page
    assert "No notice was published ahead." in page
    assert "Aucun avis n'a été publié d'avance." in unescape(french)


def test_the_pack_of_ontario_says_that_it_gives_no_notice_and_no_window_and_that_nobody_confirmed_it():
    editions.an_office()
    rules = programs.rules_in_force(editions.CODE, editions.IN_2024)
    for key in ("draw_notice_days", "draw_objection_hours"):
        assert (rules.setting(key), rules.settings[key].certainty) == (0, "uncertain")


def with_waits(version: str) -> Mapping[str, str]:
    """The files of an edition of Ontario that gives three days of notice and a day to object, by two numbers of its pack."""
    told = editions.sources(version)
    found = next((path for path in told if path.endswith("settings.yaml") and "draw_notice_days" in told[path]), None)
    if found is None:
        return told
    return {**told, found: waiting({"settings.yaml": told[found]}, 3, 24)["settings.yaml"]}


def test_an_edition_of_ontario_with_notice_and_window_runs_the_whole_published_form():
    office = editions.an_office(lambda version: dict(with_waits(version)))
    at = editions.IN_2024
    south, north = editions.in_pool(at), editions.in_pool(at + HOUR, job_location_cd="3553")
    day = at + 5 * DAY
    draw = plan_draw(
        program=editions.CODE, held_on=day.date(), closes_at=day - HOUR, size=1, categories=["foreign_worker"],
        by=office.manager, at=at + DAY, filters={"attributes": ["northern"]},
    )  # fmt: skip
    act = {"number": draw.number, "by": office.manager}
    with pytest.raises(NotAllowed, match="notice"):
        freeze(at=day, **act)
    notice = publish_notice(at=at + DAY, **act)
    assert "Jobs in Northern Ontario" in dict(notice.said["en"])["Rule"]
    assert conduct_draw(at=day, **act).state == "frozen"
    with pytest.raises(NotAllowed):
        select(at=day + 23 * HOUR, **act)
    select(at=day + 24 * HOUR, **act)
    with pytest.raises(NotAllowed):
        issue_invitations(number=draw.number, by=office.director, at=day + 25 * HOUR)
    accept(number=draw.number, by=office.director, at=day + 25 * HOUR)
    issue_invitations(number=draw.number, by=office.director, at=day + 26 * HOUR)
    assert [one.eoi.reference for one in queries.chosen(draw).select_related("eoi")] == [north.reference]
    assert editions.fresh(north.reference).state == "invited"
    assert editions.fresh(south.reference).state == "in_pool"
    assert "aim" not in json.loads(queries.draw(draw.number).commitment.document)
