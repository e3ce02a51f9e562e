"""Pages for everybody: a published draw is checked in the browser, or with a file to keep."""

from pathlib import Path

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from passerelle.accounts.access import PublicPage
from passerelle.draws import bundling, queries
from passerelle.draws.pages.zips import sent

FRESH = 300  # seconds for which a copy may be used without asking again
VERIFIER = Path(__file__).resolve().parents[1] / "verifier" / "verify_draw.py"


class CheckDraw(PublicPage):
    """Where anybody checks a bundle or a receipt of a draw on their own device; nothing is sent here."""

    template_name = "draws/public/check.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()


class Verifier(PublicPage):
    """The stand-alone program, as every bundle holds it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        answer = HttpResponse(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="verify_draw.py"'
        return answer


class PublicBundle(PublicPage):
    """What anybody checks a draw with, at the level of privacy that its program chose; before that there is nothing.

    It answers with an ETag, and with 304 to who has it already; who has it sent again and again is braked.
    """

    def get(self, request: HttpRequest, number: str) -> HttpResponseBase:
        draw = queries.bundled(number)
        if draw is None:
            raise Http404
        etag = bundling.kept(draw).etag
        answer: HttpResponseBase | None = get_conditional_response(request, etag=etag)
        if answer is None:
            if too_many := ratelimit.consume_or_429(request, action="bundle", limit_get=True):
                return too_many
            answer = sent(draw)
        answer["ETag"], answer["Cache-Control"] = etag, f"public, max-age={FRESH}"
        return answer
