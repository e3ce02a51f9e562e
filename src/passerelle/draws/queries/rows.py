"""The rows of draws and what is asked of them: entries, who is chosen, what stands in the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import floor
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from passerelle.allocations import queries as allocations
from passerelle.core.verdicts import Verdict
from passerelle.draws import aiming, permissions, selecting
from passerelle.draws.models import Draw, Entry, Excluded, LeftOut, Promotion, Standing
from passerelle.draws.states import RUNNING, DrawState
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
    rows = Entry.objects.filter(draw=draw).order_by("-points", "placed_at", "eoi_id")
    return selecting.stream(rows.values_list("eoi_id", "points", "placed_at", "category").iterator(chunk_size=2000))


def chosen(draw: Draw) -> QuerySet[Entry]:
    """Return the entries that are taken, in ranking order: selected and not fallen out, or promoted."""
    taken = Q(standing__selected=True, fell=None) | Q(promoted__isnull=False)
    return Entry.objects.filter(taken, draw=draw).select_related("eoi").order_by("standing__position")


def not_chosen(draw: Draw) -> QuerySet[Entry]:
    """Return the entries that stay in the pool: neither taken nor fallen out, in ranking order."""
    out = Entry.objects.filter(draw=draw, standing__selected=False, promoted=None, fell=None)
    return out.order_by("standing__position")


def promotions(draw: Draw) -> QuerySet[Promotion]:
    """Return who fell out after the freeze and who has the place."""
    return Promotion.objects.filter(draw=draw).select_related("fallen__eoi", "taken__eoi").order_by("id")


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
        "meets": meets(draw), "first_from": first_from, "first_before": first_before,
    }  # fmt: skip


def meets(draw: Draw) -> Any:
    """Return the attributes the draw is aimed at as one WHERE over stored facts; None for a general draw."""
    return aiming.condition(rules_of(draw), draw.stream, draw.filters) if draw.is_targeted else None


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
    """Return other draws over some of the same categories that are frozen and not yet issued or void."""
    others = Draw.objects.filter(program=draw.program, state__in=RUNNING).exclude(pk=draw.pk)
    shared = Q(pk__in=[])
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
    if rules.stream(draw.stream).places == "held_at_invitation":
        return Room(left)
    unheld = [one.key for one in rules.pools if one.places == "used_at_nomination"]
    return Room(left, planning_factor(rules), eois.invited_now(draw.program, unheld))


def planning_factor(rules: ProgramRules) -> Decimal:
    """Return how far invitations are planned above the places left; 1 where the pack states none."""
    stated = rules.settings.get("planning_factor")
    return Decimal(str(stated.value)) if stated else Decimal(1)


def tie_break_of(draw: Draw) -> str:
    """Return the pack's way to order equal points, as its setting says it."""
    return str(draw.rule["tie_break"])


def issue_verdict(person: Any, draw: Draw) -> Verdict:
    """Say whether ``person`` may issue the draw now, for the later stage that does it."""
    if draw.state != DrawState.SELECTED:
        return Verdict(False, _("Only a draw whose selection is made can be issued."))
    return permissions.can_issue(person, draw)


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
        "selected",
    )
    lines = (
        f"{position}|{reference}|{points}|{placed_at.isoformat()}|{category}|{int(selected)}"
        for position, reference, points, placed_at, category, selected in rows.values_list(*fields)
    )
    return "\n".join([f"{draw.number}|{draw.size}|{','.join(draw.categories)}", *lines]).encode()
