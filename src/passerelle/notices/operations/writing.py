"""Write a letter, print it, check it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.crypto import get_random_string

from passerelle.accounts.models import Person
from passerelle.core import audit, jobs, sealing
from passerelle.core.references import next_reference
from passerelle.notices import letters
from passerelle.notices.letters import Block, LetterCheck, Letterhead
from passerelle.notices.models import Letter, LetterPdf
from passerelle.notices.press import typeset

# Without letters and digits that look alike. Six of them keep numbers from being tried one after the other.
_CHECK_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@transaction.atomic
def issue_letter(
    kind: str,
    *,
    program: str,
    about: str,
    to: Person,
    language: str,
    title: str,
    blocks: Sequence[Block],
    at: datetime,
    letterhead: Letterhead | None = None,
    by: Person | None = None,
    addressee: str = "",
) -> Letter:
    """Write and sign a letter to ``to``; the worker prints it after commit. For ``blocks`` see ``notices.letters``.

    ``title`` says what kind of letter it is; the page on which anybody can check the number shows it, so it names no
    person. ``addressee`` names who it is written to where that is somebody without an account: the letter then lies with
    ``to``, the staff member who serves it on paper. Raises NotALetter.
    """
    prefix = program.rpartition("-")[2].upper() or "P"
    letter = Letter(
        program=program,
        number=f"{next_reference(f'{prefix}-L', at.year)}-{get_random_string(6, _CHECK_LETTERS)}",
        kind=kind,
        about=about,
        to=to,
        language=language,
        title=title,
        body={"addressee": addressee or to.name, "blocks": letters.checked(blocks)},
        letterhead=asdict(letterhead or Letterhead()),
        made_at=at,
    )
    letter.signature = sealing.sign(letters.payload(letter))
    letter.save()
    audit.record(
        "letter.issued", subject=about, by=by, at=at, for_person=to, program=program,
        detail={"number": letter.number, "kind": kind},
    )  # fmt: skip
    jobs.defer("notices.make_pdf", number=letter.number)
    return letter


@transaction.atomic
def make_pdf(*, number: str) -> bytes:
    """Return the PDF of a letter, printing it the first time; later calls give the same bytes."""
    letter = Letter.objects.select_for_update(of=("self",)).get(number=number)
    kept = LetterPdf.objects.filter(letter=letter).first()
    if kept:
        return bytes(kept.content)
    made = typeset.pdf(letters.for_press(letter), made_at=letter.made_at)
    LetterPdf.objects.create(letter=letter, content=made)
    return made


def verify_letter(number: str, language: str | None = None) -> LetterCheck | None:
    """Return what anybody may know of the letter with this number, and whether it is as it was signed; None if none."""
    letter = Letter.objects.filter(number=number.strip().upper()).first()
    if letter is None:
        return None
    return LetterCheck(
        number=letter.number,
        program=letter.letterhead["name"],
        kind=letter.kind,
        title=letter.title,
        language=letter.language,
        made_on=letters.made_on(letter, language),
        valid=letters.is_genuine(letter),
    )
