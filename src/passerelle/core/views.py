"""What every page is built on: it reads with one query, acts with one operation, and works as plain HTML."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

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
