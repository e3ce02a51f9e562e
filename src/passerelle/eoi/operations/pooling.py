"""Counting the pools once a day, so that no two looks of a day can be subtracted from one another."""

from datetime import datetime, timedelta

from django.db import transaction

from passerelle.core.deadlines import local_day
from passerelle.eoi.counting import by_points
from passerelle.eoi.models import PoolCount
from passerelle.programs import queries as programs


@transaction.atomic
def count_pool(*, program: str, stream: str, at: datetime) -> PoolCount:
    """Return a stream's pool as it was counted on the day of ``at`` in the program's zone, counting it where nobody has yet.

    Counts of days before yesterday go: nothing is told from them.
    """
    pool = PoolCount.objects.filter(program=program, stream=stream)
    day = local_day(at, programs.rules_in_force(program, at).zone)
    found = pool.filter(day=day).first()
    if found is not None:
        return found
    counted = {"counts": sorted(by_points(program, stream, at).items()), "made_at": at}
    # Two people may look first at once: the count that comes second is not kept.
    made, _new = PoolCount.objects.get_or_create(program=program, stream=stream, day=day, defaults=counted)
    pool.filter(day__lt=day - timedelta(days=1)).delete()
    return made


def count_pools(*, at: datetime) -> int:
    """Count each pool that was not counted yet on this day; return how many were."""
    before = PoolCount.objects.count()
    for program in programs.programs():
        try:
            rules = programs.rules_in_force(program.code, at)
        except programs.RulesUnavailable:
            continue  # a program without rules has no pool to count
        for stream in rules.pools:
            count_pool(program=program.code, stream=stream.key, at=at)
    return max(PoolCount.objects.count() - before, 0)
