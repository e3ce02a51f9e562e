"""Places that fall vacant: the same walk goes on. Nobody taken moves, and nothing is drawn again (docs/npd1.md)."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pointsgrid.draw.entries import Entry, in_order
from pointsgrid.draw.rule import Rule
from pointsgrid.draw.selecting import Pick, Selection, Stream, may_take


@dataclass(frozen=True, slots=True)
class Promotion:
    """A taken entry that fell out, the pick that takes its place (None: nobody is left), and whom the walk passed for good."""

    fallen: Pick
    taken: Pick | None
    passed: tuple[Pick, ...] = ()


def promote(
    stream: Stream, rule: Rule, selection: Selection, *, fallen: Collection[str], unfit: Collection[str] = (),
    earlier: Sequence[Promotion] = (),
) -> list[Promotion]:  # fmt: skip
    """Fill the places of ``fallen``, one after the other: by allotment, then in the order of the walk.

    ``earlier`` promotions of the same draw stand: a fallen entry may be one of theirs. ``unfit`` names entries that may no
    longer be taken. A fallen entry gives back its group's place, and its allotment goes on after the entry it took last.
    Where everybody at the last rank is taken, that rank stands as announced: nobody below it takes a place.
    """
    state = _State.after(selection, earlier)
    found: list[Promotion] = []
    for number, part in enumerate(selection.filled):
        holders = [*part.picks, *(one.taken for one in earlier if one.taken and one.taken.allotment == number)]
        vacant = [pick for pick in holders if pick.entry.name in fallen and pick.entry.name not in state.fell]
        if not vacant:
            continue
        if rule.ties == "take_all":
            found += [Promotion(pick, None) for pick in vacant]
            continue
        walk = _Walk(stream, number, part.allotment.cell, state)
        found += [walk.fill(pick, unfit) for pick in sorted(vacant, key=lambda pick: pick.position)]
    return found


@dataclass(slots=True)
class _State:
    """Whom the draw ever took or passed for good, who fell, how much of each group is used, where each allotment stands."""

    ever: set[str]
    fell: set[str]
    used: Counter[str]
    last: dict[int, int]

    @classmethod
    def after(cls, selection: Selection, earlier: Sequence[Promotion]) -> "_State":
        state = cls(set(), set(), Counter(), {})
        for pick in selection.picks:
            state.take(pick)
        for one in earlier:
            state.fall(one.fallen)
            state.ever |= {pick.entry.name for pick in one.passed}
            if one.taken:
                state.take(one.taken)
        return state

    def take(self, pick: Pick) -> None:
        self.ever.add(pick.entry.name)
        self.used[pick.entry.group] += 1
        self.last[pick.allotment] = max(self.last.get(pick.allotment, 0), pick.position)

    def fall(self, pick: Pick) -> None:
        self.fell.add(pick.entry.name)
        self.used[pick.entry.group] -= 1


class _Walk:
    """One allotment's walk going on. Those a cap held up stay at hand: a place given back later may let them in."""

    def __init__(self, stream: Stream, number: int, cell: str, state: _State) -> None:
        self._number, self._cell, self._state = number, cell, state
        end = state.last.get(number, 0)
        self._ahead: Iterator[tuple[int, Entry]] = (one for one in in_order(stream()) if one[0] > end)
        self._held: list[tuple[int, Entry]] = []

    def fill(self, vacant: Pick, unfit: Collection[str]) -> Promotion:
        self._state.fall(vacant)
        passed: list[Pick] = []
        for position, entry in self._candidates():
            pick = Pick(entry, self._number, position)
            if entry.name not in unfit:
                self._state.take(pick)
                self._held = [one for one in self._held if one[0] > position]
                return Promotion(vacant, pick, tuple(passed))
            self._state.ever.add(entry.name)
            passed.append(pick)
        return Promotion(vacant, None, tuple(passed))

    def _candidates(self) -> Iterator[tuple[int, Entry]]:
        for one in tuple(self._held):
            if self._may(one[1]):
                self._held.remove(one)
                yield one
        for one in self._ahead:
            if self._may(one[1]):
                yield one
            elif one[1].name not in self._state.ever and self._names(one[1]):
                self._held.append(one)

    def _names(self, entry: Entry) -> bool:
        return not self._cell or self._cell in entry.cells

    def _may(self, entry: Entry) -> bool:
        return entry.name not in self._state.ever and may_take(entry, self._cell, self._state.used)
