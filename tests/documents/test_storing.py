"""What is kept of a file, how it rests, and how it is handed out."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pikepdf
import pillow_heif
import pytest
from django.core.files.storage import default_storage
from django.http import Http404
from PIL import Image

from passerelle.core import audit, keys
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.documents import operations, queries, vault
from passerelle.documents.models import Document
from passerelle.documents.operations.opening import clear_pieces
from tests.documents.conftest import AT, OWNER, make_person, pdf, picture

pytestmark = pytest.mark.django_db


def content(document):
    return b"".join(clear_pieces(document))


def test_a_pdf_is_kept_with_its_facts(hand_in, person):
    document = hand_in(pdf(pages=3), "Passeport – Sahaiʔa.PDF")

    assert (document.media_type, document.pages, document.state) == ("application/pdf", 3, "clean")
    assert document.original_name == "Passeport – Sahaiʔa.pdf"
    assert (document.uploaded_by, document.uploaded_at) == (person, AT)
    kept = content(document)
    assert (len(kept), hashlib.sha256(kept).hexdigest()) == (document.bytes, document.sha256)
    assert len(pikepdf.open(io.BytesIO(kept)).pages) == 3
    assert [event.event for event in audit.trail(OWNER)] == ["document.stored"]


def test_nothing_that_acts_is_left_in_a_pdf(hand_in):
    def act(made):
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        made.Root.AA = pikepdf.Dictionary(WC=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(2)"))
        names = pikepdf.Array([pikepdf.String("x"), pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(3)")])
        made.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=names))
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
        link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch)
        made.pages[0].Annots = pikepdf.Array([made.make_indirect(link)])
        made.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=pikepdf.String("<xdp/>"))
        made.attachments["evil.exe"] = b"MZ" + b"x" * 100

    kept = pikepdf.open(io.BytesIO(content(hand_in(pdf(act=act)))))

    assert len(kept.attachments) == 0
    assert not {"/OpenAction", "/AA"} & set(kept.Root.keys())
    assert "/A" not in kept.pages[0].Annots[0]
    everything = b" ".join(obj.unparse() for obj in kept.objects)
    assert not any(word in everything for word in (b"JavaScript", b"Launch", b"XFA", b"EmbeddedFile"))


def test_a_photo_is_drawn_anew_upright_and_without_metadata(hand_in):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"  # a place
    document = hand_in(picture("JPEG", (64, 48), exif=exif, comment=b"canary"), "photo.jpg")

    kept = content(document)
    drawn = Image.open(io.BytesIO(kept))
    assert (document.media_type, drawn.size) == ("image/jpeg", (48, 64))
    assert not drawn.getexif()
    assert not any(word in kept for word in (b"canary", b"Maker", b"Exif"))


def test_a_picture_keeps_its_transparency_and_loses_its_texts(hand_in):
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("Author", "canary")
    document = hand_in(picture("PNG", mode="RGBA", pnginfo=texts), "seal.png")

    kept = content(document)
    assert (document.media_type, Image.open(io.BytesIO(kept)).mode) == ("image/png", "RGBA")
    assert b"canary" not in kept


def test_a_phone_photo_in_heic_becomes_a_jpeg(hand_in):
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "red")).save(out)
    document = hand_in(out.getvalue(), "IMG_0001.HEIC")

    assert (document.media_type, document.original_name) == ("image/jpeg", "IMG_0001.jpg")
    assert Image.open(io.BytesIO(content(document))).size == (64, 48)


def test_content_decides_not_the_name(hand_in):
    assert hand_in(picture("PNG"), "contract.pdf").original_name == "contract.png"


def test_what_follows_a_picture_is_gone(hand_in):
    assert b"<script>" not in content(hand_in(picture("JPEG") + b"<script>alert(1)</script>" * 50, "x.jpg"))
    assert b"PK\x03\x04" not in content(hand_in(picture("PNG") + b"PK\x03\x04" * 50, "y.png"))


def test_the_same_file_twice_in_a_place_is_one_document(hand_in):
    sent = pdf()
    first, again = hand_in(sent, "a.pdf"), hand_in(sent, "b.pdf")
    elsewhere = hand_in(sent, "a.pdf", slot="contract")

    assert first == again != elsewhere
    assert list(queries.files(OWNER, "passport")) == [first]
    assert set(queries.files(OWNER)) == {first, elsewhere}


def test_stored_bytes_are_unreadable_and_named_after_nothing(hand_in):
    document = hand_in(pdf(), "Passeport.pdf")
    path = Path(default_storage.path(document.storage_name))

    assert b"%PDF" not in path.read_bytes()
    assert path.name == document.pk.hex
    assert path.stat().st_mode & 0o077 == 0


def test_each_change_to_a_stored_file_is_noticed(hand_in, seed):
    from random import Random

    random = Random(seed)
    document = hand_in(picture("PNG", (700, 500)), "big.png")
    path = Path(default_storage.path(document.storage_name))
    sealed = path.read_bytes()
    for _ in range(200):
        place = random.randrange(len(sealed))
        path.write_bytes(sealed[:place] + bytes([sealed[place] ^ 1 << random.randrange(8)]) + sealed[place + 1 :])
        with pytest.raises(vault.Tampered):
            content(document)
    path.write_bytes(sealed[:-20])
    with pytest.raises(vault.Tampered):
        content(document)


def test_pieces_cannot_be_left_out_or_swapped():
    key, out = vault.new_key(), io.BytesIO()
    clear = bytes(vault.PIECE) + b"1" * vault.PIECE + b"2" * 10
    vault.seal(io.BytesIO(clear), out, key=key, name="x")
    sealed, step = out.getvalue(), vault.PIECE + 16

    assert b"".join(vault.pieces(io.BytesIO(sealed), key=key, name="x")) == clear
    for spoiled in (
        sealed[:step],
        sealed[: 2 * step],
        sealed[step:],
        sealed[step : 2 * step] + sealed[:step] + sealed[2 * step :],
    ):
        with pytest.raises(vault.Tampered):
            list(vault.pieces(io.BytesIO(spoiled), key=key, name="x"))
    with pytest.raises(vault.Tampered):
        list(vault.pieces(io.BytesIO(sealed), key=key, name="y"))


def test_opening_a_file_is_logged_and_never_shown_in_the_browser(hand_in, person):
    reader = make_person()
    document = hand_in(pdf(), 'Contrat "final" – Łutsël K’é.pdf')

    answer = operations.open_file(document=document, by=reader, at=AT, purpose="review")

    assert b"".join(answer.streaming_content) == content(document)
    assert answer["Content-Disposition"].startswith(
        "attachment; filename*=utf-8''Contrat%20_final_%20%E2%80%93%20%C5%81uts"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == str(document.bytes)
    [row] = audit.accesses(OWNER)
    assert (row.by, row.purpose, row.what) == (reader, "review", f"document {document.pk}")


def test_a_removed_file_is_gone_for_good(hand_in, person, django_capture_on_commit_callbacks):
    sent = pdf()
    document = hand_in(sent, "a.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        operations.remove(document=document, by=person, at=AT)

    document.refresh_from_db()
    assert (document.state, document.sealed_key) == ("removed", "")
    assert not default_storage.exists(document.storage_name)
    assert list(queries.files(OWNER)) == []
    with pytest.raises(NotAllowed):
        operations.open_file(document=document, by=person, at=AT, purpose="look")
    with pytest.raises(IllegalMove):
        operations.remove(document=document, by=person, at=AT)
    assert hand_in(sent, "a.pdf") != document


def test_new_keys_open_old_files(hand_in):
    document = hand_in(pdf(), "a.pdf")
    before, sealed = content(document), document.sealed_key
    keys.write(keys.ring().with_new_data_key())

    assert operations.rewrap_files(at=AT) == 1

    document.refresh_from_db()
    assert document.sealed_key != sealed
    assert content(document) == before


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        (r"C:\Users\x\Contrat.pdf", "Contrat.pdf"),
        ("a\u202egpj.exe", "agpj.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ('<img src="x">.pdf', "_img src=_x__.pdf"),
        ("x" * 400 + ".pdf", "x" * 150 + ".pdf"),
    ],
)
def test_names_are_made_safe(given, kept):
    from passerelle.documents.names import shown_name

    assert shown_name(given, "application/pdf") == kept


def test_a_page_is_shown_as_a_picture_drawn_here_and_the_look_is_logged_once(hand_in):
    def mark(made):
        made.pages[1].Contents = made.make_stream(b"1 0 0 rg 0 0 612 792 re f")

    reader, document = make_person(), hand_in(pdf(pages=2, mark=mark), "a.pdf")

    def shown(page):
        answer = operations.open_page(document=document, page=page, by=reader, at=AT, purpose="review")
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
        return Image.open(io.BytesIO(answer.content))

    assert [shown(page).getpixel((700, 700)) for page in (1, 2)] == [(255, 255, 255), (254, 0, 0)]
    assert shown(1).width == 1400
    assert audit.accesses(OWNER).count() == 1
    for missing in (0, 3):
        with pytest.raises(Http404):
            operations.open_page(document=document, page=missing, by=reader, at=AT, purpose="review")


def test_a_photo_is_shown_smaller_and_on_white(hand_in):
    document = hand_in(picture("PNG", (2000, 1000), mode="RGBA"), "seal.png")
    answer = operations.open_page(document=document, page=1, by=make_person(), at=AT, purpose="review")
    drawn = Image.open(io.BytesIO(answer.content))
    assert (drawn.size, drawn.getpixel((10, 10))) == ((1400, 700), (255, 255, 255))


def test_a_stored_file_without_a_row_is_tidied_away_after_two_days(hand_in):
    kept, lost = hand_in(pdf(), "kept.pdf"), hand_in(picture("PNG", (20, 20)), "lost.png")
    Document.objects.filter(pk=lost.pk).delete()
    saved = default_storage.get_modified_time(lost.storage_name)  # by the clock of the disk

    operations.tidy_files(at=saved + timedelta(hours=47))
    assert default_storage.exists(lost.storage_name)

    assert operations.tidy_files(at=saved + timedelta(hours=49)) >= 1
    assert default_storage.exists(kept.storage_name)
    assert not default_storage.exists(lost.storage_name)
