"""The names that the expressions of a pack may use, and how text in a file becomes a checked tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pointsgrid.language.parser import Unreadable, parse_expression
from pointsgrid.language.tree import YES, Apply, Expression, Literal, Name
from pointsgrid.language.typing import Mistyped, check
from pointsgrid.loading.reader import Reader
from pointsgrid.model import DATE, Type
from pointsgrid.problems import did_you_mean


@dataclass(slots=True)
class Vocabulary:
    """Facts before answers of the same name; fields of the record at hand before both."""

    facts: dict[str, Type] = field(default_factory=dict)
    answers: dict[str, Type] = field(default_factory=dict)
    dates: set[str] = field(default_factory=set)
    list_names: set[str] = field(default_factory=set)
    fields: Mapping[str, Type] = field(default_factory=dict)

    def type_of(self, key: str) -> Type | None:
        if key.startswith("on."):
            return DATE if key[3:] in self.dates else None
        return self.fields.get(key) or self.facts.get(key) or self.answers.get(key)

    def known(self) -> set[str]:
        return {*self.facts, *self.answers, *self.fields, *(f"on.{name}" for name in self.dates)}

    def lists(self) -> set[str]:
        return self.list_names

    def inside(self, fields: Mapping[str, Type]) -> Vocabulary:
        return Vocabulary(self.facts, self.answers, self.dates, self.list_names, fields)

    def answers_only(self, fields: Mapping[str, Type] | None = None) -> Vocabulary:
        return Vocabulary({}, self.answers, set(), self.list_names, fields or {})


def expression(
    reader: Reader, names: Vocabulary, *keys: str | int, value: Any = None
) -> tuple[Expression, Type] | None:
    """Return the checked tree of the text at ``keys``; report and return None when it cannot be used."""
    try:
        return check(parsed(value), names)
    except (Unreadable, Mistyped) as error:
        reader.report(error.problem.rstrip(".") + ".", error.remedy, *keys)
        return None


def checked(reader: Reader, names: Vocabulary, tree: Expression, *keys: str | int) -> tuple[Expression, Type] | None:
    """Return a tree made by a loader with its type; report and return None when it makes no sense."""
    try:
        return check(tree, names)
    except Mistyped as error:
        reader.report(error.problem.rstrip(".") + ".", error.remedy, *keys)
        return None


def parsed(value: Any) -> Expression:
    if isinstance(value, str):
        return parse_expression(value)
    if isinstance(value, (dict, list)) or value is None:
        raise Unreadable("A text with an expression is expected here", "Write it between quotes.", 0)
    return Literal(value)


def condition(reader: Reader, names: Vocabulary, *keys: str | int, value: Any) -> Expression | None:
    """Return the tree of a condition written as text or as a mapping; it must be yes or no."""
    try:
        tree, kind = check(condition_tree(value, names), names)
        if kind.kind != "yes_no":
            raise Mistyped(
                f"A condition is expected here, and this is a {kind}", "Compare it with something, as in `age >= 18`."
            )
        return tree
    except (Unreadable, Mistyped) as error:
        reader.report(error.problem.rstrip(".") + ".", error.remedy, *keys)
        return None


_MATCHES = {
    "at_least": ">=",
    "at_most": "<=",
    "more_than": ">",
    "less_than": "<",
    "below": "<",
    "is": "==",
    "is_not": "!=",
}


def condition_tree(value: Any, names: Vocabulary) -> Expression:
    """Return the unchecked tree of a condition. Raises Unreadable.

    ``"age >= 18"`` or ``{age: {at_least: 18}}``; mappings join with ``all``, ``any``, ``not``; several keys must all hold.
    """
    if isinstance(value, bool):
        return Literal(value)
    if isinstance(value, str):
        return parse_expression(value)
    if isinstance(value, list):
        return _joined("and", [condition_tree(item, names) for item in value])
    if not isinstance(value, dict):
        raise Unreadable(
            f"{value!r} is not a condition", "Write a text such as `age >= 18`, or a mapping {age: {at_least: 18}}.", 0
        )
    parts = []
    for key, inner in value.items():
        if key in ("all", "any"):
            if not isinstance(inner, list):
                raise Unreadable(f"{key} needs a list of conditions", "Begin each with a dash.", 0)
            parts.append(_joined("and" if key == "all" else "or", [condition_tree(item, names) for item in inner]))
        elif key == "not":
            parts.append(Apply("not", (condition_tree(inner, names),)))
        elif key == "when":
            parts.append(condition_tree(inner, names))
        else:
            parts.append(_match(str(key), inner, names))
    return _joined("and", parts)


def _joined(op: str, parts: list[Expression]) -> Expression:
    if not parts:
        return YES if op == "and" else Literal(False)
    return parts[0] if len(parts) == 1 else Apply(op, tuple(parts))


def _match(key: str, wanted: Any, names: Vocabulary) -> Expression:
    left = Name(key)
    if isinstance(wanted, list):
        return Apply("in", (left, *(_fixed(key, item, names) for item in wanted)))
    if not isinstance(wanted, dict):
        return Apply("==", (left, _fixed(key, wanted, names)))
    parts: list[Expression] = []
    for word, value in wanted.items():
        if word in _MATCHES:
            parts.append(Apply(_MATCHES[word], (left, _fixed(key, value, names))))
        elif word == "in":
            parts.append(Apply("in", (left, *(_fixed(key, item, names) for item in value))))
        elif word == "in_list":
            parts.append(Apply("in list", (left, Literal(str(value)))))
        elif word == "answered":
            tree = Apply("answered", (left,))
            parts.append(tree if value in (True, "yes") else Apply("not", (tree,)))
        else:
            raise Unreadable(
                f"{word} is not known in a condition",
                did_you_mean(str(word), [*_MATCHES, "in", "in_list", "answered"]),
                0,
            )
    return _joined("and", parts)


def _fixed(key: str, value: Any, names: Vocabulary) -> Expression:
    kind = names.type_of(key)
    if kind is not None and kind.kind == "yes_no" and value in ("yes", "no"):
        return Literal(value == "yes")
    return Literal(value)
