"""Receipts, the bundles and the self-test: what each person and a stranger can check after a draw by lot."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import passerelle.draws as drawing
from npd1 import bundle, receipts
from passerelle.core.sets import as_sets
from passerelle.draws import bias, chances, checking, queries, reasons, verifying
from passerelle.draws.models import Draw, Entry, Leaf, Lot, Seed, Standing
from passerelle.draws.operations import (
    DrawBlocked,
    accept,
    conduct_draw,
    enter_dice,
    freeze,
    mark_issued,
    publish_notice,
    select,
)
from passerelle.eoi.models import ExpressionOfInterest
from tests.draws.support import (
    CLOSES,
    DAY,
    HOUR,
    NOON,
    OPENED,
    chance_program,
    director,
    eoi,
    manager,
    places,
    planned,
    pool,
)
from tests.support.bundles import whole
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db
AFTER = NOON + 25 * HOUR
HELP = ("README.md", "LISEZMOI.md", "verify_draw.py")
DIGITS = "3141592653589793238462643383279502884197"


def seeded(size: int, **more: Any) -> Draw:
    chance_program()
    places()
    draw = planned(size, **more)
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    freeze(number=draw.number, by=manager(), at=NOON)
    for _person in range(2):
        enter_dice(number=draw.number, digits=DIGITS, by=manager(), at=AFTER)
    return queries.draw(draw.number)


def issued(size: int, **more: Any) -> Draw:
    draw = seeded(size, **more)
    conduct_draw(number=draw.number, by=manager(), at=AFTER)
    by = director()
    accept(number=draw.number, by=by, at=AFTER)
    mark_issued(number=draw.number, by=by, at=AFTER)
    return queries.draw(draw.number)


# --- receipts ---


def test_each_receipt_proves_its_line_and_the_side_of_the_cut_off():
    files = pool([500, *[400] * 8, 300])
    draw = issued(5)
    taken = set(queries.chosen(draw).values_list("eoi_id", flat=True))
    assert {files[0].pk} < taken
    assert files[-1].pk not in taken
    for one in files:
        receipt = queries.receipt(draw, one)
        assert receipt
        assert receipt.drawn
        said = json.loads(receipt.to_bytes())
        assert receipts.proves(said)
        assert said["taken"] is (one.pk in taken)
        assert said["stopped"] == (None if one.pk in taken else "places")
        assert all(line["good"] for line in verifying.checks(draw, receipt)), verifying.checks(draw, receipt)
        assert len(verifying.checks(draw, receipt)) == 5
    lost = queries.receipt(draw, files[-1])
    assert lost
    assert lost.drawn
    assert (
        lost.drawn.sentence["en"] == "You were not taken: the last person taken had 400 points. You had 300, 100 fewer."
    )
    assert "300" in lost.drawn.sentence["fr"]
    tied = next(one for one in files[1:-1] if one.pk not in taken)
    mine = queries.receipt(draw, tied)
    assert mine
    assert mine.drawn
    assert "lot" in mine.drawn.sentence["en"]


def test_a_receipt_looks_through_nobody_elses_rows_and_says_the_same():
    files = pool([500, *[400] * 8, 300])
    draw = issued(5)
    with CaptureQueriesContext(connection) as held:
        told = [queries.receipt(draw, one) for one in files]
    # Each is found by a key of its own: nothing is counted, and of the standings only the reader's is read.
    of_standings = [one["sql"] for one in held if 'FROM "draws_standing"' in one["sql"]]
    assert of_standings
    assert all("GROUP BY" not in one and '"entry_id" = ' in one for one in of_standings), of_standings

    Draw.objects.filter(pk=draw.pk).update(outcome={**draw.outcome, "cells": []})
    assert [queries.receipt(queries.draw(draw.number), one) for one in files] == told


def test_a_receipt_that_was_bent_is_found_out():
    files = pool([400] * 4)
    draw = issued(2)
    receipt = queries.receipt(draw, files[0])
    assert receipt
    assert receipt.drawn
    other = receipts.Receipt(
        **{name: getattr(receipt, name) for name in receipt.__slots__} | {"signature": "A" * 86 + "=="}
    )
    assert [one["good"] for one in verifying.checks(draw, other)] == [True, False, True, True, True]
    drawn = receipts.Drawn(
        **{name: getattr(receipt.drawn, name) for name in receipt.drawn.__slots__} | {"tie": "0" * 64}
    )
    other = receipts.Receipt(**{name: getattr(receipt, name) for name in receipt.__slots__} | {"drawn": drawn})
    assert verifying.checks(draw, other)[2]["good"] is False


def test_nobody_reads_an_outcome_before_the_issue():
    files = pool([400, 300])
    draw = seeded(1)
    conduct_draw(number=draw.number, by=manager(), at=AFTER)
    draw = queries.draw(draw.number)
    receipt = queries.receipt(draw, files[0])
    assert receipt
    assert receipt.drawn is None
    assert "taken" not in receipt.plain()
    assert "When its invitations are out" in queries.why(draw, files[0], receipt)


def test_whoever_was_not_in_it_reads_the_first_reason():
    pool([400, 300])
    late = eoi(500, submitted_at=CLOSES)
    held = eoi(500)
    ExpressionOfInterest.objects.filter(pk=held.pk).update(state="on_hold")
    held.refresh_from_db()
    elsewhere = eoi(500, category="express_entry")
    ended = eoi(500, valid_before=NOON)
    draw = issued(1, categories=["skilled"])
    said = {one.pk: queries.why(draw, one, queries.receipt(draw, one)) for one in (late, held, elsewhere, ended)}
    assert "after entries had closed" in said[late.pk]
    assert "on hold" in said[held.pk]
    assert "other categories" in said[elsewhere.pk]
    assert "validity had ended" in said[ended.pk]


def test_erasing_a_ticket_unties_the_person_and_leaves_the_others_their_proof():
    files = pool([400, 390, 380, 370])
    draw = issued(2)
    Leaf.objects.filter(draw=draw, entry__eoi=files[1]).update(ticket=None, salt=None)
    assert queries.receipt(draw, files[1]) is None
    assert "erased" in queries.why(draw, files[1], None)
    other = queries.receipt(draw, files[0])
    assert other
    assert receipts.proves(other.plain())


# --- bundles ---


def test_the_bundles_are_the_same_bytes_whenever_they_are_made():
    pool([400 + number % 3 for number in range(24)])
    draw = issued(5)
    assert bundle.archive(whole(queries.public(draw))) == bundle.archive(
        whole(queries.public(queries.draw(draw.number)))
    )
    assert set(whole(queries.public(draw))) == {
        "commitment.json", "commitment.sig", "counts.json", "key.txt", "notice.json", "notice.sig", "result.json", "result.sig",
        "seed.json", *HELP,
    }  # fmt: skip
    sealed = whole(queries.sealed(draw))
    rows = list(csv.DictReader(io.StringIO(sealed["people.csv"].decode())))
    lines = sealed["leaves.txt"].decode().splitlines()
    assert [row["ticket"] for row in rows] == [line.split("|")[2] for line in lines]
    assert [row["points"] for row in rows] == [line.split("|")[4].split(".")[0] for line in lines]
    assert len({row["person"] for row in rows}) == 24
    taken = {one["ticket"] for one in json.loads(sealed["result.json"])["selected"]}
    assert taken == set(Leaf.objects.filter(entry__in=queries.chosen(draw)).values_list("ticket", flat=True))


def test_a_small_pool_says_only_that_it_is_small():
    pool([400, 300])
    draw = issued(1)
    members = whole(queries.public(draw))
    assert set(members) == {"counts.json", "key.txt", "notice.json", "notice.sig", *HELP}
    assert json.loads(members["counts.json"])["size"] == "fewer than 20"


def test_there_is_no_bundle_before_the_issue():
    pool([400, 300])
    draw = seeded(1)
    with pytest.raises(queries.NotPublic):
        whole(queries.public(draw))


# --- a stranger, with nothing but the bundle and Python ---


def check(*arguments: object) -> subprocess.CompletedProcess[str]:
    program = str(Path(drawing.__file__).parent / "verifier" / "verify_draw.py")
    return subprocess.run([sys.executable, program, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_the_stand_alone_verifier_agrees_with_bundles_and_receipts(tmp_path: Path):
    files = pool([400 + number % 4 for number in range(30)])
    draw = seeded(9)
    conduct_draw(number=draw.number, by=manager(), at=AFTER)
    # Two of those taken have left by the issue, and so has one whom the walk then passes.
    gone = [one.eoi_id for one in (*queries.chosen(draw)[:2], *queries.not_chosen(draw)[:1])]
    ExpressionOfInterest.objects.filter(pk__in=gone).update(state="withdrawn", closed_at=AFTER)
    by = director()
    accept(number=draw.number, by=by, at=AFTER)
    mark_issued(number=draw.number, by=by, at=AFTER)
    draw = queries.draw(draw.number)
    assert [len(one["passed"]) for one in json.loads(whole(queries.sealed(draw))["result.json"])["promotions"]] == [
        1,
        0,
    ]

    for mode, members in (("public", whole(queries.public(draw))), ("full", whole(queries.sealed(draw)))):
        folder = tmp_path / f"{mode}.zip"
        folder.write_bytes(bundle.archive(members))
        answer = check(mode, folder)
        assert answer.returncode == 0, answer.stdout
    for one in files:
        receipt = queries.receipt(draw, one)
        assert receipt
        (tmp_path / "mine.json").write_bytes(receipt.to_bytes())
        answer = check("mine", tmp_path / "mine.json", tmp_path / "public.zip")
        assert answer.returncode == 0, answer.stdout


# --- the self-test ---

SPAN = 30  # days over which files are handed in
MANY = 240


@made_once
def lottery(size: int = 60) -> Draw:
    """A draw in which chance alone decides between people handed in over thirty days, hours, categories, languages."""
    random = Random(20110501)
    for number in range(MANY):
        at = OPENED - 20 * DAY + timedelta(days=random.randrange(SPAN), hours=random.randrange(24), seconds=number)
        one = eoi(400, submitted_at=at, category=random.choice(["skilled", "entry_level", "express_entry"]))
        one.candidate.language = random.choice(["en", "fr"])
        one.candidate.save(update_fields=["language"])
    return seeded(size)


def plant(draw: Draw, key: Callable[[Entry], Any]) -> None:
    """Put the lots in an order of somebody's making; the database's own guard is put aside for it."""
    rows = Entry.objects.filter(draw=draw).select_related("eoi__candidate", "leaf")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for place, entry in enumerate(sorted(rows, key=lambda one: (key(one), one.pk))):
            cursor.execute("UPDATE draws_lot SET tie = %s WHERE entry_id = %s", [f"{place:064x}", entry.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


PLANTED = {
    "the first two days first (the diversity lottery of 2012)": lambda one: one.eoi.first_submitted_at.date(),
    "the last days first": lambda one: -one.eoi.first_submitted_at.toordinal(),
    "the early hours first": lambda one: one.eoi.first_submitted_at.hour,
    "one category first": lambda one: one.category != "skilled",
    "one language first": lambda one: one.eoi.candidate.language,
    "in the order of the tickets": lambda one: one.leaf.ticket,
}


def test_a_fair_draw_passes_and_is_issued():
    draw = lottery()
    select(number=draw.number, by=manager(), at=AFTER)
    with as_sets():
        told = bias.leanings(draw)
    assert {one.trait for one in told} == {"day", "hour", "category", "language", "ticket"}
    assert not any(one.stops for one in told), told


def test_six_planted_orderings_and_that_of_2012_are_stopped():
    draw = lottery()
    by = director()
    for name, key in PLANTED.items():
        plant(draw, key)
        select(number=draw.number, by=manager(), at=AFTER)
        with as_sets():
            stopped = [one.trait for one in bias.leanings(draw) if one.stops]
        assert stopped, name
        assert "bias" in [one["key"] for one in checking.findings(draw, AFTER) if one["good"] is False], name
        with pytest.raises(DrawBlocked, match="bias"):
            accept(number=draw.number, by=by, at=AFTER)
        _take_back(draw)


def _take_back(draw: Draw) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Standing.objects.filter(entry__draw=draw).delete()
        cursor.execute("SET LOCAL session_replication_role = origin")
    Draw.objects.filter(pk=draw.pk).update(state="frozen", selected_by=None, selected_at=None)


@pytest.mark.parametrize(
    ("statistic", "freedom", "likely"),
    [
        (3.841458820694124, 1, 0.05), (9.487729036781154, 4, 0.05), (16.918977604620448, 9, 0.05), (43.77297182574219, 30, 0.05),
        (15.136705226623606, 1, 1e-4), (23.512741444991077, 4, 1e-4), (0.0, 3, 1.0), (1.386294361119891, 2, 0.5),
    ],
)  # fmt: skip
def test_the_chance_of_a_chi_square_is_that_of_the_tables(statistic, freedom, likely):
    assert chances.survival(statistic, freedom) == pytest.approx(likely, rel=1e-6)


def test_fair_spreads_are_stopped_as_seldom_as_they_should_be():
    random, likely = Random(7), []
    for _ in range(2000):
        days = [random.randrange(30) for _ in range(300)]
        taken = set(random.sample(range(300), 60))
        groups = [(days.count(day), sum(1 for place in taken if days[place] == day)) for day in range(30)]
        likely.append(chances.spread(groups))
    assert sum(one < 0.05 for one in likely) == pytest.approx(100, abs=35)
    assert sum(one < bias.LIMIT for one in likely) <= 2
    assert chances.spread([(3, 1), (3, 0)]) is None
    assert chances.spread([(30, 30), (30, 30)]) is None


def test_the_words_of_reasons_are_in_both_languages():
    said = reasons.in_both(lambda: "x")
    assert set(said) == {"en", "fr"}
    assert Seed.objects.count() == Lot.objects.count() == 0
