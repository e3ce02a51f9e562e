"""What the kinds of staff tasks are called."""

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TOO_MANY_FILES = "staff.too_many_files"

_LABELS: dict[str, str | Promise] = {
    "notice.bounced": _("A message came back"),
    "notice.failed": _("A message could not be sent"),
    TOO_MANY_FILES: _("Many files opened within an hour"),
}
_OPENS: dict[str, str] = {}


def name_task(kind: str, label: str | Promise, *, opens: str = "") -> None:
    """Let a later room say what its kind of task is called; call it from ``apps.ready`` with a lazy text.

    ``opens`` names the staff page of what such a task is about; its address holds the task's ``about``.
    """
    _LABELS[kind] = label
    if opens:
        _OPENS[kind] = opens


def address_of(kind: str, about: str) -> str:
    """Return the address of the page of what a task is about; "" where its room named none."""
    try:
        return reverse(_OPENS[kind], args=[about]) if about and kind in _OPENS else ""
    except NoReverseMatch:
        return ""


def task_label(kind: str) -> str:
    """Return the name of a kind of task in the reader's language."""
    return str(_LABELS.get(kind) or kind.replace(".", " ").replace("_", " ").capitalize())
