"""The administrative penalty: ``min(cap, base × A × B + C)``, in cents (ontario.md 1.5). No database, no clock."""

from dataclasses import dataclass

EARLIER_AND_THIS = "earlier_and_this"


@dataclass(frozen=True)
class Formula:
    """What the pack says: the base and the highest amount in cents, over how many years earlier penalties count, and how."""

    base_cents: int
    cap_cents: int
    years: int
    counting: str

    def factor(self, earlier: int) -> int:
        """A: the penalties of the last years, 1 if none; a pack may have the one being imposed counted among them."""
        return max(1, earlier + (1 if self.counting == EARLIER_AND_THIS else 0))

    def amount(self, *, earlier: int, candidates: int, further_cents: int) -> int:
        """The penalty in cents: ``earlier`` penalties, ``candidates`` concerned (B), a further amount (C)."""
        return min(self.cap_cents, self.base_cents * self.factor(earlier) * candidates + further_cents)
