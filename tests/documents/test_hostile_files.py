"""Whatever is sent, the answer is a harmless file or a reason in words; nothing crashes, hangs or is left behind."""

import io
from functools import partial
from typing import Any

import pikepdf
import pytest
from django.utils import translation
from PIL import Image

from passerelle.documents.limits import work_folder
from passerelle.documents.models import Document
from passerelle.documents.operations.opening import clear_pieces
from passerelle.documents.reasons import _REASONS, Unacceptable, words
from tests.documents.corpus import EICAR, Sample, corpus

SAMPLES = list(corpus())


def test_there_are_enough_samples():
    assert len(SAMPLES) >= 60
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.django_db
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_hostile_file_is_refused_in_words_or_made_harmless(hand_in, sample: Sample):
    before = set(work_folder().glob("look-*"))  # other tests of this process may have left theirs
    outcome, document = _outcome(hand_in, sample)

    assert outcome in sample.outcomes
    assert Document.objects.exists() == bool(document)
    if document:
        _assert_harmless(b"".join(clear_pieces(document)), document.media_type)
    assert set(work_folder().glob("look-*")) <= before, "nothing is left of the inspection"


@pytest.mark.proof
@pytest.mark.django_db
def test_every_hostile_file_is_handled(hand_in, record_property: Any):
    """The whole corpus in one account, for the report of ``make proof``."""
    told = [
        _outcome(partial(hand_in, slot=f"slot{number}"), sample)[0] in sample.outcomes
        for number, sample in enumerate(SAMPLES)
    ]

    record_property("files", len(told))
    record_property("handled", sum(told))
    assert all(told)


def _outcome(hand_in: Any, sample: Sample) -> tuple[str, Document | None]:
    try:
        document = hand_in(sample.content, sample.name)
    except Unacceptable as refusal:
        return refusal.code, None
    return document.media_type, document


def _assert_harmless(kept: bytes, media_type: str) -> None:
    for trace in (EICAR, b"alert(", b"<script", b"PK\x03\x04", b"calc.exe", b"/JavaScript", b"xdp:"):
        assert trace not in kept
    if media_type == "application/pdf":
        with pikepdf.open(io.BytesIO(kept), attempt_recovery=False) as opened:
            assert len(opened.pages) >= 1
            assert not opened.is_encrypted
    else:
        Image.open(io.BytesIO(kept)).load()


def test_each_reason_says_what_to_do_in_both_languages():
    with translation.override("en"):
        english = {code: words(code) for code in _REASONS}
    with translation.override("fr"):
        french = {code: words(code) for code in _REASONS}
    assert all(english[code] != french[code] for code in _REASONS)
    assert not any("%" in text for text in (*english.values(), *french.values()))
    assert all(text.count(".") + text.count(":") >= 2 for text in (*english.values(), *french.values()))
