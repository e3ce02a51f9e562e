"""Messages and letters: every kind can be said to every reader it is for, in both languages, and tells no secret."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.conf import settings

from passerelle.programs import files, operations, wording
from passerelle.programs.rules import NoWordsFor, ProgramRules, read
from passerelle.programs.rules.letters import ALWAYS, Letter

AT = datetime(2026, 4, 1, 18, tzinfo=UTC)
SAMPLES: dict[str, Any] = {
    "text": "Náʔël Tłı̨chǫ", "number": 1234, "money": 123456, "day": date(2026, 3, 25), "moment": AT,
    "deadline": datetime(2026, 4, 25, 6, tzinfo=UTC), "list": [{"en": "a passport", "fr": "un passeport"}, "B"],
    "link": "https://example.org/x", "flag": True, "choice": "x",
}  # fmt: skip
EVERY = [
    "account_created", "candidate_access", "eoi_received", "score_assigned", "eoi_withdrawn", "evidence_requested", "eoi_refused",
    "invitation_issued", "invitation_reminder", "invitation_lapsed", "candidate_form_open", "application_complete",
    "information_requested", "decision_made", "eoi_expiring", "eoi_expired",
]  # fmt: skip


def values_for(letter: Letter, flags: bool) -> dict[str, Any]:
    types = {**ALWAYS, **{name: blank.type for name, blank in letter.blanks.items()}}
    return {name: flags if kind == "flag" else SAMPLES[kind] for name, kind in types.items()}


@pytest.mark.parametrize("flags", [True, False])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_message_can_be_said_in_both_languages(nwt: ProgramRules, language, flags):
    for letter in nwt.letters.values():
        for who, words in letter.variants().items():
            told = [
                wording.compose(letter, text.pick(language), values_for(letter, flags), language, nwt)
                for text in (words.subject, words.body)
            ]
            assert all(told), (letter.kind, who)
            assert "{" not in str(wording.as_mail(told[1], language))


def test_the_fifteen_events_of_the_fact_sheet_have_their_messages(nwt):
    assert [kind for kind in EVERY if kind not in nwt.letters] == []
    assert {f"N{number}" for number in range(1, 16)} <= {letter.code for letter in nwt.letters.values()}


def test_no_private_blank_stands_in_words_an_employer_reads(nwt):
    from passerelle.programs.rules.letters import used

    for letter in nwt.letters.values():
        private = {name for name, blank in letter.blanks.items() if blank.private}
        for who, words in letter.variants().items():
            if who in ("employer", "everyone"):
                texts = [words.subject[code] for code in ("en", "fr")] + [words.body[code] for code in ("en", "fr")]
                assert not private & {name for text in texts for name in used(text)}, (letter.kind, who)


def test_what_a_person_typed_is_never_markup(nwt):
    letter = nwt.letter("fairness_notice")
    values = {**values_for(letter, True), "doubt": "# Not a heading\n= a = b\n- c {email}"}

    blocks = wording.compose(letter, letter.words_for("candidate").body.pick("en"), values, "en", nwt)

    assert {"type": "paragraph", "text": "# Not a heading\n= a = b\n- c {email}"} in blocks


def test_a_list_blank_opens_into_one_line_for_each_entry(nwt):
    letter = nwt.letter("evidence_requested")
    blocks = wording.compose(letter, letter.words_for("candidate").body.pick("fr"), values_for(letter, True), "fr", nwt)

    assert {"type": "list", "items": ["un passeport", "B"]} in blocks


@pytest.mark.parametrize("flags", [True, False])
def test_rows_of_facts_that_follow_each_other_are_one_table(flags):
    ontario = read(files.sources(settings.PACKS / "ca-on" / "2024-1"))
    letter = ontario.letter("nomination")
    values = {**values_for(letter, flags), **({} if flags else {"employer": "", "position": ""})}
    blocks = wording.compose(letter, letter.words_for("candidate").body.pick("en"), values, "en", ontario)

    [facts] = [one for one in blocks if one["type"] == "facts"]
    assert [row[0] for row in facts["rows"]] == [
        "Nomination number", "File number", "Nominee", *(["Employer", "Position approved"] if flags else []),
        "Application received", "Nomination good until",
    ]  # fmt: skip


def test_a_blank_that_is_not_given_is_named(nwt):
    letter = nwt.letter("score_assigned")
    with pytest.raises(wording.MissingBlank, match="total"):
        wording.compose(letter, letter.words_for("candidate").subject.pick("en"), {}, "en", nwt)


def test_a_message_that_is_not_for_an_audience_says_so(nwt):
    with pytest.raises(NoWordsFor, match="candidate_access has no words for employer"):
        nwt.letter("candidate_access").words_for("employer")


def test_deadlines_are_told_by_their_last_minute_in_the_programs_zone(nwt):
    letter = nwt.letter("invitation_issued")
    values = values_for(letter, True)
    english, french = (
        wording.as_mail(wording.compose(letter, letter.words_for("employer").body.pick(one), values, one, nwt), one)
        for one in ("en", "fr")
    )

    assert "Friday, April\u00a024, 2026 at 11:59\u00a0p.m. (Yellowknife time)" in english
    assert "vendredi 24\u00a0avril 2026 à 23\u00a0h\u00a059 (heure de Yellowknife)" in french


def test_french_texts_have_their_no_break_spaces(nwt):
    subject = nwt.letter("score_assigned").words_for("candidate").subject
    assert subject["fr"].startswith("Votre pointage\u00a0: ")


def test_every_line_of_a_letterhead_begins_with_a_capital(nwt):
    assert [operations.letterhead(nwt, language).lines[1] for language in ("en", "fr")] == [
        "Government of the Northwest Territories", "Gouvernement des Territoires du Nord-Ouest",
    ]  # fmt: skip
