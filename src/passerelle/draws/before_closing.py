"""What of this room stands in the way of closing a stream."""

from passerelle.draws.models import Draw
from passerelle.draws.states import RUNNING, DrawState


def holds(program: str, stream: str) -> list[str]:
    """Return the numbers of the draws of a stream that are planned or run: they are issued, or made void, first."""
    rows = Draw.objects.filter(program=program, stream=stream, state__in=(DrawState.PLANNED, *RUNNING))
    return list(rows.order_by("pk").values_list("number", flat=True))
