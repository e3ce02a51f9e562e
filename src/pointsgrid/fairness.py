"""How those taken in a draw compare with its pool, group by group; and which of it may be told without giving anybody away.

Three measures of one group against everybody else in the pool:

- its *rate*, taken of pool, with Wilson's interval (E. B. Wilson, "Probable inference, the law of succession, and statistical
  inference", Journal of the American Statistical Association 22, 1927, 209-212):
  ``(p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)``;
- the *ratio* of its rate to that of everybody else, with Katz's interval on the logarithm (D. Katz, J. Baptista, S. P. Azen and
  M. C. Pike, "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34, 1978, 469-474):
  ``exp(ln(a/m ÷ c/n) ± z √(1/a - 1/m + 1/c - 1/n))``. Where nobody of one side is taken, or everybody of both, half a person is
  added to each of the four numbers (S. D. Walter, Biometrika 62, 1975, 371-374), so that the interval exists;
- the *differences*: what its mean points are above those of everybody else, factor by factor. They add up to the difference
  of the mean totals, save for points that a cap on the total takes away. The factor that *drives* a gap is the one with the
  largest difference in the gap's direction.

A ranked draw is no sample: the intervals say how far a ratio of 1 would be blurred if each person were taken or not by chance
alone, and so which gaps are too large to be read as that.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

# Of the normal distribution, for intervals of 95 percent.
Z = 1.959963984540054
FEWEST = 20  # a smaller cell could be recognised


@dataclass(frozen=True)
class Tally:
    """One group: how many are in the pool, how many of them were taken, and the points of all of them, factor by factor."""

    pool: int
    taken: int
    points: tuple[float, ...] = ()

    def __add__(self, other: "Tally") -> "Tally":
        points = tuple(a + b for a, b in zip(self.points, other.points, strict=True))
        return Tally(self.pool + other.pool, self.taken + other.taken, points)

    def __sub__(self, other: "Tally") -> "Tally":
        points = tuple(a - b for a, b in zip(self.points, other.points, strict=True))
        return Tally(self.pool - other.pool, self.taken - other.taken, points)

    @property
    def left(self) -> int:
        """How many were not taken."""
        return self.pool - self.taken


@dataclass(frozen=True)
class Measure:
    """A number with the ends of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Gap:
    """One group against everybody else: ``differences`` in mean points by factor, ``drives`` the factor's place or None."""

    rate: Measure
    ratio: Measure
    differences: tuple[float, ...]
    drives: int | None

    @property
    def leans(self) -> int:
        """-1 where the group was taken less often than chance would explain, 1 where more often, 0 where neither."""
        return (self.ratio.low > 1) - (self.ratio.high < 1)


def rate(taken: int, pool: int) -> Measure:
    """Return the share taken with Wilson's interval; ``pool`` is at least 1."""
    share, blur = taken / pool, Z * Z / pool
    middle, reach = share + blur / 2, Z * sqrt(share * (1 - share) / pool + blur / (4 * pool))
    return Measure(share, max((middle - reach) / (1 + blur), 0.0), min((middle + reach) / (1 + blur), 1.0))


def ratio(group: Tally, rest: Tally) -> Measure:
    """Return the group's rate by that of the rest with Katz's interval; both have somebody in the pool."""
    a, m, c, n = (float(one) for one in (group.taken, group.pool, rest.taken, rest.pool))
    if not a or not c or (a == m and c == n):
        a, m, c, n = a + 0.5, m + 0.5, c + 0.5, n + 0.5
    middle, reach = log(a / m) - log(c / n), Z * sqrt(max(1 / a - 1 / m + 1 / c - 1 / n, 0.0))
    return Measure(exp(middle), exp(middle - reach), exp(middle + reach))


def gap(group: Tally, rest: Tally) -> Gap:
    """Return how a group compares with everybody else; both have somebody in the pool."""
    found = ratio(group, rest)
    means = zip(group.points, rest.points, strict=True)
    differences = tuple(own / group.pool - other / rest.pool for own, other in means)
    return Gap(rate(group.taken, group.pool), found, differences, _driver(differences, found.value))


def _driver(differences: tuple[float, ...], ratio: float) -> int | None:
    """Return the place of the largest difference that goes the way of the ratio; None where none does."""
    way = -1 if ratio < 1 else 1
    along = [(way * one, -place) for place, one in enumerate(differences) if way * one > 0]
    return -max(along)[1] if along else None


def hidden(groups: Sequence[tuple[int, int]], fewest: int = FEWEST) -> frozenset[int]:
    """Return the places of the groups of which nothing is told, so that no small cell can be worked out.

    ``groups`` are (taken, not taken), nobody's left out. Hidden are those with fewer than ``fewest`` in either cell. What is
    left of the totals is theirs together: so at least two are hidden, with at least ``fewest`` taken and not taken between
    them. Whichever is hidden besides is the next in the order of the list and never one chosen by its size: a choice by size
    would tell a reader of the rule how large it can be at most. Where that cannot be, all are hidden.
    """
    found = {place for place, cells in enumerate(groups) if min(cells) < fewest}
    while found and len(found) < len(groups) and not _enough(groups, found, fewest):
        last = max(found)
        found.add(
            next(
                place % len(groups) for place in range(last + 1, last + len(groups)) if place % len(groups) not in found
            )
        )
    return frozenset(found)


def _enough(groups: Sequence[tuple[int, int]], places: Collection[int], fewest: int) -> bool:
    taken, left = (sum(groups[place][cell] for place in places) for cell in (0, 1))
    return len(places) > 1 and min(taken, left) >= fewest
