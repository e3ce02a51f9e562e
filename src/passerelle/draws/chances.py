"""How likely a spread is under chance alone: the chi-square test of a table, in whole, with no library for it."""

from collections.abc import Sequence
from math import erfc, exp, lgamma, log, sqrt

LEAST_EXPECTED = 5.0


def survival(statistic: float, freedom: int) -> float:
    """Return the chance that a chi-square of ``freedom`` degrees is at least ``statistic`` (Abramowitz and Stegun 26.4.4, 5).

    >>> round(survival(3.841, 1), 3), round(survival(9.488, 4), 3)
    (0.05, 0.05)
    """
    if statistic <= 0:
        return 1.0
    half = statistic / 2
    # Terms half^k e^-half / gamma(k + 1), for k from 0 (even freedom) or a half (odd) to half the freedom less one.
    total, power = (erfc(sqrt(half)), 0.5) if freedom % 2 else (0.0, 0.0)
    while power <= freedom / 2 - 1:
        total += exp(power * log(half) - half - lgamma(power + 1))
        power += 1
    return min(total, 1.0)


def spread(groups: Sequence[tuple[int, int]]) -> float | None:
    """Return how likely it is that those taken fall among ``groups`` (size, taken) at least as unevenly by chance.

    Neighbouring groups are joined until each expects five taken and five left; None where fewer than two groups remain.
    """
    everybody, taken = sum(size for size, _taken in groups), sum(one for _size, one in groups)
    if not 0 < taken < everybody:
        return None
    share = min(taken, everybody - taken) / everybody
    joined = _joined(groups, LEAST_EXPECTED / share)
    if len(joined) < 2:
        return None
    rate = taken / everybody
    # Both rows of the table (taken and left) at once; sampled without putting back, hence one less than everybody.
    squares = sum((one - size * rate) ** 2 / (size * rate * (1 - rate)) for size, one in joined)
    return survival(squares * (everybody - 1) / everybody, len(joined) - 1)


def _joined(groups: Sequence[tuple[int, int]], least: float) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    size, taken = 0, 0
    for more, one in groups:
        size, taken = size + more, taken + one
        if size >= least:
            found.append((size, taken))
            size, taken = 0, 0
    if size and found:
        last_size, last_taken = found.pop()
        found.append((last_size + size, last_taken + taken))
    return found
