"""A draw that leaves nothing to chance: its tickets may decide nothing, and whoever has the lines sees that they did not."""

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from npd1 import leaves
from npd1.commitment import Allotment, NoChance
from npd1.notice import Notice
from npd1.words import Malformed
from tests.npd1 import pools

VERIFIER = Path(__file__).parents[2] / "src" / "passerelle" / "draws" / "verifier" / "verify_draw.py"


def verified(folder: Path, files: dict[str, bytes]) -> str:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    done = subprocess.run([sys.executable, "-I", VERIFIER, "full", folder], capture_output=True, text=True, check=False)
    return done.stdout


def drawn_without_chance(ranks: list[tuple[int, ...]]) -> pools.Made:
    """A draw of two places among people of these ranks that names no source of chance."""
    rng = Random(7)
    entries = [
        leaves.Leaf(f"{rng.getrandbits(128):032x}", frozenset(), rank, f"{rng.getrandbits(128):032x}") for rank in ranks
    ]
    entries.sort(key=lambda one: one.ticket)
    made = pools.Made("T-1", [one.line("T-1") for one in entries], entries)
    return pools._published(rng, made, [Allotment("*", 2)], pools.TIES, ["points", "earlier opened"], "none", None)


def test_it_is_verified_whole(tmp_path: Path):
    told = verified(tmp_path, drawn_without_chance([(400, number) for number in range(30)]).files)
    assert "everything checked above holds" in told


def test_two_equal_ranks_are_refused_for_only_tickets_could_part_them(tmp_path: Path):
    told = verified(tmp_path, drawn_without_chance([(400, number // 2) for number in range(30)]).files)
    assert "REFUSED" in told
    assert "equal ranks" in told


def test_a_notice_that_leaves_all_to_chance_names_where_it_comes_from():
    with pytest.raises(Malformed, match="chance alone"):
        Notice(
            "T", "D", "2026-07-01T12:00:00Z", "2026-07-06T23:00:00Z", 3, 24, "0" * 64, [Allotment("*", 1)],
            "rank-desc,tie-asc,ticket-asc", [], NoChance(), {}, "full", {"en": "By lot.", "fr": "Par tirage au sort."},
        ).to_bytes()  # fmt: skip
