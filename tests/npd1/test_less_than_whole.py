"""Bundles that do not hold everything: few people, no notice, no selection yet. Both verifiers check the rest and say what not."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page

from npd1 import bundle, leaves
from passerelle.draws import queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import (
    ask_void,
    conduct_draw,
    confirm_void,
    enter_dice,
    freeze,
    mark_issued,
    plan_draw,
    publish_notice,
    select,
)
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import queries as programs
from tests.draws.support import (
    DAY,
    HOUR,
    NOON,
    OPENED,
    chance_program,
    director,
    manager,
    places,
    planned,
    pool,
    program,
)
from tests.journeys import candidate_first as ontario
from tests.npd1 import in_page, pools, standalone
from tests.npd1.pools import Made, a_pool
from tests.support.bundles import whole
from tests.support.people import a_candidate

AFTER = NOON + 25 * HOUR
DIGITS = "3141592653589793238462643383279502884197"
Files = dict[str, bytes]


def both(tab: Page, folder: Path, mode: str, files: Files | None, receipt: bytes | None = None) -> tuple[int, str, Any]:
    """The one code that both verifiers give, what verify_draw.py says, and the keys of what the page says."""
    own, said = standalone.told(standalone.program(), folder, mode, files, receipt)
    found = in_page.told(tab, mode, files, receipt)
    assert own == found["code"], (said, found)
    return own, said, in_page.keys(found)


def without(files: Files, *names: str) -> Files:
    return {name: data for name, data in files.items() if name not in names}


def of(fits: Any) -> Made:
    """The first random draw that fits."""
    return next(
        made for made in map(a_pool, map(Random, range(500))) if fits(made, json.loads(made.files["notice.json"]))
    )


SMALL = of(lambda made, _notice: 0 < len(made.lines) < 20)


def test_a_small_pool_without_a_notice_holds_and_says_that_there_is_none_to_compare(tab: Page, tmp_path: Path) -> None:
    code, said, keys = both(tab, tmp_path, "public", without(SMALL.public(), "notice.json", "notice.sig"))
    assert (code, "no notice" in said, "unchecked-no-notice" in keys) == (0, True, True), said
    with_notice = both(tab, tmp_path, "public", SMALL.public())
    assert (with_notice[0], "unchecked-no-notice" in with_notice[2]) == (0, False)
    others = a_pool(Random(1)).files["notice.json"]
    assert both(tab, tmp_path, "public", {**SMALL.public(), "notice.json": others})[0] == 1


def test_a_receipt_of_another_draw_does_not_pass_beside_a_small_bundle(tab: Page, tmp_path: Path) -> None:
    assert both(tab, tmp_path, "mine", SMALL.public(), SMALL.receipts[0])[0] == 0
    other = of(lambda made, _notice: made.receipts and made.draw != SMALL.draw)
    assert both(tab, tmp_path, "mine", SMALL.public(), other.receipts[0])[0] == 1
    # Nor does one of a draw that has the same name and another commitment.
    counts = {**json.loads(SMALL.files["counts.json"]), "commit": "5" * 64}
    forged = {**SMALL.public(), "counts.json": json.dumps(counts, sort_keys=True, separators=(",", ":")).encode()}
    assert both(tab, tmp_path, "mine", forged, SMALL.receipts[0])[0] == 1


# --- what a receipt alone does not show ---


def test_a_receipt_alone_says_what_only_the_bundle_shows(tab: Page, tmp_path: Path) -> None:
    made = of(lambda made, _notice: len(made.lines) > 20 and b"drand" in made.files["seed.json"])
    code, said, keys = both(tab, tmp_path, "mine", None, made.receipts[0])
    assert code == 0, said
    for unchecked in (
        "signatures (README.md: with openssl)",
        "the beacon's own signature",
        "announced",
        "no result is here",
    ):
        assert f"{unchecked}" in "".join(line for line in said.splitlines() if "not checked" in line), unchecked
    assert {"unchecked-bundle", "unchecked-drand", "unchecked-cutoff"} <= keys
    early = json.loads(made.receipts[0])
    early["commitment"] = early["commitment"].replace(f'"round":{pools.ROUND_AFTER}', '"round":657413')
    assert both(tab, tmp_path, "mine", None, json.dumps(early).encode())[0] == 1


def test_where_no_result_is_public_the_cut_off_is_the_receipts_own(tab: Page, tmp_path: Path) -> None:
    for level in ("auditor", "bands"):
        made = of(lambda made, notice, level=level: len(made.lines) > 20 and notice["level"] == level)
        code, said, keys = both(tab, tmp_path, "mine", made.public(), made.receipts[0])
        assert (code, "no result is here" in said) == (0, level == "auditor"), said
        assert ("unchecked-cutoff" if level == "auditor" else "holds-cutoff") in keys


def test_a_receipt_signed_with_another_key_than_the_bundles_is_refused(tab: Page, tmp_path: Path) -> None:
    made = of(lambda made, _notice: len(made.lines) > 20)
    other = json.dumps({**json.loads(made.receipts[0]), "key": "BBBB"}).encode()
    assert both(tab, tmp_path, "mine", made.public(), other)[0] == 1


def test_files_that_no_bundle_has_are_named_and_not_read(tab: Page, tmp_path: Path) -> None:
    code, said, keys = both(tab, tmp_path, "public", {**SMALL.public(), "leaves.csv": b"x"})
    assert code == 0
    assert "leaves.csv" in said
    assert "unchecked-file" in keys
    assert "no file of a bundle" not in both(tab, tmp_path, "public", SMALL.public())[1]


def test_a_beacon_that_is_not_known_is_said_to_be(tab: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fits = lambda made, _notice: len(made.lines) > 20 and b"drand" in made.files["seed.json"]  # noqa: E731
    known = both(tab, tmp_path, "full", of(fits).files)
    assert (known[0], "unchecked-chain" in known[2]) == (0, False)
    monkeypatch.setattr(pools, "QUICKNET", "6" * 64)
    code, said, keys = both(tab, tmp_path, "full", of(fits).files)
    assert (code, f"does not know the chain {'6' * 64}" in said, "unchecked-chain" in keys) == (0, True, True)


def test_an_erased_line_leaves_its_hash_and_the_root_and_no_draw_over_again(tab: Page, tmp_path: Path) -> None:
    made = of(lambda made, _notice: len(made.lines) > 20)
    lines = made.lines[:]
    lines[5] = leaves.gone(leaves.leaf_hash(lines[5]))
    rows = made.files["people.csv"].decode().split("\r\n")
    rows[6] = rows[6].replace(made.entries[5].ticket + ",", ",ticket erased")
    erased = {**made.files, "leaves.txt": b"".join(bundle.leaves_file(lines)), "people.csv": "\r\n".join(rows).encode()}
    code, said, keys = both(tab, tmp_path, "full", erased)
    assert (code, "of 1 lines were erased" in said, "unchecked-gone" in keys) == (0, True, True), said
    assert "every cut-off" not in said
    assert "holds-leaves" not in keys
    lines[5] = leaves.gone(leaves.leaf_hash(lines[6]))
    assert both(tab, tmp_path, "full", {**erased, "leaves.txt": b"".join(bundle.leaves_file(lines))})[0] == 1


# --- the platform's own draws, of the packs as they ship ---


def nt_draw() -> Draw:
    """A draw of the Northwest Territories: points, then the date of effect; no notice."""
    program()
    places()
    draw = conduct_draw(number=planned(5).number, by=manager(), at=NOON)
    mark_issued(number=draw.number, by=director(), at=NOON)
    return queries.draw(draw.number)


def on_draw(
    count: int, *, facts: Callable[[int], dict[str, Any]] = lambda _number: {}, aimed: str = "",
    looked_at: Callable[[Draw], None] = lambda _plan: None,
) -> Draw:  # fmt: skip
    """A draw of Ontario: everybody at the cut-off; no notice. It is for those with the attribute ``aimed``, where one is named."""
    office, category = ontario.an_office(at=OPENED), "foreign_worker"
    rules = programs.rules_in_force(ontario.CODE, OPENED)
    for number in range(count):
        at = OPENED + number * HOUR / 60
        ExpressionOfInterest.objects.create(
            reference=f"ON-E-2026-{number:06d}", program=ontario.CODE, category=category,
            stream=rules.category(category).stream, pack=programs.pack_in_force(ontario.CODE, OPENED),
            candidate=a_candidate(program=ontario.CODE), state="in_pool", points=40 + number % 3, grid="ontario",
            opened_at=OPENED, first_submitted_at=at, submitted_at=at, placed_at=at, valid_before=at + 365 * DAY,
            lapses_at=at + 365 * DAY, facts=facts(number), person_key=f"{number:064d}", live_scope=f"on{number}", receipt="signed",
            review_from=at, review_by=at + 7 * DAY, confirmed_at=at, confirmed_by=office.officer, confirmed_points=40 + number % 3,
        )  # fmt: skip
    draw = plan_draw(
        program=ontario.CODE, held_on=NOON.date(), closes_at=NOON - HOUR, size=3, categories=[category], by=office.manager,
        at=OPENED + DAY, filters={"attributes": [aimed] if aimed else []},
    )  # fmt: skip
    looked_at(draw)
    conduct_draw(number=draw.number, by=office.manager, at=NOON)
    mark_issued(number=draw.number, by=office.director, at=NOON)
    return queries.draw(draw.number)


@pytest.mark.django_db
def test_the_draws_of_the_packs_as_they_ship_pass_both_verifiers(tab: Page, tmp_path: Path) -> None:
    pool([400 + number for number in range(24)])
    for draw in (nt_draw(), on_draw(24)):
        for mode, files in (("public", whole(queries.public(draw))), ("full", whole(queries.sealed(draw)))):
            code, said, keys = both(tab, tmp_path, mode, files)
            assert code == 0, said
            assert {"holds-seed-none", "unchecked-none"} <= keys


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["ca-nt", "ca-on"])
def test_a_small_draw_of_a_shipped_pack_passes_both_verifiers(code: str, tab: Page, tmp_path: Path) -> None:
    if code == "ca-nt":
        pool([400, 300, 200])
    draw = nt_draw() if code == "ca-nt" else on_draw(3)
    files = whole(queries.public(draw))
    assert not {"notice.json", "commitment.json"} & files.keys()
    assert both(tab, tmp_path, "public", files)[0] == 0
    mine = queries.receipt(draw, draw.entries.first().eoi)  # type: ignore[union-attr]
    assert mine
    assert both(tab, tmp_path, "mine", files, mine.to_bytes())[0] == 0


def announced() -> Draw:
    chance_program()
    places()
    pool([400 + number // 8 for number in range(24)])
    draw = planned(5)
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    return freeze(number=draw.number, by=manager(), at=NOON)


@pytest.mark.django_db
def test_before_the_selection_the_auditor_reads_the_pool_and_its_root_and_no_result(tab: Page, tmp_path: Path) -> None:
    draw = announced()
    for _step in ("committed", "seeded"):
        files = whole(queries.sealed(draw))
        assert not {"result.json", "result.sig", "counts.json"} & files.keys()
        code, said, keys = both(tab, tmp_path, "full", files)
        assert (code, "no selection has been made" in said) == (0, True), said
        assert {"holds-pool", "holds-people", "unchecked-selection"} <= keys
        _leaf, *rest = files["leaves.txt"].splitlines(keepends=True)
        assert both(tab, tmp_path, "full", {**files, "leaves.txt": b"".join(rest)})[0] == 1
        assert both(tab, tmp_path, "public", files)[0] == 2
        for one in (manager(), manager()) if _step == "committed" else ():
            enter_dice(number=draw.number, digits=DIGITS, by=one, at=AFTER)
    assert "seed.json" in files
    select(number=draw.number, by=manager(), at=AFTER)
    files = whole(queries.sealed(queries.draw(draw.number)))
    assert "result.json" in files
    assert "holds-leaves" in both(tab, tmp_path, "full", files)[2]


@pytest.mark.django_db
def test_a_draw_void_after_its_seed_and_before_its_selection_shows_the_seed_and_holds(
    tab: Page, tmp_path: Path
) -> None:
    draw = announced()
    for one in (manager(), manager()):
        enter_dice(number=draw.number, digits=DIGITS, by=one, at=AFTER)
    ask_void(number=draw.number, reason="Wrong list.", by=manager(), at=AFTER)
    confirm_void(number=draw.number, by=director(), at=AFTER)
    draw = queries.draw(draw.number)
    for mode, files in (("public", whole(queries.public(draw))), ("full", whole(queries.sealed(draw)))):
        assert "seed.json" in files
        code, said, _keys = both(tab, tmp_path, mode, files)
        assert code == 0, said
    assert leaves.read(files["leaves.txt"].decode().splitlines()[0])
