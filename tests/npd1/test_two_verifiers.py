"""verify_draw.py and the verifier of the page (npd1.js, in Chromium) agree on every draw and refuse every tampered one.

Whom a draw takes is worked out four times: by the pool's own loop, by the product (``pointsgrid.draw``) and by both verifiers.
"""

import json
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page

from npd1.commitment import Aim
from npd1.words import Malformed
from tests.npd1 import in_page, product, standalone
from tests.npd1.pools import a_pool, canonical, of_everybody
from tests.npd1.tampering import somebody_left_out, tampered
from tests.support.proofs import small_and_full

BATCH = 50
Case = tuple[str, str, dict[str, bytes], bytes | None]


def in_the_page(tab: Page, cases: list[Case]) -> list[tuple[int, str]]:
    """What the second verifier says of each case: code and place."""
    found = in_page.all_told(tab, [(mode, files, receipt) for _, mode, files, receipt in cases])
    return [(one["code"], one["where"]) for one in found]


def cases_of(seed: int) -> tuple[list[Case], Case]:
    """A random draw, whole, in public and by one receipt; and one tampering with it."""
    rng = Random(seed)
    made = a_pool(rng)
    good: list[Case] = [("good", "full", made.files, None), ("good", "public", made.public(), None)]
    good += [
        ("good", "mine", made.public(), receipt) for receipt in rng.sample(made.receipts, min(1, len(made.receipts)))
    ]
    kind, found = tampered(rng, made)
    return good, (kind, "full", found, None) if isinstance(found, dict) else (kind, "mine", made.files, found)


@pytest.mark.parametrize("draws", small_and_full(100, 10_000, "verifiers"))
def test_both_verifiers_agree_and_refuse_every_tampered_draw(
    draws: int, tab: Page, seed: int, record_property: Any
) -> None:
    program, held, refused, receipts = standalone.program(), 0, 0, 0
    kinds: set[str] = set()
    with tempfile.TemporaryDirectory() as place:
        for start in range(0, draws, BATCH):
            made = [cases_of(seed * 100_000 + number) for number in range(start, min(start + BATCH, draws))]
            cases = [case for good, bad in made for case in (*good, bad)]
            for case, (code, where) in zip(cases, in_the_page(tab, cases), strict=True):
                kind, mode, files, receipt = case
                if kind == "good" and mode == "full":
                    assert product.chosen(files) == product.said(files)
                own, last = standalone.run(program, Path(place), mode, files, receipt)
                assert (own, code) == ((0, 0) if kind == "good" else (1, 1)), (kind, mode, last, where)
                if kind != "good":
                    assert where.split(",")[0].removesuffix("receipt") in last, (kind, last, where)
                    kinds.add(kind)
                held, refused, receipts = (
                    held + (mode == "full" and not own),
                    refused + own,
                    receipts + (mode == "mine" and not own),
                )
    record_property("draws on which the product and both verifiers agree", held)
    record_property("receipts on which both agree", receipts)
    record_property("tampered draws refused by both", refused)
    record_property("kinds of tampering", len(kinds))
    assert (held, refused) == (draws, draws)
    assert len(kinds) > 20


AIM = Aim(
    "skilled",
    ["skilled", "semi_skilled"],
    {"attributes": ["trade", 'é"]}'], "match": "any", "first_from": "2026-03-01"},
)


GROUPS = Aim(
    "skilled",
    ["skilled"],
    {
        "attributes": ["health"], "match": "every", "first_from": "2026-03-01",
        "values": {"division": ["3520", 'é"]}'], "none": []},
        "or": [{"attributes": ["trades"], "match": "any"}, {"values": {"french": ["7"]}}, {}],
    },
)  # fmt: skip


def test_both_read_a_draw_without_a_notice_that_says_whom_it_looks_at(tab: Page, tmp_path: Path) -> None:
    program = standalone.program()
    for aim, code in ((AIM, 0), (GROUPS, 0), (Aim("skilled", [], {}), 0)):
        for number in range(8):
            made = a_pool(Random(number), aim=aim)
            cases: list[Case] = [
                ("aimed", mode, files, None) for mode, files in (("full", made.files), ("public", made.public()))
            ]
            for (_, mode, files, _), (told, where) in zip(cases, in_the_page(tab, cases), strict=True):
                own, last = standalone.run(program, tmp_path, mode, files)
                assert (own, told) == (code, code), (number, mode, last, where)


@pytest.mark.parametrize(
    "bent",
    [
        {"filters": {"attributes": ["degree"]}}, {"filters": {"attributes": [1]}}, {"filters": []}, {"filters": {"a": {}}},
        {"categories": ["skilled"]}, {"categories": "skilled"}, {"stream": None}, {"more": "x"}, None,
    ],
)  # fmt: skip
def test_both_refuse_another_aim_than_the_one_committed_to(bent: Any, tab: Page, tmp_path: Path) -> None:
    made = a_pool(Random(1), aim=AIM)
    said = json.loads(made.files["commitment.json"])
    said["aim"] = None if bent is None else {**said["aim"], **bent}
    files = {**made.files, "commitment.json": canonical(said)}
    (answer,) = in_the_page(tab, [("aimed", "full", files, None)])
    own, last = standalone.run(standalone.program(), tmp_path, "full", files)
    assert (answer[0], own) == (1, 1), (answer, last)


@pytest.mark.parametrize(
    "bent",
    [
        {"values": {"division": ["3520"]}}, {"values": {"division": "3520"}}, {"values": {"division": [7]}}, {"or": [[]]},
        {"values": {"division": {"is": ["3520"]}}}, {"or": [{"values": {"french": ["6"]}}]}, {"or": [{"or": [{}]}]}, {"or": [7]},
        {"match": None}, {"or": {"attributes": [7]}},
    ],
)  # fmt: skip
def test_both_refuse_other_groups_and_values_than_those_committed_to(bent: Any, tab: Page, tmp_path: Path) -> None:
    made = a_pool(Random(2), aim=GROUPS)
    said = json.loads(made.files["commitment.json"])
    said["aim"] = {**said["aim"], "filters": {**GROUPS.filters, **bent}}
    files = {**made.files, "commitment.json": canonical(said)}
    (answer,) = in_the_page(tab, [("aimed", "full", files, None)])
    own, last = standalone.run(standalone.program(), tmp_path, "full", files)
    assert (answer[0], own) == (1, 1), (answer, last)


# A form that no commitment may have, whatever its bytes hash to.
UNFORMED = (
    {"values": {"a": {"b": {}}}},
    {"or": [{"or": [{"or": []}]}]},
    {"or": ["a", {}]},
    {"match": 5},
    {"a": [{"b": 5}]},
)


@pytest.mark.parametrize("filters", UNFORMED)
def test_all_three_refuse_an_aim_of_another_form(filters: Any, tab: Page, tmp_path: Path) -> None:
    with pytest.raises(Malformed):
        Aim("skilled", [], filters).plain()
    made = a_pool(Random(3), aim=GROUPS)
    said = json.loads(made.files["commitment.json"])
    said["aim"] = {**said["aim"], "filters": filters}
    files = {**made.files, "commitment.json": canonical(said)}
    (answer,) = in_the_page(tab, [("aimed", "full", files, None)])
    own, last = standalone.run(standalone.program(), tmp_path, "full", files)
    assert (answer[0], own) == (1, 1), (answer, last)
    assert "aim" in answer[1], answer
    assert "commitment.json:1" in last


def test_both_refuse_an_aim_beside_a_notice(tab: Page, tmp_path: Path) -> None:
    made = a_pool(Random(1))
    said = {**json.loads(made.files["commitment.json"]), "aim": AIM.plain()}
    files = {**made.files, "commitment.json": canonical(said)}
    (answer,) = in_the_page(tab, [("aimed", "full", files, None)])
    own, last = standalone.run(standalone.program(), tmp_path, "full", files)
    assert (answer[0], own) == (1, 1), (answer, last)
    assert "aim" in answer[1]
    assert "notice, aim" in last


def test_the_page_reproduces_the_vector(tab: Page) -> None:
    text = (standalone.FILE.parents[4] / "docs/npd1.md").read_text()
    lines = [line.strip() for line in text.splitlines() if line.startswith("    npd1-leaf|NWT")]
    assert (
        tab.evaluate("lines => npd1.rootOf(lines)", lines)
        == "087eb41faf7a3664cee19544f454a9fe2c301aeaee1668035e1e65821b9dc1a4"
    )
    tie = tab.evaluate(
        "seed => npd1.tieOf(seed, 'NWT-2026-07', '4b752cd6770403db1609521073155d9e')",
        "ad258a577f7998a017c979722b866b3ea9aa8d5b4a776ab8f17b2442d575147e",
    )
    assert tie == "61dd7c3a0384e36210f429e623647412e22fc5bdb7ec56847ce073b15e8ce5b3"


def test_both_refuse_a_draw_of_everybody_that_leaves_one_out(tab: Page, tmp_path: Path) -> None:
    made = of_everybody(
        lambda made, notice: (
            len(made.lines) >= 20 and notice["level"] == "bands" and b'"promotions":[]' in made.files["result.json"]
        )
    )
    bent = {name: data for name, data in somebody_left_out(made).items() if name in made.public()}
    for files, code in ((made.public(), 0), (bent, 1)):
        (answer,) = in_the_page(tab, [("everybody", "public", files, None)])
        own, last = standalone.run(standalone.program(), tmp_path, "public", files)
        assert (answer[0], own) == (code, code), (answer, last)
    assert "selected" in answer[1]
