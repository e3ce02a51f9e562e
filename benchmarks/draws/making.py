"""People of a pool as rows of text: cells, rank, employer's pseudonym and its limit, in no order. Not part of any time told."""

from pathlib import Path
from random import Random

from npd1.commitment import Allotment

DRAW = "BENCH-2026-11"
PART = 250_000
REGIONS = {"AF": 40, "AS": 16, "EU": 30, "NA": 1, "OC": 3, "SA": 10}
# Where each cell of a ranked draw has its people, of a thousand; "pilot" has fewer than places, so that the rest goes on.
CELLS = {"fr": 40, "north": 150, "pilot": 1}


def people(folder: Path, size: int, kind: str, seed: int) -> None:
    """Write ``size`` people in files of at most ``PART`` and at least two."""
    random, part = Random(seed), min(PART, -(-size // 2))
    for number, begin in enumerate(range(0, size, part)):
        rows = (_lot if kind == "random" else _ranked)(random, min(part, size - begin))
        (folder / f"people-{number:04d}").write_text("\n".join(rows) + "\n", encoding="ascii")


def allotments(size: int, kind: str) -> tuple[Allotment, ...]:
    """Return the places of a draw over ``size`` people: two in a hundred by rank, three in a thousand by lot, by region."""
    if kind == "random":
        return tuple(Allotment(cell, size * share * 3 // 100_000, spill=True) for cell, share in REGIONS.items())
    reserved = (("fr", 2, False), ("pilot", 2, True), ("north", 4, True), ("*", 12, False))
    return tuple(Allotment(cell, size * places // 1000, spill) for cell, places, spill in reserved)


def _lot(random: Random, count: int) -> list[str]:
    return [f"{cell}|0|-|-" for cell in random.choices(list(REGIONS), list(REGIONS.values()), k=count)]


def _ranked(random: Random, count: int) -> list[str]:
    """Points up to 600 and then the earlier day, so that many are equal; half work for an employer with a limit."""
    mixed = [
        ",".join(cell for cell, share in CELLS.items() if random.random() * 1000 < share) or "-" for _ in range(5000)
    ]
    cells, points = random.choices(mixed, k=count), random.choices(range(200, 601), k=count)
    days, employers = random.choices(range(400), k=count), random.choices(range(40_000), k=count)
    return [
        f"{cells[one]}|{points[one]}.{20_000 - days[one]}|{_employer(employers[one])}" for one in range(count)
    ]  # fmt: skip


def _employer(number: int) -> str:
    return f"{number:016x}|{1 + number % 3}" if number < 20_000 else "-|-"
