"""docs/adding-a-program.md: its blocks are a whole and sound pack, whatever else is written there."""

import re

import pytest

from passerelle.programs import files, operations, queries
from passerelle.programs.rules import attempt, check, read
from tests.support import added

NAMED = re.compile(r"`(packs/[^`]+)`")


def test_the_files_of_the_guide_are_a_sound_pack(tmp_path):
    assert check(files.sources(added.written(tmp_path))) == []


def test_every_file_of_the_guide_is_needed(tmp_path):
    """Nothing stands there for show: without any one file that is no letter the pack has a fault, or says less."""
    whole = files.sources(added.written(tmp_path))
    rules = read(whole)
    for name in added.texts():
        if name.startswith(("letters/", "calendars/", "glossary", "examples/", "checklists/")):
            continue
        lacking = {path: text for path, text in whole.items() if path != name}
        less, faults = attempt(lacking)
        told = faults or check(lacking)
        assert told or less != rules, name
        assert all(one.remedy for one in told), name


@pytest.mark.django_db
def test_it_loads_beside_the_others_and_is_in_force(tmp_path):
    from passerelle.core import clock

    added.written(tmp_path)
    loaded = operations.load_packs(at=clock.now(), folder=tmp_path)

    assert [str(one) for one in loaded] == ["ca-rl 2027-1"]
    assert queries.rules_in_force("ca-rl", clock.now()).short["en"] == "RNP"
