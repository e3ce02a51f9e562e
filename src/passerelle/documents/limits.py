"""The caps in force, and the private folder that files pass through."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from passerelle.documents.inspection.rules import Limits

_MB = 1024 * 1024


@dataclass(frozen=True)
class Stated:
    """What a program says of the files it takes: how large in MB, how many pages, how many for one document; None: nothing."""

    megabytes: int | None = None
    pages: int | None = None
    files: int | None = None


_stated: list[Callable[[str], Stated]] = []


def state_with(stated: Callable[[str], Stated]) -> None:
    """Learn a program's own caps from ``stated(program)``; registered once, when the applications are ready."""
    _stated[:] = [stated]


def limits(program: str = "") -> Limits:
    """The caps on files that come from people of ``program``: its own, where it states some, within the installation's.

    ``UPLOAD_MAX_MB`` sets the installation's size (20 MB or more); nobody's program named: the installation's.
    """
    most, said = Limits(bytes=max(20, settings.UPLOAD_MAX_MB) * _MB), Stated()
    if program and _stated:
        said = _stated[0](program)
    return Limits(
        bytes=min(most.bytes, (said.megabytes or most.bytes) * _MB),
        pages=min(most.pages, said.pages or most.pages), files=min(most.files, said.files or most.files),
    )  # fmt: skip


def work_folder() -> Path:
    """Where files lie for a moment while they come in and are looked at; nobody else may look into it."""
    folder = Path(settings.VAR) / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def scratch() -> "tempfile.TemporaryDirectory[str]":
    """A folder for one file's inspection; gone afterwards, whatever happens."""
    return tempfile.TemporaryDirectory(prefix="look-", dir=work_folder())
