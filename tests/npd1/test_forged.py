"""Draws and receipts that somebody made up with care: every hash fits, and both verifiers refuse them all the same.

Tampering (tampering.py) changes files of an honest draw. Here the operator itself is false: it writes what it
likes and signs it.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page

from npd1 import leaves, tree
from npd1.commitment import TAKE_ALL, TIES
from npd1.seed import randomness_of, seed_of, tie_of
from tests.npd1 import in_page, standalone
from tests.npd1.pools import QUICKNET, ROUND_AFTER, Made, a_pool, canonical

Files = dict[str, bytes]
Said = dict[str, Any]


def of(fits: Callable[[Made, Said], Any]) -> Made:
    """The first random draw that fits."""
    return next(
        made for made in map(a_pool, map(Random, range(2000))) if fits(made, json.loads(made.files["notice.json"]))
    )


def told(made: Made, name: str) -> Said:
    said: Said = json.loads(made.files[f"{name}.json"])
    return said


def large(level: str, order: str = TIES, source: str = "drand") -> Callable[[Made, Said], bool]:
    def fits(made: Made, notice: Said) -> bool:
        return (
            len(made.lines) >= 30
            and (notice["level"], notice["order"], notice["source"]["kind"]) == (level, order, source)
            and len(notice["rank"]) > 1
            and "cutoff_from" not in notice
            and [one for one in notice["allotments"] if one.get("n", 0) > 2] != []
        )

    return fits


BANDS, AUDITOR, ALL = of(large("bands")), of(large("auditor")), of(large("bands", TAKE_ALL))
DICE = of(large("bands", source="dice"))
LOTS = of(lambda made, notice: len(made.lines) >= 20 and notice["rank"] == [] and notice["level"] == "full")
FEW = of(lambda made, notice: 2 < len(made.lines) < 20 and notice["allotments"] != [{"cell": "*"}])


def remade(made: Made, notice: Said | None = None, committed: Said | None = None, most: int | None = None) -> Files:
    """The public files of a draw over again with another notice or commitment, everything after it made to fit.

    ``most``: so many made-up people are taken, whatever the pool was; without it, nobody is and the draw has no places.
    """
    announced = {**told(made, "notice"), **(notice or {})}
    announced = {key: value for key, value in announced.items() if value is not None}
    announced["allotments"] = announced["allotments"] if most is None else [{"cell": "*", "n": most}]
    raw = canonical(announced)
    fixed = {**told(made, "commitment"), "notice": hashlib.sha256(raw).hexdigest(), **(committed or {})}
    fixed["allotments"] = announced["allotments"]
    document, source = canonical(fixed), told(made, "seed")["source"]
    commit = hashlib.sha256(document).hexdigest()
    seed, rng = seed_of(commit, source), Random(7)
    tickets = sorted(f"{rng.getrandbits(128):032x}" for _ in range(most or 0))
    ties = [tie_of(seed, made.draw, one) for one in tickets]
    parts = [
        {"cell": one["cell"], "n": one["n"], "filled": len(tickets), "cutoff_rank": None, "cutoff_tie": None}
        for one in announced["allotments"]
    ]
    if tickets:
        ranks = announced.get("rank") or ["points"]
        parts[0] |= {"cutoff_rank": ".".join("1" for _ in ranks), "cutoff_tie": max(ties)}
    lines = [f"npd1-sel|{made.draw}|{one}|*" for one in tickets]
    outcome = canonical({
        "spec": "npd1", "draw": made.draw, "commit": commit, "source": source, "seed": seed.hex(), "promotions": [], "void": None,
        "selected": [{"cell": "*", "ticket": one} for one in tickets], "allotments": parts,
        "selected_root": tree.root([leaves.leaf_hash(line) for line in lines]).hex(),
    })  # fmt: skip
    counts = {
        **told(made, "counts"), "commit": commit, "n": sum(one["n"] for one in parts), "selected": len(tickets),
        "result": hashlib.sha256(outcome).hexdigest(), "level": announced.get("level", "bands"),
        "allotments": [{name: one[name] for name in ("cell", "n", "filled")} for one in parts],
    }  # fmt: skip
    return {
        **made.public(), "notice.json": raw, "commitment.json": document, "result.json": outcome, "counts.json": canonical(counts),
    }  # fmt: skip


NOBODY: Said = {"allotments": []}
HONEST: dict[str, Callable[[], Files]] = {
    "nobody has a place": lambda: remade(BANDS, NOBODY),
    "as many as there are": lambda: remade(BANDS, most=len(BANDS.lines)),
}


def counted(made: Made, **changes: Any) -> Files:
    return {**made.public(), "counts.json": canonical({**told(made, "counts"), **changes})}


def a_seed(made: Made, **changes: Any) -> Files:
    return {**made.public(), "seed.json": canonical({**told(made, "seed"), **changes})}


def a_draw_with_the_chance_of_no_signature(signature: str) -> Files:
    """The seed, and everything that follows from it, of a round whose signature is empty or written loosely."""
    told_of = hashlib.sha256(bytes.fromhex(signature)).hexdigest()
    source = f"drand:{QUICKNET}:{ROUND_AFTER}:{told_of}"
    made = Made(BANDS.draw, BANDS.lines, BANDS.entries, BANDS.notice, dict(BANDS.files))
    made.files["seed.json"] = canonical({"source": source, "signature": signature})
    return remade(made, NOBODY)


def without(files: Files, *names: str) -> Files:
    return {name: data for name, data in files.items() if name not in names}


def bands_of(made: Made, **changes: Any) -> Files:
    return counted(made, bands=[{"from": 1, "to": 9, "count": len(made.lines), **changes}])


def result_of(made: Made, change: Callable[[Said], object]) -> Files:
    said, counts = told(made, "result"), told(made, "counts")
    change(said)
    data = canonical(said)
    counts["result"] = hashlib.sha256(data).hexdigest()
    return {**made.public(), "result.json": data, "counts.json": canonical(counts)}


def a_cutoff_of_one_number(said: Said) -> None:
    part = next(part for part in said["allotments"] if part["cutoff_rank"])
    part["cutoff_rank"] = part["cutoff_rank"].split(".")[0]


def bytes_of(made: Made, name: str, old: bytes, new: bytes) -> Files:
    assert made.files[name].count(old) >= 1, (name, old)
    return {**made.public(), name: made.files[name].replace(old, new, 1)}


FORGED: dict[str, Callable[[], Files]] = {
    # What is counted.
    "more taken than the pool has": lambda: remade(BANDS, most=len(BANDS.lines) + 1),
    "more told taken than there are places": lambda: counted(AUDITOR, selected=99),
    "places told otherwise": lambda: counted(AUDITOR, allotments=[{"cell": "*", "n": 1, "filled": 1}]),
    "bands where there are none to be": lambda: bands_of(AUDITOR),
    "bands of text": lambda: bands_of(BANDS, **{"from": "a", "to": "b"}),
    "bands of a draw by chance alone": lambda: bands_of(LOTS),
    "more places than announced to few": lambda: counted(FEW, n=99),
    "another number from which cut-offs of few are told": lambda: counted(FEW, cutoff_from=7),
    "a cut-off of another form than announced": lambda: result_of(BANDS, a_cutoff_of_one_number),
    # What is left out, or put beside.
    "no lines of a draw by chance alone": lambda: without(LOTS.public(), "leaves.txt"),
    "no signature of the commitment": lambda: without(BANDS.public(), "commitment.sig"),
    "no key": lambda: without(BANDS.public(), "key.txt"),
    "no key of few": lambda: without(FEW.public(), "key.txt"),
    "a result beside few": lambda: {**FEW.public(), "result.json": FEW.files["result.json"]},
    "a large draw told to be of few": lambda: {
        **without(BANDS.public(), "commitment.json", "commitment.sig"),
        "counts.json": canonical(
            {"spec": "npd1", "draw": BANDS.draw, "level": "bands", "n": 9, "commit": "0" * 64, "size": "fewer than 20"}
        ),
    },
    "no seed of a draw that took people": lambda: without(AUDITOR.public(), "seed.json"),
    # What was announced.
    "a notice that leaves the source open": lambda: remade(BANDS, {**NOBODY, "source": {}}),
    "a notice without a source": lambda: remade(BANDS, {**NOBODY, "source": None}),
    "a notice of fewer than no days": lambda: remade(BANDS, {**NOBODY, "notice_days": -30}),
    "a window of fewer than no hours": lambda: remade(BANDS, {**NOBODY, "objection_hours": -1}),
    "days that are no number": lambda: remade(BANDS, {**NOBODY, "notice_days": True}),
    "a level that there is not": lambda: remade(BANDS, {**NOBODY, "level": "secret"}),
    "no level": lambda: remade(BANDS, {**NOBODY, "level": None}),
    "a rank that is not said": lambda: remade(BANDS, {**NOBODY, "rank": None}),
    "a rank that is a text": lambda: remade(BANDS, {**NOBODY, "rank": "points"}),
    "a day that there is not": lambda: remade(BANDS, {**NOBODY, "published": "2026-02-30T00:00:00Z"}),
    "another rule in words": lambda: bytes_of(BANDS, "notice.json", b"By rank.", b"By luck."),
    "other rules than announced": lambda: remade(BANDS, NOBODY, {"pack": "9" * 64}),
    "another order than announced": lambda: remade(BANDS, NOBODY, {"order": TAKE_ALL}),
    # Chance.
    "chance of an empty signature": lambda: a_draw_with_the_chance_of_no_signature(""),
    "chance of a signature in capitals": lambda: a_draw_with_the_chance_of_no_signature("AB" * 48),
    "chance of a signature with a blank": lambda: a_draw_with_the_chance_of_no_signature("ab " * 48),
    "chance without a signature": lambda: a_seed(BANDS, signature=None),
    "the round before": lambda: a_seed(
        BANDS, source=f"drand:{QUICKNET}:{ROUND_AFTER - 1}:{randomness_of(told(BANDS, 'seed')['signature'])}"
    ),
    "dice where a beacon was announced": lambda: a_seed(BANDS, source=f"dice:{BANDS.draw}:{'1' * 40}"),
    "dice of another draw": lambda: a_seed(DICE, source=f"dice:{DICE.draw}0:{'1' * 40}"),
    "dice with digits of another script": lambda: a_seed(DICE, source=f"dice:{DICE.draw}:{'١' * 40}"),
    "a round of a huge number": lambda: remade(
        BANDS, NOBODY, {"source": {**told(BANDS, "commitment")["source"], "round": 2**53}}
    ),
    # How it is written.
    "a name twice": lambda: bytes_of(BANDS, "result.json", b'{"allotments"', b'{"void":null,"allotments"'),
    "a name twice in what is announced": lambda: bytes_of(BANDS, "notice.json", b'{"allotments"', b'{"spec":"npd1","allotments"'),
    "a number as a fraction": lambda: bytes_of(BANDS, "commitment.json", b'"size":', b'"size":0.0e0'),
    "a mark before the text": lambda: {**BANDS.public(), "result.json": b"\xef\xbb\xbf" + BANDS.files["result.json"]},
    "a newline after it": lambda: {**BANDS.public(), "commitment.json": BANDS.files["commitment.json"] + b"\n"},
    "a member more": lambda: bytes_of(BANDS, "commitment.json", b'"closes"', b'"but":"not","closes"'),
    "a member called otherwise": lambda: bytes_of(BANDS, "result.json", b'"seed"', '"ѕeed"'.encode()),
    "a list": lambda: {**BANDS.public(), "counts.json": b"[]"},
    "nothing": lambda: {**BANDS.public(), "result.json": b""},
    "a member of every object's making": lambda: bytes_of(
        BANDS, "commitment.json", b'{"allotments"', b'{"__proto__":{},"allotments"'
    ),
    "a line out of place": lambda: {**LOTS.public(), "leaves.txt": LOTS.files["leaves.txt"].replace(b"\n", b"\r\n")},
    "a blank line": lambda: {**LOTS.public(), "leaves.txt": LOTS.files["leaves.txt"] + b"\n"},
    "two lines as one node": lambda: {**LOTS.public(), "leaves.txt": joined(LOTS)},
    "a limit for somebody who has none": lambda: bytes_of(LOTS, "leaves.txt", b"|-|-|", b"|0123456789abcdef|1|"),
}  # fmt: skip


def joined(made: Made) -> bytes:
    """The lines with the first two as one erased line: the node above them in the tree."""
    first, second, *rest = made.lines
    inner = hashlib.sha256(b"\1" + leaves.leaf_hash(first) + leaves.leaf_hash(second)).hexdigest()
    return "".join(f"{line}\n" for line in [f"npd1-gone|{inner}", *rest]).encode()


def both(tab: Page, folder: Path, mode: str, files: Files | None, receipt: bytes | None = None) -> tuple[int, int, Any]:
    own, said = standalone.told(standalone.program(), folder, mode, files, receipt)
    found = in_page.told(tab, mode, files, receipt)
    return own, found["code"], (said, found)


@pytest.mark.parametrize("name", HONEST)
def test_what_a_forger_starts_from_holds(name: str, tab: Page, tmp_path: Path) -> None:
    own, theirs, said = both(tab, tmp_path, "public", HONEST[name]())
    assert (own, theirs) == (0, 0), said


@pytest.mark.parametrize("name", FORGED)
def test_both_refuse_a_forged_bundle(name: str, tab: Page, tmp_path: Path) -> None:
    own, theirs, said = both(tab, tmp_path, "public", FORGED[name]())
    assert own, said
    assert theirs, said


# --- receipts ---


def receipts_of(made: Made) -> list[Said]:
    return [json.loads(one) for one in made.receipts]


def before_the_cutoff(made: Made) -> Said:
    """Somebody whom the selection took."""
    return next(one for one in receipts_of(made) if one["taken"] and not one.get("promoted") and "|-|-|" in one["line"])


def told_no(held: Said, stopped: str = "places") -> Said:
    last = held["allotments"][-1]
    return {
        **held, "taken": False, "cell": None, "stopped": stopped,
        "cutoff_rank": last["cutoff_rank"], "cutoff_tie": last["cutoff_tie"],
    }  # fmt: skip


def with_cutoffs(held: Said, **cutoff: Any) -> Said:
    """The receipt with other cut-offs of all its places, told full."""
    parts = [{**one, "filled": max(one["n"], one["filled"]), **cutoff} for one in held["allotments"]]
    return told_no({**held, "allotments": parts})


def another_round(made: Made) -> Said:
    """A receipt by another seed, so that somebody taken would not have been; and all else made to fit that."""
    held = before_the_cutoff(made)
    source = held["source"][:-64] + "0" * 64
    _, draw, ticket, *_rest = held["line"].split("|")
    tie = tie_of(seed_of(held["commit"], source), draw, ticket)
    return {**held, "source": source, "tie": tie}


def an_inner_node(made: Made) -> Said:
    """A receipt whose first step up the tree was done already, in a tree told to be half as large."""
    held = receipts_of(made)[0]
    return {**held, "path": held["path"][1:], "index": held["index"] // 2}


def equal_at_the_cutoff() -> Said:
    """Of a draw that takes everybody at the last rank, somebody who has it: told that their lot came after."""
    for made in (one for one in map(a_pool, map(Random, range(2000))) if json.loads(one.notice)["order"] == TAKE_ALL):
        for held in receipts_of(made):
            parts, rank = held["allotments"], held["line"].split("|")[4]
            if held["taken"] and len(parts) == 1 and parts[0]["cutoff_rank"] == rank and parts[0]["filled"]:
                return with_cutoffs(held, cutoff_tie="0" * 64)
    raise AssertionError("nobody is")


def twice(held: Said, name: str, value: str) -> bytes:
    """The receipt with a member that says one thing to who reads from above, and another to a program."""
    return json.dumps(held).replace(f'"{name}":', f'"{name}": {value}, "{name}":', 1).encode()


def placed(index: int, written: str) -> bytes:
    """The receipt of a line with its place in the tree written otherwise."""
    return json.dumps(receipts_of(BANDS)[index]).replace(f'"index": {index}', f'"index": {written}').encode()


FORGED_RECEIPTS: dict[str, tuple[Made | None, Callable[[], Said | bytes]]] = {
    "the seed of another round beside the bundle": (BANDS, lambda: another_round(BANDS)),
    "the seed of another round beside a bundle without a result": (AUDITOR, lambda: another_round(AUDITOR)),
    "full places without a cut-off": (None, lambda: with_cutoffs(before_the_cutoff(BANDS), cutoff_rank=None, cutoff_tie=None)),
    "a cut-off without its lot": (None, lambda: with_cutoffs(before_the_cutoff(BANDS), cutoff_tie=None)),
    "a lot where everybody at the last rank is taken": (None, equal_at_the_cutoff),
    "told to have left, though before the cut-off": (None, lambda: told_no(before_the_cutoff(BANDS), "left")),
    "told to have left, though nobody says so": (BANDS, lambda: next(
        {**one, "stopped": "left"} for one in receipts_of(BANDS) if one["stopped"] == "places")),
    "told to be over a limit, without a group": (None, lambda: told_no(before_the_cutoff(BANDS), "cap")),
    "told that no places were for them": (None, lambda: told_no(before_the_cutoff(BANDS), "none")),
    "told a reason that there is not": (None, lambda: told_no(before_the_cutoff(BANDS), "luck")),
    "a cut-off of fewer numbers": (None, lambda: with_cutoffs(before_the_cutoff(BANDS), cutoff_rank="9999999999")),
    "yes as a word": (None, lambda: {**before_the_cutoff(BANDS), "taken": "no"}),
    "an answer twice": (None, lambda: twice(before_the_cutoff(BANDS), "taken", "false")),
    "a place in the tree as a fraction": (None, lambda: placed(3, "3.0")),
    "a place in the tree below none": (None, lambda: placed(0, "-0")),
    "a node as a leaf": (None, lambda: an_inner_node(BANDS)),
    "a path too short": (None, lambda: {**receipts_of(BANDS)[0], "path": receipts_of(BANDS)[0]["path"][:-1]}),
    "a path in capitals": (None, lambda: {**receipts_of(BANDS)[1], "path": [one.upper() for one in receipts_of(BANDS)[1]["path"]]}),
    "the line of one with the proof of another": (BANDS, lambda: {**receipts_of(BANDS)[0], "line": receipts_of(BANDS)[1]["line"]}),
    "an erased line": (None, lambda: {**receipts_of(BANDS)[0], "line": "npd1-gone|" + leaves.leaf_hash(BANDS.lines[0]).hex()}),
    "places that are not the commitment's": (None, lambda: {**receipts_of(BANDS)[0], "allotments": []}),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED_RECEIPTS)
def test_both_refuse_a_forged_receipt(name: str, tab: Page, tmp_path: Path) -> None:
    beside, forged = FORGED_RECEIPTS[name]
    found = forged()
    receipt = found if isinstance(found, bytes) else json.dumps(found).encode()
    own, theirs, said = both(tab, tmp_path, "mine", beside.public() if beside else None, receipt)
    assert own, said
    assert theirs, said


def test_a_place_told_to_be_used_by_others_of_the_employer_is_said_not_to_be_checked(tab: Page, tmp_path: Path) -> None:
    made = of(lambda made, _notice: len(made.lines) >= 20 and any('"cap"' in one.decode() for one in made.receipts))
    held = next(one for one in receipts_of(made) if one["stopped"] == "cap")
    own, theirs, (said, found) = both(tab, tmp_path, "mine", made.public(), json.dumps(held).encode())
    assert (own, theirs, "others of your employer" in said) == (0, 0, True), said
    assert "unchecked-cap" in in_page.keys(found)


def test_a_file_without_its_signature_is_named(tab: Page, tmp_path: Path) -> None:
    own, theirs, (said, found) = both(tab, tmp_path, "public", without(BANDS.public(), "result.sig"))
    assert (own, theirs, "result.json has no signature" in said) == (0, 0, True), said
    assert "unchecked-unsigned" in in_page.keys(found)


@pytest.mark.parametrize("member", ["bands", "allotments", "result"])
@pytest.mark.parametrize("made", [BANDS, AUDITOR], ids=["bands", "auditor"])
def test_numbers_that_lack_a_member_are_named(made: Made, member: str, tab: Page, tmp_path: Path) -> None:
    counts = {name: value for name, value in told(made, "counts").items() if name != member}
    files = {**made.public(), "counts.json": canonical(counts)}
    own, theirs, (said, found) = both(tab, tmp_path, "public", files)
    assert (own, theirs, "counts.json" in said, "counts.json" in found["where"]) == (1, 1, True, True), (said, found)


def test_a_draw_void_before_its_seed_holds_where_no_result_is_public(tab: Page, tmp_path: Path) -> None:
    parts = [{**one, "filled": 0} for one in told(AUDITOR, "counts")["allotments"]]
    files = without(counted(AUDITOR, selected=0, allotments=parts), "seed.json")
    own, theirs, (said, found) = both(tab, tmp_path, "public", files)
    assert (own, theirs) == (0, 0), said
    assert "unchecked-no-seed" in in_page.keys(found)


def test_an_archive_with_two_files_of_one_name_is_refused_and_one_that_is_broken_is_told(
    tab: Page, tmp_path: Path
) -> None:
    place, program = tmp_path / "bundle.zip", standalone.program()
    with zipfile.ZipFile(place, "w") as archive:
        for name, data in BANDS.public().items():
            archive.writestr(name, data)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("result.json", BANDS.files["result.json"])
    assert program.main(["public", str(place)]) == 1
    said = tab.evaluate(
        "data => npd1.unzip(Uint8Array.from(data)).then(() => null, stop => [stop.code, stop.what[0]])",
        list(place.read_bytes()),
    )
    assert said == [1, "twice"]
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("counts.json", BANDS.files["counts.json"])
    broken = bytearray(place.read_bytes())
    broken[45:60] = bytes(15)
    place.write_bytes(broken)
    assert program.main(["public", str(place)]) == 2
