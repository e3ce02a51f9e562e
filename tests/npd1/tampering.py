"""Every way in which somebody might change a published draw, with the hashes around it made to fit where they can be."""

import hashlib
import json
from collections.abc import Callable
from random import Random
from typing import Any

from npd1 import result
from npd1.commitment import TAKE_ALL
from npd1.seed import tie_of
from tests.npd1.pools import Made, a_pool, canonical

Files = dict[str, bytes]
Change = Callable[[Random, Made], Files | bytes | None]


def flipped(rng: Random, data: bytes) -> bytes:
    """One bit of one byte is another."""
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def resealed(made: Made, outcome: dict[str, Any]) -> Files:
    """The files with another result, its root and its hash fitting."""
    pairs = [(each["ticket"], each["cell"]) for each in outcome["selected"]]
    outcome["selected"].sort(key=lambda each: each["ticket"])
    outcome["selected_root"] = result.selected_root(made.draw, pairs).hex()
    data, counts = canonical(outcome), json.loads(made.files["counts.json"])
    if "result" in counts:
        counts |= {"result": hashlib.sha256(data).hexdigest(), "selected": len(pairs)}
        counts["allotments"] = [{key: part[key] for key in ("cell", "n", "filled")} for part in outcome["allotments"]]
    return {**made.files, "result.json": data, "counts.json": canonical(counts)}


def _outcome(made: Made) -> dict[str, Any]:
    return json.loads(made.files["result.json"])


def _lines(made: Made, lines: list[str]) -> Files:
    return {**made.files, "leaves.txt": "".join(line + "\n" for line in lines).encode()}


def a_byte_of_the_commitment(rng: Random, made: Made) -> Files:
    return {**made.files, "commitment.json": flipped(rng, made.files["commitment.json"])}


def a_byte_of_the_notice(rng: Random, made: Made) -> Files:
    return {**made.files, "notice.json": flipped(rng, made.files["notice.json"])}


def a_byte_of_the_result(rng: Random, made: Made) -> Files:
    return {**made.files, "result.json": flipped(rng, made.files["result.json"])}


def a_byte_of_a_leaf(rng: Random, made: Made) -> Files | None:
    return {**made.files, "leaves.txt": flipped(rng, made.files["leaves.txt"])} if made.lines else None


def a_leaf_dropped(rng: Random, made: Made) -> Files | None:
    at = rng.randrange(len(made.lines)) if made.lines else 0
    return _lines(made, made.lines[:at] + made.lines[at + 1 :]) if made.lines else None


def a_leaf_added(rng: Random, made: Made) -> Files:
    line = f"npd1-leaf|{made.draw}|{rng.getrandbits(128):032x}|FR|{'.'.join(['9'] * _width(made))}|-|-|{rng.getrandbits(128):032x}"
    return _lines(made, sorted([*made.lines, line]))


def _width(made: Made) -> int:
    return len(made.entries[0].rank) if made.entries else 1


def _field(rng: Random, made: Made, at: int, new: Callable[[str], str]) -> Files | None:
    if not made.lines:
        return None
    chosen = rng.randrange(len(made.lines))
    fields = made.lines[chosen].split("|")
    fields[at] = new(fields[at])
    return _lines(made, [*made.lines[:chosen], "|".join(fields), *made.lines[chosen + 1 :]])


def a_rank_raised(rng: Random, made: Made) -> Files | None:
    return _field(rng, made, 4, lambda rank: ".".join([str(int(rank.split(".")[0]) + 1), *rank.split(".")[1:]]))


def another_salt(rng: Random, made: Made) -> Files | None:
    return _field(rng, made, 7, lambda salt: f"{int(salt, 16) ^ 1:032x}")


def other_cells(rng: Random, made: Made) -> Files | None:
    return _field(rng, made, 3, lambda cells: "-" if cells != "-" else "FR")


def two_leaves_change_places(rng: Random, made: Made) -> Files | None:
    if len(made.lines) < 2:
        return None
    at = rng.randrange(len(made.lines) - 1)
    lines = made.lines[:]
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return _lines(made, lines)


def a_winner_swapped(rng: Random, made: Made) -> Files | None:
    outcome = _outcome(made)
    others = sorted({one.ticket for one in made.entries} - {each["ticket"] for each in outcome["selected"]})
    if not outcome["selected"] or not others:
        return None
    rng.choice(outcome["selected"])["ticket"] = rng.choice(others)
    return resealed(made, outcome)


def a_winner_dropped(rng: Random, made: Made) -> Files | None:
    outcome = _outcome(made)
    if not outcome["selected"]:
        return None
    gone = outcome["selected"].pop(rng.randrange(len(outcome["selected"])))
    next(part for part in outcome["allotments"] if part["cell"] == gone["cell"])["filled"] -= 1
    return resealed(made, outcome)


def a_winner_of_another_cell(rng: Random, made: Made) -> Files | None:
    outcome = _outcome(made)
    if not outcome["selected"] or len(outcome["allotments"]) < 2:
        return None
    chosen = rng.choice(outcome["selected"])
    chosen["cell"] = rng.choice([part["cell"] for part in outcome["allotments"] if part["cell"] != chosen["cell"]])
    return resealed(made, outcome)


def a_cutoff_moved(rng: Random, made: Made) -> Files | None:
    outcome = _outcome(made)
    parts = [part for part in outcome["allotments"] if part["cutoff_rank"]]
    if not parts:
        return None
    part = rng.choice(parts)
    if part["cutoff_tie"] and rng.random() < 0.5:
        part["cutoff_tie"] = f"{int(part['cutoff_tie'], 16) ^ 1:064x}"
    else:
        numbers = part["cutoff_rank"].split(".")
        part["cutoff_rank"] = ".".join([str(int(numbers[0]) + 1), *numbers[1:]])
    return resealed(made, outcome)


def a_cutoff_kept_from_the_public(rng: Random, made: Made) -> Files | None:
    outcome = _outcome(made)
    parts = [part for part in outcome["allotments"] if part["cutoff_rank"]]
    if not parts:
        return None
    rng.choice(parts).update(cutoff_rank=None, cutoff_tie=None)
    return resealed(made, outcome)


def a_cutoff_of_few_told(rng: Random, made: Made) -> Files | None:
    outcome = _outcome(made)
    parts = [part for part in outcome["allotments"] if part["filled"] and not part["cutoff_rank"]]
    if not parts:
        return None
    rng.choice(parts).update(cutoff_rank=made.lines[0].split("|")[4])
    return resealed(made, outcome)


def another_number_from_which_cutoffs_are_told(rng: Random, made: Made) -> Files:
    counts = json.loads(made.files["counts.json"])
    counts["cutoff_from"] = counts.get("cutoff_from", 0) + 1
    return {**made.files, "counts.json": canonical(counts)}


def promotions_out_of_order(rng: Random, made: Made) -> Files | None:
    outcome = _outcome(made)
    taken = [each for each in outcome["promotions"] if each["taken"]]
    if len(taken) < 2:
        return None
    taken[0]["taken"], taken[1]["taken"] = taken[1]["taken"], taken[0]["taken"]
    return resealed(made, outcome)


def somebody_passed_over(rng: Random, made: Made) -> Files | None:
    outcome = _outcome(made)
    taken = [each for each in outcome["promotions"] if each["taken"]]
    if not taken:
        return None
    each = rng.choice(taken)
    each["taken"] = None
    return resealed(made, outcome)


def a_friend_promoted(rng: Random, made: Made) -> Files | None:
    outcome = _outcome(made)
    if not outcome["promotions"]:
        return None
    used = {each["ticket"] for each in outcome["selected"]} | {each["taken"] for each in outcome["promotions"]}
    others = sorted({one.ticket for one in made.entries} - used)
    if not others:
        return None
    rng.choice(outcome["promotions"])["taken"] = rng.choice(others)
    return resealed(made, outcome)


def another_seed(rng: Random, made: Made) -> Files:
    outcome = _outcome(made)
    outcome["seed"] = f"{int(outcome['seed'], 16) ^ 1:064x}"
    return resealed(made, outcome)


def another_source(rng: Random, made: Made) -> Files:
    told = json.loads(made.files["seed.json"])
    last = told["source"][-1]
    told["source"] = told["source"][:-1] + ("1" if last != "1" else "2")
    return {**made.files, "seed.json": canonical(told)}


def places_changed(rng: Random, made: Made) -> Files:
    committed = json.loads(made.files["commitment.json"])
    rng.choice(committed["allotments"])["n"] += 1
    return {**made.files, "commitment.json": canonical(committed)}


def places_of_the_result_changed(rng: Random, made: Made) -> Files:
    outcome = _outcome(made)
    rng.choice(outcome["allotments"])["n"] += 1
    return resealed(made, outcome)


def filled_changed(rng: Random, made: Made) -> Files:
    outcome = _outcome(made)
    rng.choice(outcome["allotments"])["filled"] += 1
    return resealed(made, outcome)


def a_number_counted_otherwise(rng: Random, made: Made) -> Files:
    counts = json.loads(made.files["counts.json"])
    if counts.get("bands") and rng.random() < 0.5:
        rng.choice(counts["bands"])["count"] += 1
    else:
        # Of few people a number of places may be told or held back, but never another than was committed to.
        counts["n"] = sum(one["n"] for one in json.loads(made.files["commitment.json"])["allotments"]) + 1
    return {**made.files, "counts.json": canonical(counts)}


def files_of_two_draws(rng: Random, made: Made) -> Files | None:
    other = a_pool(rng)
    while other.draw == made.draw or not other.lines or not made.lines:
        if not made.lines:
            return None
        other = a_pool(rng)
    name = rng.choice(
        ("commitment.json", "notice.json", "seed.json", "result.json", "leaves.txt", "counts.json", "people.csv")
    )
    return {**made.files, name: other.files[name]}


def the_order_changed(rng: Random, made: Made) -> Files:
    committed = json.loads(made.files["commitment.json"])
    committed["order"] = "rank-desc,tie-asc,ticket-asc" if committed["order"] == TAKE_ALL else TAKE_ALL
    return {**made.files, "commitment.json": canonical(committed)}


def an_early_round(rng: Random, made: Made) -> Files | None:
    committed = json.loads(made.files["commitment.json"])
    if committed["source"]["kind"] != "drand":
        return None
    committed["source"]["round"] = 657413
    return {**made.files, "commitment.json": canonical(committed)}


def _rows(made: Made, change: Callable[[list[str]], list[str]]) -> Files | None:
    head, *rows = made.files["people.csv"].decode().split("\r\n")
    return {**made.files, "people.csv": "\r\n".join([head, *change(rows)]).encode()} if made.lines else None


def a_person_lost(rng: Random, made: Made) -> Files | None:
    return _rows(made, lambda rows: rows[1:])


def a_person_twice(rng: Random, made: Made) -> Files | None:
    return _rows(made, lambda rows: [rows[0], *rows])


def a_ghost(rng: Random, made: Made) -> Files | None:
    return _rows(made, lambda rows: [rows[0].replace(rows[0].split(",")[2], f"{rng.getrandbits(128):032x}"), *rows])


def points_that_do_not_add_up(rng: Random, made: Made) -> Files | None:
    def raised(rows: list[str]) -> list[str]:
        fields = rows[0].split(",")
        return [",".join([*fields[:5], str(int(fields[5]) + 1), *fields[6:]]), *rows[1:]]

    return _rows(made, raised)


def _receipt(rng: Random, made: Made, change: Callable[[dict[str, Any]], object]) -> bytes | None:
    if not made.receipts:
        return None
    held = json.loads(rng.choice(made.receipts))
    before = json.dumps(held)
    change(held)
    return json.dumps(held, indent=2).encode() if json.dumps(held) != before else None


def a_receipts_path(rng: Random, made: Made) -> bytes | None:
    def change(held: dict[str, Any]) -> None:
        how = rng.randrange(3)
        if how == 0 and held["path"]:
            at = rng.randrange(len(held["path"]))
            held["path"][at] = f"{int(held['path'][at], 16) ^ 1:064x}"
        elif how == 1:
            held["path"].append("0" * 64)
        else:
            held["path"] = held["path"][1:]

    return _receipt(rng, made, change)


def a_receipts_line(rng: Random, made: Made) -> bytes | None:
    def change(held: dict[str, Any]) -> None:
        fields = held["line"].split("|")
        fields[4] = ".".join([str(int(fields[4].split(".")[0]) + 1), *fields[4].split(".")[1:]])
        held["line"] = "|".join(fields)

    return _receipt(rng, made, change)


def a_receipts_index(rng: Random, made: Made) -> bytes | None:
    return _receipt(rng, made, lambda held: held.update(index=held["index"] + 1))


def a_receipts_tie(rng: Random, made: Made) -> bytes | None:
    return _receipt(rng, made, lambda held: held.update(tie=f"{int(held['tie'], 16) ^ 1:064x}"))


def a_receipt_says_taken(rng: Random, made: Made) -> bytes | None:
    def change(held: dict[str, Any]) -> None:
        if not held["taken"] and held["allotments"]:
            held.update(taken=True, cell=held["allotments"][-1]["cell"], stopped=None)

    return _receipt(rng, made, change)


def a_receipt_hides_a_place(rng: Random, made: Made) -> bytes | None:
    def change(held: dict[str, Any]) -> None:
        if held["taken"] and not held.get("promoted"):
            held.update(taken=False, cell=None, stopped="places")
            held.update({key: held["allotments"][-1][key] for key in ("cutoff_rank", "cutoff_tie")})

    return _receipt(rng, made, change)


def a_receipts_commitment(rng: Random, made: Made) -> bytes | None:
    return _receipt(
        rng, made, lambda held: held.update(commitment=held["commitment"].replace('"size":', '"size":1', 1))
    )


def another_draws_receipt(rng: Random, made: Made) -> bytes | None:
    other = a_pool(rng)
    return rng.choice(other.receipts) if other.receipts and other.draw != made.draw else None


def somebody_left_out(made: Made) -> Files:
    """The files of a draw of everybody without one of those taken, everything else made to fit; not the last one taken."""
    outcome = _outcome(made)
    last = outcome["allotments"][0]["cutoff_tie"]
    ties = {
        each["ticket"]: tie_of(bytes.fromhex(outcome["seed"]), made.draw, each["ticket"])
        for each in outcome["selected"]
    }
    outcome["selected"].remove(next(each for each in outcome["selected"] if ties[each["ticket"]] != last))
    outcome["allotments"][0]["filled"] -= 1
    return resealed(made, outcome)


OF_BUNDLES: tuple[Change, ...] = (
    a_byte_of_the_commitment, a_byte_of_the_notice, a_byte_of_the_result, a_byte_of_a_leaf, a_leaf_dropped, a_leaf_added,
    a_rank_raised, another_salt, other_cells, two_leaves_change_places, a_winner_swapped, a_winner_dropped,
    a_winner_of_another_cell, a_cutoff_moved, a_cutoff_kept_from_the_public, a_cutoff_of_few_told,
    another_number_from_which_cutoffs_are_told, promotions_out_of_order, somebody_passed_over, a_friend_promoted, another_seed,
    another_source, places_changed, places_of_the_result_changed, filled_changed, a_number_counted_otherwise, files_of_two_draws,
    the_order_changed, an_early_round, a_person_lost, a_person_twice, a_ghost, points_that_do_not_add_up,
)  # fmt: skip
OF_RECEIPTS: tuple[Change, ...] = (
    a_receipts_path, a_receipts_line, a_receipts_index, a_receipts_tie, a_receipt_says_taken, a_receipt_hides_a_place,
    a_receipts_commitment, another_draws_receipt,
)  # fmt: skip


def tampered(rng: Random, made: Made) -> tuple[str, Files | bytes]:
    """Return a way of tampering that this draw admits, and what came of it: a bundle's files or a receipt."""
    while True:
        change = rng.choice(OF_BUNDLES + OF_RECEIPTS)
        found = change(rng, made)
        if found is not None and found != made.files:
            return change.__name__, found
