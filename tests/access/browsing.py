"""A browser for tests that ask thousands of times."""

from functools import cache
from typing import Any

from django.test import Client
from django.test.client import ClientHandler


@cache
def _platform() -> ClientHandler:
    """The platform as every browser of this process asks it: its middleware is set up once."""
    return ClientHandler(enforce_csrf_checks=False)


class Browser(Client):
    """A browser that asks the platform and keeps its cookies; it notes neither templates nor errors, for speed."""

    def __init__(self) -> None:
        super().__init__(raise_request_exception=False)
        self.handler = _platform()

    def request(self, **request: Any) -> Any:
        response = self.handler(self._base_environ(**request))
        self.cookies.update(response.cookies)
        return response
