"""The child process that draws one page (arguments SOURCE TARGET PAGE LIMITS), forked by ``inspection.loaded``.

Writes a JPEG to TARGET. It opens only files that were made harmless before, and is confined all the same.
"""

import json
import sys
from pathlib import Path

import pypdfium2
from PIL import Image

from passerelle.documents.inspection.child import confine
from passerelle.documents.inspection.rules import Limits

WIDTH, LONGEST = 1400, 2400  # pixels: a page can be read at twice the size of a column


def draw(source: Path, target: Path, page: int) -> None:
    """Draw page number ``page`` (from 1) of a PDF, or the picture itself, no wider than WIDTH."""
    with source.open("rb") as file:
        is_pdf = file.read(5) == b"%PDF-"
    picture = _pdf_page(source, page) if is_pdf else _picture(source)
    picture.thumbnail((WIDTH, LONGEST))
    picture.save(target, "JPEG", quality=85)


def _pdf_page(source: Path, page: int) -> Image.Image:
    with pypdfium2.PdfDocument(source) as opened:
        drawn = opened[page - 1]
        width, height = drawn.get_size()
        scale = min(WIDTH / max(width, 1), LONGEST / max(height, 1))
        picture: Image.Image = drawn.render(scale=scale, may_draw_forms=True).to_pil()
        return picture.convert("RGB")


def _picture(source: Path) -> Image.Image:
    opened = Image.open(source)
    opened.draft("RGB", (WIDTH, LONGEST))
    return _on_white(opened)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode not in {"RGBA", "LA", "P"}:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    paper = Image.new("RGBA", clear.size, "white")
    paper.alpha_composite(clear)
    return paper.convert("RGB")


def main() -> None:
    source, target, page, given = sys.argv[1:]
    confine(Limits(**json.loads(given)))
    draw(Path(source), Path(target), int(page))


if __name__ == "__main__":
    main()
