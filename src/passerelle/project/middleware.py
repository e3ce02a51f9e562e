"""What every answer carries: a request id and one log line, headers for private pages."""

import secrets
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]

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
