"""Sealing, person keys, signatures: what is altered, moved or signed by another is not accepted."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.core import keys, sealing


@given(st.text(), st.sampled_from(["eoi.answers", "part.answers"]))
def test_what_is_sealed_comes_back(text: str, purpose: str):
    assert sealing.unseal(sealing.seal(text, purpose), purpose) == text


def test_the_same_text_is_never_sealed_alike():
    assert sealing.seal("Sahaiʔa", "a") != sealing.seal("Sahaiʔa", "a")


def test_text_sealed_for_one_column_does_not_open_in_another():
    with pytest.raises(sealing.Unsealable):
        sealing.unseal(sealing.seal("secret", "eoi.answers"), "part.answers")


def test_every_altered_byte_is_noticed():
    sealed = base64.b64decode(sealing.seal("Náʔël", "a"))

    for place in range(len(sealed)):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(sealing.Unsealable):
            sealing.unseal_bytes(altered, "a")


def test_a_new_key_seals_from_now_on_and_the_old_one_still_opens():
    before = keys.ring()
    old = sealing.seal("kept", "a")
    try:
        keys.write(before.with_new_data_key())
        new = sealing.seal("kept", "a")

        assert base64.b64decode(new).split(b":")[0] != base64.b64decode(old).split(b":")[0]
        assert sealing.unseal(old, "a") == sealing.unseal(new, "a") == "kept"
    finally:
        keys.write(before)


def test_the_key_file_is_its_owner_s_alone(settings):
    from pathlib import Path

    keys.ring()

    assert Path(settings.PASSERELLE_KEYS).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("typed", ["AB123456", "ab 123 456", "AB-123-456", " ab123456 ", "ＡＢ１２３４５６"])
def test_a_passport_has_one_key_however_it_is_typed(typed: str):
    assert sealing.person_key("ca-nt", "PH", "AB123456") == sealing.person_key("ca-nt", "ph ", typed)


@pytest.mark.parametrize(
    "other", [("ca-on", "PH", "AB123456"), ("ca-nt", "IN", "AB123456"), ("ca-nt", "PH", "AB123457")]
)
def test_another_scope_country_or_number_is_another_key(other: tuple[str, str, str]):
    assert sealing.person_key("ca-nt", "PH", "AB123456") != sealing.person_key(*other)


def test_a_signature_holds_for_its_payload_and_nothing_else():
    signature = sealing.sign(b"receipt NT-E-2026-000123")

    assert sealing.verify_signature(b"receipt NT-E-2026-000123", signature)
    assert not sealing.verify_signature(b"receipt NT-E-2026-000124", signature)
    assert not sealing.verify_signature(b"receipt NT-E-2026-000123", signature[:-4] + "AAAA")
    assert not sealing.verify_signature(b"receipt NT-E-2026-000123", "no signature at all é")
