"""The brake on reading: somebody who opens file after file within an hour is stopped, and the director hears of it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.core import audit
from passerelle.core.text import LANGUAGES
from passerelle.core.verdicts import NotAllowed
from passerelle.notices.kinds import TOO_MANY_FILES
from passerelle.notices.models import StaffTask
from passerelle.notices.operations.tasks import open_task

HOUR = timedelta(hours=1)


class TooManyFiles(NotAllowed):
    """This staff member has opened as many different files within an hour as the installation allows."""


def brake_reading(*, subject: str, program: str, by: Person, at: datetime) -> None:
    """Let a staff member open the file ``subject``, or raise TooManyFiles and open a task for those who answer for staff.

    A file already opened within the hour may be opened again. Not one transaction with the reading: the refusal undoes
    that, and the task must stay.
    """
    limit = settings.FILE_READS_PER_HOUR
    if not limit or not by.is_staff_member or audit.files_read(by, since=at - HOUR, but=subject) < limit:
        return
    _tell(program=program, by=by, at=at, limit=limit)
    raise TooManyFiles(
        _(
            "You have opened %(limit)s different files within an hour, as many as are allowed. This one stays closed to "
            "you for now; those you have opened stay open. The director of the program has been told: if your work needs "
            "more, talk to them, or go on in an hour."
        )
        % {"limit": limit}
    )


@transaction.atomic
def _tell(*, program: str, by: Person, at: datetime, limit: int) -> None:
    Person.objects.select_for_update().get(pk=by.pk)
    told = StaffTask.objects.filter(kind=TOO_MANY_FILES, program=program, about=by.reference, opened_at__gt=at - HOUR)
    if told.exists():
        return
    open_task(TOO_MANY_FILES, program=program, about=by.reference, at=at, detail=_said(by, limit))
    audit.record(
        "account.reading_stopped", subject=by.reference, by=None, at=at, for_person=by, program=program,
        detail={"files": limit},
    )  # fmt: skip


def _said(by: Person, limit: int) -> dict[str, str]:
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            words = _("%(name)s opened %(limit)s different files within an hour. Ask why so many were needed.")
            said[language] = words % {"name": by.name, "limit": limit}
    return said
