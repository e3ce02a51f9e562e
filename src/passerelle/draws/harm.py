"""Whom an error in a draw harmed and whom it helped: the draw as it came out beside the draw as it should have been.

*Harmed* is who would have been taken and was not, *gained* who was taken and would not have been. Both are worked out from the
frozen rows (``replaying``); how far each has come since is asked of the rooms after this one (``hooks``).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from passerelle.draws import correcting, hooks, replaying
from passerelle.draws.correcting import Correction
from passerelle.draws.hooks import Progress
from passerelle.draws.models import Draw
from passerelle.draws.replaying import Change, End
from passerelle.eoi import queries as eois

HARMED, GAINED = "harmed", "gained"


@dataclass(frozen=True)
class Touched:
    """Somebody for whom the draw comes out otherwise. ``was`` and ``would`` are places in the ranking (None: not in it).

    ``cell``: the places that would have taken, or took, them.
    """

    eoi_id: int
    reference: str
    side: str
    was: int | None
    would: int | None
    cell: str
    now: Progress


@dataclass(frozen=True)
class Harm:
    """What a correction comes to: the people touched, how many stay as they are, how the places ended then and as they should have.

    ``astray``: how many come out otherwise without any correction: then the selection itself was at fault. ``in_vain``: files
    named as kept out that could not have been drawn, with why. ``said``: the correction.
    """

    harmed: tuple[Touched, ...]
    gained: tuple[Touched, ...]
    unchanged: int
    was: tuple[End, ...]
    would: tuple[End, ...]
    astray: int = 0
    in_vain: Mapping[str, str] = field(default_factory=dict)
    said: Correction = field(default_factory=Correction)

    @property
    def touched(self) -> tuple[Touched, ...]:
        """Everybody for whom it comes out otherwise."""
        return (*self.harmed, *self.gained)

    @property
    def may_be_invited(self) -> tuple[Touched, ...]:
        """The harmed who are still in the pool."""
        return tuple(one for one in self.harmed if one.now.may_be_invited)

    @property
    def too_late(self) -> tuple[Touched, ...]:
        """The harmed who have left the pool without having been invited since."""
        return tuple(one for one in self.harmed if one.now.step == "gone")

    @property
    def may_be_taken_back(self) -> tuple[Touched, ...]:
        """Those helped by the error whose invitation nobody has begun to use."""
        return tuple(one for one in self.gained if one.now.untouched)


def found(draw: Draw, said: Correction, at: datetime) -> Harm:
    """Return whom the error that ``said`` describes harmed and helped, as they stand at ``at``. Raises correcting.Unclear.

    The draw has made its selection. Nothing is changed.
    """
    corrected = correcting.worked_out(draw, said)
    again, better = replaying.replay(draw), replaying.replay(draw, corrected.change)
    then = replaying.came_out(draw)
    harmed, gained = better.taken.keys() - then.keys(), then.keys() - better.taken.keys()
    side = {**dict.fromkeys(harmed, HARMED), **dict.fromkeys(gained, GAINED)}
    people = _touched(draw, corrected.change, side, {**then, **better.taken}, at)
    return Harm(
        harmed=tuple(one for one in people if one.side == HARMED), gained=tuple(one for one in people if one.side == GAINED),
        unchanged=len(then.keys() & better.taken.keys()), was=again.ends, would=better.ends,
        astray=len(again.taken.keys() ^ then.keys()), in_vain=corrected.in_vain, said=said,
    )  # fmt: skip


def _touched(
    draw: Draw, change: Change, side: Mapping[int, str], cells: Mapping[int, str], at: datetime
) -> list[Touched]:
    was, would = replaying.positions(draw, side), replaying.positions(draw, side, change)
    now = stands(side, at)
    people = [
        Touched(one.pk, one.reference, side[one.pk], was.get(one.pk), would.get(one.pk), cells[one.pk], now[one.pk])
        for one in eois.files(side)
    ]
    # The harmed as they should have stood, those helped as they stood.
    return sorted(people, key=lambda one: ((one.would if one.side == HARMED else one.was) or 0, one.eoi_id))


def stands(keys: Collection[int], at: datetime) -> dict[int, Progress]:
    """Return how far each file has come: in the pool or out of it, or what the rooms after the draw say of it."""
    fit = eois.may_be_invited(keys, at)
    in_pool, out = Progress("pool", _("In the pool: may be invited")), Progress("gone", _("No longer in the pool"))
    here = {key: in_pool if key in fit else out for key in keys}
    return {**here, **hooks.how_far(keys, at)}


def references(people: Iterable[Touched]) -> list[str]:
    """Return the numbers of the files of people, in their order."""
    return [one.reference for one in people]


def fingerprint(people: Iterable[Touched]) -> list[list[Any]]:
    """Return what a plan rests on, as JSON: who is touched on which side, and how far each had come."""
    return [[one.reference, one.side, one.now.step] for one in people]
