"""An error found after the invitations went out: who was harmed and helped, what each way costs, two people, one transaction."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from passerelle.allocations import operations as allocations
from passerelle.allocations import queries as places_of
from passerelle.applications.models import Application
from passerelle.core import audit
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.draws import harm, queries, repair_words, repairing
from passerelle.draws.correcting import Correction, Unclear, worked_out
from passerelle.draws.models import Draw, Repair, RepairAcceptance, RepairLine, RepairWithdrawal
from passerelle.draws.operations import RepairOutdated, conduct_draw, plan_repair, withdraw_repair
from passerelle.draws.repairing import Way
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import (
    carry_out_repair,
    issue_invitations,
    mark_accepted,
    refill_places,
)
from passerelle.invitations.queries import given_back
from passerelle.notices.models import Notice
from passerelle.project.invariant_queries import QUERIES
from tests.draws.support import (
    CLOSES,
    DAY,
    NOON,
    aimed,
    aimed_program,
    director,
    eoi,
    graduate,
    manager,
    person,
    places,
    under,
)
from tests.draws.test_replaying import FRENCH, issued, now
from tests.support.bundles import whole
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db
LATER = NOON + 3 * DAY
WHAT = {"en": "The points of one file were wrong.", "fr": "Les points d'un dossier étaient faux."}
NOTICE = {"en": "An error was found.", "fr": "Une erreur a été trouvée."}


def refs(people: Any) -> list[str]:
    return [one.reference for one in people]


def planned_repair(draw: Draw, said: Correction, way: Way = Way.INVITE, by: Any = None, **more: Any) -> Repair:
    words = {"what": WHAT, "notice": NOTICE, "reason": "They were kept out by our mistake.", **more}
    return plan_repair(number=draw.number, said=said, way=way, by=by or director(), at=LATER, **words)


def carried_out(draw: Draw, plan: Repair, by: Any = None) -> list[Invitation]:
    return carry_out_repair(number=draw.number, repair=plan.pk, by=by or director(), at=LATER)


def withdraw(draw: Draw, plan: Repair, by: Any = None) -> None:
    withdraw_repair(number=draw.number, repair=plan.pk, reason="Said wrongly.", by=by or director(), at=LATER)


def invited(draw: Draw) -> set[str]:
    return set(Invitation.objects.filter(draw=draw).values_list("eoi__reference", flat=True))


def invitation(one: ExpressionOfInterest) -> Invitation:
    return Invitation.objects.get(eoi=one)


@made_once
def wrong_points() -> tuple[Draw, list[ExpressionOfInterest], Correction]:
    """An issued draw of two in which the first had points that were too high, so that the third was kept out."""
    files = [eoi(points) for points in (500, 490, 480, 470)]
    return issued(2), files, Correction(files={files[0].reference: {"points": 400}})


def stray_invitations() -> list[str]:
    """The invitations that stand neither on the draw's own result nor on an accepted repair."""
    with connection.cursor() as cursor:
        cursor.execute(next(query for rule, query in QUERIES.items() if "an accepted repair of its draw" in rule))
        return [row[0] for row in cursor.fetchall()]


# --- who was harmed, who gained ---------------------------------------------------------------------------------------


def test_points_that_were_wrong_harm_the_next_and_helped_who_had_them():
    draw, files, said = wrong_points()

    found = harm.found(draw, said, LATER)

    assert (refs(found.harmed), refs(found.gained), found.unchanged) == (refs(files[2:3]), refs(files[:1]), 1)
    assert [(one.was, one.would, one.cell, one.now.step) for one in found.touched] == [
        (3, 2, "*", "pool"),
        (1, 4, "*", "invited"),
    ]
    assert (found.was[0].rank[0], found.would[0].rank[0], found.astray) == (490, 480, 0)


def test_one_left_out_is_harmed_and_the_last_one_taken_gained():
    first, last = eoi(500), eoi(480)
    left_out = now(eoi(490), "on_hold")
    draw = issued(2)
    now(left_out, "in_pool")

    found = harm.found(draw, Correction(added=(left_out.reference,)), LATER)

    assert (refs(found.harmed), refs(found.gained), found.unchanged) == ([left_out.reference], [last.reference], 1)
    assert [(one.was, one.would) for one in found.touched] == [(None, 2), (2, 3)]
    assert first.reference not in refs(found.touched)


def test_who_was_invited_or_not_handed_in_on_that_day_could_not_have_been_in_all_the_same():
    eoi(500)
    late = eoi(490, submitted_at=CLOSES + DAY)
    elsewhere = eoi(495, category="entry_level")
    draw = issued(1, categories=["skilled"])

    found = harm.found(draw, Correction(added=(late.reference, elsewhere.reference)), LATER)

    assert found.touched == ()
    assert set(found.in_vain) == {late.reference, elsewhere.reference}


def test_an_occupation_code_that_should_not_have_counted_keeps_everybody_with_it_out():
    # Express Entry of 23 November 2022: a code stood in the list of a targeted round that should not have.
    aimed_program()
    places()
    boiler = [graduate(points, facts={"noc_code": "72103"}) for points in (500, 490)]
    welder = [graduate(points, facts={"noc_code": "72106"}) for points in (480, 470)]
    draw = aimed(2, "welding")
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    issue_invitations(number=draw.number, by=director(), at=NOON)
    draw = queries.draw(draw.number)
    assert invited(draw) == set(refs(boiler))

    found = harm.found(draw, Correction(without={"noc_code": "72103"}), LATER)

    assert (refs(found.harmed), refs(found.gained), found.unchanged) == (refs(welder), refs(boiler), 0)


def test_facts_that_were_wrong_put_a_file_out_of_a_draw_that_was_not_for_it():
    aimed_program()
    places()
    stray, welder = graduate(500, facts={"noc_code": "72106"}), graduate(480, facts={"noc_code": "72106"})
    draw = aimed(1, "welding")
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    issue_invitations(number=draw.number, by=director(), at=NOON)

    found = harm.found(
        queries.draw(draw.number), Correction(files={stray.reference: {"noc_code": "63200", "points": 500}}), LATER
    )

    assert (refs(found.harmed), refs(found.gained)) == ([welder.reference], [stray.reference])


def test_a_draw_aimed_at_the_wrong_people_is_found_again_among_those_of_that_day():
    aimed_program()
    places()
    degree = [graduate(points, facts={"highest_education": "bachelor"}) for points in (500, 490)]
    outside = [graduate(points, facts={"outside_yellowknife": True}) for points in (480, 470)]
    draw = aimed(1, "degree")
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    issue_invitations(number=draw.number, by=director(), at=NOON)
    draw = queries.draw(draw.number)

    meant = Correction(aimed={"attributes": ["outside"], "match": "every"})
    change = worked_out(draw, meant).change
    found = harm.found(draw, meant, LATER)

    assert (change.out, change.added) == ({one.pk for one in degree}, {one.pk for one in outside})
    assert refs(found.harmed)[:1] == [outside[0].reference]
    assert degree[0].reference in refs(found.gained)


def test_looking_for_everybody_left_out_finds_those_in_the_pool_and_nobody_else():
    first = eoi(400)
    forgotten = eoi(500)
    waiting = now(eoi(490), "on_hold")
    draw = under({"order": [{"by": "points"}]}, 1)
    # A freeze that overlooked somebody: the assertions would stop it, here it stands for a fault found later.
    ExpressionOfInterest.objects.filter(pk=forgotten.pk).update(state="on_hold")
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    issue_invitations(number=draw.number, by=director(), at=NOON)
    now(forgotten, "in_pool")

    found = harm.found(queries.draw(draw.number), Correction(look=True), LATER)

    assert (refs(found.harmed), refs(found.gained)) == ([forgotten.reference], [first.reference])
    assert waiting.reference not in refs(found.touched)


def test_a_wrong_number_of_places_harms_or_helps_those_at_the_end():
    files = [eoi(points) for points in (500, 490, 480, 470)]
    draw = issued(2)

    more, fewer = (harm.found(draw, Correction(size=size), LATER) for size in (3, 1))

    assert (refs(more.harmed), refs(more.gained)) == ([files[2].reference], [])
    assert (refs(fewer.harmed), refs(fewer.gained)) == ([], [files[1].reference])


def test_too_few_places_of_a_reserve_are_said_with_the_harm_and_in_the_notice():
    french = [eoi(points, facts={"francophone": True}) for points in (400, 390)]
    others = [eoi(points, facts={"francophone": False}) for points in (500, 490)]
    draw = issued(3, {"order": [{"by": "points"}], "reserve": [FRENCH]})

    found = harm.found(draw, Correction(places={"french": 2}), LATER)
    words = repair_words.drafted(draw, found, repairing.option(Way.INVITE, draw, found, LATER), WHAT)

    assert (refs(found.harmed), refs(found.gained)) == ([french[1].reference], [others[1].reference])
    assert "Places kept for A test: 1 instead of 2." in words["en"]
    assert "Places réservées pour Un essai\u00a0: 1 au lieu de 2." in words["fr"]
    larger = harm.found(draw, Correction(size=4), LATER)
    words = repair_words.drafted(draw, larger, repairing.option(Way.INVITE, draw, larger, LATER), WHAT)
    assert ("Places in the draw: 3 instead of 4." in words["en"], "Places kept" in words["en"]) == (True, False)


@pytest.mark.parametrize(("places", "words"), [({"french": 4}, "more than the size"), ({"entry": 1}, "no such places")])
def test_places_of_a_reserve_that_cannot_be_are_told_at_their_field(places: dict[str, int], words: str):
    eoi(400, facts={"francophone": True})
    draw = issued(3, {"order": [{"by": "points"}], "reserve": [FRENCH]})

    with pytest.raises(Unclear, match=words) as fault:
        harm.found(draw, Correction(places=places), LATER)

    assert fault.value.field == f"places_{next(iter(places))}"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Correction(out=("NT-E-2026-999999",)), "out"), (Correction(files={"NT-E-2026-999999": {"points": 1}}), "wrong"),
        (Correction(added=("NT-E-2026-999999",)), "added"), (Correction(rule="nothing"), "rule"),
    ],
)  # fmt: skip
def test_a_correction_that_does_not_fit_the_draw_says_which_field(said: Correction, field: str):
    draw, _files, _said = wrong_points()

    with pytest.raises(Unclear) as fault:
        harm.found(draw, said, LATER)

    assert fault.value.field == field


def test_points_are_asked_for_where_they_cannot_be_worked_out():
    draw, files, _said = wrong_points()

    with pytest.raises(Unclear, match="points=480"):
        harm.found(draw, Correction(files={files[0].reference: {"noc_code": "63200"}}), LATER)


def test_a_correction_is_kept_and_read_again():
    said = Correction(
        files={"NT-E-2026-000001": {"points": 400}}, out=("a",), without={"noc_code": "1"}, added=("b",), look=True, size=3,
        rule="first_come", aimed={"attributes": []}, places={"french": 0},
    )  # fmt: skip

    assert Correction.from_json(said.to_json()) == said
    before = {key: kept for key, kept in said.to_json().items() if key != "places"}
    assert Correction.from_json(before).places == {}
    assert said.says_something
    assert not Correction().says_something


def test_how_far_each_has_come_is_told_by_the_rooms_after_the_draw():
    draw, files, said = wrong_points()
    held, told = invitation(files[0]), []
    told.append(harm.found(draw, said, LATER).gained[0].now)
    mark_accepted(reference=held.reference, by=files[0].employer, at=NOON + DAY)
    told.append(harm.found(draw, said, LATER).gained[0].now)
    file = Application.objects.create(
        reference="NT-A-2026-000001", program="ca-nt", invitation=held, employer=files[0].employer, candidate=files[0].candidate,
        state="queued", opened_at=NOON + DAY, file_number="NT-2026-000001", received_at=LATER,
    )  # fmt: skip
    told.append(harm.found(draw, said, LATER).gained[0].now)
    Application.objects.filter(pk=file.pk).update(state="withdrawn", closed_at=LATER)
    told.append(harm.found(draw, said, LATER).gained[0].now)

    assert [(one.step, one.number) for one in told] == [
        ("invited", held.reference), ("begun", held.reference), ("filed", "NT-2026-000001"), ("refused", "NT-2026-000001"),
    ]  # fmt: skip
    assert {one.draw for one in told} == {draw.number}
    assert [one.untouched for one in told] == [True, False, False, False]


# --- what each way costs ----------------------------------------------------------------------------------------------


def ways(draw: Draw, said: Correction) -> dict[str, repairing.Option]:
    return {one.way: one for one in repairing.options(draw, harm.found(draw, said, LATER), LATER)}


def test_each_way_says_whom_it_invites_and_what_it_costs():
    draw, files, said = wrong_points()

    found = ways(draw, said)

    assert [(one.takes, one.gives_back, one.net) for one in found.values()] == [(0, 0, 0), (1, 0, 1), (1, 1, 0)]
    assert [refs(one.keeps) for one in found.values()] == [[files[0].reference], [files[0].reference], []]
    assert all(one.possible for one in found.values())
    assert {one.left for one in found.values()} == {195}


def test_where_places_are_missing_only_taking_back_makes_room():
    draw, _files, said = wrong_points()
    allocations.set_places(program="ca-nt", year=2026, places=2, reason="Fewer", by=director(), at=LATER)

    found = ways(draw, said)

    assert [bool(one.possible) for one in found.values()] == [True, False, True]
    assert "1 place of 2026 is missing" in str(found[Way.INVITE].possible.reason)
    with pytest.raises(NotAllowed):
        planned_repair(draw, said, Way.INVITE)


def test_what_somebody_has_begun_to_use_cannot_be_taken_back():
    draw, files, said = wrong_points()
    mark_accepted(reference=invitation(files[0]).reference, by=files[0].employer, at=NOON + DAY)

    found = ways(draw, said)

    assert not found[Way.REPLACE].possible
    assert refs(found[Way.INVITE].keeps) == [files[0].reference]


def test_after_its_year_a_repair_takes_places_of_the_present_one():
    draw, _files, said = wrong_points()
    next_year = LATER + timedelta(days=300)

    found = harm.found(draw, said, next_year)

    assert repairing.option(Way.INVITE, draw, found, next_year).year == 2027


def test_an_employer_over_its_limit_is_told():
    one, other = person("employer"), person("employer")
    facts = {"nwt_employees": 3}
    high = eoi(500, employer=one, facts=facts)
    kept_out, stays = eoi(490, employer=one, facts=facts), eoi(480, employer=other, facts=facts)
    cap = {"size": "nwt_employees", "limits": [{"up_to": 10, "take": 1}, {"take": 2}]}
    draw = issued(2, {"order": [{"by": "points"}], "cap": cap})
    assert invited(draw) == {high.reference, stays.reference}

    found = ways(draw, Correction(files={high.reference: {"points": 100}}))

    assert refs(found[Way.INVITE].invites) == [kept_out.reference]
    assert any("limit" in one for one in found[Way.INVITE].warnings)
    assert not any("limit" in one for one in found[Way.REPLACE].warnings)


# --- planned by one, carried out by another ---------------------------------------------------------------------------


def test_those_kept_out_are_invited_in_addition_and_the_result_stays():
    draw, files, said = wrong_points()
    before = queries.record_of_run(draw), whole(queries.public(draw)), draw.outcome
    plan = planned_repair(draw, said)
    assert invited(draw) == set(refs(files[:2]))

    (made,) = carried_out(draw, plan)

    assert (made.eoi_id, made.repair_id, made.draw_id) == (files[2].pk, plan.pk, draw.pk)
    assert invited(draw) == set(refs(files[:3]))
    draw = queries.draw(draw.number)
    assert (queries.record_of_run(draw), whole(queries.public(draw)), draw.outcome) == before
    assert [one.eoi_id for one in queries.chosen(draw)] == [files[0].pk, files[1].pk]
    assert places_of.places("ca-nt", 2026).held == 3
    events = [one.event for one in audit.trail(draw.number)]
    assert events[-2:] == ["draw.repair_planned", "draw.repaired"]
    told = Notice.objects.filter(to=files[2].candidate).values_list("kind", flat=True)
    assert sorted(told) == ["draw.repaired", "invitation_issued"]
    said_by_letter(files)
    assert stray_invitations() == []
    Invitation.objects.filter(pk=made.pk).update(repair=None)
    assert stray_invitations() == [made.reference]


def said_by_letter(files: list[ExpressionOfInterest]) -> None:
    """Employer and candidate of whom a repair invites read that it does; those who were drawn read of the draw alone."""
    drawn, added = files[1], files[2]
    for role, how in (("employer", "kept your candidate from"), ("candidate", "kept you from")):
        letter, ordinary = (
            Notice.objects.get(to=getattr(one, role), kind="invitation_issued").body for one in (added, drawn)
        )
        assert (how in letter, "in addition to those drawn" in letter, "selected in the draw of" in letter) == (
            True,
        ) * 3
        assert ("An error" in ordinary, "was selected" in letter or "were selected" in letter) == (False, False)
    (note,) = Notice.objects.filter(to=added.employer, kind="draw.repaired")
    assert (WHAT["en"] in note.body, "now invited to apply" in note.body) == (True, True)
    assert not Notice.objects.filter(to=drawn.employer, kind="draw.repaired").exists()


def test_what_nobody_has_begun_to_use_is_taken_back_and_its_place_given_on():
    draw, files, said = wrong_points()
    allocations.set_places(program="ca-nt", year=2026, places=2, reason="Fewer", by=director(), at=LATER)
    plan = planned_repair(draw, said, Way.REPLACE)

    (made,) = carried_out(draw, plan)

    assert made.eoi_id == files[2].pk
    assert invitation(files[0]).state == "cancelled"
    assert (places_of.places("ca-nt", 2026).held, places_of.places("ca-nt", 2026).left) == (2, 0)
    (letter,) = Notice.objects.filter(to=files[0].employer, kind="invitation_cancelled")
    assert WHAT["en"] in letter.body
    assert list(given_back(draw.number)) == []


def test_a_notice_alone_moves_nobody_and_tells_those_kept_out():
    draw, files, said = wrong_points()
    plan = planned_repair(draw, said, Way.NOTICE)

    assert carried_out(draw, plan) == []

    assert invited(draw) == set(refs(files[:2]))
    assert Notice.objects.filter(to=files[2].candidate, kind="draw.repaired").count() == 1
    assert [one.notice for one in queries.accepted_repairs(draw)] == [NOTICE]


def test_a_repair_takes_two_directors():
    draw, _files, said = wrong_points()
    first = director()
    with pytest.raises(NotAllowed):
        planned_repair(draw, said, by=manager())
    plan = planned_repair(draw, said, by=first)

    for nobody in (first, manager(), person("staff", "auditor")):
        with pytest.raises(NotAllowed):
            carried_out(draw, plan, by=nobody)
    with pytest.raises(IntegrityError), transaction.atomic():
        RepairAcceptance.objects.create(repair=plan, planned_by=first, accepted_by=first, accepted_at=LATER)

    assert not RepairAcceptance.objects.exists()
    assert Invitation.objects.filter(draw=draw).count() == 2


def test_carrying_out_twice_does_nothing_twice():
    draw, _files, said = wrong_points()
    plan = planned_repair(draw, said)
    carried_out(draw, plan)

    with pytest.raises(NotAllowed):
        carried_out(draw, plan)

    assert Invitation.objects.filter(draw=draw).count() == 3
    told = Notice.objects.filter(kind="draw.repaired").values_list("to", flat=True)
    assert len(told) == len(set(told)) == 2  # the candidate kept out, and the employer


def test_a_withdrawn_plan_is_never_carried_out_and_whoever_made_it_is_told():
    draw, _files, said = wrong_points()
    first, second = director(), director()
    plan = planned_repair(draw, said, by=first)
    with pytest.raises(NotAllowed):
        withdraw(draw, plan, by=manager())

    withdraw(draw, plan, by=second)

    for act in (carried_out, withdraw):
        with pytest.raises(NotAllowed, match="withdrawn"):
            act(draw, plan)
    assert invited(draw) == {one.eoi.reference for one in queries.chosen(draw)}
    assert (list(queries.standing_repairs(draw)), list(queries.repairs(draw))) == ([], [plan])
    assert [one.event for one in audit.trail(draw.number)][-1] == "draw.repair_withdrawn"
    (letter,) = Notice.objects.filter(to=first, kind="draw.repair_withdrawn")
    assert (second.name in letter.body, "Said wrongly." in letter.body) == (True, True)
    withdraw(draw, planned_repair(draw, said, by=first), by=first)
    assert Notice.objects.filter(kind="draw.repair_withdrawn").count() == 1


def test_what_is_carried_out_is_not_withdrawn():
    draw, _files, said = wrong_points()
    plan = planned_repair(draw, said)
    carried_out(draw, plan)

    with pytest.raises(NotAllowed, match="accepted"):
        withdraw(draw, plan)

    assert not RepairWithdrawal.objects.exists()


def test_another_plan_after_it_finds_them_invited():
    draw, files, said = wrong_points()
    carried_out(draw, planned_repair(draw, said))

    found = harm.found(queries.draw(draw.number), said, LATER)

    assert [(one.reference, one.now.step) for one in found.harmed] == [(files[2].reference, "invited")]
    assert not repairing.option(Way.INVITE, draw, found, LATER).possible


@pytest.mark.parametrize("way", [Way.INVITE, Way.REPLACE])
def test_a_plan_whose_people_have_moved_on_is_made_again(way: Way):
    draw, files, said = wrong_points()
    plan = planned_repair(draw, said, way)
    if way == Way.INVITE:
        now(files[2], "withdrawn")
    else:
        mark_accepted(reference=invitation(files[0]).reference, by=files[0].employer, at=LATER)

    with pytest.raises(RepairOutdated):
        carried_out(draw, plan)

    assert not RepairAcceptance.objects.exists()
    assert not Notice.objects.filter(kind="draw.repaired").exists()
    assert invitation(files[0]).state in ("issued", "accepted")


def test_where_the_places_went_meanwhile_nothing_is_done():
    draw, _files, said = wrong_points()
    plan = planned_repair(draw, said)
    allocations.set_places(program="ca-nt", year=2026, places=2, reason="Fewer", by=director(), at=LATER)

    with pytest.raises(allocations.NoPlaceLeft):
        carried_out(draw, plan)

    assert not RepairAcceptance.objects.exists()
    assert Invitation.objects.filter(draw=draw).count() == 2


def test_a_draw_not_issued_is_made_void_and_not_repaired():
    files = [eoi(points) for points in (500, 490)]
    draw = under({"order": [{"by": "points"}]}, 1)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    said = Correction(out=(files[0].reference,))

    assert refs(harm.found(queries.draw(draw.number), said, LATER).harmed) == [files[1].reference]
    with pytest.raises((NotAllowed, IllegalMove)):
        planned_repair(draw, said)


def test_a_place_taken_back_is_none_for_the_reserve_list():
    files = [eoi(points) for points in (500, 490, 480, 470)]
    draw = issued(2, {"order": [{"by": "points"}], "refill": "after_issue"})
    carried_out(draw, planned_repair(draw, Correction(files={files[0].reference: {"points": 400}}), Way.REPLACE))

    assert refill_places(number=draw.number, by=director(), at=LATER + DAY) == []


# --- words for everybody ----------------------------------------------------------------------------------------------


def test_words_for_everybody_name_nobody():
    draw, files, said = wrong_points()

    for words in (
        {"en": f"The file {files[0].reference} was wrong.", "fr": "x"},
        {"en": "x", "fr": f"Le dossier de {files[0].candidate.name} était faux."},
    ):
        with pytest.raises(Unclear):
            planned_repair(draw, said, what=words)
        with pytest.raises(Unclear):
            planned_repair(draw, said, notice=words)
    planned_repair(draw, said, notice={"en": f"Draw {draw.number} was wrong.", "fr": "x"})


def test_the_draft_says_what_is_done_and_holds_small_numbers_back():
    draw, _files, said = wrong_points()
    Draw.objects.filter(pk=draw.pk).update(pool_size=300)
    draw = queries.draw(draw.number)
    found = harm.found(draw, said, LATER)

    words = repair_words.drafted(draw, found, repairing.option(Way.INVITE, draw, found, LATER), WHAT)

    assert words["en"].startswith(
        f"An error was found in draw {draw.number} of March\u00a025, 2026 after its invitations"
    )
    assert (WHAT["en"] in words["en"], WHAT["fr"] in words["fr"]) == (True, True)
    assert "kept fewer than 20 people from a place" in words["en"]
    assert "are invited in addition" in words["en"]
    assert "moins de 20 personnes" in words["fr"]
    full = {**draw.rule, "terms": {**draw.rule["terms"], "privacy": "full"}}
    draw.rule = full
    assert (
        "kept 1 person from a place"
        in repair_words.drafted(draw, found, repairing.option(Way.INVITE, draw, found, LATER), WHAT)["en"]
    )


def test_of_a_small_pool_no_number_is_told():
    draw, _files, said = wrong_points()
    found = harm.found(draw, said, LATER)

    words = repair_words.drafted(draw, found, repairing.option(Way.NOTICE, draw, found, LATER), WHAT)

    assert "20" not in words["en"].replace(draw.number, "").replace("2026", "")
    assert "Nobody is invited in addition." in words["en"]


def test_the_database_takes_back_nothing_that_is_used_and_helps_nobody_twice():
    draw, files, said = wrong_points()
    plan = planned_repair(draw, said)
    other: dict[str, Any] = {"repair": plan, "eoi": files[3], "cell": "*"}

    for wrong in (
        {"side": "gained", "act": "take_back", "step": "begun"}, {"side": "gained", "act": "invite", "step": "pool"},
        {"side": "harmed", "act": "take_back", "step": "invited"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            RepairLine.objects.create(**other, **wrong)
    with pytest.raises(DatabaseError), transaction.atomic():
        Repair.objects.filter(pk=plan.pk).update(reason="Another.")
