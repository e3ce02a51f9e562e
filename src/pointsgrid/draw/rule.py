"""How a draw chooses: places for cells, one after the other, and what becomes of equals."""

from dataclasses import dataclass
from typing import Literal

Ties = Literal["tie_key", "take_all"]


@dataclass(frozen=True, slots=True)
class Allotment:
    """``places`` for the entries of one cell; ``cell`` empty means everybody. ``spill`` hands unused places to the next."""

    places: int
    cell: str = ""
    spill: bool = False

    def __post_init__(self) -> None:
        if self.places < 0:
            raise ValueError(f"allotment {self.cell or 'for all'}: {self.places} places; give 0 or more")


@dataclass(frozen=True, slots=True)
class Rule:
    """Who chooses first, and ties: ``take_all`` takes everybody at the last rank."""

    allotments: tuple[Allotment, ...]
    ties: Ties = "tie_key"

    def __post_init__(self) -> None:
        cells = [one.cell for one in self.allotments]
        if len(set(cells)) < len(cells):
            raise ValueError(f"a cell has places twice: {', '.join(cells)}; put them together")
