"""Why somebody was taken in a draw, or was not, in one plain sentence; also for those who were not in it and were never told."""

from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from npd1.receipts import Stopped
from npd1.result import Filled
from passerelle.core.text import pick
from passerelle.draws import selecting
from passerelle.draws.models import Draw, Entry, Excluded, LeftOut
from passerelle.programs.rules import ProgramRules

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
    if stopped == "cap":
        return ngettext(
            "You were not taken: %(count)s person of your employer was taken before you, and no more may be.",
            "You were not taken: %(count)s people of your employer were taken before you, and no more may be.",
            entry.cap or 0,
        ) % {"count": entry.cap}
    if stopped == "none" or end is None:
        return _("You were not taken: this draw had no places for your category.")
    return _too_low(draw, entry, end)


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


def not_in(draw: Draw, eoi: Any, rules: ProgramRules) -> str:
    """Return why a file was not in a frozen draw: the first reason of those nobody is written to about."""
    assert draw.frozen_at
    left_out = LeftOut.objects.filter(draw=draw, eoi=eoi, confirmed_at__isnull=False).first()
    if left_out:
        return _(
            "Your expression of interest was not in this draw: its points were not confirmed yet, and two people left it out."
        )
    excluded = Excluded.objects.filter(draw=draw, eoi=eoi).first()
    if excluded:
        return _("Your expression of interest was not in this draw: on that day you no longer met %(criteria)s.") % {
            "criteria": _criteria(rules, eoi, excluded.criteria)
        }
    for holds, said in _silent(draw, eoi):
        if holds:
            return str(said)
    return _("Your expression of interest was not in this draw: it does not have what the draw was aimed at.")


def _silent(draw: Draw, eoi: Any) -> list[tuple[bool, str]]:
    handed_in = eoi.first_submitted_at
    head = _("Your expression of interest was not in this draw:") + " "
    return [
        (handed_in is None or handed_in >= draw.closes_at, head + _("it came after entries had closed.")),
        (eoi.category not in draw.categories, head + _("the draw was over other categories.")),
        (bool(eoi.valid_before and eoi.valid_before <= draw.frozen_at), head + _("its validity had ended.")),
        (eoi.state == "on_hold", head + _("you have put it on hold.")),
        (
            bool(eoi.lapses_at and eoi.lapses_at <= draw.frozen_at),
            head + _("your work permit or a test result had run out."),
        ),
        (
            eoi.confirmed_at is None or eoi.confirmed_at >= draw.frozen_at,
            head + _("staff had not confirmed its points yet."),
        ),
    ]


def _criteria(rules: ProgramRules, eoi: Any, keys: list[str]) -> str:
    known = {one.key: str(pick(one.label)) for one in rules.criteria(eoi.category)}
    return "; ".join(known.get(key, key) for key in keys)
