"""The draw as an act: notice, freeze and commitment, objections, seed, acceptance; what each waits for, and that none is undone."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from npd1 import leaves, seed, tree
from npd1.commitment import Commitment as Document
from npd1.notice import notice_hash
from passerelle.core import audit, clock, sealing
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.draws import queries
from passerelle.draws.models import Commitment, Draw, Leaf, Lot, Objection, PublishedNotice, Seed
from passerelle.draws.operations import (
    WrongSeed,
    accept,
    answer_objection,
    ask_void,
    conduct_draw,
    confirm_void,
    enter_dice,
    freeze,
    give_round,
    mark_issued,
    object_to_draw,
    publish_notice,
    replan_draw,
    select,
)
from passerelle.draws.operations.planning import BadPlan
from passerelle.draws.states import DrawState
from passerelle.notices.models import Notice, StaffTask
from tests.access.test_fail_at_n import drill
from tests.access.world import taken_back
from tests.draws.support import (
    CATEGORIES,
    CLOSES,
    DAY,
    HOUR,
    NOON,
    OPENED,
    chance_program,
    director,
    manager,
    person,
    places,
    planned,
    pool,
    program,
)
from tests.support import beacon
from tests.support.beacon import BEACON
from tests.support.people import a_staff_member, signed_in

pytestmark = pytest.mark.django_db
AFTER = NOON + 25 * HOUR
DIGITS = "3141592653589793238462643383279502884197"


def announced(size: int = 2, *, seed: str = "dice", **more: Any) -> Draw:
    """A published draw of a program whose equals are left to chance."""
    chance_program(seed)
    places()
    draw = planned(size, **more)
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    return draw


def frozen(size: int = 2, **more: Any) -> Draw:
    draw = announced(size, **more)
    return conduct_draw(number=draw.number, by=manager(), at=NOON)


def seeded(size: int = 2) -> Draw:
    draw = frozen(size)
    enter_dice(number=draw.number, digits=DIGITS, by=manager(), at=AFTER)
    enter_dice(number=draw.number, digits=DIGITS, by=manager(), at=AFTER)
    return queries.draw(draw.number)


# --- notice ---


def test_the_notice_says_the_rule_in_both_languages_and_is_signed():
    draw = announced(7)
    notice = PublishedNotice.objects.get(draw=draw)
    said = json.loads(notice.document)
    assert sealing.verify_signature(notice.document.encode(), notice.signature)
    assert (said["draw"], said["allotments"], said["notice_days"], said["objection_hours"]) == (
        draw.number,
        [{"cell": "*", "n": 7}],
        3,
        24,
    )
    assert said["source"] == {"kind": "dice"}
    assert said["level"] == "bands"
    assert "7" in said["rule"]["en"]
    assert "Taken" in said["rule"]["en"]
    assert "Opposition" in said["rule"]["fr"]
    assert audit.trail(draw.number).filter(event="draw.announced").count() == 1


def test_after_the_notice_the_plan_stands():
    draw = announced()
    plan = {"held_on": CLOSES.date() + DAY, "closes_at": CLOSES, "size": 3, "categories": CATEGORIES}
    with pytest.raises(NotAllowed):
        replan_draw(number=draw.number, by=manager(), at=OPENED + 2 * HOUR, **plan)
    for change in (
        {"size": 3},
        {"held_on": CLOSES.date() + DAY},
        {"rule": {}},
        {"categories": ["skilled"]},
        {"filters": {"match": "any"}},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Draw.objects.filter(pk=draw.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        PublishedNotice.objects.filter(draw=draw).update(said={})
    with pytest.raises(NotAllowed):
        publish_notice(number=draw.number, by=manager(), at=OPENED + 2 * HOUR)


def test_a_notice_comes_as_many_days_ahead_as_promised_or_the_draw_waits():
    chance_program()
    pool([400])
    draw = planned(1)
    with pytest.raises(NotAllowed):
        publish_notice(number=draw.number, by=manager(), at=NOON - 2 * DAY)
    with pytest.raises(NotAllowed):
        freeze(number=draw.number, by=manager(), at=NOON)
    with pytest.raises(NotAllowed):
        publish_notice(number=draw.number, by=person("staff", "officer"), at=NOON - 3 * DAY)
    publish_notice(number=draw.number, by=manager(), at=NOON - 3 * DAY)
    assert freeze(number=draw.number, by=manager(), at=NOON).state == DrawState.FROZEN


# --- freeze and commitment ---


def test_the_commitment_fixes_every_entry_and_can_be_made_again_from_its_lines():
    pool([500, 400, 400, 300])
    draw = frozen(2)
    made = Commitment.objects.get(draw=draw)
    document = Document.from_bytes(made.document.encode())
    assert made.commit == document.commit() == hashlib.sha256(made.document.encode()).hexdigest()
    assert sealing.verify_signature(made.document.encode(), made.signature)
    assert (document.size, document.root, document.pack) == (4, made.root, draw.rule["pack_sha256"])
    assert document.notice == notice_hash(PublishedNotice.objects.get(draw=draw).document.encode())
    assert document.objections == (NOON + 24 * HOUR).strftime("%Y-%m-%dT%H:%M:%SZ")

    rows = list(Leaf.objects.filter(draw=draw).order_by("position"))
    assert [row.ticket for row in rows] == sorted({row.ticket for row in rows})
    assert len({row.salt for row in rows}) == 4
    assert {row.entry_id for row in rows} == set(draw.entries.values_list("pk", flat=True))
    lines = [queries.line_of(row) for row in rows]
    assert [leaves.leaf_hash(line) for line in lines] == [bytes(row.digest) for row in rows]
    assert tree.root(bytes(row.digest) for row in rows).hex() == made.root
    assert bytes(made.blocks).hex() == made.root
    for row, line in zip(rows, lines, strict=True):
        _draw, leaf = leaves.read(line)
        assert leaf.rank[0] == row.entry.points


def test_each_commitment_names_the_one_before_it():
    pool([400, 300], category="skilled")
    pool([400], category="express_entry")
    first, second = (announced(1, categories=[one]) for one in ("skilled", "express_entry"))
    for draw in (first, second):
        freeze(number=draw.number, by=manager(), at=NOON)
    told = [Document.from_bytes(one.document.encode()) for one in Commitment.objects.order_by("pk")]
    assert [one.prev for one in told] == ["0" * 64, Commitment.objects.get(draw=first).commit]


def test_a_commitment_stands_and_a_leaf_can_only_be_erased():
    pool([400, 300])
    draw = frozen(1)
    for change in ({"root": "0" * 64}, {"document": "{}"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Commitment.objects.filter(draw=draw).update(**change)
    leaf = Leaf.objects.filter(draw=draw).first()
    assert leaf
    mine = Leaf.objects.filter(pk=leaf.pk)
    for change in (
        {"ticket": "0" * 32},
        {"salt": None},
        {"ticket": None, "salt": None, "position": 9},
        {"digest": b"x"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            mine.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        mine.delete()
    mine.update(ticket=None, salt=None)
    assert tree.root(bytes(one.digest) for one in Leaf.objects.filter(draw=draw).order_by("position")).hex() == (
        Commitment.objects.get(draw=draw).root
    )


def test_a_program_whose_pack_says_nothing_goes_on_at_once_and_still_commits():
    program()
    places()
    pool([400, 300])
    draw = conduct_draw(number=planned(1).number, by=manager(), at=NOON)
    assert draw.state == DrawState.SELECTED
    document = json.loads(Commitment.objects.get(draw=draw).document)
    assert (document["source"], document["objections"], "notice" in document) == (
        {"kind": "none"},
        document["frozen"],
        False,
    )
    # Nothing was left to chance: the lot of the last one taken stands in the result, and nobody else has one.
    assert list(Lot.objects.values_list("entry", flat=True)) == list(queries.chosen(draw).values_list("pk", flat=True))
    key = bytes.fromhex(Seed.objects.get(draw=draw).seed)
    (last,) = queries.filled(draw)
    assert last.cutoff_tie == seed.tie_of(key, draw.number, str(Leaf.objects.get(entry__standing__position=1).ticket))
    assert not queries.has_lots(draw)
    mark_issued(number=draw.number, by=director(), at=NOON)
    with pytest.raises(IllegalMove):
        accept(number=draw.number, by=director(), at=NOON)


def test_many_entries_are_committed_to_in_blocks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("passerelle.draws.operations.committing.BATCH", 3)
    files = pool([400 + number for number in range(8)])
    draw = frozen(1)
    assert Leaf.objects.filter(draw=draw, entry__eoi__in=files).count() == 8
    rows = Leaf.objects.filter(draw=draw).order_by("position")
    assert [row.position for row in rows] == list(range(8))
    assert tree.root(bytes(row.digest) for row in rows).hex() == Commitment.objects.get(draw=draw).root


# --- objections ---


def test_the_selection_waits_for_the_window_and_for_every_answer():
    mine, _other = pool([400, 300])
    draw, by = frozen(1), manager()
    with pytest.raises(NotAllowed):
        enter_dice(number=draw.number, digits=DIGITS, by=by, at=NOON + 24 * HOUR - timedelta(seconds=1))
    made = object_to_draw(
        number=draw.number, reference=mine.reference, words="My points are 450.", by=mine.candidate, at=NOON + HOUR
    )
    task = StaffTask.objects.get(kind="draw.objection")
    assert (task.about, task.closed_at) == (draw.number, None)
    with pytest.raises(NotAllowed):
        object_to_draw(number=draw.number, reference=mine.reference, words="Again", by=mine.candidate, at=NOON + HOUR)
    with pytest.raises(NotAllowed):
        enter_dice(number=draw.number, digits=DIGITS, by=by, at=AFTER)
    with pytest.raises(NotAllowed):
        answer_objection(number=draw.number, objection=made.pk, answer="No", by=person("staff", "analyst"), at=AFTER)
    answer_objection(number=draw.number, objection=made.pk, answer="They are 400: see line 3.", by=by, at=AFTER)
    assert StaffTask.objects.get(pk=task.pk).closed_at == AFTER
    with pytest.raises(NotAllowed):
        answer_objection(number=draw.number, objection=made.pk, answer="Twice", by=by, at=AFTER)
    enter_dice(number=draw.number, digits=DIGITS, by=by, at=AFTER)
    assert Objection.objects.get(pk=made.pk).answer == "They are 400: see line 3."
    told = Notice.objects.get(kind="draw.objection_answered")
    assert (told.to, draw.number in told.subject, "line 3" in told.body) == (mine.candidate, True, False)


def test_who_may_object_and_until_when():
    mine, _other = pool([400, 300])
    draw = frozen(1)
    say = {"number": draw.number, "reference": mine.reference, "words": "It is wrong."}
    with pytest.raises(NotAllowed):
        object_to_draw(**say, by=mine.candidate, at=NOON + 24 * HOUR)
    with pytest.raises(NotAllowed):
        object_to_draw(**say, by=mine.employer, at=NOON + HOUR)
    object_to_draw(**say, by=mine.candidate, at=NOON + 24 * HOUR - timedelta(microseconds=1))
    early = announced(1)
    with pytest.raises(NotAllowed):
        object_to_draw(**{**say, "number": early.number}, by=mine.candidate, at=NOON)


# --- the seed ---


def test_dice_take_two_people_who_saw_the_same():
    pool([400, 400, 400])
    draw, first, second = frozen(1), manager(), manager()
    for digits in ("1" * 39, "x" * 40, ""):
        with pytest.raises(WrongSeed, match="digits"):
            enter_dice(number=draw.number, digits=digits, by=first, at=AFTER)
    assert enter_dice(number=draw.number, digits=DIGITS, by=first, at=AFTER) is None
    with pytest.raises(NotAllowed):
        enter_dice(number=draw.number, digits=DIGITS, by=first, at=AFTER)
    with pytest.raises(WrongSeed, match="differ"):
        enter_dice(number=draw.number, digits="0" * 40, by=second, at=AFTER)
    with pytest.raises(NotAllowed):
        select(number=draw.number, by=first, at=AFTER)
    made = enter_dice(number=draw.number, digits=DIGITS, by=second, at=AFTER)
    assert made
    commit = Commitment.objects.get(draw=draw).commit
    assert made.source == f"dice:{draw.number}:{DIGITS}"
    assert made.seed == hashlib.sha256(f"npd1-seed|{commit}|{made.source}".encode()).hexdigest()
    assert (made.given_by, made.witnessed_by) == (first, second)
    with pytest.raises(NotAllowed):
        enter_dice(number=draw.number, digits=DIGITS, by=manager(), at=AFTER)
    with pytest.raises(DatabaseError), transaction.atomic():
        Seed.objects.filter(draw=draw).update(seed="0" * 64)


def test_every_ticket_has_its_lot_from_the_seed():
    pool([400, 400, 400, 300])
    draw = seeded()
    key = bytes.fromhex(Seed.objects.get(draw=draw).seed)
    for lot in Lot.objects.filter(entry__draw=draw).select_related("entry__leaf"):
        ticket = lot.entry.leaf.ticket
        assert ticket
        assert lot.tie == seed.tie_of(key, draw.number, ticket)
        assert lot.tie == hmac.new(key, f"npd1-tie|{draw.number}|{ticket}".encode(), hashlib.sha256).hexdigest()
    assert Lot.objects.filter(entry__draw=draw).count() == 4


def test_the_round_of_the_beacon_is_the_one_committed_to():
    pool([400, 400])
    draw = frozen(1, seed="drand")
    source = json.loads(Commitment.objects.get(draw=draw).document)["source"]
    assert source["chain"] == BEACON.chain
    ends = NOON + 24 * HOUR
    assert ends <= BEACON.round_at(source["round"]) < ends + timedelta(seconds=BEACON.period)
    bring = {
        "number": draw.number,
        "round_number": source["round"],
        "signature": beacon.signature(source["round"]),
        "by": manager(),
    }
    for why, changed in (
        ("round", {"round_number": source["round"] + 1}), ("malformed", {"signature": "xy"}),
        ("signature", {"randomness": "0" * 64}),
        ("beacon", {"signature": beacon.signature(source["round"] + 1)}),
    ):  # fmt: skip
        with pytest.raises(WrongSeed, match=why):
            give_round(**{**bring, **changed}, at=AFTER)
    with pytest.raises(WrongSeed, match="source"):
        enter_dice(number=draw.number, digits=DIGITS, by=manager(), at=AFTER)
    made = give_round(**bring, at=AFTER, randomness=beacon.randomness(source["round"]))
    assert made.source == f"drand:{BEACON.chain}:{source['round']}:{beacon.randomness(source['round'])}"
    assert made.witnessed_by is None


def test_the_database_knows_that_dice_take_two_people():
    pool([400])
    draw, by = frozen(1), manager()
    for witness in (None, by):
        with pytest.raises(IntegrityError), transaction.atomic():
            Seed.objects.create(
                draw=draw,
                source=f"dice:{draw.number}:{DIGITS}",
                seed="0" * 64,
                given_by=by,
                witnessed_by=witness,
                given_at=AFTER,
            )


# --- selection, acceptance, issue ---


def test_a_director_accepts_before_the_issue():
    pool([400, 400, 300])
    draw, by, other = seeded(2), director(), director()
    select(number=draw.number, by=by, at=AFTER)
    with pytest.raises(NotAllowed):
        mark_issued(number=draw.number, by=other, at=AFTER)
    for nobody in (by, manager()):
        with pytest.raises(NotAllowed):
            accept(number=draw.number, by=nobody, at=AFTER)
    assert accept(number=draw.number, by=other, at=AFTER).accepted_by == other
    with pytest.raises(NotAllowed):
        accept(number=draw.number, by=other, at=AFTER)
    assert len(mark_issued(number=draw.number, by=other, at=AFTER)) == 2


def test_a_void_draw_keeps_everything_and_another_is_a_new_run():
    pool([400, 400, 300])
    draw = seeded(1)
    ask_void(number=draw.number, reason="Wrong day", by=manager(), at=AFTER)
    confirm_void(number=draw.number, by=director(), at=AFTER)
    kept = (Commitment.objects.get(draw=draw).commit, Seed.objects.get(draw=draw).seed)
    again = planned(1, held_on=(NOON + 5 * DAY).date(), follows=draw.number)
    publish_notice(number=again.number, by=manager(), at=NOON + DAY)
    freeze(number=again.number, by=manager(), at=NOON + 5 * DAY)
    assert (Commitment.objects.get(draw=draw).commit, Seed.objects.get(draw=draw).seed) == kept
    assert Document.from_bytes(Commitment.objects.get(draw=again).document.encode()).prev == kept[0]
    assert Leaf.objects.filter(draw=draw).count() == Leaf.objects.filter(draw=again).count() == 3


DAY_LATE = NOON + 48 * HOUR  # the time to object, and the day that a beacon is waited for


def failed(at: datetime) -> Draw:
    """A draw whose beacon gave no round, made void at ``at``."""
    pool([400, 400, 300])
    draw = announced(1, seed="drand")
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    ask_void(number=draw.number, reason="The beacon gives no round", by=manager(), at=at)
    return confirm_void(number=draw.number, by=director(), at=at)


def test_a_draw_void_because_its_beacon_failed_is_planned_again_with_dice_and_the_notice_says_why():
    void = failed(DAY_LATE)
    again = planned(1, held_on=(NOON + 9 * DAY).date(), follows=void.number, dice_because="No round came for a day.")
    notice = publish_notice(number=again.number, by=manager(), at=NOON + 3 * DAY)
    for language, words in (("en", "They take the place of the beacon"), ("fr", "Ils remplacent la balise")):
        chance = dict(notice.said[language])["Chance" if language == "en" else "Hasard"]
        assert words in chance
        assert chance.endswith(f"{void.number}{': ' if language == 'en' else chr(160) + ': '}No round came for a day.")
    freeze(number=again.number, by=manager(), at=NOON + 9 * DAY)
    assert json.loads(Commitment.objects.get(draw=again).document)["source"] == {"kind": "dice"}
    later = NOON + 10 * DAY + HOUR
    for witness in (manager(), manager()):
        enter_dice(number=again.number, digits=DIGITS, by=witness, at=later)
    assert select(number=again.number, by=manager(), at=later).state == "selected"


def test_dice_take_the_place_of_no_beacon_that_may_still_come_or_has_come():
    early = failed(DAY_LATE - timedelta(seconds=1))
    with pytest.raises(NotAllowed, match="24 hours late"):
        planned(1, held_on=(NOON + 9 * DAY).date(), follows=early.number, dice_because="It is late.")
    with pytest.raises(BadPlan):
        planned(1, held_on=(NOON + 9 * DAY).date(), dice_because="I like dice.")


def test_dice_take_the_place_of_nothing_where_dice_or_a_seed_were_there_already():
    pool([400, 400, 300])
    draw = seeded(1)
    ask_void(number=draw.number, reason="Wrong day", by=manager(), at=DAY_LATE)
    confirm_void(number=draw.number, by=director(), at=DAY_LATE)
    with pytest.raises(NotAllowed, match="its beacon failed"):
        planned(1, held_on=(NOON + 9 * DAY).date(), follows=draw.number, dice_because="Better dice.")


def test_the_page_offers_dice_where_the_beacon_failed_and_asks_why():
    void, (staff, desk) = failed(DAY_LATE), (a_staff_member("draw_manager"), f"{reverse('draws:plan')}?again=")
    with clock.frozen(NOON + 3 * DAY):
        client = signed_in(staff)
        shown = client.get(desk + void.number).content.decode()
        assert "Throw dice: the beacon failed" in shown
        assert "Throw dice" not in client.get(reverse("draws:plan")).content.decode()
        day = (NOON + 9 * DAY).date()
        days = {
            f"{name}_{part}": getattr(day, part)
            for name in ("held_on", "closes_on")
            for part in ("day", "month", "year")
        }
        asked = {
            **days, "closes_time": "00:00", "categories": list(CATEGORIES), "size": 1, "match": "every", "dice": "on",
            "rule": "ranked_points",
        }  # fmt: skip
        refused = client.post(desk + void.number, asked)
        assert refused.status_code == 422
        assert "Say why dice take the place of the beacon." in refused.content.decode()
        assert client.post(desk + void.number, {**asked, "dice_because": "No round came."}).status_code == 302
    again = Draw.objects.get(follows=void)
    assert again.rule["instead"] == {"draw": void.number, "because": "No round came."}
    assert again.rule["terms"]["seed"] == "dice"


def test_the_freeze_leaves_no_table_behind():
    pool([400])
    frozen(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.draws_ticket')")
        assert cursor.fetchone() == (None,)


def test_cut_off_at_any_statement_the_act_is_taken_up_again_with_the_same_bytes():
    pool([400] * 6 + [300])
    draw, random = announced(3), Random(20261127)
    first, second, head = manager(), manager(), director()

    def straight() -> tuple[bytes, bytes]:
        return queries.record_of_run(draw), queries.result_of(queries.draw(draw.number)).to_bytes()

    def cut(name: str, act: Callable[[], object]) -> None:
        # What is kept for the process, or by whoever acts, is read once before the statements are counted.
        with taken_back():
            act()
        drill(name, act, random, 6)

    cut("freeze", lambda: freeze(number=draw.number, by=first, at=NOON))
    enter_dice(number=draw.number, digits=DIGITS, by=first, at=AFTER)
    cut("seed", lambda: enter_dice(number=draw.number, digits=DIGITS, by=second, at=AFTER))
    with taken_back():
        select(number=draw.number, by=first, at=AFTER)
        never_stopped = straight()
    cut("select", lambda: select(number=draw.number, by=first, at=AFTER))
    assert straight() == never_stopped
    cut("accept", lambda: accept(number=draw.number, by=head, at=AFTER))
    cut("issue", lambda: mark_issued(number=draw.number, by=head, at=AFTER))
    assert straight() == never_stopped
