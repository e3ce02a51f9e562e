"""Whom a draw is aimed at, as its plan keeps it: groups of filters, of which one is enough.

A group is attributes (conditions that the pack writes out) and values (filters of which the pack says what may be chosen), all of
them or any of them. The first group stands at the top of the plan's ``filters`` itself, further ones under ``or``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from passerelle.programs.rules.program import ProgramRules
from pointsgrid import asking
from pointsgrid.language.tree import Apply, Expression, Name
from pointsgrid.model import AskedDef


@dataclass(frozen=True)
class Group:
    """Filters joined by ``match`` (every or any): keys of attributes, and of filters with a value each."""

    attributes: Sequence[str] = ()
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    match: str = "every"

    def __bool__(self) -> bool:
        return bool(self.attributes or self.values)


def groups(filters: Mapping[str, Any]) -> list[Group]:
    """Return the groups that ``filters`` (the shape is ``Draw.filters``) name; those with nothing in them are none."""
    said = [filters, *filters.get("or", ())]
    found = [Group(one.get("attributes", ()), one.get("values", {}), one.get("match") or "every") for one in said]
    return [one for one in found if one]


def asked(rules: ProgramRules, stream: str) -> Mapping[str, AskedDef]:
    """Return the filters of a stream's pool whose value the plan of a draw gives, by key."""
    found: Mapping[str, AskedDef] = rules.points.grids[rules.stream(stream).grid].pool.asked
    return found


def tree(rules: ProgramRules, stream: str, filters: Mapping[str, Any]) -> Expression | None:
    """Return what ``filters`` ask of a person as one condition; None where they aim at everybody.

    Raises KeyError for a filter that is not there, NotOffered for a value.
    """
    return _joined("or", [_of_group(rules, stream, one) for one in groups(filters)])


def _of_group(rules: ProgramRules, stream: str, group: Group) -> Expression:
    known, offered = rules.filters(stream), asked(rules, stream)
    # An attribute that is no filter is a fact that is yes or no.
    parts = [known[key].condition if key in known else Name(key) for key in group.attributes]
    parts += [asking.condition(rules.points, offered[key], said) for key, said in group.values.items()]
    found = _joined("or" if group.match == "any" else "and", parts)
    assert found is not None
    return found


def _joined(op: str, parts: list[Expression]) -> Expression | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else Apply(op, tuple(parts))
