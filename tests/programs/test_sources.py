"""Where a pack says that a rule comes from can be looked up: its sheet lies in docs/sources and has that place."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

SHEETS = settings.ROOT / "docs" / "sources"
NAMED = re.compile(r"\b([a-z]+\.md) (?:section )?([A-Z]?[0-9]+(?:\.[0-9]+)*)")


def places() -> Iterator[tuple[str, str]]:
    """Every place of a sheet that some pack names."""
    for file in Path(settings.PACKS).rglob("*.yaml"):
        yield from NAMED.findall(file.read_text(encoding="utf-8"))


def stands_in(sheet: str, place: str) -> bool:
    """Whether the sheet has a heading with this number, or a row or line with this mark."""
    number = rf"^#+ (?:\w+ )?{re.escape(place)}\b" if place[0].isdigit() else rf"\b{place}\b"
    return bool(re.search(number, sheet, re.MULTILINE))


def test_every_place_that_a_pack_names_as_its_source_can_be_looked_up():
    named = sorted(set(places()))
    sheets = {name: (SHEETS / name).read_text(encoding="utf-8") for name in {name for name, _place in named}}

    assert len(named) > 60
    assert [one for one in named if not stands_in(sheets[one[0]], one[1])] == []


@pytest.mark.parametrize("place", ["9.9", "R9.9"])
def test_a_place_that_is_not_there_would_be_noticed(place: str):
    assert not stands_in((SHEETS / "nwt.md").read_text(encoding="utf-8"), place)
