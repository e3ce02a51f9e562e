"""Names are kept as people write them; bilingual text falls back rather than vanish."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from passerelle.core.text import clean_name, pick


@pytest.mark.parametrize("name", ["Sahaiʔa", "Tłı̨chǫ", "Náʔël", "O’Brien-Nguyễn", "Suharto", "van der Berg", "李小龍"])
def test_names_of_the_territory_and_of_the_world_are_kept_to_the_letter(name: str):
    assert clean_name(f"  {name} ") == name


def test_a_name_is_kept_composed_whatever_the_keyboard_sent():
    assert clean_name("Na\u0301\u0294e\u0308l") == "N\u00e1\u0294\u00ebl"


@pytest.mark.parametrize("name", ["A\u200bnna", "Anna\u202e", "A\u2066nna", "An\u0000na", "Anna\u200f", "An\nna"])
def test_invisible_controls_are_refused(name: str):
    with pytest.raises(ValidationError, match="invisible"):
        clean_name(name)


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_has_1_to_200_characters(name: str):
    with pytest.raises(ValidationError, match="1 to 200"):
        clean_name(name)


def test_text_is_picked_in_the_reader_s_language():
    both = {"en": "Draw", "fr": "Tirage"}

    with translation.override("fr-ca"):
        assert pick(both) == "Tirage"
    with translation.override("en"):
        assert pick(both) == "Draw"
    assert pick(both, "fr") == "Tirage"
    assert pick({"en": "Only English"}, "fr") == "Only English"
    assert pick("plain", "fr") == "plain"
