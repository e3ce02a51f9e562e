"""Scores everybody in an auditor's bundle again from the packs on this machine, without the database."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passerelle.programs import files
from passerelle.programs.rules import scoring
from pointsgrid import points
from pointsgrid.rules import Rules


@dataclass(frozen=True)
class Scored:
    """What came of one row: its file, and each thing that differs in words; ``skipped`` says why it was not scored."""

    reference: str
    differs: tuple[str, ...] = ()
    skipped: str = ""


def recomputed(people: bytes, packs: Path) -> Iterator[Scored]:
    """Score each person of ``people.csv`` who was in the draw from the facts there, under the pack whose content it names.

    ``packs``: the folder of all packs. Linear, a row at a time.
    """
    known = _Packs(packs)
    for row in csv.DictReader(io.StringIO(people.decode(), newline="")):
        if row["ticket"]:
            yield _one(row, known)


def _one(row: Mapping[str, str], known: "_Packs") -> Scored:
    reference, mark, grid = row["reference"], row.get("pack", ""), row.get("grid", "")
    if not mark:
        return Scored(reference, skipped="no score is known: the file was brought in from elsewhere")
    rules = known.rules(mark)
    if rules is None:
        return Scored(reference, skipped=f"no pack here has the content {mark}")
    facts = {name[5:]: json.loads(value) for name, value in row.items() if name.startswith("fact:") and value}
    try:
        sheet = points.score(rules, grid, facts)
    except ValueError as fault:
        return Scored(reference, (str(fault),))
    told = {name[7:]: value for name, value in row.items() if name.startswith("points:") and value}
    right = {line.id: str(line.points) for line in sheet.lines} if told else {}
    differs = [
        f"{name}: {told.get(name, 'nothing')} in the bundle, {right.get(name, 'nothing')} from the facts"
        for name in sorted(told.keys() | right.keys())
        if told.get(name) != right.get(name)
    ]
    if str(sheet.total) != row["points"]:
        differs.append(f"points: {row['points']} in the bundle, {sheet.total} from the facts")
    return Scored(reference, tuple(differs))


class _Packs:
    """The rules of each pack under a folder, by the mark of its content."""

    def __init__(self, folder: Path) -> None:
        self.found: dict[str, Any] = {}
        self.read: dict[str, Rules] = {}
        for program in sorted(folder.glob("*/*/program.yaml")):
            sources = files.sources(program.parent)
            self.found[files.fingerprint(sources)] = sources

    def rules(self, mark: str) -> Rules | None:
        """Return the rules of the pack with that mark; None where there is none."""
        if mark not in self.found:
            return None
        if mark not in self.read:
            sources = files.effective(self.found[mark])
            self.read[mark] = scoring.load(sources, scoring.libraries(sources))
        return self.read[mark]
