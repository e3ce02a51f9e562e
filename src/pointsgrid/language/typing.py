"""The type of every expression, checked once when a pack is loaded.

Checking also rewrites comparisons of choices into comparisons of their rank (position among the options), so that one person
and a column of codes are compared alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from pointsgrid.language.evaluate import FUNCTIONS
from pointsgrid.language.tree import Apply, Expression, Literal, Name
from pointsgrid.model import DATE, INTEGER, TEXT, YES_NO, Type
from pointsgrid.problems import did_you_mean


class Mistyped(Exception):
    """An expression that makes no sense; ``problem`` and ``remedy`` are for the author of the pack."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


class Names(Protocol):
    """What an expression may speak of."""

    def type_of(self, key: str) -> Type | None: ...

    def known(self) -> set[str]: ...

    def lists(self) -> set[str]: ...


def check(tree: Expression, names: Names) -> tuple[Expression, Type]:
    """Return the tree with choices as ranks, and its type. Raises Mistyped."""
    if isinstance(tree, Literal):
        return tree, _literal(tree.value)
    if isinstance(tree, Name):
        return tree, _name(tree.key, names)
    assert isinstance(tree, Apply)
    if tree.op not in _RULES:
        raise Mistyped(f"There is no function {tree.op}().", did_you_mean(tree.op, FUNCTIONS))
    if tree.op in ("in list", "not in list"):
        _known_list(tree, names)
        return tree, YES_NO
    checked = [check(argument, names) for argument in tree.args]
    return _RULES[tree.op](tree.op, [c[0] for c in checked], [c[1] for c in checked])


def _literal(value: Any) -> Type:
    if isinstance(value, bool):
        return YES_NO
    if isinstance(value, int):
        return Type("integer", low=value, high=value)
    if isinstance(value, Decimal):
        return Type("decimal", places=-int(value.as_tuple().exponent), low=value, high=value)
    return DATE if isinstance(value, date) else TEXT


def _name(key: str, names: Names) -> Type:
    found = names.type_of(key)
    if found is None:
        if key.startswith("points."):
            raise Mistyped("An expression cannot look at points.", "Write the condition on the facts that give them.")
        remedy = did_you_mean(
            key,
            names.known(),
            otherwise="Declare it under facts: in facts.yaml, or put quotes around it if it is a choice.",
        )
        raise Mistyped(f"There is no fact or answer {key}.", remedy)
    return found


def _known_list(tree: Apply, names: Names) -> None:
    kind = check(tree.args[0], names)[1].kind
    if kind not in ("code", "text", "choice"):
        raise Mistyped(f"Only a code can be looked for in a list; this is a {kind}.")
    name = tree.args[1]
    if isinstance(name, Literal) and name.value not in names.lists():
        raise Mistyped(
            f"There is no list {name.value!r}.",
            did_you_mean(str(name.value), names.lists(), otherwise="Declare it under lists:."),
        )


Checked = tuple[Expression, Type]
Rule = Callable[[str, list[Expression], list[Type]], Checked]


def _rank(tree: Expression, options: tuple[str, ...]) -> Expression:
    if isinstance(tree, Literal):
        return Literal(_rank_of(tree.value, options))
    return Apply("rank", (tree, Literal(options)))  # type: ignore[arg-type]


def _rank_of(value: Any, options: tuple[str, ...]) -> int:
    if value not in options:
        remedy = did_you_mean(str(value), options, otherwise=f"The options are {', '.join(options)}.")
        raise Mistyped(f"{value!r} is not one of the options.", remedy)
    return options.index(value)


def _comparison(op: str, args: list[Expression], types: list[Type]) -> Checked:
    _count(op, args, 2, 2)
    left, right = types
    choice = left if left.kind == "choice" else right if right.kind == "choice" else None
    if choice is not None:
        other = right if choice is left else left
        if other.kind not in ("choice", "text") or (other.kind == "choice" and other.options != choice.options):
            raise Mistyped(f"A choice is compared with a {other}.", "Compare it with one of its options in quotes.")
        if op not in ("==", "!=") and not choice.ordered:
            raise Mistyped(
                "This choice has no order, so < and > mean nothing.",
                "Add `ordered: true` to the fact, options from lowest to highest.",
            )
        return Apply(op, tuple(_rank(arg, choice.options) for arg in args)), YES_NO
    if left.numeric and right.numeric:
        return Apply(op, tuple(args)), YES_NO
    texts = {"text", "code"}
    if left.kind == right.kind or (left.kind in texts and right.kind in texts):
        if left.kind in ("records", "choices"):
            raise Mistyped(f"A {left} cannot be compared.")
        if left.kind in (*texts, "yes_no") and op not in ("==", "!="):
            raise Mistyped(f"{op} means nothing for a {left}.", "Use == or !=.")
        return Apply(op, tuple(args)), YES_NO
    hint = "Put codes in quotes: '63200'." if "code" in (left.kind, right.kind) else ""
    raise Mistyped(f"A {left} is compared with a {right}.", hint)


def _membership(op: str, args: list[Expression], types: list[Type]) -> Checked:
    first = types[0]
    if len(args) < 2:
        raise Mistyped(f"The list after {op} is empty.")
    if first.kind == "choice":
        return Apply(op, tuple(_rank(arg, first.options) for arg in args)), YES_NO
    for other in types[1:]:
        if (
            other.kind != first.kind
            and not (other.numeric and first.numeric)
            and {other.kind, first.kind} != {"text", "code"}
        ):
            hint = "Put codes in quotes: ['63200']." if first.kind == "code" else ""
            raise Mistyped(f"A {first} cannot be one of a list with a {other}.", hint)
    return Apply(op, tuple(args)), YES_NO


def _logic(op: str, args: list[Expression], types: list[Type]) -> Checked:
    for arg, kind in zip(args, types, strict=True):
        if kind.kind != "yes_no":
            shown = f"{arg.key} " if isinstance(arg, Name) else ""
            raise Mistyped(
                f"{shown}is a {kind}, and {op!r} joins conditions.", "Compare it with something, as in `age >= 18`."
            )
    return Apply(op, tuple(args)), INTEGER if op == "count_true" else YES_NO


def _arithmetic(op: str, args: list[Expression], types: list[Type]) -> Checked:
    _count(op, args, 2, 2)
    _numbers(op, types)
    if op == "/":
        return Apply(op, tuple(args)), Type("ratio")
    places = sum(t.places for t in types) if op == "*" else max(t.places for t in types)
    return Apply(op, tuple(args)), Type("decimal", places=places) if places else INTEGER


def _numbers(op: str, types: list[Type], *, ratio: bool = False) -> None:
    for kind in types:
        if not kind.numeric and not (ratio and kind.kind == "ratio"):
            remedy = (
                "Wrap the division: floor(a / b), round_down(a / b, 2) or percent(a, b)."
                if kind.kind == "ratio"
                else ""
            )
            raise Mistyped(f"{op} needs numbers, and this is a {kind}.", remedy)


def _floor(op: str, args: list[Expression], types: list[Type]) -> Checked:
    _count(op, args, 1, 1)
    _numbers(op, types, ratio=True)
    return Apply(op, tuple(args)), INTEGER


def _round(op: str, args: list[Expression], types: list[Type]) -> Checked:
    _count(op, args, 2, 2)
    _numbers(op, types[:1], ratio=True)
    places = args[1]
    if not isinstance(places, Literal) or not isinstance(places.value, int):
        raise Mistyped(f"{op}() needs a fixed number of places.", f"Write {op}(x, 2).")
    return Apply(op, tuple(args)), Type("decimal", places=places.value) if places.value else INTEGER


def _percent(op: str, args: list[Expression], types: list[Type]) -> Checked:
    _count(op, args, 2, 2)
    _numbers(op, types)
    return Apply(op, tuple(args)), INTEGER


def _same(op: str, args: list[Expression], types: list[Type]) -> Checked:
    """lowest, highest, first_known, and the two branches of if."""
    _count(op, args, 1, 99)
    choice = next((t for t in types if t.kind == "choice"), None)
    if all(t.numeric for t in types):
        places = max(t.places for t in types)
        return Apply(op, tuple(args)), Type("decimal", places=places) if places else INTEGER
    if choice is not None:
        for arg, kind in zip(args, types, strict=True):
            if isinstance(arg, Literal):
                _rank_of(arg.value, choice.options)
            elif kind.options != choice.options:
                raise Mistyped(f"{op}() is given different choices.", "Give it facts with the same options.")
        if op in ("lowest", "highest"):
            return Apply(f"{op} option", (*args, Literal(choice.options))), choice  # type: ignore[arg-type]
        return Apply(op, tuple(args)), choice
    if len({t.kind for t in types}) > 1 and {t.kind for t in types} != {"text", "code"}:
        raise Mistyped(f"{op}() is given a {types[0]} and a {types[1]}.", "All its values must be of one kind.")
    if types[0].kind == "ratio" or (op in ("lowest", "highest") and types[0].kind not in ("date",)):
        raise Mistyped(f"{op}() cannot take a {types[0]}.")
    return Apply(op, tuple(args)), types[0]


def _if(op: str, args: list[Expression], types: list[Type]) -> Checked:
    _count(op, args, 3, 3)
    _logic("if", args[:1], types[:1])
    _, kind = _same(op, args[1:], types[1:])
    return Apply(op, tuple(args)), kind


def _state(op: str, args: list[Expression], types: list[Type]) -> Checked:
    _count(op, args, 1, 1)
    return Apply(op, tuple(args)), YES_NO


def _of(wanted: tuple[str, ...], given: Type, op: str) -> None:
    if given.kind not in wanted:
        raise Mistyped(f"{op}() needs a {' or '.join(wanted)}, and this is a {given}.")


def _signature(result: Type, *wanted: tuple[str, ...], more: bool = False) -> Rule:
    def rule(op: str, args: list[Expression], types: list[Type]) -> Checked:
        _count(op, args, len(wanted), 99 if more else len(wanted))
        for position, kind in enumerate(types):
            _of(wanted[min(position, len(wanted) - 1)], kind, op)
        return Apply(op, tuple(args)), result

    return rule


def _count(op: str, args: list[Expression], least: int, most: int) -> None:
    if not least <= len(args) <= most:
        wanted = str(least) if least == most else f"{least} or more"
        raise Mistyped(f"{op} takes {wanted} values and is given {len(args)}.")


def _contains(op: str, args: list[Expression], types: list[Type]) -> Checked:
    _count(op, args, 2, 2)
    _of(("choices",), types[0], op)
    if isinstance(args[1], Literal):
        _rank_of(args[1].value, types[0].options)
    return Apply(op, tuple(args)), YES_NO


def _fixed_date(op: str, args: list[Expression], types: list[Type]) -> Checked:
    _count(op, args, 1, 1)
    try:
        date.fromisoformat(str(args[0].value) if isinstance(args[0], Literal) else "")
    except ValueError:
        raise Mistyped("date() needs a day in quotes.", "Write date('2025-03-25').") from None
    return Apply(op, tuple(args)), DATE


_DATE_ARG, _INT, _CODE = ("date",), ("integer",), ("code", "text", "choice")

_RULES: Mapping[str, Rule] = {
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), _comparison),
    **dict.fromkeys(("in", "not in"), _membership),
    **dict.fromkeys(("in list", "not in list"), _state),
    **dict.fromkeys(("and", "or", "not", "count_true"), _logic),
    **dict.fromkeys(("+", "-", "*", "/"), _arithmetic),
    **dict.fromkeys(("lowest", "highest", "first_known"), _same),
    **dict.fromkeys(("answered", "applicable"), _state),
    "if": _if,
    "floor": _floor,
    "round_down": _round,
    "round_half_up": _round,
    "percent": _percent,
    "contains": _contains,
    "completed_years": _signature(INTEGER, _DATE_ARG, _DATE_ARG),
    "completed_months": _signature(INTEGER, _DATE_ARG, _DATE_ARG),
    "days_between": _signature(INTEGER, _DATE_ARG, _DATE_ARG),
    "year": _signature(INTEGER, _DATE_ARG),
    "date": _fixed_date,
    "years_before": _signature(DATE, _DATE_ARG, _INT),
    "months_before": _signature(DATE, _DATE_ARG, _INT),
    "days_before": _signature(DATE, _DATE_ARG, _INT),
    "teer": _signature(Type("integer", low=0, high=9), _CODE),
    "digit": _signature(Type("integer", low=0, high=9), _CODE, _INT),
    "starts_with": _signature(YES_NO, _CODE, ("text",), more=True),
}
