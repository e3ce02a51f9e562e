"""What the kinds of staff tasks are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TOO_MANY_FILES = "staff.too_many_files"

_LABELS: dict[str, str | Promise] = {
    "notice.bounced": _("A message came back"),
    "notice.failed": _("A message could not be sent"),
    TOO_MANY_FILES: _("Many files opened within an hour"),
}


def name_task(kind: str, label: str | Promise) -> None:
    """Let a later room say what its kind of task is called; call it from ``apps.ready`` with a lazy text."""
    _LABELS[kind] = label


def task_label(kind: str) -> str:
    """Return the name of a kind of task in the reader's language."""
    return str(_LABELS.get(kind) or kind.replace(".", " ").replace("_", " ").capitalize())
