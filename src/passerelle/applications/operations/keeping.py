"""How long the profile of somebody who was notified stays: until the pack's time after the notification or the file it led to."""

from datetime import datetime

from passerelle.applications import federal
from passerelle.express_entry import operations as federal_pool
from passerelle.express_entry import queries as pool
from passerelle.programs import queries as programs


def purge_notified_profiles(*, at: datetime) -> int:
    """Erase the profiles of people notified whose time is over; return how many. A transaction for each program."""
    return sum(_purge(one.code, at=at) for one in programs.programs())


def _purge(program: str, *, at: datetime) -> int:
    try:
        before = pool.kept_since(programs.rules_in_force(program, at), at, pool.RETENTION_NOTIFIED)
    except programs.RulesUnavailable:
        return 0
    if before is None:
        return 0
    spared = federal.still_needed(program, before)
    return federal_pool.erase_notified(program=program, before=before, spared=spared, at=at)
