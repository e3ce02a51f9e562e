"""The commitment: what is promised before chance is known. Its hash names the draw as a whole; its bytes are signed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from npd1 import canonical, words
from npd1.words import EVERYBODY, SPEC, Malformed

FIRST = "0" * 64  # ``prev`` of a program's first draw
TIES = "rank-desc,tie-asc,ticket-asc"
TAKE_ALL = "rank-desc,take-all"
ORDERS = (TIES, TAKE_ALL)


@dataclass(frozen=True, slots=True)
class Allotment:
    """``places`` for the entries of ``cell`` (``*``: for everybody); ``spill``: its unused places go to the next one.

    In a notice alone ``places`` may be None: as many as will be in the pool, for everybody is taken.
    """

    cell: str
    places: int | None
    spill: bool = False

    def plain(self) -> dict[str, Any]:
        """Return the allotment as the commitment writes it."""
        if self.cell != EVERYBODY:
            words.token(self.cell, "cell")
        said: dict[str, Any] = {"cell": self.cell}
        if self.places is not None:
            said["n"] = words.whole(self.places, "n")
        return {**said, "spill": True} if self.spill else said

    @classmethod
    def read(cls, value: Any) -> Self:
        """Read an allotment; raises Malformed."""
        if not isinstance(value, dict) or set(value) - {"cell", "n", "spill"} or value.get("spill", True) is not True:
            raise Malformed(f"allotment: {value!r} is not cell, n and, where unused places go on, spill: true")
        found = cls(value.get("cell", ""), value.get("n", -1), "spill" in value)
        found.plain()
        return found


@dataclass(frozen=True, slots=True)
class Drand:
    """A round of a drand beacon that lies ahead: ``chain`` is the hash of the chain (64 hex digits)."""

    chain: str
    round: int

    def plain(self) -> dict[str, Any]:
        """Return the source as the commitment writes it."""
        words.hexadecimal(self.chain, 64, "chain")
        if self.round == 0:
            raise Malformed("round: rounds are counted from 1")
        return {"kind": "drand", "chain": self.chain, "round": words.whole(self.round, "round")}


@dataclass(frozen=True, slots=True)
class Dice:
    """Forty digits thrown with dice before witnesses."""

    def plain(self) -> dict[str, Any]:
        """Return the source as the commitment writes it."""
        return {"kind": "dice"}


@dataclass(frozen=True, slots=True)
class NoChance:
    """No source, where a rule leaves nothing to chance: no two ranks are equal, or everybody at the last one is taken."""

    def plain(self) -> dict[str, Any]:
        """Return the source as the commitment writes it."""
        return {"kind": "none"}


Source = Drand | Dice | NoChance


def read_source(value: Any) -> Source:
    """Read the source of a commitment; raises Malformed."""
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind == "drand" and set(value) == {"kind", "chain", "round"}:
        found: Source = Drand(value["chain"], value["round"])
    elif kind in ("dice", "none") and set(value) == {"kind"}:
        found = Dice() if kind == "dice" else NoChance()
    else:
        raise Malformed(f"source: {value!r} is neither drand with chain and round, nor dice, nor none")
    found.plain()
    return found


@dataclass(frozen=True, slots=True)
class Aim:
    """Whom a draw looks at, in the keys of its pack; what the keys mean is in the pack, whose hash the commitment has."""

    stream: str
    categories: Sequence[str]
    filters: Mapping[str, Any]

    def plain(self) -> dict[str, Any]:
        """Return the aim as the commitment writes it; raises Malformed."""
        if not isinstance(self.stream, str) or not _texts(self.categories):
            raise Malformed("aim: stream is a text, categories a list of texts")
        if not all(_part(one) or _groups(one) for one in self.filters.values()):
            raise Malformed(
                "aim: each filter is a text, a list of texts, lists of texts by name, or a list of groups of these"
            )
        return {"stream": self.stream, "categories": list(self.categories), "filters": dict(self.filters)}

    @classmethod
    def read(cls, value: Any) -> Self:
        """Read an aim; raises Malformed."""
        if not isinstance(value, dict) or set(value) != {"stream", "categories", "filters"}:
            raise Malformed(f"aim: {value!r} is not stream, categories and filters")
        if not isinstance(value["filters"], dict):
            raise Malformed("aim: filters is an object")
        found = cls(value["stream"], value["categories"], value["filters"])
        found.plain()
        return found


def _texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


def _part(value: Any) -> bool:
    named = isinstance(value, Mapping) and all(map(_texts, value.values()))
    return named or isinstance(value, str) or _texts(value)


def _groups(value: Any) -> bool:
    """Whether a filter is a list of groups, each of filters that are no groups themselves."""
    listed = isinstance(value, list | tuple)
    return listed and all(isinstance(one, Mapping) and all(map(_part, one.values())) for one in value)


@dataclass(frozen=True, slots=True)
class Commitment:
    """Everything that is fixed before the seed. Instants are texts in UTC; ``pack``, ``root`` and ``prev`` 64 hex digits.

    ``notice``: SHA-256 of the published notice, "" where none was published; then ``aim`` says what it would have said of
    whom the draw looks at. Commitments made before there was an ``aim`` have neither.
    """

    program: str
    draw: str
    pack: str
    closes: str
    frozen: str
    objections: str
    size: int
    root: str
    allotments: Sequence[Allotment]
    source: Source
    order: str = TIES
    prev: str = FIRST
    notice: str = ""
    aim: Aim | None = None

    def plain(self) -> dict[str, Any]:
        """Return the commitment as plain data; raises Malformed."""
        if self.order not in ORDERS:
            raise Malformed(f"order: {self.order!r} is not one of {' / '.join(ORDERS)}")
        if not self.allotments:
            raise Malformed("allotments: give at least one")
        if any(one.places is None for one in self.allotments):
            raise Malformed("allotments: give each its places; once the pool is frozen they are known")
        if len({one.cell for one in self.allotments}) < len(self.allotments):
            raise Malformed("allotments: no cell may stand twice")
        if self.notice and self.aim:
            raise Malformed("aim: beside a notice it stands in the notice alone")
        said = {
            "spec": SPEC, "program": words.token(self.program, "program"), "draw": words.token(self.draw, "draw"),
            "pack": words.hexadecimal(self.pack, 64, "pack"), "closes": words.instant(self.closes, "closes"),
            "frozen": words.instant(self.frozen, "frozen"), "objections": words.instant(self.objections, "objections"),
            "size": words.whole(self.size, "size"), "root": words.hexadecimal(self.root, 64, "root"),
            "allotments": [one.plain() for one in self.allotments], "order": self.order, "source": self.source.plain(),
            "prev": words.hexadecimal(self.prev, 64, "prev"),
        }  # fmt: skip
        if self.aim:
            return {**said, "aim": self.aim.plain()}
        return {**said, "notice": words.hexadecimal(self.notice, 64, "notice")} if self.notice else said

    def to_bytes(self) -> bytes:
        """Return the canonical bytes, which are hashed and signed."""
        return canonical.to_bytes(self.plain())

    def commit(self) -> str:
        """Return the name of the commitment: SHA-256 over its bytes, in hex."""
        return commit_of(self.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a commitment back; raises Malformed where anything is missing, strange or not canonical."""
        value = canonical.from_bytes(data)
        if not isinstance(value, dict) or value.pop("spec", None) != SPEC:
            raise Malformed(f"a commitment is an object whose spec is {SPEC}")
        try:
            allotments = tuple(Allotment.read(one) for one in value.pop("allotments"))
            aim = Aim.read(value.pop("aim")) if "aim" in value else None
            found = cls(allotments=allotments, source=read_source(value.pop("source")), aim=aim, **value)
        except (KeyError, TypeError) as fault:
            raise Malformed(f"a commitment has other members than this one: {fault}") from fault
        if found.to_bytes() != data:
            raise Malformed("the commitment does not say what its bytes say")
        return found


def commit_of(data: bytes) -> str:
    """Return the name of a commitment from its bytes."""
    return hashlib.sha256(data).hexdigest()
