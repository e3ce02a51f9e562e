"""Life cycles: the table decides, everything else is refused."""

import pytest

from passerelle.core.lifecycle import IllegalMove, Lifecycle, Move

DOOR = Lifecycle(
    Move("open", leaves={"shut"}, reaches="open"),
    Move("shut", leaves={"open", "ajar"}, reaches="shut"),
)


@pytest.mark.parametrize("state", ["shut", "open", "ajar", "unknown"])
@pytest.mark.parametrize("move", ["open", "shut"])
def test_each_move_from_each_state_is_as_the_table_says(state: str, move: str):
    table = {("shut", "open"): "open", ("open", "shut"): "shut", ("ajar", "shut"): "shut"}
    expected = table.get((state, move))

    assert DOOR.allows(state, move) == (expected is not None)
    if expected:
        assert DOOR.after(state, move) == expected
    else:
        with pytest.raises(IllegalMove) as refusal:
            DOOR.after(state, move)
        assert (refusal.value.move, refusal.value.state) == (move, state)


def test_two_moves_of_one_name_are_refused():
    with pytest.raises(ValueError, match="share a name"):
        Lifecycle(Move("go", leaves={"a"}, reaches="b"), Move("go", leaves={"b"}, reaches="c"))


def test_the_diagram_draws_every_arrow():
    assert DOOR.diagram() == (
        "stateDiagram-v2\n    shut --> open: open\n    ajar --> shut: shut\n    open --> shut: shut"
    )
