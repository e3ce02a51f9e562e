"""Rounds over the pools of a plan: of a size that is told or aimed at a usual score, held by one person and issued by another."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from passerelle.core import deadlines
from passerelle.draws import operations as draws
from passerelle.draws import queries, terms
from passerelle.invitations import operations as invitations
from passerelle.project.demo.crowd import Crowd
from passerelle.project.demo.repairs import Repairs

Follow = Callable[[str, str, datetime], None]
# Days before the notice has to be out on which a round is planned.
AHEAD = 4


class Rounds:
    """Plans every round of a plan; ``follow(eoi, fate, at)`` is told what becomes of whom it invites."""

    def __init__(self, crowd: Crowd, *, times: int, follow: Follow) -> None:
        self.crowd, self.story, self.plan = crowd, crowd.story, crowd.plan
        self.times, self.follow = times, follow
        self.held = 0
        self.repairs = Repairs(crowd, follow)

    def plan_all(self) -> None:
        """Put every round of the plan on its day, at 10 in the morning; one of days to come is planned and announced."""
        zone, today = self.crowd.rules.zone, deadlines.local_day(self.story.until, self.crowd.rules.zone)
        for told in (one for one in self.plan.told.get("rounds", ()) if one["stream"] in self.crowd.open):
            held = datetime.combine(today - timedelta(days=told["days"]), time(10), tzinfo=zone)
            self._one(told, held)

    def _one(self, told: Mapping[str, Any], held: datetime) -> None:
        """Put the steps of a round, as the terms of its rule ask for them, each on its moment."""
        asked = self._terms(told, held)
        number: list[str] = []
        step = lambda act: lambda at: [act(one, at) for one in number]  # noqa: E731
        planned = held - timedelta(hours=1)
        if asked.notice_days or asked.by_chance:
            planned = held - timedelta(days=asked.notice_days + AHEAD)
            self.story.at(planned + timedelta(days=1), step(self._announce))
        self.story.at(planned, lambda at: number.extend(self._planned(told, held, at)))
        if held > self.story.until:
            return
        self.story.at(held, step(self._freeze))
        # The selection when nobody may object any more.
        chosen = held + timedelta(hours=asked.objection_hours + 1) if asked.objection_hours else held
        if asked.seed == "dice":
            self.story.at(chosen, step(self._throw))
        self.story.at(chosen, step(self._select))
        self.story.at(chosen + timedelta(minutes=30), step(self._accept))
        self.story.at(chosen + timedelta(hours=1), step(lambda one, at: self._issue(one, told, at)))

    def _terms(self, told: Mapping[str, Any], held: datetime) -> terms.Terms:
        """The terms of a round to come: a selection rule may have a source of chance of its own."""
        rules = self.crowd.rules
        return terms.of(rules, rules.selection_rule(told["stream"], deadlines.local_day(held, rules.zone)))

    def _waits_for_a_beacon(self, number: str) -> bool:
        """A beacon's round comes from the network, which a made-up past never asks: such a draw stays where it waits for it."""
        return terms.of_draw(queries.draw(number)).seed == "drand"

    def _announce(self, number: str, at: datetime) -> None:
        draws.publish_notice(number=number, by=self.story.member("draw_manager"), at=at)

    def _freeze(self, number: str, at: datetime) -> None:
        draws.freeze(number=number, by=self.story.member("draw_manager"), at=at)

    def _throw(self, number: str, at: datetime) -> None:
        digits = "".join(str(self.story.random.randint(1, 6)) for _die in range(40))
        for role in ("draw_manager", "director"):
            draws.enter_dice(number=number, digits=digits, by=self.story.member(role), at=at)

    def _select(self, number: str, at: datetime) -> None:
        if not self._waits_for_a_beacon(number):
            draws.select(number=number, by=self.story.member("draw_manager"), at=at)

    def _accept(self, number: str, at: datetime) -> None:
        if terms.of_draw(queries.draw(number)).in_public and not self._waits_for_a_beacon(number):
            draws.accept(number=number, by=self.story.member("director"), at=at)

    def _issue(self, number: str, told: Mapping[str, Any], at: datetime) -> None:
        if self._waits_for_a_beacon(number):
            return
        invitations.issue_invitations(number=number, by=self.story.member("director"), at=at)
        self.held += 1
        self._give_fates(number, told.get("fates", {}), at)
        if "repair" in told:
            self.repairs.plan(number, told["repair"], at)

    @transaction.atomic
    def _planned(self, told: Mapping[str, Any], held: datetime, at: datetime) -> list[str]:
        """Plan the round with its size, or one that brings a usual cut-off; where none does, there is no round."""
        manager, rules = self.story.member("draw_manager"), self.crowd.rules
        attributes = list(told.get("attributes", ()))
        asked: dict[str, Any] = {
            "held_on": deadlines.local_day(held, rules.zone), "closes_at": held - timedelta(days=told.get("closes", 1)),
            "categories": [one.key for one in rules.categories_of(told["stream"])],
            "filters": told.get("filters") or ({"attributes": attributes, "match": "any"} if attributes else {}),
        }  # fmt: skip
        size = told.get("size", 1)
        draw = draws.plan_draw(program=self.plan.program, size=size, by=manager, at=at, **asked)
        if "size" in told:
            return [draw.number]
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
        for eoi in [one for one in known if self.crowd.people[one].told]:
            known.remove(eoi)
            self.follow(eoi, self.crowd.people[eoi].told.get("after", "lapsed"), at)
        self.story.random.shuffle(known)
        # Of many the same share opens an application; the time it takes to make their documents is what sets an end.
        wanted = Counter({fate: count * self.times for fate, count in fates.items()})
        for eoi, fate in zip(known, wanted.elements(), strict=False):
            self.follow(eoi, fate, at)
