"""Names of files: what the sender called it, made safe to show and to save; and the random one it is stored under."""

import re
import unicodedata
import uuid

from passerelle.documents.inspection.rules import EXTENSION

_LONGEST = 150
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')


def shown_name(given: str, media_type: str) -> str:
    """Return the sender's name for a file: no folders, no invisible characters, the ending that fits its content."""
    base = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    visible = "".join(char for char in base if unicodedata.category(char)[0] != "C")
    stem = _FORBIDDEN.sub("_", visible).rpartition(".")[0] if "." in visible else _FORBIDDEN.sub("_", visible)
    stem = " ".join(stem.split()).strip(". ")[:_LONGEST]
    return f"{stem or 'document'}.{EXTENSION[media_type]}"


def storage_name(document: uuid.UUID) -> str:
    """Return where a document is stored: nothing of its sender or its name is in it."""
    text = document.hex
    return f"{text[:2]}/{text[2:4]}/{text}"
