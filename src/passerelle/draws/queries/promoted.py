"""Places that fell vacant, in the words of npd1: who fell out, who took the place, and whom the walk passed on its way."""

from npd1 import result
from passerelle.core.sets import Among
from passerelle.draws.models import Draw, Leaf, Promotion


def told(draw: Draw) -> list[result.Promotion]:
    """Return who fell out and who took the place, with those whom the walk passed because they had left by then.

    Whom it passed was written down when the place was filled: the pool is not walked again.
    """
    rows = list(Promotion.objects.filter(draw=draw).select_related("fallen__leaf", "taken__leaf").order_by("id"))
    passed = sorted({key for row in rows for key in row.passed})
    leaves = Leaf.objects.filter(Among("entry__eoi", passed), draw=draw) if passed else Leaf.objects.none()
    ticket = dict(leaves.values_list("entry__eoi", "ticket"))
    return [
        result.Promotion(
            row.fallen.leaf.ticket or "", row.taken.leaf.ticket if row.taken else None, row.cell,
            [ticket[key] or "" for key in row.passed],
        )
        for row in rows
    ]  # fmt: skip


def was_passed(draw: Draw, eoi_id: int) -> bool:
    """Say whether the walk came by a file when it filled a vacant place, and the file had left the pool."""
    return Promotion.objects.filter(draw=draw, passed__contains=[eoi_id]).exists()
