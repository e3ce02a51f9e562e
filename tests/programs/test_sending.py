"""Messages queued and letters made through the notices' door; criteria and checklists of the NWT."""

from datetime import UTC, datetime

import pytest

from passerelle.notices.letters import checked
from passerelle.notices.models import Notice
from passerelle.programs import operations, wording
from tests.programs.test_messages import values_for
from tests.support.people import a_candidate, an_employer

AT = datetime(2026, 4, 1, 18, tzinfo=UTC)
SCORE = {"total": 417, "max_total": 845, "valid_before": datetime(2027, 3, 10, 7, tzinfo=UTC)}


@pytest.mark.django_db
def test_each_reader_gets_their_own_words_in_their_own_language():
    operations.load_packs(at=AT)
    employer = an_employer(language="fr")
    candidate = a_candidate(by=employer, language="en")
    for person in (employer, candidate):
        operations.send("score_assigned", program="ca-nt", to=person, about="NT-E-2026-000001", at=AT, context=SCORE)

    told = {one.to_id: one for one in Notice.objects.filter(kind="score_assigned")}
    assert told[employer.pk].subject == "Pointage de votre candidate ou candidat\u00a0: 417 sur 845 (NT-E-2026-000001)"
    assert told[candidate.pk].subject == "Your points: 417 of 845 (NT-E-2026-000001)"
    assert "Seule la personne candidate peut corriger" in told[employer.pk].body
    assert told[candidate.pk].body.endswith(
        "Northwest Territories Nominee Program\nimmigration@gov.nt.ca · 1-855-440-5450"
    )


@pytest.mark.django_db
def test_a_reader_without_an_account_is_written_to_at_an_address():
    operations.load_packs(at=AT)
    context = {
        "employer": "Diner",
        "category": {"en": "Skilled Worker", "fr": "Travailleurs qualifiés"},
        "link": "https://x.example/1",
        "link_good_until": AT,
    }
    told = {"address": "a@example.org", "language": "fr", "audience": "candidate", "name": "Sahaiʔa"}
    operations.send(
        "candidate_access", program="ca-nt", to=None, about="NT-E-2026-000001", at=AT, context=context, **told
    )
    notice = Notice.objects.get(kind="candidate_access")

    assert (notice.address, notice.language) == ("a@example.org", "fr")
    assert "dans la catégorie Travailleurs qualifiés" in notice.body


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_paper_letter_is_made_of_blocks_that_can_be_set(nwt, language):
    papers = [one for one in nwt.letters.values() if one.medium == "paper"]
    assert {one.kind for one in papers} == {
        "eoi_receipt",
        "eoi_refusal",
        "nomination",
        "refusal",
        "agreement",
        "support_letter",
    }
    for letter in papers:
        for words in letter.variants().values():
            for flags in (True, False):
                assert checked(
                    wording.compose(letter, words.body.pick(language), values_for(letter, flags), language, nwt)
                )


def test_the_criteria_of_a_category_are_in_its_own_words(nwt):
    entry, skilled, express = (
        {one.key: one for one in nwt.criteria(key)} for key in ("entry_level", "skilled", "express_entry")
    )

    assert "twelve_months_same_position" in entry
    assert "twelve_months_same_position" not in skilled
    assert ("express_entry_profile" in skilled, "express_entry_profile" in express) == (False, True)
    assert entry["language_level"].hint["en"] == "CLB 4 or better in all four abilities"
    assert entry["occupation_level"].condition == {"noc_teer": [4, 5]}
    assert express["not_refugee_claimant"].confirmed
    assert not skilled["not_refugee_claimant"].confirmed
    assert {one.side for one in nwt.criteria("skilled")} == {"candidate", "position", "employer"}


FILE = {
    "category": "skilled",
    "entity_type": "business",
    "unionized": False,
    "already_employed": True,
    "has_lmia": False,
    "represented": False,
    "marital_status": "single",
    "has_dependants": False,
    "fn_education_country": "PH",
    "fn_licence_held": "not_regulated",
    "fn_represented": False,
}


def codes(nwt, side, **changed):
    return {one.code for one in nwt.checklist(side, {**FILE, **changed})}


def test_the_checklist_follows_the_category_and_the_answers(nwt):
    assert codes(nwt, "employer") == {"D1", "D3", "D4", "D5", "D6", "D7", "D9", "D10"}
    assert codes(nwt, "employer", entity_type="territorial") == {"D1", "D3", "D6", "D7", "D9", "D10"}
    assert codes(nwt, "employer", has_lmia=True, represented=True, unionized=True) == {
        "D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D10", "D11",
    }  # fmt: skip
    assert "D3" not in codes(nwt, "employer", already_employed=False)
    assert "D3" in codes(nwt, "employer", already_employed=False, category="entry_level")
    assert codes(nwt, "candidate") == {"D12", "D13", "D14", "D17", "D18", "D19", "D20", "D22"}
    assert codes(nwt, "candidate", category="express_entry", fn_education_country="CA") == {
        "D12", "D13", "D14", "D17", "D18", "D20", "D22", "D23",
    }  # fmt: skip
    assert {"D15", "D16", "D21", "D24"} <= codes(
        nwt, "candidate", marital_status="married", has_dependants=True, fn_licence_held="yes", fn_represented=True
    )


def test_every_document_of_the_fact_sheet_is_there_once(nwt):
    assert sorted(one.code for one in nwt.slots) == sorted(f"D{number}" for number in range(1, 25))


def test_the_settings_that_no_source_confirms_are_told(nwt):
    told = {one.key for one in nwt.unconfirmed()}

    assert {"ranked_points", "roll_forward", "review_of_refusal", "evidence"} <= told
    assert not {"application", "score_notice", "eoi_validity", "bar"} & {
        one.key for one in nwt.unconfirmed() if one.where == "deadlines"
    }
    assert all(one.value.source for one in nwt.unconfirmed())


def test_allocations_and_draws_published_before_are_the_fact_sheets(nwt):
    assert {year: one.places for year, one in nwt.allocations.items()} == {2024: 300, 2025: 300, 2026: 197}
    first = nwt.past_draws[0]
    assert (first.invited, first.lowest, first.highest, sum(first.by_category.values())) == (65, 417, 597, 65)
