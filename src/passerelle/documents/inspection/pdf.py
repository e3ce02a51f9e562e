"""A PDF, opened, counted, and written anew without anything that acts."""

from pathlib import Path

import pikepdf
from pikepdf.sanitize import Sanitizer

from passerelle.documents.inspection.rules import PDF, Limits, Refused

_TAIL_BYTES = 4096


def rewrite(source: Path, target: Path, limits: Limits) -> dict[str, object]:
    """Write ``source`` to ``target`` without scripts, actions, attachments and media; return what it is.

    Raises Refused: encrypted, damaged, incomplete, no_pages, too_many_pages.
    """
    try:
        with pikepdf.open(source) as pdf:
            pages = _pages(pdf, limits)
            _strip(pdf)
            pdf.save(target, preserve_pdfa=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, encryption=False)
        with pikepdf.open(target, attempt_recovery=False) as written:
            if len(written.pages) != pages:
                raise Refused("damaged")
    except pikepdf.PasswordError as fault:
        raise Refused("encrypted") from fault
    except (Refused, MemoryError, RecursionError):
        raise
    except Exception as fault:
        # A parser given nonsense may raise anything at all.
        raise Refused("damaged" if _has_end(source) else "incomplete") from fault
    return {"media_type": PDF, "pages": pages}


def _pages(pdf: pikepdf.Pdf, limits: Limits) -> int:
    pages = len(pdf.pages)
    if not pages:
        raise Refused("no_pages")
    if pages > limits.pages:
        raise Refused("too_many_pages")
    if not _has_end(Path(pdf.filename)):
        # It can be opened by guessing, but pages at its end may be missing: better to have it sent again.
        raise Refused("incomplete")
    for page in pdf.pages:
        if page.obj.get("/Contents") is not None:
            pikepdf.parse_content_stream(page)
    return pages


def _has_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return b"%%EOF" in file.read()


def _strip(pdf: pikepdf.Pdf) -> None:
    (
        Sanitizer()
        .remove_javascript()
        .remove_external_access()
        .remove_attachments()
        .remove_multimedia()
        .remove_private_app_data()
        .remove_thumbnails()
        .remove_search_index()
        .remove_web_capture()
        .remove_collection()
        .apply(pdf)
    )
    for key in ("/OpenAction", "/AA"):
        if key in pdf.Root:
            del pdf.Root[key]
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        del form["/XFA"]  # a second, scripted form inside the form
