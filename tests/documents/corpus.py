"""Files that somebody might send by mistake or to do harm, made on the spot. Each says what must become of it:
a media type when a harmless form of it is to be kept, else the code of the reason it is refused for.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

import pikepdf
import pillow_heif
from PIL import Image

from tests.documents.conftest import pdf, picture, saved

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"


@dataclass(frozen=True)
class Sample:
    """One file, its name, and the allowed outcomes. What takes long to make is made when its content is asked for."""

    name: str
    made: bytes | Callable[[], bytes]
    outcomes: tuple[str, ...]

    @property
    def content(self) -> bytes:
        return self.made() if callable(self.made) else self.made


def corpus() -> Iterator[Sample]:
    """All samples."""
    for make in (_not_files, _truncated, _polyglots, _pictures, _pdfs, _other_kinds):
        for name, made, *outcomes in make():
            yield Sample(name, made, tuple(outcomes))


def _not_files():
    yield "empty.pdf", b"", "empty"
    yield "one-byte.pdf", b"%", "unknown_type"
    yield "blanks.jpg", b" " * 5000, "unknown_type"
    yield "zeros.png", bytes(100_000), "unknown_type"
    yield "noise.pdf", bytes((i * 7919 + i // 3) % 256 for i in range(50_000)), "unknown_type"
    yield "head-only.pdf", b"%PDF-1.7\n", "damaged", "incomplete"
    yield "head-only.png", b"\x89PNG\r\n\x1a\n", "damaged", "unknown_type"
    yield "head-only.jpg", b"\xff\xd8\xff\xe0", "damaged", "unknown_type"
    yield "eicar.txt", EICAR, "unknown_type"
    yield "eicar.pdf", EICAR, "unknown_type"


def _truncated():
    whole_pdf, whole_jpeg = pdf(pages=5), picture("JPEG", (800, 600))
    whole_png = picture("PNG", (800, 600))
    for share in (10, 50, 90, 99):
        yield f"cut-{share}.pdf", whole_pdf[: len(whole_pdf) * share // 100], "damaged", "incomplete", "no_pages"
        yield f"cut-{share}.jpg", whole_jpeg[: len(whole_jpeg) * share // 100], "damaged"
        yield f"cut-{share}.png", whole_png[: len(whole_png) * share // 100], "damaged"
        yield f"cut-{share}.heic", partial(_cut_heic, share), "damaged"
    yield "flipped.png", whole_png[:60] + bytes([whole_png[60] ^ 255]) + whole_png[61:], "damaged"


def _polyglots():
    script = b"<html><script>alert(document.cookie)</script></html>"
    archive = b"PK\x03\x04" + bytes(200) + b"PK\x05\x06" + bytes(18)
    for ending, whole, kind in (("jpg", picture("JPEG"), JPEG), ("png", picture("PNG"), PNG)):
        yield f"html-after.{ending}", whole + script, kind
        yield f"zip-after.{ending}", whole + archive, kind
        yield f"pdf-after.{ending}", whole + pdf(), kind
        yield f"eicar-after.{ending}", whole + EICAR, kind
    yield "zip-after.pdf", pdf() + archive, PDF
    yield "html-before.pdf", script + b"\n" + pdf(), "unknown_type"
    yield "gif-and-js.gif", b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)//", "unknown_type"
    yield "jpeg-head-on-pdf.pdf", b"\xff\xd8\xff\xe0" + pdf(), "damaged"


def _pictures():
    yield "wide.png", _png_claiming(200_000, 200_000), "too_many_pixels"
    yield "bomb.png", lambda: _png_claiming(30_000, 30_000, zlib.compress(bytes(30_000_000))), "too_many_pixels"
    yield "long.png", _png_claiming(1, 2**31 - 1), "too_many_pixels", "damaged"
    yield "nothing.png", _png_claiming(0, 0), "damaged"
    yield "endless-data.png", lambda: _png_claiming(10, 10, _nothing(60_000_000)), PNG, "damaged", "too_complex"
    yield "text-bomb.png", lambda: _png_with_chunk(b"zTXt", b"k\0\0" + _nothing(80_000_000)), "damaged", PNG
    yield "profile-bomb.png", lambda: _png_with_chunk(b"iCCP", b"p\0\0" + _nothing(80_000_000)), "damaged", PNG
    yield "huge.jpg", _jpeg_claiming(65_000, 65_000), "too_many_pixels"
    yield "wide.jpg", _jpeg_claiming(65_000, 3_000), JPEG, "damaged", "too_many_pixels", "too_complex"
    yield "named.pdf", picture("JPEG"), JPEG
    yield "named.jpg", picture("PNG"), PNG
    yield "named.exe", picture("PNG"), PNG
    yield "grey.jpg", picture("JPEG", mode="L"), JPEG
    yield "print-colours.jpg", picture("JPEG", mode="CMYK"), JPEG
    yield "two-colours.png", picture("PNG", mode="1"), PNG
    yield "moving.png", _moving(), PNG
    yield "photo.heic", lambda: _heic((640, 480)), JPEG
    yield "named.heic", picture("JPEG"), JPEG
    yield "drawing.webp", picture("WEBP"), "unknown_type"
    yield "drawing.bmp", picture("BMP"), "unknown_type"
    yield "drawing.tif", picture("TIFF"), "unknown_type"
    yield "drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "unknown_type"


def _pdfs():
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    yield "plain.pdf", pdf(), PDF
    yield "script.pdf", pdf(act=lambda made: made.Root.__setattr__("OpenAction", script)), PDF
    yield "attachment.pdf", pdf(act=lambda made: made.attachments.__setitem__("eicar.com", EICAR)), PDF
    yield "password.pdf", _locked(user="secret", owner="secret"), "encrypted"
    yield "old-password.pdf", _locked(user="secret", owner="secret", R=3), "encrypted"
    yield "may-not-print.pdf", _locked(user="", owner="secret"), PDF
    yield "no-pages.pdf", saved(pikepdf.new()), "no_pages"
    yield "300-pages.pdf", lambda: pdf(pages=300), PDF
    yield "301-pages.pdf", lambda: pdf(pages=301), "too_many_pages"
    yield "no-table.pdf", pdf().replace(b"startxref", b"startxxxx"), PDF, "damaged"
    yield "page-loop.pdf", _page_loop(), "damaged", "no_pages", "too_many_pages"
    yield "stream-bomb.pdf", _stream_bomb, PDF, "too_complex", "damaged"
    yield "deep.pdf", _deep(), PDF, "damaged", "too_complex", "no_pages"
    yield "launch.pdf", pdf(act=_launch), PDF
    yield "xfa.pdf", pdf(act=_xfa), PDF
    yield "old-version.pdf", pdf().replace(b"%PDF-1.", b"%PDF-0.", 1), PDF
    yield "future.pdf", pdf().replace(b"%PDF-1.", b"%PDF-9.", 1), PDF


def _other_kinds():
    for name, head in {
        "program.exe": b"MZ\x90\x00",
        "program.elf": b"\x7fELF\x02\x01\x01",
        "archive.zip": b"PK\x03\x04",
        "letter.docx": b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml",
        "letter.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "archive.7z": b"7z\xbc\xaf\x27\x1c",
        "archive.gz": b"\x1f\x8b\x08",
        "page.html": b"<!doctype html><script>alert(1)</script>",
        "script.ps1": b"Invoke-Expression 1",
        "print.ps": b"%!PS-Adobe-3.0\n",
        "film.mp4": b"\x00\x00\x00\x18ftypmp42",
        "sound.mp3": b"ID3\x03\x00",
        "data.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    }.items():
        yield name, head + bytes(300), "unknown_type"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png_claiming(width: int, height: int, data: bytes = b"") -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", data or zlib.compress(bytes(1000))) + _chunk(b"IEND", b"")


def _png_with_chunk(kind: bytes, data: bytes) -> bytes:
    whole = picture("PNG")
    return whole[:33] + _chunk(kind, data) + whole[33:]


def _jpeg_claiming(width: int, height: int) -> bytes:
    whole = bytearray(picture("JPEG"))
    frame = whole.index(b"\xff\xc0")
    whole[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


def _nothing(size: int) -> bytes:
    """Zeros without end, packed as small as they go."""
    return zlib.compress(bytes(size), 9)


@cache
def _heic(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.effect_noise(size, 50).convert("RGB")).save(out)
    return out.getvalue()


def _cut_heic(share: int) -> bytes:
    whole = _heic((800, 600))
    return whole[: len(whole) * share // 100]


def _moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def _locked(user: str, owner: str, R: int = 6) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    return saved(made, encryption=pikepdf.Encryption(user=user, owner=owner, R=R, aes=R > 3, metadata=R > 3))


def _page_loop() -> bytes:
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    body += b"2 0 obj<</Type/Pages/Count 1/Kids[2 0 R]>>endobj\ntrailer<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF\n"
    return body


def _stream_bomb() -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    once = _nothing(100_000_000)
    stream = pikepdf.Stream(made, zlib.compress(once, 9))
    stream.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
    made.pages[0].Contents = stream
    return saved(made)


def _deep() -> bytes:
    nested = b"[" * 50_000 + b"]" * 50_000
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/X " + nested + b">>endobj\n"
    body += b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n"
    return body + b"trailer<</Root 1 0 R/Size 4>>\nstartxref\n0\n%%EOF\n"


def _launch(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")


def _xfa(made: pikepdf.Pdf) -> None:
    made.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=pikepdf.String("<xdp:xdp/>"))
