"""The bundle: a folder of small files with which a stranger checks a draw. Members are bytes; an archive has one form."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Any, cast

from npd1 import canonical
from npd1.notice import Level
from npd1.result import Filled
from npd1.words import SPEC, Malformed

# The earliest instant a zip can hold: an archive of the same bytes is the same bytes whenever it is made.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16

# What a bundle holds: a file as it is, or one that is as long as the pool, piece by piece.
Member = bytes | Iterable[bytes]
_LINES, _PIECE = 1000, 1 << 16

FEWEST = 20  # a smaller group could be recognised
FEW = f"fewer than {FEWEST}"


def leaves_file(lines: Iterable[str]) -> Iterator[bytes]:
    """Give ``leaves.txt`` piece by piece: all leaf lines, which come sorted by ticket, each ended by a newline."""
    rest = iter(lines)
    while some := "".join(f"{line}\n" for line in islice(rest, _LINES)):
        yield some.encode("ascii")


def counts(
    *, draw: str, level: Level, commit: str, result: bytes, size: int, selected: int, allotments: Sequence[Filled],
    by_number: Sequence[tuple[int, int]] = (), everybody: bool = False, cutoff_from: int = 0,
) -> bytes:  # fmt: skip
    """Return ``counts.json``. ``by_number``: the first number of the rank and how many have it, ascending.

    A pool of fewer than twenty says that and nothing else; where ``everybody`` is taken the places would give it away. Where a
    cut-off is held back (``Filled.told``) there are no bands either: the ends of the pool could be it.
    """
    small = size < FEWEST
    places = FEW if small and everybody else sum(one.places for one in allotments)
    said: dict[str, Any] = {"spec": SPEC, "draw": draw, "level": level, "commit": commit, "n": places}
    said |= {"cutoff_from": cutoff_from} if cutoff_from else {}
    plain = level == "auditor" or any(one.is_few(cutoff_from) for one in allotments)
    if small:
        return canonical.to_bytes({**said, "size": FEW})
    return canonical.to_bytes({
        **said, "size": size, "result": hashlib.sha256(result).hexdigest(), "selected": selected,
        "allotments": [{"cell": one.cell, "n": one.places, "filled": one.filled} for one in allotments],
        "bands": [] if plain else bands(by_number),
    })  # fmt: skip


def bands(by_number: Sequence[tuple[int, int]]) -> list[dict[str, int]]:
    """Split the pool into bands of neighbouring numbers, none with fewer than twenty people."""
    found: list[dict[str, int]] = []
    for number, count in by_number:
        if found and found[-1]["count"] < FEWEST:
            found[-1] = {**found[-1], "to": number, "count": found[-1]["count"] + count}
        else:
            found.append({"from": number, "to": number, "count": count})
    if len(found) > 1 and found[-1]["count"] < FEWEST:
        last = found.pop()
        found[-1] = {**found[-1], "to": last["to"], "count": found[-1]["count"] + last["count"]}
    return found


def archive(members: Mapping[str, Member]) -> bytes:
    """Return a zip of ``members``, at its top: names sorted, no clock, so the same members give the same bytes."""
    held = io.BytesIO()
    write(members, held)
    return held.getvalue()


def write(members: Mapping[str, Member], file: IO[bytes]) -> None:
    """Write ``archive`` into a file, piece by piece."""
    for _written in _writing(members, file):
        pass


def pieces(members: Mapping[str, Member]) -> Iterator[bytes]:
    """Give a zip of ``members`` piece by piece as it is made: the same files as in ``archive``, each one's size told after it."""
    onward = _Onward()
    for _written in _writing(members, cast(IO[bytes], onward)):
        if len(onward.held) >= _PIECE:
            yield onward.taken()
    yield onward.taken()


class _Onward:
    """What a zip is written into where nothing is kept: there is no going back in it."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, data: bytes) -> int:
        self.held += data
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        taken, self.held = bytes(self.held), bytearray()
        return taken


def _writing(members: Mapping[str, Member], file: IO[bytes]) -> Iterator[None]:
    with zipfile.ZipFile(file, "w") as made:
        for name in sorted(members):
            if "/" in name or name.startswith(".") or not name.isascii():
                raise Malformed(f"{name!r} may not name a member: plain names alone")
            told = zipfile.ZipInfo(name, _EPOCH)
            told.external_attr = _READABLE
            told.create_system = 3
            member = members[name]
            if isinstance(member, bytes):
                made.writestr(told, member, zipfile.ZIP_STORED)
                yield
                continue
            # How much comes is not known yet: there is room for more than four gigabytes.
            with made.open(told, "w", force_zip64=True) as into:
                for piece in member:
                    into.write(piece)
                    yield
    yield
