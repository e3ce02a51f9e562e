"""Whether somebody would still have been invited with other points: in their draw, or in which later one.

The frozen draw is walked again (``replaying``) with the file's own entry put where its points belong and its lot kept; everybody
else is as they were. Into a later draw the file is put as it would have stood there, had it not been invited before. It changes
nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.core.dates import day_words
from passerelle.draws import queries, replaying
from passerelle.draws.models import Draw, Entry
from passerelle.draws.replaying import Change, Right
from passerelle.draws.states import DrawState
from passerelle.eoi import queries as eois

# Lots before and after every other: hexadecimal digits lie between them.
_FIRST, _LAST = "", "g"


@dataclass(frozen=True)
class Supposed:
    """What is supposed of a file: its points, and facts in the place of those the score rests on."""

    points: int
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fate:
    """What a draw would have come to for the file: ``taken``, or None where only a lot would tell.

    ``cutoff``: the points of the last one taken; None where groups had places of their own, or points do not come first.
    """

    draw: Draw
    taken: bool | None
    cutoff: int | None = None


@dataclass(frozen=True)
class Counterfactual:
    """How it would have gone with ``points``: in the draw that took the file (``own``), else in the first ``later`` one.

    ``held``: how many later draws have been issued over the file's pool.
    """

    points: int
    own: Fate
    later: Fate | None = None
    held: int = 0


def of(draw: Draw, eoi: Any, supposed: Supposed, *, at: datetime) -> Counterfactual | None:
    """Return how it would have gone for an entry of an issued draw; None where it was not in it, or the draw was not issued.

    Later draws are those issued by ``at``.
    """
    if draw.state != DrawState.ISSUED or not Entry.objects.filter(draw=draw, eoi=eoi).exists():
        return None
    own = _fate(draw, eoi, supposed)
    if own.taken:
        return Counterfactual(supposed.points, own)
    held = _later(draw, eoi, at)
    fates = (_fate(one, eoi, supposed) for one in held if _might_be_in(one, eoi))
    first = next((one for one in fates if one.taken is not False), None)
    return Counterfactual(supposed.points, own, first, len(held))


def _later(draw: Draw, eoi: Any, at: datetime) -> list[Draw]:
    """Return the draws over the file's pool that were frozen later and issued by ``at``, the first first."""
    rows = Draw.objects.filter(
        program=draw.program, stream=eoi.stream, state=DrawState.ISSUED, frozen_at__gt=draw.frozen_at, issued_at__lte=at
    )
    return list(rows.order_by("frozen_at", "id"))


def _might_be_in(draw: Draw, eoi: Any) -> bool:
    """Say whether a later draw looked at files like this one, and it would still have counted by then."""
    assert draw.frozen_at
    if eoi.category not in draw.categories or eoi.valid_before is None or eoi.valid_before <= draw.frozen_at:
        return False
    if eois.is_barred(eoi.person_key, draw.frozen_at) or (eoi.lapses_at and eoi.lapses_at <= draw.frozen_at):
        return False
    # Whom it is aimed at is asked of the facts that are supposed, with the rest of its fate.
    first_from, first_before = queries.window(draw)
    return eois.would_count(eoi, closes_at=draw.closes_at, meets=None, first_from=first_from, first_before=first_before)


def _fate(draw: Draw, eoi: Any, supposed: Supposed) -> Fate:
    right = {eoi.pk: Right(points=supposed.points, facts=supposed.facts)}
    if not replaying.in_scope(draw, replaying.as_right(draw, [eoi.pk], right)).exists():
        return Fate(draw, taken=False)
    if Entry.objects.filter(draw=draw, eoi=eoi).exists():
        return _walked(draw, eoi, Change(right=right, stayed=frozenset((eoi.pk,))))
    added = {"right": right, "added": frozenset((eoi.pk,)), "stayed": frozenset((eoi.pk,))}  # type: dict[str, Any]
    if not queries.has_lots(draw):
        return _walked(draw, eoi, Change(**added))
    best, worst = (_walked(draw, eoi, Change(**added, lots={eoi.pk: lot})) for lot in (_FIRST, _LAST))
    return best if best.taken == worst.taken else Fate(draw, None, worst.cutoff)


def _walked(draw: Draw, eoi: Any, change: Change) -> Fate:
    found = replaying.replay(draw, change)
    last = [one.rank[0] for one in found.ends if one.rank]
    by_points = queries.blocks(draw).has_points and len(found.ends) == 1 and last
    return Fate(draw, eoi.pk in found.taken, last[0] if by_points else None)


# --- in words -------------------------------------------------------------------------------------------------------------


def sentences(found: Counterfactual, *, to_candidate: bool) -> Iterator[str]:
    """Give it in one or two plain sentences, to the candidate or to staff."""
    yield _own(found, to_candidate)
    if not found.own.taken:
        yield _afterwards(found, to_candidate)


def _own(found: Counterfactual, to_candidate: bool) -> str:
    told = {"points": found.points, "day": day_words(found.own.draw.held_on), "cutoff": found.own.cutoff}
    if found.own.taken:
        if to_candidate:
            return _("With a total of %(points)d, you would still have been invited in the draw of %(day)s.") % told
        return _("With a total of %(points)d, this file would still have been invited in the draw of %(day)s.") % told
    if found.own.cutoff is None or found.own.cutoff < found.points:
        if to_candidate:
            return _("With a total of %(points)d, you would not have been invited in the draw of %(day)s.") % told
        return _("With a total of %(points)d, this file would not have been invited in the draw of %(day)s.") % told
    if to_candidate:
        return (
            _(
                "With a total of %(points)d, you would not have been invited in the draw of %(day)s: "
                "the last person taken would have had %(cutoff)d."
            )
            % told
        )
    return (
        _(
            "With a total of %(points)d, this file would not have been invited in the draw of %(day)s: "
            "the last one taken would have had %(cutoff)d."
        )
        % told
    )


def _afterwards(found: Counterfactual, to_candidate: bool) -> str:
    if not found.held:
        return _("No later draw of this stream has been held.")
    if found.later is None:
        if to_candidate:
            return ngettext(
                "The later draw held so far would not have taken you either.",
                "None of the %(count)d later draws held so far would have taken you either.", found.held,
            ) % {"count": found.held}  # fmt: skip
        return ngettext(
            "The later draw held so far would not have taken it either.",
            "None of the %(count)d later draws held so far would have taken it either.", found.held,
        ) % {"count": found.held}  # fmt: skip
    told = {"day": day_words(found.later.draw.held_on)}
    if found.later.taken is None:
        return _("In the draw of %(day)s a lot among equals would have decided.") % told
    if to_candidate:
        return _("The first later draw that would have taken you is that of %(day)s.") % told
    return _("The first later draw that would have taken it is that of %(day)s.") % told
