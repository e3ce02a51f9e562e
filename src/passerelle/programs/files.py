"""Packs on disk: which versions there are, their files, and the mark of their content."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

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

    A library is held by content, not by name: the pack's mark changes when a library it rests on does.
    """
    own = _own(path)
    for name in _used(own):
        library = _library(path, name)
        if library:
            own.update({f"{library.parent.name}/{library.name}/{file}": text for file, text in _own(library).items()})
    return own


def _used(own: Mapping[str, str]) -> list[str]:
    """The libraries a pack names: with their version in program.yaml, or by code alone beside its facts."""
    reader = Reader(own)
    trees = [reader.tree(file) for file in ("program.yaml", "facts.yaml") if file in own]
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
    found = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix in ENDINGS)
    return {file.relative_to(path).as_posix(): file.read_text("utf-8") for file in found}


def fingerprint(sources: Mapping[str, str]) -> str:
    """Return the SHA-256 of the files' names and contents."""
    return hashlib.sha256(json.dumps(sources, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def heading(sources: Mapping[str, str]) -> tuple[str, datetime | None]:
    """Return the kind of a pack and when it comes into force (in its own zone; None: when loaded)."""
    tree = Reader(sources).tree("program.yaml")
    from_at = tree.get("in_force_from")
    if from_at is None:
        return tree["kind"], None
    moment = datetime.fromisoformat(str(from_at))
    return tree["kind"], moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(tree.get("zone", "UTC")))


def occupation_lists(sources: Mapping[str, str]) -> list[OccupationTable]:
    """Return the occupation lists a pack declares."""
    tree = Reader(sources).tree("program.yaml")
    return [
        OccupationTable(one["file"], str(one["edition"]), date.fromisoformat(str(one["in_force_from"])))
        for one in tree.get("occupations") or ()
    ]
