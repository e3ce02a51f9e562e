"""Why somebody was taken in a draw, or was not, in one plain sentence (queries/silent.py: why not in it)."""

from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from npd1.receipts import Stopped
from npd1.result import Filled
from passerelle.draws import selecting
from passerelle.draws.models import Draw, EarlierPlaces, Entry

LANGUAGES = ("en", "fr")


def in_both(said: Any) -> dict[str, str]:
    """Return what ``said()`` gives, in English and in French."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = str(said())
    return found


@dataclass(frozen=True)
class Ending:
    """What a draw came to for an entry.

    ``stopped``: the rule that stopped it (None: taken). ``end``: how the places ended that took it, or the last that might
    have. ``promoted``: taken by a promotion. ``fell``: its place has passed on since.
    """

    stopped: Stopped | None
    end: Filled | None
    promoted: bool = False
    fell: bool = False


def sentence(draw: Draw, entry: Entry, ending: Ending) -> dict[str, str]:
    """Return why an entry was taken or not, in both languages."""
    return in_both(lambda: _sentence(draw, entry, ending))


def _sentence(draw: Draw, entry: Entry, ending: Ending) -> str:
    stopped, end = ending.stopped, ending.end
    if ending.fell:
        return _(
            "You were taken, and your place passed on: your expression of interest was no longer in the pool at the issue."
        )
    if stopped is None:
        return _taken(draw, entry, end, ending.promoted)
    if stopped == "left":
        return _(
            "You were not taken: your expression of interest was no longer in the pool when the invitations went out."
        )
    if stopped == "cap" and selecting.blocks(draw).counts_the_year:
        return _year_used(draw, entry)
    if stopped == "cap":
        return ngettext(
            "You were not taken: %(count)s person of your employer was taken before you, and no more may be.",
            "You were not taken: %(count)s people of your employer were taken before you, and no more may be.",
            entry.cap or 0,
        ) % {"count": entry.cap}
    if stopped == "none" or end is None:
        return _("You were not taken: this draw had no places for your category.")
    return _too_low(draw, entry, end)


def _year_used(draw: Draw, entry: Entry) -> str:
    had = EarlierPlaces.objects.filter(draw=draw, grp=entry.grp).values_list("places", flat=True).first() or 0
    used = had + (entry.cap or 0)
    return ngettext(
        "You were not taken: your employer had used its %(count)s place of the year.",
        "You were not taken: your employer had used its %(count)s places of the year.",
        used,
    ) % {"count": used}


def _taken(draw: Draw, entry: Entry, end: Filled | None, promoted: bool) -> str:
    if promoted:
        return _("You were taken: a place fell free after the draw, and you were the next in order.")
    if end and end.cutoff_rank and selecting.blocks(draw).has_points:
        return _("You were taken: the last person taken for your places had %(cutoff)s points, and you had %(mine)s.") % {
            "cutoff": end.cutoff_rank[0], "mine": entry.rank[0],
        }  # fmt: skip
    return _("You were taken: your turn came while places were left.")


def _too_low(draw: Draw, entry: Entry, end: Filled) -> str:
    if not end.cutoff_rank:
        return _("You were not taken: there was no place for your group in this draw.")
    if tuple(entry.rank) == end.cutoff_rank:
        return _("You were not taken: you ranked equal with the last person taken, and the lot put you after them.")
    if not selecting.blocks(draw).has_points:
        return _("You were not taken: the places were gone before your turn in the order of the draw.")
    behind = end.cutoff_rank[0] - entry.rank[0]
    if behind == 0:
        return _(
            "You were not taken: the last person taken had as many points as you, and stood before you by the rule."
        )
    return ngettext(
        "You were not taken: the last person taken had %(cutoff)s points. You had %(mine)s, %(count)s fewer.",
        "You were not taken: the last person taken had %(cutoff)s points. You had %(mine)s, %(count)s fewer.",
        behind,
    ) % {"cutoff": end.cutoff_rank[0], "mine": entry.rank[0], "count": behind}


def void(draw: Draw) -> str:
    """Return what a void draw came to for everybody who was in it."""
    return _(
        "This draw was made void: nobody is invited by it, and your place in the pool is as it was. Reason: %(reason)s"
    ) % {"reason": draw.void_reason}
