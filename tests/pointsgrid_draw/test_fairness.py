"""Fairness: the intervals are those of their formulas, a planted gap is found with its factor, no small cell can be worked out."""

from collections.abc import Iterator
from itertools import combinations, product
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointsgrid.fairness import FEWEST, Tally, gap, hidden, rate, ratio

Cells = tuple[int, int]


def test_the_rate_has_wilsons_interval():
    # Worked by hand: 10 of 20, z = 1.96: (0.5 + 0.09604 ± 1.96·√(0.0125 + 0.0024010)) / 1.19207.
    found = rate(10, 20)

    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (0.5, 0.2993, 0.7007)
    assert rate(0, 30).low == 0.0
    assert rate(30, 30).high == 1.0


def test_the_ratio_has_katzs_interval():
    # exp(ln 2 ± 1.96·√(1/20 - 1/100 + 1/10 - 1/100)).
    found = ratio(Tally(100, 20), Tally(100, 10))

    assert (round(found.value, 3), round(found.low, 3), round(found.high, 3)) == (2.0, 0.987, 4.054)


@pytest.mark.parametrize(
    ("group", "rest"), [((200, 0), (100, 60)), ((50, 20), (80, 0)), ((30, 30), (40, 40)), ((30, 0), (30, 0))]
)
def test_where_a_side_has_nobody_the_interval_still_exists(group: Cells, rest: Cells):
    found = ratio(Tally(*group), Tally(*rest))

    assert 0 < found.low <= found.value <= found.high < float("inf")


def test_a_planted_gap_is_found_with_the_factor_that_drives_it():
    women, men = Tally(200, 10, (200 * 60, 200 * 50, 200 * 20)), Tally(200, 60, (200 * 62, 200 * 50, 200 * 45))

    found = gap(women, men)

    assert found.leans == -1
    assert found.differences == (-2.0, 0.0, -25.0)
    assert found.drives == 2
    assert gap(men, women).drives == 2
    assert gap(men, women).leans == 1


def test_equal_groups_lean_nowhere():
    assert gap(Tally(100, 20, (5000,)), Tally(300, 60, (15000,))).leans == 0


@given(
    st.lists(
        st.tuples(st.integers(1, 10**4), st.lists(st.integers(0, 100), min_size=3, max_size=3)), min_size=2, max_size=2
    )
)
def test_the_differences_by_factor_add_up_to_the_difference_of_the_means(sides: list[tuple[int, list[int]]]):
    group, rest = (Tally(pool, 0, tuple(pool * one for one in means)) for pool, means in sides)

    means = [sum(one.points) / one.pool for one in (group, rest)]

    assert isclose(sum(gap(group, rest).differences), means[0] - means[1], abs_tol=1e-6)


# --- what may be told ---


def test_a_small_cell_takes_its_neighbour_with_it():
    assert hidden([(30, 30), (30, 5), (40, 90)]) == {1, 2}
    assert hidden([(30, 30), (25, 90), (40, 90)]) == frozenset()
    # The last one takes the first.
    assert hidden([(30, 30), (40, 90), (19, 90)]) == {0, 2}
    # Two small ones that come to too little between them take a third.
    assert hidden([(9, 90), (9, 90), (40, 90), (40, 90)]) == {0, 1, 2}
    assert hidden([(9, 90), (200, 90)]) == {0, 1}


SMALL = 3


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(any), min_size=2, max_size=5))
def test_no_hidden_cell_can_be_worked_out_from_what_is_told(groups: list[Cells]):
    """Somebody who knows the totals, every cell told and this very rule tries; more than one number fits each hidden cell."""
    assert_cannot_be_worked_out(groups, SMALL)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).filter(any), min_size=2, max_size=4))
def test_nor_at_the_size_that_counts(groups: list[Cells]):
    assert_cannot_be_worked_out(groups, FEWEST)


def assert_cannot_be_worked_out(groups: list[Cells], fewest: int) -> None:
    places = sorted(hidden(groups, fewest))
    totals = [sum(groups[place][cell] for place in places) for cell in (0, 1)]
    if not places or min(totals) < fewest:
        # Nothing is hidden; or all is, and whoever knows how many the draw took knows that the totals are small.
        assert not places or len(places) == len(groups)
        return
    assert len(places) > 1
    open_cells = {(place, cell) for place in places for cell in (0, 1)}
    for other in fitting(groups, places, fewest):
        open_cells -= {(place, cell) for place, cell in open_cells if other[place][cell] != groups[place][cell]}
        if not open_cells:
            return
    raise AssertionError(f"of {groups}, {sorted(open_cells)} can be worked out")


def fitting(groups: list[Cells], places: list[int], fewest: int) -> Iterator[list[Cells]]:
    """Give what the hidden groups could be as well: people moved from one to another, so that every total stays.

    None is given that has an empty group, or of which the rule would hide other groups.
    """
    for one, other in combinations(places, 2):
        yield from _moved(groups, places, fewest, one, other)


def _moved(groups: list[Cells], places: list[int], fewest: int, one: int, other: int) -> Iterator[list[Cells]]:
    ranges = [sorted(range(-groups[other][cell], groups[one][cell] + 1), key=abs) for cell in (0, 1)]
    for taken, left in product(*ranges):
        tried = list(groups)
        tried[one] = (groups[one][0] - taken, groups[one][1] - left)
        tried[other] = (groups[other][0] + taken, groups[other][1] + left)
        if any(tried[one]) and any(tried[other]) and hidden(tried, fewest) == set(places):
            yield tried
