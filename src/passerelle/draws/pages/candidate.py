"""The candidate's pages: my receipt in a draw, what it proves, the file to take elsewhere; an objection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from passerelle.accounts.access import CandidatePage
from passerelle.core.arrival import ArrivedRequest
from passerelle.draws import operations, permissions, queries, verifying
from passerelle.draws.pages import forms
from passerelle.eoi import queries as eois

if TYPE_CHECKING:
    from passerelle.draws.models import Draw


class DrawnPage(CandidatePage):
    """What these pages share: my file, and a draw of its program whose pool is frozen; a stranger gets a 404."""

    represented = True

    def found(self, reference: str, number: str) -> tuple[Any, Draw]:
        eoi = eois.eoi_for(self.person, reference)
        if self.shown_for(eoi.candidate) is None:
            raise Http404
        return eoi, get_object_or_404(queries.frozen_draws(eoi), number=number)


class Receipt(DrawnPage):
    """What my receipt proves, why I was taken or not, and what to do where I think it is wrong."""

    template_name = "draws/candidate/receipt.html"

    def get(self, request: ArrivedRequest, reference: str, number: str) -> HttpResponse:
        return self._page(request, reference, number, forms.ObjectionForm())

    def post(self, request: ArrivedRequest, reference: str, number: str) -> HttpResponse:
        eoi, draw = self.found(reference, number)
        form = forms.ObjectionForm(request.POST)
        if not form.is_valid():
            return self._page(request, reference, number, form, status=422)
        operations.object_to_draw(
            number=draw.number,
            reference=eoi.reference,
            words=form.cleaned_data["words"],
            by=self.person,
            at=request.arrived_at,
        )
        return self.go_to("draws:receipt", eoi.reference, draw.number)

    def _page(self, request: ArrivedRequest, reference: str, number: str, form: Any, status: int = 200) -> HttpResponse:
        eoi, draw = self.found(reference, number)
        receipt = queries.receipt(draw, eoi)
        points = queries.points_in(draw, receipt) if receipt else None
        checks = verifying.checks(draw, receipt) if receipt and "verify" in request.GET else None
        context = {
            "eoi": eoi, "draw": draw, "receipt": receipt, "points": points, "why": queries.why(draw, eoi, receipt), "form": form,
            "checks": checks, "receipt_holds": all(one["good"] for one in checks or ()),
            "committed": queries.commitment(draw), "objections": queries.objections(draw).filter(eoi=eoi),
            "held_back": queries.tells_only_here(draw, receipt), "held_back_of": queries.told_only_here(draw, receipt),
            "may_object": permissions.can_object(self.person, draw, eoi, request.arrived_at),
        }  # fmt: skip
        return self.show(context, status=status)


class ReceiptFile(DrawnPage):
    """The receipt as a file of JSON."""

    def get(self, request: ArrivedRequest, reference: str, number: str) -> HttpResponse:
        eoi, draw = self.found(reference, number)
        receipt = queries.receipt(draw, eoi)
        if receipt is None:
            raise Http404
        answer = HttpResponse(receipt.to_bytes(), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="receipt-{draw.number}.json"'
        return answer
