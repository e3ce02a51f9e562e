"""A person who hands files in, and files to hand in."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from passerelle.accounts.models import Person
from passerelle.documents import operations
from passerelle.documents.models import Document

AT = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
OWNER = "NT-E-2026-000001"
_numbers = count(1)


def make_person(**changes: Any) -> Person:
    """A candidate of the Northwest Territories program, unless told otherwise."""
    number = next(_numbers)
    values = {
        "username": f"sender{number}",
        "email": f"sender{number}@mail.example",
        "name": "Sahaiʔa Tłı̨chǫ",
        "audience": "candidate",
        "program": "ca-nt",
        "joined_at": AT,
        **changes,
    }
    return Person.objects.create(**values)


@pytest.fixture
def person(db: None) -> Person:
    return make_person()


@pytest.fixture
def hand_in(person: Person) -> Callable[..., Document]:
    """Store one file: ``hand_in(content, name="…", slot="…")``."""

    def store(content: bytes, name: str = "file", slot: str = "passport", by: Person | None = None) -> Document:
        upload = SimpleUploadedFile(name, content)
        return operations.store(owner=OWNER, slot=slot, upload=upload, by=by or person, at=AT)

    return store


def pdf(pages: int = 1, **changes: Callable[[pikepdf.Pdf], None]) -> bytes:
    """A PDF of empty pages; each change is called with the open file before it is saved."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(612, 792))
    for change in changes.values():
        change(made)
    return saved(made)


def saved(made: pikepdf.Pdf, **how: Any) -> bytes:
    out = io.BytesIO()
    made.save(out, **how)
    return out.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **how: Any) -> bytes:
    """A small picture: left half dark, right half light."""
    drawn = Image.new(mode, size)
    drawn.paste(200 if mode in {"L", "1"} else "white", (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    drawn.save(out, kind, **how)
    return out.getvalue()
