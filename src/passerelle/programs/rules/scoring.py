"""The bridge to pointsgrid: a pack's grid files loaded, answers to facts, facts to points."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pointsgrid import answers as answering
from pointsgrid.rules import Rules
from pointsgrid.rules import load as load_rules

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
    library = {name.partition("/")[0]: load_rules(_under(sources, f"{name}/")) for name in uses}
    return load_rules(_under(sources, ""), library=library)


def _under(sources: Mapping[str, str], prefix: str) -> dict[str, str]:
    own = {path[len(prefix) :]: text for path, text in sources.items() if path.startswith(prefix)}
    return {path: text for path, text in own.items() if path.startswith(OURS)}


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
