"""A life cycle is a table of moves; rooms keep theirs in ``states.py``."""

from collections.abc import Iterable
from dataclasses import dataclass

from passerelle.core.text import human_list


class IllegalMove(Exception):
    """The record is no longer in a state that this move leaves (HTTP 409)."""

    def __init__(self, move: str, state: str) -> None:
        super().__init__(f"{move!r} is not a move from state {state!r}")
        self.move, self.state = move, state


@dataclass(frozen=True)
class Move:
    """One legal step: ``name`` takes a record from any state in ``leaves`` to ``reaches``."""

    name: str
    leaves: frozenset[str]
    reaches: str

    def __init__(self, name: str, *, leaves: Iterable[str], reaches: str) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "leaves", frozenset(str(state) for state in leaves))
        object.__setattr__(self, "reaches", str(reaches))


class Lifecycle:
    """The moves of one kind of record."""

    def __init__(self, *moves: Move) -> None:
        self.moves = {move.name: move for move in moves}
        if len(self.moves) != len(moves):
            raise ValueError(f"two moves share a name among {human_list(move.name for move in moves)}")

    def after(self, state: str, move: str) -> str:
        """Return the state that ``move`` reaches from ``state``; raises IllegalMove."""
        step = self.moves[move]
        if str(state) not in step.leaves:
            raise IllegalMove(move, str(state))
        return step.reaches

    def allows(self, state: str, move: str) -> bool:
        """Say whether ``move`` may leave ``state``."""
        return str(state) in self.moves[move].leaves

    def diagram(self) -> str:
        """Return the table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        for move in self.moves.values():
            lines += [f"    {state} --> {move.reaches}: {move.name}" for state in sorted(move.leaves)]
        return "\n".join(lines)
