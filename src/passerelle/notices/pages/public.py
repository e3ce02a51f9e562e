"""The page on which anybody checks a letter."""

from django.http import HttpRequest, HttpResponse

from passerelle.accounts.access import PublicPage
from passerelle.notices import operations


class Verify(PublicPage):
    """Ask for a number, or say what is known about one; never about a person."""

    template_name = "notices/verify.html"

    def get(self, request: HttpRequest, number: str = "") -> HttpResponse:
        asked = (number or request.GET.get("number", "")).strip()[:60]
        found = operations.verify_letter(asked, request.LANGUAGE_CODE) if asked else None
        return self.show({"asked": asked, "letter": found}, status=404 if asked and found is None else 200)
