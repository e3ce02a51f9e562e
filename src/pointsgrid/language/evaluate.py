"""The meaning of every operator for one person.

Three states are kept apart. ``None``: not answered, so a result that depends on it is unknown too. ``NOT_APPLICABLE``: has no
meaning for this person, so a comparison with it is "no", and ``lowest``, ``highest`` and ``first_known`` pass over it.
Anything else is a value; zero is a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Protocol

from pointsgrid.calendar import completed_months, completed_years, moved
from pointsgrid.language.tree import Apply, Expression, Literal, Name
from pointsgrid.model import NOT_APPLICABLE


class Scope(Protocol):
    """Where names get their values and lists their members."""

    def value(self, key: str) -> Any: ...

    def member(self, code: Any, name: str) -> bool | None: ...


def evaluate(tree: Expression, scope: Scope) -> Any:
    """Return the value of ``tree``, None when something it depends on is not answered."""
    if isinstance(tree, Literal):
        return _exact(tree.value)
    if isinstance(tree, Name):
        return _exact(scope.value(tree.key))
    assert isinstance(tree, Apply)
    lazy = _LAZY.get(tree.op)
    if lazy is not None:
        return lazy(tree.args, scope)
    return STRICT[tree.op](*(evaluate(argument, scope) for argument in tree.args))


def _exact(value: Any) -> Any:
    return Fraction(value) if isinstance(value, Decimal) else value


def _blank(*values: Any) -> Any:
    """Return NOT_APPLICABLE or None when one of ``values`` is, in that order of strength, else False."""
    if any(_not_applicable(value) for value in values):
        return NOT_APPLICABLE
    return None if any(value is None for value in values) else False


def _not_applicable(value: Any) -> bool:
    return isinstance(value, str) and value == NOT_APPLICABLE


def _comparison(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    def compare(left: Any, right: Any) -> bool | None:
        blank = _blank(left, right)
        if blank is NOT_APPLICABLE:
            return False
        return None if blank is None else test(left, right)

    return compare


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*values: Any) -> Any:
        blank = _blank(*values)
        return function(*values) if blank is False else blank

    return apply


def _pick(choose: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*values: Any) -> Any:
        present = [value for value in values if not _not_applicable(value)]
        if not present:
            return NOT_APPLICABLE
        return None if any(value is None for value in present) else choose(present)

    return apply


def _ranked(choose: Callable[..., Any]) -> Callable[..., Any]:
    """The options themselves come as the last argument; the choice that ranks lowest or highest is returned."""

    def apply(*values: Any) -> Any:
        options = values[-1]
        return _pick(lambda present: choose(present, key=options.index))(*values[:-1])

    return apply


def truth(value: Any) -> bool | None:
    """Return a condition's value: "not applicable" counts as no."""
    return False if _not_applicable(value) else value


def _and(arguments: tuple[Expression, ...], scope: Scope) -> bool | None:
    unknown = False
    for argument in arguments:
        value = truth(evaluate(argument, scope))
        if value is False:
            return False
        unknown = unknown or value is None
    return None if unknown else True


def _or(arguments: tuple[Expression, ...], scope: Scope) -> bool | None:
    unknown = False
    for argument in arguments:
        value = truth(evaluate(argument, scope))
        if value is True:
            return True
        unknown = unknown or value is None
    return None if unknown else False


def _not(arguments: tuple[Expression, ...], scope: Scope) -> bool | None:
    value = truth(evaluate(arguments[0], scope))
    return None if value is None else not value


def _if(arguments: tuple[Expression, ...], scope: Scope) -> Any:
    test = truth(evaluate(arguments[0], scope))
    return None if test is None else evaluate(arguments[1] if test else arguments[2], scope)


def _first_known(arguments: tuple[Expression, ...], scope: Scope) -> Any:
    blank: Any = NOT_APPLICABLE
    for argument in arguments:
        value = evaluate(argument, scope)
        if value is None:
            blank = None
        elif not _not_applicable(value):
            return value
    return blank


def _count_true(arguments: tuple[Expression, ...], scope: Scope) -> int | None:
    values = [truth(evaluate(argument, scope)) for argument in arguments]
    return None if any(value is None for value in values) else sum(map(bool, values))


def _in_list(arguments: tuple[Expression, ...], scope: Scope) -> bool | None:
    code = evaluate(arguments[0], scope)
    if _not_applicable(code):
        return False
    name = arguments[1]
    assert isinstance(name, Literal)
    return None if code is None else scope.member(code, str(name.value))


def _not_in_list(arguments: tuple[Expression, ...], scope: Scope) -> bool | None:
    if _not_applicable(evaluate(arguments[0], scope)):
        return False
    found = _in_list(arguments, scope)
    return None if found is None else not found


def _in(value: Any, *options: Any) -> bool | None:
    if _not_applicable(value):
        return False
    return None if value is None else value in options


def _not_in(value: Any, *options: Any) -> bool | None:
    return False if _not_applicable(value) else None if value is None else value not in options


def _divide(left: Any, right: Any) -> Any:
    return None if right == 0 else Fraction(left) / Fraction(right)


def _round_down(value: Any, places: int) -> Any:
    return Fraction(floor(value * 10**places), 10**places)


def _round_half_up(value: Any, places: int) -> Any:
    return Fraction(floor(value * 10**places + Fraction(1, 2)), 10**places)


def _digit(code: str, position: int) -> int | None:
    """Return a digit of a code; a code too short for it, or with a letter there, says nothing."""
    found = code[position - 1 : position]
    return int(found) if found.isdigit() else None


_LAZY: Mapping[str, Callable[[tuple[Expression, ...], Scope], Any]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "if": _if,
    "first_known": _first_known,
    "count_true": _count_true,
    "in list": _in_list,
    "not in list": _not_in_list,
}

STRICT: Mapping[str, Callable[..., Any]] = {
    "==": _comparison(eq),
    "!=": _comparison(ne),
    "<": _comparison(lt),
    "<=": _comparison(le),
    ">": _comparison(gt),
    ">=": _comparison(ge),
    "in": _in,
    "not in": _not_in,
    "answered": lambda value: value is not None and not _not_applicable(value),
    "applicable": lambda value: not _not_applicable(value),
    "contains": lambda values, option: truth(_plain(lambda v, o: o in v)(values, option)),
    "rank": _plain(lambda value, options: options.index(value)),
    "+": _plain(lambda a, b: a + b),
    "-": _plain(lambda a, b: a - b),
    "*": _plain(lambda a, b: a * b),
    "/": _plain(_divide),
    "floor": _plain(lambda value: floor(value)),
    "percent": _plain(lambda part, whole: None if whole == 0 else floor(Fraction(part) * 100 / Fraction(whole))),
    "round_down": _plain(_round_down),
    "round_half_up": _plain(_round_half_up),
    "lowest option": _ranked(min),
    "highest option": _ranked(max),
    "lowest": _pick(min),
    "highest": _pick(max),
    "completed_years": _plain(completed_years),
    "completed_months": _plain(completed_months),
    "days_between": _plain(lambda start, end: max(0, (end - start).days)),
    "year": _plain(lambda day: day.year),
    "date": _plain(date.fromisoformat),
    "years_before": _plain(lambda day, amount: moved(day, -amount, "years")),
    "months_before": _plain(lambda day, amount: moved(day, -amount, "months")),
    "days_before": _plain(lambda day, amount: moved(day, -amount, "days")),
    "teer": _plain(lambda code: _digit(code, 2)),
    "digit": _plain(lambda code, position: _digit(code, position)),
    "starts_with": lambda code, *prefixes: truth(_plain(lambda c, *p: c.startswith(tuple(p)))(code, *prefixes)),
}

FUNCTIONS = (set(STRICT) | set(_LAZY)) - {
    "and",
    "or",
    "not",
    "in",
    "not in",
    "in list",
    "not in list",
    "answered",
    "applicable",
}
FUNCTIONS -= {"lowest option", "highest option", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "rank"}
