"""The file of nominations for the federal side, which posts each in the person's account; whoever takes it is kept in the trail."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.applications import federal
from passerelle.applications.models import Nomination
from passerelle.applications.permissions import can_take_nominations
from passerelle.core import audit, deadlines
from passerelle.core.verdicts import NotAllowed, require
from passerelle.express_entry import queries as pool
from passerelle.programs import queries as programs

HEAD = (
    "nomination", "profile_number", "family_name", "given_names", "stream", "standing", "issued_on", "expires_on",
    "cancelled_on", "changed_on",
)  # fmt: skip


@transaction.atomic
def take_federal_nominations(
    *, program: str, first: date, through: date, by: Person, at: datetime
) -> list[tuple[Any, ...]]:
    """Return the rows of the file under ``HEAD``: every nomination issued or changed on the days ``first`` to ``through``.

    Each stands as it is at ``at``. Days are days of the program's zone. Raises NotAllowed.
    """
    require(can_take_nominations(by, program))
    if first > through:
        raise NotAllowed(_("The first day comes after the last. Change one of them."))
    zone = programs.rules_in_force(program, at).zone
    window = (deadlines.start_of_day(first, zone), deadlines.start_of_day(through + timedelta(days=1), zone))
    rows = [_row(one, zone, at) for one in federal.nominations(program, *window)]
    audit.record(
        "nominations.file_taken", subject=pool.subject(program), by=by, at=at, program=program,
        detail={"rows": len(rows), "first": first, "through": through},
    )  # fmt: skip
    return rows


def _row(one: Nomination, zone: ZoneInfo, at: datetime) -> tuple[Any, ...]:
    notification = one.application.invitation.notification
    assert notification is not None  # only those are in the file
    who = notification.profile.identity if notification.profile else {}
    changed: datetime = one.changed_at  # type: ignore[attr-defined]
    return (
        one.number, who.get("profile_number", ""), who.get("family_name", ""), who.get("given_names", ""),
        notification.stream, str(one.standing(at)), _day(one.issued_at, zone),
        _day(one.expires_before - timedelta(seconds=1), zone), _day(one.cancelled_at, zone), _day(changed, zone),
    )  # fmt: skip


def _day(at: datetime | None, zone: ZoneInfo) -> str:
    return deadlines.local_day(at, zone).isoformat() if at else ""
