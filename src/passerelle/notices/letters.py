"""What a letter says, and the forms it takes: one list of blocks, shown as a page and set as a PDF.

A block is a mapping with a ``type``:

* ``{"type": "paragraph", "text": …}`` and ``{"type": "heading", "text": …}``
* ``{"type": "list", "items": [text, …], "numbered": false}``
* ``{"type": "facts", "rows": [[label, value], …]}``
* ``{"type": "table", "head": [text, …], "rows": [[text, …], …], "caption": text}`` (the caption may be left out)
* ``{"type": "signature", "name": …, "role": …}``

Texts are plain, in the letter's language; a line break in them is kept.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from passerelle.core import sealing
from passerelle.core.dates import day_words
from passerelle.notices.press.typeset import qr_svg

if TYPE_CHECKING:
    from passerelle.notices.models import Letter

Block = Mapping[str, Any]
_TEXTS = {"paragraph": ("text",), "heading": ("text",), "signature": ("name", "role")}


class NotALetter(ValueError):
    """A block cannot be set; the message names the block and what is wrong with it."""


@dataclass(frozen=True)
class Letterhead:
    """Who writes: the program's name and address lines in the letter's language, its accent, its zone."""

    name: str = "Passerelle"
    lines: list[str] = field(default_factory=list)
    accent: str = "#0b5d4b"
    zone: str = "UTC"


@dataclass(frozen=True)
class LetterCheck:
    """What anybody may learn about a letter from its number: nothing about a person."""

    number: str
    program: str
    kind: str
    title: str
    language: str
    made_on: str
    valid: bool


def checked(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Return ``blocks`` in their kept form; raises NotALetter."""
    return [_checked(place, block) for place, block in enumerate(blocks, start=1)]


def _checked(place: int, block: Block) -> dict[str, Any]:
    kind = block.get("type")
    if kind in _TEXTS:
        return {"type": kind, **{name: _text(place, block.get(name, "")) for name in _TEXTS[kind]}}
    if kind == "list":
        return {"type": kind, "numbered": bool(block.get("numbered")), "items": _texts(place, block.get("items", []))}
    if kind == "facts":
        return {"type": kind, "rows": [_row(place, row, width=2) for row in block.get("rows", [])]}
    if kind == "table":
        head = _texts(place, block.get("head", []))
        rows = [_row(place, row, width=len(head)) for row in block.get("rows", [])]
        return {"type": kind, "head": head, "rows": rows, "caption": _text(place, block.get("caption", ""))}
    raise NotALetter(
        f"block {place}: the type {kind!r} is not one of paragraph, heading, list, facts, table, signature"
    )


def _row(place: int, row: Sequence[Any], *, width: int) -> list[str]:
    if len(row) != width:
        raise NotALetter(f"block {place}: a row has {len(row)} cells instead of {width}")
    return _texts(place, row)


def _texts(place: int, values: Sequence[Any]) -> list[str]:
    return [_text(place, value) for value in values]


def _text(place: int, value: object) -> str:
    if isinstance(value, (Mapping, list, tuple)) or value is None:
        raise NotALetter(f"block {place}: {value!r} stands where a text should")
    return str(value)


def payload(letter: "Letter") -> bytes:
    """The bytes that a letter's signature covers: everything it says."""
    columns = ("number", "program", "kind", "about", "language", "title", "body")
    said = {name: getattr(letter, name) for name in columns}
    said["made_at"] = letter.made_at.astimezone(UTC).isoformat()
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def made_on(letter: "Letter", language: str | None = None) -> str:
    """The day of the letter in the program's zone, in words."""
    zone = ZoneInfo(letter.letterhead["zone"])
    return day_words(letter.made_at.astimezone(zone).date(), language or letter.language)


def check_url(letter: "Letter") -> str:
    """Where anybody can check the letter."""
    return f"{settings.PASSERELLE_URL}/{letter.language}/verify/{letter.number}/"


def is_genuine(letter: "Letter") -> bool:
    """Say whether the letter is as it was signed."""
    return sealing.verify_signature(payload(letter), letter.signature)


def for_press(letter: "Letter") -> dict[str, Any]:
    """What the typesetter needs, and nothing else."""
    with translation.override(letter.language):
        words = {
            "page": _("Page"),
            "of": pgettext("page 1 of 2", "of"),
            "facts_head": [pgettext("letter", "Item"), pgettext("letter", "Details")],
            "qr": _("QR code with the address of the page on which this letter can be checked"),
            "check_how": _("Anyone can check that this letter is genuine at this address:"),
            "number": _("Letter number:"),
        }
    return {
        "language": letter.language,
        "title": letter.title,
        "number": letter.number,
        "date": made_on(letter),
        "addressee": letter.body["addressee"],
        "blocks": letter.body["blocks"],
        "letterhead": {key: letter.letterhead[key] for key in asdict(Letterhead())},
        "words": words,
        "qr": qr_svg(check_url(letter)),
        "check_url": check_url(letter),
    }
