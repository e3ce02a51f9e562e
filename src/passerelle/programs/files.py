"""Packs on disk: which versions there are, their files, and the mark of their content."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from passerelle.programs.rules import BadPack, Problem, layers
from passerelle.programs.rules.reading import Reader

ENDINGS = frozenset({".yaml", ".csv", ".md"})


@dataclass(frozen=True)
class OccupationTable:
    """An occupation list a pack carries."""

    file: str
    edition: str
    in_force_from: date


def versions(folder: Path) -> list[Path]:
    """Return the version folders of every pack, libraries first, so that what others use is there before them."""
    found = [path.parent for path in folder.glob("*/*/program.yaml")]
    return sorted(
        found, key=lambda path: ("kind: library" not in (path / "program.yaml").read_text("utf-8"), str(path))
    )


def sources(path: Path) -> dict[str, str]:
    """Return the files of a pack by their path in it; those of the libraries it uses stand under ``<code>/<version>/``.

    Those of the edition it extends stand under ``editions/<version>/``. What a pack rests on is held by content, not by
    name: its mark changes when a library or an edition below it does. Raises BadPack naming each file that is no UTF-8
    text, or would be passed over for the ending of its name.
    """
    own = {**_own(path), **_extended(path)}
    for name in _used(own):
        library = _library(path, name)
        if library:
            own.update({f"{library.parent.name}/{library.name}/{file}": text for file, text in _own(library).items()})
    return own


def _extended(path: Path) -> dict[str, str]:
    """The files of the edition that a pack extends, and of those below it; of one that is not there, none."""
    found: dict[str, str] = {}
    seen, version = {path.name}, layers.extends(_own(path))
    while version and "/" not in version and version not in seen and (path.parent / version).is_dir():
        seen.add(version)
        files = _own(path.parent / version)
        found.update({f"{layers.FOLDER}{version}/{file}": text for file, text in files.items()})
        version = layers.extends(files)
    return found


def _used(own: Mapping[str, str]) -> list[str]:
    """The libraries a pack names: with their version in program.yaml, or by code alone beside its facts."""
    reader = Reader(own)
    trees = [reader.tree(file) for file in ("program.yaml", "facts.yaml") if file in reader.sources]
    trees += [reader.tree(file) for file in reader.files("facts")]
    named = [str(name) for tree in trees if isinstance(tree, Mapping) for name in tree.get("uses") or ()]
    versioned = {name.partition("/")[0] for name in named if "/" in name}
    return list(dict.fromkeys(name for name in named if "/" in name or name not in versioned))


def _library(path: Path, name: str) -> Path | None:
    """The folder of the library ``name`` (its newest version when none is named): beside the pack, else among ours."""
    for packs in (path.parent.parent, path.parent, Path(settings.PACKS)):
        found = [packs / name] if "/" in name else sorted(file.parent for file in packs.glob(f"{name}/*/program.yaml"))
        if found and found[-1].is_dir():
            return found[-1]
    return None


def _own(path: Path) -> dict[str, str]:
    found = {file.relative_to(path).as_posix(): file for file in sorted(path.rglob("*")) if file.is_file()}
    texts, problems = {}, []
    for name, file in found.items():
        meant = ".yaml" if file.suffix.lower() == ".yml" else file.suffix.lower()
        if meant in ENDINGS and file.suffix != meant:
            remedy = f"Call it {Path(name).with_suffix(meant)}."
            problems.append(Problem(name, 0, "", f"A file that ends in {file.suffix} is not read.", remedy))
        elif file.suffix in ENDINGS:
            try:
                texts[name] = _text(file.read_bytes())
            except UnicodeDecodeError as error:
                problems.append(_not_utf8(name, error))
    if problems:
        raise BadPack(problems)
    return texts


def _text(data: bytes) -> str:
    """The text of a file as Python reads it; the mark that Excel writes before UTF-8 is no part of it."""
    return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _not_utf8(name: str, error: UnicodeDecodeError) -> Problem:
    line = error.object.count(b"\n", 0, error.start) + 1
    sign = error.object[error.start : error.start + 1].decode("cp1252", "replace")
    return Problem(name, line, "", f"This is not UTF-8 text (at {sign!r}).", "Save the file again with encoding UTF-8.")


def fingerprint(sources: Mapping[str, str]) -> str:
    """Return the SHA-256 of the files' names and contents."""
    return hashlib.sha256(json.dumps(sources, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Heading:
    """What the platform needs of a pack before its rules are read: ``from_at`` in its own zone (None: when loaded)."""

    kind: str
    from_at: datetime | None
    by_staff: bool


def heading(sources: Mapping[str, str]) -> Heading:
    """Return the kind of a pack, from when it says it is in force, and whether staff put it in force."""
    tree = Reader(sources).tree("program.yaml")
    kind, by_staff, from_at = tree["kind"], tree.get("put_in_force") == "by_staff", tree.get("in_force_from")
    if from_at is None:
        return Heading(kind, None, by_staff)
    moment = datetime.fromisoformat(str(from_at))
    zone = ZoneInfo(tree.get("zone", "UTC"))
    return Heading(kind, moment if moment.tzinfo else moment.replace(tzinfo=zone), by_staff)


def effective(sources: Mapping[str, str]) -> dict[str, str]:
    """Return the files of a pack as they count: those of the edition it extends among them."""
    return Reader(sources).sources


def occupation_lists(sources: Mapping[str, str]) -> list[OccupationTable]:
    """Return the occupation lists a pack declares."""
    tree = Reader(sources).tree("program.yaml")
    return [
        OccupationTable(one["file"], str(one["edition"]), date.fromisoformat(str(one["in_force_from"])))
        for one in tree.get("occupations") or ()
    ]
