"""What every page is built on: it reads with one query, acts with one operation, and works as plain HTML."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View
from django_htmx.http import HttpResponseClientRedirect

from passerelle.core.arrival import ArrivedRequest
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed


def _holds_nul(request: HttpRequest) -> bool:
    # No keyboard types it and the database keeps no text with it: whoever sends it is trying something.
    if "\x00" in request.path:
        return True
    return any(
        "\x00" in value for sent in (request.GET, request.POST) for _name, some in sent.lists() for value in some
    )


class Page(View):
    """Base of all pages. ``show`` renders the whole template or, to HTMX, one named part of it."""

    template_name: str

    @property
    def at(self) -> datetime:
        """The moment the request arrived: what every operation of this page is told."""
        return cast(ArrivedRequest, self.request).arrived_at

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Run the page; what it is not allowed to do answers 403, what changed meanwhile 409, both in words."""
        if _holds_nul(request):
            raise BadRequest
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotAllowed as refusal:
            return render(request, "errors/refused.html", {"reason": str(refusal)}, status=403)
        except IllegalMove as clash:
            return render(request, "errors/changed.html", {"move": clash.move, "state": clash.state}, status=409)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 405; whoever opens an address that takes a form alone (typed, reloaded) is shown the way to its page."""
        refusal = super().http_method_not_allowed(request, *args, **kwargs)
        if request.method == "GET":
            page = render(request, "errors/form_only.html", status=405)
            page["Allow"] = refusal["Allow"]
            return page
        return refusal

    def show(
        self, context: Mapping[str, Any] | None = None, *, part: str | None = None, status: int = 200
    ) -> HttpResponse:
        """Render ``template_name``; to HTMX with ``part`` only the template ``<name>#<part>.html`` beside it."""
        template = self.template_name
        if part and getattr(self.request, "htmx", False):
            template = template.removesuffix(".html") + f".{part}.html"
        return render(self.request, template, {"page": self, **(context or {})}, status=status)

    def go_to(self, url_name: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to a named page; to HTMX as a client redirect."""
        url = reverse(url_name, args=args, kwargs=kwargs)
        if getattr(self.request, "htmx", False):
            return HttpResponseClientRedirect(url)
        return redirect(url)


class Act(Page):
    """A question about one thing, with a form or without one, and the act that its button does.

    Whoever uses it says what the thing is, which form asks, what is done, how the question is shown and where it leads.
    A room puts it left of the page class that says for whom the page is: ``class Withdraw(Act, PartyPage)``.
    """

    form_class: Any = None
    # What the act raises that is told at the form, or without one at the place that the page leads to.
    refusals: ClassVar[tuple[type[Exception], ...]] = ()

    def subject(self, *args: Any, **where: Any) -> Any:
        """The thing that the address names, as this person may see it. Raises Http404."""
        raise NotImplementedError

    def permit(self, subject: Any) -> None:
        """Raise NotAllowed where this person may not act, whatever the form says; the act itself asks again."""

    def form(self, subject: Any, data: Any = None) -> Any:
        """The form that asks, bound to ``data`` once it was sent; None where a button says it all."""
        return self.form_class(data) if self.form_class else None

    def act(self, subject: Any, given: dict[str, Any]) -> str:
        """Do it with what the form gave; return what to say of it, "" where the next page says it."""
        raise NotImplementedError

    def ask(self, subject: Any, form: Any, status: int = 200) -> HttpResponse:
        """Show the question."""
        raise NotImplementedError

    def lead_on(self, subject: Any) -> HttpResponse:
        """Go where one is after the act."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **where: Any) -> HttpResponse:
        subject = self.subject(**where)
        return self.ask(subject, self.form(subject))

    def post(self, request: HttpRequest, *args: Any, **where: Any) -> HttpResponse:
        subject = self.subject(**where)
        form = self.form(subject, request.POST)
        self.permit(subject)
        if form is not None and not form.is_valid():
            return self.ask(subject, form, status=422)
        try:
            done = self.act(subject, form.cleaned_data if form is not None else {})
        except self.refusals as refusal:
            if form is None:
                messages.warning(request, str(refusal))
                return self.lead_on(subject)
            form.add_error(None, str(refusal))
            return self.ask(subject, form, status=422)
        if done:
            messages.success(request, done)
        return self.lead_on(subject)
