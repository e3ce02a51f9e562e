"""One program to register with, and no waiting."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from passerelle.accounts import hooks


@pytest.fixture(autouse=True)
def _one_program(settings: Any) -> Iterator[None]:
    before = list(hooks._listings)
    hooks.list_programs_with(lambda: {"ca-nt": {"en": "NWT Nominee Program", "fr": "Programme des candidats des TNO"}})
    settings.PASSERELLE_EVEN_SECONDS = 0.0
    yield
    hooks._listings[:] = before


@pytest.fixture(autouse=True)
def _fresh_throttles(request: pytest.FixtureRequest) -> None:
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        cache.clear()
