"""The daily head of the audit trail: what no chain of its own can show, a number that others kept does."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from passerelle.core import audit, heads
from passerelle.core.models import TrailHead
from tests.core.test_audit import NOON, past_the_guards, write

pytestmark = pytest.mark.django_db


def three_days() -> None:
    for day in range(3):
        write(f"NT-E-2026-{day:06}", 4)
        assert heads.take_daily(at=NOON + timedelta(days=day))


def test_a_day_has_one_head_and_heads_follow_each_other():
    three_days()

    assert heads.take_daily(at=NOON + timedelta(days=2, hours=3)) is None
    assert [head.size for head in heads.heads()] == [4, 4, 4]
    assert list(heads.broken_heads()) == []


def test_a_chain_written_anew_from_its_first_link_fits_itself_but_not_the_head():
    three_days()
    forge_whole_chain("NT-E-2026-000001")

    assert audit.verify_chain("NT-E-2026-000001")
    assert [one.split(":")[0] for one in heads.broken_heads()] == ["head 2"]


def forge_whole_chain(subject: str) -> None:
    previous = ""
    for row in audit.trail(subject):
        row.detail, row.previous = {"number": "never was"}, previous
        previous = audit._digest(row)
        past_the_guards(
            "UPDATE core_auditevent SET detail = %s, previous = %s, digest = %s WHERE id = %s",
            json.dumps(row.detail), row.previous, previous, row.pk,
        )  # fmt: skip


def test_a_chain_taken_away_whole_leaves_a_head_that_does_not_fit():
    three_days()
    past_the_guards("DELETE FROM core_auditevent WHERE subject = %s", "NT-E-2026-000002")

    assert list(heads.broken_heads()) == [
        "head 3: the trail holds 0 events that do not make its root, where it was taken over 4"
    ]


def test_heads_taken_anew_over_a_forged_trail_are_not_those_that_others_kept():
    three_days()
    kept = [heads.published(head) for head in heads.heads()]
    forge_whole_chain("NT-E-2026-000001")
    past_the_guards("DELETE FROM core_trailhead")
    heads.take(at=NOON)

    assert list(heads.broken_heads()) == []
    assert len(list(heads.missing(kept))) == 3


def test_a_head_is_never_changed():
    three_days()
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        TrailHead.objects.filter(number=1).update(size=5)


def test_anybody_sees_the_heads_and_can_save_them():
    three_days()
    page = Client().get("/en/check/trail/")
    saved = Client().get("/fr/check/trail/heads.json").json()["heads"]

    assert [row["size"] for row in saved] == [4, 4, 4]
    assert all(row["digest"] in page.text for row in saved)


@contextmanager
def an_act_under_way() -> Iterator[threading.Event]:
    """Write an event and keep its transaction open until the block ends, or what it is given is set."""
    written, may_end = threading.Event(), threading.Event()

    def act() -> None:
        try:
            with transaction.atomic():
                write("NT-E-2026-000001", 1)
                written.set()
                may_end.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=act)
    thread.start()
    try:
        assert written.wait(10)
        yield may_end
    finally:
        may_end.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_an_event_whose_act_is_under_way_is_waited_for():
    """Its number is lower than those of events that are there already; a head that did not wait would leave it out for ever."""
    with an_act_under_way() as may_end:
        write("NT-E-2026-000002", 1)
        threading.Timer(0.3, may_end.set).start()
        head = heads.take(at=NOON)

    assert head.size == 2
    assert list(heads.broken_heads()) == []


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_long_for_a_head():
    with an_act_under_way():
        assert heads.take_daily(at=NOON) is None
    assert heads.take_daily(at=NOON).size == 1
