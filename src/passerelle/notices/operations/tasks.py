"""Tasks for the program's staff."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.core import audit
from passerelle.core.text import LANGUAGES
from passerelle.core.verdicts import Verdict, require
from passerelle.notices.models import Notice, StaffTask
from passerelle.notices.permissions import can_close


@transaction.atomic
def open_task(
    kind: str,
    *,
    program: str,
    about: str,
    detail: str | Mapping[str, str] | Promise = "",
    at: datetime,
    due_by: datetime | None = None,
    notice: Notice | None = None,
) -> StaffTask:
    """Ask the staff of ``program`` to see to something.

    ``detail`` is text, ``{en, fr}`` or a lazy translation (kept in both languages); ``due_by`` is the first moment too
    late. A second task about the same ``notice`` is not opened: the first one is returned.
    """
    values = {
        "kind": kind,
        "program": program,
        "about": about,
        "detail": _in_both(detail),
        "due_by": due_by,
        "opened_at": at,
    }
    if notice:
        return StaffTask.objects.get_or_create(notice=notice, defaults=values)[0]
    return StaffTask.objects.create(**values)


def _in_both(detail: str | Mapping[str, str] | Promise) -> str | dict[str, str]:
    if isinstance(detail, Promise):
        said = {}
        for language in LANGUAGES:
            with translation.override(language):
                said[language] = str(detail)
        return said
    return detail if isinstance(detail, str) else dict(detail)


@transaction.atomic
def close_task(*, task: StaffTask, by: Person, at: datetime, note: str = "") -> StaffTask:
    """Note that ``by`` has seen to ``task`` and what came of it."""
    task = StaffTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    require(can_close(by, task))
    if task.closed_at:
        require(Verdict(False, _("A colleague has already closed this task.")))
    task.closed_at, task.closed_by, task.note = at, by, note
    task.save(update_fields=["closed_at", "closed_by", "note"])
    audit.record(
        "task.closed", subject=task.about or f"task-{task.pk}", by=by, at=at, program=task.program,
        detail={"task": task.kind},
    )  # fmt: skip
    return task
