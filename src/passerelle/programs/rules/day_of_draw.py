"""The day of a draw is known once one is planned: a pack names it in the filters of a draw, and nowhere else.

Facts and points are worked out when a file is handed in. There ``on.draw`` could only be the day of that reckoning, under a name
that promises another.
"""

from collections.abc import Iterator

from passerelle.programs.rules.problems import Problem
from pointsgrid.loading.pack import fact_names
from pointsgrid.points import factor_names
from pointsgrid.rules import Rules

DAY = "on.draw"
_REMEDY = "Reckon from on.submission, or say it in a filter of the pool (pool.filters)."


def faults(points: Rules) -> Iterator[Problem]:
    """Yield each fact and factor that is reckoned from the day of a draw."""
    for fact in points.facts.values():
        if DAY in fact_names(fact):
            told = (
                f"The fact {fact.key} is reckoned from {DAY}, and nobody knows the day of a draw when it is worked out."
            )
            yield Problem(fact.file, fact.line, f"facts.{fact.key}", told, _REMEDY)
    for grid in points.grids.values():
        for factor in grid.root.walk():
            if DAY in factor_names(factor):
                told = f"The factor {factor.id} is reckoned from {DAY}, and nobody knows the day of a draw when points are given."
                yield Problem(factor.file, factor.line, factor.path, told, _REMEDY)
