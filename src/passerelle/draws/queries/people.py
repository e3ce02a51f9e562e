"""``people.csv`` of the auditor's bundle: everybody who was, or might be thought to have been, in a draw, and their scores."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from django.utils import translation

from passerelle.draws.models import Draw, Entry, Excluded, LeftOut
from passerelle.draws.queries import silent
from passerelle.eoi import queries as eois
from passerelle.programs import queries as programs
from pointsgrid import points
from pointsgrid.rules import Rules

ERASED = "ticket erased"
CHUNK = 2000


def people_file(draw: Draw) -> Iterator[bytes]:
    """Give the rows of everybody in the draw, in the order of the tickets (those erased last), then of everybody of its stream
    who was not in it; piece by piece.

    Beside the points stand the pack and the grid that gave them, each factor's points, and the facts that the grid looks at,
    as JSON. A file brought in from elsewhere, of which no score is known, has none of these.
    """
    packs, factors, facts = _known(draw)
    head = ("reference", "person", "ticket", "why", "points", *(("pack", "grid") if factors else ()))
    names = (*head, *(f"points:{one}" for one in factors), *(f"fact:{one}" for one in facts))
    blank = [""] * (len(names) - len(head) + 2 * bool(factors))
    rows = chain([names], _in(draw, packs, factors, facts), ((*row, *blank) for row in _out(draw)))
    while some := list(islice(rows, CHUNK)):
        held = io.StringIO()
        csv.writer(held, lineterminator="\r\n").writerows(some)
        yield held.getvalue().encode()


def _known(draw: Draw) -> tuple[dict[int, str], list[str], list[str]]:
    """Return the packs that files in the draw were scored under, by content, and all factors and facts of their grids."""
    used = Entry.objects.filter(draw=draw).order_by().values_list("eoi__pack", "grid").distinct()
    packs, factors, facts = dict[int, str](), dict[str, None](), dict[str, None]()
    for key, grid in used:
        pack = programs.packs(draw.program).get(pk=key)
        library: Rules = programs.rules(pack).points
        if grid in library.grids:
            packs[key] = pack.sha256
            factors |= dict.fromkeys(one.id for one in library.grid(grid).root.children)
            facts |= dict.fromkeys(_facts(library, grid))
    return packs, list(factors), list(facts)


def _facts(library: Rules, grid: str) -> list[str]:
    gate = library.grid(grid).gate
    return [*points.facts_used(library, grid), *(_facts(library, gate) if gate else ())]


def _in(draw: Draw, packs: dict[int, str], factors: list[str], facts: list[str]) -> Iterator[tuple[Any, ...]]:
    names = ["eoi__reference", "eoi__person_key", "leaf__ticket", "points"]
    rows = Entry.objects.filter(draw=draw)
    if factors:
        rows = rows.annotate(scored=eois.as_scored(draw.frozen_at, facts))  # type: ignore[arg-type]
        names += ["eoi__pack", "grid", "scored"]
    held = rows.filter(leaf__ticket__isnull=False).order_by("leaf__position")
    # Those whose ticket was erased stand last, by their number: in the place of their line they would still be tied to it.
    erased = rows.filter(leaf__ticket=None).order_by("eoi__reference")
    read = (some.values_list(*names).iterator(chunk_size=CHUNK) for some in (held, erased))
    for reference, person, ticket, total, *more in chain.from_iterable(read):
        row: tuple[Any, ...] = (reference, person, ticket or "", "" if ticket else ERASED, total)
        if more:
            pack, grid, scored = more
            row += tuple(_scored(packs.get(pack, ""), grid, scored, total, factors, facts))
        yield row


def _scored(pack: str, grid: str, scored: Any, total: int, factors: list[str], facts: list[str]) -> Iterator[Any]:
    """Give pack, grid, factors and facts of one row; blank where no sheet adds up to the points (a cap, or none is known)."""
    given = dict(zip(scored["factors"] or (), scored["points"] or (), strict=True))
    whole = all(isinstance(one, int) for one in given.values()) and sum(given.values()) == total
    yield pack if given else ""
    yield grid if given else ""
    yield from (given.get(one, "") if whole else "" for one in factors)
    held = scored["facts"] or {}
    yield from ("" if held.get(one) is None else json.dumps(held[one], ensure_ascii=False) for one in facts)


def _out(draw: Draw) -> Iterator[tuple[Any, ...]]:
    held = Entry.objects.filter(draw=draw).values("eoi")
    left = LeftOut.objects.filter(draw=draw, confirmed_at__isnull=False).exclude(eoi__in=held)
    excluded = Excluded.objects.filter(draw=draw).exclude(eoi__in=held)
    who = ("eoi__reference", "eoi__person_key", "eoi__points")
    for reference, person, points_now in left.values_list(*who).iterator(chunk_size=CHUNK):
        yield reference, person, "", "left out by two people", points_now
    for reference, person, points_now, criteria in excluded.values_list(*who, "criteria").iterator(chunk_size=CHUNK):
        yield reference, person, "", "criteria: " + " ".join(criteria), points_now
    assert draw.frozen_at
    others = eois.handed_in(draw.program, closes_at=draw.frozen_at, stream=draw.stream).exclude(pk__in=held)
    others = others.exclude(pk__in=left.values("eoi")).exclude(pk__in=excluded.values("eoi"))
    rest = others.select_related(None).only(*silent.LOOKED_AT, "points").iterator(chunk_size=CHUNK)
    while some := list(islice(rest, CHUNK)):
        with translation.override("en"):
            why = silent.reasons(draw, some)
        for eoi in some:
            yield eoi.reference, eoi.person_key, "", why[eoi.pk] or "the records do not show why", eoi.points
