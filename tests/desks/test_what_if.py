"""Another answer tried: what it would do to points and past cut-offs, and that nothing of it stays anywhere."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.accounts import operations as accounts
from passerelle.accounts import sessions
from passerelle.core import clock
from passerelle.core.models import AuditEvent
from passerelle.desks import cutoffs, raising, trial, what_if
from passerelle.eoi import operations
from passerelle.eoi import queries as eois
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import operations as programs
from passerelle.programs.forms.pruning import keys_of
from passerelle.programs.queries import occupation
from tests import factories
from tests.factories import DAY, HOUR, NOON
from tests.journeys import applicants
from tests.support import sample
from tests.support.people import PASSWORD, signed_in
from tests.support.representing import a_representative, appointed

pytestmark = pytest.mark.django_db
SAYS = ("INSERT", "UPDATE", "DELETE")


def address(eoi: ExpressionOfInterest, language: str = "en") -> str:
    return f"/{language}/candidate/eoi/{eoi.reference}/what-if/"


def posted(eoi: ExpressionOfInterest, at: datetime = NOON, **said: Any) -> dict[str, Any]:
    """What a browser sends: every answer as the form shows it, but for what is ``said``."""
    found: dict[str, Any] = {}
    for form in trial.tried(eoi, None, at=at).forms:
        for field in form:
            value = field.value()
            name = field.html_name
            if hasattr(field.field, "fields") and value:  # a date, in its three boxes
                year, month, day = str(value).split("-")
                found |= {f"{name}_year": year, f"{name}_month": month, f"{name}_day": day}
            elif value is not None:
                found[name] = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        for question in form.section.questions:
            if question.type == "records":
                found[f"{question.key}-count"] = str(form.count(question))
    return {**found, **said}


def a_worker(at: datetime = NOON) -> ExpressionOfInterest:
    """A foreign worker's file in Ontario's pool."""
    programs.load_packs(at=at - 30 * DAY)
    person = accounts.register(
        audience="candidate", program="ca-on", username="worker", email="worker@example.org", name="Inês Duarte",
        phone="519-555-0142", language="en", password=PASSWORD, at=at - DAY,
    )  # fmt: skip
    accounts.confirm_email(person=person, email=person.email, at=at - DAY)
    person.refresh_from_db()
    eoi = operations.open_eoi(program="ca-on", category="foreign_worker", by=person, at=at)
    yes = dict.fromkeys((one.key for one in eois.criteria(eoi)), "yes")
    operations.answer_criteria(reference=eoi.reference, answers=yes, by=person, at=at)
    said = {**applicants.worker(at.date()), "passport_number": "ON0000001"}
    for section in eois.questionnaire(eoi).applying({"category": eoi.category, **said}):
        mine = {key: said[key] for question in section.questions for key in keys_of(question) if key in said}
        operations.save_section(reference=eoi.reference, section=section.key, answers=mine, by=person, at=at)
    operations.submit_eoi(reference=eoi.reference, token="one", by=person, at=at)
    return sample.fresh(eoi)


def test_what_is_tried_is_told_line_by_line_and_nothing_is_written():
    eoi = sample.an_eoi()
    before = ExpressionOfInterest.objects.filter(pk=eoi.pk).values().get()
    with clock.frozen(NOON + HOUR):
        client = signed_in(eoi.candidate)
        client.get(address(eoi))
        events = AuditEvent.objects.count()
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(address(eoi), posted(eoi, degree="doctorate"))
    page = answer.content.decode()

    assert (eoi.points, answer.status_code) == (40, 200)
    assert "<dt>points as they are</dt><dd>40</dd>" in page
    assert "<dt>points with what you try</dt><dd>50</dd>" in page
    assert "30 instead of 20" in page
    assert [one["sql"][:60] for one in asked if one["sql"].lstrip().upper().startswith(SAYS)] == []
    assert AuditEvent.objects.count() == events
    assert ExpressionOfInterest.objects.filter(pk=eoi.pk).values().get() == before


def test_answers_stand_in_no_address_and_one_in_an_address_is_not_heard():
    eoi = sample.an_eoi()
    with clock.frozen(NOON + HOUR):
        client = signed_in(eoi.candidate)
        plain = client.get(address(eoi)).content.decode()
        asked = client.get(f"{address(eoi)}?degree=doctorate").content.decode()
    assert '<form method="post"' in plain
    assert f'hx-post="{address(eoi)}"' in asked
    assert "points with what you try" not in asked


def test_what_was_tried_does_not_wait_for_a_session_that_ended():
    eoi = sample.an_eoi()
    client = signed_in(eoi.candidate)
    with clock.frozen(NOON):
        client.get(address(eoi))
    with clock.frozen(NOON + 2 * HOUR):
        away = client.post(address(eoi), posted(eoi, degree="doctorate"))
        assert away.status_code == 302
        assert client.session.get(sessions.LEFT_BY) == eoi.candidate.pk
        assert sessions.PARKED not in client.session


def test_the_sheet_alone_answers_a_change_where_scripts_run():
    eoi = sample.an_eoi()
    with clock.frozen(NOON + HOUR):
        part = signed_in(eoi.candidate).post(
            address(eoi), posted(eoi, degree="doctorate"), headers={"HX-Request": "true"}
        )
    page = part.content.decode()
    assert page.lstrip().startswith('<div id="effect"')
    assert "<dd>50</dd>" in page
    assert "<form" not in page


def test_the_candidate_and_who_stands_for_them_look_and_nobody_else():
    eoi = sample.an_eoi()
    representative, other = appointed(eoi.candidate), a_representative()
    stranger = sample.an_applicant()
    with clock.frozen(NOON + HOUR):
        seen = signed_in(representative).get(address(eoi))
        assert seen.status_code == 200
        assert eoi.candidate.name in seen.content.decode()  # for whom, in the frame of the page
        assert signed_in(other).get(address(eoi)).status_code == 404
        assert signed_in(stranger).get(address(eoi)).status_code == 404
        assert signed_in(stranger).post(address(eoi), {}).status_code == 404
        assert Client().get(address(eoi)).status_code == 302


def test_an_answer_that_cannot_be_leaves_ones_own_in_its_place():
    eoi = sample.an_eoi()
    with clock.frozen(NOON + HOUR):
        answer = signed_in(eoi.candidate).post(address(eoi), posted(eoi, years_worked="many"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "An answer cannot be read" in page
    assert "<dt>points with what you try</dt><dd>40</dd>" in page
    # Told as every form tells it: in the summary with a link, and at the field, whose section stands open.
    assert '<a href="#id_years_worked">' in page
    assert 'class="govuk-form-group govuk-form-group--error" id="id_years_worked-group"' in page
    assert page.count('<details class="govuk-details" open>') == 1


def test_ones_own_answer_that_nobody_could_give_today_is_no_fault_until_it_is_touched():
    eoi = factories.an_eoi("in_pool")
    assert occupation(eoi.answers["noc_code"]) is None
    with clock.frozen(NOON + HOUR):
        client = signed_in(eoi.candidate)
        own = client.post(address(eoi), posted(eoi))
        touched = client.post(address(eoi), posted(eoi, noc_code="no such work"))

    assert (own.status_code, touched.status_code) == (200, 422)
    assert '<a href="#id_noc_code">' in touched.content.decode()


def test_a_wrong_answer_is_told_at_its_field_where_scripts_run_and_no_longer_once_it_is_right():
    eoi = sample.an_eoi()
    script = {"HX-Request": "true"}
    with clock.frozen(NOON + HOUR):
        client = signed_in(eoi.candidate)
        wrong = client.post(address(eoi), posted(eoi, years_worked="many"), headers=script)
        said = {**posted(eoi, degree="doctorate"), "wrong-told": "1"}
        right = client.post(address(eoi), said, headers=script)
        afterwards = client.post(address(eoi), posted(eoi, degree="doctorate"), headers=script)

    for answer, status in ((wrong, 422), (right, 200)):
        assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (status, "#what-if", "innerHTML")
    assert ('name="wrong-told"' in wrong.content.decode(), 'href="#id_years_worked"' in wrong.content.decode()) == (
        True,
        True,
    )
    assert "govuk-form-group--error" not in right.content.decode()
    assert 'name="wrong-told"' not in right.content.decode()
    assert afterwards.content.decode().lstrip().startswith('<div id="effect"')
    assert "HX-Retarget" not in afterwards


def test_the_place_among_equals_is_that_of_the_rule_for_changes():
    """By date of effect: lower points were held since the first day, higher ones begin today."""
    eoi = sample.an_eoi()
    later = NOON + 5 * DAY
    lower = trial.tried(eoi, posted(eoi, degree="bachelor"), at=later)
    higher = trial.tried(eoi, posted(eoi, degree="doctorate"), at=later)
    assert (lower.total, what_if._effect(eoi, lower, later)["placed_at"]) == (30, sample.NOON)
    assert (higher.total, what_if._effect(eoi, higher, later)["placed_at"]) == (50, later)


def test_in_the_northwest_territories_points_stand_beside_the_cut_off_of_march():
    eoi = factories.an_eoi("in_pool")
    assert eoi.points == 597
    at = NOON + 30 * DAY  # after the draw of 25 March 2026, which took 417 to 597
    less = trial.tried(eoi, posted(eoi, at, nwt_education="none", job_community="yellowknife"), at=at)
    [row] = what_if._effect(eoi, less, at)["rows"]
    assert (row.points, row.now, row.then) == (
        417,
        "passed, with 180 to spare",
        f"passed, with {less.total - 417} to spare",
    )
    assert less.total == 547
    with clock.frozen(at):
        page = signed_in(eoi.candidate).get(address(eoi, "fr")).content.decode()
    assert "Seuils passés" in page
    assert "ne prédisent pas" in page


def test_in_ontario_a_cut_off_equal_to_the_points_is_passed_and_grids_of_another_time_are_left_out():
    eoi = a_worker()
    assert eoi.points is not None
    found = trial.tried(eoi, posted(eoi, job_wage_hourly="20.00"), at=NOON)
    effect = what_if._effect(eoi, found, NOON)
    assert found.total == eoi.points - 5  # the wage gave 10 and would give 5
    assert 0 < len(effect["rows"]) <= what_if.LATEST
    every = cutoffs.known(eois.rules(eoi), eoi.stream, NOON)
    assert min(str(one.held_on) for one in every) >= "2022-11-22"  # the grid changed on that day
    for row in effect["rows"]:
        assert row.then.startswith("passed") == (found.total >= row.points)
    assert what_if.held_against(40, 40, everybody=True).startswith("passed")
    assert what_if.held_against(40, 40, everybody=False).startswith("equal")


@pytest.mark.parametrize(
    ("before", "after", "tried", "said"),
    [
        (40, 40, False, "Your points as they are reach 1 of the last 3 cut-offs."),
        (40, 50, True, "With what you try, your points reach 2 of the last 3 cut-offs; as they are, 1."),
        (40, 10, True, "With what you try, your points reach 0 of the last 3 cut-offs; as they are, 1."),
    ],
)
def test_how_many_cut_offs_are_reached_is_counted(before: int, after: int, tried: bool, said: str):
    assert what_if.summary([60, 50, 40], before, after, tried=tried) == said


def test_nobody_is_told_to_be_younger_and_a_birthday_is_told_with_its_day():
    """Somebody of 44 turns 45 on 1 June: 30 points instead of 50, for whoever files from that day on."""
    eoi = factories.an_eoi("in_pool", date_of_birth="1981-06-01")
    lines = {one.label["en"]: one for one in possible(eoi, NOON)}
    steps = raising.in_time(eoi, at=NOON)
    assert "Age" not in lines  # at its most already
    [birthday] = [one for one in steps if [line.label["en"] for line in one.lines] == ["Age"]]
    assert (str(birthday.day), birthday.lines[0].before, birthday.lines[0].after) == ("2026-06-01", 50, 30)

    after = NOON + 100 * DAY
    assert possible(eoi, after)[-1].whose == "time"
    aged = trial.tried(eoi, None, at=after)
    assert (aged.recorded, int(aged.today.total)) == (eoi.points, (eoi.points or 0) - 20)
    assert [(line.label["en"], line.before, line.after) for line in aged.aged] == [("Age", 50, 30)]


def test_answers_that_were_erased_are_not_said_to_have_aged():
    eoi = sample.an_eoi()
    eoi.answers = {}
    found = trial.tried(eoi, None, at=NOON)
    assert (found.recorded, found.aged, found.today.complete) == (40, [], False)


def possible(eoi: ExpressionOfInterest, at: datetime) -> list[raising.Possible]:
    return raising.possible(eoi, trial.tried(eoi, None, at=at).today)


def test_who_one_is_cannot_be_answered_otherwise():
    eoi = factories.an_eoi("in_pool")
    asked = {name for form in trial.tried(eoi, None, at=NOON).forms for name in form.fields}
    assert "date_of_birth" not in asked
    younger = trial.tried(eoi, {**posted(eoi), "date_of_birth_year": "2007"}, at=NOON)
    assert younger.moved == []


def test_a_fact_that_staff_changed_stays_changed():
    eoi = factories.an_eoi("submitted")
    officer, second = factories.an_officer(), factories.an_officer()
    by_self = trial.tried(eoi, None, at=NOON).recorded
    change = operations.propose_fact(
        reference=eoi.reference, fact="highest_education", value="secondary", reason="Seen", by=officer, at=NOON
    )
    operations.confirm_fact(change=change, by=second, at=NOON)
    # Until the total is told, what staff did is theirs.
    assert trial.tried(sample.fresh(eoi), None, at=NOON).recorded == by_self
    operations.confirm_points(reference=eoi.reference, by=officer, at=NOON)
    told = sample.fresh(eoi)
    found = trial.tried(told, posted(told, highest_education="doctorate"), at=NOON)
    assert told.points is not None
    assert told.points < by_self
    assert (found.recorded, found.total, found.moved) == (told.points, told.points, [])


@pytest.mark.parametrize(
    ("state", "said"),
    [("answered", "is a draft"), ("in_pool", "withdraw this one and file a new one"), ("withdrawn", "no longer in the pool")],
)  # fmt: skip
def test_what_makes_a_change_count_follows_the_state(state: str, said: str):
    assert said in what_if.how_it_counts(factories.an_eoi(state))
    assert "change it in your expression of interest" in what_if.how_it_counts(sample.an_eoi())


def test_an_empty_draft_can_be_tried_too():
    eoi = factories.an_eoi("draft")
    with clock.frozen(NOON + timedelta(hours=1)):
        client = signed_in(eoi.candidate)
        assert client.get(address(eoi)).status_code == 200
        page = client.post(address(eoi), {"highest_education": "bachelor", "education_related": "yes"}).content.decode()
    assert "100 instead of 0" in page
    assert "Some questions are still open" in page
