"""Repairs of draws: the plans, those accepted, and what they did for whom."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from passerelle.draws.models import Draw, Repair, RepairLine
from passerelle.draws.models.repair import Act

_PEOPLE = ("draw", "planned_by", "acceptance", "acceptance__accepted_by", "withdrawal", "withdrawal__withdrawn_by")


def repairs(draw: Draw) -> QuerySet[Repair]:
    """Return every plan to repair a draw, the latest first; an accepted one has an ``acceptance``, one not to be carried out
    a ``withdrawal``."""
    return Repair.objects.filter(draw=draw).select_related(*_PEOPLE).order_by("-id")


def standing_repairs(draw: Draw) -> QuerySet[Repair]:
    """Return the plans that are accepted or wait for it, the latest first."""
    return repairs(draw).filter(withdrawal=None)


def accepted_repairs(draw: Draw) -> list[Repair]:
    """Return the repairs of a draw that were accepted and carried out, in that order: their notices are for everybody.

    Of draws of ``public_draws`` nothing more is asked of the database.
    """
    known = getattr(draw, "known_repairs", None)
    return list(_accepted().filter(draw=draw)) if known is None else list(known)


def with_repairs() -> Prefetch:
    """Return what brings the accepted repairs along with a list of draws, in one query for all."""
    return Prefetch("repairs", queryset=_accepted(), to_attr="known_repairs")


def _accepted() -> QuerySet[Repair]:
    return Repair.objects.filter(acceptance__isnull=False).select_related("acceptance").order_by("acceptance__id")


def lines(repair: Repair) -> QuerySet[RepairLine]:
    """Return whom a repair touches: those kept out as they should have stood, then those helped."""
    return RepairLine.objects.filter(repair=repair).select_related("eoi").order_by("id")


def taken_back(number: str) -> QuerySet[Any, Any]:
    """Return the EOIs whose invitation by a draw was taken back by a repair."""
    return _done(number, Act.TAKE_BACK)


def added(number: str) -> QuerySet[Any, Any]:
    """Return the EOIs that a repair invited in addition to those drawn."""
    return _done(number, Act.INVITE)


def _done(number: str, act: Act) -> QuerySet[Any, Any]:
    rows = RepairLine.objects.filter(repair__draw__number=number, repair__acceptance__isnull=False, act=act)
    return rows.order_by().values("eoi")


def line_of_repair(draw: Draw, eoi: Any) -> RepairLine | None:
    """Return what the last accepted repair of a draw says of a file; None where none touched it."""
    rows = RepairLine.objects.filter(repair__draw=draw, repair__acceptance__isnull=False, eoi=eoi)
    return rows.select_related("repair").order_by("-repair__acceptance__id").first()
