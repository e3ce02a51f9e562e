"""Nothing in src/ names a program: what differs between programs is said in packs, never in code, templates or catalogues.

That holds for the demo too, which each program tells in its own ``demo.yaml``; citations of a source say where a rule is written.
"""

import re
from pathlib import Path

import pytest

from passerelle.programs import files
from passerelle.programs.rules import read
from tests.programs.conftest import PACKS

SRC = Path(__file__).resolve().parents[2] / "src"
SHIPPED = [path for path in files.versions(PACKS) if "kind: library" not in (path / "program.yaml").read_text("utf-8")]
# A worked rule's place in the fact sheets, as in (nwt.md, R2.6): it says why, and decides nothing.
CITED = re.compile(r"\b(?:nwt|ontario|federal)\.md\b[^)\"'`]*", re.IGNORECASE)


def names() -> set[str]:
    """What the shipped packs are called: codes, names, short names, places, prefixes of their references and zones."""
    found: set[str] = {"NWT", "Northwest Territories", "Territoires du Nord-Ouest", "ténois", "ontarien"}
    for path in SHIPPED:
        rules = read(files.sources(path))
        found |= {rules.code, rules.zone.key, rules.zone.key.rpartition("/")[2]}
        for text in (rules.name, rules.short, rules.territory):
            found |= {text["en"], text["fr"]}
    return found


def texts() -> list[Path]:
    """Every file of the source tree but pictures and compiled catalogues."""
    kinds = {".py", ".html", ".txt", ".po", ".js", ".css", ".typ", ".yaml", ".toml", ".json", ".md", ".sql"}
    return [one for one in sorted(SRC.rglob("*")) if one.suffix in kinds]


def test_there_is_something_to_look_through():
    assert {"ca-nt", "ca-on", "OINP", "POCI", "Ontario", "Yellowknife", "Toronto"} <= names()
    assert len(texts()) > 400


@pytest.mark.parametrize("folder", sorted({one.relative_to(SRC).parts[0:2] for one in texts()}), ids="/".join)
def test_no_file_names_a_program(folder: tuple[str, ...]):
    words = re.compile(rf"(?<![\w-])(?:{'|'.join(re.escape(one) for one in sorted(names()))})(?![\w-])", re.IGNORECASE)
    told = [
        f"{path.relative_to(SRC)}:{number}: {line.strip()}"
        for path in texts()
        if path.relative_to(SRC).parts[0:2] == folder
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if words.search(CITED.sub("", line))
    ]

    assert told == []
