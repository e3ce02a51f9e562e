"""The ranks of a draw counted a second time: each number of each entry says what the rule ranks by."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, Value

from passerelle.draws import queries, ranking, selecting
from passerelle.draws.models import Draw, Entry
from passerelle.eoi import queries as eois
from passerelle.programs.rules.selection import OrderKey
from pointsgrid.ordering import higher_first


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
    assert isinstance(draw.frozen_at, datetime)
    rules, held_on = queries.rules_of(draw).points, draw.held_on
    taken = {eoi: (pk, rank) for pk, eoi, rank in queries.chosen(draw).order_by().values_list("pk", "eoi_id", "rank")}
    frozen = Entry.objects.filter(draw=draw, eoi=OuterRef("pk"))
    files = eois.as_drawn(list(taken), closes_at=draw.closes_at, at=draw.frozen_at, frozen=frozen)
    for eoi, facts in files.values_list("pk", "drawn_facts"):
        pk, rank = taken[eoi]
        for place, one in named:
            limit = ranking.near(held_on, one.within_months) if one.within_months else None
            if rank[place] != higher_first(rules, one.fact or "", one.direction, facts, no_later_than=limit):
                yield pk
