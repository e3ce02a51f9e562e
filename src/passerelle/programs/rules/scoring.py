"""The bridge to pointsgrid: a pack's grid files loaded, answers to facts, facts to points."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from pointsgrid import answers as answering
from pointsgrid.rules import InForce, Rules, read_loaded
from pointsgrid.rules import load as load_rules
from pointsgrid.rules import with_tables as put_tables

OURS = (
    "facts.yaml",
    "facts/",
    "conditions/",
    "lists/",
    "charts/",
    "tables/",
    "factors/",
    "grids/",
    "questionnaires/",
    "examples/",
)


def load(sources: Mapping[str, str], uses: tuple[str, ...] = ()) -> Rules:
    """Return the pack's facts and grids; ``uses`` names the library packs whose files stand under their own name.

    Raises PackErrors with every fault found.
    """
    return load_rules(dict(_under(sources, "")), library=by_code(sources, uses))


def by_code(sources: Mapping[str, str], uses: tuple[str, ...]) -> dict[str, Rules]:
    """Return the rules of each library pack, by its code."""
    return {name.partition("/")[0]: _library(_under(sources, f"{name}/")) for name in uses}


def libraries(sources: Mapping[str, str]) -> tuple[str, ...]:
    """Return the library packs that stand among a pack's files, as ``<code>/<version>``."""
    folders = {path.removesuffix("/program.yaml") for path in sources if path.endswith("/program.yaml")}
    return tuple(sorted(folder for folder in folders if folder.count("/") == 1))


@lru_cache(maxsize=8)
def _library(texts: tuple[tuple[str, str], ...]) -> Rules:
    """Return a library pack's rules; several packs, and each of their versions, use the same one."""
    return load_rules(dict(texts))


def _under(sources: Mapping[str, str], prefix: str) -> tuple[tuple[str, str], ...]:
    own = ((path[len(prefix) :], text) for path, text in sorted(sources.items()) if path.startswith(prefix))
    return tuple((path, text) for path, text in own if path.startswith(OURS))


def with_tables(rules: Rules, loaded: Mapping[tuple[str, date], tuple[str, str]]) -> Rules:
    """Return the rules with loaded editions (name, CSV) of their ``loadable`` tables; each holds until the next begins.

    A table of which none is loaded has no rows: those its pack comes with are a sample, by which nothing is known.
    """
    declared = {table.family: table for table in rules.tables if table.loadable}
    editions = [
        replace(table, in_force=InForce(), rows={})
        for family, table in declared.items()
        if all(family != name for name, _first in loaded)
    ]
    for (family, first), (name, text) in sorted(loaded.items()):
        later = [day for other, day in loaded if other == family and day > first]
        period = InForce(first, min(later) - timedelta(days=1) if later else None)
        editions.append(read_loaded(declared[family], text, name=name, in_force=period))
    return put_tables(rules, editions)


def facts(
    rules: Rules, answers: Mapping[str, Any], day: date, fixed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the facts of one person; every reference date of the pack is ``day``."""
    on = dict.fromkeys(rules.reference_dates, day)
    return answering.facts(rules, answers, on=on, fixed=fixed)


def score(rules: Rules, grid: str, facts: Mapping[str, Any], *, partial: bool = False) -> Any:
    """Return the score sheet of one person's facts; with ``partial`` a line that hangs on a blank is marked, not refused."""
    from pointsgrid import points

    return points.score(rules, grid, facts, partial=partial)
