"""Stamps each request with the moment it arrived: work finished late but arrived on time counts as on time."""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from datetime import datetime
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

from passerelle.core import clock

Found = TypeVar("Found")
_KEPT: ContextVar[dict[Hashable, object] | None] = ContextVar("kept_for_this_request", default=None)


class ArrivedRequest(HttpRequest):
    """A request that passed ``ArrivalMiddleware`` (for type hints)."""

    arrived_at: datetime


class ArrivalMiddleware:
    """Set ``request.arrived_at``; stands first in the middleware list."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.arrived_at = clock.now()  # type: ignore[attr-defined]
        mark = _KEPT.set({})
        try:
            return self.get_response(request)
        finally:
            _KEPT.reset(mark)


def once(key: Hashable, find: Callable[[], Found]) -> Found:
    """Return what ``find`` finds, looked up once for each request; outside a request, each time.

    For what cannot change while a request is answered, save by the request's own act, which then calls ``forget``.
    """
    kept = _KEPT.get()
    if kept is None:
        return find()
    if key not in kept:
        kept[key] = find()
    return kept[key]  # type: ignore[return-value]


def forget() -> None:
    """Drop what this request has kept: one of its own acts changes it."""
    if (kept := _KEPT.get()) is not None:
        kept.clear()
