"""Words for the events of the audit trail. Each room registers its own, so that an earlier one can tell a later one's."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

_WORDS: dict[str, Any] = {}


def register(words: Mapping[str, Any]) -> None:
    """Add the words of a room's events, by event name; called when the platform starts."""
    _WORDS.update(words)


def told(event: str) -> Any:
    """Return an event in words, or its name when no room has words for it."""
    return _WORDS.get(event, event)


def on_behalf(name: str, client: str) -> str:
    """Return who acted, for whom."""
    return _("%(name)s, for %(other)s") % {"name": name, "other": client}
