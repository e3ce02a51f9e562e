"""How long a profile stays: erased when the pack's time is over, unless a director keeps it."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from passerelle.core import audit
from passerelle.core.verdicts import require
from passerelle.express_entry import queries
from passerelle.express_entry.keys import number_key
from passerelle.express_entry.models import FederalProfile, Notification, ProfileHold
from passerelle.express_entry.permissions import can_hold
from passerelle.programs import queries as programs


class NoSuchProfile(Exception):
    """No profile of the program has this number."""


class NoSuchHold(Exception):
    """Nothing is kept under this number, or it was let go already."""


def purge_profiles(*, at: datetime, limit: int = 50_000) -> int:
    """Erase the profiles whose time is over, at most so many in one go; return how many were."""
    return sum(_purge(one.code, at=at, limit=limit) for one in programs.programs())


@transaction.atomic
def _purge(program: str, *, at: datetime, limit: int) -> int:
    queries.one_change_at_a_time(program)
    try:
        before = queries.kept_since(programs.rules_in_force(program, at), at)
    except programs.RulesUnavailable:
        return 0
    if before is None:
        return 0
    over = list(queries.to_erase(program, before).order_by("pk").values_list("pk", flat=True)[:limit])
    return _erase(program, over, before, at=at)


@transaction.atomic
def erase_notified(*, program: str, before: datetime, spared: Any, at: datetime, limit: int = 50_000) -> int:
    """Erase profiles whose notifications ended before ``before``, but for those of the notifications ``spared``.

    ``spared`` is a query of notifications that led to a file still needed. Their rows stay, without the profile.
    """
    queries.one_change_at_a_time(program)
    due = queries.notified_to_erase(program, before).exclude(
        pk__in=Notification.objects.filter(pk__in=spared, profile__isnull=False).values("profile")
    )
    over = list(due.order_by("pk").values_list("pk", flat=True)[:limit])
    Notification.objects.filter(profile__in=over).update(profile=None)
    return _erase(program, over, before, at=at, notified=True)


def _erase(program: str, over: list[int], before: datetime, *, at: datetime, notified: bool = False) -> int:
    if not over:
        return 0
    # A hold lifted earlier says nothing any more about a profile that is gone.
    ProfileHold.objects.filter(profile__in=over).delete()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {FederalProfile._meta.db_table} WHERE id = ANY(%s)", [over])
    audit.record(
        "profiles.purged", subject=queries.subject(program), by=None, at=at, program=program,
        detail={"profiles": len(over), "ended_before" if notified else "loaded_before": before},
    )  # fmt: skip
    return len(over)


@transaction.atomic
def hold_profile(*, program: str, number: str, reason: str, by: Any, at: datetime) -> ProfileHold:
    """Keep a profile past its time; keeping it twice is keeping it once. Raises NotAllowed and NoSuchProfile."""
    queries.one_change_at_a_time(program)
    require(can_hold(by, program))
    key = number_key(program, number.strip().upper())
    profile = FederalProfile.objects.filter(program=program, number_key=key).first()
    if profile is None:
        raise NoSuchProfile
    hold, new = ProfileHold.objects.get_or_create(
        profile=profile, lifted_at=None, defaults={"reason": reason, "by": by, "at": at}
    )
    if new:
        audit.record(
            "profiles.held", subject=queries.subject(program), by=by, at=at, program=program,
            detail={"profile": profile.pk, "reason": reason},
        )  # fmt: skip
    return hold


@transaction.atomic
def lift_hold(*, program: str, hold: int, by: Any, at: datetime) -> None:
    """Let a profile go: it is erased when its time is over. Raises NotAllowed and NoSuchHold."""
    require(can_hold(by, program))
    standing = ProfileHold.objects.select_for_update(of=("self",)).filter(profile__program=program, lifted_at=None)
    row = standing.filter(pk=hold).first()
    if row is None:
        raise NoSuchHold
    row.lifted_at, row.lifted_by = at, by
    row.save(update_fields=["lifted_at", "lifted_by"])
    audit.record(
        "profiles.hold_lifted", subject=queries.subject(program), by=by, at=at, program=program,
        detail={"profile": row.profile_id},
    )  # fmt: skip
