"""A count in a sentence agrees with its words, in both languages: one person is not people."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation

from passerelle.draws import wording as draws
from passerelle.express_entry import round_wording as rounds


def said(told: list[dict[str, Any]]) -> str:
    return str(told[0]["text"])


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ((1, 1, 0), ("1 person found, 1 notified, 0 not notified", "1 personne trouvée, 1 avisée, 0 non avisée")),
        ((5, 1, 4), ("5 people found, 1 notified, 4 not notified", "5 personnes trouvées, 1 avisée, 4 non avisées")),
        ((2, 2, 0), ("2 people found, 2 notified, 0 not notified", "2 personnes trouvées, 2 avisées, 0 non avisée")),
    ],
)
def test_the_numbers_of_a_round_agree_with_their_words(facts: tuple[int, int, int], words: tuple[str, str]) -> None:
    told = dict(zip(("entries", "notified", "not_notified"), facts, strict=True))
    for language, one in zip(("en", "fr"), words, strict=True):
        for good in (True, False):
            with translation.override(language):
                assert one in said(rounds.checks([{"key": "numbers", "good": good, "facts": told}]))


@pytest.mark.parametrize(
    ("facts", "words"),
    [((1, 1, 1), "1 figée, 1 classée, 1 retenue"), ((9, 9, 2), "9 figées, 9 classées, 2 retenues")],
)
def test_the_numbers_of_a_draw_agree_with_their_words(facts: tuple[int, int, int], words: str) -> None:
    told = dict(zip(("entries", "ranked", "taken"), facts, strict=True)) | {"size": 3}
    for good in (True, False):
        with translation.override("fr"):
            assert words in said(draws.checks([{"key": "numbers", "good": good, "facts": told}]))


STAFF = Path(__file__).parents[2] / "src" / "passerelle"
DRAW = STAFF / "draws/templates/draws/staff"
ROUND = STAFF / "express_entry/templates/express_entry/staff/round.html"
SENTENCE = re.compile(r"{% blocktranslate count n=(?P<count>[a-z.]+) .*?{% endblocktranslate %}")


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (DRAW / "workbench.html", ("1 person invited", "2 people invited", "1 personne invitée", "2 personnes invitées")),
        (DRAW / "conduct.html", (
            "1 person of 9 would", "2 people of 9 would", "1 personne sur 9 serait retenue", "2 personnes sur 9 seraient retenues",
        )),
        (ROUND, ("1 person notified", "2 people notified", "1 personne avisée", "2 personnes avisées")),
    ],
    ids=("workbench", "conduct", "round"),
)  # fmt: skip
def test_the_sentence_of_a_page_agrees_with_its_count(template: Path, words: tuple[str, ...]) -> None:
    found, told = SENTENCE.finditer(template.read_text(encoding="utf-8")), words[0].split()[-1]
    sentence = next(one for one in found if told in one.group())
    for place, expected in enumerate(words):
        count, language = place % 2 + 1, ("en", "fr")[place // 2]
        known = {
            "draw": {"outcome": {"invited": count}}, "round": {"notified": count},
            "outlook": {"taken": count, "pool": 9, "cutoff": 417},
        }  # fmt: skip
        with translation.override(language):
            shown = Template("{% load i18n look %}" + sentence.group()).render(Context(known))
        assert expected in shown
