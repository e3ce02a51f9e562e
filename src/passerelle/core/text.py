"""Bilingual text and people's names."""

import unicodedata
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

Bilingual = Mapping[str, str]
LANGUAGES = ("en", "fr")

# Zero-width and bidirectional controls have no place in a name and can make two names look like one.
_REFUSED = frozenset("\u200b\u200e\u200f\u2060\ufeff") | {
    chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def pick(value: Bilingual | str, language: str | None = None) -> str:
    """Return ``value`` in ``language`` (default: the reader's); plain text passes through."""
    if isinstance(value, str):
        return value
    code = (language or get_language() or "en")[:2]
    return value.get(code) or value.get("en") or ""


def human_list(items: Iterable[object]) -> str:
    """Join for a message: ``a, b, c``."""
    return ", ".join(str(item) for item in items)


def clean_name(value: str) -> str:
    """Return a person's name as it is kept: NFC, outer blanks cut, never case-changed.

    Raises ValidationError for an empty or over-long name (1 to 200 characters) and for invisible direction controls.
    """
    name = unicodedata.normalize("NFC", value).strip()
    if not 1 <= len(name) <= 200:
        raise ValidationError(_("Enter a name of 1 to 200 characters."), code="length")
    if any(char in _REFUSED or unicodedata.category(char) == "Cc" for char in name):
        raise ValidationError(
            _("Remove the invisible characters from the name: type it rather than pasting it."), code="invisible"
        )
    return name
