"""Which addresses open as a page: buttons send what is typed to some that take forms alone."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.urls import Resolver404, resolve


def opening(path: str) -> str:
    """Return the nearest address at or above ``path`` that opens as a page: of an act, the page that its button stands on."""
    while path.strip("/"):
        with suppress(Resolver404):
            if _opens(resolve(path).func):
                return path
        path = path.rstrip("/").rpartition("/")[0] + "/"
    return "/"


def _opens(view: Callable[..., Any]) -> bool:
    page = getattr(view, "view_class", None)
    return page is None or (hasattr(page, "get") and "get" in page.http_method_names)
