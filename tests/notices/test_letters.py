"""Letters: one list of blocks as page and as PDF, in the reader's language, with a number anybody can check."""

import io
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.db import DatabaseError, transaction

from passerelle.notices import operations, queries
from passerelle.notices.letters import Letterhead, NotALetter, for_press
from passerelle.notices.models import Letter, LetterPdf
from passerelle.notices.press import typeset
from tests.notices.conftest import AT, make_person

pytestmark = pytest.mark.django_db

NAMES = ["Sahaiʔa", "Tłı̨chǫ", "Náʔël", "K’áhshó Got’ı̨nę", "Dettah-Łutselkʼe", "Ɂehdzo", "O'Brien", "Ndılǫ"]
TEXTS = {
    "en": ("Nomination", "The Northwest Territories nominates you.", "Category", "Skilled Worker", "Next steps"),
    "fr": (
        "Désignation",
        "Les Territoires vous désignent.",
        "Catégorie",
        "Travailleurs qualifiés",
        "Prochaines étapes",
    ),
}


def write(language: str = "en", **changes: Any) -> Letter:
    title, sentence, label, value, heading = TEXTS[language]
    values: dict[str, Any] = {
        "program": "ca-nt",
        "about": "NT-E-2026-000001",
        "to": make_person(language=language, name="Sahaiʔa Tłı̨chǫ"),
        "language": language,
        "title": title,
        "at": AT,
        "letterhead": Letterhead(name="NTNP", lines=["Yellowknife"], accent="#0b5d4b", zone="America/Yellowknife"),
        "blocks": [
            {"type": "paragraph", "text": sentence},
            {"type": "facts", "rows": [[label, value], ["A", "1\n2"]]},
            {"type": "heading", "text": heading},
            {"type": "list", "items": NAMES},
            {"type": "list", "numbered": True, "items": ["1", "2"]},
            {"type": "table", "head": ["A", "B"], "rows": [["x", "97"], ["y", "50"]], "caption": "C"},
            {"type": "signature", "name": "Marie Łutsël", "role": "D"},
        ],
    }
    return operations.issue_letter("nomination", **{**values, **changes})


def pages(content: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))


def structure(content: bytes) -> list[str]:
    """The tags of the PDF in reading order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        for child in [node] if isinstance(node, pikepdf.Dictionary) else list(node):
            if isinstance(child, pikepdf.Dictionary) and "/S" in child:
                found.append(str(child.S))
            if isinstance(child, pikepdf.Dictionary) and "/K" in child and not isinstance(child.K, int):
                walk(child.K)

    with pikepdf.open(io.BytesIO(content)) as opened:
        walk(opened.Root.StructTreeRoot.K)
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pdf_says_all_of_it_in_its_language_with_names_byte_for_byte(language):
    letter = write(language)
    content = operations.make_pdf(number=letter.number)

    text = pages(content)
    for said in (*TEXTS[language], *NAMES, "Sahaiʔa Tłı̨chǫ", "Marie Łutsël", letter.number):
        assert said in text
    assert {"en": "November 20, 2026", "fr": "20 novembre 2026"}[language] in text.replace("\u00a0", " ")
    assert f"/{language}/verify/{letter.number}/" in text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pdf_is_tagged_universally_accessible_and_carries_its_fonts(language):
    with pikepdf.open(io.BytesIO(operations.make_pdf(number=write(language).number))) as opened:
        assert str(opened.Root.Lang) == f"{language}-CA"
        assert bool(opened.Root.MarkInfo.Marked)
        assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)
        assert "<pdfuaid:part>1</pdfuaid:part>" in str(opened.open_metadata())
        fonts = [
            obj
            for obj in opened.objects
            if isinstance(obj, pikepdf.Dictionary) and obj.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)


def test_both_languages_have_the_same_structure():
    english, french = (operations.make_pdf(number=write(language).number) for language in ("en", "fr"))
    assert structure(english) == structure(french)
    assert {"/H1", "/H2", "/L", "/LI", "/Table", "/TH", "/TD", "/Figure", "/P"} <= set(structure(english))


def test_the_pdf_is_kept_as_first_printed_and_sealed():
    from django.db import connection

    letter = write()
    first = operations.make_pdf(number=letter.number)
    assert operations.make_pdf(number=letter.number) == first
    assert LetterPdf.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM notices_letterpdf UNION ALL SELECT body FROM notices_letter")
        rest = " ".join(row[0] for row in cursor.fetchall())
    assert "%PDF" not in rest
    assert "Skilled" not in rest
    assert typeset.pdf(for_press(letter), made_at=AT) == first, "the same letter gives the same bytes"


def test_what_a_person_typed_is_never_markup():
    nasty = '#panic("x") $x$ *b* _i_ `r` = h\n- l \\ <label> @ref // c /* d */ https://x.example "q" [c] {e}'
    letter = write(blocks=[{"type": "paragraph", "text": nasty}], to=make_person(name='#image("/etc/passwd") *x*'))

    text = pages(operations.make_pdf(number=letter.number)).replace("\r\n", "\n")

    assert nasty in text
    assert '#image("/etc/passwd") *x*' in text


def test_a_name_in_another_script_still_gets_its_letter():
    letter = write(to=make_person(name="李明"))
    assert operations.make_pdf(number=letter.number).startswith(b"%PDF")


def test_anybody_can_check_a_letter_and_learns_nothing_about_a_person():
    letter = write("fr")
    found = operations.verify_letter(f" {letter.number.lower()} ", "fr")

    assert found is not None
    assert (found.number, found.kind, found.title, found.made_on.replace("\u00a0", " "), found.valid) == (
        letter.number, "nomination", "Désignation", "20 novembre 2026", True,
    )  # fmt: skip
    assert "Sahaiʔa" not in repr(found)
    assert operations.verify_letter("NT-L-2026-000001-XXXXXX") is None


def test_numbers_run_in_sequence_but_cannot_be_guessed():
    first, second = write().number, write().number
    assert (first[:16], second[:16]) == ("NT-L-2026-000001", "NT-L-2026-000002")
    assert first[17:] != second[17:]


def test_a_letter_changed_behind_our_back_is_not_genuine():
    letter = write()
    letter.body = {**letter.body, "addressee": "Somebody Else"}
    letter.save(update_fields=["body"])

    found = operations.verify_letter(letter.number)
    assert found is not None
    assert found.valid is False
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(title="Refusal")


@pytest.mark.parametrize(
    ("block", "told"),
    [
        (
            {"type": "picture"},
            "block 1: the type 'picture' is not one of paragraph, heading, list, facts, table, signature",
        ),
        ({"type": "facts", "rows": [["only one"]]}, "block 1: a row has 1 cells instead of 2"),
        ({"type": "paragraph", "text": ["a"]}, r"block 1: \['a'\] stands where a text should"),
    ],
)
def test_a_block_that_cannot_be_set_is_named(block, told):
    with pytest.raises(NotALetter, match=told):
        write(blocks=[block])


def test_letters_about_a_file_are_listed_newest_first():
    first, second = write(), write(at=AT.replace(hour=18))
    assert list(queries.letters("NT-E-2026-000001")) == [second, first]
