"""What is done with places: set for a year, held by invitations, used by nominations, given back."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from passerelle.allocations.models import Allocation, MoveKind, PlaceMove, StreamTarget
from passerelle.allocations.permissions import can_set_places
from passerelle.core import audit
from passerelle.core.verdicts import require


class NoPlaceLeft(Exception):
    """The year has fewer places left than asked for."""

    def __init__(self, wanted: int, left: int) -> None:
        super().__init__(f"{wanted} places wanted, {left} left")
        self.wanted, self.left = wanted, left


class BelowHeldAndUsed(Exception):
    """The year's places cannot go under those already held and used."""

    def __init__(self, places: int, spoken_for: int) -> None:
        super().__init__(f"{places} places are fewer than the {spoken_for} held and used")
        self.places, self.spoken_for = places, spoken_for


class NeverHeld(Exception):
    """No place is held for this invitation."""


@transaction.atomic
def set_places(
    *, program: str, year: int, places: int, reason: str, by: Any, at: datetime, effective_on: date | None = None
) -> Allocation:
    """Set how many places ``program`` has in ``year``; the reason and the day of the decision are kept.

    Raises NotAllowed, and BelowHeldAndUsed where invitations or nominations already stand on more places.
    """
    require(can_set_places(by, program))
    row, _ = Allocation.objects.get_or_create(program=program, year=year, defaults={"places": 0})
    row = Allocation.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if places < row.held + row.used:
        raise BelowHeldAndUsed(places, row.held + row.used)
    before, row.places = row.places, places
    row.save(update_fields=["places"])
    subject = f"places-{program}-{year}"
    PlaceMove.objects.create(
        allocation=row, kind=MoveKind.CHANGE, about=subject, step=PlaceMove.objects.filter(about=subject).count() + 1,
        before=before, after=places, effective_on=effective_on, reason=reason, at=at, by=by,
    )  # fmt: skip
    audit.record(
        "allocation.set", subject=subject, by=by, at=at, program=program,
        detail={"before": before, "after": places, "reason": reason},
    )  # fmt: skip
    return row


@transaction.atomic
def set_target(
    *, program: str, year: int, stream: str, places: int, reason: str, by: Any, at: datetime,
    effective_on: date | None = None,
) -> StreamTarget:  # fmt: skip
    """Say how many of a year's places a stream is meant to have; the latest word stands, the earlier ones are kept.

    Raises NotAllowed.
    """
    require(can_set_places(by, program))
    before = StreamTarget.objects.filter(program=program, year=year, stream=stream).order_by("id").last()
    target = StreamTarget.objects.create(
        program=program, year=year, stream=stream, places=places, reason=reason, effective_on=effective_on, at=at, by=by
    )
    audit.record(
        "allocation.target", subject=f"places-{program}-{year}", by=by, at=at, program=program,
        detail={"stream": stream, "before": before.places if before else None, "after": places, "reason": reason},
    )  # fmt: skip
    return target


@transaction.atomic
def hold(*, program: str, year: int, about: Iterable[str], by: Any, at: datetime, stream: str = "") -> int:
    """Hold a place of ``year`` for each invitation of ``about``; return how many were newly held.

    One that has its place keeps it, so holding twice is holding once; one that gave it back may hold again (a refusal
    overturned). Raises NoPlaceLeft and then holds none.
    """
    row = Allocation.objects.select_for_update(of=("self",)).filter(program=program, year=year).first()
    last = _last_moves(about)
    new = {reference: move for reference, move in last.items() if move is None or move.kind == MoveKind.RELEASE}
    left = row.left if row else 0
    if row is None or len(new) > left:
        raise NoPlaceLeft(len(new), left)
    _move(row, MoveKind.HOLD, new, held=1, by=by, at=at, stream=stream)
    audit.record(
        "allocation.held", subject=f"places-{program}-{year}", by=by, at=at, program=program,
        detail={"places": len(new), "left": left - len(new)},
    )  # fmt: skip
    return len(new)


@transaction.atomic
def use(*, about: Iterable[str], by: Any, at: datetime) -> int:
    """Turn the places held for invitations into ones used by nominations; return how many were.

    A place already used stays used. Raises NeverHeld for an invitation without a place, also when it was given back.
    """
    return sum(_use(one, by=by, at=at) for one in sorted(set(about)))


def _use(about: str, *, by: Any, at: datetime) -> bool:
    row, last = _locked(about)
    if last.kind == MoveKind.RELEASE:
        raise NeverHeld(about)
    if last.kind == MoveKind.USE:
        return False
    _move(row, MoveKind.USE, {about: last}, held=-1, used=1, by=by, at=at)
    return True


@transaction.atomic
def use_unheld(*, program: str, year: int, about: str, by: Any, at: datetime, stream: str = "") -> int:
    """Use a place of ``year`` that nothing held, for the nomination after one invitation; return how many were moved.

    Where places are used at nomination. A place already used stays used. Raises NoPlaceLeft.
    """
    row = Allocation.objects.select_for_update(of=("self",)).filter(program=program, year=year).first()
    last = _last_moves([about])[about]
    if last is not None and last.kind == MoveKind.USE:
        return 0
    if row is None or row.left < 1:
        raise NoPlaceLeft(1, row.left if row else 0)
    _move(row, MoveKind.USE, {about: last}, used=1, by=by, at=at, stream=stream)
    return 1


@transaction.atomic
def give_back(*, about: str, by: Any, at: datetime, reason: str = "") -> int:
    """Give back the place of an invitation if it has one; return how many were. One that never had any is left alone."""
    return release(about=[about], by=by, at=at, reason=reason) if _last_moves([about])[about] else 0


@transaction.atomic
def release(*, about: Iterable[str], by: Any, at: datetime, reason: str = "") -> int:
    """Give back the places of invitations, held or used; return how many were.

    Giving back twice is giving back once. Raises NeverHeld.
    """
    return sum(_release(one, by=by, at=at, reason=reason) for one in sorted(set(about)))


def _release(about: str, *, by: Any, at: datetime, reason: str) -> bool:
    row, last = _locked(about)
    if last.kind == MoveKind.RELEASE:
        return False
    held, used = (0, -1) if last.kind == MoveKind.USE else (-1, 0)
    _move(row, MoveKind.RELEASE, {about: last}, held=held, used=used, by=by, at=at, reason=reason)
    return True


def _last_moves(about: Iterable[str]) -> dict[str, PlaceMove | None]:
    wanted = sorted(set(about))
    moves = PlaceMove.objects.filter(about__in=wanted).order_by("about", "-step").distinct("about")
    known = {move.about: move for move in moves}
    return {reference: known.get(reference) for reference in wanted}


def _last_move(about: str) -> PlaceMove:
    move = _last_moves([about])[about]
    if move is None:
        raise NeverHeld(about)
    return move


def _locked(about: str) -> tuple[Allocation, PlaceMove]:
    row = Allocation.objects.select_for_update(of=("self",)).get(pk=_last_move(about).allocation_id)
    # Read again behind the lock: whoever held it may have moved this very place.
    return row, _last_move(about)


def _move(
    row: Allocation, kind: MoveKind, last: Mapping[str, PlaceMove | None], *, by: Any, at: datetime, held: int = 0,
    used: int = 0, reason: str = "", stream: str = "",
) -> None:  # fmt: skip
    held, used = held * len(last), used * len(last)
    # Added by the database, so that the constraint sees the true sum whatever was read before.
    Allocation.objects.filter(pk=row.pk).update(held=F("held") + held, used=F("used") + used)
    PlaceMove.objects.bulk_create(
        PlaceMove(
            allocation=row,
            kind=kind,
            about=about,
            step=move.step + 1 if move else 1,
            by=by,
            at=at,
            reason=reason,
            stream=stream or (move.stream if move else ""),
        )
        for about, move in last.items()
    )
