"""Draws aimed by values that the plan chooses, and by groups of which one is enough: who is in, what is refused, what is said."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from passerelle.core import clock
from passerelle.core.facts import Meets
from passerelle.draws import aiming, checking, harm, queries
from passerelle.draws.correcting import Correction, Unclear
from passerelle.draws.models import Draw
from passerelle.draws.operations import conduct_draw, mark_issued, plan_draw, publish_notice
from passerelle.draws.operations.planning import BadPlan
from passerelle.draws.queries import silent
from passerelle.eoi import bearing
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.scoring import Scored
from passerelle.programs import queries as programs
from passerelle.programs.models import Occupation
from passerelle.programs.rules import aims
from pointsgrid.answers import NOT_APPLICABLE, applies
from tests.draws.support import CLOSES, HOUR, NOON, OPENED, aimed, aimed_program, director, graduate, manager, places
from tests.pointsgrid.support import LEVELS
from tests.support.people import a_staff_member, signed_in
from tests.support.proofs import small_and_full

pytestmark = pytest.mark.django_db
DAY_OF_IT = date(2026, 2, 28)

# --- one meaning: in SQL, for one person, and in plain Python ---

FACTS: dict[str, list[Any]] = {
    "targeted_trade": [True, False], "highest_education": ["secondary", "diploma", "bachelor", "doctorate"],
    "outside_yellowknife": [True, False], "noc_code": ["63200", "63201", "73300", "21232"],
    "job_community": ["inuvik", "hay_river", "aklavik"], "work_permit_type": ["open", "none", "employer_specific"],
    "funds_needed": ["1000.50", "1000.51", "9.00"], "l1_clb_lowest": [0, 4, 7, 12],
    "work_permit_expiry": ["2026-02-27", "2026-02-28", "2026-03-30", "2026-03-31", "2027-01-01"],
}  # fmt: skip
VALUES: dict[str, list[list[str]]] = {
    "occupation": [["kitchens"], ["kitchens", "21232"], ["21232", "73300"]], "community": [["inuvik"], ["inuvik", "aklavik"]],
    "permit": [["open"], ["open", "none"]], "education": [["diploma"], ["doctorate"], ["less_than_secondary"]],
    "funds": [["1000.51"], ["9.00"]], "language": [["0"], ["7"]], "ends_soon": [["0"], ["30"]],
    "ends": [["2026-02-28", ""], ["", "2026-03-30"], ["2026-02-28", "2026-03-31"]],
}  # fmt: skip


def has(facts: dict[str, Any], key: str, said: list[str]) -> bool:
    """What a value asks, said again in plain Python."""
    blank = (None, NOT_APPLICABLE)
    of = {
        "occupation": "noc_code", "community": "job_community", "permit": "work_permit_type", "education": "highest_education",
        "funds": "funds_needed", "language": "l1_clb_lowest", "ends_soon": "work_permit_expiry", "ends": "work_permit_expiry",
    }[key]  # fmt: skip
    value = facts[of]
    if value in blank:
        return False
    if key == "occupation":
        return value in said or ("kitchens" in said and value.startswith("632") and value != "63201")
    if key in ("community", "permit"):
        return value in said
    if key == "education":
        return LEVELS.index(value) >= LEVELS.index(said[0])
    if key in ("funds", "language"):
        return float(value) >= float(said[0])
    if key == "ends_soon":
        last = (DAY_OF_IT + timedelta(days=int(said[0]))).isoformat()
        return facts["targeted_trade"] is True and DAY_OF_IT.isoformat() <= value <= last
    return (said[0] or "0") <= value <= (said[1] or "9")


def has_attribute(facts: dict[str, Any], key: str) -> bool:
    if key == "degree":
        return facts["highest_education"] in LEVELS[5:]
    return facts[{"trade": "targeted_trade", "outside": "outside_yellowknife"}[key]] is True


def meant(facts: dict[str, Any], filters: dict[str, Any]) -> bool:
    found = []
    for group in [filters, *filters.get("or", ())]:
        tests = [has_attribute(facts, key) for key in group.get("attributes", ())]
        tests += [has(facts, key, said) for key, said in group.get("values", {}).items()]
        found.append((any if group["match"] == "any" else all)(tests))
    return any(found)


def an_aim(rng: Random) -> dict[str, Any]:
    def group() -> dict[str, Any]:
        attributes = rng.sample(["trade", "degree", "outside"], rng.choice([0, 0, 1, 2]))
        keys = rng.sample(sorted(VALUES), rng.choice([0, 1, 2]) if attributes else rng.choice([1, 1, 2]))
        return {
            "attributes": attributes, "values": {key: rng.choice(VALUES[key]) for key in keys},
            "match": rng.choice(["every", "every", "any"]),
        }  # fmt: skip

    others = [group() for _ in range(rng.choice([0, 0, 1, 2]))]
    return {**group(), **({"or": others} if others else {})}


@pytest.mark.parametrize("cases", small_and_full(60, 2_000, "aims"))
def test_an_aim_means_the_same_in_the_database_for_one_person_and_in_plain_words(seed: int, cases: int):
    rules = programs.rules(aimed_program())
    rng, pool = Random(seed), {}
    for _ in range(40):
        facts = {key: rng.choice([*values, None, NOT_APPLICABLE]) for key, values in FACTS.items()}
        pool[graduate(facts=facts).pk] = facts
    for _ in range(cases):
        said = an_aim(rng)
        kept = aiming.kept(rules, "graduates", said, held_on=DAY_OF_IT)
        tree = aims.tree(rules, "graduates", kept)
        met = Meets(F("facts"), aiming.condition(rules, "graduates", kept, held_on=DAY_OF_IT))

        found = set(ExpressionOfInterest.objects.filter(met, pk__in=pool).values_list("pk", flat=True))

        one_by_one = {
            pk for pk, facts in pool.items() if applies(rules.points, tree, facts, on=aiming.days(DAY_OF_IT)) is True
        }
        assert found == one_by_one == {pk for pk, facts in pool.items() if meant(facts, said)}, said


# --- a draw from plan to issue ---

AIM: dict[str, Any] = {
    "attributes": ["degree"],
    "values": {"language": ["7"]},
    "or": [{"attributes": ["trade", "outside"], "values": {"community": ["inuvik", "aklavik"]}}],
}
FRENCH_AIM = (
    "Baccalauréat ou plus et Niveau NCLC (7 ou plus); ou Métiers ciblés et Emplois hors de Yellowknife et"
    " Collectivité de l'emploi (Aklavik ou Inuvik)"
)
STUDENT = {"highest_education": "master", "l1_clb_lowest": 7}
WELDER = {"targeted_trade": True, "outside_yellowknife": True, "job_community": "inuvik"}
NEITHER = {**WELDER, "job_community": "hay_river", "l1_clb_lowest": 9}


def failed(draw: Draw) -> list[str]:
    return [one["key"] for one in checking.findings(queries.draw(draw.number), NOON + HOUR) if not one["good"]]


def drawn() -> tuple[Draw, dict[str, ExpressionOfInterest]]:
    places()
    people = {
        name: graduate(400 + n, facts=facts)
        for n, (name, facts) in enumerate({"student": STUDENT, "welder": WELDER, "neither": NEITHER}.items())
    }
    draw = aimed(9, aim=AIM)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    return queries.draw(draw.number), people


def test_whoever_has_what_one_group_asks_for_is_in_and_the_assertions_look_again():
    draw, people = drawn()
    inside = {people["student"].pk, people["welder"].pk}
    assert set(queries.chosen(draw).values_list("eoi_id", flat=True)) == inside
    assert failed(draw) == []

    ExpressionOfInterest.objects.filter(pk=people["welder"].pk).update(facts=NEITHER)
    ExpressionOfInterest.objects.filter(pk=people["neither"].pk).update(facts=STUDENT)

    assert failed(draw) == ["aimed", "complete"]


def test_notice_page_data_and_letter_tell_the_aim_in_plain_words():
    draw = aimed(9, aim=AIM)
    said = publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR).said
    assert FRENCH_AIM in dict(said["fr"])["Règle"]
    assert f"Ciblé\xa0: {FRENCH_AIM}" in dict(said["fr"]).values()
    assert "A bachelor's degree or more and CLB level (7 or more); or Targeted trades and" in dict(said["en"])["Rule"]
    with clock.frozen(NOON):
        page = Client().get(f"/fr/ca-nt/draws/{draw.number}/").content.decode()
        (record,) = [
            one for one in Client().get("/en/ca-nt/draws.json").json()["draws"] if one["number"] == draw.number
        ]
        sheet = Client().get("/en/ca-nt/draws.csv").content.decode()
    assert FRENCH_AIM.replace("'", "&#x27;") in page
    first, second = FRENCH_AIM.split("; ou ")
    assert ([one["fr"] for one in record["targets"]], record["match"]) == ([first, second], "any")
    assert "Community of the job (Aklavik or Inuvik)" in sheet


def test_who_was_not_in_hears_what_the_draw_was_aimed_at_and_the_outcome_keeps_it():
    draw, people = drawn()
    mark_issued(number=draw.number, by=director(), at=NOON + HOUR)
    assert "Community of the job (Aklavik or Inuvik)" in silent.not_in(queries.draw(draw.number), people["neither"])
    assert queries.draw(draw.number).outcome["targets"][0]["en"].endswith("CLB level (7 or more)")


def test_a_repair_runs_the_draw_again_with_the_aim_that_should_have_held():
    draw, people = drawn()
    mark_issued(number=draw.number, by=director(), at=NOON + HOUR)
    right = {"values": {"community": ["hay_river"]}}
    found = harm.found(queries.draw(draw.number), Correction(aimed=right), NOON + HOUR)
    assert [one.reference for one in found.harmed] == [people["neither"].reference]
    assert {one.reference for one in found.gained} == {people["student"].reference, people["welder"].reference}
    with pytest.raises(Unclear) as refusal:
        harm.found(queries.draw(draw.number), Correction(aimed={"values": {"community": ["paris"]}}), NOON + HOUR)
    assert refusal.value.field == "value-community"


def test_a_fact_that_only_a_value_asks_for_bears_on_a_draw():
    one = graduate(facts={"job_community": "inuvik"})
    other, same = (Scored(400, {"job_community": where}, {}, "") for where in ("aklavik", "inuvik"))
    assert bearing.is_changed(one, other, at=NOON)
    assert not bearing.is_changed(one, same, at=NOON)


# --- what the pack does not offer ---


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"values": {"nothing": ["1"]}}, "attributes"),
        ({"values": {"permit": ["diplomatic"]}}, "value-permit"),
        ({"values": {"community": ["inuvik", "paris"]}}, "value-community"),
        ({"values": {"education": ["wisdom"]}}, "value-education"),
        ({"values": {"education": ["master", "bachelor"]}}, "value-education"),
        ({"values": {"language": ["13"]}}, "value-language"),
        ({"values": {"language": ["7.0"]}}, "value-language"),
        ({"values": {"funds": ["1.005"]}}, "value-funds"),
        ({"values": {"funds": ["NaN"]}}, "value-funds"),
        ({"values": {"ends_soon": ["-1"]}}, "value-ends_soon"),
        ({"values": {"ends_soon": ["3651"]}}, "value-ends_soon"),
        ({"values": {"ends_soon": ["०"]}}, "value-ends_soon"),
        ({"values": {"ends": ["2026-03-02", "2026-03-01"]}}, "value-ends"),
        ({"values": {"ends": ["", ""]}}, "value-ends"),
        ({"values": {"ends": ["2026-02-30", ""]}}, "value-ends"),
        ({"values": {"occupation": ["trades"]}}, "value-occupation"),
        ({"values": {"occupation": ["99999"]}}, "value-occupation-codes"),
        ({"attributes": ["trade"], "or": [{}]}, "or1-attributes"),
        ({"or": [{"attributes": ["trade"]}]}, "attributes"),
        ({"attributes": ["trade"], "or": [{"attributes": ["wizards"]}]}, "or1-attributes"),
        ({"attributes": ["trade"], "or": [{"attributes": ["trade"]}, {"values": {"language": ["x"]}}]}, "or2-value-language"),
        ({"attributes": ["trade"], "or": [{"attributes": ["trade"]}] * 6}, "attributes"),
    ],
)  # fmt: skip
def test_a_value_that_the_pack_does_not_offer_is_refused_beside_its_field(filters: dict[str, Any], field: str):
    aimed_program()
    if field.endswith("-codes"):
        Occupation.objects.create(edition="NOC 2021", in_force_from=date(2021, 9, 21), code="63200", teer=3)
    with pytest.raises(BadPlan) as refusal:
        plan_draw(
            program="ca-nt", size=1, by=manager(), at=OPENED, held_on=CLOSES.date(), closes_at=CLOSES,
            categories=["express_entry"], filters=filters,
        )  # fmt: skip
    assert (refusal.value.field, bool(str(refusal.value.message))) == (field, True)


def test_a_plan_keeps_values_in_the_order_of_the_pack_and_what_is_blank_not_at_all():
    aim = {
        "values": {"education": ["bachelor"], "community": ["inuvik", "aklavik"], "permit": []},
        "or": [{"values": {"language": ["7"]}}],
    }
    assert aimed(1, aim=aim).filters == {
        "values": {"community": ["aklavik", "inuvik"], "education": ["bachelor"]}, "match": "every",
        "or": [{"values": {"language": ["7"]}, "match": "every"}],
    }  # fmt: skip


# --- the page of the plan ---

PLAN = {
    "held_on_day": "25", "held_on_month": "3", "held_on_year": "2026", "closes_on_day": "25", "closes_on_month": "3",
    "closes_on_year": "2026", "closes_time": "00:00", "categories": ["express_entry"], "size": "12", "groups": "0",
}  # fmt: skip
TYPED = {
    "attributes": ["degree"], "match": "any", "value-language": "7", "value-occupation": ["kitchens"],
    "value-occupation-codes": "21232", "value-ends-first_day": "1", "value-ends-first_month": "3", "value-ends-first_year": "2026",
}  # fmt: skip
ADDRESS = "/en/staff/draws/plan/?stream=graduates"


@pytest.fixture
def planner() -> Any:
    aimed_program()
    places()
    with clock.frozen(NOON):
        yield signed_in(a_staff_member("draw_manager"))


def test_the_page_is_as_simple_as_before_where_there_is_one_group(planner: Client):
    page = planner.get(ADDRESS).content.decode()
    assert "Only those with" in page
    assert "Group 1" not in page
    assert '<details class="govuk-details">' in page.split("Where several are chosen")[0]


def test_another_group_comes_by_a_button_and_goes_by_one_and_nothing_typed_is_lost(planner: Client):
    more = planner.post(ADDRESS, {**PLAN, **TYPED, "size": "", "step": "more"})
    assert (more.status_code, Draw.objects.count()) == (200, 0)
    page = more.content.decode()
    assert "error-summary" not in page
    assert "Group 2" in page
    form = more.context["form"]
    typed = {
        name: form[name].value()
        for name in ("attributes", "value-language", "value-occupation-codes", "value-ends-first")
    }
    assert typed == {
        "attributes": ["degree"], "value-language": "7", "value-occupation-codes": "21232", "value-ends-first": "2026-03-01"
    }  # fmt: skip

    three = {
        **PLAN,
        **TYPED,
        "groups": "2",
        "or1-attributes": ["trade"],
        "or2-attributes": ["outside"],
        "or2-value-language": "4",
    }
    less = planner.post(ADDRESS, {**three, "step": "out-1"}).context["form"]
    assert (less["groups"].value(), less["or1-attributes"].value(), less["or1-value-language"].value()) == (
        1,
        ["outside"],
        "4",
    )
    assert "or2-attributes" not in less.fields


def test_a_plan_with_groups_is_kept_and_comes_back_to_be_changed(planner: Client):
    sent = {
        **PLAN,
        **TYPED,
        "groups": "1",
        "or1-attributes": ["trade"],
        "or1-value-ends_soon": "30",
        "or1-match": "every",
    }
    assert planner.post(ADDRESS, sent).status_code == 302
    draw = Draw.objects.get()
    assert draw.filters == {
        "attributes": ["degree"], "match": "any",
        "values": {"occupation": ["kitchens", "21232"], "language": ["7"], "ends": ["2026-03-01", ""]},
        "or": [{"attributes": ["trade"], "values": {"ends_soon": ["30"]}, "match": "every"}],
    }  # fmt: skip

    form = planner.get(f"/en/staff/draws/{draw.number}/plan/").context["form"]
    again = {
        name: form[name].value()
        for name in ("groups", "value-occupation-codes", "value-ends-first", "or1-value-ends_soon")
    }
    assert again == {
        "groups": 1, "value-occupation-codes": "21232", "value-ends-first": "2026-03-01", "or1-value-ends_soon": "30"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"value-permit": ["diplomatic"]}, "Choose among what is offered here."),
        ({"value-language": "13"}, "Enter a number from 0 to 12, or leave it blank."),
        ({"value-occupation-codes": "2123"}, "Not five digits: 2123."),
        ({"groups": "1"}, "Choose something in each group, or take the group out."),
        ({"groups": "1", "or1-value-ends-first_day": "31", "or1-value-ends-first_month": "2", "or1-value-ends-first_year": "2026"},
         "Enter a real date"),
    ],
)  # fmt: skip
def test_what_is_not_offered_is_told_beside_its_field_with_all_that_was_typed(planner: Client, wrong: Any, words: str):
    answer = planner.post(ADDRESS, {**PLAN, **TYPED, **wrong})
    assert (answer.status_code, Draw.objects.count()) == (422, 0)
    form = answer.context["form"]
    assert words in str(form.errors)
    assert not form.non_field_errors()
    kept = {**TYPED, **wrong}
    assert form["attributes"].value() == kept["attributes"]
    assert form["value-language"].value() == kept["value-language"]
