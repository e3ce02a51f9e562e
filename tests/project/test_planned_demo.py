"""The demo of a program that tells its own beside its packs: made by the real operations, and like what was published."""

import csv
import time
from collections import defaultdict
from datetime import date, datetime
from random import Random
from types import SimpleNamespace

import pytest
from django.conf import settings

from passerelle.accounts import queries as accounts
from passerelle.accounts.models import Appointment, Person
from passerelle.applications import queries as applications
from passerelle.applications.models import Application
from passerelle.core import clock
from passerelle.core.models import AuditEvent
from passerelle.draws import queries as draws
from passerelle.draws.models import Draw
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.express_entry.models import FederalProfile
from passerelle.invitations.models import Invitation
from passerelle.notices import operations as notices
from passerelle.programs import files
from passerelle.programs import operations as programs
from passerelle.programs.rules import read
from passerelle.project import invariants
from passerelle.project.demo import making, plans
from passerelle.project.demo.rounds import Rounds
from passerelle.project.demo.sampling import Sampler
from passerelle.project.demo.sign_ins import sign_ins
from tests.express_entry.files import PROGRAM, program

GRID_SINCE = "2022-11-22"
SMALL = {"files": 12, "profiles": 40, "times": 1}


def told() -> plans.Plan:
    return next(one for one in plans.found() if one.program == PROGRAM)


def observed() -> dict[tuple[str, bool], tuple[int, int]]:
    """The lowest and the highest cut-off published of each stream under the grid in force, general and targeted."""
    found = defaultdict(list)
    with (settings.PACKS / PROGRAM / "2024-1" / "tables" / "rounds.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["lowest"] and row["held_on"] >= GRID_SINCE:
                found[row["stream"], row["kind"] == "targeted"].append(int(row["lowest"]))
    return {key: (min(scores), max(scores)) for key, scores in found.items()}


def clients_of(representative: str) -> list[str]:
    """How far the file of each client is, and whether the appointment is only asked for, or has ended."""
    found = []
    for one in Appointment.objects.filter(representative__username=representative):
        file = (
            applications.files_of(one.client).first()
            or ExpressionOfInterest.objects.filter(candidate=one.client).first()
        )
        standing = one.ending or ("" if one.appointed_at else "asked")
        found.append(", ".join(filter(None, (file and file.state, standing))))
    return sorted(found)


def acts_of(representative: str) -> set[str]:
    """What a representative did in files, each labelled with the client for whom."""
    by = accounts.person(representative)
    clients = Appointment.objects.filter(representative=by, appointed_at__isnull=False).values("client")
    in_files = AuditEvent.objects.filter(by=by, subject__startswith="ON-")
    assert not in_files.exclude(for_person__in=clients).exists()
    return set(in_files.values_list("event", flat=True))


def test_what_the_plan_aims_at_was_published():
    plan = told()
    usual = observed()

    for one in plan.told["rounds"]:
        lowest, highest = usual[one["stream"], bool(one.get("attributes") or one.get("filters"))]
        assert lowest <= one["cutoff"][0] <= one["cutoff"][1] <= highest, one
    for one in plan.told["federal"]["rounds"]:
        asked = one["asked"]
        lowest, highest = usual[asked["stream"], bool(asked.get("lists"))]
        assert lowest <= asked["crs_lowest"] <= highest, one


@pytest.mark.django_db
def test_a_small_demo_is_like_what_was_published_and_breaks_no_invariant(record_property):
    now = clock.now()
    program()
    notices.arm_fence(before=now, at=now)
    plan = told()

    began = time.process_time()
    making.make(plan, SMALL, tick=lambda what, done, total: None)
    record_property("seconds of work", round(time.process_time() - began, 1))

    usual, own = observed(), [one for one in draws.results(PROGRAM, now) if one.number]
    aims = [one.filters for one in Draw.objects.exclude(issued_at=None) if one.filters.get("or")]
    assert [len(one["or"]) for one in aims] == [1]
    # The cut-off of few is not published: what our own draws know of it is still like what was published.
    known = {one.number: one.outcome["lowest"] for one in Draw.objects.exclude(issued_at=None)}
    assert own
    for held in own:
        lowest, highest = usual[held.stream, bool(held.targets)]
        assert lowest <= known.get(held.number, held.lowest) <= highest, held
    files = SMALL["files"] + len([one for one in plan.visitors if "stream" in one])
    files += len(plan.singly) + len(plan.told["federal"]["applicants"])
    assert Person.objects.filter(audience="candidate", program=PROGRAM).count() == files
    assert ExpressionOfInterest.objects.filter(program=PROGRAM).count() <= files
    assert FederalProfile.objects.count() == SMALL["profiles"]
    states = dict(ExpressionOfInterest.objects.values_list("candidate__username", "state"))
    assert (states["on-candidate"], states["on-invited"], states["on-worker"]) == ("in_pool", "invited", "invited")
    assert Invitation.objects.get(eoi__candidate__username="on-invited").state == "issued"
    [nominated] = applications.files_of(accounts.person("on-nominated"))
    [joined] = applications.files_of(accounts.person("on-employer"))
    assert (nominated.state, joined.state) == ("nominated", "filling")
    came = {one.invitation.eoi.stream: one.state for one in Application.objects.exclude(invitation__notification=None)}
    assert came["french_speaking_skilled_worker"] == "nominated"
    assert set(came) == {"french_speaking_skilled_worker", "human_capital_priorities", "skilled_trades"}
    listed = {one.username: bool(one.code) for one in sign_ins(at=now)}
    assert listed == {one["username"]: "secret" in one for one in plan.accounts}
    assert {one: clients_of(one) for one in ("on-consultant", "on-lawyer", "on-friend")} == {
        "on-consultant": ["draft", "filling", "in_pool", "nominated"],
        "on-lawyer": ["in_pool, revoked", "queued", "refused"],
        "on-friend": ["asked", "in_pool, asked", "on_hold"],
    }
    acts = acts_of("on-consultant")
    assert {"eoi.submitted", "eoi.changed", "application.employer_let_in"} <= acts
    assert "application.part_submitted" not in acts
    assert not invariants.broken(invariants.check(at=clock.now()))


@pytest.mark.django_db
def test_where_the_employer_opens_a_file_a_representative_of_the_plan_stands_for_one_side_of_it():
    now = clock.now()
    programs.load_packs(at=now)
    notices.arm_fence(before=now, at=now)
    whole = next(one for one in plans.found() if one.program == "ca-nt")
    round_ = {"days": 24, "stream": "employer_driven", "closes": 3, "size": 3, "fates": {}}
    plan = plans.Plan({**whole.told, "days": 70, "singly": [], "visitors": [], "rounds": [round_]}, whole.folder)

    making.make(plan, {"files": 2, "profiles": 0, "times": 1}, tick=lambda what, done, total: None)

    stands = Appointment.objects.filter(representative__program="ca-nt", ended_at=None)
    told = {(one.representative.username, one.client.audience, bool(one.appointed_at)) for one in stands}
    assert told == {("consultant", "employer", True), ("lawyer", "candidate", True), ("lawyer", "candidate", False)}
    [file] = [one for one in Application.objects.all() if one.employer_id in clients("consultant")]
    assert {one.key: one.state for one in file.parts.all()} == {"employer": "submitted", "candidate": "open"}
    stored = AuditEvent.objects.filter(by__username="consultant", event="document.stored")
    assert {one.for_person_id for one in stored} == {file.employer_id}
    assert any(one.employer_id and one.candidate_id in clients("lawyer") for one in Application.objects.all())
    assert not invariants.broken(invariants.check(at=clock.now()))


def clients(representative: str) -> set[int]:
    """The accounts that have appointed a representative."""
    standing = Appointment.objects.filter(representative__username=representative, appointed_at__isnull=False)
    return set(standing.values_list("client", flat=True))


def test_a_round_asks_the_source_of_chance_that_its_rule_names():
    rules = read(files.sources(settings.PACKS / "ca-nt" / "2026-1"))
    rounds = Rounds.__new__(Rounds)
    rounds.crowd = SimpleNamespace(rules=rules)
    told, days = {"stream": "employer_driven"}, ((2026, 4, 1), (2025, 8, 1))

    asked = [rounds._terms(told, datetime(*day, 10, tzinfo=rules.zone)).seed for day in days]

    assert (rules.stated("draw_seed", "none"), asked) == ("none", ["none", "dice"])


def test_answers_are_drawn_as_they_are_told_and_the_same_seed_draws_the_same():
    parts = [
        {"name": "{given}", "level": {"one_of": {4: 1, 5: 0}}, "born": {"days": [-2, -2]}, "pay": {"money": [20, 21]}},
        {"one_of": [{"weight": 1, "job": "a", "hours": {"whole": [3, 3]}}, {"weight": 0, "job": "b"}]},
        {"places": [{"from": {"days": [1, 1]}, "there": True}]},
    ]

    drawn = [Sampler(Random(7), on=date(2026, 3, 1), words={"given": "Inês"}).answers(parts) for _time in range(2)]

    assert drawn[0] == drawn[1]
    pay = drawn[0].pop("pay")
    assert 20 <= float(pay) < 21
    assert drawn[0] == {
        "name": "Inês", "level": 4, "born": "2026-02-27", "job": "a", "hours": 3,
        "places": [{"from": "2026-03-02", "there": True}],
    }  # fmt: skip
