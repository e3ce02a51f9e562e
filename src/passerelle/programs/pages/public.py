"""Pages for everyone: the occupation list."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language

from passerelle.accounts.access import PublicPage
from passerelle.programs import queries


class Occupations(PublicPage):
    """Occupations as JSON for a field that offers choices while one types: ``[{code, text, teer}]`` for ``?q=``."""

    def get(self, request: HttpRequest) -> HttpResponse:
        language = (get_language() or "en")[:2]
        found = queries.search_occupations(request.GET.get("q", "")[:100], language, limit=12)
        rows = [{"code": one.code, "text": f"{one.code} {one.title(language)}", "teer": one.teer} for one in found]
        return JsonResponse(rows, safe=False)


class OccupationSearch(PublicPage):
    """The occupation list as a page: search by words of either language or by code, no script needed."""

    template_name = "programs/occupations.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        language = (get_language() or "en")[:2]
        text = request.GET.get("q", "").strip()[:100]
        found = queries.search_occupations(text, language, limit=50)
        rows = [
            {
                "code": one.code,
                "teer": one.teer,
                "title": one.title(language),
                "other": one.title("en" if language == "fr" else "fr"),
            }
            for one in found
        ]
        return self.show(
            {"q": text, "rows": rows, "other_language": "en" if language == "fr" else "fr"}, part="results"
        )
