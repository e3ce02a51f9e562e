"""People whom the notices of these tests are written to."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from passerelle.accounts.models import Person, Role

AT = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
_numbers = count(1)


def make_person(**changes: Any) -> Person:
    """A candidate of the Northwest Territories program, unless told otherwise."""
    number = next(_numbers)
    values = {
        "username": f"reader{number}",
        "email": f"reader{number}@mail.example",
        "name": "Sahaiʔa Tłı̨chǫ",
        "language": "en",
        "audience": "candidate",
        "program": "ca-nt",
        "joined_at": AT,
        **changes,
    }
    return Person.objects.create(**values)


@pytest.fixture
def person() -> Callable[..., Person]:
    return make_person


@pytest.fixture
def officer() -> Person:
    """A staff member who may work on the program's files."""
    made = make_person(audience="staff", program="", name="Marie Łutsël")
    Role.objects.create(person=made, program="ca-nt", role="officer", granted_at=AT)
    return made
