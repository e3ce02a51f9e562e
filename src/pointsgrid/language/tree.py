"""The tree of an expression: literals, names and applications of an operator. Nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction


class Expression:
    """Base of the three kinds of node."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    value: bool | int | Decimal | Fraction | str | date | None


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """A fact, an answer, a field of the record at hand, or a reference date (``on.submission``)."""

    key: str


@dataclass(frozen=True, slots=True)
class Apply(Expression):
    """An operator or function with its arguments; the meaning of each is one entry in ``operators``."""

    op: str
    args: tuple[Expression, ...]


YES, NO = Literal(True), Literal(False)


def names(tree: Expression | None) -> Iterator[str]:
    """Yield every name used, in order of appearance, repeats included."""
    if isinstance(tree, Name):
        yield tree.key
    elif isinstance(tree, Apply):
        for argument in tree.args:
            yield from names(argument)


def clauses(tree: Expression) -> tuple[Expression, ...]:
    """Return the parts of an outermost "and", or the tree alone."""
    if isinstance(tree, Apply) and tree.op == "and":
        return tuple(part for argument in tree.args for part in clauses(argument))
    return (tree,)


def both(*trees: Expression | None) -> Expression | None:
    """Return the conjunction of those given."""
    present = tuple(tree for tree in trees if tree is not None)
    if len(present) < 2:
        return present[0] if present else None
    return Apply("and", present)
