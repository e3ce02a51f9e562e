"""A receipt: what one person holds to prove that they were in a draw, with which rank, and on which side of the cut-off."""

from collections.abc import Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any, Literal

from npd1 import canonical, leaves, tree, words
from npd1.commitment import commit_of
from npd1.result import Filled
from npd1.words import SPEC, Malformed

Stopped = Literal["places", "cap", "none", "left"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw came to for one person.

    ``cell`` took them ("" when nobody did); ``open_to`` are the allotments that might have, in order. ``stopped``: the places
    were gone, the group's limit was reached, no allotment names their cells, or they had left the pool.
    """

    source: str
    tie: str
    taken: bool
    cell: str
    open_to: Sequence[Filled]
    sentence: dict[str, str]
    stopped: Stopped | None = None
    promoted: bool = False

    def plain(self) -> dict[str, Any]:
        """Return it as the receipt writes it."""
        ends = [one for one in self.open_to if one.cell == self.cell] if self.taken else list(self.open_to)
        last = ends[-1].plain() if ends else {"cutoff_rank": None, "cutoff_tie": None}
        said = {
            "source": self.source, "tie": self.tie or None, "taken": self.taken, "cell": self.cell or None,
            "allotments": [one.plain() for one in self.open_to], "cutoff_rank": last["cutoff_rank"],
            "cutoff_tie": last["cutoff_tie"], "stopped": self.stopped, "sentence": self.sentence,
        }  # fmt: skip
        return {**said, "promoted": True} if self.promoted else said


@dataclass(frozen=True, slots=True)
class Receipt:
    """One person's proof. ``head``: the hash that the platform's log of the draw had when the receipt was made.

    ``cutoffs_signature``: once drawn, the signature over ``cutoffs`` of it.
    """

    draw: str
    line: str
    index: int
    size: int
    path: Sequence[bytes]
    commitment: str
    signature: str
    key: str
    head: str = ""
    drawn: Drawn | None = None
    cutoffs_signature: str = ""

    def plain(self) -> dict[str, Any]:
        """Return the receipt as plain data."""
        said = {
            "spec": SPEC, "draw": self.draw, "line": self.line, "index": self.index, "size": self.size,
            "path": [one.hex() for one in self.path], "commitment": self.commitment, "signature": self.signature,
            "key": self.key, "commit": commit_of(self.commitment.encode()), "head": self.head or None,
        }  # fmt: skip
        signed = {"cutoffs_signature": self.cutoffs_signature} if self.cutoffs_signature else {}
        return {**said, **self.drawn.plain(), **signed} if self.drawn else said

    def to_bytes(self) -> bytes:
        """Return the file: JSON that people can open, two blanks deep."""
        return canonical.readable(self.plain())


class Receipts:
    """Writes the receipts of one draw before its seed, many of them: to the byte what ``Receipt.to_bytes`` writes."""

    def __init__(self, draw: str, size: int, commitment: str, signature: str, key: str, head: str = "") -> None:
        blank = Receipt(draw, "", 0, size, [], commitment, signature, key, head).to_bytes().decode()
        self._begin, rest = blank.split('"",\n  "index": 0', 1)
        self._size, self._end = rest.split("[]", 1)

    def to_bytes(self, line: str, index: int, path: Sequence[bytes]) -> bytes:
        """Return the receipt of the leaf line at ``index``."""
        nodes = ",".join([f'\n    "{one.hex()}"' for one in path])
        proof = f"[{nodes}\n  ]" if path else "[]"
        said = f'{self._begin}{encode_basestring(line)},\n  "index": {index}{self._size}{proof}{self._end}'
        return said.encode()


def cutoffs(receipt: dict[str, Any]) -> bytes:
    """Return what the second signature of a receipt is over: how each allotment that may take its line ended, and in which draw."""
    return canonical.to_bytes({name: receipt[name] for name in ("spec", "draw", "commit", "allotments")})


def proves(receipt: dict[str, Any]) -> bool:
    """Say whether a receipt's path leads from its line to the root that its commitment names, for the draw it names.

    The signature is another question, which whoever knows the key answers.
    """
    try:
        committed = canonical.from_bytes(receipt["commitment"].encode())
        draw, _leaf = leaves.read(receipt["line"])
        path = [bytes.fromhex(words.hexadecimal(one, 64, "path")) for one in receipt["path"]]
        root = bytes.fromhex(words.hexadecimal(committed["root"], 64, "root"))
        same = draw == receipt["draw"] == committed["draw"] and receipt["size"] == committed["size"]
        leaf = leaves.leaf_hash(receipt["line"])
        return same and tree.includes(root, leaf, receipt["index"], receipt["size"], path)
    except (Malformed, KeyError, TypeError, AttributeError):
        return False
