"""Backup and restore: database, files and keys in one archive, so that what belongs together stays together.

The archive is a gzipped tar with a manifest that names every member's SHA-256. It holds the keys: whoever has it can
read everything, so it is written for its owner alone and must be kept like the keys themselves.
"""

import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from passerelle.project.runtime.bucket import Bucket, BucketAway
from passerelle.project.runtime.postgres import program

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
Tick = Callable[[str, int, int], None]
# A member of the archive: a file here, or what brings it here.
Member = Path | Callable[[], AbstractContextManager[Path]]


class BadArchive(RuntimeError):
    """The archive is damaged, of another format, or does not fit the place it is restored to."""


@contextmanager
def _bucket_told() -> Iterator[None]:
    try:
        yield
    except BucketAway as fault:
        raise BadArchive(f"The bucket of STORAGE_URL did not answer as it should: {fault}") from fault


@dataclass(frozen=True)
class Places:
    """Where an installation keeps what is backed up. ``secrets`` maps a name in the archive to its file.

    ``bucket`` holds the files instead of the folder ``files`` when the installation keeps them in one.
    ``made_at_start`` names secrets that any start makes anew: on a place without data they protect nothing yet.
    """

    database: str
    files: Path
    secrets: Mapping[str, Path]
    made_at_start: frozenset[str] = frozenset()
    bucket: Bucket | None = None


def places_of_settings() -> Places:
    """The places of this installation."""
    from django.conf import settings
    from django.core.files.storage import default_storage

    given: dict[str, Any] = settings.DATABASES["default"]
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    parts = {name: str(given[key]) for key, name in names.items() if given.get(key)}
    # How to reach it, such as sslmode; not the settings of our own sessions, whose short waits a long copy would not survive.
    parts |= {name: str(value) for name, value in given["OPTIONS"].items() if name != "options"}
    secrets = {"ring.json": Path(settings.PASSERELLE_KEYS), "django-secret": settings.VAR / "keys" / "django-secret"}
    files = Path(settings.PASSERELLE_FILES)
    bucket = Bucket(default_storage) if settings.STORAGE_URL else None
    return Places(make_conninfo(**parts), files, secrets, frozenset({"django-secret"}), bucket)


@dataclass(frozen=True)
class Outcome:
    """What a backup or restore did: when the archive was made, how much it holds, how long it took."""

    made_at: datetime
    files: int
    bytes: int
    seconds: float


@_bucket_told()
def back_up(places: Places, to: Path, *, at: datetime, tick: Tick) -> Outcome:
    """Write the archive ``to`` in one step: it appears when it is whole.

    The database is dumped first, as one snapshot. Stored files never change and are written before the row that names
    them, so every file the snapshot names is there afterwards.
    """
    begun = time.monotonic()
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f".{to.name}.{os.getpid()}")
    with tempfile.TemporaryDirectory(dir=to.parent) as work, _private(part) as out:
        dump = Path(work) / DUMP
        _run(places, "pg_dump", "--format=custom", "--no-owner", f"--file={dump}")
        members = [(DUMP, dump), *_secrets(places), *_stored(places)]
        sums = _write(out, members, at=at, tick=tick)
    part.replace(to)
    return Outcome(at, len(sums), to.stat().st_size, time.monotonic() - begun)


@_bucket_told()
def restore(places: Places, archive: Path, *, tick: Tick) -> Outcome:
    """Unpack ``archive`` into an empty database, an empty file store, and where the keys belong.

    Everything is checked against the manifest before anything is put in place. Raises BadArchive, and then the place is
    as it was, unless PostgreSQL itself failed half-way: then the database is to be created anew.
    """
    begun = time.monotonic()
    _require_empty(places)
    places.files.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=places.files.parent) as work:
        manifest = _unpack(archive, Path(work), tick)
        # Whose the tables are and who may use them is this server's affair: the archive's roles may not exist here.
        foreign = ("--no-owner", "--no-privileges")
        _run(places, "pg_restore", *foreign, "--exit-on-error", "--single-transaction", str(Path(work) / DUMP))
        _put_in_place(places, Path(work))
    size = archive.stat().st_size
    return Outcome(
        datetime.fromisoformat(manifest["made_at"]), len(manifest["members"]), size, time.monotonic() - begun
    )


def _secrets(places: Places) -> Iterator[tuple[str, Path]]:
    for name, path in places.secrets.items():
        if path.exists():
            yield f"secrets/{name}", path


def _stored(places: Places) -> Iterator[tuple[str, Member]]:
    if places.bucket:
        yield from ((f"files/{name}", places.bucket.bringing(name)) for name in places.bucket.names())
        return
    folder = places.files
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"files/{path.relative_to(folder).as_posix()}", path


def _write(out: BinaryIO, members: list[tuple[str, Member]], *, at: datetime, tick: Tick) -> dict[str, str]:
    sums: dict[str, str] = {}
    with (
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=3) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        for number, (name, path) in enumerate(members, start=1):
            # What is under way (an upload in parts) may be gone by now; no row names it yet.
            with suppress(FileNotFoundError), nullcontext(path) if isinstance(path, Path) else path() as here:
                sums[name] = _add(tar, name, here)
            tick("Writing the archive", number, len(members))
        manifest = {"format": FORMAT, "made_at": at.isoformat(), "members": sums}
        text = json.dumps(manifest, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(text), 0o600
        tar.addfile(entry, io.BytesIO(text))
    return sums


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    """Add one file as long as it is now, and return the sum of exactly the bytes that went in."""
    with path.open("rb") as content:
        entry = tarfile.TarInfo(name)
        state = os.fstat(content.fileno())
        entry.size, entry.mode, entry.mtime = state.st_size, 0o600, int(state.st_mtime)
        counted = _Summed(content)
        tar.addfile(entry, counted)
    return counted.sum.hexdigest()


class _Summed(io.RawIOBase):
    """Reads another file and keeps the SHA-256 of what was read."""

    def __init__(self, source: BinaryIO) -> None:
        self.source, self.sum = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.source.read(size)
        self.sum.update(piece)
        return piece


def _unpack(archive: Path, work: Path, tick: Tick) -> dict[str, Any]:
    try:
        with tarfile.open(archive, mode="r:gz") as tar:
            tar.extractall(work, filter="data")
        manifest = json.loads((work / MANIFEST).read_text())
    except (OSError, tarfile.TarError, ValueError, EOFError) as damage:
        raise BadArchive(f"{archive} cannot be read as a backup: {damage}") from damage
    if manifest.get("format") != FORMAT:
        raise BadArchive(f"{archive} has format {manifest.get('format')}; this version reads format {FORMAT}.")
    for number, (name, expected) in enumerate(manifest["members"].items(), start=1):
        path = work / name
        if not path.is_file():
            raise BadArchive(f"{archive} lacks {name}.")
        with path.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != expected:
                raise BadArchive(f"{name} in {archive} is damaged: its sum differs from the manifest.")
        tick("Checking the archive", number, len(manifest["members"]))
    return dict(manifest)


def _require_empty(places: Places) -> None:
    with psycopg.connect(places.database) as connection:
        query = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        (tables,) = connection.execute(query).fetchone() or (0,)
    if tables:
        raise BadArchive("The database is not empty. Restore into a new one: createdb NAME, then DATABASE_URL=…/NAME.")
    if places.bucket and any(places.bucket.names()):
        raise BadArchive(
            f"The {places.bucket} is not empty. Restore into a new one, or name a new folder in STORAGE_URL."
        )
    if not places.bucket and places.files.exists() and any(places.files.iterdir()):
        raise BadArchive(f"{places.files} is not empty. Restore into a new folder: PASSERELLE_VAR=…")
    taken = [str(path) for name, path in places.secrets.items() if path.exists() and name not in places.made_at_start]
    if taken:
        raise BadArchive(
            f"Keys are in place already: {', '.join(taken)}. Move them away first; the archive brings its own."
        )


def _put_in_place(places: Places, work: Path) -> None:
    for name, path in places.secrets.items():
        held = work / "secrets" / name
        if held.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            held.chmod(0o600)
            held.replace(path)
    stored = work / "files"
    if places.bucket:
        for path in sorted(one for one in stored.rglob("*") if one.is_file()):
            places.bucket.put(path.relative_to(stored).as_posix(), path)
    elif stored.exists():
        if places.files.exists():
            places.files.rmdir()
        stored.replace(places.files)


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """A new file that its owner alone may read; removed again when writing it fails."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _run(places: Places, name: str, *arguments: str) -> None:
    parts: dict[str, Any] = dict(conninfo_to_dict(places.database))
    # The password goes by the environment: a command line can be read by every process of the machine.
    environment = {**os.environ, "PGPASSWORD": str(parts.pop("password", ""))}
    command = [program(name), f"--dbname={make_conninfo(**parts)}", *arguments]
    outcome = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if outcome.returncode:
        raise BadArchive(f"{name} failed: {outcome.stderr.strip()[-2000:]}")
