"""Dates, amounts and lists in words, in a reader's language; and a letter's text with its blanks filled."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from passerelle.core import dates
from passerelle.core.dates import NBSP
from passerelle.core.text import pick
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


def number_words(value: int, language: str) -> str:
    """Return a whole number with its thousands apart: ``1,200`` or ``1 200``."""
    return f"{value:,}".replace(",", NBSP) if language == "fr" else f"{value:,}"


def money_words(cents: int, language: str) -> str:
    """Return an amount of cents in dollars: ``$1,200.50`` or ``1 200,50 $``."""
    amount = f"{cents // 100:,}.{cents % 100:02}"
    return f"{amount.replace(',', NBSP).replace('.', ',')}{NBSP}$" if language == "fr" else f"${amount}"


def fill(letter: Letter, text: str, values: Mapping[str, Any], language: str, rules: ProgramRules) -> list[str]:
    """Return the paragraphs of ``text`` that stand, blanks filled. Raises MissingBlank for a value not given.

    A line ``- {items}`` becomes one line for each item of the list.
    """

    def word(match: re.Match[str]) -> str:
        name = match[1]
        if values.get(name) is None:
            raise MissingBlank(f"letter {letter.kind} needs {name!r}")
        return _in_words(values[name], letter.type_of(name), language, rules)

    def lines(raw: str) -> list[str]:
        whole = re.fullmatch(r"- \{([a-z_]+)\}", raw)
        if whole and letter.type_of(whole[1]) == "list":
            return [f"- {pick(item, language)}" for item in values.get(whole[1]) or ()]
        return [BLANK.sub(word, raw)]

    return [
        "\n".join(line for raw in paragraph.splitlines() for line in lines(raw)) for paragraph in standing(text, values)
    ]


def blocks(paragraphs: list[str]) -> list[dict[str, Any]]:
    """Return filled paragraphs as the blocks of a letter: headings, paragraphs, lists, rows of facts."""
    made: list[dict[str, Any]] = []
    for paragraph in paragraphs:
        rows = paragraph.splitlines()
        if paragraph.startswith("# "):
            made.append({"type": "heading", "text": paragraph[2:]})
        elif all(row.startswith("- ") for row in rows):
            made.append({"type": "list", "items": [row[2:] for row in rows]})
        elif all(row.startswith("= ") for row in rows):
            made.append({"type": "facts", "rows": [row[2:].split(" = ", 1) for row in rows]})
        else:
            made.append({"type": "paragraph", "text": " ".join(rows)})
    return made
