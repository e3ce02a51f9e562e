"""The fairness report of a draw: whom its selection took beside the pool, by the facts that the program's pack names.

It is counted once, after the selection, from what was frozen: of each entry the score record that gave the frozen points (records
are never changed, so that counting again gives the same), and whether the selection took it. Places that passed to the next in
order before the issue are not in it: it is about what the rule did. docs/adr/0023 says why it is kept.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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

    Entries are streamed; memory does not grow with the pool.
    """
    rules = queries.rules_of(draw)
    attributes: tuple[Attribute, ...] = (*rules.fairness, *_by_category(draw, rules))
    factors = _factors(draw, rules)
    cells: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0, *([0] * len(factors))])
    whole = [0, 0]
    for taken, values, points in _rows(draw, attributes, [one["key"] for one in factors]):
        whole[0], whole[1] = whole[0] + 1, whole[1] + taken
        for one, value in zip(attributes, values, strict=True):
            cell = cells[one.key, one.group_of(value)]
            for place, number in enumerate((1, taken, *points)):
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


def _rows(
    draw: Draw, attributes: Sequence[Attribute], factors: list[str]
) -> Iterator[tuple[int, list[Any], list[float]]]:
    """Give each entry: 1 or 0 for taken, its facts in the order of ``attributes``, its points in that of ``factors``."""
    facts = [one.fact for one in attributes if one.key != CATEGORY]
    rows = Entry.objects.filter(draw=draw, standing__isnull=False).order_by("id")
    assert draw.frozen_at
    held = rows.annotate(held=eois.as_scored(draw.frozen_at, facts)).values_list(
        "standing__selected", "category", "held"
    )
    for taken, category, told in held.iterator(chunk_size=2000):
        known = {**told["facts"], CATEGORY: category}
        points = dict(zip(told["factors"] or (), told["points"] or (), strict=True))
        yield int(taken), [known.get(one.fact) for one in attributes], [float(points.get(key) or 0) for key in factors]


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
