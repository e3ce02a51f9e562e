"""A draw counted a second time: what its ranks are made of, and what employers have had of a year."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, Value

from passerelle.draws import queries, ranking, selecting
from passerelle.draws.models import Draw, Entry
from passerelle.eoi import queries as eois
from passerelle.programs.rules.selection import Cap, OrderKey
from pointsgrid.ordering import higher_first
from pointsgrid.rules import Rules


def wrong_ranks(draw: Draw) -> int:
    """Return how many entries hold a number that is not what the rule names at its place: a slip of a column, an end reversed.

    Points and instants are looked at in every entry, facts in those taken, one person after the other and not in the database.
    """
    keys = selecting.blocks(draw).ranked_by
    wrong = ~Q(rank__len=max(len(keys), 1))
    for place, one in enumerate(keys):
        if one.by != "fact":
            wrong |= ~Q(**{f"rank__{place}": _meant(one)})
    entries = set(Entry.objects.filter(draw=draw).filter(wrong).values_list("pk", flat=True))
    return len(entries | set(_wrong_facts(draw, keys)))


def _meant(one: OrderKey) -> Any:
    if one.by == "points":
        return F("points") if one.direction == "highest" else Value(ranking.MOST_POINTS) - F("points")
    if one.by == "opened":
        return F("eoi_id") if one.direction == "latest" else _from(ranking.LAST_FILE) - F("eoi_id")
    since = ranking.Since(F("placed_at" if one.by == "date_of_effect" else "eoi__first_submitted_at"))
    return since if one.direction == "latest" else _from(ranking.EARLIER) - since


def _from(most: int) -> Value:
    return Value(most, output_field=BigIntegerField())


def _wrong_facts(draw: Draw, keys: Any) -> Iterator[int]:
    named = [(place, one) for place, one in enumerate(keys) if one.by == "fact"]
    if not named:
        return
    rules, held_on = queries.rules_of(draw).points, draw.held_on
    taken = {eoi: (pk, rank) for pk, eoi, rank in queries.chosen(draw).order_by().values_list("pk", "eoi_id", "rank")}
    for eoi, facts in _as_frozen(draw, list(taken)).values_list("pk", "drawn_facts"):
        pk, rank = taken[eoi]
        for place, one in named:
            limit = ranking.near(held_on, one.within_months) if one.within_months else None
            if rank[place] != higher_first(rules, one.fact or "", one.direction, facts, no_later_than=limit):
                yield pk


def _as_frozen(draw: Draw, keys: list[int]) -> Any:
    assert isinstance(draw.frozen_at, datetime)
    frozen = Entry.objects.filter(draw=draw, eoi=OuterRef("pk"))
    return eois.as_drawn(keys, closes_at=draw.closes_at, at=draw.frozen_at, frozen=frozen)


def over_for_the_year(draw: Draw) -> set[str]:
    """Return the employers with more people taken, here and by earlier draws of the year, than their size allows.

    What was frozen of them plays no part: places are counted again from the files, limits from the facts of each person taken.
    """
    cap = selecting.blocks(draw).cap
    if cap is None or cap.per != "year":
        return set()
    rules, had = queries.rules_of(draw).points, Counter(queries.counted_places(draw, cap, before=draw.frozen_at))
    limits: dict[str, int] = {}
    taken = list(queries.chosen(draw).order_by().values_list("eoi_id", flat=True))
    files = _as_frozen(draw, taken).annotate(drawn_grp=ranking.group(cap, draw.number))
    for employer, facts in files.values_list("drawn_grp", "drawn_facts"):
        if employer:
            had[employer] += 1
            limits[employer] = min(limits.get(employer, cap.limits[-1].take), _limit(cap, rules, facts))
    return {employer for employer, most in limits.items() if had[employer] > most}


def _limit(cap: Cap, rules: Rules, facts: Any) -> int:
    """Return the limit by the size that one person's facts give; the smallest where they do not."""
    if cap.size is None:
        return cap.limits[-1].take
    # One more than the number, and 0 where it is not known.
    size, unit = higher_first(rules, cap.size, "highest", facts), 10 ** rules.facts[cap.size].type.places
    return next(one.take for one in cap.limits if one.up_to is None or size <= one.up_to * unit + 1)
