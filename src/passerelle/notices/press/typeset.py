"""Letters as PDF: tagged (PDF/UA-1), in the letter's language, with its fonts inside."""

import io
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import structlog
import typst

log = structlog.get_logger(__name__)
HERE = Path(__file__).parent


@cache
def _fonts(system: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=[HERE / "fonts"])


def qr_svg(text: str) -> str:
    """A QR code as SVG, black on nothing, without a border (the page gives it room)."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=0, xmldecl=False, svgns=True, dark="#14242b")
    return out.getvalue().decode()


def pdf(letter: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """Return the PDF of ``letter``: keys language, title, number, date, addressee, letterhead, blocks, words, qr,
    check_url. The same letter gives the same bytes.

    A name in a script that the shipped font lacks is set in a font of this machine; if there is none for it either,
    the letter is still made, without the promise of PDF/UA.
    """
    for system in (False, True):
        try:
            return _compile(letter, made_at, system=system)
        except typst.TypstError as fault:
            log.warning("letter not set in this font", number=letter["number"], error=type(fault).__name__)
    return _compile(letter, made_at, system=True, accessible=False)


def _compile(letter: Mapping[str, Any], made_at: datetime, *, system: bool, accessible: bool = True) -> bytes:
    return typst.compile(
        HERE / "letter.typ",
        root=HERE,
        font_paths=_fonts(system),
        ignore_system_fonts=not system,
        format="pdf",
        sys_inputs={"letter": json.dumps(letter, ensure_ascii=False)},
        pdf_standards=["ua-1"] if accessible else [],
        timestamp=int(made_at.timestamp()),
    )
