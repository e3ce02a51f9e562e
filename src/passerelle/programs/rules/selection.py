"""How a stream's draws choose, as data: filter, reserve, cap, order, tie, spill-over, refill (docs/adr/0022).

A rule is dated; a plan names one, by default the one in force on its day. The draw keeps the whole rule it was planned under.
"""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Literal, Self

from pydantic import model_validator

from passerelle.programs.rules.records import Key, Record, Sourced
from passerelle.programs.rules.text import Bilingual

First = Literal["highest", "lowest", "earliest", "latest", "yes", "no"]
USUAL: dict[str, First] = {
    "points": "highest",
    "date_of_effect": "earliest",
    "submitted": "earliest",
    "opened": "earliest",
}


class Only(Record):
    """Who is looked at: ``attributes`` name filters of the grid's pool, the two numbers are points, both included."""

    attributes: tuple[Key, ...] = ()
    match: Literal["every", "any"] = "every"
    points_at_least: int | None = None
    points_at_most: int | None = None


class Reserve(Record):
    """Places kept for a group: a number, a share of the draw's places, or the rest; ``spill`` hands unused ones to the next.

    The group is its ``categories``, or those with an attribute of the grid's pool (``when``).
    """

    key: Key
    name: Bilingual
    categories: tuple[Key, ...] = ()
    when: Key | None = None
    places: int | None = None
    percent: int | None = None
    rest: bool = False
    spill: bool = False


class Limit(Record):
    """At most ``take`` of an employer with ``up_to`` employees; the last limit has no ``up_to``."""

    take: int
    up_to: int | None = None


class Cap(Record):
    """How many of one employer are taken, by its size. ``employer`` names the fact that tells employers apart.

    Without it the employer's e-mail address does: one employer has an account for each candidate. ``per`` year: what an employer
    had by the program's earlier draws of the year counts.
    """

    employer: Key | None = None
    size: Key | None = None
    per: Literal["draw", "year"] = "draw"
    limits: tuple[Limit, ...]


class OrderKey(Record):
    """One thing that orders people: ``first`` says which end comes first.

    ``within_months`` turns a day into yes or no: it comes at most so many months after the day of the draw.
    """

    by: Literal["points", "date_of_effect", "submitted", "opened", "fact", "random"]
    fact: Key | None = None
    first: First | None = None
    within_months: int | None = None
    label: Bilingual | None = None

    @property
    def direction(self) -> First:
        """Which end comes first."""
        return self.first or USUAL.get(self.by) or ("yes" if self.within_months else "highest")


class SelectionRule(Sourced):
    """One way of choosing. ``places`` fixes the size of its draws; ``takes: everybody`` takes all who pass the filter.

    ``ties``: by the instant of submission, by lot, or everybody at the last rank. ``refill`` says until when a place that
    falls vacant is filled from the reserve list: the walk goes on, nothing is drawn again. ``afterwards`` is the
    order in which the invitations of those taken go out; it takes nobody. ``seed`` is where the chance of its lots comes
    from; left out, from where the program's setting ``draw_seed`` says.
    """

    key: Key
    name: Bilingual
    streams: tuple[Key, ...] = ()
    in_force_from: date | None = None
    in_force_through: date | None = None
    places: int | None = None
    takes: Literal["places", "everybody"] = "places"
    only: Only | None = None
    reserve: tuple[Reserve, ...] = ()
    cap: Cap | None = None
    order: tuple[OrderKey, ...] = ()
    ties: Literal["submission", "lot", "take_all"]
    seed: Literal["dice", "drand"] | None = None
    refill: Literal["until_issue", "after_issue"] = "until_issue"
    afterwards: OrderKey | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.cap and any(one.up_to is None for one in self.cap.limits[:-1]):
            raise ValueError("only the last limit of a cap has no up_to; give the others one")
        if self.cap and any((low.up_to or 0) >= (high.up_to or 10**9) for low, high in pairwise(self.cap.limits)):
            raise ValueError("the limits of a cap go from the smallest employer up; put up_to in that order")
        return self

    @property
    def by_chance(self) -> bool:
        """Whether a lot has a part in it: then nobody can be told apart before its seed exists."""
        return self.ties == "lot" or any(one.by == "random" for one in self.order)

    @property
    def needs_chance(self) -> bool:
        """Whether a source of chance must be there: by a lot, or by a limit that keeps somebody out among equals."""
        return self.by_chance or (self.ties == "take_all" and self.cap is not None)

    @property
    def counts_the_year(self) -> bool:
        """Whether employers have a limit over the year, which earlier draws count towards."""
        return self.cap is not None and self.cap.per == "year"

    @property
    def has_points(self) -> bool:
        """Whether points come first, so that a cut-off of points means something."""
        return bool(self.order) and self.order[0].by == "points" and self.order[0].direction == "highest"

    @property
    def ranked_by(self) -> tuple[OrderKey, ...]:
        """What a rank is made of, most important first.

        Where the submission breaks ties its instant stands in it, and last which file was opened first: no two ranks are equal.
        """
        keys = tuple(one for one in self.order if one.by != "random")
        if self.ties != "submission":
            return keys
        placed = any(one.by in ("date_of_effect", "submitted") for one in keys)
        return (*keys, *(() if placed else (OrderKey(by="date_of_effect"),)), OrderKey(by="opened"))

    def holds(self, stream: str, on: date) -> bool:
        """Whether draws of ``stream`` choose by it on a day."""
        starts, ends = self.in_force_from or date.min, self.in_force_through or date.max
        return (not self.streams or stream in self.streams) and starts <= on <= ends

    def meets(self, other: "SelectionRule") -> bool:
        """Whether both could be in force on a day in one stream, so that nobody would know which counts."""
        shared = not self.streams or not other.streams or bool(set(self.streams) & set(other.streams))
        low, high = date.min, date.max
        return shared and max(self.in_force_from or low, other.in_force_from or low) <= min(
            self.in_force_through or high, other.in_force_through or high
        )

    def with_places(self, places: Mapping[str, int]) -> "SelectionRule":
        """Return the rule with so many places in these reserves, in place of the number, share or rest that each has."""
        number = {"percent": None, "rest": False}
        kept = tuple(
            one.model_copy(update={**number, "places": places[one.key]}) if one.key in places else one
            for one in self.reserve
        )
        return self.model_copy(update={"reserve": kept})

    def places_of(self, size: int) -> dict[str, int]:
        """Return the places of each reserve in a draw of ``size``, in order; what is left of the size is under ``*``.

        Raises ValueError where the reserves ask for more than there is.
        """
        kept = {
            one.key: one.places if one.places is not None else size * (one.percent or 0) // 100 for one in self.reserve
        }
        left = size - sum(kept.values())
        if left < 0:
            raise ValueError(f"the reserves hold {sum(kept.values())} places and the draw has {size}")
        rest = next((one.key for one in self.reserve if one.rest), None)
        if rest is not None:
            return {**kept, rest: left}
        spills = bool(self.reserve) and self.reserve[-1].spill
        return {**kept, "*": left} if left or spills or not self.reserve else kept
