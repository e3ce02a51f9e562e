"""Makes the demo: for each plan staff, places, a crowd with its files, rounds, what follows an invitation, the federal pool."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.db import connection
from django.test.utils import override_settings

from passerelle.accounts.models import Person
from passerelle.allocations import operations as allocations
from passerelle.core import clock
from passerelle.notices import operations as notices
from passerelle.programs import operations as tables
from passerelle.programs import queries as programs
from passerelle.project import sweeping
from passerelle.project.demo import plans, staff
from passerelle.project.demo.crowd import Crowd
from passerelle.project.demo.federal import FederalPool
from passerelle.project.demo.paths import Paths
from passerelle.project.demo.plans import Plan
from passerelle.project.demo.rounds import Rounds
from passerelle.project.demo.story import Story

Tick = Callable[[str, int, int], None]
SWEEP_EVERY = 8  # days
# Crowd passwords are known to everybody: a slow hash would protect nothing and cost minutes.
_QUICK = ["passerelle.project.demo.hashing.QuickHasher"]


def make_demo(
    *, tick: Tick, size: str = plans.SMALL, only: str = "", counts: Mapping[str, int | None] | None = None
) -> str:
    """Make the demo of every plan and return one line saying what was made. ``tick(what, done, total)`` tells progress.

    ``only`` names one program; ``counts`` replace those of ``size`` in the plans (those of None are kept).
    """
    told = told_of(only)
    given = {key: value for key, value in (counts or {}).items() if value is not None}
    with connection.cursor() as cursor:
        # A crash may take the last acts with it: then the whole demo is begun again, so no act waits for the disk.
        cursor.execute("SET synchronous_commit TO off")
    now = clock.now()
    # The year's messages stand in the portal; nobody wants thousands of old ones mailed, on the first start or meanwhile.
    notices.arm_fence(before=now, at=now)
    with override_settings(PASSWORD_HASHERS=_QUICK):
        made = [make(plan, {**plan.counts(size), **given}, tick=tick) for plan in told]
    return "; ".join(filter(None, made))


def told_of(only: str) -> list[Plan]:
    """Return the plans of the demo, or that of ``only`` one program. Raises LookupError where none is told for it."""
    told = [plan for plan in plans.found() if only in ("", plan.program)]
    if only and not told:
        raise LookupError(f"No demo is told for {only}: packs/{only}/{plans.FILE} is not there.")
    return told


def make(plan: Plan, counts: Mapping[str, int], *, tick: Tick) -> str:
    """Make what ``counts`` says of a plan, up to now, and return one line saying what was made; "" where no rules hold."""
    now = clock.now()
    try:
        programs.rules_in_force(plan.program, now)
    except programs.RulesUnavailable:
        return ""
    people = _begun(plan)
    story = Story(plan, until=now, staff=people)
    crowd = Crowd(story)
    crowd.representatives.register_all()
    crowd.gather(counts["files"])
    crowd.told_ones()
    follow = Paths(crowd).follow
    rounds, pool = Rounds(crowd, times=counts["times"], follow=follow), FederalPool(crowd, follow=follow)
    rounds.plan_all()
    pool.plan_all(counts["profiles"])
    for days in range(plan.told["days"], 0, -SWEEP_EVERY):
        story.at(now - timedelta(days=days, hours=2), lambda at: sweeping.sweep(at=at))
    story.tell(lambda done, total: tick(plan.program, done, total))
    sweeping.sweep(at=now)
    federal = f"{counts['profiles']} federal profiles, " if pool.told else ""
    return f"{crowd.number} files, {federal}{rounds.held + pool.held} rounds, {story.done} acts ({plan.program})"


def _begun(plan: Plan) -> dict[str, Person]:
    """Appoint the staff, set the places of the years and load the tables of a plan, some days before its first file.

    Returns the staff by user name.
    """
    now = clock.now()
    begins = now - timedelta(days=plan.told["days"] + 5)
    with clock.frozen(begins):
        people = staff.create(plan, begins)
        for year in sorted({begins.year, now.year}):
            allocations.set_places(
                program=plan.program, year=year, places=plan.told["places"], reason="Allocation of the year",
                by=people[plan.member("director")], at=begins,
            )  # fmt: skip
        for one in plan.tables:
            tables.load_table(
                one["text"],
                program=plan.program,
                table=one["table"],
                in_force_from=begins.date(),
                name=one["name"],
                at=begins,
            )
    return people
