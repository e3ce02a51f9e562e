"""The officers' queue: the oldest file first."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from passerelle.accounts.access import StaffPage
from passerelle.applications import operations, permissions, queries, standards
from passerelle.applications.pages import forms

READERS = frozenset({"officer", "reviewer", "director", "auditor", "draw_manager"})
ASSESSORS = frozenset(permissions.ASSESSORS)


class Queue(StaffPage):
    """My files, the queue, and every file with a number."""

    template_name = "applications/staff/queue.html"
    roles: ClassVar[frozenset[str]] = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        view = request.GET.get("show", "queue")
        lists = {"queue": queries.queue, "all": queries.complete_files}
        rows = lists.get(view, queries.queue)(self.program)
        page = Paginator(rows, 50).get_page(request.GET.get("page"))
        context = {
            "view": view, "page_obj": page, "mine": queries.in_hand(self.person, self.program),
            "waiting": queries.queue(self.program).count(), "may_take": self.person.has_role(self.program, *ASSESSORS),
            "reviews": queries.open_reviews(self.program).count(), "standard": standards.has_standard(self.program, self.at),
        }  # fmt: skip
        return self.show(context)


class TakeNext(StaffPage):
    """The main button: the oldest file that this officer may decide."""

    roles: ClassVar[frozenset[str]] = ASSESSORS

    def post(self, request: HttpRequest) -> HttpResponse:
        application = operations.take_next(program=self.program, by=self.person, at=self.at)
        if application is None:
            messages.info(request, _("No file waits for you."))
            return self.go_to("applications:queue")
        return self.go_to("applications:staff_file", application.reference)


class Take(StaffPage):
    """Take a given file; out of turn it needs a reason."""

    template_name = "applications/staff/take.html"
    roles: ClassVar[frozenset[str]] = ASSESSORS

    def application(self, reference: str) -> Any:
        return get_object_or_404(queries.visible_to(self.person), reference=reference, program=self.program)

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self.ask(self.application(reference), forms.TakeForm())

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        application, form = self.application(reference), forms.TakeForm(request.POST)
        needs_reason = queries.ahead_of(application) or application.officer_id
        if form.is_valid() and needs_reason and not form.cleaned_data["reason"].strip():
            form.add_error("reason", _("Say why this file comes first. The reason stays on record."))
        if not form.is_valid():
            return self.ask(application, form, status=422)
        operations.take(reference=reference, reason=form.cleaned_data["reason"], by=self.person, at=self.at)
        return self.go_to("applications:staff_file", reference)

    def ask(self, application: Any, form: Any, status: int = 200) -> HttpResponse:
        if application.state not in {"queued", "in_assessment"}:
            raise Http404
        context = {"application": application, "form": form, "ahead": queries.ahead_of(application)}
        return self.show(context, status=status)


class Reviews(StaffPage):
    """Refusals that a party asked to have reviewed."""

    template_name = "applications/staff/reviews.html"
    roles: ClassVar[frozenset[str]] = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        reviews = list(queries.open_reviews(self.program))
        return self.show({"reviews": reviews, "standard": any(one.decide_by for one in reviews)})
