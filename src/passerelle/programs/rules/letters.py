"""Letters and messages: texts with named blanks, one variant for each kind of reader, in both languages.

A text is paragraphs parted by a blank line. ``{total}`` is a blank; ``[if banned]`` or ``[unless banned]`` at the head of a
paragraph keeps it only then; ``# `` opens a heading, ``- `` a list item (``- {items}`` one item for each), ``= Label = {blank}``
a row of facts.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from passerelle.programs.rules.schema import Key, Sourced
from passerelle.programs.rules.schema import Record as Base
from passerelle.programs.rules.text import Bilingual

BlankType = Literal["text", "number", "money", "day", "moment", "deadline", "list", "link", "flag", "choice"]
BLANK = re.compile(r"\{([a-z_]+)\}")
GUARD = re.compile(r"^\[(if|unless) ([a-z_]+)\]\s*")
ALWAYS: dict[str, BlankType] = {
    "name": "text", "reference": "text", "program": "text", "program_short": "text", "email": "text", "phone": "text",
    "help": "link", "portal": "link", "today": "day",
}  # fmt: skip


class Blank(Base):
    """A named gap: what goes in it, and whether only the person concerned and staff may read it."""

    type: BlankType = "text"
    private: bool = False
    optional: bool = False


def _blank(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


class Words(Base):
    """What one kind of reader gets."""

    subject: Bilingual
    body: Bilingual


class Letter(Sourced):
    """A kind of message (``medium: mail``) or letter (``medium: paper``)."""

    kind: Key
    code: str = ""
    medium: Literal["mail", "paper"] = "mail"
    about: Bilingual
    blanks: dict[Key, Annotated[Blank, BeforeValidator(_blank)]] = {}
    everyone: Words | None = None
    employer: Words | None = None
    candidate: Words | None = None
    representative: Words | None = None
    staff: Words | None = None

    def variants(self) -> dict[str, Words]:
        """Return the words for each kind of reader that has its own."""
        found = {who: getattr(self, who) for who in ("everyone", "employer", "candidate", "representative", "staff")}
        return {who: words for who, words in found.items() if words}

    def words_for(self, audience: str) -> Words:
        """Return the words for a reader; raises NoWordsFor when the pack does not write to them."""
        words = self.variants().get(audience) or self.everyone
        if words is None:
            raise NoWordsFor(self.kind, audience)
        return words

    def type_of(self, blank: str) -> BlankType:
        """Return what a blank holds."""
        return self.blanks[blank].type if blank in self.blanks else ALWAYS[blank]


class NoWordsFor(LookupError):
    """The pack has no text of this kind for this audience."""

    def __init__(self, kind: str, audience: str) -> None:
        super().__init__(f"letter {kind} has no words for {audience}")


def used(text: str) -> Iterator[str]:
    """Yield every blank and flag a text reads."""
    for paragraph in paragraphs(text):
        if guard := GUARD.match(paragraph):
            yield guard[2]
    yield from BLANK.findall(text)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, line breaks kept inside them."""
    return [one.strip() for one in re.split(r"\n\s*\n", text.strip()) if one.strip()]


def standing(text: str, values: Mapping[str, Any]) -> list[str]:
    """Return the paragraphs whose guard holds, guards cut off."""
    kept = []
    for paragraph in paragraphs(text):
        guard = GUARD.match(paragraph)
        if guard and bool(values.get(guard[2])) is not (guard[1] == "if"):
            continue
        kept.append(paragraph[guard.end() :] if guard else paragraph)
    return kept
