"""A browser for tests that ask thousands of times."""

from typing import Any

from django.test import Client


class Browser(Client):
    """A browser that asks the platform and keeps its cookies; it notes neither templates nor errors, for speed."""

    def __init__(self) -> None:
        super().__init__(raise_request_exception=False)

    def request(self, **request: Any) -> Any:
        response = self.handler(self._base_environ(**request))
        self.cookies.update(response.cookies)
        return response
