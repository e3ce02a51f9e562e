"""How a program holds its draws: what its pack's settings ``draw_…`` say. A pack that says nothing waits for nothing.

- ``draw_notice_days``: whole days between the day the notice is published and the day of the draw (0: no notice needed).
- ``draw_objection_hours``: hours after the freeze in which people look at their receipts and object (0: none).
- ``draw_seed``: where chance comes from: ``none``, ``dice`` (witnessed) or ``drand`` (a public beacon). A selection rule that
  names its own (``seed``) has that.
- ``draw_fairness``: whether the fairness report of a draw is ``internal`` (for staff) or ``published`` on its page.
- ``draw_privacy``: what the public bundle holds: ``auditor`` (nobody's line), ``bands``, or ``full`` (every line).
- ``draw_cutoff_from``: how many people places take at least for their cut-off to be published: of fewer it is as good as the
  points of one of them (0: it always is).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from django.conf import settings

from npd1.beacon import Beacon
from npd1.commitment import Dice, Drand, NoChance, Source
from passerelle.programs.rules import ProgramRules
from passerelle.programs.rules.selection import SelectionRule

CUTOFF_FROM = 5

Seed = Literal["none", "dice", "drand"]
Privacy = Literal["auditor", "bands", "full"]
Fairness = Literal["internal", "published"]


@dataclass(frozen=True)
class Terms:
    """The settings of one program, as they stand in the pack a draw was planned under."""

    notice_days: int = 0
    objection_hours: int = 0
    seed: Seed = "none"
    privacy: Privacy = "auditor"
    fairness: Fairness = "internal"
    # Of a draw planned before there was this term every cut-off is published, as its notice said.
    cutoff_from: int = 0

    @property
    def by_chance(self) -> bool:
        """Whether a seed decides among equals."""
        return self.seed != "none"

    @property
    def in_public(self) -> bool:
        """Whether draws are held in the published form: with notice, time to object or a seed.

        A named person then accepts the selection as a whole before its invitations are issued.
        """
        return bool(self.notice_days or self.objection_hours) or self.by_chance


def of(rules: ProgramRules, rule: SelectionRule | None = None) -> Terms:
    """Return how the program of ``rules`` holds its draws, or those by one of its selection rules."""

    return Terms(
        int(rules.stated("draw_notice_days", 0)), int(rules.stated("draw_objection_hours", 0)),
        cast(Seed, (rule and rule.seed) or rules.stated("draw_seed", "none")),
        cast(Privacy, rules.stated("draw_privacy", "auditor")),
        cast(Fairness, rules.stated("draw_fairness", "internal")), int(rules.stated("draw_cutoff_from", CUTOFF_FROM)),
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
    return Drand(beacon().chain, beacon().first_round(after))


def beacon() -> Beacon:
    """Return the beacon of this installation: the League of Entropy's *quicknet*, or the one of ``DRAND_INFO``."""
    chosen: Beacon = settings.BEACON
    return chosen
