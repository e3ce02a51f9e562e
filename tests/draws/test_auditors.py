"""The auditor's bundle: everybody of the stream with a reason or a ticket, and scores that follow again from its facts."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

import passerelle.draws as drawing
from npd1 import bundle
from passerelle.draws import queries
from passerelle.draws.operations import conduct_draw
from passerelle.project.recomputing import recomputed
from tests import factories
from tests.draws.support import CLOSES, NOON, eoi, manager, places, planned
from tests.support.bundles import whole

VERIFIER = Path(drawing.__file__).parent / "verifier" / "verify_draw.py"


@pytest.mark.django_db
def test_everybody_of_the_stream_is_there_and_each_score_follows_from_the_facts(tmp_path: Path):
    real = factories.an_eoi("in_pool")
    # Numbers of their own: the first file above got its number from the program.
    for number, points in enumerate((400, 300)):
        eoi(points, reference=f"NT-E-2026-90000{number}")
    late = eoi(500, submitted_at=CLOSES, reference="NT-E-2026-900010")
    ended = eoi(500, valid_before=NOON, reference="NT-E-2026-900011")
    places()
    draw = conduct_draw(number=planned(2).number, by=manager(), at=NOON)
    members = whole(queries.sealed(draw))
    rows = {row["reference"]: row for row in csv.DictReader(io.StringIO(members["people.csv"].decode()))}

    assert "closed" in rows[late.reference]["why"]
    assert "validity" in rows[ended.reference]["why"]
    assert {row["reference"] for row in rows.values() if row["ticket"]} == set(
        draw.entries.values_list("eoi__reference", flat=True)
    )
    mine = rows[real.reference]
    assert sum(int(value) for name, value in mine.items() if name.startswith("points:") and value) == real.points
    assert [name for name, value in mine.items() if name.startswith("fact:") and value]

    (tmp_path / "auditor.zip").write_bytes(bundle.archive(members))
    done = subprocess.run(
        [sys.executable, "-I", VERIFIER, "full", tmp_path / "auditor.zip"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout

    found = {one.reference: one for one in recomputed(members["people.csv"], settings.PACKS)}
    assert (found[real.reference].differs, found[real.reference].skipped) == ((), "")
    assert len(found) == draw.pool_size
    head, *lines = members["people.csv"].decode().split("\r\n")
    column = head.split(",").index("points")
    bent = []
    for line in csv.reader(lines):
        if line and line[0] == real.reference:
            line[column] = str(int(line[column]) + 1)
        bent.append(line)
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([head.split(","), *bent])
    wrong = {one.reference: one.differs for one in recomputed(out.getvalue().encode(), settings.PACKS)}
    assert wrong[real.reference] == (f"points: {(real.points or 0) + 1} in the bundle, {real.points} from the facts",)
