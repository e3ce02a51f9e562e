"""Contravention orders for staff: the list, a proposal, one order with what can be done next."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from passerelle.accounts.access import StaffPage
from passerelle.core.verdicts import NotAllowed
from passerelle.core.views import Act
from passerelle.orders import operations, permissions, queries, wording
from passerelle.orders.pages import forms
from passerelle.reviews.forms import AskForm, DecideForm

READERS = frozenset(permissions.READERS)
CHECKERS = frozenset(permissions.CHECKERS)
MAKERS = frozenset(permissions.MAKERS)


class OrdersPage(StaffPage):
    """A page of this room; a program without orders has none."""

    roles: ClassVar[frozenset[str]] = READERS

    def turned_away(self, request: HttpRequest) -> HttpResponseBase | None:
        away = super().turned_away(request)
        if away is None:
            queries.rules_with_orders(self.program, self.at)
        return away


class Orders(OrdersPage):
    """Every order, newest first, and the penalties overdue."""

    template_name = "orders/staff/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(queries.orders_for(self.person, self.program), 50).get_page(request.GET.get("page"))
        rows = [{"order": one, "tag": wording.tag(one)} for one in page]
        return self.show({
            "page_obj": page, "rows": rows, "overdue": queries.overdue(self.program, self.at),
            "may_propose": permissions.can_propose(self.person, self.program),
        })  # fmt: skip


class Propose(OrdersPage):
    """First of two: put an order forward."""

    template_name = "orders/staff/propose.html"
    roles: ClassVar[frozenset[str]] = CHECKERS

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(
            {"form": forms.ProposeForm(program=self.program, initial={"about": request.GET.get("about", "")})}
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = forms.ProposeForm(request.POST, program=self.program)
        order = self.propose(form) if form.is_valid() else None
        if order is None:
            return self.show({"form": form}, status=422)
        messages.success(request, _("The order is proposed. Send the notice so that the person can reply."))
        return self.go_to("orders:detail", order.reference)

    def propose(self, form: Any) -> Any:
        try:
            return operations.propose_order(
                program=self.program, against=form.against(), terms=form.terms(), by=self.person, at=self.at
            )
        except operations.NoSuchFile:
            form.add_error("about", _("No file handed in to this program has this number and this party."))
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        return None


class Detail(OrdersPage):
    """One order: what is alleged and intended, who did what, what can be done next."""

    template_name = "orders/staff/detail.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self.overview(self.order(reference))

    def order(self, reference: str) -> Any:
        return queries.order_for(self.person, self.program, reference)

    def overview(self, order: Any, status: int = 200, **wrong: Any) -> HttpResponse:
        review, of_review = queries.review_of(order), queries.terms_of_review(order)
        may_act = permissions.can_propose(self.person, self.program)
        return self.show({
            "order": order, "terms": wording.terms(order), "tag": wording.tag(order), "review": review,
            "may_act": may_act, "may_make": permissions.can_make(self.person, order, at=self.at),
            "may_review": permissions.can_decide_review(self.person, review) if review else None,
            "may_enter_reply": permissions.can_reply(self.person, order),
            "may_enter_review": permissions.can_ask_review(self.person, order, at=self.at),
            "letters": queries.letters(order, self.person), "additions": queries.additions(order), "at": self.at,
            "reply_form": forms.ReplyForm(), "reason_form": forms.ReasonForm(), "paid_form": forms.PaidForm(),
            "review_form": DecideForm(words=wording.outcomes()), "request_form": AskForm(terms=of_review), "of_review": of_review,
            "review_outcome": wording.outcomes().get(review.outcome) if review else "", **wrong,
        }, status=status)  # fmt: skip


class OrderAct(Act, Detail):
    """A form or button of the order's page that leads to one operation."""

    http_method_names = ("post", "options")
    roles: ClassVar[frozenset[str]] = CHECKERS
    refusals = (operations.Unacceptable, operations.AmountChanged)
    form_name = ""

    def subject(self, reference: str) -> Any:
        return self.order(reference)

    def ask(self, order: Any, form: Any, status: int = 200) -> HttpResponse:
        return self.overview(order, status=status, form=form, **{self.form_name: form})

    def lead_on(self, order: Any) -> HttpResponse:
        return self.go_to("orders:detail", order.reference)


class Notice(OrderAct):
    def act(self, order: Any, given: dict[str, Any]) -> str:
        operations.notice_order(reference=order.reference, by=self.person, at=self.at)
        return _("The notice was sent.")


class EnterReply(OrderAct):
    form_class, form_name = forms.ReplyForm, "reply_form"

    def act(self, order: Any, given: dict[str, Any]) -> str:
        operations.reply_to_notice(reference=order.reference, by=self.person, at=self.at, **given)
        return _("The reply was entered.")


class Make(OrderAct):
    roles: ClassVar[frozenset[str]] = MAKERS

    def act(self, order: Any, given: dict[str, Any]) -> str:
        operations.make_order(reference=order.reference, by=self.person, at=self.at)
        return _("The order was made, and the letters were issued.")


class Drop(OrderAct):
    form_class, form_name = forms.ReasonForm, "reason_form"

    def act(self, order: Any, given: dict[str, Any]) -> str:
        operations.drop_order(reference=order.reference, by=self.person, at=self.at, **given)
        return _("The order is not made.")


class Paid(OrderAct):
    form_class, form_name = forms.PaidForm, "paid_form"

    def act(self, order: Any, given: dict[str, Any]) -> str:
        operations.record_payment(reference=order.reference, by=self.person, at=self.at, **given)
        return _("The penalty is recorded as paid.")


class EnterReview(OrderAct):
    form_name = "request_form"

    def form(self, order: Any, data: Any = None) -> Any:
        uploads = self.request.FILES.getlist("files")
        return AskForm(data, terms=queries.terms_of_review(order), uploads=uploads)

    def act(self, order: Any, given: dict[str, Any]) -> str:
        uploads = self.request.FILES.getlist("files")
        operations.ask_order_review(reference=order.reference, uploads=uploads, by=self.person, at=self.at, **given)
        return _("The request for a review was entered.")


class DecideReview(OrderAct):
    form_name = "review_form"

    def form(self, order: Any, data: Any = None) -> Any:
        return DecideForm(data, words=wording.outcomes())

    def act(self, order: Any, given: dict[str, Any]) -> str:
        operations.decide_order_review(reference=order.reference, by=self.person, at=self.at, **given)
        return _("The review was decided, and the letters were issued.")


class Addition(Detail):
    """One file added to the request for a review, logged."""

    def get(self, request: HttpRequest, reference: str, document: Any) -> HttpResponse:  # type: ignore[override]
        found = operations.open_addition(order=self.order(reference), document=document, by=self.person, at=self.at)
        if found is None:
            raise Http404
        answer: HttpResponse = found
        return answer
