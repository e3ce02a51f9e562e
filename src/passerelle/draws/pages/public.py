"""Pages for everybody: a published draw is checked in the browser, or with a file to keep."""

import hashlib
from pathlib import Path
from typing import Any

from allauth.core import ratelimit
from csp.constants import NONE
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator

from passerelle.accounts.access import PublicPage
from passerelle.core.text import pick
from passerelle.draws import announced, bundling, queries
from passerelle.draws.pages.zips import sent
from passerelle.programs import queries as programs

KEYS_FORMAT = "passerelle-keys-1"
FRESH = 300  # seconds for which a copy may be used without asking again
VERIFIER = Path(__file__).resolve().parents[1] / "verifier" / "verify_draw.py"


@method_decorator(csp_update({"connect-src": [NONE]}), name="dispatch")
class CheckDraw(PublicPage):
    """Where anybody checks a bundle or a receipt of a draw on their own device; the browser lets it send nothing, not even here."""

    template_name = "draws/public/check.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()


class Verifier(PublicPage):
    """The stand-alone program, as every bundle holds it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        answer = HttpResponse(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="verify_draw.py"'
        return answer


class Keys(PublicPage):
    """The keys that sign draws and from when to when each of them did, so that a stranger knows a bundle for ours."""

    template_name = "draws/public/keys.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        keys = [{"key": one, "rows": [self._row(told) for told in one.spans()]} for one in queries.signing_keys()]
        return self.show({"keys": keys})

    def _row(self, told: dict[str, Any]) -> dict[str, Any]:
        return {"name": self._name(told["program"]), "told": told}

    def _name(self, program: str) -> str:
        try:
            return str(pick(programs.rules_in_force(program, self.at).name))
        except programs.RulesUnavailable:
            return program  # its draws stand, whatever became of its pack


class KeysFile(PublicPage):
    """The same for a program to read, with every draw (docs/open-data.md). It answers with an ETag, and with 304 to who has it."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        keys = [
            {
                "public": one.public, "fingerprint": one.fingerprint, "in_use": one.in_use, "vouched": one.vouched or None,
                "draws": [
                    {"program": each.program, "draw": each.draw, "frozen": announced.instant(each.frozen_at), "commit": each.commit}
                    for each in one.signed
                ],
            }
            for one in queries.signing_keys()
        ]  # fmt: skip
        answer = JsonResponse({"format": KEYS_FORMAT, "keys": keys})
        etag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
        answer["ETag"], answer["Cache-Control"] = etag, f"public, max-age={FRESH}"
        known: HttpResponseBase | None = get_conditional_response(request, etag=etag, response=answer)
        return answer if known is None else known


class Signed(PublicPage):
    """The notice from its publication on, and the commitment from the freeze on (``what``), as the bytes that were signed."""

    what = "notice"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        document = queries.signed_ahead(number, self.what)
        if document is None:
            raise Http404
        answer = HttpResponse(document.encode(), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="{number}-{self.what}.json"'
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
