"""Selection: the order, caps, ties, categories, spill-over, vacancies; and a second implementation that must agree."""

import random
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

import pytest

from pointsgrid.draw import (
    Allotment,
    Entry,
    OutOfOrder,
    Rule,
    Selection,
    Walk,
    one_each,
    promote,
    ranking,
    select,
    select_among,
)
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

    assert names(draw(pool, Allotment(2, "FR", spill=True), Allotment(1))) == ["a", "b", "c"]
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
    handed_on = 0
    for number, allotment in enumerate(rule.allotments):
        places, last = allotment.places + handed_on, None
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
        handed_on = places if allotment.spill else 0
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
        cells = rng.sample(["", "A", "B"], rng.randrange(1, 4))
        allotments = tuple(Allotment(rng.randrange(5), cell, spill=rng.random() < 0.5) for cell in cells)
        rule = Rule(allotments, ties=rng.choice(["tie_key", "take_all"]))

        outcome = draw(pool, *allotments, ties=rule.ties)

        assert sorted((p.entry.name, p.allotment) for p in outcome.picks) == _plain(pool, rule)
        assert select_among(_of_each_cell(pool), rule) == outcome


def _of_each_cell(pool: list[Entry]) -> Walk:
    """Give a cell's own entries alone, numbered as they stand among everybody."""
    ranked = list(enumerate(ranking(pool), start=1))
    return lambda cell: [one for one in ranked if not cell or cell in one[1].cells]


@pytest.mark.parametrize("numbers", [(2, 1), (1, 1), (0, 1)])
def test_positions_that_do_not_rise_are_refused(numbers: tuple[int, int]):
    walk = [(number, Entry(name, (points,))) for number, name, points in zip(numbers, "ab", (2, 1), strict=True)]
    with pytest.raises(OutOfOrder):
        select_among(lambda _cell: walk, Rule((Allotment(2),)))


def _refilled(
    pool: list[Entry], rule: Rule, outcome: Selection, steps: list[str], unfit: set[str]
) -> list[tuple[str, Any]]:
    """Places that fall vacant one after the other, written a second time: each looks through the whole ranking again."""
    ranked, held = ranking(pool), {pick.entry.name: pick.allotment for pick in outcome.picks}
    ever, used = set(held), Counter(pick.entry.group for pick in outcome.picks)
    last = {n: max((p.position for p in part.picks), default=0) for n, part in enumerate(outcome.filled)}
    groups, found = {entry.name: entry.group for entry in pool}, []
    for fallen in steps:
        cell, number = rule.allotments[held[fallen]].cell, held[fallen]
        used[groups[fallen]] -= 1
        taken = None
        for position, e in enumerate(ranked, start=1):
            if position <= last[number] or e.name in ever or (cell and cell not in e.cells):
                continue
            if e.group and e.cap is not None and used[e.group] >= e.cap:
                continue
            ever.add(e.name)
            if e.name in unfit:
                continue
            taken, last[number], held[e.name] = e.name, position, number
            used[e.group] += 1
            break
        found.append((fallen, taken))
    return found


@pytest.mark.parametrize("cases", small_and_full(2_000, 100_000, "second-refill"))
def test_a_second_implementation_refills_the_same_and_later_refills_go_on(seed: int, cases: int):
    rng = random.Random(seed)
    for _ in range(cases):
        pool = _random_pool(rng)
        rule = Rule(tuple(Allotment(rng.randrange(4), cell, spill=True) for cell in rng.sample(["", "A", "B"], 2)))
        outcome = draw(pool, *rule.allotments)
        unfit = {e.name for e in pool if rng.random() < 0.2} - outcome.names
        ranked, gone = ranking(pool), {name for name in sorted(outcome.names) if rng.random() < 0.4}

        first = promote(lambda: ranked, rule, outcome, fallen=gone, unfit=unfit)  # noqa: B023
        again = {p.taken.entry.name for p in first if p.taken and rng.random() < 0.5}
        second = promote(lambda: ranked, rule, outcome, fallen=again, unfit=unfit, earlier=first)  # noqa: B023

        steps = [p.fallen.entry.name for p in (*first, *second)]
        told = [(p.fallen.entry.name, p.taken.entry.name if p.taken else None) for p in (*first, *second)]
        assert sorted(steps) == sorted((*gone, *again))
        assert told == _refilled(pool, rule, outcome, steps, unfit)


def _share(seeds: range, registrations: dict[str, int], *, by_person: bool) -> dict[str, float]:
    """Return how often each person is among the first ten of a lot, over many seeds."""
    wins: Counter[str] = Counter()
    for seed in seeds:

        def number(said: str, seed: int = seed) -> str:
            return sha256(f"{seed}|{said}".encode()).hexdigest()

        pool = [
            (who, Entry(f"{who}-{n}", (0,), number(who if by_person else f"{who}-{n}")))
            for who, times in registrations.items() for n in range(times)
        ]  # fmt: skip
        entries = one_each(pool)
        for pick in draw(entries, Allotment(10)).picks:
            wins[pick.entry.name.split("-")[0]] += 1
    return {who: wins[who] / len(seeds) for who in registrations}


def test_several_employers_or_filing_again_do_not_change_the_odds_of_a_person():
    registrations = {"many": 20, "few": 3, **{f"p{n}": 1 for n in range(98)}}
    seeds = range(3000)

    by_person = _share(seeds, registrations, by_person=True)
    by_registration = _share(seeds, registrations, by_person=False)

    # One in ten for each; four standard deviations of 3000 draws are 2.2 points.
    assert abs(by_person["many"] - 0.1) < 0.022
    assert abs(by_person["few"] - 0.1) < 0.022
    # The arm without it: a number for each registration takes whoever files more.
    assert by_registration["many"] > 0.6


def test_whoever_files_more_often_stands_where_one_filing_would_stand():
    once = [("a", Entry("a1", (0,), "5")), ("b", Entry("b1", (0,), "3"))]
    often = [("a", Entry("a1", (0,), "5")), ("a", Entry("a2", (0,), "5")), ("b", Entry("b1", (0,), "3"))]

    assert one_each(once) == one_each(often)


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
