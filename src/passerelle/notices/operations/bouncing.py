"""What happens when a message comes back."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from passerelle.core import audit
from passerelle.notices.bounces import Report, read_report
from passerelle.notices.mailboxes import new_messages
from passerelle.notices.models import Notice
from passerelle.notices.operations.tasks import open_task
from passerelle.notices.states import NOTICE_LIFECYCLE, NoticeState


def read_bounces(*, at: datetime) -> int:
    """Read the delivery reports that have come in, at once or days later; return how many messages bounced."""
    if not settings.BOUNCE_MAILBOX:
        return 0
    bounced = 0
    for raw in new_messages(settings.BOUNCE_MAILBOX):
        report = read_report(raw)
        if report:
            bounced += _apply(report, at)
    return bounced


def _apply(report: Report, at: datetime) -> int:
    notices = Notice.objects.filter(message_id__in=report.message_ids, state=NoticeState.SENT)
    return sum(bounce(notice=notice, failure=report.diagnosis, at=at) for notice in notices.order_by("pk"))


@transaction.atomic
def bounce(*, notice: Notice, failure: str, at: datetime) -> bool:
    """Note that ``notice`` did not arrive, and ask the program's staff to reach its reader another way.

    Returns False when that was known before.
    """
    held = Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if held.state == NoticeState.BOUNCED:
        return False
    held.state = NOTICE_LIFECYCLE.after(held.state, "bounce")
    held.bounced_at, held.failure, held.leased_until = at, failure[:300], None
    held.save(update_fields=["state", "bounced_at", "failure", "leased_until"])
    open_task("notice.bounced", program=held.program, about=held.about, detail=failure[:300], at=at, notice=held)
    if held.about:
        audit.record(
            "notice.bounced", subject=held.about, by=None, at=at, for_person=held.to, program=held.program,
            detail={"notice": held.kind},
        )  # fmt: skip
    return True
