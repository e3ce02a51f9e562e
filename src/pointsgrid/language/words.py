"""Conditions and bands in plain words, English and French."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pointsgrid.language.tree import Apply, Expression, Literal, Name
from pointsgrid.model import Text

if TYPE_CHECKING:
    from pointsgrid.rules import Rules

YES, NO = Text("yes", "oui"), Text("no", "non")

_SIGNS = {
    "==": ("is", "est"),
    "!=": ("is not", "n'est pas"),
    ">=": ("is at least", "est d'au moins"),
    ">": ("is more than", "est supérieur à"),
    "<=": ("is at most", "est d'au plus"),
    "<": ("is less than", "est inférieur à"),
    "+": ("plus", "plus"),
    "-": ("minus", "moins"),
    "*": ("times", "fois"),
    "/": ("divided by", "divisé par"),
}
_OPPOSITE = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def describe(tree: Expression, rules: Rules) -> Text:
    """Return a condition as a phrase in both languages, with the labels of its facts."""
    return Text(_say(tree, rules, "en"), _say(tree, rules, "fr"))


def _pick(language: str, english: str, french: str) -> str:
    return english if language == "en" else french


def _say(tree: Expression, rules: Rules, language: str) -> str:
    if isinstance(tree, Literal):
        return _literal(tree.value, language)
    if isinstance(tree, Name):
        return _name(tree.key, rules, language)
    assert isinstance(tree, Apply)
    if tree.op in ("and", "or"):
        joint = {"and": _pick(language, " and ", " et "), "or": _pick(language, " or ", " ou ")}[tree.op]
        return joint.join(_bracketed(part, rules, language) for part in tree.args)
    if tree.op == "not":
        return _negated(tree.args[0], rules, language)
    if tree.op in _SIGNS:
        return _compared(tree, rules, language)
    if tree.op in ("in", "not in"):
        return _member(tree, rules, language)
    return _function(tree, rules, language)


def _bracketed(tree: Expression, rules: Rules, language: str) -> str:
    said = _say(tree, rules, language)
    return f"({said})" if isinstance(tree, Apply) and tree.op in ("and", "or") else said


def _negated(tree: Expression, rules: Rules, language: str) -> str:
    if isinstance(tree, Apply) and tree.op in _OPPOSITE:
        return _say(Apply(_OPPOSITE[tree.op], tree.args), rules, language)
    said = _say(tree, rules, language)
    return _pick(language, f"not: {said}", f"pas\u00a0: {said}")


def _compared(tree: Apply, rules: Rules, language: str) -> str:
    left, right = tree.args
    if isinstance(left, Apply) and left.op == "rank":
        return f"{_say(left.args[0], rules, language)} {_SIGNS[tree.op][language == 'fr']} {_option(left, right, rules, language)}"
    return f"{_say(left, rules, language)} {_SIGNS[tree.op][language == 'fr']} {_say(right, rules, language)}"


def _option(rank: Apply, literal: Expression, rules: Rules, language: str) -> str:
    """Return the label of the option a rank comparison speaks of."""
    if not isinstance(literal, Literal):
        return _say(literal.args[0] if isinstance(literal, Apply) else literal, rules, language)
    options = rank.args[1]
    assert isinstance(options, Literal)
    key = options.value[literal.value]  # type: ignore[index]
    return (
        f"«\u00a0{option_label(rank.args[0], key, rules, language)}\u00a0»"
        if language == "fr"
        else f"“{option_label(rank.args[0], key, rules, language)}”"
    )


def option_label(tree: Expression, key: str, rules: Rules, language: str) -> str:
    """Return the label of an option of the fact ``tree`` names, or the option itself."""
    fact = rules.facts.get(tree.key) if isinstance(tree, Name) else None
    label = fact.option_labels.get(key) if fact else None
    return getattr(label, language) if label else key


def _member(tree: Apply, rules: Rules, language: str) -> str:
    left, items = tree.args[0], tree.args[1:]
    if isinstance(left, Apply) and left.op == "rank":
        said = [_option(left, item, rules, language) for item in items]
        left = left.args[0]
    else:
        said = [_say(item, rules, language) for item in items]
    negative = tree.op == "not in"
    joint = _pick(language, "is none of" if negative else "is one of", "n'est aucun de" if negative else "est l'un de")
    colon = _pick(language, " ", "\u00a0: ")
    return f"{_say(left, rules, language)} {joint}{colon}{', '.join(said)}"


_NAMED = {
    "answered": ("{0} is answered", "{0} a une réponse"),
    "applicable": ("{0} applies", "{0} s'applique"),
    "in list": ("{0} is in the list {1}", "{0} est dans la liste {1}"),
    "not in list": ("{0} is not in the list {1}", "{0} n'est pas dans la liste {1}"),
    "lowest": ("the lowest of {all}", "le plus faible de {all}"),
    "highest": ("the highest of {all}", "le plus élevé de {all}"),
    "first_known": ("{0}", "{0}"),
    "floor": ("{0}, rounded down", "{0}, arrondi vers le bas"),
    "percent": ("{0} as a percentage of {1}", "{0} en pourcentage de {1}"),
    "starts_with": ("{0} begins with {1}", "{0} commence par {1}"),
    "completed_years": ("full years from {0} to {1}", "années complètes de {0} à {1}"),
    "completed_months": ("full months from {0} to {1}", "mois complets de {0} à {1}"),
    "count_true": ("the number that hold of {all}", "le nombre de conditions remplies parmi {all}"),
    "teer": ("the TEER of {0}", "la FÉER de {0}"),
    "rank": ("{0}", "{0}"),
}


def _function(tree: Apply, rules: Rules, language: str) -> str:
    said = [_say(part, rules, language) for part in tree.args if not _is_options(part)]
    if tree.op in _NAMED:
        return _NAMED[tree.op][language == "fr"].format(*said, all=", ".join(said))
    return f"{tree.op}({', '.join(said)})"


def _is_options(tree: Expression) -> bool:
    return isinstance(tree, Literal) and isinstance(tree.value, tuple)


def _name(key: str, rules: Rules, language: str) -> str:
    if key.startswith("on."):
        label = rules.reference_dates.get(key[3:])
        return getattr(label, language) if label else key[3:]
    fact = rules.facts.get(key)
    if fact is not None and fact.label:
        return str(getattr(fact.label, language))
    for questionnaire in rules.questionnaires.values():
        for question in questionnaire.questions():
            if question.key == key and question.label:
                return str(getattr(question.label, language))
    return key


def _literal(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return getattr(YES if value else NO, language)
    if isinstance(value, (int, Decimal)):
        return number(value, language)
    return value.isoformat() if isinstance(value, date) else str(value)


def number(value: int | Decimal, language: str) -> str:
    """Return a number as the language writes it."""
    said = f"{value:,}"
    return said if language == "en" else said.replace(",", "\u202f").replace(".", ",")


def band(low: Decimal | int | None, high: Decimal | int | None, unit: Text, *, below: bool = False) -> Text:
    """Return "21 to 44 years", "de 21 à 44 ans" and the like for a closed interval (``below``: the end is not included)."""
    return Text(_band(low, high, unit.en, "en", below), _band(low, high, unit.fr, "fr", below))


# No whole year yet, as people say it.
_UNDER_ONE = {"years": "under 1 year", "ans": "moins de 1 an"}


def amount(value: int | Decimal, unit: str, language: str) -> str:
    """Return a value with its unit: "3 years", "1 an", "$20.00 an hour"; no whole year is "under 1 year", "moins de 1 an"."""
    if value == 0 and unit in _UNDER_ONE:
        return _UNDER_ONE[unit]
    sign, unit = _sign(unit, language)
    return f"{sign}{number(value, language)} {counted(value, unit, language)}".strip()


def _sign(unit: str, language: str) -> tuple[str, str]:
    """Part the dollar sign of a unit, which English writes before the number, from the rest."""
    dollars = language == "en" and unit.startswith("$")
    return ("$", unit[1:].strip()) if dollars else ("", unit)


def counted(value: int | Decimal, unit: str, language: str) -> str:
    """Return the unit after ``value``: packs state units in the plural (years, ans, mois).

    English has the singular after 1, French up to 2, 0 among them.
    """
    plural = len(unit) > 2 and unit.endswith("s") and not unit.endswith(("is", "us", "ss"))
    one = value in (1, -1) if language == "en" else -2 < value < 2
    return unit[:-1] if plural and one else unit


def _band(low: Decimal | int | None, high: Decimal | int | None, unit: str, language: str, below: bool) -> str:
    if low is not None and low == high:
        return amount(low, unit, language)
    sign, unit = _sign(unit, language)
    only = low if high is None else high if low is None else None
    tail = f" {unit if only is None else counted(only, unit, language)}" if unit else ""
    first = f"{sign}{number(low, language)}" if low is not None else ""
    last = f"{sign}{number(high, language)}" if high is not None else ""
    if low is None and high is None:
        return _pick(language, "any value", "toute valeur")
    if low is None:
        words = (
            _pick(language, "under {0}{1}", "moins de {0}{1}")
            if below
            else _pick(language, "{0}{1} or less", "{0}{1} ou moins")
        )
        return words.format(last, tail)
    if high is None:
        return _pick(language, "{0}{1} or more", "{0}{1} ou plus").format(first, tail)
    if below:
        return _pick(language, "{0} to under {1}{2}", "de {0} à moins de {1}{2}").format(first, last, tail)
    return _pick(language, "{0} to {1}{2}", "de {0} à {1}{2}").format(first, last, tail)
