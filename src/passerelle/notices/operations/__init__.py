"""What can be done with notices, letters and staff tasks."""

from passerelle.notices.operations.bouncing import read_bounces
from passerelle.notices.operations.braking import TooManyFiles, brake_reading
from passerelle.notices.operations.fencing import arm_fence
from passerelle.notices.operations.queueing import mark_read, queue
from passerelle.notices.operations.sending import send_due
from passerelle.notices.operations.tasks import close_task, open_task
from passerelle.notices.operations.writing import issue_letter, make_pdf, verify_letter

__all__ = [
    "TooManyFiles",
    "arm_fence",
    "brake_reading",
    "close_task",
    "issue_letter",
    "make_pdf",
    "mark_read",
    "open_task",
    "queue",
    "read_bounces",
    "send_due",
    "verify_letter",
]
