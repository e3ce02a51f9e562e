"""The program's payments for its staff: the list, one payment with its steps, the list for the books."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from passerelle.accounts.access import StaffPage
from passerelle.core.sheets import csv_text
from passerelle.payments import operations, queries, words
from passerelle.payments.permissions import READERS, can_give_back
from passerelle.payments.states import PaymentState, StepKind

ON_A_PAGE = 50
TONES = {
    PaymentState.ASKED: "active", PaymentState.FAILED: "warning", PaymentState.PAID: "success",
    PaymentState.REFUNDING: "active", PaymentState.REFUNDED: "quiet", PaymentState.CANCELLED: "quiet",
}  # fmt: skip
# Signs of a step's amount in the books: what came in, what went back.
SIGNS = {StepKind.PAID: 1, StepKind.SURPLUS: 1, StepKind.REFUNDED: -1, StepKind.SURPLUS_REFUNDED: -1}


class Payments(StaffPage):
    """A program's payments, the last asked first."""

    template_name = "payments/staff/list.html"
    roles = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        state = request.GET.get("state", "")
        state = state if state in PaymentState.values else ""
        page = Paginator(queries.payments_of(self.program, state=state), ON_A_PAGE).get_page(request.GET.get("page"))
        rows = [{"payment": one, "tone": TONES[PaymentState(one.state)]} for one in page]
        return self.show(
            {"page_obj": page, "rows": rows, "state": state, "states": PaymentState.choices, "at": self.at}
        )


class Payment(StaffPage):
    """One payment with every step; a director or administrator can give it back."""

    template_name = "payments/staff/payment.html"
    roles = READERS

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self._show(self._payment(reference))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        payment = self._payment(reference)
        if request.POST.get("act") == "again":
            operations.refund_again(reference=reference, by=self.person, at=self.at)
            messages.success(request, _("The refund is tried again within a minute."))
            return self.go_to("payments:staff_payment", reference)
        reason = request.POST.get("reason", "").strip()
        if not reason:
            problems = [{"id": "reason", "text": _("Say why the money goes back.")}]
            return self._show(payment, problems=problems, status=422)
        operations.give_back(reference=reference, reason=reason[:200], by=self.person, at=self.at)
        messages.success(request, _("The refund is ordered. It is done within a minute or two."))
        return self.go_to("payments:staff_payment", reference)

    def _payment(self, reference: str) -> Any:
        return get_object_or_404(queries.payments_of(self.program), reference=reference)

    def _show(self, payment: Any, status: int = 200, **more: Any) -> HttpResponse:
        last = queries.last_attempt(payment)
        context = {
            "payment": payment, "tone": TONES[PaymentState(payment.state)], "rows": _told(payment),
            "attempt": last, "provider": words.provider(last.variant) if last else "",
            "verdict": can_give_back(self.person, payment), **more,
        }  # fmt: skip
        return self.show(context, status=status)


def _told(payment: Any) -> list[dict[str, Any]]:
    return [{"step": step, "detail": words.detail(step)} for step in queries.steps(payment)]


class Ledger(StaffPage):
    """Every movement of money as CSV, to compare with the provider's own list."""

    roles = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        head = ("at", "payment", "about", "purpose", "step", "cents", "currency", "receipt", "provider", "transaction")
        rows = (_row(step) for step in queries.ledger(self.program))
        answer = HttpResponse(csv_text(head, rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="payments-{self.program}-{self.at:%Y-%m-%d}.csv"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


def _row(step: Any) -> tuple[object, ...]:
    payment, attempt = step.payment, step.attempt
    return (
        step.at.isoformat(), payment.reference, payment.about, payment.purpose, step.kind,
        SIGNS[StepKind(step.kind)] * step.amount_cents, attempt.currency, payment.receipt, attempt.variant,
        attempt.transaction_id or attempt.token,
    )  # fmt: skip
