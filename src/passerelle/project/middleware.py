"""What every answer carries: a request id and one log line, a session that ends in time, headers for private pages."""

import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]

IDLE = {"staff": timedelta(minutes=15), "": timedelta(minutes=30)}
ABSOLUTE = {"staff": timedelta(hours=8), "": timedelta(hours=12)}
SEEN_EVERY = timedelta(seconds=60)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

log = structlog.get_logger("passerelle.web")


class RequestLog:
    """Give each request an id and write one line about it: method, path without query, status, time taken."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.monotonic()
        number = secrets.token_hex(8)
        structlog.contextvars.bind_contextvars(request=number)
        try:
            response = self.get_response(request)
            if not request.path.startswith("/static/") and request.path not in ("/healthz", "/readyz"):
                taken = round((time.monotonic() - begun) * 1000, 1)
                log.info("answered", method=request.method, path=request.path, status=response.status_code, ms=taken)
        finally:
            structlog.contextvars.clear_contextvars()
        response["X-Request-ID"] = number
        return response


class SessionClock:
    """End a session that was idle too long or is too old; staff sessions end sooner (trust requirement 8.5)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._look(request, request.arrived_at)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _look(self, request: HttpRequest, at: datetime) -> None:
        audience = getattr(request.user, "audience", "")
        began = _moment(request, "began_at") or at
        seen = _moment(request, "seen_at") or at
        if at - seen >= IDLE.get(audience, IDLE[""]) or at - began >= ABSOLUTE.get(audience, ABSOLUTE[""]):
            logout(request)
            return
        if "began_at" not in request.session or at - seen >= SEEN_EVERY:
            request.session["began_at"], request.session["seen_at"] = began.isoformat(), at.isoformat()


class PrivatePages:
    """Keep what a signed-in person sees out of every cache, and switch off browser features no page uses."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response


def _moment(request: HttpRequest, key: str) -> datetime | None:
    text = request.session.get(key)
    return datetime.fromisoformat(text) if text else None
