"""A cut-off of few is held back: by both verifiers where the notice says so and nowhere else; nothing published tells it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import Page

from tests.npd1 import in_page, standalone
from tests.npd1.pools import Made, a_pool, canonical
from tests.npd1.tampering import resealed

HASHES = re.compile(r'"(root|commit|seed|result|notice|cutoff_tie)":"[0-9a-f]{64}"')


def with_few(wanted: int, size: int = 20) -> Iterator[tuple[int, Made, dict[str, Any]]]:
    """So many random draws, each with an allotment whose cut-off is held back, and that allotment."""
    for number in range(10_000):
        made = a_pool(Random(number), most=80)
        parts = json.loads(made.files["result.json"])["allotments"]
        few = [part for part in parts if part["filled"] and part["cutoff_rank"] is None]
        if few and len(made.lines) >= size and json.loads(made.notice)["rank"]:
            yield number, made, few[0]
            wanted -= 1
        if not wanted:
            return
    raise AssertionError("too few draws have one")


def told(made: Made) -> dict[str, str]:
    """What everybody reads, without the hashes, which are others as soon as a line is."""
    names = ("notice.json", "commitment.json", "counts.json", "result.json")
    return {name: HASHES.sub("#", made.files[name].decode()) for name in names}


def outcome(made: Made) -> tuple[Any, ...]:
    said = json.loads(made.files["result.json"])
    return said["selected"], said["promotions"]


def test_nothing_published_is_otherwise_when_one_of_the_few_had_a_point_more():
    """So that nothing of it tells what they had: neither a total, nor a band, nor that something is missing."""
    compared = 0
    for number, made, part in with_few(60):
        held = {one["ticket"] for one in outcome(made)[0] if one["cell"] == part["cell"]}
        for place in (place for place, one in enumerate(made.entries) if one.ticket in held):
            other = a_pool(Random(number), most=80, more_points_for=place)
            if outcome(other) == outcome(made):  # the seed is another, and so may be who is taken among equals
                compared += 1
                assert told(other) == told(made), (number, place)
    assert compared >= 20


def both(tab: Page, folder: Path, mode: str, files: dict[str, bytes]) -> tuple[int, int]:
    return standalone.run(standalone.program(), folder, mode, files)[0], in_page.told(tab, mode, files)["code"]


def test_both_say_that_it_is_held_back_and_refuse_it_told_or_worked_out(tab: Page, tmp_path: Path):
    for _number, made, part in with_few(3):
        assert "unchecked-held-back" in in_page.keys(in_page.told(tab, "full", made.files))
        assert both(tab, tmp_path, "full", made.files) == (0, 0)
        assert "cut-offs held back" in standalone.told(standalone.program(), tmp_path, "full", made.files)[1]

        said = json.loads(made.files["result.json"])
        next(one for one in said["allotments"] if one["cell"] == part["cell"])["cutoff_rank"] = made.lines[0].split(
            "|"
        )[4]
        assert both(tab, tmp_path, "public", {**made.files, **resealed(made, said)}) == (1, 1)

        counts = json.loads(made.files["counts.json"])
        numbers = [one.rank[0] for one in made.entries]
        banded = {**counts, "bands": [{"from": min(numbers), "to": max(numbers), "count": len(numbers)}]}
        assert both(tab, tmp_path, "public", {**made.files, "counts.json": canonical(banded)}) == (1, 1)
        less = {**counts, "cutoff_from": 1}
        assert both(tab, tmp_path, "public", {**made.files, "counts.json": canonical(less)}) == (1, 1)


def test_a_receipt_has_the_cutoff_that_the_result_holds_back_and_is_verified_beside_it(tab: Page, tmp_path: Path):
    checked = 0
    for _number, made, part in with_few(12):
        for receipt in made.receipts:
            cutoffs = {one["cell"]: one["cutoff_rank"] for one in json.loads(receipt)["allotments"]}
            if cutoffs.get(part["cell"]):
                checked += 1
                files = made.public()
                assert standalone.run(standalone.program(), tmp_path, "mine", files, receipt)[0] == 0
                assert in_page.told(tab, "mine", files, receipt)["code"] == 0
                break
    assert checked >= 5
