"""What is measured: each way of writing the grid over the same files of people, one process each."""

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.scoring import by_numpy, by_openfisca, by_pack, by_polars, by_python

SAMPLE = 20_000
"""People the plain Python loop is run on; its time is scaled up and marked so."""
OPENFISCA_BATCH = 1_000_000


def measure(arm: str, pattern: str, repeats: int) -> dict[str, Any]:
    """Run one arm over the files; return seconds (the best), a checksum of the totals, and the peak memory in MB."""
    seconds, checksum, note = ARMS[arm](pattern, repeats)
    return {"arm": arm, "seconds": seconds, "checksum": checksum, "peak_mb": round(_peak_mb()), "note": note}


def _peak_mb() -> float:
    """Return the most memory this process has held. getrusage would count what its parent held when it was started."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


Measured = tuple[float, list[int], str]


def _best(run: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    best, result = float("inf"), None
    for _ in range(repeats):
        start = time.perf_counter()
        result = run()
        best = min(best, time.perf_counter() - start)
    return best, result


def _sum(totals: Any) -> list[int]:
    """Return the sum of the totals and of their squares: equal only when the totals are."""
    values = np.asarray(totals, dtype=np.int64)
    return [len(values), int(values.sum()), int((values * values).sum())]


def _pack(pattern: str, repeats: int) -> Measured:
    people = pl.read_parquet(pattern)
    by_pack.rules()
    seconds, scored = _best(lambda: by_pack.total(people.lazy()).collect(engine="streaming"), repeats)
    return seconds, _sum(scored["total"].to_numpy()), "in memory"


def _pack_streamed(pattern: str, repeats: int) -> Measured:
    """Files to file: read, score and write without ever holding everybody."""
    by_pack.rules()
    out = Path(pattern).parent / "scored.parquet"

    def run() -> None:
        by_pack.total(pl.scan_parquet(pattern)).sink_parquet(out)

    seconds, _ = _best(run, repeats)
    total = pl.col("total").cast(pl.Int64)
    checksum = pl.scan_parquet(out).select(pl.len(), total.sum(), (total * total).sum().alias("squares"))
    found = [int(value) for value in checksum.collect(engine="streaming").row(0)]
    out.unlink()
    return seconds, found, "files to file, streamed"


def _polars(pattern: str, repeats: int) -> Measured:
    people = pl.read_parquet(pattern)
    seconds, scored = _best(lambda: by_polars.total(people.lazy()).collect(engine="streaming"), repeats)
    return seconds, _sum(scored["total"].to_numpy()), "in memory"


def _numpy(pattern: str, repeats: int) -> Measured:
    columns = by_numpy.arrays(pl.read_parquet(pattern))
    seconds, totals = _best(lambda: by_numpy.total(columns), repeats)
    return seconds, _sum(totals), "in memory, one thread"


def _openfisca(pattern: str, repeats: int) -> Measured:
    made = by_openfisca.system()
    columns = by_numpy.arrays(pl.read_parquet(pattern))
    size = len(columns["age"])

    def run() -> np.ndarray:
        parts = [
            by_openfisca.totals(made, {name: values[at : at + OPENFISCA_BATCH] for name, values in columns.items()})
            for at in range(0, size, OPENFISCA_BATCH)
        ]
        return np.concatenate(parts)

    seconds, totals = _best(run, 1 if size > OPENFISCA_BATCH else min(repeats, 2))
    return seconds, _sum(totals), "in memory, a million at a time"


def _python(pattern: str, repeats: int) -> Measured:
    people = pl.scan_parquet(pattern)
    size = int(people.select(pl.len()).collect().item())
    sample = people.head(SAMPLE).collect()
    listed = sample.to_dicts()
    seconds, totals = _best(lambda: by_python.totals(listed), 1)
    wanted = by_pack.total(sample.lazy()).collect()["total"].to_list()
    if totals != wanted:
        raise SystemExit("The plain Python loop and the pack differ on the sample.")
    return seconds * size / len(listed), [], f"{len(listed):,} people, scaled up"


ARMS: dict[str, Callable[[str, int], Measured]] = {
    "pack": _pack,
    "pack streamed": _pack_streamed,
    "polars by hand": _polars,
    "numpy by hand": _numpy,
    "openfisca": _openfisca,
    "python loop": _python,
}
