"""A limit of employers over the year (nwt.md, section 3.2): what earlier draws gave counts, as it stood at the freeze."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from npd1 import canonical, receipts
from passerelle.accounts.models import Person
from passerelle.core.verdicts import YES, NotAllowed
from passerelle.draws import checking, harm, queries, repairing
from passerelle.draws.correcting import Correction
from passerelle.draws.models import Draw, EarlierPlaces, Entry
from passerelle.draws.operations import DrawBlocked, conduct_draw, freeze, mark_issued, plan_repair, select
from passerelle.draws.repairing import Way
from passerelle.draws.replaying import Change, Right, came_out, replay
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import carry_out_repair, decline, issue_invitations, refill_places
from tests.draws.support import CLOSES, DAY, HOUR, NOON, director, eoi, manager, person, under
from tests.draws.test_checking import rewrite
from tests.draws.test_repairs import NOTICE, WHAT
from tests.npd1 import standalone
from tests.support.bundles import whole
from tests.support.threads import together

pytestmark = pytest.mark.django_db
SIZED = {"size": "nwt_employees", "limits": [{"up_to": 10, "take": 1}, {"up_to": 49, "take": 2}, {"take": 4}]}
RULE = {"order": [{"by": "points"}], "cap": {**SIZED, "per": "year"}}
FILLED = {**RULE, "refill": "after_issue"}
LATER = 14 * DAY


def theirs(employer: Person, *points: int, employees: int = 20, **more: Any) -> list[ExpressionOfInterest]:
    return [eoi(one, employer=employer, facts={"nwt_employees": employees}, **more) for one in points]


def drawn(size: int, said: dict[str, Any] = RULE, *, on: timedelta = timedelta(), **more: Any) -> Draw:
    """Plan a draw so long after the first one, freeze and select."""
    draw = planned_on(size, said, on, **more)
    conduct_draw(number=draw.number, by=manager(), at=NOON + on)
    return queries.draw(draw.number)


def planned_on(size: int, said: dict[str, Any], on: timedelta, **more: Any) -> Draw:
    return under(said, size, held_on=(CLOSES + on).date(), closes_at=CLOSES + on, **more)


def issued(size: int, said: dict[str, Any] = RULE, *, on: timedelta = timedelta(), **more: Any) -> Draw:
    draw = drawn(size, said, on=on, **more)
    issue_invitations(number=draw.number, by=director(), at=NOON + on)
    return queries.draw(draw.number)


def taken(draw: Draw) -> set[int]:
    return set(queries.chosen(draw).values_list("eoi_id", flat=True))


def says_no(one: ExpressionOfInterest, at: datetime) -> None:
    decline(reference=Invitation.objects.get(eoi=one).reference, by=one.employer, reason="no longer", at=at)


def red(draw: Draw, at: datetime, *, final: bool = False) -> set[str]:
    return {one["key"] for one in checking.findings(queries.draw(draw.number), at, final=final) if one["good"] is False}


def test_what_an_employer_had_of_the_year_is_not_there_again():
    ice, snow = person("employer"), person("employer")
    first, second = theirs(ice, 600, 590)
    other = theirs(snow, 500)[0]
    assert taken(issued(1)) == {first.pk}
    third = theirs(ice, 580)[0]

    draw = drawn(3, on=LATER)

    assert taken(draw) == {second.pk, other.pk}
    assert dict(Entry.objects.filter(draw=draw).values_list("eoi_id", "cap")) == {
        second.pk: 1,
        third.pk: 1,
        other.pk: 2,
    }
    assert red(draw, NOON + LATER) == set()


@pytest.mark.parametrize(
    ("ends", "left"),
    [("decided", 0), ("returned", 0), ("application_withdrawn", 0), ("lapsed", 1), ("declined", 1), ("cancelled", 1)],
)
def test_a_place_is_used_by_an_application_and_comes_back_with_an_invitation_that_ends_without_one(
    ends: str, left: int
):
    employer = person("employer")
    first = theirs(employer, 600, employees=5)[0]
    issued(1)
    ExpressionOfInterest.objects.filter(pk=first.pk).update(state="closed", closing_reason=ends, closed_at=NOON + DAY)
    second = theirs(employer, 500, employees=5)[0]

    draw = drawn(1, on=LATER)

    assert Entry.objects.get(draw=draw).cap == left
    assert taken(draw) == ({second.pk} if left else set())
    assert red(draw, NOON + LATER) == set()


def test_who_is_kept_out_reads_that_the_places_of_the_year_are_used_and_a_stranger_verifies_it(tmp_path: Path):
    employer = person("employer")
    theirs(employer, 600, 590)
    issued(2)
    late, other = theirs(employer, 580)[0], eoi(400)
    draw = issued(1, on=LATER)
    assert (taken(draw), Entry.objects.get(draw=draw, eoi=late).cap) == ({other.pk}, 0)

    told = {}
    for language in ("en", "fr"):
        with translation.override(language):
            told[language] = queries.why(draw, late, queries.receipt(draw, late))

    assert told["en"] == "You were not taken: your employer had used its 2 places of the year."
    assert told["fr"].endswith("votre employeur avait utilisé ses 2 places de l'année.")
    held = queries.receipt(draw, late)
    assert held
    assert held.drawn
    assert (held.drawn.stopped, receipts.proves(held.plain())) == ("cap", True)
    sealed, receipt = whole(queries.sealed(draw)), canonical.to_bytes(held.plain())
    assert b"|0|" in sealed["leaves.txt"]
    verifier = standalone.program()
    assert standalone.run(verifier, tmp_path, "full", sealed)[0] == 0
    assert standalone.run(verifier, tmp_path, "mine", sealed, receipt)[0] == 0


def test_a_preview_counts_as_the_draw_does():
    employer = person("employer")
    theirs(employer, 600, 590, 580)
    others = [eoi(400), eoi(390)]
    issued(1)
    draw = planned_on(3, RULE, LATER)

    foreseen = queries.preview(draw, NOON + LATER)
    listed = [row.eoi_id for row in queries.ranking(draw, NOON + LATER) if row.taken]
    conduct_draw(number=draw.number, by=manager(), at=NOON + LATER)

    assert (foreseen.taken, set(listed)) == (3, taken(draw))
    assert {one.pk for one in others} < taken(draw)


def test_a_repair_counts_and_is_warned_of_where_another_draw_has_used_the_limit_since():
    employer = person("employer")
    kept_out = theirs(employer, 500)[0]
    first = eoi(600)
    draw = issued(1)
    said = Correction(files={first.reference: {"points": 100}})
    before = repairing.option(Way.INVITE, draw, harm.found(draw, said, NOON + DAY), NOON + DAY)
    assert (before.possible, before.warnings) == (YES, ())

    theirs(employer, 700, 690)
    issued(2, on=LATER)
    at = NOON + LATER + HOUR
    found = harm.found(draw, said, at)
    assert [one.eoi_id for one in found.harmed] == [kept_out.pk]
    (warning,) = repairing.option(Way.INVITE, draw, found, at).warnings
    assert warning == "1 employer would have more people taken than its limit."

    words = {"what": WHAT, "notice": NOTICE, "reason": "A mistake of ours."}
    plan = plan_repair(number=draw.number, said=said, way=Way.INVITE, by=director(), at=at, **words)
    carry_out_repair(number=draw.number, repair=plan.pk, by=director(), at=at)
    third = planned_on(1, RULE, LATER + DAY)
    assert sorted(queries.earlier_places(third).values()) == [1, 3]


def test_other_years_and_draws_that_came_to_nothing_do_not_count():
    employer = person("employer")
    theirs(employer, 600, employees=5)
    draw = issued(1)
    Draw.objects.filter(pk=draw.pk).update(state="void", void_reason="A test", voided_by=draw.planned_by, voided_at=NOON,
        void_asked_by=director(), void_asked_at=NOON)  # fmt: skip
    assert queries.earlier_places(planned_on(1, RULE, LATER)) == {}
    Draw.objects.filter(pk=draw.pk).update(state="issued", void_reason="", voided_by=None, voided_at=None,
        void_asked_by=None, void_asked_at=None)  # fmt: skip
    assert list(queries.earlier_places(planned_on(1, RULE, LATER)).values()) == [1]
    assert queries.earlier_places(planned_on(1, {**RULE, "cap": SIZED}, LATER)) == {}
    assert queries.earlier_places(planned_on(1, RULE, 300 * DAY)) == {}


def test_what_was_counted_at_the_freeze_holds_whatever_becomes_of_it():
    employer = person("employer")
    first, second = theirs(employer, 600, 590, employees=5)
    other = eoi(400)
    issued(1)
    draw = planned_on(1, RULE, LATER)
    freeze(number=draw.number, by=manager(), at=NOON + LATER)
    says_no(first, NOON + LATER + HOUR)

    select(number=draw.number, by=manager(), at=NOON + LATER + HOUR)
    draw = queries.draw(draw.number)

    assert taken(draw) == {other.pk}
    assert red(draw, NOON + LATER + HOUR, final=True) == set()
    again = {one.pk: Right(points=one.points, facts=one.facts) for one in (second, other)}
    assert replay(draw, Change(right=again)).taken == came_out(draw) == {other.pk: "*"}
    assert set(replay(draw, Change(rule=queries.blocks(draw))).taken) == {other.pk}
    # Under a limit of one draw the employer's next would have been taken.
    without = queries.blocks(draw).model_copy(
        update={"cap": queries.blocks(draw).cap.model_copy(update={"per": "draw"})}
    )
    assert set(replay(draw, Change(rule=without)).taken) == {second.pk}


def test_a_draw_replayed_under_a_limit_of_the_year_that_it_did_not_have_counts_again():
    employer = person("employer")
    _first, second = theirs(employer, 600, 590, employees=5)
    other = eoi(400)
    issued(1, {**RULE, "cap": SIZED})
    draw = issued(1, {**RULE, "cap": SIZED}, on=LATER)
    assert taken(draw) == {second.pk}
    rule = queries.blocks(draw)

    yearly = rule.model_copy(update={"cap": rule.cap.model_copy(update={"per": "year"})})

    assert set(replay(draw, Change(rule=yearly)).taken) == {other.pk}


def test_an_employer_over_its_limit_of_the_year_stops_the_issue():
    """The fault planted: nobody counted the employer's places, so that the frozen limit is that of one draw."""
    employer = person("employer")
    theirs(employer, 600, 590, employees=5)
    issued(1)
    draw = planned_on(1, RULE, LATER)
    freeze(number=draw.number, by=manager(), at=NOON + LATER)
    rewrite("DELETE FROM draws_earlierplaces")
    rewrite("UPDATE draws_entry SET cap = 1 WHERE draw_id = %s", draw.pk)
    select(number=draw.number, by=manager(), at=NOON + LATER)

    assert red(draw, NOON + LATER) == {"caps"}
    with pytest.raises(DrawBlocked) as blocked:
        mark_issued(number=draw.number, by=director(), at=NOON + LATER + HOUR)
    assert blocked.value.who == ["caps"]


def test_a_draw_waits_for_another_of_its_year_whose_places_will_count():
    employer = person("employer")
    theirs(employer, 600, employees=5, category="entry_level")
    theirs(employer, 590, employees=5)
    first = drawn(1, categories=["entry_level"])
    second = planned_on(1, RULE, LATER, categories=["skilled"])

    with pytest.raises(DrawBlocked) as blocked:
        freeze(number=second.number, by=manager(), at=NOON + LATER)
    assert (blocked.value.why, blocked.value.who) == ("clash", [first.number])

    issue_invitations(number=first.number, by=director(), at=NOON)
    conduct_draw(number=second.number, by=manager(), at=NOON + LATER)
    assert taken(second) == set()


def test_a_place_that_falls_vacant_once_the_next_draw_has_counted_is_not_filled():
    employer, other = person("employer"), person("employer")
    first = theirs(other, 600)[0]
    theirs(employer, 590, 580, employees=5)
    draw = issued(1, FILLED)
    says_no(first, NOON + DAY)
    later = drawn(1, FILLED, on=LATER)

    with pytest.raises(NotAllowed, match=later.number):
        refill_places(number=draw.number, by=director(), at=NOON + LATER)
    assert refill_places_of(later) == []


def refill_places_of(draw: Draw) -> list[Any]:
    issue_invitations(number=draw.number, by=director(), at=NOON + LATER)
    return refill_places(number=draw.number, by=director(), at=NOON + LATER + HOUR)


def test_the_notice_says_that_the_limit_is_per_year():
    draw = planned_on(1, RULE, timedelta())
    rules = queries.rules_of(draw)
    told = {}
    for language in ("en", "fr"):
        with translation.override(language):
            told[language] = " ".join(queries.rule_sentences(queries.blocks(draw), rules, draw.stream, 1))

    assert (
        "The limit of an employer is per year: the places that it had by earlier draws of the year count" in told["en"]
    )
    assert "Le maximum d'un employeur vaut pour l'année" in told["fr"]
    assert "per year" not in " ".join(
        queries.rule_sentences(queries.blocks(planned_on(1, {**RULE, "cap": SIZED}, DAY)), rules, "", 1)
    )


def test_what_was_counted_names_nobody_and_is_not_rewritten():
    employer = person("employer")
    theirs(employer, 600, 590)
    issued(1)
    draw = drawn(1, on=LATER)

    row = EarlierPlaces.objects.get(draw=draw)

    assert (row.places, row.grp) == (1, Entry.objects.filter(draw=draw).first().grp)
    with pytest.raises(Exception, match="Cannot update"):
        EarlierPlaces.objects.update(places=0)


@pytest.mark.django_db(transaction=True)
def test_two_draws_of_a_year_do_not_both_have_what_an_employer_has_left():
    employer = person("employer")
    theirs(employer, 600, employees=5, category="entry_level")
    theirs(employer, 590, employees=5)
    draws = [planned_on(1, RULE, timedelta(), categories=[one]) for one in ("entry_level", "skilled")]
    by = manager()

    outcomes = together(2, lambda n: freeze(number=draws[n].number, by=by, at=NOON))

    assert sorted(type(one).__name__ for one in outcomes) == ["Draw", "DrawBlocked"]
    assert Entry.objects.count() == 1
