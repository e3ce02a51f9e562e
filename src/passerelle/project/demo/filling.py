"""Fills in any form of a pack by the types of its questions, and makes the documents its checklist asks for."""

import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile

from passerelle.programs.forms.pruning import keys_of
from passerelle.programs.rules import Question, Questionnaire

LATEST = timedelta(days=200)


def answers(
    form: Questionnaire, already: Mapping[str, Any], given: Mapping[str, Any], *, on: date, name: str
) -> dict[str, Any]:
    """Return ``already`` with every required question that applies answered; conditions are looked at again after each."""
    filled = dict(already)
    for section in form.sections:
        for _round in range(3):
            for question in section.asked({**given, **filled}):
                _answer(question, filled, on, name)
    return filled


def _answer(question: Question, filled: dict[str, Any], on: date, name: str) -> None:
    if question.type == "records":
        if question.required and not filled.get(question.key):
            filled[question.key] = [_record(question, on, name)]
    elif question.required and any(filled.get(key) in (None, "") for key in keys_of(question)):
        filled[question.key] = _value(question, on, name)


def _record(question: Question, on: date, name: str) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for _round in range(2):
        for part in question.questions:
            if part.required and part.applies(record) and part.key not in record:
                record[part.key] = _value(part, on, name)
    return record


def _value(question: Question, on: date, name: str) -> Any:
    plain: dict[str, Any] = {
        "text": "As stated in the attached documents", "long_text": "As stated in the attached documents.", "name": name,
        "email": "office@demo.example", "phone": "+1 867-555-0123", "whole": 12, "decimal": "37.5", "money": "28.50",
        "date": (on - LATEST).isoformat(), "yes_no": True, "country": "CA", "community": "hay_river", "occupation": "63200",
        "declaration": True, "signature": name, "code": "AB123456",
    }  # fmt: skip
    if question.type == "choice":
        return question.options[0].value
    if question.type == "choices":
        return [question.options[0].value]
    return plain[question.type]


def document(title: str) -> SimpleUploadedFile:
    """Return a small one-page PDF to upload, named after what it stands for."""
    made, page = io.BytesIO(), pikepdf.Pdf.new()
    page.add_blank_page(page_size=(612, 792))
    page.save(made)
    return SimpleUploadedFile(f"{title}.pdf", made.getvalue(), content_type="application/pdf")
