"""What the public is told of a round held here: whom it was aimed at, between which days, and its cut-off."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from passerelle.desks.figures import Result

NORTH = {"en": "Studied in Northern Ontario", "fr": "Études dans le Nord de l'Ontario"}
HEALTH = {"en": "Health", "fr": "Santé"}


def told(language: str, **given: Any) -> Result:
    translation.activate(language)
    facts: dict[str, Any] = {"invited": 12, "lowest": 46, "highest": None, "stream": "masters_graduate"}
    return Result("ON-D-2026-000001", date(2026, 3, 10), **(facts | given))


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "match", "words"),
    [
        ("en", "any", "any of: Studied in Northern Ontario; Health"),
        ("en", "every", "all of: Studied in Northern Ontario; Health"),
        ("fr", "any", "l'un de ces attributs : Études dans le Nord de l'Ontario; Santé"),
        ("fr", "every", "tous ces attributs : Études dans le Nord de l'Ontario; Santé"),
    ],
)
def test_a_round_aimed_at_several_says_whether_one_was_enough(language: str, match: str, words: str):
    assert plain(told(language, targets=[NORTH, HEALTH], match=match).target) == words


def test_a_round_aimed_at_one_names_it_alone():
    assert told("en", targets=[NORTH], match="every").target == "Studied in Northern Ontario"
    assert told("en").target == ""


@pytest.mark.parametrize(
    ("language", "days", "words"),
    [
        ("en", {"first_from": "2025-03-10", "first_through": "2026-03-09"},
         "First registered from March 10, 2025 to March 9, 2026"),
        ("en", {"first_from": "2025-03-10"}, "First registered from March 10, 2025 on"),
        ("fr", {"first_through": "2026-03-09"}, "Première inscription jusqu'au 9 mars 2026 inclusivement"),
        ("fr", {"first_from": "2025-03-10", "first_through": "2026-03-09", "federal": True},
         "Profils fédéraux créés du 10 mars 2025 au 9 mars 2026"),
        ("en", {}, ""),
    ],
)  # fmt: skip
def test_the_days_between_which_one_had_registered_are_told(language: str, days: dict[str, Any], words: str):
    assert plain(told(language, **days).window) == words


def test_a_cut_off_is_told_as_and_above_and_a_range_as_a_range():
    assert told("en").points == "46 and above"
    assert told("fr").points == "46 et plus"
    assert told("en", highest=60).points == "46–60"
    assert told("en", lowest=None).points == ""
