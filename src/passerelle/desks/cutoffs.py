"""The cut-offs of a stream's draws that were published, for points to be held against."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.desks import figures
from passerelle.programs.rules import ProgramRules


@dataclass(frozen=True)
class Cutoff:
    """The cut-off of a draw that was published: its day, its points, how far mine are from it (0 or more: reached)."""

    held_on: date
    number: str
    points: int
    mine: int
    target: Any = ""

    @property
    def words(self) -> str:
        """How far my points are from it."""
        if self.mine == self.points:
            return _("exactly yours")
        if self.mine > self.points:
            behind = self.mine - self.points
            return ngettext("%(count)d point below yours", "%(count)d points below yours", behind) % {"count": behind}
        ahead = self.points - self.mine
        return ngettext("%(count)d point above yours", "%(count)d points above yours", ahead) % {"count": ahead}


def known(rules: ProgramRules, stream: str, at: datetime) -> list[figures.Result]:
    """Return the draws of a stream whose cut-off points may be held against, by the grid that counts today, newest first.

    Where groups had places of their own each had its own cut-off: the lowest points taken say nothing to the others.
    """
    since = max((one.day for one in rules.breaks_of(stream)), default=date.min)
    return [
        one for one in figures.of_stream(figures.results(rules, at), stream)
        if one.lowest is not None and one.held_on >= since and not one.federal and len(one.told.cells) < 2
    ]  # fmt: skip


def beside(rules: ProgramRules, stream: str, points: int, *, at: datetime, latest: int) -> list[Cutoff]:
    """Return the ``latest`` cut-offs of a stream with ``points`` beside them, newest first."""
    found = known(rules, stream, at)[:latest]
    return [Cutoff(one.held_on, one.number, one.lowest or 0, points, one.target) for one in found]
