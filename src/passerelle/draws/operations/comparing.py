"""Working out the fairness report of a draw, once, after its selection."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from passerelle.core.verdicts import Verdict, require
from passerelle.draws import fairness
from passerelle.draws.models import FairnessReport
from passerelle.draws.operations.support import locked, told


@transaction.atomic
def report_fairness(*, number: str, at: datetime) -> FairnessReport | None:
    """Compare those the selection took with the pool, and keep it with the draw; a second time changes nothing.

    The worker does it when the selection is committed. None where the pack names no facts to compare by. Raises NotAllowed
    before the selection.
    """
    draw = locked(number)
    require(Verdict(draw.selected_at is not None, _("The selection is not made yet: there is nothing to compare.")))
    if made := FairnessReport.objects.filter(draw=draw).first():
        return made
    counts = fairness.counted(draw)
    if not counts["attributes"]:
        return None
    made = FairnessReport.objects.create(draw=draw, counts=counts, told=fairness.told(counts), made_at=at)
    told("draw.compared", draw, by=None, at=at, told=made.told)
    return made
