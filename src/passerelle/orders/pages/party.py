"""An order as the person it is against, or their representative, sees it: what is alleged, the reply, the request for a review."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from passerelle.accounts.access import PartyPage
from passerelle.accounts.models import Audience
from passerelle.orders import operations, permissions, queries, wording
from passerelle.orders.pages import forms
from passerelle.reviews.forms import AskForm


class OwnPage(PartyPage):
    """For whoever an order may be against: the sides of a file, and who represents them."""

    audiences = PartyPage.audiences | {Audience.REPRESENTATIVE}

    def order(self, reference: str) -> Any:
        """The order against the reader, or against the client they stand for, whom the page then names."""
        found = queries.order_against(self.person, reference)
        self.shown_for(found.subject)
        return found


class Detail(OwnPage):
    """What is alleged and ordered, the letters, what can still be done; takes the reply."""

    template_name = "orders/party/detail.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self.overview(self.order(reference))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        order, form = self.order(reference), forms.ReplyForm(request.POST)
        if not form.is_valid():
            return self.overview(order, form, status=422)
        operations.reply_to_notice(reference=reference, reply=form.cleaned_data["reply"], by=self.person, at=self.at)
        messages.success(request, _("Your reply was received."))
        return self.go_to("orders:against_me", reference)

    def overview(self, order: Any, form: Any = None, status: int = 200) -> HttpResponse:
        review = queries.review_of(order)
        return self.show({
            "order": order, "terms": wording.terms(order), "tag": wording.tag(order), "form": form or forms.ReplyForm(),
            "may_reply": permissions.can_reply(self.person, order),
            "may_ask": permissions.can_ask_review(self.person, order, at=self.at),
            "review": review, "outcome": wording.outcomes().get(review.outcome) if review else "",
            "who": wording.reviewer(), "letters": queries.letters(order, self.person),
        }, status=status)  # fmt: skip


class AskReview(OwnPage):
    """Ask for a review: the error alleged, what would be different, documents that could not come earlier."""

    template_name = "orders/party/ask_review.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        order = self.order(reference)
        return self.ask(order, AskForm(terms=queries.terms_of_review(order)))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        order, uploads = self.order(reference), request.FILES.getlist("files")
        form = AskForm(request.POST, terms=queries.terms_of_review(order), uploads=uploads)
        if not form.is_valid():
            return self.ask(order, form, status=422)
        try:
            operations.ask_order_review(
                reference=reference, uploads=uploads, by=self.person, at=self.at, **form.cleaned_data
            )
        except operations.Unacceptable as refusal:
            form.add_error(None, str(refusal))
            return self.ask(order, form, status=422)
        messages.success(request, _("Your request for a review was received."))
        return self.go_to("orders:against_me", reference)

    def ask(self, order: Any, form: Any, status: int = 200) -> HttpResponse:
        may = permissions.can_ask_review(self.person, order, at=self.at)
        terms = queries.terms_of_review(order)
        return self.show(
            {"order": order, "form": form, "terms": terms, "may": may, "who": wording.reviewer()}, status=status
        )
