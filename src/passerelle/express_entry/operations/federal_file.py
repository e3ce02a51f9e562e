"""The file of a round's notifications for the federal side; whoever takes it is kept in the trail."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from passerelle.core import audit
from passerelle.core.deadlines import local_day
from passerelle.core.verdicts import require
from passerelle.express_entry import queries
from passerelle.express_entry.models import Round
from passerelle.express_entry.permissions import can_take_file
from passerelle.programs import queries as programs

HEAD = (
    "notification", "profile_number", "family_name", "given_names", "stream", "notified_on", "apply_through", "crs",
    "primary_noc",
)  # fmt: skip


@transaction.atomic
def take_notifications(*, plan: Round, by: Any, at: datetime) -> list[tuple[Any, ...]]:
    """Return the rows of the file under ``HEAD``, by reference. Raises NotAllowed."""
    require(can_take_file(by, plan.program))
    zone = programs.rules_in_force(plan.program, at).zone
    rows = [_row(one, zone) for one in queries.notifications(plan).select_related("entry").iterator(chunk_size=2000)]
    audit.record(
        "round.file_taken", subject=plan.number, by=by, at=at, program=plan.program, detail={"rows": len(rows)}
    )
    return rows


def _row(one: Any, zone: ZoneInfo) -> tuple[Any, ...]:
    who = one.profile.identity if one.profile else {}
    return (
        one.reference, who.get("profile_number", ""), who.get("family_name", ""), who.get("given_names", ""), one.stream,
        local_day(one.issued_at, zone).isoformat(), local_day(one.respond_by - timedelta(seconds=1), zone).isoformat(),
        one.entry.crs, one.entry.primary_noc,
    )  # fmt: skip
