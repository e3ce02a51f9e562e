"""A photograph or scan, drawn anew: what is kept is what can be seen, without place, time, device or hidden data."""

from pathlib import Path

from PIL import Image, ImageOps

from passerelle.documents.inspection.rules import HEIC, JPEG, PNG, Limits, Refused

_FORMATS = {JPEG: ("JPEG", "MPO"), PNG: ("PNG",), HEIC: ("HEIF", "AVIF")}
_PNG_MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}


def redraw(source: Path, target: Path, kind: str, limits: Limits) -> dict[str, object]:
    """Write the picture ``source`` of media type ``kind`` to ``target``, upright; HEIC becomes JPEG. Return what it is.

    Raises Refused: damaged, too_many_pixels.
    """
    if kind == HEIC:
        import pillow_heif  # slow to load, and few files need it

        pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # our own cap is asked before anything is unpacked
    try:
        with Image.open(source, formats=_FORMATS[kind]) as picture:
            _check_size(picture, kind, limits)
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
            return _save(picture, target, kind)
    except (Refused, MemoryError):
        raise
    except Exception as fault:
        # A decoder given nonsense may raise anything at all.
        raise Refused("damaged") from fault


def _check_size(picture: Image.Image, kind: str, limits: Limits) -> None:
    width, height = picture.size
    if min(width, height) < 1:
        raise Refused("damaged")
    if kind == JPEG and limits.pixels < width * height <= limits.jpeg_pixels:
        share = 2
        while width * height > limits.pixels * share * share and share < 8:
            share *= 2
        picture.draft("RGB", (width // share, height // share))
        width, height = picture.size
    if width * height > limits.pixels:
        raise Refused("too_many_pixels")


def _save(picture: Image.Image, target: Path, kind: str) -> dict[str, object]:
    transparency = picture.info.get("transparency") if kind == PNG else None
    picture.info.clear()
    if transparency is not None:
        picture.info["transparency"] = transparency
    if kind == PNG:
        drawn = picture if picture.mode in _PNG_MODES else picture.convert("RGB")
        drawn.save(target, "PNG", compress_level=1)
    else:
        drawn = picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")
        drawn.save(target, "JPEG", quality=90)
    return {"media_type": PNG if kind == PNG else JPEG, "pages": 1}
