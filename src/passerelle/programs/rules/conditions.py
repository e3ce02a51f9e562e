"""Conditions over answers and facts: the few words a pack uses to say when something applies.

``{job_community: riverton}`` equals; ``{noc_teer: [4, 5]}`` one of; ``{hours: {at_least: 30}}`` compares;
``{uci: {answered: true}}``; joined by ``all``, ``any`` and ``not``. Several keys in one mapping must all hold.
The browser evaluates the same JSON (``static/programs/conditions.js``).
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

Condition = Mapping[str, Any]
COMPARISONS = ("at_least", "at_most", "more_than", "less_than")
WORDS = frozenset({*COMPARISONS, "answered", "is", "in", "is_not"})


def holds(condition: Condition | None, values: Mapping[str, Any]) -> bool:
    """Say whether ``condition`` holds for ``values``; no condition always holds, a blank value never matches."""
    return all(_part(key, wanted, values) for key, wanted in (condition or {}).items())


def _part(key: str, wanted: Any, values: Mapping[str, Any]) -> bool:
    if key == "all":
        return all(holds(one, values) for one in wanted)
    if key == "any":
        return any(holds(one, values) for one in wanted)
    if key == "not":
        return not holds(wanted, values)
    return _matches(values.get(key), wanted)


def _matches(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return all(_compares(value, word, limit) for word, limit in wanted.items())
    if isinstance(wanted, list | tuple):
        return not is_blank(value) and any(_same(value, one) for one in wanted)
    return not is_blank(value) and _same(value, wanted)


def _compares(value: Any, word: str, limit: Any) -> bool:
    if word == "answered":
        return is_blank(value) is not bool(limit)
    if word == "is_not":
        return not is_blank(value) and not _same(value, limit)
    if word in ("is", "in"):
        return _matches(value, limit)
    if is_blank(value):
        return False
    left, right = _ordered(value), _ordered(limit)
    if type(left) is not type(right):
        return False
    verdicts = {
        "at_least": left >= right,
        "at_most": left <= right,
        "more_than": left > right,
        "less_than": left < right,
    }
    return bool(verdicts[word])


def _ordered(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value)


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_same(one, wanted) for one in value)
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return str(value) == str(wanted)


def settled(condition: Condition | None, values: Mapping[str, Any]) -> bool | None:
    """Say whether ``condition`` holds as far as ``values`` tell: None where that hangs on what is blank.

    ``holds`` takes a blank for a value that matches nothing; here a blank says nothing, unless it is asked for.
    """
    return _every(_settled(key, wanted, values) for key, wanted in (condition or {}).items())


def _settled(key: str, wanted: Any, values: Mapping[str, Any]) -> bool | None:
    if key == "all":
        return _every(settled(one, values) for one in wanted)
    if key == "any":
        return _turned(_every(_turned(settled(one, values)) for one in wanted))
    if key == "not":
        return _turned(settled(wanted, values))
    asks_for_a_blank = isinstance(wanted, Mapping) and "answered" in wanted
    return None if is_blank(values.get(key)) and not asks_for_a_blank else _matches(values.get(key), wanted)


def _every(found: Iterable[bool | None]) -> bool | None:
    given = set(found)
    if False in given:
        return False
    return None if None in given else True


def _turned(found: bool | None) -> bool | None:
    return None if found is None else not found


def is_blank(value: Any) -> bool:
    """Say whether nothing was answered: zero and no are answers."""
    return value is None or value == "" or value == [] or value == {}


def keys(condition: Condition | None) -> Iterator[str]:
    """Yield the answer and fact keys a condition reads."""
    for key, wanted in (condition or {}).items():
        if key in ("all", "any"):
            for one in wanted:
                yield from keys(one)
        elif key == "not":
            yield from keys(wanted)
        else:
            yield key


def faults(condition: Any) -> Iterator[str]:
    """Yield what is wrong with the shape of a condition, in words."""
    if condition is None:
        return
    if not isinstance(condition, Mapping):
        yield "a condition is a mapping such as {question: value}"
        return
    for key, wanted in condition.items():
        if key in ("all", "any"):
            if not isinstance(wanted, list | tuple):
                yield f"{key} takes a list of conditions"
                continue
            for one in wanted:
                yield from faults(one)
        elif key == "not":
            yield from faults(wanted)
        elif isinstance(wanted, Mapping) and (unknown := set(wanted) - WORDS):
            yield f"unknown word {', '.join(sorted(map(str, unknown)))}; use one of {', '.join(sorted(WORDS))}"
