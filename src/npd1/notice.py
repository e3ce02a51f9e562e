"""The notice of a draw: what is announced before anybody knows who is in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from npd1 import canonical, words
from npd1.commitment import ORDERS, Allotment, Drand, NoChance, Source
from npd1.words import SPEC, Malformed

Level = Literal["full", "bands", "auditor"]
LEVELS: tuple[Level, ...] = ("full", "bands", "auditor")


@dataclass(frozen=True, slots=True)
class Notice:
    """What is announced. ``rank`` names the whole numbers of a rank (none: chance alone); ``rule`` is the rule in words.

    An allotment without places takes everybody; it then stands alone.

    The source names a beacon's chain, not yet its round: that follows from the instant of the freeze. ``cutoff_from``: how many
    an allotment takes at least for its cut-off to be published (0: always).
    """

    program: str
    draw: str
    published: str
    closes: str
    notice_days: int
    objection_hours: int
    pack: str
    allotments: Sequence[Allotment]
    order: str
    rank: Sequence[str]
    source: Source
    filters: dict[str, Any]
    level: Level
    rule: dict[str, str]
    cutoff_from: int = 0

    def plain(self) -> dict[str, Any]:
        """Return the notice as plain data; raises Malformed."""
        if self.order not in ORDERS:
            raise Malformed(f"order: {self.order!r} is not one of {' / '.join(ORDERS)}")
        if self.level not in LEVELS:
            raise Malformed(f"level: {self.level!r} is not one of {' / '.join(LEVELS)}")
        if set(self.rule) != {"en", "fr"}:
            raise Malformed("rule: give it in English and in French")
        if len(self.allotments) > 1 and any(one.places is None for one in self.allotments):
            raise Malformed("allotments: one that takes everybody stands alone")
        if isinstance(self.source, NoChance) and not self.rank:
            raise Malformed("source: none, though no rank is named: chance alone would decide, and there is none")
        source = self.source.plain()
        if isinstance(self.source, Drand):
            source.pop("round")
        return {
            "spec": SPEC, "program": words.token(self.program, "program"), "draw": words.token(self.draw, "draw"),
            "published": words.instant(self.published, "published"), "closes": words.instant(self.closes, "closes"),
            "notice_days": words.whole(self.notice_days, "notice_days"),
            "objection_hours": words.whole(self.objection_hours, "objection_hours"),
            "pack": words.hexadecimal(self.pack, 64, "pack"), "allotments": [one.plain() for one in self.allotments],
            "order": self.order, "rank": list(self.rank), "source": source, "filters": self.filters, "level": self.level,
            "rule": self.rule, **({"cutoff_from": words.whole(self.cutoff_from, "cutoff_from")} if self.cutoff_from else {}),
        }  # fmt: skip

    def to_bytes(self) -> bytes:
        """Return the canonical bytes, which are hashed and signed."""
        return canonical.to_bytes(self.plain())


def notice_hash(data: bytes) -> str:
    """Return what a commitment names a notice by."""
    return hashlib.sha256(data).hexdigest()
