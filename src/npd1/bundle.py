"""The bundle: a folder of small files with which a stranger checks a draw. Members are bytes; an archive has one form."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from npd1 import canonical
from npd1.notice import Level
from npd1.result import Filled
from npd1.words import SPEC, Malformed

# The earliest instant a zip can hold: an archive of the same bytes is the same bytes whenever it is made.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16

FEWEST = 20  # a smaller group could be recognised
FEW = f"fewer than {FEWEST}"


def leaves_file(lines: Iterable[str]) -> bytes:
    """Return ``leaves.txt``: all leaf lines, which come sorted by ticket, each ended by a newline."""
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def counts(
    *, draw: str, level: Level, commit: str, result: bytes, size: int, selected: int, allotments: Sequence[Filled],
    by_number: Sequence[tuple[int, int]] = (), everybody: bool = False,
) -> bytes:  # fmt: skip
    """Return ``counts.json``. ``by_number``: the first number of the rank and how many have it, ascending.

    A pool of fewer than twenty says that and nothing else; where ``everybody`` is taken the places would give it away.
    """
    small = size < FEWEST
    places = FEW if small and everybody else sum(one.places for one in allotments)
    said: dict[str, Any] = {"spec": SPEC, "draw": draw, "level": level, "commit": commit, "n": places}
    if small:
        return canonical.to_bytes({**said, "size": FEW})
    return canonical.to_bytes({
        **said, "size": size, "result": hashlib.sha256(result).hexdigest(), "selected": selected,
        "allotments": [{"cell": one.cell, "n": one.places, "filled": one.filled} for one in allotments],
        "bands": [] if level == "auditor" else bands(by_number),
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


def archive(members: Mapping[str, bytes]) -> bytes:
    """Return a zip of ``members``, at its top: names sorted, no clock, so the same members give the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name in sorted(members):
            if "/" in name or name.startswith(".") or not name.isascii():
                raise Malformed(f"{name!r} may not name a member: plain names alone")
            told = zipfile.ZipInfo(name, _EPOCH)
            told.external_attr = _READABLE
            told.create_system = 3
            made.writestr(told, members[name], zipfile.ZIP_STORED)
    return held.getvalue()
