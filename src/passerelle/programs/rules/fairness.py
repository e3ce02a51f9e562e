"""By which facts a program compares those taken in a draw with the pool: ``fairness:`` in program.yaml (docs/packs-program.md)."""

from decimal import Decimal
from typing import Any

from passerelle.programs.rules.records import Key, Record
from passerelle.programs.rules.text import Bilingual

# Whoever's fact is blank, or in no group that is named.
NOT_STATED = "not_stated"


class Group(Record):
    """People whose fact is one of ``among``, or a number from ``at_least`` on and ``below`` another."""

    key: Key
    label: Bilingual
    among: tuple[bool | str, ...] = ()
    at_least: Decimal | None = None
    below: Decimal | None = None

    @property
    def is_band(self) -> bool:
        """Whether it is a span of numbers."""
        return self.at_least is not None or self.below is not None

    def holds(self, value: Any) -> bool:
        """Whether somebody with this value of the fact is in the group; a blank is in none."""
        if value is None:
            return False
        if not self.is_band:
            return value in self.among
        number = Decimal(str(value))
        return (self.at_least is None or number >= self.at_least) and (self.below is None or number < self.below)


class Attribute(Record):
    """One fact by which a draw is looked at, and its groups in order."""

    key: Key
    label: Bilingual
    fact: Key
    groups: tuple[Group, ...]

    def group_of(self, value: Any) -> str:
        """Return the group of somebody with this value of the fact."""
        return next((one.key for one in self.groups if one.holds(value)), NOT_STATED)
