"""A plan names a rule of its pack; what a lot leaves open is not shown as known; invitations go out as the rule says."""

from typing import Any

import pytest

from passerelle.core import clock
from passerelle.draws import queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import accept, enter_dice, freeze, select
from passerelle.invitations.operations import issue_invitations
from passerelle.programs.rules.selection import SelectionRule
from tests.draws.support import (
    CLOSES,
    DAY,
    HOUR,
    NAME,
    NOON,
    SOURCE,
    announcing_program,
    chance_program,
    director,
    eoi,
    manager,
    places,
    planned,
    pool,
    without_seed,
)
from tests.draws.test_pages import PLAN
from tests.support.people import a_staff_member, signed_in

pytestmark = pytest.mark.django_db
DIGITS = "3141592653589793238462643383279502884197"
PLANNED = NOON - 7 * DAY


def by(said: dict[str, Any], size: int = 9) -> Draw:
    """Return a planned draw of a program with dice under a rule written here."""
    chance_program(notice=0, hours=0)
    places()
    draw = planned(size)
    rule = SelectionRule.model_validate({"key": "here", "name": NAME, "ties": "lot", **SOURCE, **said})
    draw.rule = {**draw.rule, "selection": rule.model_dump(mode="json")}
    draw.save(update_fields=["rule"])
    return draw


def page(draw: Draw, part: str = "", language: str = "en") -> str:
    with clock.frozen(NOON):
        client = signed_in(a_staff_member("draw_manager"))
        return str(client.get(f"/{language}/staff/draws/{draw.number}/{part}").content.decode())


# --- which rule ---


def test_the_plan_offers_each_rule_with_its_days_and_in_plain_words():
    places()
    with clock.frozen(PLANNED):
        client = signed_in(a_staff_member("draw_manager"))
        shown = {language: client.get(f"/{language}/staff/draws/plan/").content.decode() for language in ("en", "fr")}
    assert "The rule in force on the day of the draw" in shown["en"]
    assert "On March\xa025, 2026: Ranked by points." in shown["en"]
    assert "In force from November\xa010, 2025 to February\xa028, 2026." in shown["en"]
    assert "There are 103 places." in shown["en"]
    assert "Le 25\xa0mars 2026\xa0: Classement selon les points." in shown["fr"]
    # Two of the five draw lots, from the source of chance that they name.
    assert 'value="random_with_caps"' in shown["en"]
    assert "Not offered" not in shown["en"]


def test_rules_that_draw_lots_and_name_no_source_of_chance_are_not_offered():
    without_seed()
    places()
    with clock.frozen(PLANNED):
        shown = signed_in(a_staff_member("draw_manager")).get("/en/staff/draws/plan/").content.decode()
    assert 'value="random_with_caps"' not in shown
    assert "By lot within each group, By lot with a limit for each employer" in shown


@pytest.mark.parametrize(
    ("change", "rule", "size"),
    [
        ({}, "ranked_points", 65),
        ({"rule": "in_force"}, "ranked_points", 65),
        ({"rule": "first_come"}, "first_come", 65),
        ({"rule": "permit_then_received", "size": ""}, "permit_then_received", 103),
    ],
)
def test_a_plan_names_another_rule_than_the_one_in_force(change: dict[str, Any], rule: str, size: int):
    places()
    with clock.frozen(PLANNED):
        answer = signed_in(a_staff_member("draw_manager")).post("/en/staff/draws/plan/", {**PLAN, **change})
    assert answer.status_code == 302
    draw = Draw.objects.get()
    assert (draw.rule["selection"]["key"], draw.size) == (rule, size)


def test_a_plan_may_change_its_rule_until_it_is_published():
    places()
    with clock.frozen(PLANNED):
        client = signed_in(a_staff_member("draw_manager"))
        client.post("/en/staff/draws/plan/", PLAN)
        number = Draw.objects.get().number
        here = f"/en/staff/draws/{number}/plan/"
        shown = client.get(here).content.decode()
        assert 'value="ranked_points" checked' in shown
        assert 'value="in_force"' not in shown
        refused = client.post(here, {**PLAN, "rule": "permit_then_received"})
        assert (refused.status_code, b"The rule fixes the size of the draw: 103." in refused.content) == (422, True)
        assert client.post(here, {**PLAN, "rule": "first_come"}).status_code == 302
    assert Draw.objects.get().rule["selection"]["key"] == "first_come"


def test_with_a_source_of_chance_the_lots_are_offered_too():
    announcing_program()
    chance_program(notice=0, hours=0)
    places()
    with clock.frozen(PLANNED):
        shown = signed_in(a_staff_member("draw_manager")).get("/en/staff/draws/plan/").content.decode()
    assert 'value="random_with_caps"' in shown
    assert "Not offered" not in shown


# --- what is known of a lot ---


def test_of_a_lot_places_and_chances_are_told_and_nobody_is_listed_as_taken():
    pool([400 + number for number in range(26)])
    draw = by({"order": [{"by": "random"}]})
    found = queries.lots(draw, NOON)

    assert found
    assert (found.pool, found.even) == (26, True)
    assert [(one.cell, one.places, one.people) for one in found.groups] == [("*", 9, 26)]
    shown = page(draw)
    assert "Chance decides" in shown
    assert "about 35 in 100" in shown
    assert "would be taken" not in shown
    assert "environ 35 sur 100" in page(draw, language="fr")
    listed = page(draw, "ranking/")
    assert "nobody's turn is known" in listed
    assert "stays in the pool" not in listed
    assert ">Outcome<" not in listed
    assert "A lot decides who is taken" in page(draw, "conduct/")

    freeze(number=draw.number, by=manager(), at=NOON)
    draw.refresh_from_db()
    assert queries.lots(draw, NOON) == found
    assert "stays in the pool" not in page(draw, "ranking/")
    for _witness in range(2):
        enter_dice(number=draw.number, digits=DIGITS, by=manager(), at=NOON)
    select(number=draw.number, by=manager(), at=NOON)
    draw.refresh_from_db()
    assert queries.lots(draw, NOON) is None
    assert page(draw, "ranking/").count("tag--success") == 9


@pytest.mark.parametrize(
    "said",
    [
        {"order": [{"by": "random"}], "cap": {"limits": [{"take": 1}]}},
        {"order": [{"by": "fact", "fact": "francophone", "first": "yes"}]},
        {"order": [{"by": "random"}], "reserve": [{"key": "a", "name": NAME, "categories": ["skilled"], "places": 2}]},
    ],
)
def test_where_more_than_the_lot_decides_no_chances_are_told(said: dict[str, Any]):
    pool([400] * 4)
    pool([400] * 2, category="entry_level")
    draw = by(said, 3)
    found = queries.lots(draw, NOON)
    assert found
    assert found.even is False
    if "reserve" in said:
        assert [(one.cell, one.places, one.people) for one in found.groups] == [("a", 2, 4), ("*", 1, 6)]
    shown = page(draw)
    assert "none are told" in shown
    assert " in 100" not in shown


def test_of_points_and_a_lot_among_equals_the_cut_off_is_known_and_those_at_it_are_not():
    pool([500, 490])
    pool([400] * 5)
    pool([300], category="entry_level")
    draw = by({"order": [{"by": "points"}]}, 4)

    assert queries.lots(draw, NOON) is None
    outlook = queries.outlook(draw, NOON)
    assert (outlook.cutoff, outlook.tied_in, outlook.tied_out, outlook.by_lot) == (400, 2, 3, True)
    assert {one.category: one.taken for one in outlook.shares} == {"skilled": 2, "entry_level": 0}
    rows = queries.ranking(draw, NOON)[:]
    assert [(one.points, one.taken, one.lot) for one in rows] == [
        (500, True, False), (490, True, False), *[(400, False, True)] * 5, (300, False, False),
    ]  # fmt: skip
    assert "5 people have 400 points, and a lot that is not drawn yet decides among them. Places for them: 2." in page(
        draw
    )
    assert page(draw, "ranking/").count("by lot") == 5

    freeze(number=draw.number, by=manager(), at=NOON)
    listed = page(draw, "ranking/")
    assert "Among equals a lot decides that is not drawn yet" in listed
    assert "Nobody is taken before the selection is made." in listed
    assert "turn is known" not in listed

    draw = by({"order": [{"by": "points"}]}, 7)
    assert queries.outlook(draw, NOON).by_lot is False
    assert not any(one.lot for one in queries.ranking(draw, NOON)[:])


def test_a_frozen_pool_says_of_nobody_that_they_stay_in_it_before_the_selection():
    announcing_program(0, 24)
    places()
    pool([500, 400])
    draw = planned(1)
    freeze(number=draw.number, by=manager(), at=NOON)
    listed = page(draw, "ranking/")
    assert "Nobody is taken before the selection is made." in listed
    assert "stays in the pool" not in listed
    assert "The frozen pool holds 2 people. There is 1 place." in page(draw, "conduct/")


# --- in which order the invitations go out ---


def test_invitations_are_numbered_in_the_order_that_the_rule_puts_afterwards():
    def permit(expiry: str, points: int) -> Any:
        return eoi(points, facts={"work_permit_expiry": expiry} if expiry else {}, lapses_at=CLOSES + 365 * DAY)

    late, soon, none, next_one = (
        permit("2027-05-01", 500), permit("2026-06-01", 400), permit("", 600), permit("2026-07-01", 300),
    )  # fmt: skip
    afterwards = {"by": "fact", "fact": "work_permit_expiry", "first": "earliest"}
    draw = by({"order": [{"by": "points"}], "afterwards": afterwards}, 3)
    freeze(number=draw.number, by=manager(), at=NOON)
    for _witness in range(2):
        enter_dice(number=draw.number, digits=DIGITS, by=manager(), at=NOON)
    select(number=draw.number, by=manager(), at=NOON)
    head = director()
    accept(number=draw.number, by=head, at=NOON)

    made = issue_invitations(number=draw.number, by=head, at=NOON + HOUR)

    assert [one.eoi.reference for one in sorted(made, key=lambda one: one.reference)] == [
        soon.reference, late.reference, none.reference,
    ]  # fmt: skip
    assert list(queries.chosen(draw).values_list("eoi__reference", flat=True)) == [
        none.reference, late.reference, soon.reference,
    ]  # fmt: skip
    assert next_one.reference not in {one.eoi.reference for one in made}
