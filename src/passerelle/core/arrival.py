"""Stamps each request with the moment it arrived: work finished late but arrived on time counts as on time."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from passerelle.core import clock


class ArrivedRequest(HttpRequest):
    """A request that passed ``ArrivalMiddleware`` (for type hints)."""

    arrived_at: datetime


class ArrivalMiddleware:
    """Set ``request.arrived_at``; stands first in the middleware list."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.arrived_at = clock.now()  # type: ignore[attr-defined]
        return self.get_response(request)
