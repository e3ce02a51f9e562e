"""Whom a draw is aimed at, in plain words: a phrase for each filter or each group of them, and how they are joined."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.core import dates
from passerelle.core.text import LANGUAGES, pick
from passerelle.programs.rules import aims
from passerelle.programs.rules.program import ProgramRules
from pointsgrid.model import AskedDef, Text


def said(rules: ProgramRules, stream: str, filters: Mapping[str, Any]) -> str:
    """Return whom ``filters`` (the shape is ``Draw.filters``) aim at, in the reader's language; "" where at everybody."""
    groups = [_group(rules, stream, one) for one in aims.groups(filters)]
    return _("; or ").join(groups)


def targets(rules: ProgramRules, stream: str, filters: Mapping[str, Any]) -> tuple[list[dict[str, str]], str]:
    """Return whom ``filters`` aim at, as phrases in both languages, and whether every one of them is needed or any.

    Of one group each filter is a phrase; of several each group is, and any of them is enough.
    """
    groups, told = aims.groups(filters), {}
    for language in LANGUAGES:
        with translation.override(language):
            told[language] = (
                phrases(rules, stream, groups[0])
                if len(groups) == 1
                else [_group(rules, stream, one) for one in groups]
            )
    found = [dict(zip(told, both, strict=True)) for both in zip(*told.values(), strict=True)]
    return found, (groups[0].match if len(groups) == 1 else "any") if groups else ""


def phrases(rules: ProgramRules, stream: str, group: aims.Group) -> list[str]:
    """Return each filter of a group in the reader's language, with its value where the plan gave it one."""
    offered = aims.asked(rules, stream)
    named = [attribute(key, rules, stream) for key in group.attributes]
    return named + [_valued(rules, offered[key], value) for key, value in group.values.items()]


def attribute(key: str, rules: ProgramRules, stream: str) -> str:
    """Return the name of an attribute: a filter of the stream's pool, or a fact that is yes or no."""
    known = rules.filters(stream)
    return _label(known[key].label if key in known else rules.points.facts[key].label)


def options(rules: ProgramRules, asked: AskedDef) -> list[tuple[str, str]]:
    """Return what may be chosen of a filter by name, as value and name: options, communities, lists of occupations."""
    fact = rules.points.facts[asked.of]
    if asked.choose == "community":
        return sorted(((one.key, str(pick(one.name))) for one in rules.communities.values()), key=lambda one: one[1])
    if asked.choose == "occupation":
        known = {one.family: one.label for one in rules.points.lists}
        return [(key, _label(known[key])) for key in asked.lists]
    return [(key, _label(fact.option_labels.get(key, Text(key, key)))) for key in fact.type.options]


def _label(label: Text) -> str:
    return str(pick({"en": label.en, "fr": label.fr}))


def _group(rules: ProgramRules, stream: str, group: aims.Group) -> str:
    join = _(" or ") if group.match == "any" else _(" and ")
    return join.join(phrases(rules, stream, group))


def _valued(rules: ProgramRules, asked: AskedDef, value: Sequence[str]) -> str:
    return f"{_label(asked.label)} ({_value(rules, asked, value)})"


def _value(rules: ProgramRules, asked: AskedDef, value: Sequence[str]) -> str:
    if asked.choose == "within_days":
        days = int(value[0])
        return ngettext(
            "from the day of the draw to %(count)s day after it", "from the day of the draw to %(count)s days after it", days
        ) % {"count": days}  # fmt: skip
    if asked.choose == "days":
        return _days(*value)
    known = dict(options(rules, asked))
    if asked.choose == "at_least":
        least = known.get(value[0]) or number_format(value[0])
        return _("%(least)s or more") % {"least": least}
    return _one_of([known.get(one) or _("NOC %(code)s") % {"code": one} for one in value])


def _days(first: str, last: str) -> str:
    days = {key: dates.day_words(date.fromisoformat(day)) for key, day in (("first", first), ("last", last)) if day}
    if len(days) == 2:
        return _("from %(first)s to %(last)s") % days
    return _("on or after %(first)s") % days if first else _("on or before %(last)s") % days


def _one_of(names: Sequence[str]) -> str:
    *most, last = names
    return _(" or ").join(filter(None, (", ".join(most), last)))
