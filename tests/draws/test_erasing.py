"""Once a file need not be kept any more its ticket and salt are erased: the root stays, and so does what was published."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import passerelle.draws as drawing
from npd1 import bundle, receipts
from passerelle.core import audit
from passerelle.draws import bundling, queries
from passerelle.draws.models import Draw, KeptResult, Leaf, TicketsLeft
from passerelle.draws.operations import (
    accept,
    enter_dice,
    erase_tickets,
    freeze,
    mark_issued,
    publish_notice,
    select,
)
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.project import sweeping
from tests.draws.support import HOUR, NOON, OPENED, chance_program, director, manager, places, planned, pool
from tests.support.bundles import whole

pytestmark = pytest.mark.django_db
AFTER = NOON + 25 * HOUR
YEAR = timedelta(days=366)
DIGITS = "3141592653589793238462643383279502884197"
VERIFIER = Path(drawing.__file__).parent / "verifier" / "verify_draw.py"


def selected() -> Draw:
    chance_program()
    places()
    pool([400 + number // 8 for number in range(24)])
    draw = planned(5)
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    freeze(number=draw.number, by=manager(), at=NOON)
    for one in (manager(), manager()):
        enter_dice(number=draw.number, digits=DIGITS, by=one, at=AFTER)
    select(number=draw.number, by=manager(), at=AFTER)
    return queries.draw(draw.number)


def issued(draw: Draw) -> Draw:
    accept(number=draw.number, by=director(), at=AFTER)
    mark_issued(number=draw.number, by=director(), at=AFTER)
    return queries.draw(draw.number)


def closed(draw: Draw) -> list[ExpressionOfInterest]:
    """Somebody whom the draw took and somebody whom it did not: their files ended."""
    found = [queries.chosen(draw)[1].eoi, queries.not_chosen(draw)[3].eoi]
    ExpressionOfInterest.objects.filter(pk__in=[one.pk for one in found]).update(state="withdrawn", closed_at=AFTER)
    return found


def test_the_tickets_of_files_whose_time_is_over_are_erased_and_the_draw_still_verifies(tmp_path: Path):
    draw = issued(selected())
    gone = closed(draw)
    before, sealed, kept = whole(queries.public(draw)), whole(queries.sealed(draw)), bundling.kept(draw).path
    other = queries.not_chosen(draw)[0].eoi

    assert erase_tickets(at=AFTER + 2 * YEAR) == 0
    assert not KeptResult.objects.exists()
    assert sweeping.sweep(at=AFTER + 4 * YEAR)["tickets of draws erased"] == 2
    assert erase_tickets(at=AFTER + 4 * YEAR) == 0

    draw = queries.draw(draw.number)
    assert not Leaf.objects.filter(entry__eoi__in=gone).exclude(ticket=None, salt=None).exists()
    last = audit.trail(draw.number).last()
    assert last
    assert (last.event, last.detail["tickets"]) == ("draw.tickets_erased", 2)
    assert whole(queries.public(draw)) == before
    assert bundling.kept(draw).path != kept
    after = whole(queries.sealed(draw))
    assert {name for name in after if after[name] != sealed[name]} == {"leaves.txt", "people.csv"}
    lines = after["leaves.txt"].decode().splitlines()
    assert sum(line.startswith("npd1-gone|") for line in lines) == 2
    assert after["people.csv"].count(b"ticket erased") == 2
    # Not in the place of their lines: the auditor's bundle ties nobody to a hash.
    rows = after["people.csv"].decode().splitlines()[1:25]
    assert [row.split(",")[0] for row in rows[-2:]] == sorted(one.reference for one in gone)
    for mode, members in (("public", before), ("full", after)):
        (tmp_path / f"{mode}.zip").write_bytes(bundle.archive(members))
        done = subprocess.run(
            [sys.executable, "-I", VERIFIER, mode, tmp_path / f"{mode}.zip"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
    assert "of 2 lines were erased" in done.stdout
    receipt = queries.receipt(draw, other)
    assert receipt
    assert receipts.proves(receipt.plain())
    assert queries.receipt(draw, gone[0]) is None


def looked_through(at: datetime) -> int:
    """How often a sweep asks for the lines of draws."""
    with CaptureQueriesContext(connection) as asked:
        erase_tickets(at=at)
    return sum("draws_leaf" in one["sql"] for one in asked)


def test_the_lines_of_a_draw_are_looked_through_once_a_day_from_its_time_on_and_never_when_none_has_a_ticket():
    draw, later = issued(selected()), AFTER + 4 * YEAR
    closed(draw)

    assert looked_through(AFTER + YEAR) == 0  # no file of it can be over yet
    assert looked_through(later) > 0
    assert looked_through(later + HOUR) == 0
    assert TicketsLeft.objects.get(draw=draw).left == 22
    ExpressionOfInterest.objects.filter(closed_at=None).update(state="withdrawn", closed_at=AFTER + HOUR)
    assert looked_through(later + 24 * HOUR) > 0
    assert (TicketsLeft.objects.get(draw=draw).left, Leaf.objects.exclude(ticket=None).count()) == (0, 0)
    assert looked_through(later + 10 * YEAR) == 0


def test_a_draw_that_is_not_over_keeps_its_tickets():
    draw = selected()
    closed(draw)
    assert erase_tickets(at=AFTER + 9 * YEAR) == 0
    assert not Leaf.objects.filter(draw=draw, ticket=None).exists()
