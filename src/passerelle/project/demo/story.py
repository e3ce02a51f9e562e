"""What happens, when: a queue of acts on a simulated clock, each done by the operation a person would press."""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.project.demo.plans import Plan

Act = Callable[[datetime], Any]


class Story:
    """Acts in the order of their instants, up to now. An act may add later acts."""

    def __init__(self, plan: Plan, *, until: datetime, staff: dict[str, Person]) -> None:
        self.plan, self.until, self.staff, self.random = plan, until, staff, Random(plan.told["seed"])
        self._acts: list[tuple[datetime, int, Act]] = []
        self._number = itertools.count()
        self.done = 0

    def member(self, role: str) -> Person:
        """The first of staff who has a role."""
        return self.staff[self.plan.member(role)]

    def at(self, moment: datetime, act: Act) -> None:
        """Have ``act`` done at ``moment``; what lies after now never happens."""
        if moment < self.until:
            heapq.heappush(self._acts, (moment, next(self._number), act))

    def after(self, moment: datetime, *, days: float, act: Act) -> None:
        """Have ``act`` done so many days after ``moment``, at office hours of another minute."""
        spread = timedelta(minutes=self.random.randint(0, 300))
        self.at(moment + timedelta(days=days) + spread, act)

    def tell(self, tick: Callable[[int, int], None]) -> None:
        """Do every act in its turn, the clock standing at its instant."""
        while self._acts:
            moment, _number, act = heapq.heappop(self._acts)
            with clock.frozen(moment):
                act(moment)
            self.done += 1
            tick(self.done, self.done + len(self._acts))
