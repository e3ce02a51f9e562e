"""Whom a draw is aimed at: the pack's named attributes as one condition over stored facts.

An attribute may be reckoned from the day of the draw, ``on.draw``: a permit that ends within so many months of it. That day is
the plan's (``held_on``), which stands from the notice or the freeze on, so that whoever works it out later gets the same.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from passerelle.programs.rules import ProgramRules
from pointsgrid.language.tree import Expression, Name
from pointsgrid.sql import Where, where


def condition(rules: ProgramRules, stream: str, filters: Mapping[str, Any], *, held_on: date) -> Where | None:
    """Return the attributes that ``filters`` (the shape is ``Draw.filters``) name, as of a draw's day; None for none.

    Raises KeyError for an attribute that is not there, and pointsgrid's NotStored.
    """
    trees = trees_of(rules, stream, filters)
    return where(rules.points, trees, any_of=filters.get("match") == "any", on=days(held_on))


def days(held_on: date) -> dict[str, date]:
    """Return the reference dates that an attribute may name, for a draw of a day."""
    return {"draw": held_on}


def trees_of(rules: ProgramRules, stream: str, filters: Mapping[str, Any]) -> list[Expression]:
    """Return the conditions that ``filters`` name: attributes of the stream's pool, or facts that are yes or no."""
    known = rules.filters(stream)
    return [known[key].condition if key in known else Name(key) for key in filters.get("attributes", ())]


def both(one: Where | None, other: Where | None) -> Where | None:
    """Return two conditions as one."""
    if one is None or other is None:
        return one or other
    return Where(f"({one.text} AND {other.text})", one.params + other.params)
