"""Dates, amounts and lists in words, in a reader's language; and a letter's text with its blanks filled."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from passerelle.core import dates
from passerelle.core.dates import NBSP
from passerelle.core.money import money_words
from passerelle.core.text import pick
from passerelle.programs import queries
from passerelle.programs.models import Pack
from passerelle.programs.rules import Letter, ProgramRules
from passerelle.programs.rules.letters import BLANK, standing


class MissingBlank(LookupError):
    """A letter was sent without a value its words need."""


def _in_words(value: Any, kind: str, language: str, rules: ProgramRules) -> str:
    zone, zone_name = rules.zone, rules.zone_name.pick(language)
    if kind == "deadline":
        return dates.deadline_words(value, zone, language, zone_name=zone_name)
    if kind == "moment":
        return dates.moment_words(value, zone, language, zone_name=zone_name)
    if kind == "day":
        return dates.day_words(value.astimezone(zone).date() if isinstance(value, datetime) else value, language)
    if kind == "number":
        return number_words(value, language)
    if kind == "money":
        return money_words(value, language)
    if kind == "list":
        return "; ".join(pick(one, language) for one in value)
    return pick(value, language) if isinstance(value, str | Mapping) else str(value)


def opening(rules: ProgramRules, at: datetime) -> str:
    """Return from when expressions of interest are received, in the reader's words; nothing once they are."""
    if rules.opens_at is None or rules.is_open(at):
        return ""
    when = dates.moment_words(rules.opens_at, rules.zone, weekday=True, zone_name=rules.zone_name.pick())
    return _("Expressions of interest are received from %(when)s.") % {"when": when}


def coming_into_force(pack: Pack) -> str:
    """Return from when a pack that waits will hold, in the reader's words and the program's zone; nothing if it cannot be read."""
    try:
        rules = queries.rules(pack)
    except queries.RulesUnavailable:
        return ""
    when = dates.moment_words(queries.coming_at(pack), rules.zone, weekday=True, zone_name=rules.zone_name.pick())
    return _("The rules of %(program)s come into force on %(when)s.") % {"program": rules.name.pick(), "when": when}


def begun_under_others(pack: Pack, at: datetime) -> str:
    """Return what is said of a file that goes on under rules no longer in force; nothing where they still are."""
    now = queries.pack_in_force_or_none(pack.code, at)
    if now is None or now.pk == pack.pk:
        return ""
    rules, newer = queries.rules(pack), queries.rules(now)
    since = dates.day_words(queries.coming_at(now).astimezone(newer.zone).date(), get_language() or "en")
    return _(
        "This file was begun under the rules called %(these)s and goes on under them. The rules called %(newer)s have been in "
        "force since %(since)s, for files begun from then on."
    ) % {"these": title(rules), "newer": title(newer), "since": since}


def title(rules: ProgramRules) -> str:
    """Return what an edition of the rules is called: its own words, else its version."""
    return f"{rules.about.pick()} ({rules.version})" if rules.about else str(rules.version)


def number_words(value: int, language: str) -> str:
    """Return a whole number with its thousands apart: ``1,200`` or ``1 200``."""
    return f"{value:,}".replace(",", NBSP) if language == "fr" else f"{value:,}"


Block = dict[str, Any]


def compose(letter: Letter, text: str, values: Mapping[str, Any], language: str, rules: ProgramRules) -> list[Block]:
    """Return the paragraphs of ``text`` that stand as blocks of a letter (see ``notices.letters``), blanks filled.

    The pack's text alone decides what is a heading, a list or a row of facts: what a person typed is never markup. Rows of
    facts that follow each other are one table, also where some stand only under a condition. Raises MissingBlank for a
    value not given.
    """

    def filled(piece: str) -> str:
        return BLANK.sub(lambda match: _value(letter, match[1], values, language, rules), piece)

    made: list[Block] = []
    for paragraph in standing(text, values):
        block = _block(letter, paragraph.splitlines(), values, language, filled)
        if made and made[-1]["type"] == block["type"] == "facts":
            made[-1]["rows"] += block["rows"]
        else:
            made.append(block)
    return made


def _value(letter: Letter, name: str, values: Mapping[str, Any], language: str, rules: ProgramRules) -> str:
    if values.get(name) is None:
        raise MissingBlank(f"letter {letter.kind} needs {name!r}")
    return _in_words(values[name], letter.type_of(name), language, rules)


def _block(
    letter: Letter, lines: list[str], values: Mapping[str, Any], language: str, filled: Callable[[str], str]
) -> Block:
    if lines[0].startswith("# "):
        return {"type": "heading", "text": filled(lines[0][2:])}
    if all(line.startswith("- ") for line in lines):
        return {
            "type": "list",
            "items": [item for line in lines for item in _items(letter, line, values, language, filled)],
        }
    if all(line.startswith("= ") for line in lines):
        return {"type": "facts", "rows": [[filled(part) for part in line[2:].split(" = ", 1)] for line in lines]}
    return {"type": "paragraph", "text": "\n".join(filled(line) for line in lines)}


def _items(
    letter: Letter, line: str, values: Mapping[str, Any], language: str, filled: Callable[[str], str]
) -> list[str]:
    """Open a line that holds nothing but a list into one item for each of its entries."""
    whole = BLANK.fullmatch(line[2:])
    if whole and letter.type_of(whole[1]) == "list":
        return [pick(one, language) for one in values.get(whole[1]) or ()]
    return [filled(line[2:])]


def as_mail(blocks: list[Block], language: str) -> str:
    """Return blocks as the plain text of a message: headings bare, rows of facts as ``label: value``."""
    return "\n\n".join(_plain(one, language) for one in blocks)


def _plain(block: Block, language: str) -> str:
    if block["type"] == "list":
        return "\n".join(f"- {item}" for item in block["items"])
    if block["type"] == "facts":
        return "\n".join(f"{label}{NBSP if language == 'fr' else ''}: {value}" for label, value in block["rows"])
    return str(block["text"])
