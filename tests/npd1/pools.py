"""Random pools and the bundles of their draws, as bytes: for the stand-alone verifiers to agree on.

The selection here is a third one, written for reading: one list, one loop, nothing shared with the product or the verifiers.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from npd1 import bundle, leaves, receipts, result, seed, tree
from npd1.commitment import TAKE_ALL, TIES, Aim, Allotment, Commitment, Dice, Drand, NoChance
from npd1.notice import Notice

QUICKNET = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
ROUND_AFTER = 40_000_000  # comes out in June 2027, long after every window here
CELLS = ("FR", "SK", "rural", "health-care")


@dataclass
class Made:
    """A draw in the making; ``files``: the auditor's bundle; ``receipts``: one for each line."""

    draw: str
    lines: list[str]
    entries: list[leaves.Leaf]
    notice: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)
    receipts: list[bytes] = field(default_factory=list)

    def public(self) -> dict[str, bytes]:
        """The files that the public gets."""
        notice, small = json.loads(self.notice), len(self.lines) < 20
        hidden = {"people.csv"} | (set() if notice["rank"] == [] and notice["level"] == "full" else {"leaves.txt"})
        if notice["level"] == "auditor":
            hidden |= {"result.json", "result.sig", "leaves.txt"}
        if small:
            hidden |= {"commitment.json", "commitment.sig", "seed.json", "result.json", "result.sig", "leaves.txt"}
        return {name: data for name, data in self.files.items() if name not in hidden}


def canonical(value: Any) -> bytes:
    """Canonical JSON, for changed files."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def a_pool(rng: Random, *, most: int = 60, more_points_for: int | None = None, aim: Aim | None = None) -> Made:
    """A draw with whatever a program may ask for: reserves, caps, ties, take-all, places handed on, vacancies.

    ``more_points_for``: the entry of that number gets a point more, and the rest of the draw is made to fit.
    ``aim``: no notice was published, and the commitment says this instead.
    """
    draw = f"T-{rng.randrange(10**6)}"
    lottery, take_all = rng.random() < 0.3, rng.random() < 0.25
    everybody = int(draw[2:]) % 8 == 0  # without another throw, so that all else stays as it was
    width, spread = rng.choice((1, 1, 2, 3)), rng.choice((1, 3, 30, 10**9))
    caps = (
        {f"{rng.getrandbits(64):016x}": rng.randrange(4) for _ in range(rng.randrange(4))} if rng.random() < 0.5 else {}
    )
    caps = {} if everybody else caps
    entries = [_entry(rng, 0 if lottery else width, spread, caps) for _ in range(rng.randrange(most + 1))]
    entries.sort(key=lambda one: one.ticket)
    if more_points_for is not None:
        friend = entries[more_points_for]
        entries[more_points_for] = replace(friend, rank=(friend.rank[0] + 1, *friend.rank[1:]))
        lottery = False
    cells = rng.sample(CELLS, rng.randrange(len(CELLS))) + (["*"] if rng.random() < 0.7 else [])
    cells = cells or ["*"]
    rng.shuffle(cells)
    allotments = [Allotment(cell, rng.randrange(max(2, len(entries) // 2)), rng.random() < 0.4) for cell in cells]
    rank = [] if lottery else ["points", "earlier placed_at", "permit ends sooner"][:width]
    order = TAKE_ALL if take_all else TIES
    kind = rng.choice(("drand", "dice") if lottery else ("drand", "dice", "none"))
    if kind == "none":  # nothing is left to chance: a last number tells every two apart
        rank = [*rank, "earlier opened"]
        numbers = rng.sample(range(10**6), len(entries))
        entries = [replace(one, rank=(*one.rank, number)) for one, number in zip(entries, numbers, strict=True)]
    allotments = [Allotment("*", None)] if everybody else allotments
    return _published(rng, Made(draw, [one.line(draw) for one in entries], entries), allotments, order, rank, kind, aim)


def of_everybody(fits: Callable[[Made, dict[str, Any]], bool]) -> Made:
    """A random draw whose notice says that everybody is taken, and no size; ``fits`` chooses among them."""
    for number in range(2000):
        made = a_pool(Random(number))
        notice = json.loads(made.files["notice.json"])
        if notice["allotments"] == [{"cell": "*"}] and fits(made, notice):
            return made
    raise AssertionError("no such draw among 2000")


def _entry(rng: Random, width: int, spread: int, caps: dict[str, int]) -> leaves.Leaf:
    group = rng.choice(sorted(caps)) if caps and rng.random() < 0.6 else ""
    return leaves.Leaf(
        ticket=f"{rng.getrandbits(128):032x}", salt=f"{rng.getrandbits(128):032x}",
        cells=frozenset(rng.sample(CELLS, rng.randrange(len(CELLS) + 1))), group=group, cap=caps[group] if group else None,
        rank=tuple(rng.randrange(spread) for _ in range(width)) or (0,),
    )  # fmt: skip


def _published(
    rng: Random, made: Made, allotments: list[Allotment], order: str, rank: list[str], kind: str, aim: Aim | None
) -> Made:
    least = (0, 1, 3, 5)[int(made.draw[2:]) // 8 % 4]  # without another throw, so that all else stays as it was
    source: Any = {"drand": Drand(QUICKNET, ROUND_AFTER), "dice": Dice(), "none": NoChance()}[kind]
    notice = Notice(
        "T", made.draw, "2026-07-01T12:00:00Z", "2026-07-06T23:00:00Z", 3, 24, f"{rng.getrandbits(256):064x}", allotments,
        order, rank, source, {}, rng.choice(("full", "bands", "auditor")), {"en": "By rank.", "fr": "Par rang, « élevé » d'abord."},
        cutoff_from=least,
    ).to_bytes()  # fmt: skip
    everybody = allotments[0].places is None
    allotments = [Allotment("*", len(made.lines))] if everybody else allotments
    hashes = [leaves.leaf_hash(line) for line in made.lines]
    committed = Commitment(
        "T", made.draw, json.loads(notice)["pack"], "2026-07-06T23:00:00Z", "2026-07-06T23:05:00Z", "2026-07-07T23:05:00Z",
        len(made.lines), tree.root(hashes).hex(), allotments, source, order, f"{rng.getrandbits(256):064x}",
        "" if aim else hashlib.sha256(notice).hexdigest(), aim,
    )  # fmt: skip
    commit = committed.commit()
    told = _chance(rng, made.draw, kind)
    key = seed.seed_of(commit, told["source"])
    walk = Walk(made, key, allotments, order)
    filled, selected = walk.select(), dict(walk.taken)
    promotions = walk.vacancies(rng)
    outcome = result.Result(
        made.draw, commit, told["source"], key, list(selected.items()), [one.told(least) for one in filled], promotions
    ).to_bytes()
    level = json.loads(notice)["level"]
    numbers = sorted(one.rank[0] for one in made.entries)
    by_number = [(number, numbers.count(number)) for number in dict.fromkeys(numbers)] if rank else []
    made.files = {
        "notice.json": notice, "notice.sig": b"AAAA\n", "key.txt": b"AAAA\n", "commitment.json": committed.to_bytes(),
        "commitment.sig": b"AAAA\n", "seed.json": canonical(told), "result.json": outcome, "result.sig": b"AAAA\n",
        "leaves.txt": b"".join(bundle.leaves_file(made.lines)), "people.csv": _people(made),
        "counts.json": bundle.counts(
            draw=made.draw, level=level, commit=commit, result=outcome, size=len(made.lines), selected=len(selected),
            allotments=filled, by_number=by_number, everybody=everybody, cutoff_from=least,
        ),
    }  # fmt: skip
    made.notice = notice
    if aim:
        del made.files["notice.json"], made.files["notice.sig"]
    made.receipts = [
        _receipt(walk, committed, told["source"], index, filled, selected) for index in range(len(made.lines))
    ]
    return made


def _chance(rng: Random, draw: str, kind: str) -> dict[str, Any]:
    if kind == "none":
        return {"source": seed.WITHOUT_CHANCE}
    if kind == "dice":
        return {
            "source": seed.dice_source(draw, "".join(rng.choices("0123456789", k=40))),
            "witnesses": ["A. Nadli", "É. Roy"],
        }
    signature = f"{rng.getrandbits(384):096x}"
    return {"source": seed.drand_source(QUICKNET, ROUND_AFTER, seed.randomness_of(signature)), "signature": signature}


def _people(made: Made) -> bytes:
    rows = ["reference,person,ticket,why,points,points:language,points:work,fact:town"]
    for number, one in enumerate(made.entries):
        points = one.rank[0]
        rows.append(
            f'R-{number},p{number},{one.ticket},,{points},{points // 3},{points - points // 3},"Hay River, Enterprise"'
        )
    return ("\r\n".join([*rows, "R-x,px,,expired,5,2,3,Łutsel K'e"]) + "\r\n").encode()


@dataclass
class Walk:
    """The naive selection."""

    made: Made
    key: bytes
    allotments: list[Allotment]
    order: str

    def __post_init__(self) -> None:
        self.ties = {one.ticket: seed.tie_of(self.key, self.made.draw, one.ticket) for one in self.made.entries}
        self.line = sorted(
            self.made.entries, key=lambda one: ([-n for n in one.rank], self.ties[one.ticket], one.ticket)
        )
        self.taken: dict[str, str] = {}
        self.gone: set[str] = set()
        self.capped: set[str] = set()
        self.uses: dict[str, int] = {}
        self.ends: dict[str, int] = {}

    def may(self, one: leaves.Leaf, cell: str) -> bool:
        """Whether the line may be taken for the cell now."""
        if one.ticket in self.taken or one.ticket in self.gone or (cell != "*" and cell not in one.cells):
            return False
        return one.cap is None or self.uses.get(one.group, 0) < one.cap

    def take(self, at: int, cell: str) -> leaves.Leaf:
        """Take the line at a position."""
        one = self.line[at]
        self.taken[one.ticket], self.ends[cell] = cell, at
        self.uses[one.group] = self.uses.get(one.group, 0) + 1
        return one

    def select(self) -> list[result.Filled]:
        """Every allotment in turn."""
        found, more = [], 0
        for allotment in self.allotments:
            places, last, count = (allotment.places or 0) + more, None, 0
            for at, one in enumerate(self.line):
                if count >= places and not (self.order == TAKE_ALL and last and one.rank == last.rank):
                    break
                if self.may(one, allotment.cell):
                    last, count = self.take(at, allotment.cell), count + 1
            tie = self.ties[last.ticket] if last and self.order == TIES else ""
            found.append(result.Filled(allotment.cell, allotment.places or 0, count, last.rank if last else (), tie))
            more = max(places - count, 0) if allotment.spill else 0
        return found

    def vacancies(self, rng: Random) -> list[result.Promotion]:
        """Some people fall out, some others have left: the walk goes on."""
        held, found = dict(self.taken), []
        left = {one.ticket for one in self.line if one.ticket not in held and rng.random() < 0.2}
        by_ticket = {one.ticket: one for one in self.line}
        for _ in range(rng.randrange(5)):
            if not held:
                break
            fallen = rng.choice(sorted(held))
            cell, passed, taken = held.pop(fallen), [], None
            self.uses[by_ticket[fallen].group] -= 1
            for at in range(self.ends[cell] + 1, len(self.line)) if self.order == TIES else ():
                one = self.line[at]
                if not self.may(one, cell):
                    continue
                if one.ticket in left:
                    passed.append(one.ticket)
                    self.gone.add(one.ticket)
                    continue
                taken = self.take(at, cell).ticket
                held[taken] = cell
                break
            found.append(result.Promotion(fallen, taken, cell, passed))
        return found


def _receipt(
    walk: Walk, committed: Commitment, source: str, index: int, filled: list[result.Filled], selected: dict[str, str]
) -> bytes:
    one = walk.made.entries[index]
    open_to = [part for part in filled if part.cell == "*" or part.cell in one.cells]
    cell = walk.taken.get(one.ticket, "")
    stopped: Any = None
    if not cell:
        own = ([-n for n in one.rank], walk.ties[one.ticket])

        def beyond(part: result.Filled) -> bool:
            cut = ([-n for n in part.cutoff_rank], part.cutoff_tie)
            return not part.filled or (own > cut if part.cutoff_tie else own[0] > cut[0])

        full = all(beyond(part) and part.filled >= part.places for part in open_to)
        stopped = "left" if one.ticket in walk.gone else "none" if not open_to else "places" if full else "cap"
    path = tree.path(tree.levels([leaves.leaf_hash(line) for line in walk.made.lines]), index)
    drawn = receipts.Drawn(
        source, walk.ties[one.ticket], bool(cell), cell, open_to, {"en": "…", "fr": "…"}, stopped,
        promoted=bool(cell) and one.ticket not in selected,
    )  # fmt: skip
    return receipts.Receipt(
        walk.made.draw, walk.made.lines[index], index, len(walk.made.lines), path, committed.to_bytes().decode(), "AAAA", "AAAA",
        drawn=drawn,
    ).to_bytes()  # fmt: skip
