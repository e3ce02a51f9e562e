"""Fills in any form of a pack by the types of its questions, and makes the documents its checklist asks for."""

import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile

from passerelle.programs.forms.pruning import keys_of
from passerelle.programs.rules import Question, Questionnaire
from passerelle.programs.rules.schema import Criterion

LATEST = timedelta(days=200)
# An occupation of the national classification, for jobs of people whose file names none.
COOK = "63200"


# What most files answer with no; everything else that is asked as yes or no is answered with yes.
_NO = ("represent", "collective", "union", "lmia", "refus", "child", "depend", "refugee", "second_language", "owns")


class Filler:
    """Fills in one form for one person; ``eoi`` are the answers it is to agree with, ``meeting`` the criteria to meet."""

    def __init__(self, eoi: Mapping[str, Any], *, on: date, name: str, meeting: Iterable[Criterion] = ()) -> None:
        self.eoi, self.on, self.name = eoi, on, name
        self.wanted: dict[str, Any] = {}
        for one in meeting:
            for key, value in _asked_for(one.condition):
                self.wanted.setdefault(key, value)

    def fill(self, form: Questionnaire, already: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``already`` with every required question that applies answered; conditions are looked at after each."""
        filled = dict(already)
        for section in form.sections:
            for _round in range(3):
                for question in section.asked({**given, **filled}):
                    self._answer(question, filled)
        return filled

    def _answer(self, question: Question, filled: dict[str, Any]) -> None:
        if question.type == "records":
            if question.required and not filled.get(question.key):
                filled[question.key] = [self._record(question, number) for number in range(max(question.fewest, 1))]
        elif question.required and any(filled.get(key) in (None, "") for key in keys_of(question)):
            filled[question.key] = self._value(question)

    def _record(self, question: Question, number: int) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for _round in range(2):
            for part in question.questions:
                if part.required and part.applies(record) and part.key not in record:
                    record[part.key] = self._value(part, number)
        return record

    def _value(self, question: Question, number: int = 0) -> Any:
        known = self.eoi.get(question.compare.with_) if question.compare else None
        if known not in (None, "", []):
            return known
        if question.key in self.wanted:
            wanted = self.wanted[question.key]
            return str(wanted) if question.type in ("money", "decimal") else wanted
        if question.type in ("choice", "choices"):
            first = question.options[number % len(question.options)].value
            return first if question.type == "choice" else [first]
        return (
            self._plain()[question.type] if question.type != "yes_no" else not any(word in question.key for word in _NO)
        )

    def _plain(self) -> dict[str, Any]:
        return {
            "text": "As stated in the attached documents", "long_text": "As stated in the attached documents.",
            "name": self.name, "email": "office@demo.example", "phone": "+1 800-555-0123", "whole": 12, "decimal": "37.5",
            "money": "28.50", "date": (self.on - LATEST).isoformat(), "country": "CA", "declaration": True,
            "community": self._like("community"), "occupation": self._like("noc_code", "noc") or COOK,
            "signature": self.name, "code": "AB123456",
        }  # fmt: skip

    def _like(self, *ends: str) -> Any:
        """What the file said where the key of a question ends so: the same place, the same occupation."""
        return next((value for end in ends for key, value in self.eoi.items() if key.endswith(end)), "")


def _asked_for(condition: Any) -> Iterator[tuple[str, Any]]:
    """Yield answers with which a condition holds: of alternatives the first, of a number the least."""
    for key, wanted in (condition or {}).items():
        if key in ("all", "any"):
            for one in wanted:
                yield from _asked_for(one)
        elif isinstance(wanted, Mapping):
            yield from ((key, wanted[word]) for word in ("at_least", "at_most") if word in wanted)
            if "less_than" in wanted:
                yield key, 0
        elif key != "not":
            yield key, wanted[0] if isinstance(wanted, list | tuple) else wanted


def document(title: str, *, heading: str = "", lines: tuple[str, ...] = (), pages: int = 2) -> SimpleUploadedFile:
    """Return a small PDF to upload, named after what it stands for; each page says so, and that it is a specimen."""
    made, pdf = io.BytesIO(), pikepdf.Pdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
                              Encoding=pikepdf.Name.WinAnsiEncoding)  # fmt: skip
    for number in range(1, pages + 1):
        page = pdf.add_blank_page(page_size=(612, 792))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        said = ("SPECIMEN", heading or title, *lines, f"Page {number} / {pages}")
        page.Contents = pdf.make_stream(_written(said))
    pdf.save(made)
    return SimpleUploadedFile(f"{title}.pdf", made.getvalue(), content_type="application/pdf")


def _written(said: tuple[str, ...]) -> bytes:
    """Return the drawing of lines one under the other, the first two large; letters outside Latin-1 lose their marks."""
    drawn = [b"BT 64 700 Td 30 TL"]
    for place, line in enumerate(said):
        size = 26 if place == 0 else 18 if place == 1 else 13
        plain = (
            line if line.encode("cp1252", "ignore").decode("cp1252") == line else unicodedata.normalize("NFKD", line)
        )
        text = plain.encode("cp1252", "ignore").replace(b"\\", b"").replace(b"(", b"\\(").replace(b")", b"\\)")
        drawn.append(b"/F1 %d Tf (%s) Tj T*" % (size, text))
    return b" ".join([*drawn, b"ET"])
