"""Places that fell vacant, in the words of npd1: who fell out, who took the place, and whom the walk passed on its way."""

from collections import Counter

from django.db.models import Max

from npd1 import result
from npd1.words import EVERYBODY
from passerelle.draws import selecting
from passerelle.draws.models import Draw, Entry, Promotion, Standing


def told(draw: Draw) -> list[result.Promotion]:
    """Return who fell out and who took the place, with those whom the walk passed because they had left by then."""
    rows = (
        Promotion.objects.filter(draw=draw)
        .select_related("fallen__leaf", "fallen__standing", "taken__leaf", "taken__standing")
        .order_by("id")
    )
    found: list[result.Promotion] = []
    if not rows:
        return found  # nothing is looked up among everybody
    taken = Standing.objects.filter(entry__draw=draw, selected=True)
    ends = dict(taken.order_by().values_list("cell").annotate(last=Max("position")))
    used = Counter(taken.exclude(entry__grp="").values_list("entry__grp", flat=True))
    ever = set(taken.values_list("entry_id", flat=True))
    for row in rows:
        used[row.fallen.grp] -= 1
        passed = _passed(draw, row, ends.get(row.cell, 0), ever, used)
        ever |= {one.pk for one in passed}
        if row.taken:
            ever.add(row.taken.pk)
            used[row.taken.grp] += 1
            ends[row.cell] = row.taken.standing.position
        names = [one.leaf.ticket or "" for one in passed]
        found.append(
            result.Promotion(
                row.fallen.leaf.ticket or "", row.taken.leaf.ticket if row.taken else None, row.cell, names
            )
        )
    return found


def _passed(draw: Draw, row: Promotion, end: int, ever: set[int], used: Counter[str]) -> list[Entry]:
    """Return whom the walk met on its way to the next taken, or to its end, and could not take: they had left."""
    if selecting.blocks(draw).ties == "take_all":
        return []
    met = Entry.objects.filter(draw=draw, standing__position__gt=end).exclude(pk__in=ever).select_related("leaf")
    if row.taken:
        met = met.filter(standing__position__lt=row.taken.standing.position)
    if row.cell != EVERYBODY:
        met = met.filter(cells__contains=[row.cell])
    return [
        one for one in met.order_by("standing__position") if not one.grp or one.cap is None or used[one.grp] < one.cap
    ]
