"""Questionnaires as forms: what is asked, what is kept, what is told when something is wrong."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from passerelle.core import fieldlook
from passerelle.programs import files, forms, operations
from passerelle.programs.forms import fields
from passerelle.programs.rules import ProgramRules, conditions, read
from tests.programs.conftest import PACKS

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 4, 1, 18, tzinfo=UTC)


@pytest.fixture
def occupations(db):
    """The occupation list alone."""
    table = PACKS / "ca-nt" / "2026-1" / "tables" / "noc2021.csv"
    with table.open(encoding="utf-8") as lines:
        operations.load_occupations(lines, edition="NOC 2021 v1.0", in_force_from=date(2021, 9, 21), at=NOON)


def shown(nwt: ProgramRules, section: str, answers: dict[str, Any], data: Any = None, form: str = "eoi", **given: Any):
    questionnaire = nwt.questionnaire(form)
    return forms.section_form(
        nwt, questionnaire, questionnaire.section(section), answers, at=NOON, data=data, given=given
    )


def errors(form) -> dict[str, list[str]]:
    return {name: [str(one) for one in told] for name, told in form.errors.items()}


ABOUT = {
    "family_name": "Náʔël",
    "given_names": "Łucie",
    "date_of_birth_day": "27",
    "date_of_birth_month": "3",
    "date_of_birth_year": "1990",
    "citizenship": "PH",
    "uci": "",
}


def test_a_whole_section_gives_plain_answers(nwt):
    form = shown(nwt, "about_you", {}, ABOUT)

    assert form.is_valid(), form.errors
    assert form.answers == {
        "family_name": "Náʔël",
        "given_names": "Łucie",
        "date_of_birth": "1990-03-27",
        "citizenship": "PH",
    }


def test_a_blank_answer_is_asked_for_and_the_others_are_kept(nwt):
    form = shown(nwt, "about_you", {}, {**ABOUT, "family_name": ""})

    assert not form.is_valid()
    assert errors(form) == {"family_name": ["Enter an answer for “Family name”."]}
    assert form.answers["citizenship"] == "PH"


def test_what_was_typed_wrongly_is_shown_again_and_not_kept(nwt):
    form = shown(nwt, "about_you", {}, {**ABOUT, "date_of_birth_month": "13"})

    assert not form.is_valid()
    assert errors(form) == {"date_of_birth": ["Enter a day, month and year that exist, such as 27 3 1990."]}
    assert "date_of_birth" not in form.answers
    assert form["date_of_birth"].value() == "1990-13-27"


def test_errors_speak_french_to_a_french_reader(nwt):
    with override("fr"):
        form = shown(nwt, "about_you", {}, {**ABOUT, "family_name": "", "date_of_birth_year": "2030"})
        assert errors(form) == {
            "family_name": ["Remplissez le champ «\u00a0Nom de famille\u00a0»."],
            "date_of_birth": ["Entrez une date qui n'est pas à venir."],
        }


def test_saving_on_every_change_asks_for_nothing(nwt):
    form = shown(nwt, "about_you", {}, {"family_name": "Náʔël", "autosave": "1"})

    assert form.is_valid()
    assert form.answers == {"family_name": "Náʔël"}


def test_a_question_that_comes_up_is_shown_with_a_note_and_not_as_a_fault(nwt):
    form = shown(nwt, "second_language", {"first_official_language": "en"}, {"has_second_language": "yes"})

    assert not form.is_valid()
    assert (errors(form), [one.key for one in form.newly_asked]) == ({}, ["l2"])
    assert form.answers == {"first_official_language": "en", "has_second_language": True}
    assert [row.hidden for row in form.rows()] == [False, False]


def test_once_it_was_shown_leaving_it_blank_is_a_fault(nwt):
    answers = {"first_official_language": "en", "has_second_language": True}
    form = shown(nwt, "second_language", answers, {"has_second_language": "yes"})

    assert not form.is_valid()
    assert "l2_test" in form.errors
    assert "l2_listening" in form.errors


def test_answers_that_no_longer_apply_are_dropped(nwt):
    answers = {"spouse_accompanying": True, "spouse_min_clb": 5, "spouse_education": "master"}
    form = shown(nwt, "family", answers, {"spouse_accompanying": "no", "spouse_min_clb": "5", "autosave": "1"})

    assert form.answers == {"spouse_accompanying": False}


@pytest.mark.parametrize(
    ("highest", "offered"),
    [
        ("secondary", ["secondary"]),
        ("undergraduate_diploma", ["one_year", "two_year", "three_year", "two_or_more"]),
        ("bachelor", ["three_year", "two_or_more", "masters"]),
        ("doctorate", ["doctorate"]),
    ],
)
def test_an_earlier_answer_decides_which_options_are_offered(highest, offered):
    rules = read(files.sources(PACKS / "ca-on" / "2024-1"))
    given = {"category": "human_capital_priorities"}
    form = shown(rules, "selection_factors", {"highest_education": highest}, form="candidate", **given)

    assert [value for value, _label in form.fields["fsw_education"].choices] == offered


def test_an_option_that_another_answer_takes_away_is_dropped_and_asked_again():
    rules = read(files.sources(PACKS / "ca-on" / "2024-1"))
    form, given = rules.questionnaire("candidate"), {"category": "human_capital_priorities"}
    answers = {"federal_program": "fsw", "highest_education": "bachelor", "fsw_education": "three_year"}

    assert forms.pruned(form, answers, given)["fsw_education"] == "three_year"
    now = forms.pruned(form, {**answers, "highest_education": "doctorate"}, given)
    assert "fsw_education" not in now
    assert "fsw_education" in {one.key for _section, one in forms.missing(form, now, given)}


def test_the_first_language_decides_which_tests_are_offered(nwt):
    def offered(section, key, answers):
        return [value for value, _label in shown(nwt, section, answers).fields[key].choices]

    assert offered("language", "l1_test", {"first_official_language": "fr"}) == ["tef_canada", "tcf_canada"]
    assert offered("second_language", "l2_test", {"first_official_language": "fr"}) == [
        "ielts_general",
        "celpip_general",
        "pte_core",
    ]


@pytest.mark.parametrize(
    ("test", "result", "good"),
    [
        ("ielts_general", "7.5", True),
        ("ielts_general", "7,5", True),
        ("ielts_general", "7.3", False),
        ("ielts_general", "9.5", False),
        ("celpip_general", "12", True),
        ("celpip_general", "9.5", False),
        ("pte_core", "9", False),
        ("pte_core", "90", True),
    ],
)
def test_a_result_must_be_one_the_report_can_show(nwt, test, result, good):
    data = {"first_official_language": "en", "l1_test": test, "l1_listening": result, "autosave": "1"}
    form = shown(nwt, "language", {"first_official_language": "en"}, data)

    assert form.is_valid() is good
    if not good:
        assert "enter the result as on your report, from" in errors(form)["l1_listening"][0]


def test_the_level_a_result_converts_to_is_told_as_soon_as_it_is_kept(nwt):
    answers = {"first_official_language": "en"}
    data = {
        "first_official_language": "en",
        "l1_test": "ielts_general",
        "l1_test_date": "2026-01-05",
        "l1_listening": "7,5",
        "autosave": "1",
    }
    form = shown(nwt, "language", answers, data)
    form.rows()

    assert form.fields["l1_listening"].help_text == "Converts to CLB 8."
    assert form.fields["l1_reading"].help_text == ""


JOB = {
    "related_experience-0-employer": "Diner",
    "related_experience-0-title": "Cook",
    "related_experience-0-noc": "63200",
    "related_experience-0-from_day": "1",
    "related_experience-0-from_month": "6",
    "related_experience-0-from_year": "2021",
    "related_experience-0-still_there": "yes",
    "related_experience-0-hours_per_week": "37,5",
    "related_experience-0-country": "CA",
    "related_experience-0-in_nwt": "yes",
    "related_experience-0-related": "yes",
}


def test_records_are_kept_as_a_list(nwt, occupations):
    form = shown(nwt, "work", {"has_worked": True}, {"has_worked": "yes", "related_experience-count": "1", **JOB})

    assert form.is_valid(), form.errors
    assert form.answers["related_experience"] == [
        {
            "employer": "Diner",
            "title": "Cook",
            "noc": "63200",
            "from": "2021-06-01",
            "still_there": True,
            "hours_per_week": "37.5",
            "country": "CA",
            "in_nwt": True,
            "related": True,
        }
    ]


def test_a_part_of_a_record_that_does_not_apply_stands_for_its_other_answer(nwt, occupations):
    data = {"has_worked": "yes", "related_experience-count": "1", **JOB, "related_experience-0-country": "PH"}
    form = shown(nwt, "work", {"has_worked": True}, data)

    assert form.is_valid(), form.errors
    assert form.answers["related_experience"][0]["in_nwt"] is False


def test_no_job_is_an_empty_list_and_not_a_blank(nwt):
    form = shown(nwt, "work", {}, {"has_worked": "no"})

    assert form.is_valid()
    assert form.answers == {"has_worked": False, "related_experience": []}


def test_a_record_is_added_and_removed_by_a_button_and_keeps_what_was_typed(nwt, occupations):
    data = {"has_worked": "yes", "related_experience-count": "1", **JOB, "related_experience-0-hours_per_week": "many"}
    more = shown(nwt, "work", {"has_worked": True}, {**data, "add": "related_experience"})
    second = {name.replace("-0-", "-1-"): value for name, value in JOB.items()} | {
        "related_experience-1-employer": "Mine"
    }
    fewer = shown(
        nwt,
        "work",
        {"has_worked": True},
        {**data, **second, "related_experience-count": "2", "remove": "related_experience-0"},
    )

    assert (more.pressed, len(more.rows()[1].records)) == ("add", 2)
    assert more["related_experience-0-hours_per_week"].value() == "many"
    assert (fewer.pressed, len(fewer.rows()[1].records)) == ("remove", 1)
    assert fewer.answers["related_experience"][0]["employer"] == "Mine"


def test_no_more_records_than_the_pack_allows(nwt):
    form = shown(nwt, "work", {"has_worked": True}, {"has_worked": "yes", "related_experience-count": "100000"})
    assert len(form.rows()[1].records) == 20


def test_a_record_begun_must_be_finished(nwt):
    form = shown(
        nwt,
        "work",
        {"has_worked": True},
        {"has_worked": "yes", "related_experience-count": "1", "related_experience-0-employer": "Diner"},
    )

    assert not form.is_valid()
    assert "related_experience-0-title" in form.errors
    assert "related_experience-0-to" not in form.errors


def test_records_that_come_up_are_shown_with_a_note_and_not_as_a_fault(nwt):
    form = shown(nwt, "work", {}, {"has_worked": "yes", "related_experience-count": "1"})

    assert not form.is_valid()
    assert (errors(form), [one.key for one in form.newly_asked]) == ({}, ["related_experience"])


def test_at_least_one_record_is_asked_for(nwt):
    form = shown(nwt, "work", {"has_worked": True}, {"has_worked": "yes", "related_experience-count": "1"})

    assert not form.is_valid()
    assert "Add at least one entry under “Your jobs”." in str(form.errors)
    assert {one["id"] for one in fieldlook.errors_of(form)} == {
        "related_experience"
    }  # the summary leads to the heading


def test_words_of_either_language_lead_to_an_occupation(nwt, occupations):
    found = shown(nwt, "job", {}, {"noc_code": "cuisinieres", "autosave": "1"})
    picked = shown(nwt, "job", {}, {"noc_code": "cuisinieres", "pick": "noc_code=63200"})

    assert not found.is_valid()
    assert found.undecided["noc_code"][0].code == "63200"
    assert picked.answers["noc_code"] == "63200"


def test_a_title_in_full_is_the_occupation(nwt, occupations):
    assert shown(nwt, "job", {}, {"noc_code": "cooks", "autosave": "1"}).answers == {"noc_code": "63200"}


def test_several_occupations_are_offered_to_choose_from(nwt, occupations):
    form = shown(nwt, "job", {}, {"noc_code": "manager", "autosave": "1"})
    row = next(row for row in form.rows() if row.question.key == "noc_code")

    assert "Choose one of the occupations below" in errors(form)["noc_code"][0]
    assert len(row.choices) > 1
    assert row.choices[0]["value"].startswith("noc_code=")


def test_an_occupation_shown_with_its_title_is_read_back(nwt, occupations):
    form = shown(nwt, "job", {}, {"noc_code": "63200 Cooks", "autosave": "1"})
    assert form.answers == {"noc_code": "63200"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("1 200,50", "1200.50"), ("$1,200.50", "1200.50"), ("10000", "10000.00"), ("10,000", "10000.00")],
)
def test_amounts_are_read_as_either_language_writes_them(nwt, typed, kept):
    assert shown(nwt, "family", {}, {"settlement_funds": typed, "autosave": "1"}).answers == {"settlement_funds": kept}


def test_a_section_for_one_category_applies_there_alone(nwt):
    section = nwt.questionnaire("eoi").section("express_entry")

    assert forms.section_state(section, {}, {"category": "skilled"}) == "not_applicable"
    assert forms.section_state(section, {}, {"category": "express_entry"}) == "not_started"


def test_a_section_is_done_when_all_that_applies_is_answered(nwt):
    section = nwt.questionnaire("eoi").section("second_language")

    assert forms.section_state(section, {}) == "not_started"
    assert forms.section_state(section, {"has_second_language": True}) == "in_progress"
    assert forms.section_state(section, {"has_second_language": False}) == "done"


def test_answers_are_told_in_the_readers_words(nwt, occupations):
    answers = {
        "date_of_birth": "1990-03-27",
        "citizenship": "DE",
        "first_official_language": "en",
        "l1_test": "ielts_general",
        "l1_listening": "7.5",
        "noc_code": "63200",
        "job_community": "behchoko",
        "settlement_funds": "12000.00",
        "refugee_claimant": False,
    }
    groups = forms.answer_rows(nwt, nwt.questionnaire("eoi"), answers, "fr", facts={"l1_level_listening": 8})
    told = {row.key: row.value for group in groups for row in group.rows}

    assert told["date_of_birth"] == "27\u00a0mars 1990"
    assert (told["citizenship"], told["job_community"], told["refugee_claimant"]) == ("Allemagne", "Behchokǫ̀", "Non")
    assert told["l1_listening"] == "7,5 (NCLC 8)"
    assert told["noc_code"].startswith("63200 Cuisiniers")
    assert told["settlement_funds"] == "12\u00a0000,00\u00a0$"


def test_the_application_is_prefilled_from_the_eoi_and_differences_are_found(nwt):
    form = nwt.questionnaire("candidate")
    eoi = {
        "family_name": "Náʔël",
        "l1_test": "ielts_general",
        "l1_listening": "8.0",
        "spouse_accompanying": True,
        "same_position_months": 14,
    }
    filled = forms.prefilled(form, {"marital_status": "married"}, eoi)

    assert (filled["fn_family_name"], filled["fn_l1_listening"], filled["fn_spouse_accompanying"]) == (
        "Náʔël",
        "8.0",
        True,
    )

    changed = {**filled, "fn_l1_listening": "7.0", "fn_same_position_months": 15}
    found = {one.before_key: (one.before, one.now, one.lowers) for one in forms.differences(form, changed, eoi)}
    assert found == {"l1_listening": ("8.0", "7.0", True), "same_position_months": (14, 15, False)}
    assert forms.merged_for_scoring(form, changed, eoi)["l1_listening"] == "7.0"


def test_company_facts_are_those_of_the_company_alone(nwt):
    form = nwt.questionnaire("employer")
    answers = {"legal_name": "Diner Inc.", "wage": "20.00", "contact_name": "A B"}

    assert forms.company_answers(form, answers) == {"legal_name": "Diner Inc.", "contact_name": "A B"}


@pytest.mark.parametrize(
    ("condition", "values", "verdict"),
    [
        ({"a": True}, {"a": True}, True),
        ({"a": True}, {"a": False}, False),
        ({"a": True}, {}, False),
        ({"a": False}, {}, False),
        ({"a": ["x", "y"]}, {"a": "y"}, True),
        ({"a": 3}, {"a": "3"}, True),
        ({"a": {"at_least": 30}}, {"a": "37.5"}, True),
        ({"a": {"at_least": "2026-03-09"}}, {"a": "2026-03-08"}, False),
        ({"a": {"at_least": 1}}, {"a": "x"}, False),
        ({"a": {"is_not": "CA"}}, {"a": "PH"}, True),
        ({"a": {"is_not": "CA"}}, {}, False),
        ({"a": {"answered": True}}, {"a": 0}, True),
        ({"not": {"a": 1}}, {}, True),
        ({"any": [{"a": 1}, {"b": 2}]}, {"b": 2}, True),
        ({"all": [{"a": 1}, {"b": 2}]}, {"b": 2}, False),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, True),
        ({"a": "x"}, {"a": ["x", "z"]}, True),
        ({}, {}, True),
    ],
)
def test_conditions(condition, values, verdict):
    assert conditions.holds(condition, values) is verdict


@pytest.mark.parametrize(
    ("language", "kept", "box"),
    [
        ("en", "24000.00", "24000.00"),
        ("fr", "24000.00", "24000,00"),
        ("fr", "37.5", "37,5"),
        ("fr", "1.125", "1.125"),
        ("fr", "7", "7"),
    ],
)
def test_a_number_stands_in_its_box_as_the_reader_writes_it_and_is_read_back_the_same(nwt, language, kept, box):
    money = next(one for one in nwt.questionnaire("candidate").questions() if one.type == "money")
    with override(language):
        field = fields.Number(money)
        assert field.prepare_value(kept) == box
        assert field.clean(box) == format(Decimal(kept).normalize(), "f")


@pytest.mark.parametrize("typed", ["1e309", "-1e309", "1e999999999", "NaN", "Infinity", "12345678901234567"])
@pytest.mark.parametrize("kind", [fields.Number, fields.Whole, fields.Money])
def test_a_number_that_nobody_means_is_refused(nwt, kind, typed):
    asked = next(one for one in nwt.questionnaire("candidate").questions() if one.type == "money")
    unbounded = asked.model_copy(update={"lowest": None, "highest": None})
    with pytest.raises(ValidationError, match="Enter a"):
        kind(unbounded).clean(typed)
