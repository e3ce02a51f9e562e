"""The selection rules that a plan may name, each in plain words; those it may not, and why."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from passerelle.core import dates
from passerelle.core.text import pick
from passerelle.draws import terms
from passerelle.programs.rules import ProgramRules, selection_words
from passerelle.programs.rules.selection import SelectionRule

# The choice that names no rule: the plan takes the one in force on the day of the draw.
IN_FORCE = "in_force"


@dataclass(frozen=True)
class Offered:
    """The choice of a plan: value and label of each, the days below it, each rule in full sentences, a note on what is left out.

    ``sized``: whether every rule leaves it to the plan how many are taken.
    """

    choices: list[tuple[str, str]]
    hints: dict[str, str]
    rules: list[tuple[str, list[str]]]
    note: str
    sized: bool


def offered(rules: ProgramRules, stream: str, day: date | None) -> Offered:
    """Return what a plan over a stream may choose from; with a ``day`` first the rule in force on it, whichever that is."""
    known = rules.selection_rules(stream)
    usable = [one for one in known if terms.of(rules, one).by_chance or not one.needs_chance]
    choices = [(one.key, str(pick(one.name))) for one in usable]
    hints = {one.key: days for one in usable if (days := _days(one))}
    told = [(str(pick(one.name)), selection_words.sentences(one, rules, stream)) for one in usable]
    if day is not None:
        choices.insert(0, (IN_FORCE, _("The rule in force on the day of the draw")))
        hints[IN_FORCE] = _on(day, rules.selection_rule(stream, day))
    sized = all(one.takes == "places" and one.places is None for one in usable)
    return Offered(choices, hints, told, _left_out([one for one in known if one not in usable]), sized)


def _on(day: date, rule: SelectionRule | None) -> str:
    if rule is None:
        return _("On %(day)s none is in force: choose another.") % {"day": dates.day_words(day)}
    return _("On %(day)s: %(rule)s.") % {"day": dates.day_words(day), "rule": pick(rule.name)}


def _days(rule: SelectionRule) -> str:
    first, last = (dates.day_words(one) if one else "" for one in (rule.in_force_from, rule.in_force_through))
    if first and last:
        return _("In force from %(first)s to %(last)s.") % {"first": first, "last": last}
    if first:
        return _("In force from %(first)s.") % {"first": first}
    return _("In force up to %(last)s.") % {"last": last} if last else ""


def _left_out(left: list[SelectionRule]) -> Any:
    if not left:
        return ""
    named = ", ".join(str(pick(one.name)) for one in left)
    return _("Not offered, for they draw lots and the program names no source of chance: %(rules)s.") % {"rules": named}
