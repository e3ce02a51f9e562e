"""Filters of a draw whose value its plan gives: each comes to a condition like those that a pack writes out.

A value is a list of texts, whatever the fact: options, codes, the one number of "at least", the two days of a window. So it is
kept, signed and read back in one form (docs/npd1.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from pointsgrid.answers import vocabulary
from pointsgrid.language.tree import Apply, Expression, Literal, Name, both
from pointsgrid.language.typing import Mistyped, check
from pointsgrid.model import AskedDef, Type
from pointsgrid.rules import Rules
from pointsgrid.values import BadValue, parse_value, plain

# Days of the draw and after it that a window of days may hold.
MOST_DAYS = 3650


class NotOffered(ValueError):
    """A value that the filter does not offer; ``value`` is the part of it that is wrong, "" where it has too few or too many."""

    def __init__(self, asked: AskedDef, value: str = "") -> None:
        super().__init__(f"{asked.key} does not offer {value!r}")
        self.asked, self.value = asked, value


def condition(rules: Rules, asked: AskedDef, said: Sequence[str]) -> Expression:
    """Return what ``said`` asks of a person, with what the filter asks beside it. Raises NotOffered.

    Whether a code is one that there is (a community, an occupation outside the lists) the caller knows.
    """
    kind = rules.facts[asked.of].type
    try:
        tree, _type = check(TREES[asked.choose](asked, kind, tuple(said)), vocabulary(rules))
    except (Mistyped, BadValue) as fault:
        raise NotOffered(asked, said[0] if said else "") from fault
    found = both(asked.when, tree)
    assert found is not None
    return found


def _one_of(asked: AskedDef, kind: Type, said: tuple[str, ...]) -> Expression:
    if not said:
        raise NotOffered(asked)
    for one in said:
        if kind.options and one not in kind.options:
            raise NotOffered(asked, one)
    return Apply("in", (Name(asked.of), *map(Literal, said)))


def _occupation(asked: AskedDef, kind: Type, said: tuple[str, ...]) -> Expression:
    lists = [Apply("in list", (Name(asked.of), Literal(one))) for one in said if one in asked.lists]
    codes = tuple(one for one in said if one not in asked.lists)
    for one in codes:
        if not (one.isascii() and one.isdecimal()):
            raise NotOffered(asked, one)
    parts: list[Expression] = [*lists, *([_one_of(asked, kind, codes)] if codes or not lists else [])]
    return parts[0] if len(parts) == 1 else Apply("or", tuple(parts))


def _at_least(asked: AskedDef, kind: Type, said: tuple[str, ...]) -> Expression:
    (least,) = _exactly(1, asked, said)
    value = parse_value(asked.of, least, kind)
    if value is None or str(plain(value, kind)) != least or not _in_range(value, kind):
        raise NotOffered(asked, least)
    return Apply(">=", (Name(asked.of), Literal(value)))


def _in_range(value: Any, kind: Type) -> bool:
    low, high = (kind.low, kind.high) if kind.numeric else (None, None)
    return (low is None or value >= low) and (high is None or value <= high)


def _within_days(asked: AskedDef, _kind: Type, said: tuple[str, ...]) -> Expression:
    (days,) = _exactly(1, asked, said)
    if not (days.isascii() and days.isdecimal()) or str(int(days)) != days or int(days) > MOST_DAYS:
        raise NotOffered(asked, days)
    last = Apply("days_before", (Name("on.draw"), Literal(-int(days))))
    return Apply("and", (Apply(">=", (Name(asked.of), Name("on.draw"))), Apply("<=", (Name(asked.of), last))))


def _days(asked: AskedDef, _kind: Type, said: tuple[str, ...]) -> Expression:
    first, last = _exactly(2, asked, said)
    ends = [(sign, _day(asked, day)) for sign, day in ((">=", first), ("<=", last)) if day]
    if not ends or (first and last and last < first):
        raise NotOffered(asked, last)
    parts = tuple(Apply(sign, (Name(asked.of), Literal(day))) for sign, day in ends)
    return parts[0] if len(parts) == 1 else Apply("and", parts)


def _day(asked: AskedDef, day: str) -> date:
    try:
        found = date.fromisoformat(day)
    except ValueError as fault:
        raise NotOffered(asked, day) from fault
    if found.isoformat() != day:
        raise NotOffered(asked, day)
    return found


def _exactly(count: int, asked: AskedDef, said: tuple[str, ...]) -> tuple[str, ...]:
    if len(said) != count:
        raise NotOffered(asked)
    return said


TREES: Mapping[str, Callable[[AskedDef, Type, tuple[str, ...]], Expression]] = {
    "one_of": _one_of,  # options of a choice
    "community": _one_of,  # codes of the pack's communities
    "occupation": _occupation,  # lists of the pack, and codes
    "at_least": _at_least,  # a number, or an option of an ordered choice
    "within_days": _within_days,  # a day from that of the draw to so many days after it
    "days": _days,  # a day from the first to the last; either may be left open
}
