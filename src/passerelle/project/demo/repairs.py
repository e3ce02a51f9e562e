"""An error found after the invitations of a round: one director plans what is done about it, another accepts, which does it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from passerelle.draws import harm, queries, repair_words, repairing
from passerelle.draws import operations as draws
from passerelle.draws.correcting import Correction
from passerelle.invitations import operations as invitations

if TYPE_CHECKING:
    from passerelle.project.demo.crowd import Crowd


class Repairs:
    """Plans the repairs that rounds are told with; ``follow(eoi, fate, at)`` is told what becomes of whom one invites."""

    def __init__(self, crowd: "Crowd", follow: Callable[[str, str, datetime], None]) -> None:
        self.crowd, self.story, self.follow = crowd, crowd.story, follow

    def plan(self, number: str, told: Mapping[str, Any], at: datetime) -> None:
        """Have the error of an issued round found ``days`` later: the first file not taken should have had ``points`` more."""

        def repair(when: datetime) -> None:
            self._repair(number, told, when)

        self.story.at(at + timedelta(days=told["days"]), repair)

    def _repair(self, number: str, told: Mapping[str, Any], at: datetime) -> None:
        draw = queries.draw(number)
        said = self._correction(draw, told)
        if said is None:
            return
        found = harm.found(draw, said, at)
        way = next(one for one in repairing.options(draw, found, at) if one.way == told["way"])
        notice = repair_words.drafted(draw, found, way, told["what"])
        first, second = (self.story.staff[one] for one in self.crowd.plan.members("director")[:2])
        plan = draws.plan_repair(
            number=number, said=said, way=told["way"], what=told["what"], notice=notice, reason=told["reason"], by=first, at=at
        )  # fmt: skip
        self.story.at(at + timedelta(hours=3), lambda when: self._accept(number, plan.pk, told, second, when))

    def _accept(self, number: str, plan: int, told: Mapping[str, Any], by: Any, at: datetime) -> None:
        for one in invitations.carry_out_repair(number=number, repair=plan, by=by, at=at):
            self.follow(one.eoi.reference, told.get("fate", "lapsed"), at)

    def _correction(self, draw: Any, told: Mapping[str, Any]) -> Correction | None:
        """Say that the best file not taken, of those that wait in the pool still, was given too few points."""
        missed = queries.not_chosen(draw).select_related("eoi").order_by("standing__position")
        waiting = (one for one in missed if one.eoi.state == "in_pool" and one.eoi.reference in self.crowd.people)
        for first in waiting:
            return Correction(files={first.eoi.reference: {"points": first.points + told["points"]}})
        return None
