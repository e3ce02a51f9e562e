"""The product's own selection (``pointsgrid.draw``) over the lines of a bundle, for the verifiers to agree with."""

import json
from typing import Any

from npd1 import leaves, seed
from npd1.commitment import TAKE_ALL
from npd1.result import rank_words
from npd1.words import EVERYBODY
from pointsgrid import draw as choosing


def chosen(files: dict[str, bytes]) -> dict[str, Any]:
    """What the product makes of a whole bundle, in the words of result.json: selected, allotments, promotions.

    Of result.json only the seed is read, and who fell or had left since.
    """
    committed, told = json.loads(files["commitment.json"]), json.loads(files["result.json"])
    take_all = committed["order"] == TAKE_ALL
    entries = choosing.ranking(_entry(line, told["seed"]) for line in files["leaves.txt"].decode().splitlines())
    allotments = tuple(
        choosing.Allotment(one["n"], "" if one["cell"] == EVERYBODY else one["cell"], one.get("spill", False))
        for one in committed["allotments"]
    )
    rule = choosing.Rule(allotments, ties="take_all" if take_all else "tie_key")
    selection = choosing.select(lambda: entries, rule)
    earlier: list[choosing.Promotion] = []
    for one in told["promotions"]:
        earlier += choosing.promote(
            lambda: entries, rule, selection, fallen={one["fallen"]}, unfit=set(one["passed"]), earlier=earlier
        )
    cells = [one["cell"] for one in committed["allotments"]]
    return {
        "selected": sorted(
            ({"cell": cells[pick.allotment], "ticket": pick.entry.name} for pick in selection.picks),
            key=lambda one: one["ticket"],
        ),
        "allotments": [
            _ended(cell, part, take_all=take_all, least=json.loads(files["counts.json"]).get("cutoff_from", 0))
            for cell, part in zip(cells, selection.filled, strict=True)
        ],
        "promotions": [_promotion(one, cells) for one in earlier],
    }


def said(files: dict[str, bytes]) -> dict[str, Any]:
    """The same members as the bundle's result.json has them."""
    told = json.loads(files["result.json"])
    return {name: told[name] for name in ("selected", "allotments", "promotions")}


def _entry(line: str, key: str) -> choosing.Entry:
    draw, leaf = leaves.read(line)
    tie = seed.tie_of(bytes.fromhex(key), draw, leaf.ticket)
    return choosing.Entry(leaf.ticket, leaf.rank, tie, leaf.cells, leaf.group, leaf.cap)


def _ended(cell: str, part: choosing.Filled, *, take_all: bool, least: int) -> dict[str, Any]:
    last = part.cutoff if len(part.picks) >= least else None
    return {
        "cell": cell, "n": part.allotment.places, "filled": len(part.picks),
        "cutoff_rank": rank_words(last.rank) if last else None,
        "cutoff_tie": last.tie if last and not take_all else None,
    }  # fmt: skip


def _promotion(one: choosing.Promotion, cells: list[str]) -> dict[str, Any]:
    return {
        "cell": cells[one.fallen.allotment], "fallen": one.fallen.entry.name,
        "passed": [pick.entry.name for pick in one.passed], "taken": one.taken.entry.name if one.taken else None,
    }  # fmt: skip
