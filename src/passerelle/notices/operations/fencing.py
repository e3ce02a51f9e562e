"""The fence after a restore."""

from datetime import datetime

from django.db import transaction

from passerelle.notices.models import Fence, Notice
from passerelle.notices.states import NoticeState


@transaction.atomic
def arm_fence(*, before: datetime, at: datetime) -> Fence:
    """Hold back every message queued before ``before``: the original installation may have sent it already."""
    fence = Fence.objects.create(armed_before=before, armed_at=at)
    hold_back_fenced()
    return fence


def hold_back_fenced() -> int:
    """Mark what is queued and older than the fence; return how many rows."""
    fence = Fence.objects.first()
    if fence is None:
        return 0
    old = Notice.objects.filter(state=NoticeState.QUEUED, queued_at__lt=fence.armed_before)
    return old.update(state=NoticeState.FENCED, leased_until=None, failure="queued before a restore")
