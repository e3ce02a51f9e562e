"""Why a file is not taken, in words for the person who sent it, and what to do about it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from passerelle.documents.inspection.rules import Limits

_REASONS: dict[str, str | Promise] = {
    "empty": _("This file is empty. Choose the file again, or save it once more from the program that made it."),
    "too_big": _(
        "This file is larger than %(megabytes)s MB. Send it in parts, or save it with a lower picture quality."
    ),
    "unknown_type": _("This kind of file cannot be opened here. Send a PDF, a JPEG or PNG picture, or a phone photo."),
    "encrypted": _(
        "This PDF is protected by a password. Open it, print or save it as a new PDF without a password, and send that."
    ),
    "damaged": _("This file is damaged and cannot be opened. Save or scan it again, then send the new file."),
    "incomplete": _("The end of this file is missing. Send it again; if that fails, save or scan it once more."),
    "no_pages": _("This PDF has no pages. Save or scan it again, then send the new file."),
    "too_many_pages": _("This PDF has more than %(pages)s pages. Send it in parts, or only the pages asked for."),
    "too_many_pixels": _(
        "This picture has more than %(megapixels)s million pixels. Send it at a lower resolution, or as a JPEG."
    ),
    "too_complex": _(
        "This file is too complicated to be checked safely. Print it to a new PDF, or send pictures of its pages."
    ),
    "infected": _(
        "The virus scanner found something harmful in this file, so we did not keep it. Check your device, then send a"
        " new copy."
    ),
    "too_many_files": _("This place already holds %(files)s files. Remove one you no longer need, then send this one."),
}


class Unacceptable(Exception):
    """The file was not taken; the message, in the reader's language, says why and what to do. ``code`` names it."""

    def __init__(self, code: str, limits: Limits | None = None) -> None:
        self.code = code
        super().__init__(words(code, limits))


def words(code: str, limits: Limits | None = None) -> str:
    """Return the reason ``code`` in the reader's language."""
    caps = limits or Limits()
    return str(_REASONS[code]) % {
        "megabytes": caps.bytes // (1024 * 1024),
        "pages": caps.pages,
        "megapixels": caps.pixels // 1_000_000,
        "files": caps.files,
    }
