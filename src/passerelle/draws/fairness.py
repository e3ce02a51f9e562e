"""The fairness report of a draw: whom its selection took beside the pool, by the facts that the program's pack names.

It is counted once, after the selection, from what was frozen: of each entry the score record that gave the frozen points (records
are never changed, so that counting again gives the same), and whether the selection took it. Places that passed to the next in
order before the issue are not in it: it is about what the rule did. docs/adr/0023 says why it is kept.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from passerelle.draws import queries, selecting
from passerelle.draws.models import Draw, Entry
from passerelle.eoi import queries as eois
from passerelle.programs.rules import ProgramRules
from passerelle.programs.rules.fairness import NOT_STATED, Attribute, Group
from passerelle.programs.rules.text import Text
from pointsgrid import fairness
from pointsgrid.fairness import Tally

Json = dict[str, Any]
CATEGORY = "category_of_the_draw"
WORDS_CATEGORY = {"en": "Category", "fr": "Catégorie"}
WORDS_NOT_STATED = {"en": "Not stated", "fr": "Non précisé"}


def counted(draw: Draw) -> Json:
    """Return the numbers of every group of a selected draw; ``attributes`` is empty where the pack names no facts.

    The server counts people alike in all that is asked; what comes here does not grow with the pool.
    """
    rules = queries.rules_of(draw)
    attributes: tuple[Attribute, ...] = (*rules.fairness, *_by_category(draw, rules))
    factors = _factors(draw, rules)
    cells: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0, *([0] * len(factors))])
    whole = [0, 0]
    for alike in _alike(draw, rules, attributes):
        taken = alike.count if alike.taken else 0
        whole[0], whole[1] = whole[0] + alike.count, whole[1] + taken
        numbers = (alike.count, taken, *(alike.points.get(one["key"], 0) for one in factors))
        for one in attributes:
            cell = cells[one.key, one.group_of(alike.facts.get(one.fact))]
            for place, number in enumerate(numbers):
                cell[place] += number
    return {
        "pool": whole[0], "taken": whole[1], "factors": factors,
        "attributes": [_attribute(one, cells) for one in attributes],
    }  # fmt: skip


def _by_category(draw: Draw, rules: ProgramRules) -> list[Attribute]:
    """Return the draw's categories as groups, where it has several. How many of each are invited is public in any case."""
    shown = [one for one in rules.categories if one.key in draw.categories]
    if len(shown) < 2 or not rules.fairness:
        return []
    groups = tuple(Group(key=one.key, label=one.name, among=(one.key,)) for one in shown)
    return [Attribute(key=CATEGORY, label=Text(**WORDS_CATEGORY), fact=CATEGORY, groups=groups)]


def _factors(draw: Draw, rules: ProgramRules) -> list[Json]:
    """Return the factors that stand at the top of the grid the pool was scored by; none where points do not come first."""
    grid = Entry.objects.filter(draw=draw).order_by("id").values_list("grid", flat=True).first()
    if not selecting.blocks(draw).has_points or grid not in rules.points.grids:
        return []
    return [{"key": one.id, "label": one.label.to_json()} for one in rules.points.grids[grid].root.children]


@dataclass(frozen=True)
class Alike:
    """So many entries with the same facts, all taken or none; ``points`` are of all of them together, factor by factor."""

    taken: bool
    facts: Json
    points: dict[str, float]
    count: int


def _alike(draw: Draw, rules: ProgramRules, attributes: Sequence[Attribute]) -> Iterator[Alike]:
    """Count the entries of a draw by whether they were taken and by the facts of ``attributes``."""
    facts = [one.fact for one in attributes if one.key != CATEGORY]
    rows = Entry.objects.filter(draw=draw, standing__isnull=False).order_by()
    assert draw.frozen_at
    held = rows.annotate(held=eois.as_scored(draw.frozen_at, facts)).values_list(
        "standing__selected", "category", "held"
    )
    sql, values = held.query.sql_with_params()
    most = max((len(one.root.children) for one in rules.points.grids.values()), default=0)
    sums = ", ".join(f"sum(coalesce((held -> 'points' ->> {place})::numeric, 0))" for place in range(most))
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(rows=sql, sums=sums), values)
        for taken, category, known, factors, count, points in cursor:
            told = dict(zip(json.loads(factors or "[]"), map(float, points), strict=False))
            yield Alike(taken, {**json.loads(known or "{}"), CATEGORY: category}, told, count)


# Without OFFSET 0 the server would look for the score again wherever ``held`` is named.
_COUNTED = """
    SELECT taken, category, held -> 'facts', held -> 'factors', count(*), ARRAY[{sums}]::numeric[]
    FROM ({rows} OFFSET 0) AS entry (taken, category, held) GROUP BY 1, 2, 3, 4
"""


def _attribute(one: Attribute, cells: Mapping[tuple[str, str], list[float]]) -> Json:
    """Return an attribute with its groups in order; one that nobody is in is left out."""
    labels = {group.key: {"en": str(group.label["en"]), "fr": str(group.label["fr"])} for group in one.groups}
    labels[NOT_STATED] = WORDS_NOT_STATED
    groups = [
        {"key": key, "label": label, "pool": cell[0], "taken": cell[1], "points": cell[2:]}
        for key, label in labels.items()
        if (cell := cells.get((one.key, key)))
    ]
    return {"key": one.key, "label": {"en": str(one.label["en"]), "fr": str(one.label["fr"])}, "groups": groups}


def told(counts: Json, *, whole: bool = False) -> Json:
    """Return the report as it is shown: of each group its rate, ratio and what drives it, small cells held back.

    With ``whole`` nothing is held back, for those who may open the files anyway. Categories are for them alone: the draw tells
    everybody how many it invited of each, so that no cell of theirs could be held back. ``leans`` is -1, 0 or 1, differences are in
    points, shares between 0 and 1.
    """
    factors = counts["factors"]
    return {
        "pool": counts["pool"], "taken": counts["taken"], "factors": factors,
        "attributes": [
            _told(one, factors, whole=whole) for one in counts["attributes"] if whole or one["key"] != CATEGORY
        ],
    }  # fmt: skip


def _told(attribute: Json, factors: list[Json], *, whole: bool) -> Json:
    groups = attribute["groups"]
    tallies = [Tally(one["pool"], one["taken"], tuple(one["points"])) for one in groups]
    away = frozenset() if whole else fairness.hidden([(one.taken, one.left) for one in tallies])
    everybody = sum(tallies[1:], tallies[0]) if tallies else Tally(0, 0)
    return {
        "key": attribute["key"], "label": attribute["label"], "withheld": bool(groups) and len(away) == len(groups),
        "groups": [
            {"key": one["key"], "label": one["label"], "hidden": True} if place in away
            else {"key": one["key"], "label": one["label"], "hidden": False, **_gap(tallies[place], everybody, factors)}
            for place, one in enumerate(groups)
        ],
    }  # fmt: skip


def _gap(tally: Tally, everybody: Tally, factors: list[Json]) -> Json:
    rest = everybody - tally
    shown: Json = {
        "pool": tally.pool,
        "taken": tally.taken,
        "ratio": None,
        "leans": 0,
        "differences": [],
        "drives": None,
    }
    shown["rate"] = _measure(fairness.rate(tally.taken, tally.pool))
    if not rest.pool:
        return shown
    found = fairness.gap(tally, rest)
    differences = [round(one, 1) for one in found.differences]
    drives = factors[found.drives]["key"] if found.drives is not None and found.leans else None
    return {**shown, "ratio": _measure(found.ratio), "leans": found.leans, "differences": differences, "drives": drives}


def _measure(found: fairness.Measure) -> list[float]:
    return [round(found.value, 4), round(found.low, 4), round(found.high, 4)]
