"""Keeps django-allauth's pages inside our own frame."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


class OwnFrame:
    """Drop the ``site`` that django-allauth gives its entrance pages: in our frame it is the program in sight."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """Called before the page is drawn."""
        if response.context_data:
            response.context_data.pop("site", None)
        return response
