"""Selection: the order, caps, ties, categories, spill-over, vacancies; and a second implementation that must agree."""

import random
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from pointsgrid.draw import Allotment, Entry, OutOfOrder, Rule, Selection, promote, ranking, select
from tests.support.proofs import small_and_full


def draw(entries: Iterable[Entry], *allotments: Allotment, **rule: object) -> Selection:
    ranked = ranking(entries)
    return select(lambda: ranked, Rule(allotments, **rule))  # type: ignore[arg-type]


def names(selection: Selection) -> list[str]:
    return [pick.entry.name for pick in selection.picks]


def test_the_highest_are_taken_and_the_cutoff_is_the_last_one_taken():
    outcome = draw([Entry("c", (70,)), Entry("a", (90,)), Entry("b", (80,))], Allotment(2))

    assert names(outcome) == ["a", "b"]
    assert outcome.filled[0].cutoff == Entry("b", (80,))


def test_the_earlier_submission_wins_a_tie_and_the_name_makes_the_order_full():
    pool = [Entry("late", (80,), 9), Entry("zed", (80,), 5), Entry("amy", (80,), 5)]

    assert [entry.name for entry in ranking(pool)] == ["amy", "zed", "late"]


def test_everybody_at_the_last_rank_is_taken_where_the_rule_says_so():
    pool = [Entry("a", (90,)), Entry("b", (80,), 1), Entry("c", (80,), 2), Entry("d", (80,), 3), Entry("e", (70,))]

    assert names(draw(pool, Allotment(2), ties="take_all")) == ["a", "b", "c", "d"]
    assert names(draw(pool, Allotment(2))) == ["a", "b"]


def test_an_allotment_takes_its_own_category_and_the_next_one_those_left():
    french, skilled = frozenset({"FR", "SK"}), frozenset({"SK"})
    pool = [
        Entry("a", (90,), cells=skilled),
        Entry("b", (85,), cells=french),
        Entry("c", (80,), cells=skilled),
        Entry("d", (75,), cells=french),
    ]

    outcome = draw(pool, Allotment(1, "FR"), Allotment(2, "SK"))

    assert [(pick.entry.name, pick.allotment) for pick in outcome.picks] == [("a", 1), ("b", 0), ("c", 1)]


def test_a_group_is_taken_up_to_its_cap_and_the_next_in_order_has_the_place():
    pool = [Entry(name, (90 - n,), group="g", cap=1) for n, name in enumerate("abc")] + [Entry("d", (10,))]

    assert names(draw(pool, Allotment(2))) == ["a", "d"]


def test_unused_places_are_handed_on_only_where_the_rule_says_so():
    pool = [Entry("a", (90,), cells=frozenset({"FR"})), Entry("b", (80,)), Entry("c", (70,)), Entry("d", (60,))]

    assert names(draw(pool, Allotment(2, "FR"), Allotment(1), spill_over=True)) == ["a", "b", "c"]
    assert names(draw(pool, Allotment(2, "FR"), Allotment(1))) == ["a", "b"]


def test_no_places_takes_nobody_and_more_places_than_entries_takes_all():
    pool = [Entry("a", (1,)), Entry("b", (0,))]

    assert names(draw(pool, Allotment(0))) == []
    assert names(draw(pool, Allotment(5))) == ["a", "b"]
    assert draw([], Allotment(3)).filled[0].cutoff is None


def test_a_negative_number_of_places_is_refused():
    with pytest.raises(ValueError, match="give 0 or more"):
        Allotment(-1)


@pytest.mark.parametrize("pool", [[Entry("b", (1,)), Entry("a", (2,))], [Entry("a", (2,)), Entry("a", (2,))]])
def test_a_stream_out_of_order_or_with_a_name_twice_is_refused(pool: list[Entry]):
    with pytest.raises(OutOfOrder):
        select(lambda: pool, Rule((Allotment(2),)))


def test_a_place_freed_goes_to_the_next_in_order_and_nobody_taken_moves():
    pool = ranking([Entry("a", (90,)), Entry("b", (80,)), Entry("c", (70,)), Entry("d", (60,))])
    rule = Rule((Allotment(2),))
    outcome = select(lambda: pool, rule)

    (promotion,) = promote(lambda: pool, rule, outcome, fallen={"a"})
    (past_unfit,) = promote(lambda: pool, rule, outcome, fallen={"a"}, unfit={"c"})

    assert (promotion.fallen.entry.name, promotion.taken.entry.name) == ("a", "c")
    assert past_unfit.taken.entry.name == "d"


def test_a_place_that_nobody_is_left_to_take_stays_free():
    pool = ranking([Entry("a", (90,)), Entry("b", (80,))])
    outcome = select(lambda: pool, Rule((Allotment(2),)))

    assert [p.taken for p in promote(lambda: pool, Rule((Allotment(2),)), outcome, fallen={"b"})] == [None]


def test_one_who_falls_out_gives_back_the_place_of_the_group():
    pool = ranking([Entry("a", (9,), group="g", cap=1), Entry("b", (8,)), Entry("c", (7,), group="g", cap=1)])
    outcome = select(lambda: pool, Rule((Allotment(2),)))

    (promotion,) = promote(lambda: pool, Rule((Allotment(2),)), outcome, fallen={"a"})

    assert promotion.taken.entry.name == "c"


@pytest.mark.parametrize("second", [8, 7])
def test_a_rank_announced_as_the_last_stands_whoever_falls_out(second: int):
    pool = ranking([Entry("a", (9,)), Entry("b", (8,), 1), Entry("c", (second,), 2), Entry("d", (1,))])
    rule = Rule((Allotment(2),), ties="take_all")
    outcome = select(lambda: pool, rule)

    assert [p.taken for p in promote(lambda: pool, rule, outcome, fallen={"a"})] == [None]


def _plain(pool: list[Entry], rule: Rule) -> list[tuple[str, int]]:
    """The same rule written a second time, the slow way: ask for each place who is the best that may have it."""
    chosen: dict[str, int] = {}
    for number, allotment in enumerate(rule.allotments):
        places, last = allotment.places, None
        while True:
            groups = Counter(e.group for e in pool if e.name in chosen)
            able = [
                e for e in pool
                if e.name not in chosen
                and (not allotment.cell or allotment.cell in e.cells)
                and (not e.group or e.cap is None or groups[e.group] < e.cap)
                and (last is None or (tuple(-r for r in e.rank), e.tie, e.name) > last)
            ]  # fmt: skip
            if not able:
                break
            best = min(able, key=lambda e: (tuple(-r for r in e.rank), e.tie, e.name))
            if not places and not (
                rule.ties == "take_all" and last is not None and last[0] == tuple(-r for r in best.rank)
            ):
                break
            chosen[best.name] = number
            places, last = max(places - 1, 0), (tuple(-r for r in best.rank), best.tie, best.name)
    return sorted(chosen.items())


def _random_pool(rng: random.Random) -> list[Entry]:
    caps = {group: rng.choice([None, 1, 2]) for group in "xyz"}
    pool = []
    for n in range(rng.randrange(14)):
        group = rng.choice(["", "x", "y", "z"])
        cells = frozenset(rng.sample(["A", "B", "C"], rng.randrange(4)))
        pool.append(Entry(f"e{n}", (rng.randrange(5),), rng.randrange(3), cells, group, caps.get(group)))
    return pool


@pytest.mark.parametrize("cases", small_and_full(2_000, 100_000, "second-draw"))
def test_a_second_implementation_chooses_the_same(seed: int, cases: int):
    rng = random.Random(seed)
    for _ in range(cases):
        pool = _random_pool(rng)
        allotments = tuple(Allotment(rng.randrange(5), rng.choice(["", "A", "B"])) for _ in range(rng.randrange(1, 4)))
        rule = Rule(allotments, ties=rng.choice(["tie_key", "take_all"]))

        outcome = draw(pool, *allotments, ties=rule.ties)

        assert sorted((p.entry.name, p.allotment) for p in outcome.picks) == _plain(pool, rule)


def test_a_hundred_thousand_entries_cost_no_more_memory_than_a_thousand():
    def stream(size: int) -> Iterator[Entry]:
        return (Entry(f"{n:09d}", (size - n,)) for n in range(size))

    def peak(size: int) -> int:
        tracemalloc.start()
        select(lambda: stream(size), Rule((Allotment(65),)))
        select(lambda: stream(size), Rule((Allotment(65, "nobody"),)))
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    assert peak(100_000) < 2 * peak(1_000)
