"""Staff page: the plan to repair a draw, and the act of another director with which it is carried out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.allocations.operations import NoPlaceLeft
from passerelle.core.arrival import ArrivedRequest
from passerelle.core.text import pick
from passerelle.draws import queries as drawn
from passerelle.draws.operations import RepairOutdated
from passerelle.invitations import operations
from passerelle.invitations.pages.staff import DrawPage


class AcceptRepair(DrawPage):
    """What a plan does, and whether it is accepted: then it is carried out at once."""

    template_name = "invitations/staff/accept_repair.html"
    roles = frozenset({"director"})

    def get(self, request: ArrivedRequest, number: str, repair: int) -> HttpResponse:
        return self._page(number, repair)

    def post(self, request: ArrivedRequest, number: str, repair: int) -> HttpResponse:
        draw = self.found(number)
        plan = get_object_or_404(drawn.repairs(draw), pk=repair)
        try:
            operations.carry_out_repair(number=draw.number, repair=plan.pk, by=self.person, at=request.arrived_at)
        except RepairOutdated:
            outdated = _("The draw or its people have changed since this plan. Plan the repair again.")
            return self._page(number, repair, outdated, status=409)
        except NoPlaceLeft as short:
            return self._page(number, repair, _short(short), status=409)
        messages.success(request, _("The repair is accepted and carried out. Its notice is on the page of the draw."))
        return self.go_to("draws:repair_plan", draw.number, plan.pk)

    def _page(self, number: str, repair: int, blocked: str = "", status: int = 200) -> HttpResponse:
        draw = self.found(number)
        plan = get_object_or_404(drawn.repairs(draw), pk=repair)
        context: dict[str, Any] = {
            "draw": draw, "plan": plan, "what": pick(plan.what), "accepted": getattr(plan, "acceptance", None), "blocked": blocked,
            "withdrawn": getattr(plan, "withdrawal", None),
            "verdict": drawn.accept_repair_verdict(self.person, plan), "invited": plan.counts["invited"],
            "taken_back": plan.counts["taken_back"],
        }  # fmt: skip
        return self.show(context, status=status)


def _short(short: NoPlaceLeft) -> str:
    return ngettext(
        "The year has %(left)s place left and this repair needs %(wanted)s. Nothing was done.",
        "The year has %(left)s places left and this repair needs %(wanted)s. Nothing was done.",
        short.left,
    ) % {"left": short.left, "wanted": short.wanted}
