"""The brake on reading: the 61st different file within an hour stays closed, and those who answer for staff are told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from passerelle.core import audit, clock
from passerelle.core.models import AccessRow
from passerelle.notices import kinds, operations
from passerelle.notices.models import StaffTask
from passerelle.notices.permissions import can_close
from tests.factories import an_eoi
from tests.support.people import PROGRAM, a_candidate, a_staff_member, signed_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 10, 18, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def reads(person: Any, count: int, *, at: datetime = NOON, what: str = "file") -> None:
    """``count`` different files read by ``person``, one a second before ``at``, the last one a second before."""
    for number in range(count):
        audit.record_access(
            subject=f"NT-E-{number}", by=person, at=at - SECOND * (count - number), purpose="review", what=what
        )


def brake(person: Any, subject: str = "NT-E-new", at: datetime = NOON) -> None:
    operations.brake_reading(subject=subject, program=PROGRAM, by=person, at=at)


def test_the_sixtieth_file_opens_and_the_sixty_first_does_not():
    officer = a_staff_member("officer")
    reads(officer, 59)
    brake(officer)
    audit.record_access(subject="NT-E-new", by=officer, at=NOON, purpose="review")

    with pytest.raises(operations.TooManyFiles, match="60 different files within an hour"):
        brake(officer, "NT-E-another")


def test_what_was_read_counts_by_person_within_the_hour_each_file_once_and_documents_not():
    officer, colleague = a_staff_member("officer"), a_staff_member("officer")
    reads(officer, 60)

    brake(officer, "NT-E-7")  # opened already within the hour
    brake(colleague)
    brake(officer, at=NOON + HOUR - SECOND)  # the first of the sixty is an hour old
    with pytest.raises(operations.TooManyFiles):
        brake(officer, at=NOON + HOUR - SECOND * 61)

    reads(colleague, 80, what="document 1")
    for _again in range(80):
        audit.record_access(subject="NT-E-1", by=colleague, at=NOON - SECOND, purpose="review")
    brake(colleague)


def test_the_limit_is_a_setting_and_nought_is_no_brake(settings: Any):
    officer = a_staff_member("officer")
    reads(officer, 100)
    settings.FILE_READS_PER_HOUR = 0
    brake(officer)

    settings.FILE_READS_PER_HOUR = 101
    brake(officer)

    settings.FILE_READS_PER_HOUR = 100
    with pytest.raises(operations.TooManyFiles, match="100"):
        brake(officer)


def test_director_or_administrator_hear_of_it_once_and_the_person_cannot_close_it():
    officer, director = a_staff_member("officer", "director"), a_staff_member("director")
    reads(officer, 60)
    for _try in range(3):
        with pytest.raises(operations.TooManyFiles):
            brake(officer)

    task = StaffTask.objects.get()
    assert (task.kind, task.program, task.about) == (kinds.TOO_MANY_FILES, PROGRAM, officer.reference)
    assert officer.name in task.detail["en"]
    assert "60 dossiers différents" in task.detail["fr"]
    assert [event.event for event in audit.trail(officer.reference)].count("account.reading_stopped") == 1
    assert [bool(can_close(one, task)) for one in (officer, a_staff_member("officer"), director)] == [
        False,
        False,
        True,
    ]
    assert can_close(a_staff_member("administrator"), task)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "different files within an hour"), ("fr", "dossiers différents en une heure")]
)
def test_every_page_that_opens_a_file_has_the_brake_and_says_why(language: str, words: str):
    eoi, officer = an_eoi("submitted", at=NOON - HOUR), a_staff_member("officer", language=language)
    client: Client = signed_in(officer)
    paths = [f"/{language}/staff/eoi/{eoi.reference}/", f"/{language}/staff/file/{eoi.reference}/"]
    with clock.frozen(NOON):
        assert [client.get(path).status_code for path in paths] == [200, 200]
    later = NOON + HOUR * 2
    reads(officer, 60, at=later)

    with clock.frozen(later):
        answers = [signed_in(officer).get(path) for path in paths]

    assert [one.status_code for one in answers] == [403, 403]
    assert all(words in one.content.decode() for one in answers)
    assert StaffTask.objects.filter(kind=kinds.TOO_MANY_FILES).count() == 1
    assert AccessRow.objects.filter(subject=eoi.reference, at=later).count() == 0


def test_the_count_is_one_query_on_an_index():
    officer = a_staff_member("officer")
    reads(officer, 3)
    with CaptureQueriesContext(connection) as asked:
        brake(officer)
    assert len(asked) == 1

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + asked[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "access_by_reader" in plan


def test_letters_whose_numbers_can_be_counted_up_are_under_the_brake_too():
    officer, reader = a_staff_member("officer"), a_candidate()
    letters = [
        operations.issue_letter(
            "nomination", program=PROGRAM, about=f"NT-A-{number}", to=reader, language="en", title="Nomination", blocks=[], at=NOON
        )
        for number in range(2)
    ]  # fmt: skip
    reads(officer, 59, at=NOON)
    client: Client = signed_in(officer)

    with clock.frozen(NOON):
        codes = [client.get(reverse("notices:letter", args=[letter.number])).status_code for letter in letters]
        again = client.get(reverse("notices:letter_pdf", args=[letters[0].number])).status_code

    assert (codes, again) == ([200, 403], 200)
