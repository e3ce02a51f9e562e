"""Send what is due. Each step is a transaction of its own, so that a crash loses nothing and repeats at most one."""

import smtplib
import time
from datetime import datetime, timedelta

import structlog
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, Q, QuerySet

from passerelle.core.mail import kind_of, may_leave
from passerelle.notices import mail
from passerelle.notices.models import Notice
from passerelle.notices.operations.bouncing import bounce
from passerelle.notices.operations.fencing import hold_back_fenced
from passerelle.notices.operations.tasks import open_task
from passerelle.notices.states import NOTICE_LIFECYCLE, NoticeState

log = structlog.get_logger(__name__)

BATCH = 20
# Long enough for a batch at the slowest server; a batch is left as soon as half of it is used up.
LEASE = timedelta(minutes=5)
# Minutes to wait after the first, second … failure; after the last one a person is asked.
WAITS = (1, 5, 15, 30, 60, 120, 240, 480, 720, 1440)


def send_due(*, at: datetime, limit: int = 200) -> int:
    """Send up to ``limit`` messages that are due; return how many a mail server took.

    Any number of workers may run this at once. Not one transaction: a message taken by the mail server is marked at
    once. When a crash falls between the two, the message goes out a second time with the same Message-ID.
    """
    hold_back_fenced()
    round_ = _Round(at)
    while round_.tried < limit:
        batch = _claim(round_.now(), min(BATCH, limit - round_.tried))
        if not batch or not round_.deliver(batch):
            break
    return round_.sent


@transaction.atomic
def _claim(at: datetime, size: int) -> list[Notice]:
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    due = Notice.objects.filter(free, state=NoticeState.QUEUED, due_at__lte=at).order_by("due_at", "id")
    batch = list(due.select_for_update(of=("self",), skip_locked=True)[:size])
    for notice in batch:
        notice.leased_until = at + LEASE
        notice.attempts += 1
    Notice.objects.filter(pk__in=[notice.pk for notice in batch]).update(
        leased_until=at + LEASE, attempts=F("attempts") + 1
    )
    return batch


class _Round:
    """One call of ``send_due``: its connection, its count, and how long it has been going."""

    def __init__(self, at: datetime) -> None:
        self.at, self.started = at, time.monotonic()
        self.tried = self.sent = 0
        self.server = get_connection()

    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.started)

    def deliver(self, batch: list[Notice]) -> bool:
        """Send a batch; False when the mail server is away and the rest must wait."""
        waiting, leave_at = list(batch), self.now() + LEASE / 2
        try:
            self.server.open()
            while waiting and self.now() < leave_at:
                self._send(waiting.pop(0))
        except OSError as fault:
            # The server is away, which says nothing about the messages still waiting: none of them loses an attempt.
            log.warning("mail server away", error=kind_of(fault))
            _release(waiting, due_at=self.now() + timedelta(minutes=WAITS[0]), failure=str(fault))
            return False
        finally:
            self._hang_up()
        _release(waiting, due_at=self.now())
        return True

    def _send(self, notice: Notice) -> None:
        self.tried += 1
        if not may_leave(notice.address):
            _mark(notice, "fence", failure="outside the allow-list")
            return
        try:
            self.server.send_messages([mail.message(notice)])
        except smtplib.SMTPRecipientsRefused as refusal:
            code, words = next(iter(refusal.recipients.values()))
            _refused(notice, code, words, address_at_fault=True, at=self.now())
        except smtplib.SMTPResponseException as refusal:
            _refused(notice, refusal.smtp_code, refusal.smtp_error, address_at_fault=False, at=self.now())
        except (smtplib.SMTPNotSupportedError, ValueError) as fault:
            _give_up(notice, str(fault), self.now())
        except OSError as fault:
            # This message was in hand when the line broke; it must not hold up the others for ever.
            _refused(notice, 451, str(fault), address_at_fault=False, at=self.now())
            raise
        else:
            self.sent += _mark(notice, "send", sent_at=self.now())

    def _hang_up(self) -> None:
        try:
            self.server.close()
        except OSError as fault:
            log.warning("mail server left without a word", error=kind_of(fault))


def _refused(notice: Notice, code: int, words: bytes | str, *, address_at_fault: bool, at: datetime) -> None:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    failure = f"{code} {' '.join(text.split())}"[:300]
    if code >= 500 and address_at_fault:
        bounce(notice=notice, failure=failure, at=at)
        notice.state = NoticeState.BOUNCED
    elif code >= 500 or notice.attempts > len(WAITS):
        _give_up(notice, failure, at)
    else:
        wait = timedelta(minutes=WAITS[notice.attempts - 1])
        _mine(notice).update(leased_until=None, due_at=at + wait, failure=failure)
        notice.leased_until = None


@transaction.atomic
def _give_up(notice: Notice, failure: str, at: datetime) -> None:
    if _mark(notice, "give_up", failure=failure):
        open_task("notice.failed", program=notice.program, about=notice.about, detail=failure, at=at, notice=notice)


def _mark(notice: Notice, move: str, **changes: object) -> int:
    reached = NOTICE_LIFECYCLE.after(notice.state, move)
    marked = _mine(notice).update(state=reached, leased_until=None, **changes)
    if not marked:
        log.error("notice taken over by another worker", number=notice.pk)
    notice.state = reached
    return marked


def _mine(notice: Notice) -> QuerySet[Notice]:
    return Notice.objects.filter(pk=notice.pk, state=NoticeState.QUEUED, leased_until=notice.leased_until)


def _release(batch: list[Notice], *, due_at: datetime, failure: str = "") -> None:
    for notice in batch:
        _mine(notice).update(
            leased_until=None, due_at=due_at, attempts=F("attempts") - 1, failure=failure[:300] or notice.failure
        )
