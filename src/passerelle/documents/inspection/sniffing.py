"""What a file is, by its first bytes: its name and what the browser claims are not asked."""

import filetype

from passerelle.documents.inspection.rules import HEIC, JPEG, PDF, PNG, Refused

HEAD_BYTES = 8192
_TAKEN = {
    "application/pdf": PDF,
    "image/jpeg": JPEG,
    "image/png": PNG,
    "image/apng": PNG,
    "image/heic": HEIC,
    "image/heif": HEIC,
    "image/avif": HEIC,
}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def media_type(head: bytes) -> str:
    """Return the kind of a file that starts with ``head``; raises Refused for any other kind."""
    if not head:
        raise Refused("empty")
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return HEIC
    guessed = filetype.guess(head)
    kind = _TAKEN.get(guessed.mime) if guessed else None
    if kind is None:
        raise Refused("unknown_type")
    return kind
