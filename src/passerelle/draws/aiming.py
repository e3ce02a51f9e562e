"""Whom a draw is aimed at: the pack's named attributes as one condition over stored facts."""

from collections.abc import Mapping
from typing import Any

from passerelle.programs.rules import ProgramRules
from pointsgrid.sql import Where, where


def condition(rules: ProgramRules, stream: str, filters: Mapping[str, Any]) -> Where | None:
    """Return the attributes that ``filters`` (the shape is ``Draw.filters``) name; None where they name none.

    Raises KeyError for an attribute that is not there, and pointsgrid's NotStored.
    """
    known = rules.filters(stream)
    trees = [known[key].condition for key in filters.get("attributes", ())]
    return where(rules.points, trees, any_of=filters.get("match") == "any")
