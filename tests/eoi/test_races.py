"""Many hands at once, on real PostgreSQL: one person, one live file; one press, one receipt."""

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations
from passerelle.eoi.models import ExpressionOfInterest, ScoreRecord, SubmissionKey
from passerelle.notices.models import Letter, Notice
from tests.factories import NOON, an_eoi, an_officer, program
from tests.support.people import an_employer, signed_in
from tests.support.proofs import small_and_full

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = (IllegalMove, NotAllowed, operations.CannotBeAccepted, operations.TokenReused)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts in threads that start together, each on a connection of its own; return results or what was raised."""
    start, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            found[place] = act()
        except REFUSED as refusal:
            found[place] = refusal  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def submitting(eoi: ExpressionOfInterest, token: str) -> Callable[[], Any]:
    return lambda: operations.submit_eoi(reference=eoi.reference, token=token, by=eoi.candidate, at=NOON)


def receipts_owed(eoi: ExpressionOfInterest) -> int:
    return ProcrastinateJob.objects.filter(task_name="eoi.write_receipt", args__reference=eoi.reference).count()


def test_worker_and_reader_at_once_write_one_receipt():
    eoi = an_eoi("answered")
    submitting(eoi, "one")()

    found = at_once(*[lambda: operations.write_receipt(reference=eoi.reference, at=NOON) for _each in range(12)])

    assert {one.number for one in found} == {Letter.objects.get(about=eoi.reference).number}


@pytest.mark.parametrize("many", [2, 12, 50])
def test_one_press_sent_many_times_gives_one_receipt(many: int):
    eoi = an_eoi("answered")

    found = at_once(*[submitting(eoi, "one press") for _each in range(many)])

    assert {one.receipt for one in found} == {ExpressionOfInterest.objects.get().receipt}
    assert SubmissionKey.objects.count() == ScoreRecord.objects.count() == receipts_owed(eoi) == 1
    assert Notice.objects.filter(kind="eoi_received").count() == 2


@pytest.mark.parametrize("storms", small_and_full(3, 1_000, "storms"))
def test_storms_of_posts_give_one_file_and_one_receipt_each(seed: int, storms: int, record_property: Any):
    """Through the pages: 2 to 50 posts at once, of one press or of several windows; each is shown the one receipt."""
    chance, posts = random.Random(seed), 0
    for number in range(storms):
        eoi = an_eoi("answered")
        assert eoi.candidate
        session = signed_in(eoi.candidate).cookies["session"].value
        many, windows = chance.randint(2, 50), chance.choice((1, 1, 3))
        address = f"/en/candidate/eoi/{eoi.reference}"

        def press(place: int, eoi: Any = eoi, session: str = session, windows: int = windows) -> Any:
            client = Client(raise_request_exception=False)
            client.cookies["session"] = session
            token = f"{eoi.reference} window {place % windows}"
            told = client.post(
                f"/en/candidate/eoi/{eoi.reference}/check/", {"token": token, "version": eoi.version, "agree": "on"}
            )
            return told.status_code, told.headers.get("Location")

        found = at_once(*[lambda place=place: press(place) for place in range(many)])  # type: ignore[misc]

        eoi.refresh_from_db()
        kept = [SubmissionKey.objects.filter(eoi=eoi).count(), ScoreRecord.objects.filter(eoi=eoi).count()]
        assert (eoi.state, *kept, receipts_owed(eoi)) == ("submitted", 1, 1, 1), (number, found)
        assert Notice.objects.filter(kind="eoi_received", about=eoi.reference).count() == 2
        # A window that came second is shown the file as it now is; nobody is shown a failure or another receipt.
        assert {status for status, _where in found} == {302}, (number, found)
        assert {where for _status, where in found} <= {f"{address}/receipt/", f"{address}/"}, found
        posts += many
    record_property("posts", posts)


@pytest.mark.parametrize(("last", "status"), [(2, 302), (5, 500)])
def test_a_press_outlasts_others_that_hold_the_file_longer_than_one_wait(last: int, status: int):
    """A wait is a second here; four of them are made before the press is given up. In the ``last`` the file is let go."""
    eoi = an_eoi("answered")
    client = signed_in(eoi.candidate)
    client.raise_request_exception = False
    taken, enough, waits = threading.Event(), threading.Event(), 0

    def counted(execute: Any, sql: str, *said: Any) -> Any:
        nonlocal waits
        waits += "eoi_expressionofinterest" in sql and " FOR UPDATE" in sql
        if waits == last:
            enough.set()
        return execute(sql, *said)

    def others() -> None:
        with transaction.atomic():
            ExpressionOfInterest.objects.select_for_update().get(pk=eoi.pk)
            taken.set()
            enough.wait()
        connections.close_all()

    thread = threading.Thread(target=others)
    thread.start()
    taken.wait()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 1000")
    try:
        with connection.execute_wrapper(counted):
            told = client.post(
                f"/en/candidate/eoi/{eoi.reference}/check/", {"token": "one", "version": eoi.version, "agree": "on"}
            )
    finally:
        enough.set()
        thread.join()
        connection.close()

    assert told.status_code == status
    assert SubmissionKey.objects.filter(eoi=eoi).exists() is (status == 302)


def test_presses_in_several_windows_give_one_receipt():
    eoi = an_eoi("answered")

    found = at_once(*[submitting(eoi, f"window {number}") for number in range(8)])

    assert len([one for one in found if isinstance(one, ExpressionOfInterest)]) == 1
    assert SubmissionKey.objects.count() == 1


def test_two_employers_for_one_person_at_once_give_one_live_file(seed: int):
    passport = f"RACE{random.Random(seed).randrange(10**6):06d}"
    eois = [an_eoi("answered", passport_number=passport) for _each in range(4)]

    found = at_once(*[submitting(eoi, f"file {number}") for number, eoi in enumerate(eois)])

    assert len([one for one in found if isinstance(one, ExpressionOfInterest)]) == 1
    assert len([one for one in found if isinstance(one, operations.AlreadyLive)]) == 3
    assert ExpressionOfInterest.objects.live().count() == 1


def test_without_the_index_one_person_would_have_several_files():
    """The control arm: it is the index that keeps them apart."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX eoi_one_live_per_person")
    try:
        eois = [an_eoi("answered", passport_number="CONTROL1") for _each in range(3)]

        at_once(*[submitting(eoi, f"file {number}") for number, eoi in enumerate(eois)])

        assert ExpressionOfInterest.objects.live().count() == 3
    finally:
        ExpressionOfInterest.objects.update(state="closed", closed_at=NOON, closing_reason="expired")
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX eoi_one_live_per_person ON eoi_expressionofinterest (live_scope, person_key)"
                " WHERE state IN ('submitted', 'in_pool', 'evidence_requested', 'doubted', 'invited')"
            )


def test_a_bar_set_while_the_person_files_again_keeps_them_out():
    first = an_eoi("doubted", passport_number="BARRED1")
    operations.reply_to_doubt(reference=first.reference, reply="No", by=first.candidate, at=NOON)
    second = an_eoi("answered", passport_number="BARRED1")
    one, two = an_officer(), an_officer()

    at_once(
        submitting(second, "again"),
        lambda: operations.refuse_eoi(
            reference=first.reference, reason="False", by=one, confirmed_by=two, bar=True, at=NOON
        ),
    )

    second.refresh_from_db()
    assert second.state == "draft"


def test_two_officers_take_two_files():
    files = [an_eoi("submitted") for _each in range(2)]
    officers = [an_officer(), an_officer()]

    found = at_once(*[lambda by=by: operations.take_next(program="ca-nt", by=by, at=NOON) for by in officers])

    assert {one.reference for one in found} == {one.reference for one in files}


def test_two_officers_confirm_once():
    eoi = an_eoi("submitted")
    officers = [an_officer(), an_officer()]

    found = at_once(
        *[lambda by=by: operations.confirm_points(reference=eoi.reference, by=by, at=NOON) for by in officers]
    )

    assert len([one for one in found if isinstance(one, IllegalMove)]) == 1
    assert Notice.objects.filter(kind="score_assigned").count() == 2


def test_an_account_pressed_twice_opens_one_file():
    program()
    employer = an_employer()

    at_once(
        *[lambda: operations.open_eoi(program="ca-nt", category="skilled", by=employer, at=NOON) for _each in range(3)]
    )

    assert ExpressionOfInterest.objects.count() == 1
