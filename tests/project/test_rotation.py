"""A new key for everything that rests sealed, while old and new can both be read."""

import base64
import io

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from passerelle.accounts.models import Person
from passerelle.core import audit, keys
from passerelle.core.sealing import SealedTextField
from passerelle.documents import operations as documents
from passerelle.eoi.models import ExpressionOfInterest, Note
from passerelle.notices import operations as notices
from passerelle.notices.models import Letter
from passerelle.project.runtime.rotating import key_of, rotate_keys, seal_again, sealed_columns
from tests.factories import NOON, an_eoi, an_officer
from tests.support.people import totp_code

pytestmark = pytest.mark.django_db


def quiet(what: str, done: int, total: int) -> None:
    """Show no progress."""


def at_rest(model: type, field: str) -> set[str]:
    """The ids of the keys that a column's rows are sealed with."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {field} FROM {model._meta.db_table} WHERE {field} IS NOT NULL")  # type: ignore[attr-defined]
        return {key_of(value) for (value,) in cursor.fetchall()}


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "PNG")
    return SimpleUploadedFile("proof.png", out.getvalue(), "image/png")


def test_rows_and_files_are_sealed_again_and_read_the_same():
    eoi = an_eoi("submitted")
    said = eoi.answers
    officer = an_officer()
    document = documents.store(owner=eoi.reference, slot="passport", upload=photo(), by=eoi.candidate, at=NOON)
    handed = b"".join(documents.open_file(document=document, by=officer, at=NOON, purpose="test"))
    letter = notices.issue_letter(
        "test", program="ca-nt", about=eoi.reference, to=eoi.candidate, language="en", title="A letter",
        blocks=[{"type": "paragraph", "text": "Words."}], at=NOON,
    )  # fmt: skip
    before = keys.ring().current[0]

    outcome = rotate_keys(at=NOON, tick=quiet)

    assert outcome.key != before
    assert outcome.rows >= 2
    assert outcome.files == 1
    assert at_rest(ExpressionOfInterest, "answers") == at_rest(Letter, "body") == {outcome.key}
    assert ExpressionOfInterest.objects.get(pk=eoi.pk).answers == said
    assert Letter.objects.get(pk=letter.pk).body == letter.body
    document.refresh_from_db()
    assert b"".join(documents.open_file(document=document, by=officer, at=NOON, purpose="test")) == handed
    assert audit.trail("installation").get().event == "keys.rotated"


def test_second_factors_are_sealed_again_and_their_codes_go_on_counting():
    officer = an_officer()
    codes = recovery_codes(officer)

    outcome = rotate_keys(at=NOON, tick=quiet)

    sealed = [one.data[name] for one in Authenticator.objects.all() for name in ("secret", "seed") if name in one.data]
    assert len(sealed) >= 2
    assert {key_of(one) for one in sealed} == {outcome.key}
    assert TOTP(Authenticator.objects.get(user=officer, type="totp")).validate_code(totp_code())
    assert recovery_codes(officer) == codes


def recovery_codes(person: Person) -> list[str]:
    return list(RecoveryCodes(Authenticator.objects.get(user=person, type="recovery_codes")).generate_codes())


def test_a_new_key_never_takes_the_name_of_one_in_the_ring():
    """An owner may take an old key out of the ring once no backup needs it: what the others sealed must stay readable."""
    ring = keys.KeyRing({"k1": b"1" * 32, "k2": b"2" * 32, "k3": b"3" * 32}, b"p" * 32, (b"s" * 32,))
    left = keys.KeyRing({name: ring.data[name] for name in ("k2", "k3")}, ring.person, ring.signing)

    renewed = left.with_new_data_key()

    assert {name: renewed.data[name] for name in left.data} == left.data
    assert renewed.current[0] == "k4"


def test_the_person_key_is_the_same_after_a_rotation():
    eoi = an_eoi("submitted")
    ring = keys.ring()

    rotate_keys(at=NOON, tick=quiet)

    assert keys.ring().person == ring.person
    assert set(ring.data) < set(keys.ring().data), "older backups need the old keys"
    assert ExpressionOfInterest.objects.get(pk=eoi.pk).person_key == eoi.person_key


def test_a_rotation_that_was_cut_short_is_finished_by_the_next():
    eoi = an_eoi("submitted")
    keys.write(keys.ring().with_new_data_key())  # and then the process died

    outcome = rotate_keys(at=NOON, tick=quiet)

    assert at_rest(ExpressionOfInterest, "answers") == {outcome.key}
    assert ExpressionOfInterest.objects.get(pk=eoi.pk).answers == eoi.answers


def test_many_rows_are_sealed_in_batches(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("passerelle.project.runtime.rotating.BATCH", 3)
    eoi, officer = an_eoi("submitted"), an_officer()
    Note.objects.bulk_create(Note(eoi=eoi, text=f"note {n}", by=officer, at=NOON) for n in range(10))
    keys.write(keys.ring().with_new_data_key())
    current = keys.ring().current[0]
    (field,) = [field for model, field in sealed_columns() if model is Note]
    assert isinstance(field, SealedTextField)

    assert seal_again(Note, field, current) == 10
    assert seal_again(Note, field, current) == 0
    assert [note.text for note in Note.objects.order_by("id")] == [f"note {n}" for n in range(10)]


def test_the_key_of_a_text_can_be_told_without_opening_it():
    assert key_of(base64.b64encode(b"k7:rest").decode()) == "k7"
