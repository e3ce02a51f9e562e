"""Why a file was not in a frozen pool: one plain sentence each, the first that holds, in the order in which a freeze asks.

What is asked is how the file stood at the freeze and not how it stands now. Where none holds the sentence says so: it never
names a reason by default.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from passerelle.core.sets import Among
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


# The columns of a file that its reason is read from; its sealed answers are not among them.
LOOKED_AT = ("reference", "person_key", "state", "category", "first_submitted_at", "valid_before", "lapses_at")


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
    return reasons(draw, [eoi])[eoi.pk]


def reasons(draw: Draw, eois: Sequence[Any]) -> dict[int, str | None]:
    """Return for each of several files what ``reason`` says of it. What is asked is asked once, for all of them."""
    files = _Files(draw, eois)
    return {one.pk: next(_reasons(files, one), None) for one in eois}


class _Files:
    """Files, and how they stood at a draw's freeze: each question is asked when it first matters, for all of them together."""

    def __init__(self, draw: Draw, files: Sequence[Any]) -> None:
        assert draw.frozen_at
        self.draw, self.at, self._files, self._counting = draw, draw.frozen_at, files, dict[frozenset[str], set[int]]()

    @cached_property
    def excluded(self) -> dict[int, list[str]]:
        """The criteria that a file no longer met."""
        rows = Excluded.objects.filter(Among("eoi", [one.pk for one in self._files]), draw=self.draw)
        return dict(rows.values_list("eoi_id", "criteria"))

    @cached_property
    def stood(self) -> dict[int, Any]:
        """The state of each."""
        return dict(eois.states_at(self._files, self.at))

    @cached_property
    def barred(self) -> set[str]:
        """Whom a bar kept from filing."""
        return eois.barred_at([one.person_key for one in self._files], self.at)

    @cached_property
    def asked(self) -> dict[str, Any]:
        """What the draw asks of a file."""
        return dict(scope(self.draw, self.at))

    def lacks(self, eoi: Any, *names: str) -> bool:
        """Say whether a file does not have what is asked under these names; under none: whether it came too late."""
        key = frozenset(names)
        if key not in self._counting:
            part: Any = {name: self.asked.get(name) for name in names}
            keys = [one.pk for one in self._files]
            self._counting[key] = eois.those_that_count(keys, closes_at=self.draw.closes_at, **part)
        return eoi.pk not in self._counting[key]


def _reasons(files: _Files, eoi: Any) -> Iterator[str]:
    draw, at = files.draw, files.at
    if (criteria := files.excluded.get(eoi.pk)) is not None:
        yield _("on that day you no longer met %(criteria)s.") % {"criteria": _criteria(draw, eoi, criteria)}
    if eoi.first_submitted_at is None:
        yield _STOOD["draft"]()
    if files.lacks(eoi):
        yield _("it came after entries had closed.")
    if (stood := str(files.stood[eoi.pk])) in _STOOD:
        yield _STOOD[stood]()
    if eoi.valid_before and eoi.valid_before <= at:
        yield _("its validity had ended.")
    if eoi.person_key in files.barred:
        yield _("a bar against filing was in force on that day.")
    if eoi.category not in draw.categories:
        yield _("the draw was over other categories.")
    yield from _narrowed(files, eoi)
    if eoi.lapses_at and eoi.lapses_at <= at:
        yield _("your work permit or a test result had run out.")


def _narrowed(files: _Files, eoi: Any) -> Iterator[str]:
    """Give what a targeted draw, a window of days or the rule's own filter asked of a file, and it did not have."""
    if files.lacks(eoi, "first_from", "first_before"):
        yield _("the draw was among those first handed in between other days.")
    if files.lacks(eoi, "points_from"):
        yield _("the draw was among those with %(points)d points or more.") % {"points": files.asked["points_from"]}
    if files.lacks(eoi, "points_through"):
        yield _("the draw was among those with %(points)d points or fewer.") % {"points": files.asked["points_through"]}
    if files.lacks(eoi, "meets"):
        yield _aimed(files.draw)


def _aimed(draw: Draw) -> str:
    named = [str(pick(one)) for one in aimed(draw)["targets"]]
    if not named:
        return _("the rule of the draw kept others: its notice says whom.")
    return _("the draw was aimed at others (%(targets)s).") % {"targets": human_list(named)}


def _criteria(draw: Draw, eoi: Any, keys: list[str]) -> str:
    known = {one.key: str(pick(one.label)) for one in rules_of(draw).criteria(eoi.category)}
    return "; ".join(known.get(key, key) for key in keys)
