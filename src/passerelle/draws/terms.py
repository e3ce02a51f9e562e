"""How a program holds its draws: what its pack's settings ``draw_…`` say. A pack that says nothing waits for nothing.

- ``draw_notice_days``: whole days between the day the notice is published and the day of the draw (0: no notice needed).
- ``draw_objection_hours``: hours after the freeze in which people look at their receipts and object (0: none).
- ``draw_seed``: where chance comes from: ``none``, ``dice`` (witnessed) or ``drand`` (a public beacon).
- ``draw_fairness``: whether the fairness report of a draw is ``internal`` (for staff) or ``published`` on its page.
- ``draw_privacy``: what the public bundle holds: ``auditor`` (nobody's line), ``bands``, or ``full`` (every line).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast

from npd1.commitment import Dice, Drand, NoChance, Source
from passerelle.programs.rules import ProgramRules

Seed = Literal["none", "dice", "drand"]
Privacy = Literal["auditor", "bands", "full"]
Fairness = Literal["internal", "published"]

# The League of Entropy's beacon "quicknet": a round every three seconds (https://api.drand.sh/<chain>/info).
CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
GENESIS = datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC)
PERIOD = 3


@dataclass(frozen=True)
class Terms:
    """The settings of one program, as they stand in the pack a draw was planned under."""

    notice_days: int = 0
    objection_hours: int = 0
    seed: Seed = "none"
    privacy: Privacy = "auditor"
    fairness: Fairness = "internal"

    @property
    def by_chance(self) -> bool:
        """Whether a seed decides among equals, and a named person accepts the selection before the issue."""
        return self.seed != "none"


def of(rules: ProgramRules) -> Terms:
    """Return how the program of ``rules`` holds its draws."""

    def said(key: str, usual: Any) -> Any:
        return rules.setting(key) if key in rules.settings else usual

    return Terms(
        int(said("draw_notice_days", 0)), int(said("draw_objection_hours", 0)), cast(Seed, said("draw_seed", "none")),
        cast(Privacy, said("draw_privacy", "auditor")), cast(Fairness, said("draw_fairness", "internal")),
    )  # fmt: skip


def of_draw(draw: Any) -> Terms:
    """Return the terms that a draw was planned under, which it keeps; one planned before there were any has none."""
    return Terms(**draw.rule.get("terms", {}))


def source(terms: Terms, after: datetime) -> Source:
    """Return the source that a commitment names: for a beacon its first round that begins at ``after`` or later."""
    if terms.seed == "dice":
        return Dice()
    if terms.seed == "none":
        return NoChance()
    return Drand(CHAIN, first_round(after))


def first_round(after: datetime) -> int:
    """Return the first round of the beacon whose instant is not before ``after``."""
    seconds = -(-(after - GENESIS).total_seconds() // PERIOD)
    return max(int(seconds), 0) + 1


def round_at(number: int) -> datetime:
    """Return the instant at which round ``number`` of the beacon is made known."""
    return datetime.fromtimestamp(GENESIS.timestamp() + (number - 1) * PERIOD, UTC)
