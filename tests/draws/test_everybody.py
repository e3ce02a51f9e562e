"""A rule that takes everybody it looks at: no size is announced, and notice, commitment and verifiers agree."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

import passerelle.draws as drawing
from passerelle.core import clock
from passerelle.draws import checking, queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import (
    accept,
    enter_dice,
    freeze,
    mark_issued,
    plan_draw,
    publish_notice,
    replan_draw,
    select,
)
from passerelle.draws.operations.planning import BadPlan
from passerelle.programs import files
from passerelle.programs.models import Pack
from tests.draws.support import ACT, CATEGORIES, CLOSES, HOUR, NOON, OPENED, director, manager, places, pool, program
from tests.support.bundles import whole
from tests.support.people import a_staff_member, signed_in
from tests.support.waits import waiting

pytestmark = pytest.mark.django_db
AFTER = NOON + 25 * HOUR
DIGITS = "3141592653589793238462643383279502884197"
VERIFIER = Path(drawing.__file__).parent / "verifier" / "verify_draw.py"
WINDOW = """  - key: window
    name: {{en: Everybody in a window, fr: Tout le monde dans une fourchette}}
    streams: [employer_driven]
    in_force_through: 2000-01-01
    takes: everybody
    only: {{points_at_least: 300}}
    order: [{{by: points}}]
    ties: {ties}
    source: a test
    certainty: uncertain
"""


def window_program(ties: str = "submission") -> Pack:
    """Open the program with such a rule beside its own, with notice and time to object; equals by a lot where asked."""
    program()
    sources = waiting(files.sources(settings.PACKS / "ca-nt" / "2026-1"), 3, 24)
    sources["selection.yaml"] = sources["selection.yaml"].replace("rules:\n", "rules:\n" + WINDOW.format(ties=ties), 1)
    sources["selection.yaml"] = sources["selection.yaml"].replace(
        "    in_force_through: 2025-02-26\n", "    in_force_from: 2000-01-02\n    in_force_through: 2025-02-26\n"
    )
    if ties == "lot":
        sources["settings.yaml"] = sources["settings.yaml"].replace("settings:\n", ACT.format(seed="dice"), 1)
    pack, _created = Pack.objects.get_or_create(
        code="ca-nt", version=f"2026-all-{ties}",
        defaults={
            "kind": "program", "program_id": "ca-nt", "sha256": files.fingerprint(sources),
            "sources": sources, "loaded_at": OPENED, "in_force_from": CLOSES.replace(month=2),
        },
    )  # fmt: skip
    places()
    return pack


def window(**more: Any) -> Draw:
    plan: dict[str, Any] = {"held_on": CLOSES.date(), "closes_at": CLOSES, "categories": CATEGORIES, "size": None}
    return plan_draw(program="ca-nt", by=manager(), at=OPENED, rule="window", **{**plan, **more})


def issued(ties: str) -> Draw:
    """Lead a draw of everybody with 300 points or more through the whole act."""
    window_program(ties)
    draw = window()
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    freeze(number=draw.number, by=manager(), at=NOON)
    if ties == "lot":
        for _witness in range(2):
            enter_dice(number=draw.number, digits=DIGITS, by=manager(), at=AFTER)
    select(number=draw.number, by=manager(), at=AFTER)
    head = director()
    accept(number=draw.number, by=head, at=AFTER)
    mark_issued(number=draw.number, by=head, at=AFTER)
    return queries.draw(draw.number)


def verified(folder: Path, mode: str, members: dict[str, bytes]) -> str:
    """Run verify_draw.py on a bundle as a stranger would."""
    folder.mkdir()
    for name, content in members.items():
        (folder / name).write_bytes(content)
    command = [sys.executable, "-I", str(VERIFIER), mode, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("ties", ["submission", "lot"])
def test_such_a_draw_with_a_published_notice_passes_its_own_verifier(ties: str, tmp_path: Path):
    inside, outside = pool([400] * 12 + [300] * 13), pool([299] * 3)
    draw = issued(ties)
    notice, committed = json.loads(draw.notice.document), json.loads(draw.commitment.document)

    assert draw.size is None
    assert notice["allotments"] == [{"cell": "*"}]
    assert committed["allotments"] == [{"cell": "*", "n": 25}]
    assert set(queries.chosen(draw).values_list("eoi_id", flat=True)) == {one.pk for one in inside}
    assert not any(one["good"] is False for one in checking.findings(draw, AFTER))
    for mode, members in (("public", whole(queries.public(draw))), ("full", whole(queries.sealed(draw)))):
        assert "RESULT: everything checked above holds" in verified(tmp_path / mode, mode, members)
    assert queries.why(draw, outside[0], queries.receipt(draw, outside[0])) != ""


def test_of_a_small_pool_the_public_reads_no_number_that_gives_its_size_away(tmp_path: Path):
    pool([400] * 7)
    draw = issued("submission")
    members = whole(queries.public(draw))

    assert json.loads(members["counts.json"])["n"] == "fewer than 20"
    assert queries.numbers(draw).places is None
    assert "holds" in verified(tmp_path / "public", "public", members)
    with clock.frozen(AFTER):
        page = signed_in(a_staff_member("officer")).get(f"/en/ca-nt/draws/{draw.number}/").content.decode()
    assert "for everybody" in page


def test_the_notice_says_everybody_and_no_size_in_both_languages():
    window_program()
    draw = window()
    notice = publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    said = {language: dict(rows) for language, rows in notice.said.items()}

    assert said["en"]["Taken"] == "Everybody whom the rule looks at"
    assert said["fr"]["Retenues"] == "Toutes les personnes que la règle considère"
    assert "Everybody who is looked at is taken." in said["en"]["Rule"]


def test_a_plan_of_such_a_rule_has_no_size_and_any_other_has_one():
    window_program()
    draw = window()

    plan: dict[str, Any] = {"held_on": CLOSES.date(), "closes_at": CLOSES, "categories": CATEGORIES}
    for size, rule in ((5, "window"), (None, "ranked_points"), (0, "ranked_points")):
        with pytest.raises(BadPlan) as refusal:
            replan_draw(number=draw.number, by=manager(), at=OPENED, size=size, rule=rule, **plan)
        assert refusal.value.field == "size"
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(rule={**draw.rule, "selection": {"takes": "places"}})


def test_its_pages_say_everybody():
    pool([400] * 3 + [200])
    window_program()
    draw = window()
    with clock.frozen(OPENED + HOUR):
        client = signed_in(a_staff_member("draw_manager"))
        here = client.get(f"/en/staff/draws/{draw.number}/").content.decode()
        listed = client.get("/en/staff/draws/").content.decode()
        publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
        public = client.get("/fr/ca-nt/draws/").content.decode()
    assert "3 people of 3 would be taken" in here
    assert "Try another size" not in here
    assert "everybody" in listed
    assert "tout le monde" in public
