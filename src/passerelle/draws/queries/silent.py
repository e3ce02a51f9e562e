"""Why a file was not in a frozen pool: one plain sentence each, the first that holds, in the order in which a freeze asks.

What is asked is how the file stood at the freeze and not how it stands now. Where none holds the sentence says so: it never
names a reason by default.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from passerelle.core.text import human_list, pick
from passerelle.draws.models import Draw, Excluded, LeftOut
from passerelle.draws.queries.publishing import aimed
from passerelle.draws.queries.rows import rules_of, scope
from passerelle.eoi import queries as eois

_STOOD: dict[str, Callable[[], str]] = {
    "draft": lambda: _("on that day it was not handed in yet."),
    "submitted": lambda: _("staff had not confirmed its points yet."),
    "on_hold": lambda: _("on that day you had put it on hold."),
    "evidence_requested": lambda: _("on that day we were waiting for documents that we had asked you for."),
    "doubted": lambda: _("on that day a question about one of your answers was open."),
    "invited": lambda: _("it had been invited already."),
    "withdrawn": lambda: _("it had been withdrawn."),
    "refused": lambda: _("it had been refused."),
    "closed": lambda: _("it had ended by then."),
}


def not_in(draw: Draw, eoi: Any) -> str:
    """Return why ``eoi`` was not in the frozen ``draw``, in the language of the reader."""
    left_out = LeftOut.objects.filter(draw=draw, eoi=eoi, confirmed_at__isnull=False).first()
    if left_out:
        return _(
            "Your expression of interest was not in this draw: its points were not confirmed yet, and two people left it out. "
            "They gave this reason: %(reason)s"
        ) % {"reason": left_out.reason}
    said = reason(draw, eoi)
    if said is None:
        return _(
            "Your expression of interest was not in this draw, and the records do not show why. "
            "Ask the program staff to look into it."
        )
    return _("Your expression of interest was not in this draw: %(reason)s") % {"reason": said}


def reason(draw: Draw, eoi: Any) -> str | None:
    """Return the first reason that holds, in the language that is on; None where the records show none."""
    return next(_reasons(draw, eoi), None)


def _reasons(draw: Draw, eoi: Any) -> Iterator[str]:
    assert draw.frozen_at
    at = draw.frozen_at
    excluded = Excluded.objects.filter(draw=draw, eoi=eoi).first()
    if excluded:
        yield _("on that day you no longer met %(criteria)s.") % {"criteria": _criteria(draw, eoi, excluded.criteria)}
    if eoi.first_submitted_at is None:
        yield _STOOD["draft"]()
    if not eois.would_count(eoi, closes_at=draw.closes_at):
        yield _("it came after entries had closed.")
    if (stood := str(eois.state_at(eoi, at))) in _STOOD:
        yield _STOOD[stood]()
    if eoi.valid_before and eoi.valid_before <= at:
        yield _("its validity had ended.")
    if eois.is_barred(eoi.person_key, at):
        yield _("a bar against filing was in force on that day.")
    if eoi.category not in draw.categories:
        yield _("the draw was over other categories.")
    yield from _narrowed(draw, eoi)
    if eoi.lapses_at and eoi.lapses_at <= at:
        yield _("your work permit or a test result had run out.")


def _narrowed(draw: Draw, eoi: Any) -> Iterator[str]:
    """Give what a targeted draw, a window of days or the rule's own filter asked of a file, and it did not have."""
    assert draw.frozen_at
    asked = scope(draw, draw.frozen_at)

    def lacks(*names: str) -> bool:
        one_part: Any = {name: asked.get(name) for name in names}
        return not eois.would_count(eoi, closes_at=draw.closes_at, **one_part)

    if lacks("first_from", "first_before"):
        yield _("the draw was among those first handed in between other days.")
    if lacks("points_from"):
        yield _("the draw was among those with %(points)d points or more.") % {"points": asked["points_from"]}
    if lacks("points_through"):
        yield _("the draw was among those with %(points)d points or fewer.") % {"points": asked["points_through"]}
    if lacks("meets"):
        yield _aimed(draw)


def _aimed(draw: Draw) -> str:
    named = [str(pick(one)) for one in aimed(draw)["targets"]]
    if not named:
        return _("the rule of the draw kept others: its notice says whom.")
    return _("the draw was aimed at others (%(targets)s).") % {"targets": human_list(named)}


def _criteria(draw: Draw, eoi: Any, keys: list[str]) -> str:
    known = {one.key: str(pick(one.label)) for one in rules_of(draw).criteria(eoi.category)}
    return "; ".join(known.get(key, key) for key in keys)
