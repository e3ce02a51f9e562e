"""What is known of a draw by lot before its seed is: places, and how many people may have them. Nobody in it is known."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from passerelle.draws import selecting
from passerelle.draws.models import Draw, Entry
from passerelle.draws.queries.rows import has_lots, pool, rule_of


@dataclass(frozen=True)
class Lot:
    """The places of one group (``*``: everybody's) and the people who may have them."""

    cell: str
    places: int
    people: int


@dataclass(frozen=True)
class Lots:
    """A draw of which no outcome can be foreseen: the whole pool, and group by group the places.

    ``even``: within a group everybody has the same chance, its places divided by its people; nothing else plays a part.
    """

    pool: int
    groups: tuple[Lot, ...]
    even: bool


def waits_for_lot(draw: Draw) -> bool:
    """Say whether a lot has a part in the draw and is not drawn yet; where everybody is taken it decides nothing."""
    return draw.size is not None and selecting.blocks(draw).by_chance and not draw.selected_at and not has_lots(draw)


def cut_is_known(draw: Draw) -> bool:
    """Say whether the points of the last one taken are known before the lot: points alone rank, and nothing limits whom."""
    said = selecting.blocks(draw)
    keys = [(one.by, one.direction) for one in said.ranked_by]
    return keys == [("points", "highest")] and not said.reserve and not said.cap


def lots(draw: Draw, at: datetime) -> Lots | None:
    """Return what is known of a draw whose lot is still to come; None where an outcome can be told or foreseen."""
    if not waits_for_lot(draw) or cut_is_known(draw):
        return None
    rows = pool(draw, at).values_list("drawn_cells") if draw.pool_size is None else _frozen(draw)
    counted = Counter(tuple(cells) for (cells,) in rows.order_by().iterator(chunk_size=2000))
    groups = tuple(Lot(selecting.cell(one), one.places, _reach(counted, one.cell)) for one in rule_of(draw).allotments)
    return Lots(counted.total(), groups, _even(draw, counted))


def _frozen(draw: Draw) -> QuerySet[Any, Any]:
    return Entry.objects.filter(draw=draw).values_list("cells")


def _reach(counted: Counter[tuple[str, ...]], cell: str) -> int:
    return sum(files for cells, files in counted.items() if not cell or cell in cells)


def _even(draw: Draw, counted: Counter[tuple[str, ...]]) -> bool:
    said, allotments = selecting.blocks(draw), rule_of(draw).allotments
    if said.ranked_by or said.cap:
        return False
    apart = all(one.cell and not one.spill for one in allotments) and all(len(cells) < 2 for cells in counted)
    return len(allotments) == 1 or apart
