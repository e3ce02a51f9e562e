"""Pages for everybody: a published draw is checked in the browser, or with a file to keep."""

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse

from passerelle.accounts.access import PublicPage
from passerelle.draws import queries
from passerelle.draws.pages.zips import zipped

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
    """What anybody checks a draw with, at the level of privacy that its program chose; before that there is nothing."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        draw = queries.bundled(number)
        if draw is None:
            raise Http404
        return zipped(queries.public(draw), f"{draw.number}.zip")
