"""The caps in force, and the private folder that files pass through."""

import tempfile
from pathlib import Path

from django.conf import settings

from passerelle.documents.inspection.rules import Limits


def limits() -> Limits:
    """The caps on one file; ``UPLOAD_MAX_MB`` sets the size (20 MB or more)."""
    return Limits(bytes=max(20, settings.UPLOAD_MAX_MB) * 1024 * 1024)


def work_folder() -> Path:
    """Where files lie for a moment while they come in and are looked at; nobody else may look into it."""
    folder = Path(settings.VAR) / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def scratch() -> "tempfile.TemporaryDirectory[str]":
    """A folder for one file's inspection; gone afterwards, whatever happens."""
    return tempfile.TemporaryDirectory(prefix="look-", dir=work_folder())
