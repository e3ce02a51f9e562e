"""Whom a draw is aimed at: the plan's filters checked against the pack, and as one condition over stored facts.

A filter may be reckoned from the day of the draw, ``on.draw``: a permit that ends within so many months of it. That day is
the plan's (``held_on``), which stands from the notice or the freeze on, so that whoever works it out later gets the same.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from passerelle.core.text import human_list
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules, aim_words, aims
from pointsgrid import asking
from pointsgrid.model import AskedDef
from pointsgrid.sql import NotStored, Where, where

# How many groups one draw may have, the first among them.
MOST_GROUPS = 6


class NotAnAim(ValueError):
    """A filter does not hold together with the pack. ``field`` names what to change as the pages name it (``place``)."""

    def __init__(self, field: str, message: Any) -> None:
        super().__init__(str(message))
        self.field, self.message = field, message


def place(group: int, name: str) -> str:
    """Return what the pages call ``name`` of a group; the first is group 0 and has no prefix."""
    return f"or{group}-{name}" if group else name


def value_of(key: str) -> str:
    """Return what the pages call the value of a filter."""
    return f"value-{key}"


def condition(rules: ProgramRules, stream: str, filters: Mapping[str, Any], *, held_on: date) -> Where | None:
    """Return whom ``filters`` (the shape is ``Draw.filters``) aim at, as of a draw's day; None for everybody.

    Raises KeyError for a filter that is not there, NotOffered for a value, and pointsgrid's NotStored.
    """
    tree = aims.tree(rules, stream, filters)
    return where(rules.points, [tree] if tree else [], on=days(held_on))


def days(held_on: date) -> dict[str, date]:
    """Return the reference dates that a filter may name, for a draw of a day."""
    return {"draw": held_on}


def both(one: Where | None, other: Where | None) -> Where | None:
    """Return two conditions as one."""
    if one is None or other is None:
        return one or other
    return Where(f"({one.text} AND {other.text})", one.params + other.params)


# --- what a plan asks for ---------------------------------------------------------------------------------------------


def kept(rules: ProgramRules, stream: str, filters: Mapping[str, Any], *, held_on: date) -> dict[str, Any]:
    """Return filters as a draw keeps them: in the pack's order, what is empty left out. Raises NotAnAim."""
    said = [filters, *filters.get("or", ())]
    if len(said) > MOST_GROUPS:
        raise NotAnAim("attributes", _("A draw is aimed at %(most)s groups at most.") % {"most": MOST_GROUPS})
    groups = [_group(rules, stream, at, one) for at, one in enumerate(said)]
    for at, one in enumerate(groups):
        if not one and len(groups) > 1:
            raise NotAnAim(place(at, "attributes"), _("Choose something in each group, or take the group out."))
    first, *others = groups
    found = {**first, "or": others} if others else first
    _can_be_asked(rules, stream, found, held_on)
    return {**found, **_window(filters)}


def _group(rules: ProgramRules, stream: str, at: int, said: Mapping[str, Any]) -> dict[str, Any]:
    wanted = set(said.get("attributes", ()))
    attributes = [key for key in rules.filters(stream) if key in wanted]
    if len(attributes) != len(wanted):
        raise NotAnAim(place(at, "attributes"), _("Choose among the attributes of this stream."))
    values = _values(rules, stream, at, said.get("values", {}))
    match = "any" if said.get("match") == "any" else "every"
    found = {"attributes": attributes, "values": values, "match": match if attributes or values else ""}
    return {name: value for name, value in found.items() if value}


def _values(rules: ProgramRules, stream: str, at: int, said: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    offered = aims.asked(rules, stream)
    if unknown := said.keys() - offered.keys():
        told = {"keys": human_list(sorted(unknown))}
        raise NotAnAim(place(at, "attributes"), _("This stream has no such filter: %(keys)s. Choose again.") % told)
    found = {}
    for key in (key for key in offered if said.get(key)):
        field = place(at, value_of(key))
        try:
            asking.condition(rules.points, offered[key], said[key])
        except asking.NotOffered as fault:
            raise NotAnAim(field, _NOT_OFFERED[offered[key].choose]) from fault
        found[key] = _in_order(rules, offered[key], said[key], field)
    return found


_NOT_OFFERED = {
    "one_of": _("Choose among what is offered here."),
    "community": _("Choose among what is offered here."),
    "occupation": _("Choose among the lists, and give other occupations by their codes."),
    "at_least": _("Give one of the values offered here, or leave it blank."),
    "within_days": _("Give a number of days from 0 to 3650, or leave it blank."),
    "days": _("The window must end on or after the day it begins."),
}


def _in_order(rules: ProgramRules, asked: AskedDef, said: Sequence[str], field: str) -> list[str]:
    """Return a value as it is kept: what is chosen by name in the order of the names, then codes. Raises NotAnAim."""
    if asked.choose not in ("one_of", "community", "occupation"):
        return list(said)
    known = [value for value, _name in aim_words.options(rules, asked)]
    others = sorted(set(said) - set(known))
    if others and asked.choose == "occupation":
        if unknown := programs.not_occupations(others):
            told = {"codes": human_list(unknown[:5])}
            raise NotAnAim(
                f"{field}-codes", _("Not in the 2021 classification: %(codes)s. Correct them, or take them out.") % told
            )
    elif others:
        raise NotAnAim(field, _NOT_OFFERED[asked.choose])
    return [*(one for one in known if one in said), *others]


def _can_be_asked(rules: ProgramRules, stream: str, filters: Mapping[str, Any], held_on: date) -> None:
    try:
        condition(rules, stream, filters, held_on=held_on)
    except NotStored as fault:
        said = _("The pack describes an attribute in a way that a pool cannot be asked.")
        raise NotAnAim("attributes", said) from fault


def _window(filters: Mapping[str, Any]) -> dict[str, str]:
    first, last = filters.get("first_from"), filters.get("first_through")
    if first and last and last < first:
        raise NotAnAim("first_through", _("The window must end on or after the day it begins."))
    window = {"first_from": first, "first_through": last}
    return {name: day.isoformat() if isinstance(day, date) else day for name, day in window.items() if day}
