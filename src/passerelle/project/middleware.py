"""What every answer carries: a request id and one log line, headers for private pages."""

import re
import secrets
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from passerelle.programs import queries as programs
from passerelle.programs import wording

GetResponse = Callable[[HttpRequest], HttpResponse]

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

TRY_AGAIN_SECONDS = 600

log = structlog.get_logger("passerelle.web")


# What stands for a sign-in until it is used: who reads the log must not come in with it.
SECRETS = {"accounts:redeem": "token", "applications:join": "token", "account_reset_password_from_key": "key"}
# Nothing but a secret is that long between two slashes of an address that people mistype.
_LONG = re.compile(r"[^/]{20,}")


def told(request: HttpRequest) -> str:
    """Return the path of a request for the log, without the secret of a link, also of one that lost a piece on its way."""
    found = request.resolver_match
    if found is None:
        return _LONG.sub("…", request.path)
    secret = found.kwargs.get(SECRETS.get(found.view_name, ""))
    return request.path.replace(secret, "…") if secret else request.path


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
                log.info("answered", method=request.method, path=told(request), status=response.status_code, ms=taken)
        finally:
            structlog.contextvars.clear_contextvars()
        response["X-Request-ID"] = number
        return response


class ProgramsNotReady:
    """Where a program has no rules to go by, say so calmly (503), and tell the operator's log what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Answer for a page that could not go on without its program's rules."""
        if not isinstance(fault, programs.RulesUnavailable):
            return None
        log.error("program_not_ready", program=fault.code, remedy=str(fault))
        words = wording.coming_into_force(fault.coming) if fault.coming else ""
        response = render(request, "errors/not_open.html", {"coming": words}, status=503)
        response["Retry-After"] = str(TRY_AGAIN_SECONDS)
        return response


class LightPages(GZipMiddleware):
    """Compress pages on their way; what leaves as a file or a stream goes as it is.

    Django pads each compressed page by a random length, and its form tokens change with every page: the size of an answer
    tells nothing of a secret in it (the attack named BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class PrivatePages:
    """Keep what a signed-in person sees out of every cache, and switch off browser features no page uses."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        # An answer that begins or changes a session carries its cookie: also that of somebody whose session has just ended.
        if request.user.is_authenticated or request.session.modified:
            response["Cache-Control"] = "no-store"
        return response
