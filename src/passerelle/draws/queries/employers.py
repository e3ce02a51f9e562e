"""How many places of the year each employer had by earlier draws, where a rule's limit counts over the year (ADR 26)."""

from collections import Counter
from datetime import datetime

from django.db.models import F, Q

from passerelle.draws import ranking, selecting
from passerelle.draws.models import Draw, EarlierPlaces, Entry, RepairLine
from passerelle.draws.models.repair import Act
from passerelle.draws.states import DrawState
from passerelle.eoi import queries as eois
from passerelle.programs.rules.selection import Cap, SelectionRule


def earlier(draw: Draw, rule: SelectionRule | None = None) -> dict[str, int]:
    """Return the places that employers, by their pseudonyms, had before ``draw``; empty where the rule's limit is of one draw.

    Once the pool is frozen they are those kept with it. Under a ``rule`` that tells employers apart otherwise than the draw's
    own does, none are kept: they are counted again, of what had been issued by the freeze.
    """
    own = selecting.blocks(draw).cap
    cap = rule.cap if rule else own
    if cap is None or cap.per != "year":
        return {}
    if draw.frozen_at is None or own is None or (own.per, own.employer) != (cap.per, cap.employer):
        return counted(draw, cap, before=draw.frozen_at)
    return dict(EarlierPlaces.objects.filter(draw=draw).values_list("grp", "places"))


def counted(draw: Draw, cap: Cap, *, before: datetime | None) -> dict[str, int]:
    """Count the places of each employer in the draw's year, of draws issued ``before`` (None: at all), from the files.

    A place is had as long as its invitation stands, and for good once an application was made with it.
    """
    others = Draw.objects.filter(program=draw.program, held_on__year=draw.held_on.year, state=DrawState.ISSUED)
    others = others.exclude(pk=draw.pk)
    promoted, repaired = Q(promoted__isnull=False), Q(repair__acceptance__isnull=False)
    if before:
        others = others.filter(issued_at__lt=before)
        promoted, repaired = Q(promoted__at__lt=before), Q(repair__acceptance__accepted_at__lt=before)
    taken = Entry.objects.filter(Q(standing__selected=True) | promoted, draw__in=others, fell=None).values("eoi")
    added = RepairLine.objects.filter(repaired, repair__draw__in=others, act=Act.INVITE).values("eoi")
    files = eois.holding_places(Q(pk__in=taken) | Q(pk__in=added)).annotate(drawn_facts=F("facts"))
    named = files.annotate(drawn_grp=ranking.group(cap, draw.number)).order_by()
    return dict(Counter(one for one in named.values_list("drawn_grp", flat=True) if one))
