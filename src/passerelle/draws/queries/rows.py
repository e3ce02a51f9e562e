"""The rows of draws and what is asked of them: entries, who is chosen, what stands in the way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from math import floor
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from npd1.seed import WITHOUT_CHANCE
from passerelle.allocations import queries as allocations
from passerelle.core.verdicts import Verdict
from passerelle.draws import aiming, permissions, ranking, selecting
from passerelle.draws.models import (
    Draw,
    Entry,
    Excluded,
    LeftOut,
    Objection,
    Promotion,
    PublishedNotice,
    Repair,
    Seed,
    Standing,
    Throw,
)
from passerelle.draws.queries import employers
from passerelle.draws.states import RUNNING, DrawState
from passerelle.eoi import closed
from passerelle.eoi import queries as eois
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules
from pointsgrid import draw as choosing

_PEOPLE = ("planned_by", "conducted_by", "selected_by", "approved_by", "void_asked_by", "voided_by", "follows")


def draws(program: str) -> QuerySet[Draw]:
    """Return the draws of a program, newest first."""
    return Draw.objects.filter(program=program).select_related(*_PEOPLE).order_by("-held_on", "-id")


def draw_for(person: Any, number: str) -> Draw:
    """Return a draw of a program the staff member works in; raises Http404."""
    rows = Draw.objects.filter(program__in=person.programs_worked_in()).select_related(*_PEOPLE)
    return get_object_or_404(rows, number=number)


def draw(number: str) -> Draw:
    """Return a draw; raises Draw.DoesNotExist."""
    return Draw.objects.select_related(*_PEOPLE).get(number=number)


def rules_of(draw: Draw) -> ProgramRules:
    """Return the rules of the pack the draw was planned under."""
    return programs.rules(programs.packs(draw.program).get(pk=draw.rule["pack"]))


def frozen(draw: Draw) -> Iterator[choosing.Entry]:
    """Give the entries as they were frozen, in ranking order, for the library; one query, streamed."""
    lot = ("lot__tie",) if has_lots(draw) else ()
    rows = in_order(draw).values_list("eoi_id", "rank", "cells", "grp", "cap", *lot)
    return selecting.stream(rows.iterator(chunk_size=2000))


def in_order(draw: Draw) -> QuerySet[Entry]:
    """Return the frozen entries in the order in which the draw walks them: equals by lot once the seed is known."""
    lot = ("lot__tie",) if has_lots(draw) else ()
    return Entry.objects.filter(draw=draw).order_by("-rank", *lot, "eoi_id")


def has_lots(draw: Draw) -> bool:
    """Say whether every entry of a draw has its lot, from a seed that is known: wherever chance has a part in it."""
    return Seed.objects.filter(draw=draw).exclude(source=WITHOUT_CHANCE).exists()


def pool(draw: Draw, at: datetime, *, changed: bool | None = None) -> QuerySet[Any, Any]:
    """Return the pool a draw looks at, each file with its rank, cells, group and cap by the draw's rule, best first.

    ``changed``: those alone that were changed since the closing, or those alone that were not.
    """
    rows = eois.entries(draw.program, **scope(draw, at), changed=changed)
    rules, said = rules_of(draw), selecting.blocks(draw)
    return ranking.ranked(
        rows, rules, said, number=draw.number, held_on=draw.held_on, stream=draw.stream, earlier=employers.earlier(draw)
    )


def rule_of(draw: Draw, size: int | None = None) -> choosing.Rule:
    """Return the library's rule of a draw; one that takes everybody has as many places as entries were frozen."""
    everybody = size is None and selecting.blocks(draw).takes == "everybody"
    return selecting.rule_of(draw, draw.pool_size if everybody else size)


def chosen(draw: Draw) -> QuerySet[Entry]:
    """Return the entries that are taken, in ranking order: selected and not fallen out, or promoted."""
    taken = Q(standing__selected=True) | Q(promoted__isnull=False)
    return Entry.objects.filter(taken, draw=draw, fell=None).select_related("eoi").order_by("standing__position")


def not_chosen(draw: Draw) -> QuerySet[Entry]:
    """Return the entries that stay in the pool: neither taken nor fallen out, in ranking order."""
    out = Entry.objects.filter(draw=draw, standing__selected=False, promoted=None, fell=None)
    return out.order_by("standing__position")


def may_be_drawn(draw: Draw, at: datetime) -> Exists:
    """Return the condition on an entry that its file may be drawn at ``at``: in the pool, within its year, not barred.

    Asked as "exists", the server matches both sets once; as "not in" it looks through the pool again for each entry as soon
    as the keys of the pool are more than its memory for one step holds.
    """
    return Exists(eois.pool(draw.program, at).order_by().filter(pk=OuterRef("eoi_id")))


def in_turn(draw: Draw, at: datetime, references: Sequence[str]) -> list[str]:
    """Return ``references`` of people taken in the order in which they are invited: as given, or as the rule orders afterwards.

    Facts count as they did when entries closed. Whom the order says nothing about keeps the place among the last.
    """
    said = selecting.blocks(draw)
    if said.afterwards is None:
        return list(references)
    turns = said.model_copy(update={"order": (said.afterwards,), "ties": "submission", "reserve": (), "cap": None})
    everybody = {**scope(draw, at), "meets": None, "first_from": None, "first_before": None}
    rows = eois.entries(draw.program, **everybody | {"points_from": None, "points_through": None})
    known = ranking.ranked(
        rows.filter(reference__in=references), rules_of(draw), turns, number=draw.number, held_on=draw.held_on, stream=draw.stream,
    )  # fmt: skip
    found = list(known.values_list("reference", flat=True))
    return [*found, *(one for one in references if one not in set(found))]


def promotions(draw: Draw) -> QuerySet[Promotion]:
    """Return who fell out after the freeze and who has the place."""
    return Promotion.objects.filter(draw=draw).select_related("fallen__eoi", "taken__eoi").order_by("id")


def fallen(number: str) -> QuerySet[Any, Any]:
    """Return the EOIs of a draw whose place was given on, or stayed free with nobody left to take it."""
    return Promotion.objects.filter(draw__number=number).values("fallen__eoi")


def notice(draw: Draw) -> PublishedNotice | None:
    """Return the published notice of a draw, None where there is none."""
    return PublishedNotice.objects.filter(draw=draw).select_related("published_by").first()


def announced(program: str) -> QuerySet[PublishedNotice]:
    """Return the published notices of a program, the nearest day first: its calendar of draws."""
    rows = PublishedNotice.objects.filter(draw__program=program).select_related("draw")
    return rows.order_by("draw__held_on", "draw_id")


def objections(draw: Draw) -> QuerySet[Objection]:
    """Return what people object to, the first first."""
    return Objection.objects.filter(draw=draw).select_related("eoi", "made_by", "answered_by").order_by("id")


def throws(draw: Draw) -> QuerySet[Throw]:
    """Return who has entered digits of the dice."""
    return Throw.objects.filter(draw=draw).select_related("entered_by").order_by("id")


def frozen_draws(eoi: Any) -> QuerySet[Draw]:
    """Return the draws over a file's pool whose entries are frozen, in which it was or might have been, newest first."""
    frozen_pool = Draw.objects.filter(program=eoi.program, stream=eoi.stream, frozen_at__isnull=False)
    return frozen_pool.filter(frozen_at__gte=eoi.opened_at).order_by("-frozen_at", "-id")


def left_out(draw: Draw) -> QuerySet[LeftOut]:
    """Return whom two people left out, or one asks to, oldest first."""
    return LeftOut.objects.filter(draw=draw).select_related("eoi", "asked_by", "confirmed_by").order_by("id")


def excluded(draw: Draw) -> QuerySet[Excluded]:
    """Return who no longer met a criterion when the pool was frozen."""
    return Excluded.objects.filter(draw=draw).select_related("eoi").order_by("id")


def scope(draw: Draw, at: datetime) -> dict[str, Any]:
    """Return what the pool's queries ask about a draw: its stream, its closing, its categories, whom it is aimed at."""
    first_from, first_before = window(draw)
    return {
        "closes_at": draw.closes_at, "at": at, "categories": draw.categories, "stream": draw.stream,
        "meets": meets(draw), "first_from": first_from, "first_before": first_before, **_points(draw),
    }  # fmt: skip


def meets(draw: Draw) -> Any:
    """Return whom the draw and its rule look at as one WHERE over stored facts; None where everybody is."""
    rules, only = rules_of(draw), selecting.blocks(draw).only
    aimed = aiming.condition(rules, draw.stream, draw.filters, held_on=draw.held_on) if draw.is_targeted else None
    kept = aiming.condition(rules, draw.stream, only.model_dump(), held_on=draw.held_on) if only else None
    return aiming.both(aimed, kept)


def _points(draw: Draw) -> dict[str, int | None]:
    only = selecting.blocks(draw).only
    return {"points_from": only.points_at_least, "points_through": only.points_at_most} if only else {}


def window(draw: Draw) -> tuple[datetime | None, datetime | None]:
    """Return the instants from and before which a first submission counts; the last day named is in to its end."""
    first, last = draw.filters.get("first_from"), draw.filters.get("first_through")
    if not first and not last:
        return None, None
    zone = rules_of(draw).zone
    return (
        datetime.combine(date.fromisoformat(first), time.min, tzinfo=zone) if first else None,
        datetime.combine(date.fromisoformat(last) + timedelta(days=1), time.min, tzinfo=zone) if last else None,
    )


def unreviewed(draw: Draw, at: datetime) -> QuerySet[Any]:
    """Return the files handed in on time that hold up the freeze: not confirmed and not left out by two people."""
    out = LeftOut.objects.filter(draw=draw, confirmed_by__isnull=False).values("eoi")
    return eois.unsettled(draw.program, **scope(draw, at)).exclude(pk__in=out)


def clashing(draw: Draw) -> QuerySet[Draw]:
    """Return other draws over some of the same categories that are frozen and not yet issued or void.

    Where employers have a limit over the year, those of its year too: whom they take is to be counted.
    """
    others = Draw.objects.filter(program=draw.program, state__in=RUNNING).exclude(pk=draw.pk)
    by_year = selecting.blocks(draw).counts_the_year
    shared = Q(held_on__year=draw.held_on.year) if by_year else Q(pk__in=[])
    for category in draw.categories:
        shared |= Q(categories__contains=[category])
    return others.filter(shared).order_by("id")


def places(draw: Draw) -> allocations.Places:
    """Return the places of the draw's year."""
    return allocations.places(draw.program, draw.held_on.year)


@dataclass(frozen=True)
class Room:
    """How many a draw may take: the year's places ``left``, times ``factor``, less the invitations still ``out``.

    Where an invitation holds its place the factor is 1 and none is out: each has left its own place.
    """

    left: int
    factor: Decimal = Decimal(1)
    out: int = 0

    @property
    def most(self) -> int:
        """The most a draw may take; 0 where more are out already."""
        return max(floor(self.left * self.factor) - self.out, 0)


def room(draw: Draw) -> Room:
    """Return how many the draw may take by the places of its year and its stream's choice of when one is used."""
    rules, left = rules_of(draw), places(draw).left
    if holds_places(draw):
        return Room(left)
    unheld = [one.key for one in rules.pools if one.places == "used_at_nomination"]
    return Room(left, planning_factor(rules), eois.invited_now(draw.program, unheld))


def holds_places(draw: Draw) -> bool:
    """Whether each invitation of the draw holds a place of the year; else a nomination uses one."""
    return rules_of(draw).stream(draw.stream).places == "held_at_invitation"


def planning_factor(rules: ProgramRules) -> Decimal:
    """Return how far invitations are planned above the places left; 1 where the pack states none."""
    stated = rules.settings.get("planning_factor")
    return Decimal(str(stated.value)) if stated else Decimal(1)


def issue_verdict(person: Any, draw: Draw) -> Verdict:
    """Say whether ``person`` may issue the draw now, for the later stage that does it."""
    if draw.state != DrawState.SELECTED:
        return Verdict(False, _("Only a draw whose selection is made can be issued."))
    return permissions.can_issue(person, draw)


def refill_verdict(person: Any, draw: Draw, at: datetime) -> Verdict:
    """Say whether ``person`` may fill places given back at ``at``, for the later stage that invites; in no closed stream."""
    if draw.state != DrawState.ISSUED:
        return Verdict(False, _("Places are given back once the invitations are out."))
    return permissions.can_refill(person, draw) and closed.takes_in(draw.program, draw.stream, at)


def repair_verdict(person: Any, draw: Draw) -> Verdict:
    """Say whether ``person`` may see whom an error in the draw harmed and helped."""
    return permissions.can_look_back(person, draw)


def accept_repair_verdict(person: Any, repair: Repair) -> Verdict:
    """Say whether ``person`` may accept a plan, for the later stage that carries it out."""
    return permissions.can_accept_repair(person, repair)


def assertions(draw: Draw) -> list[dict[str, Any]]:
    """Return the conditions checked when the draw was last run: key, whether it holds, the numbers of its sentence."""
    return list(draw.assertions)


def record_of_run(draw: Draw) -> bytes:
    """Return the run as bytes: each frozen entry, its position, whether it was taken. Equal runs give equal bytes."""
    rows = Standing.objects.filter(entry__draw=draw).order_by("position")
    fields = (
        "position",
        "entry__eoi__reference",
        "entry__points",
        "entry__placed_at",
        "entry__category",
        "entry__rank",
        "cell",
    )
    lines = (
        f"{position}|{reference}|{points}|{placed_at.isoformat()}|{category}|{'.'.join(map(str, rank))}|{cell}"
        for position, reference, points, placed_at, category, rank, cell in rows.values_list(*fields)
    )
    head = f"{draw.number}|{selecting.EVERYBODY if draw.size is None else draw.size}|{','.join(draw.categories)}"
    return "\n".join([head, *lines]).encode()


def digest_of_run(draw: Draw) -> str:
    """Return a digest of those the selection took: file, position, rank, whose places. It never changes after."""
    rows = Standing.objects.filter(entry__draw=draw, selected=True).order_by("position")
    digest = sha256(draw.number.encode())
    for row in rows.values_list("position", "entry__eoi_id", "entry__rank", "cell").iterator(chunk_size=2000):
        digest.update(repr(row).encode())
    return digest.hexdigest()
