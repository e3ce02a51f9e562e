"""What one side must never see of the other: values planted in the answers, looked for wherever the others can look."""

import io
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.urls import reverse

from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.eoi import operations as eois
from passerelle.notices import operations as notice_operations
from passerelle.notices.models import Letter, Notice
from tests.access.matrix import ROWS, Row
from tests.access.test_matrix import ask
from tests.access.world import World, taken_back

PASSPORT, BIRTHDAY, FUNDS = "QX7731904", "1991-03-17", "4831776"
NOTE, EVIL = "heron-note-5521", "<script>alert('heron')</script> #panic(\"typst\") *Nÿr* _@ref"
# A birth date is shown in words too.
PLANTED = (PASSPORT, FUNDS, "4,831,776", "4 831 776", BIRTHDAY, "March 17, 1991", "17 March 1991", "17 mars 1991", NOTE)


@contextmanager
def logs() -> Iterator[io.StringIO]:
    """Collect what the platform would write to its log, in the form it is written in."""
    root, heard = logging.getLogger(), io.StringIO()
    formatters = [one.formatter for one in root.handlers if "Processor" in type(one.formatter).__name__]
    assert formatters, "the platform's own log format is not in use"
    handler = logging.StreamHandler(heard)
    handler.setFormatter(formatters[0])
    root.addHandler(handler)
    try:
        yield heard
    finally:
        root.removeHandler(handler)


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode("utf-8", "replace"))


def looked_at(row: Row, who: str) -> bool:
    return row.get is not None and who in row.knocking and row.kind != "public" and not row.name.endswith("pdf")


def told(person: Person) -> Iterator[tuple[str, str]]:
    """Everything that was ever written to somebody: messages, and letters as they are printed."""
    for notice in Notice.objects.filter(to=person):
        yield f"message {notice.kind}", f"{notice.subject} {notice.body}"
    for letter in Letter.objects.filter(to=person):
        yield f"letter {letter.kind}", f"{letter.title} {letter.body}"


@pytest.mark.django_db
def test_nobody_sees_what_is_not_theirs() -> None:
    world, rows, leaks, seen = (
        World(passport_number=PASSPORT, date_of_birth=BIRTHDAY, settlement_funds=FUNDS), defaultdict(list), [], 0,
    )  # fmt: skip
    Person.objects.filter(pk__in=(world.case.employer.pk, world.case.candidate.pk)).update(name=EVIL)
    for person in (world.case.employer, world.case.candidate):
        person.refresh_from_db()
    found: set[tuple[str, str, str]] = set()
    for row in ROWS:
        rows[row.stage].append(row)
    with logs() as heard:
        for stage in world.stages():
            if stage == "submitted":
                eois.add_note(reference=world.eoi, text=NOTE, by=world.office.officer, at=world.at)
            for row in rows[stage]:
                for who in ("employer", "elsewhere", "candidate", "officer"):
                    if not looked_at(row, who):
                        continue
                    answer = ask(row, world, "get", who)
                    text, seen = text_of(answer), seen + 1
                    planted = PLANTED if who in ("employer", "elsewhere") else ((NOTE,) if who == "candidate" else ())
                    leaks += [f"{one} to {who} at {row.name} ({stage})" for one in planted if one in text]
                    # The control arm: those who may see it do, so the test is not blind.
                    found |= {(row.name, who, one) for one in (PASSPORT, NOTE) if one in text}
                    if "<script>alert" in text:
                        leaks.append(f"markup of a name at {row.name} ({stage}) to {who}")
                    if who == "elsewhere" and world.eoi in text and answer.status_code == 200:
                        leaks.append(f"the file to staff of another program at {row.name} ({stage})")
            if stage == "nominated":
                with taken_back(), clock.frozen(world.at):
                    for letter in Letter.objects.filter(about=world.application):
                        assert notice_operations.make_pdf(number=letter.number).startswith(b"%PDF")
        for what, text in told(world.case.employer):
            leaks += [f"{one} in the employer's {what}" for one in PLANTED if one in text]
        _push_through_forms(world)
    log = heard.getvalue()
    leaks += [f"{one} in the log" for one in (*PLANTED, "heron") if one in log]
    assert '"event": "answered"' in log
    assert seen > 150
    assert {("eoi:answers", "candidate", PASSPORT), ("eoi:review", "officer", NOTE)} <= found
    assert not leaks, "\n".join(leaks)


def _push_through_forms(world: World) -> None:
    """Post the planted values where they are refused, so that whatever complains has them at hand."""
    client = world.client("candidate")
    for address in (
        reverse("account_login"), reverse("accounts:profile"), reverse("eoi:receipt", args=[world.eoi]),
        reverse("applications:change", args=[world.application]), "/en/no/such/page/",
    ):  # fmt: skip
        with taken_back(), clock.frozen(world.at):
            client.post(
                address, {"login": PASSPORT, "password": NOTE, "name": EVIL * 20, "kind": PASSPORT, "detail": NOTE}
            )
            client.get(address, {"q": PASSPORT})
