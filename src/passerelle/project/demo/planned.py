"""Makes the demo of one plan: staff, places, a crowd of candidates, their rounds and applications, the federal pool."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from passerelle.allocations import operations as allocations
from passerelle.core import clock
from passerelle.programs import queries as programs
from passerelle.project import sweeping
from passerelle.project.demo import staff
from passerelle.project.demo.crowd import Crowd
from passerelle.project.demo.federal import FederalPool
from passerelle.project.demo.paths import Paths
from passerelle.project.demo.plans import Plan
from passerelle.project.demo.rounds import Rounds
from passerelle.project.demo.story import Story

SWEEP_EVERY = 8  # days


def make(plan: Plan, counts: Mapping[str, int], *, tick: Callable[[str, int, int], None]) -> str:
    """Make what ``counts`` says of a plan, up to now, and return one line saying what was made; "" where no rules hold."""
    now = clock.now()
    try:
        programs.rules_in_force(plan.program, now)
    except programs.RulesUnavailable:
        return ""
    begins = now - timedelta(days=plan.told["days"] + 5)
    with clock.frozen(begins):
        people = staff.create_for(plan, begins)
        director = people[plan.member("director")]
        for year in sorted({begins.year, now.year}):
            allocations.set_places(
                program=plan.program, year=year, places=plan.told["places"], reason="Allocation of the year", by=director,
                at=begins,
            )  # fmt: skip
    story = Story(until=now, staff=people, seed=plan.told["seed"])
    crowd, pool = Crowd(story, plan), FederalPool(story, plan)
    crowd.representatives.register_all()
    crowd.gather(counts["files"])
    crowd.visitors()
    rounds = Rounds(crowd, times=counts["times"], follow=Paths(crowd).follow)
    rounds.plan_all()
    pool.plan_all(counts["profiles"])
    for days in range(plan.told["days"], 0, -SWEEP_EVERY):
        story.at(now - timedelta(days=days, hours=2), lambda at: sweeping.sweep(at=at))
    story.tell(lambda done, total: tick(plan.program, done, total))
    sweeping.sweep(at=now)
    held = rounds.held + pool.held
    return f"{crowd.number} files, {counts['profiles']} federal profiles, {held} rounds, {story.done} acts ({plan.program})"
