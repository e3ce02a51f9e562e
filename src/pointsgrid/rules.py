"""Load the YAML of a pack into immutable, checked rules.

``load`` takes texts by relative path: ``facts.yaml``, ``facts/*.yaml``, ``conditions/*.yaml``, ``lists/*.yaml``, ``charts/*.yaml``,
``tables/*.yaml`` (with ``*.csv`` beside them), ``factors/*.yaml``, ``grids/*.yaml``, ``questionnaires/*.yaml`` and
``examples/*.yaml``. Files elsewhere are not its business and are passed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from pointsgrid.loading.data import read_loaded
from pointsgrid.loading.pack import Loader
from pointsgrid.model import Chart, CodeList, ConditionDef, FactDef, Grid, InForce, Meta, Table, Text, Type
from pointsgrid.problems import PackErrors, PackProblem, did_you_mean
from pointsgrid.questions import Questionnaire
from pointsgrid.yamltext import Document

__all__ = [
    "Grid",
    "InForce",
    "Meta",
    "NotInForce",
    "PackErrors",
    "PackProblem",
    "Rules",
    "Text",
    "load",
    "read_loaded",
    "with_tables",
]


class NotInForce(LookupError):
    """No edition of what was asked for is in force on that day, or nothing has that name."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A loaded pack. ``sha256`` names its content; two packs with equal texts have equal hashes."""

    sha256: str
    facts: Mapping[str, FactDef]
    answers: Mapping[str, Type]
    reference_dates: Mapping[str, Text]
    lists: tuple[CodeList, ...]
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]
    conditions: Mapping[str, ConditionDef]
    questionnaires: Mapping[str, Questionnaire]
    grids: Mapping[str, Grid]
    shared_factors: Mapping[str, Any]
    examples: tuple[Document, ...]
    uses: tuple[str, ...]
    order: tuple[str, ...]
    cache: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def grid(self, grid_id: str) -> Grid:
        """Return the grid with that id. Raises NotInForce when there is none."""
        if grid_id not in self.grids:
            known = did_you_mean(grid_id, self.grids) or "No file grids/*.yaml holds a grid."
            raise NotInForce(f"There is no grid {grid_id}. {known}")
        return self.grids[grid_id]

    def grid_in_force(self, family: str, *, on: date) -> Grid:
        """Return the edition of a family of grids in force on a day (``on`` is the date of the grid's own event)."""
        for grid in self.grids.values():
            if grid.family == family and grid.in_force.holds(on):
                return grid
        known = {grid.family for grid in self.grids.values()}
        raise NotInForce(
            f"No grid of {family} is in force on {on}. {did_you_mean(family, known) if family not in known else ''}".strip()
        )


def load(sources: Mapping[str, str], *, library: Mapping[str, Rules] | None = None) -> Rules:
    """Return the rules written in ``sources`` (relative path -> text).

    ``library`` holds the packs that this one may name under ``uses:``. Raises PackErrors with every problem found.
    """
    loader = Loader(sources, library or {})
    parts = loader.read()
    if loader.problems:
        raise PackErrors(loader.problems)
    fixed: dict[str, Any] = {
        name: MappingProxyType(part) if isinstance(part, dict) else part for name, part in parts.items()
    }
    return Rules(sha256=_digest(sources, library or {}, parts["uses"]), **fixed)


def with_tables(rules: Rules, loaded: Iterable[Table]) -> Rules:
    """Return the rules with ``loaded`` editions in place of every edition the pack has of those tables."""
    editions = tuple(loaded)
    families = {table.family for table in editions}
    kept = tuple(table for table in rules.tables if table.family not in families)
    return replace(rules, tables=kept + editions, cache={})


def _digest(sources: Mapping[str, str], library: Mapping[str, Rules], uses: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in sorted(sources):
        for text in (path, sources[path]):
            data = text.encode()
            digest.update(len(data).to_bytes(8, "big") + data)
    for name in sorted(uses):
        digest.update(f"{name}:{library[name].sha256}".encode())
    return digest.hexdigest()
