"""The draws of ``benchmarks/draws`` at a size a test can wait for: what they publish holds, however it is spread."""

import json
from multiprocessing import Pool
from pathlib import Path

import pytest

from benchmarks.draws import by_library, freezing, making, verifying
from npd1 import leaves, tree


@pytest.mark.parametrize(("kind", "size"), [("ranked", 3_000), ("random", 5_000)])
def test_a_draw_out_of_files_is_one_that_the_verifier_recomputes(tmp_path: Path, kind: str, size: int):
    making.people(tmp_path, size, kind, seed=7)
    told = by_library.draw(tmp_path, size, kind, processes=2)
    # Every mode ends well, or this raises.
    assert set(verifying.verified(tmp_path, size, kind, whole=True)) == {"mine", "public", "full"}
    places = {one.cell: one.places for one in making.allotments(size, kind)}
    assert {cell: count for cell, count, _ in told["filled"]} == places
    spilled = kind == "ranked"  # of "pilot" there are fewer than places: the next cell has what they leave
    assert any(filled > count for _, count, filled in told["filled"]) == spilled


def test_a_result_that_names_somebody_else_is_refused(tmp_path: Path):
    making.people(tmp_path, 3_000, "ranked", seed=8)
    by_library.draw(tmp_path, 3_000, "ranked", processes=1)
    lines = (tmp_path / "bundle" / "leaves.txt").read_text().splitlines()
    result = tmp_path / "bundle" / "result.json"
    text = result.read_text()
    taken = {one["ticket"] for one in json.loads(text)["selected"]}
    other = next(ticket for ticket in (line.split("|")[2] for line in lines) if ticket not in taken)
    result.write_text(text.replace(min(taken), other))
    with pytest.raises(RuntimeError, match="REFUSED"):
        verifying.verified(tmp_path, 3_000, "ranked", whole=True)


def test_spread_over_many_files_the_lines_are_the_same_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(freezing, "LARGE", 100)  # 256 buckets, most of whose blocks begin in the one before
    making.people(tmp_path, 4_000, "ranked", seed=9)
    with Pool(2) as pool:
        buckets = freezing.freeze(tmp_path, pool, 4_000)
        grown = freezing.commit(tmp_path, buckets, pool)
    lines = (tmp_path / "leaves.txt").read_text().splitlines()
    assert len(buckets) == 256
    assert lines == sorted(lines)
    assert len(lines) == grown.size == 4_000
    assert grown.root() == tree.root(leaves.leaf_hash(line) for line in lines)
