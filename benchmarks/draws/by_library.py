"""A draw with the libraries alone (``npd1``, ``pointsgrid.draw``): files in, files out, memory bounded by one bucket a process."""

import base64
import hashlib
import json
import resource
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.draws import choosing, freezing, making, proving
from benchmarks.draws.making import DRAW
from npd1 import bundle, canonical, receipts, seed
from npd1.commitment import TIES, Commitment, Dice
from npd1.notice import Notice, notice_hash
from npd1.result import Filled, Result

PACK = hashlib.sha256(b"benchmark").hexdigest()
CLOSES, FROZEN, OBJECTIONS = "2026-11-06T23:00:00Z", "2026-11-06T23:05:00Z", "2026-11-07T23:05:00Z"


class Steps(dict[str, float]):
    """Seconds of each step, in order."""

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Time a step."""
        began = time.perf_counter()
        yield
        self[name] = round(time.perf_counter() - began, 3)


class Published:
    """The bundle of a draw in the making: its files, signed with a key made for it."""

    def __init__(self, folder: Path, size: int, kind: str) -> None:
        self.size, self.kind, self.folder = size, kind, folder / "bundle"
        self._key = Ed25519PrivateKey.generate()
        self.places = making.allotments(size, kind)
        self.folder.mkdir()
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = base64.b64encode(public).decode()
        self._write("key.txt", self.key.encode())
        self.notice = self._signed("notice", self._notice().to_bytes())

    def commit(self, root: bytes) -> proving.Signed:
        """Publish the commitment to a frozen pool."""
        self.commitment = Commitment(
            "BENCH", DRAW, PACK, CLOSES, FROZEN, OBJECTIONS, self.size, root.hex(), self.places, Dice(), TIES,
            notice=notice_hash(self.notice),
        )  # fmt: skip
        written = self._signed("commitment", self.commitment.to_bytes())
        return proving.Signed(written.decode(), self._sign(written), self.key, self.size)

    def seed(self) -> bytes:
        """Throw the dice, publish the seed and return it."""
        self.source = seed.dice_source(DRAW, "".join(secrets.choice("0123456789") for _ in range(seed.DICE_DIGITS)))
        self._write("seed.json", canonical.to_bytes({"source": self.source, "witnesses": ["A", "B"]}))
        return seed.seed_of(self.commitment.commit(), self.source)

    def result(
        self, key: bytes, filled: list[Filled], selected: list[tuple[str, str]], by_number: list[tuple[int, int]]
    ) -> None:
        """Publish result and counts."""
        commit = self.commitment.commit()
        written = self._signed("result", Result(DRAW, commit, self.source, key, selected, filled).to_bytes())
        counts = bundle.counts(
            draw=DRAW, level=self._level, commit=commit, result=written, size=self.size, selected=len(selected),
            allotments=filled, by_number=[] if self.kind == "random" else by_number,
        )  # fmt: skip
        self._write("counts.json", counts)

    @property
    def _level(self) -> Any:
        return "full" if self.kind == "random" else "bands"

    def _notice(self) -> Notice:
        rank = [] if self.kind == "random" else ["points", "earlier day"]
        return Notice(
            "BENCH", DRAW, "2026-11-01T12:00:00Z", CLOSES, 3, 24, PACK, self.places, TIES, rank, Dice(), {}, self._level,
            {"en": "A benchmark.", "fr": "Un essai de vitesse."},
        )  # fmt: skip

    def _signed(self, name: str, data: bytes) -> bytes:
        self._write(f"{name}.json", data)
        self._write(f"{name}.sig", self._sign(data).encode())
        return data

    def _sign(self, data: bytes) -> str:
        return base64.b64encode(self._key.sign(data)).decode()

    def _write(self, name: str, data: bytes) -> None:
        (self.folder / name).write_bytes(data)


def draw(folder: Path, size: int, kind: str, processes: int) -> dict[str, Any]:
    """Hold a draw over the people of ``folder``, leave its bundle there, and tell seconds, memory and what came out."""
    published, steps = Published(folder, size, kind), Steps()
    with Pool(processes) as pool:
        with steps.timed("freeze"):
            buckets = freezing.freeze(folder, pool, size)
        with steps.timed("commit"):
            grown = freezing.commit(folder, buckets, pool)
            signed = published.commit(grown.root())
        with steps.timed("seed"):
            key = published.seed()
            numbers = choosing.order(buckets, pool, key)
        with steps.timed("select"):
            filled, selected = choosing.select(choosing.Walk(folder, len(buckets)), published.places)
            published.result(key, filled, selected, numbers)
        with steps.timed("receipts"):
            made, written, sample = proving.receipts(buckets, pool, signed, grown.roots())
        pool.close()
        pool.join()
    (folder / "leaves.txt").rename(published.folder / "leaves.txt")
    (folder / "receipt.json").write_bytes(sample[0])
    if made != size or not all(receipts.proves(json.loads(one)) for one in sample):
        raise RuntimeError(f"{made} receipts for {size} people, or one that proves nothing")
    return {
        "steps_s": steps, "draw_s": round(sum(steps.values()), 2), "taken": len(selected),
        "filled": [[one.cell, one.places, one.filled] for one in filled], "receipts_mb": written // 10**6,
        "peak_mb": _peak(resource.RUSAGE_SELF), "peak_of_a_process_mb": _peak(resource.RUSAGE_CHILDREN),
    }  # fmt: skip


def _peak(whose: int) -> int:
    return resource.getrusage(whose).ru_maxrss // 1024
