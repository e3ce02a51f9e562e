"""The public bundle of a draw as a file of this machine: built once, for what is published no longer changes.

Only places filled after the issue, tickets erased since, another address or another edition of this software make another bundle.
So a file is named by what it was built from and by its own digest. Nothing is lost with a file: who asks next has it built again.
"""

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from npd1 import bundle
from passerelle.draws import queries, terms
from passerelle.draws.models import Draw, Promotion

FOLDER = "bundles"
# Between finding a file and opening it, another process may have put a newer one in its place.
TRIES = 3


@dataclass(frozen=True)
class Kept:
    """A bundle as it is kept."""

    path: Path

    @property
    def etag(self) -> str:
        """The tag of these very bytes."""
        return f'"{self.path.stem.rpartition("-")[2]}"'


def kept(draw: Draw) -> Kept:
    """Return the public bundle of a draw, built if it is not there yet: by one of those who ask, the others wait for it.

    Raises queries.NotPublic.
    """
    folder = Path(settings.VAR) / FOLDER
    begins = f"{draw.number}-{_mark(draw)}-"
    found = _found(folder, begins)
    if found is None:
        with _alone(folder, draw.number):
            found = _found(folder, begins) or _built(folder, draw, begins)
    return Kept(found)


def opened(draw: Draw) -> BinaryIO:
    """Return the public bundle of a draw, open for reading. Raises queries.NotPublic."""
    for _try in range(TRIES - 1):
        try:
            return kept(draw).path.open("rb")
        except FileNotFoundError:
            continue
    return kept(draw).path.open("rb")


def _mark(draw: Draw) -> str:
    """Return what tells this bundle from any other of a draw of this number, without building it."""
    committed, seed = queries.commitment(draw), queries.seed_of(draw)
    last = Promotion.objects.filter(draw=draw).order_by("-id").values_list("id", flat=True).first()
    rests_on: list[Any] = [
        draw.state, draw.void_reason, committed.commit if committed else "", seed.seed if seed else "", last,
        terms.of_draw(draw).privacy, queries.erased(draw), settings.PASSERELLE_URL, _edition(),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(rests_on).encode()).hexdigest()[:16]


@cache
def _edition() -> str:
    """Return a digest of what every bundle of this software holds, and of the code that builds it."""
    here = Path(__file__).parent
    files = sorted([*(here / "verifier").iterdir(), here / "queries" / "bundles.py", Path(bundle.__file__)])
    return hashlib.sha256(b"".join(one.read_bytes() for one in files if one.is_file())).hexdigest()


def _found(folder: Path, begins: str) -> Path | None:
    return next(folder.glob(f"{begins}*.zip"), None)


def _built(folder: Path, draw: Draw, begins: str) -> Path:
    part = folder / f"{begins}.part"
    with part.open("wb") as file:
        bundle.write(queries.public(draw), file)
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    path = folder / f"{begins}{digest[:32]}.zip"
    part.replace(path)
    for old in folder.glob(f"{draw.number}-*.zip"):
        if old != path:
            old.unlink(missing_ok=True)
    return path


@contextmanager
def _alone(folder: Path, number: str) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / f"{number}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
