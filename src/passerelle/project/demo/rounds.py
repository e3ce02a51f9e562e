"""Rounds over the pools of a plan: aimed at a score that the plan calls usual, held by one person and issued by another."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from passerelle.core import deadlines
from passerelle.draws import operations as draws
from passerelle.draws import queries
from passerelle.invitations import operations as invitations
from passerelle.project.demo.crowd import Crowd

Follow = Callable[[str, str, datetime], None]


class Rounds:
    """Plans every round of a plan; ``follow(eoi, fate, at)`` is told what becomes of whom it invites."""

    def __init__(self, crowd: Crowd, *, times: int, follow: Follow) -> None:
        self.crowd, self.story, self.plan = crowd, crowd.story, crowd.plan
        self.times, self.follow = times, follow
        self.held = 0

    def plan_all(self) -> None:
        """Put every round of the plan on its day: entries close the day before, at 10 in the morning it is held."""
        zone, today = self.crowd.rules.zone, deadlines.local_day(self.story.until, self.crowd.rules.zone)
        for told in (one for one in self.plan.told["rounds"] if one["stream"] in self.crowd.open):
            held = datetime.combine(today - timedelta(days=told["days"]), time(10), tzinfo=zone)
            self._one(told, held)

    def _one(self, told: Mapping[str, Any], held: datetime) -> None:
        number: list[str] = []
        manager, director = (self.story.staff[self.plan.member(role)] for role in ("draw_manager", "director"))

        def plan(at: datetime) -> None:
            number.extend(self._planned(told, held, at))

        def conduct(at: datetime) -> None:
            for one in number:
                draws.conduct_draw(number=one, by=manager, at=at)

        def issue(at: datetime) -> None:
            for one in number:
                invitations.issue_invitations(number=one, by=director, at=at)
                self.held += 1
                self._give_fates(one, told["fates"], at)

        self.story.at(held - timedelta(hours=1), plan)
        self.story.at(held, conduct)
        self.story.at(held + timedelta(hours=1), issue)

    @transaction.atomic
    def _planned(self, told: Mapping[str, Any], held: datetime, at: datetime) -> list[str]:
        """Plan the round with the size that brings the cut-off where the plan wants it; where nothing does, there is none."""
        manager, rules = self.story.staff[self.plan.member("draw_manager")], self.crowd.rules
        attributes = list(told.get("attributes", ()))
        asked: dict[str, Any] = {
            "held_on": deadlines.local_day(held, rules.zone), "closes_at": held - timedelta(days=1),
            "categories": [one.key for one in rules.categories_of(told["stream"])],
            "filters": {"attributes": attributes, "match": "any"} if attributes else {},
        }  # fmt: skip
        draw = draws.plan_draw(program=self.plan.program, size=1, by=manager, at=at, **asked)
        size = self._size(draw, told, at)
        if size:
            draws.replan_draw(number=draw.number, size=size, by=manager, at=at, **asked)
            return [draw.number]
        transaction.set_rollback(True)
        return []

    def _size(self, draw: Any, told: Mapping[str, Any], at: datetime) -> int:
        """Look ahead as a draw manager does: of the sizes whose cut-off is usual, the one nearest to the share wanted."""
        foreseen = queries.preview(draw, at)
        lowest, highest = told["cutoff"]
        wanted = foreseen.pool * told["takes"]
        sizes = [
            sum(files for score, files in foreseen.by_score.items() if score >= cutoff)
            for cutoff in foreseen.by_score if lowest <= cutoff <= highest
        ]  # fmt: skip
        for size in sorted(sizes, key=lambda one: abs(one - wanted)):
            # People who no longer meet a criterion are passed over: only the look ahead knows where that leaves the cut-off.
            cutoff = queries.preview(draw, at, size=size).cutoff
            if cutoff is not None and lowest <= cutoff <= highest:
                return size
        return 0

    def _give_fates(self, number: str, fates: Mapping[str, int], at: datetime) -> None:
        invited = [entry.eoi.reference for entry in queries.chosen(queries.draw(number))]
        known = [eoi for eoi in invited if eoi in self.crowd.people]
        for eoi in [one for one in known if self.crowd.people[one].visitor]:
            known.remove(eoi)
            self.follow(eoi, self.crowd.people[eoi].visitor.get("after", "lapsed"), at)
        self.story.random.shuffle(known)
        # Of many the same share opens an application; the time it takes to make their documents is what sets an end.
        wanted = Counter({fate: count * self.times for fate, count in fates.items()})
        for eoi, fate in zip(known, wanted.elements(), strict=False):
            self.follow(eoi, fate, at)
