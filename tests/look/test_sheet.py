"""The score sheet is drawn from the library's own sheet and from the JSON kept of one."""

from django.template.loader import get_template
from django.utils import translation

from passerelle.core.sheetlook import look_of
from tests.look.guide import SHEET


def test_a_factor_says_why_in_half_a_line_and_opens_to_its_lines() -> None:
    languages, age = look_of(SHEET).factors
    assert (languages.why, languages.points, languages.max) == ("First official language 47", 47, 125)
    assert [line.state for line in languages.lines] == ["counted", "not_answered"]
    assert age.why == "30 years"


def test_a_line_shows_fact_row_next_row_proof_and_certainty() -> None:
    line = look_of(SHEET).factors[0].lines[0]
    speaking = line.items[1]
    assert (speaking.shown, speaking.row, speaking.points) == ("7", "7", 22)
    assert (speaking.next_row, speaking.next_points) == ("8 or higher", 25)
    assert (line.evidence, line.confirmed) == ("Test report", False)


def test_a_source_is_told_in_the_readers_language_and_one_kept_as_a_text_is_told_as_it_is() -> None:
    [first, *_others] = SHEET["lines"]
    two = {**first, "lines": [{**first["lines"][0], "source": {"en": "Stream page", "fr": "Page du volet"}}]}
    told = {}
    for language in ("en", "fr"):
        with translation.override(language):
            told[language] = [look_of({**SHEET, "lines": [one]}).factors[0].lines[0].source for one in (two, first)]

    assert told == {"en": ["Stream page", "nwt.md"], "fr": ["Page du volet", "nwt.md"]}


def test_a_reader_who_may_see_the_total_alone_sees_no_factor() -> None:
    with translation.override("en"):
        page = get_template("components/score_sheet.html").render({"sheet": SHEET, "only_total": True})
    assert "97" in page
    assert "Official languages" not in page
