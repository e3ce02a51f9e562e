"""A pack's condition as a WHERE of PostgreSQL over a column of flat facts, so that a pool is filtered where it lies.

The third meaning of the same tree, beside one person (``language.evaluate``) and columns of people (``scoring.columns``); tests
hold them together. What a condition cannot say over stored facts (records, days reckoned from one of its own, charts) is a
fact of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pointsgrid.language.evaluate import STRICT
from pointsgrid.language.tree import Apply, Expression, Literal, Name
from pointsgrid.model import NOT_APPLICABLE
from pointsgrid.rules import Rules

# Stands for the column of facts in a compiled text.
COLUMN = "{facts}"
# What gives a day from written-out ones alone, or from a whole number written with its sign.
_RECKONED = {"years_before", "months_before", "days_before", "date", "-"}
# What a number of which less comes first is taken from.
FAR = 1_000_000_000_000_000


class NotStored(ValueError):
    """A condition that stored facts cannot answer; ``what`` names the operator, fact or list."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} cannot be asked of stored facts; make it a fact")
        self.what = what


@dataclass(frozen=True, slots=True)
class Where:
    """A condition in SQL, with its values apart: true, false, or null where it hangs on a blank."""

    text: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """An expression: its value, null where not answered or not applicable, and where it is not applicable.

    ``truth`` is the same as a condition, where that can be said with the facts named once: each time they are unpacked.
    """

    text: str
    params: tuple[Any, ...] = ()
    na: Where | None = None
    truth: Where | None = None


def where(
    rules: Rules, trees: Iterable[Expression], *, any_of: bool = False, on: Mapping[str, date] | None = None
) -> Where | None:
    """Return the conditions joined (all of them must hold, or ``any_of`` them); None where there are none.

    ``on`` gives the reference dates they name: a day reckoned from one (``months_before(on.draw, -6)``) is worked out
    beforehand, so that the text compares days as they are kept. Raises NotStored.
    """
    parts = [_part(_settled(tree, on or {}), rules) for tree in trees]
    if not parts:
        return None
    joined = (_or if any_of else _and)(*parts)
    return Where(joined.text, joined.params)


def _settled(tree: Expression, on: Mapping[str, date]) -> Expression:
    """Return the condition with its reference dates, and the days reckoned from them, written out."""
    if isinstance(tree, Name) and tree.key.startswith("on."):
        if tree.key[3:] not in on:
            raise NotStored(tree.key)
        return Literal(on[tree.key[3:]])
    if not isinstance(tree, Apply):
        return tree
    args = tuple(_settled(argument, on) for argument in tree.args)
    values = [argument.value for argument in args if isinstance(argument, Literal)]
    if tree.op in _RECKONED and len(values) == len(args):
        return Literal(STRICT[tree.op](*values))
    return Apply(tree.op, args)


def _part(tree: Expression, rules: Rules) -> _Part:
    if isinstance(tree, Literal):
        return _literal(tree.value)
    if isinstance(tree, Name):
        return _fact(tree.key, rules)
    assert isinstance(tree, Apply)
    if tree.op in ("in list", "not in list"):
        return _listed(tree, rules)
    if tree.op not in _MEANING:
        raise NotStored(tree.op)
    return _MEANING[tree.op](*(_part(argument, rules) for argument in tree.args))


def _literal(value: Any) -> _Part:
    if isinstance(value, bool):
        return _Part("TRUE" if value else "FALSE")
    if isinstance(value, date):
        return _Part("%s::text", (value.isoformat(),))
    if isinstance(value, tuple):
        return _Part("%s::text[]", (value,))
    return _Part("%s::text" if isinstance(value, str) else "%s::numeric", (value,))


def _fact(key: str, rules: Rules) -> _Part:
    fact = rules.facts.get(key)
    if fact is None or fact.type.kind in ("records", "choices"):
        raise NotStored(key)
    said = f"({COLUMN} ->> %s)"
    na = Where(f"COALESCE({said} = %s, FALSE)", (key, NOT_APPLICABLE))
    if fact.type.kind == "yes_no":
        known = "WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE"
        truth = Where(f"(CASE {said} {known} WHEN %s THEN FALSE END)", (key, NOT_APPLICABLE))
        return _Part(f"(CASE {said} {known} END)", (key,), na, truth)
    if fact.type.numeric:
        return _Part(f"(CASE WHEN {said} NOT IN ('', %s) THEN {said}::numeric END)", (key, NOT_APPLICABLE, key), na)
    # Days are kept as 2026-03-09: in this order of characters the earlier one is the lesser.
    return _Part(f"(NULLIF(NULLIF({said}, %s), '') COLLATE \"C\")", (key, NOT_APPLICABLE), na)


def _listed(tree: Apply, rules: Rules) -> _Part:
    code, name = _part(tree.args[0], rules), tree.args[1]
    assert isinstance(name, Literal)
    editions = [item for item in rules.lists if item.family == name.value]
    if len(editions) != 1 or editions[0].pending:
        raise NotStored(f"the list {name.value}")
    item = editions[0]
    test = _begins if item.prefix else _among
    found = test(code, sorted(item.codes))
    if item.exceptions:
        outside = test(code, sorted(item.exceptions))
        found = _Part(f"({found.text} AND NOT {outside.text})", found.params + outside.params)
    return _told(_Part(f"(NOT {found.text})", found.params) if tree.op == "not in list" else found, code)


def _among(code: _Part, codes: Iterable[str]) -> _Part:
    return _Part(f"({code.text} = ANY(%s::text[]))", (*code.params, tuple(codes)))


def _begins(code: _Part, prefixes: Iterable[str]) -> _Part:
    tests = [_Part(f"starts_with({code.text}, %s::text)", (*code.params, prefix)) for prefix in prefixes]
    return _or(*tests) if tests else _Part("FALSE")


def _told(found: _Part, *of: _Part) -> _Part:
    """Return a test's result: "no" wherever something it is asked of is not applicable."""
    marks = [part.na for part in of if part.na is not None]
    if not marks:
        return found
    text = " OR ".join(mark.text for mark in marks)
    params = tuple(value for mark in marks for value in mark.params)
    return _Part(f"(CASE WHEN {text} THEN FALSE ELSE {found.text} END)", params + found.params)


def _comparison(sign: str) -> Callable[[_Part, _Part], _Part]:
    def compare(left: _Part, right: _Part) -> _Part:
        return _told(_Part(f"({left.text} {sign} {right.text})", left.params + right.params), left, right)

    return compare


def _in(value: _Part, *options: _Part) -> _Part:
    listed = ", ".join(option.text for option in options)
    params = value.params + tuple(one for option in options for one in option.params)
    return _told(_Part(f"({value.text} IN ({listed}))", params), value)


def _not_in(value: _Part, *options: _Part) -> _Part:
    found = _in(_Part(value.text, value.params), *options)
    return _told(_Part(f"(NOT {found.text})", found.params), value)


def _truth(part: _Part) -> _Part:
    """Return a condition's value: "not applicable" counts as no."""
    return _Part(part.truth.text, part.truth.params) if part.truth else _told(_Part(part.text, part.params), part)


def _joined(word: str) -> Callable[..., _Part]:
    def join(*parts: _Part) -> _Part:
        told = [_truth(part) for part in parts]
        return _Part(f"({word.join(one.text for one in told)})", tuple(value for one in told for value in one.params))

    return join


_and, _or = _joined(" AND "), _joined(" OR ")


def _not(part: _Part) -> _Part:
    told = _truth(part)
    return _Part(f"(NOT {told.text})", told.params)


def _answered(part: _Part) -> _Part:
    return _Part(f"({part.text} IS NOT NULL)", part.params)


def _applicable(part: _Part) -> _Part:
    return _Part("TRUE") if part.na is None else _Part(f"(NOT {part.na.text})", part.na.params)


def _rank(part: _Part, options: _Part) -> _Part:
    # The place among the options, from 0, in the order in which the pack lists them.
    return _Part(f"(array_position({options.text}, {part.text}) - 1)", options.params + part.params, part.na)


def _starts_with(code: _Part, *prefixes: _Part) -> _Part:
    return _told(_begins(code, [str(prefix.params[0]) for prefix in prefixes]), code)


_MEANING: Mapping[str, Callable[..., _Part]] = {
    "==": _comparison("="),
    "!=": _comparison("<>"),
    "<": _comparison("<"),
    "<=": _comparison("<="),
    ">": _comparison(">"),
    ">=": _comparison(">="),
    "in": _in,
    "not in": _not_in,
    "and": _and,
    "or": _or,
    "not": _not,
    "answered": _answered,
    "applicable": _applicable,
    # A day written out: days are compared as they are kept.
    "date": lambda written: written,
    "rank": _rank,
    "starts_with": _starts_with,
}


def higher_first(rules: Rules, key: str, first: str, *, no_later_than: date | None = None) -> Where:
    """Return a fact as a whole number of which more comes first; blank or not applicable is 0, behind everybody.

    ``first`` names the end that comes first: highest or lowest, earliest or latest, yes or no. A number counts in its smallest
    unit, an ordered choice by its place, a day from a day far off. With ``no_later_than`` a day is 1 or 0: whether it comes by
    then. Raises NotStored, KeyError.
    """
    fact, part = rules.facts[key], _fact(key, rules)
    low = first in ("lowest", "earliest", "no")
    if no_later_than is not None:
        text = f"CASE WHEN {part.text} <= %s::text THEN {int(not low)} ELSE {int(low)} END"
        return Where(
            f"(CASE WHEN {part.text} IS NULL THEN 0 ELSE {text} END)", (*part.params * 2, no_later_than.isoformat())
        )
    if fact.type.kind == "yes_no":
        return Where(f"COALESCE(({part.text} = {not low})::integer, 0)", part.params)
    if fact.type.kind == "date":
        day = f"{part.text}::date"
        counted = f"DATE '2200-01-01' - {day}" if low else f"{day} - DATE '1900-01-01'"
        return _counted(counted, part.params)
    if fact.type.numeric:
        amount, params = f"({part.text} * {10**fact.type.places})::bigint", part.params
    elif fact.type.ordered:
        amount, params = f"array_position(%s::text[], {part.text})", (fact.type.options, *part.params)
    else:
        raise NotStored(f"an order of {key}")
    counted = f"{FAR} - {amount}" if low else f"{amount} + 1"
    return _counted(counted, params)


def _counted(text: str, params: tuple[Any, ...]) -> Where:
    # GREATEST passes over a null: a blank must not become the least of those who have a number.
    return Where(f"COALESCE((SELECT GREATEST(1, n) FROM (SELECT {text} AS n) AS one WHERE n IS NOT NULL), 0)", params)
