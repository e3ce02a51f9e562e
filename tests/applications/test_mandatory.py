"""Mandatory criteria held against the file: what the forms say, on the day on which each is tested, beside what officers find."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from passerelle.applications import mandatory, operations, queries
from passerelle.applications.models import Application, Part
from passerelle.applications.operations import NeedsWords
from passerelle.core import clock
from passerelle.core.dates import day_words
from passerelle.core.verdicts import NotAllowed
from passerelle.programs import forms
from passerelle.programs import operations as programs
from passerelle.programs.rules import conditions
from tests.support import editions
from tests.support.editions import DAY, IN_2024, Office, a_file, assessed, find_all_met
from tests.support.people import signed_in

AT = editions.ASSESSED_AT


@pytest.fixture
def office(db: None) -> Office:
    return editions.an_office()


def say(file: Application, part: str, **answers: Any) -> None:
    """Put other answers into a form."""
    kept = Part.objects.get(application=file, key=part)
    kept.answers = {**kept.answers, **answers}
    kept.save(update_fields=["answers"])


def states(file: Application, at: datetime = AT) -> dict[str, str]:
    return {key: str(one.state) for key, one in mandatory.checks(file, at).items()}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"blank": True}, None),
        ({"yes": True, "blank": True}, None),
        ({"yes": False, "blank": True}, False),
        ({"any": [{"blank": True}, {"yes": True}]}, True),
        ({"any": [{"blank": True}, {"yes": False}]}, None),
        ({"all": [{"yes": True}, {"three": {"at_least": 3}}]}, True),
        ({"not": {"blank": True}}, None),
        ({"not": {"yes": True}}, False),
        ({"blank": {"answered": True}}, False),
        ({"blank": {"answered": False}}, True),
        (None, True),
    ],
)
def test_a_condition_is_settled_as_far_as_the_answers_tell(condition: Any, expected: bool | None):
    assert conditions.settled(condition, {"yes": True, "three": 3, "blank": None}) is expected


def test_every_condition_of_the_stream_is_looked_at_and_a_whole_file_meets_what_it_tells(office: Office):
    file = assessed(office, a_file(office))

    found = states(file)

    stated = queries.rules_of(file).criteria("foreign_worker")
    assert set(found) == {one.key for one in stated if one.condition is not None}
    assert [key for key, state in found.items() if state == "not_met"] == []
    assert [key for key, state in found.items() if state == "unknown"] == [
        "wage",
        "wage_not_lowered",
    ]  # the employer stated none


@pytest.mark.parametrize(
    ("answers", "criterion"),
    [
        ({"years_in_business": "under_three"}, "three_years_in_business"),
        ({"gross_revenue": "499999.99"}, "revenue"),
        ({"staff_at_location": 2}, "employees"),
        ({"outstanding_orders": True}, "no_outstanding_orders"),
        ({"position_permanent": False}, "permanent_full_time"),
        ({"position_hours_week": "29.9"}, "permanent_full_time"),
        ({"position_noc": "65201"}, "occupation"),
        ({"candidate_equity_percent": "10"}, "equity"),
        ({"labour_dispute": True}, "no_labour_dispute"),
    ],
)
def test_what_the_employers_form_says_goes_before_the_candidates_word(office: Office, answers: Any, criterion: str):
    file = assessed(office, a_file(office))

    say(file, "employer", **answers)

    assert states(queries.of_reference(file.reference))[criterion] == "not_met"


WAGES = "noc,region,low_cents,median_cents,high_cents\n21231,3510,3300,4100,6000\n"


def load_wages(text: str = WAGES) -> None:
    programs.load_table(
        text, program=editions.CODE, table="reference_wages", in_force_from=date(2024, 1, 15), name="Wages 2024", at=AT
    )


@pytest.mark.parametrize("wage", ["15.00", "99.00"])
def test_a_wage_is_neither_met_nor_not_met_until_the_program_has_loaded_its_figures(office: Office, wage: str):
    file = assessed(office, a_file(office))

    say(file, "employer", position_wage_hourly=wage)

    check = mandatory.checks(queries.of_reference(file.reference), AT)["wage"]
    assert str(check.state) == "unknown"
    assert [one.since for one in check.figures] == [None]


@pytest.mark.parametrize(("wage", "expected"), [("40.99", "not_met"), ("41.00", "met")])
def test_a_wage_is_held_against_the_median_that_was_loaded(office: Office, wage: str, expected: str):
    file = assessed(office, a_file(office))
    load_wages()

    say(file, "employer", position_wage_hourly=wage)

    check = mandatory.checks(queries.of_reference(file.reference), AT)["wage"]
    assert str(check.state) == expected
    assert [(one.name, one.since) for one in check.figures] == [("Wages 2024", date(2024, 1, 15))]
    assert (check.seen["job_wage"], check.seen["job_median_wage"]) == (wage, "41.00")


@pytest.mark.parametrize(("language", "median"), [("en", "$41.00 an hour"), ("fr", "41,00 $ l&#x27;heure")])
def test_an_officer_reads_the_median_the_percentage_and_the_day_of_the_figures(
    office: Office, client: Any, language: str, median: str
):
    file = assessed(office, a_file(office))
    say(file, "employer", position_wage_hourly="51.25")
    signed_in(office.officer, client)
    address = reverse("applications:staff_file", args=[file.reference]).replace("/en/", f"/{language}/")

    def read() -> str:
        with clock.frozen(AT + timedelta(minutes=5)):
            page = client.get(address).content.decode()
        return page[page.index('id="criterion-wage"') :].partition("</details>")[0]

    assert ("published figures" if language == "en" else "chiffres publiés") in read()
    load_wages()
    row = read()
    assert median in row
    assert "</span> 125" in row
    assert "Wages 2024" in row
    assert day_words(date(2024, 1, 15), language) in row


def test_an_officer_reads_that_the_figures_have_none_for_an_occupation(office: Office, client: Any):
    file = assessed(office, a_file(office))
    say(file, "employer", position_wage_hourly="51.25")
    load_wages(WAGES.replace("21231", "21232"))

    with clock.frozen(AT + timedelta(minutes=5)):
        page = signed_in(office.officer, client).get(reverse("applications:staff_file", args=[file.reference]))
    row = page.content.decode().partition('id="criterion-wage"')[2].partition("</details>")[0]

    assert "not known" in row
    assert "The figures “Wages 2024”" in row
    assert "have none for this" in row


def test_a_criterion_is_tested_on_its_own_day(office: Office):
    """Status is kept until the decision; work in the last five years counts on the day of the application."""
    file = assessed(office, a_file(office, status_expiry=(AT + 30 * DAY).date().isoformat()))

    assert states(file)["lawful_status"] == "met"
    later = mandatory.checks(file, AT + 40 * DAY)["lawful_status"]
    assert (str(later.state), later.instant) == ("not_met", "decision")
    applied = mandatory.checks(file, AT + 400 * DAY)["licence_or_experience"]
    assert (str(applied.state), applied.at) == ("met", file.received_at)


def test_what_nobody_has_said_is_not_known(office: Office):
    file = a_file(office)

    check = mandatory.checks(file, AT)["revenue"]

    assert (str(check.state), check.seen["gross_revenue"]) == ("unknown", None)


def test_a_finding_against_the_forms_is_given_in_words(office: Office):
    file = assessed(office, a_file(office))
    say(file, "employer", staff_at_location=2)
    found = {"reference": file.reference, "criterion": "employees", "verdict": "met", "by": office.officer, "at": AT}

    with pytest.raises(NeedsWords, match="Say why"):
        operations.record_finding(note=" ", **found)

    assert operations.record_finding(note="The payroll shows seven.", **found).verdict == "met"


def test_a_nomination_waits_for_words_on_what_has_ended_since(office: Office):
    file = assessed(office, a_file(office, status_expiry=(AT + 30 * DAY).date().isoformat()))
    find_all_met(office, file)
    decided = {"reference": file.reference, "kind": "nomination", "by": office.officer, "at": AT + 40 * DAY}

    with pytest.raises(NotAllowed, match="legal status"):
        operations.decide(**decided)
    operations.record_finding(
        reference=file.reference, criterion="lawful_status", verdict="met", note="Extended: letter of 2 October.",
        by=office.officer, at=AT + 40 * DAY,
    )  # fmt: skip

    assert operations.decide(**decided).kind == "nomination"


def test_a_file_that_fell_short_may_be_refused_without_more_words(office: Office):
    file = assessed(office, a_file(office))
    say(file, "employer", staff_at_location=2, outstanding_orders=True)
    found = {"reference": file.reference, "by": office.officer, "at": AT}
    for one in queries.criteria(file):
        unmet = one.key in ("employees", "no_outstanding_orders")
        operations.record_finding(
            criterion=one.key, verdict="not_met" if unmet else "met", note="As the form says." if unmet else "", **found
        )

    assert operations.decide(kind="refusal", reasons="Two employees.", grounds=["employees"], **found).kind == "refusal"


def test_an_officer_reads_what_the_forms_say_beside_each_criterion(office: Office, client: Any):
    file = assessed(office, a_file(office))
    say(file, "employer", staff_at_location=2)
    signed_in(office.officer, client)

    with clock.frozen(AT + timedelta(minutes=5)):
        page = client.get(reverse("applications:staff_file", args=[file.reference])).content.decode()
    row = page[page.index('id="criterion-employees"') :].partition("</details>")[0]

    assert "Not met by the forms" in row.partition("</summary>")[0]
    assert page.count("Not met by the forms") == 1
    assert "By what the forms say" in row
    assert "Not met" in row
    assert "citizens or permanent residents:</span> 2</li>" in row
    with clock.frozen(AT + timedelta(minutes=6)):
        answer = client.post(
            reverse("applications:finding", args=[file.reference, "employees"]),
            {"employees-verdict": "met", "employees-note": ""},
        )
    assert answer.status_code == 422
    assert "Say why you find that it is." in answer.content.decode()


@pytest.mark.parametrize("part", ["employer", "candidate"])
def test_each_side_reads_before_sending_what_its_own_form_does_not_meet(office: Office, client: Any, part: str):
    file = a_file(office)
    say(file, "employer", outstanding_orders=True)
    say(file, "candidate", refugee_claim_pending=True)
    signed_in(getattr(file, part), client)

    with clock.frozen(IN_2024 + 3 * DAY):
        page = client.get(reverse("applications:check", args=[file.reference, part])).content.decode()

    # The employer learns nothing of the candidate, nor the candidate of the business.
    assert ("No order is outstanding" in page, "no refugee claim" in page) == (part == "employer", part == "candidate")


def test_what_a_form_asks_under_the_eois_own_key_is_not_lost_to_a_blank_beside_it(office: Office):
    """People from the federal pool say their status under that key; the question compared with it is not asked of them."""
    part = Part.objects.get(application=a_file(office), key="candidate")
    form, earlier = queries.questionnaire(part), {"status_type": "visitor_record"}

    said = forms.merged_for_scoring(form, {"status_type": "work_permit"}, {"status_type": "work_permit"})

    assert said["status_type"] == "work_permit"
    assert "status_type" not in forms.merged_for_scoring(form, {}, earlier)
