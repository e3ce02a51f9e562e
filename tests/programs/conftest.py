"""The shipped program packs, loaded once for the tests that read them."""

from pathlib import Path

import pytest

from passerelle.programs import files
from passerelle.programs.rules import ProgramRules, read

PACKS = Path(__file__).resolve().parents[2] / "packs"
NWT = PACKS / "ca-nt" / "2026-1"


@pytest.fixture(scope="session")
def nwt_sources() -> dict[str, str]:
    """The files of the NWT pack and of the library it uses."""
    return files.sources(NWT)


@pytest.fixture(scope="session")
def nwt(nwt_sources: dict[str, str]) -> ProgramRules:
    """The rules of the NWT pack."""
    return read(nwt_sources)
