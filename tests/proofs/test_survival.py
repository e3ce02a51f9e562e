"""Acknowledged work survives ``kill -9`` of web server, worker and database under load (trust 2.1, 6.2)."""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from passerelle.core import clock
from passerelle.eoi import queries
from passerelle.eoi.models import ExpressionOfInterest, SubmissionKey
from passerelle.notices.models import Notice
from passerelle.project.invariants import broken, check
from tests.factories import an_eoi
from tests.proofs.hurting import Filer, Line, Platform, Writer, eventually
from tests.support.people import signed_in
from tests.support.proofs import small_and_full

WRITERS = 4
ACKED_BEFORE_A_KILL = 250
Tell = Callable[[str, object], None]


@contextmanager
def under_load(folder: Path, mail_port: int, kills: int, parts: tuple[str, ...], **options: str) -> Iterator[Any]:
    """Start the platform with people at work on it; give (platform, writers, filer)."""
    at = clock.now()
    drafts = [an_eoi("answered", at=at) for _ in range(WRITERS)]
    whole = [an_eoi("answered", at=at) for _ in range(kills)]
    platform = Platform(folder, mail_port, **options)
    writers = [Writer(line_of(platform, eoi), eoi.reference, section_of(eoi), "Nurse") for eoi in drafts]
    filer = Filer([(line_of(platform, eoi), eoi.reference, eoi.version) for eoi in whole])
    people = [*writers, filer]
    threads = [threading.Thread(target=one.run, daemon=True) for one in people]
    try:
        platform.start(*parts)
        for thread in threads:
            thread.start()
        yield platform, writers, filer
    finally:
        filer.turns.release(kills + 1)
        for one in people:
            one.stopped.set()
        for thread in threads:
            if thread.ident:
                thread.join(60)
        platform.stop()


def line_of(platform: Platform, eoi: ExpressionOfInterest) -> Line:
    assert eoi.candidate
    return Line(platform.port, str(signed_in(eoi.candidate).session.session_key))


def section_of(eoi: ExpressionOfInterest) -> str:
    sections = queries.questionnaire(eoi).sections
    section = next(one for one in sections if "job_title" in queries.keys_of_section(one))
    return f"/en/candidate/eoi/{eoi.reference}/questions/{section.key}/"


def wait_for_saves(writers: list[Writer], more: int) -> None:
    before = sum(one.saves for one in writers)
    eventually(lambda: sum(one.saves for one in writers) >= before + more)


def behind(platform: Platform, writers: list[Writer]) -> list[str]:
    """Name the writers whose last acknowledged words are not there (nor words that they sent after them)."""
    found = []
    known = {one.reference: (one.acked, one.sent) for one in writers}
    with platform.looked_at():
        for eoi in ExpressionOfInterest.objects.filter(reference__in=known):
            acked, _sent = known[eoi.reference]
            kept = re.search(r"\d+$", str(eoi.answers.get("job_title", "")))
            if acked and (kept is None or int(kept[0]) < acked):
                found.append(f"{eoi.reference}: {acked} acknowledged, {eoi.answers.get('job_title')!r} kept")
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kills", small_and_full(2, 200, "kills"))
def test_acknowledged_work_survives_kill_9_of_every_part(
    kills: int, seed: int, tmp_path: Path, mailbox: Any, record_property: Tell
):
    chance = random.Random(seed)
    # The small arm has no worker: it takes long to start, and one that is killed waits for the end of its lease.
    full = kills > 2
    parts = ("web", "worker") if full else ("web",)
    victims = ["database", *parts, *chance.choices(["database", "database", *parts], k=kills)][:kills]
    calm = ACKED_BEFORE_A_KILL if full else 20
    lost: list[str] = []
    with under_load(tmp_path, mailbox.port, kills, parts) as (platform, writers, filer):
        for victim in victims:
            wait_for_saves(writers, calm)
            filer.turns.release()
            time.sleep(chance.random() * 0.3)
            platform.kill(victim)
            eventually(platform.answers)
            lost += behind(platform, writers)
        wait_for_saves(writers, calm)
        eventually(lambda: len(filer.acked) == kills)
        for one in writers:
            one.stopped.set()
        time.sleep(1)
        lost += behind(platform, writers)
        half = what_is_not_whole(platform, filer.acked)
        sent = messages_sent(platform, mailbox, kills) if full else 0
    acked = sum(one.saves for one in writers) + len(filer.acked)
    for name, number in (("kills", dict(Counter(victims))), ("acknowledged", acked), ("handed in", len(filer.acked)),
                         ("lost", len(lost)), ("half-written", len(half)), ("messages", sent)):  # fmt: skip
        record_property(name, number)
    assert (lost, half) == ([], [])


def what_is_not_whole(platform: Platform, acked: list[str]) -> list[str]:
    """Name files handed in that are not whole, and every invariant that is broken."""
    with platform.looked_at():
        handed_in = ExpressionOfInterest.objects.exclude(submitted_at=None)
        keys = Counter(SubmissionKey.objects.values_list("eoi__reference", flat=True))
        whole = {one.reference for one in handed_in if one.receipt and one.points and keys[one.reference] == 1}
        rules = [f"{one.rule}: {one.rows}" for one in broken(check(at=clock.now()))]
        return [*sorted(set(acked) - whole), *rules]


def messages_sent(platform: Platform, mailbox: Any, kills: int) -> int:
    """Wait until every message owed is sent; each came once, but for one more at most for each kill."""

    def waiting() -> bool:
        with platform.looked_at():
            return Notice.objects.filter(state="queued", due_at__lte=clock.now()).exists()

    eventually(lambda: not waiting(), 900)
    with platform.looked_at():
        owed = set(Notice.objects.filter(state="sent").values_list("message_id", flat=True))
    counted = Counter(message["Message-ID"] for message in mailbox.messages)
    assert set(counted) == owed
    assert sum(counted.values()) <= len(owed) + kills
    return len(owed)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kills", small_and_full(8, 50, "kills"))
def test_with_commits_that_do_not_wait_for_the_disk_the_same_kills_lose_work(
    kills: int, seed: int, tmp_path: Path, mailbox: Any, record_property: Tell
):
    """The control arm: the harm is real, and this test would see it. The small arm ends with the first harm seen."""
    chance, losing, full = random.Random(seed), 0, kills > 8
    # What is committed then waits in memory for up to ten seconds, unless so much is written that there is no room left.
    options = {
        "synchronous_commit": "off",
        "wal_writer_delay": "10s",
        "wal_writer_flush_after": "1GB",
        "wal_buffers": "64MB",
    }
    with under_load(tmp_path, mailbox.port, 0, ("web",), **options) as (platform, writers, _filer):
        for _ in range(kills):
            wait_for_saves(writers, 20)
            time.sleep(chance.random() * 0.3)
            platform.kill("database")
            eventually(platform.answers)
            losing += bool(behind(platform, writers))
            if losing and not full:
                break
    record_property("kills", kills)
    record_property("kills that lost work", losing)
    assert losing > (kills / 2 if full else 0)
