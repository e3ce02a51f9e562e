"""The demo keeps to the rules it shows, and a program that tells one needs no line of code for it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from passerelle.accounts.models import Person
from passerelle.applications.models import Application
from passerelle.core import clock
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations.models import Invitation
from passerelle.programs import operations as programs
from passerelle.project import invariants
from passerelle.project.demo import making, plans
from passerelle.project.demo.crowd import Crowd
from passerelle.project.demo.sign_ins import sign_ins
from passerelle.project.demo.story import Story
from passerelle.project.runtime import preparing
from tests.support import added

pytestmark = pytest.mark.django_db

OPENS = datetime(2026, 3, 9, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def told(program: str) -> plans.Plan:
    return next(one for one in plans.found() if one.program == program)


def test_every_program_that_ships_tells_its_demo_as_data():
    assert [one.program for one in plans.found()] == ["ca-nt", "ca-on"]


def test_a_story_that_reaches_back_before_the_opening_hands_nothing_in_before_it():
    programs.load_packs(at=OPENS - 10 * DAY)
    crowd = Crowd(story := Story(told("ca-nt"), until=OPENS + 5 * DAY, staff={}))
    for moment in (OPENS - 3 * DAY, OPENS - DAY, OPENS + 2 * DAY):
        crowd.file(moment, fate="submitted", kind="strong")

    story.tell(lambda done, total: None)

    handed_in = sorted(ExpressionOfInterest.objects.values_list("submitted_at", flat=True))
    minute = timedelta(minutes=1)
    assert handed_in == [OPENS + minute, OPENS + 2 * minute, OPENS + 2 * DAY]


def test_the_program_of_the_guide_tells_its_demo_without_a_line_of_code(settings: Any, tmp_path: Path):
    added.with_demo(tmp_path)
    settings.PACKS = tmp_path
    programs.load_packs(at=clock.now(), folder=tmp_path)

    made = making.make_demo(tick=lambda what, done, total: None, only=added.CODE)

    assert "26 files, 2 rounds" in made
    assert Person.objects.filter(audience="candidate").count() == 26
    states = dict(ExpressionOfInterest.objects.values_list("candidate__username", "state"))
    assert (states["rl-candidate"], states["rl-invited"]) == ("in_pool", "invited")
    assert Invitation.objects.get(eoi__candidate__username="rl-invited").state == "issued"
    reached = set(Application.objects.values_list("state", flat=True))
    assert {"nominated", "refused", "queued", "filling"} <= reached
    assert [(one.username, bool(one.code)) for one in sign_ins(at=clock.now())] == [
        ("rl-officer", True), ("rl-drawmanager", True), ("rl-director", True), ("rl-candidate", False), ("rl-invited", False),
    ]  # fmt: skip
    assert not invariants.broken(invariants.check(at=clock.now()))


def test_a_demo_that_cannot_be_begun_leaves_no_mark_for_the_next_start(settings: Any, tmp_path: Path):
    settings.VAR = tmp_path
    with pytest.raises(LookupError, match="No demo is told for nowhere"):
        preparing.load_demo(print, only="nowhere")
    assert list(tmp_path.iterdir()) == []
