"""docs/ways-of-choosing.md: each edition is sound, and a draw by it goes from the notice to a bundle that a stranger verifies."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import passerelle.draws as drawing
from npd1 import bundle
from passerelle.accounts.models import Person, Role
from passerelle.allocations.operations import set_places
from passerelle.draws import checking, queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import (
    accept,
    enter_dice,
    freeze,
    give_round,
    mark_issued,
    plan_draw,
    publish_notice,
    select,
)
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import files, operations
from passerelle.programs import queries as programs
from passerelle.programs.rules import check
from tests.draws.support import DAY, HOUR, foreseen
from tests.support import added, beacon
from tests.support.bundles import whole

NOON = datetime(2026, 5, 12, 17, tzinfo=UTC)
OPENED, CLOSES, AFTER = NOON - 30 * DAY, NOON - DAY, NOON + 49 * HOUR
DIGITS = "3141592653589793238462643383279502884197"
VERIFIER = Path(drawing.__file__).parent / "verifier" / "verify_draw.py"
VERSIONS = sorted(added.editions())


def test_the_page_shows_three_editions_and_the_platform_ships_none_of_them_as_a_program():
    assert VERSIONS == ["2027-2", "2027-3", "2027-4"]
    assert not (added.GUIDES.parent / "packs" / added.CODE).exists()


@pytest.mark.parametrize("version", VERSIONS)
def test_each_edition_is_a_sound_pack(version: str, tmp_path: Path):
    assert check(files.sources(added.with_edition(tmp_path, version))) == []


def test_lots_without_a_source_of_chance_are_refused_with_file_line_and_remedy(tmp_path: Path):
    folder = added.with_edition(tmp_path, "2027-2")
    said = folder / "settings.yaml"
    said.write_text("".join(one for one in said.read_text("utf-8").splitlines(True) if "draw_seed" not in one), "utf-8")
    (fault,) = check(files.sources(folder))
    assert (fault.file, "draws lots" in fault.problem, "draw_seed" in fault.remedy) == ("selection.yaml", True, True)
    text = added.editions()["2027-2"]["selection.yaml"].splitlines()
    assert "ties: lot" in text[fault.line - 1]


class Held:
    """A draw of one edition, its people and staff."""

    def __init__(self, version: str, folder: Path, people: list[tuple[int, dict[str, Any]]]) -> None:
        added.with_edition(folder, version)
        operations.load_packs(at=OPENED, folder=folder)
        self.pack = programs.pack_in_force(added.CODE, OPENED)
        assert self.pack.version == version
        self.manager, self.other, self.director = (
            self._person(f"staff{number}", "staff", role)
            for number, role in enumerate(("draw_manager", "draw_manager", "director"))
        )
        set_places(program=added.CODE, year=2026, places=100, reason="Year", by=self.director, at=OPENED)
        self.files = [self._file(number, points, facts) for number, (points, facts) in enumerate(people)]

    def _person(self, name: str, audience: str, role: str = "") -> Person:
        made = Person.objects.create(
            username=f"rl.{name}", email=f"{name}@example.org", name=name, audience=audience, language="en", joined_at=OPENED,
            program="" if audience == "staff" else added.CODE,
        )  # fmt: skip
        if role:
            Role.objects.create(person=made, program=added.CODE, role=role, granted_at=OPENED)
        return made

    def _file(self, number: int, points: int, facts: dict[str, Any]) -> ExpressionOfInterest:
        at = OPENED + timedelta(hours=1, minutes=number)
        return ExpressionOfInterest.objects.create(
            reference=f"RL-E-2026-{number:06d}", program=added.CODE, category="graduates", stream="graduates", pack=self.pack,
            candidate=self._person(f"candidate{number}", "candidate"), state="in_pool", points=points, facts=facts,
            grid="riverland", opened_at=OPENED, first_submitted_at=at, submitted_at=at, placed_at=at, review_from=at,
            review_by=at + 7 * DAY, valid_before=at + 365 * DAY, lapses_at=at + 365 * DAY,
            confirmed_at=at, confirmed_by=self.director, confirmed_points=points,
            person_key=f"{number:064d}", live_scope=f"{added.CODE}:graduates", receipt="signed",
        )  # fmt: skip

    def drawn(self, size: int | None, **more: Any) -> Draw:
        """Hold the draw, from the plan to the issue."""
        plan: dict[str, Any] = {"held_on": NOON.date(), "closes_at": CLOSES, "categories": ["graduates"], **more}
        draw = plan_draw(program=added.CODE, size=size, by=self.manager, at=OPENED + DAY, **plan)
        self.foreseen = foreseen(draw, OPENED + DAY)
        act: dict[str, Any] = {"number": draw.number, "by": self.manager}
        publish_notice(at=OPENED + 2 * DAY, **act)
        freeze(at=NOON, **act)
        source = json.loads(queries.draw(draw.number).commitment.document)["source"]
        if source["kind"] == "drand":
            give_round(round_number=source["round"], signature=beacon.signature(source["round"]), at=AFTER, **act)
        elif source["kind"] == "dice":
            for witness in (self.manager, self.other):
                enter_dice(number=draw.number, digits=DIGITS, by=witness, at=AFTER)
        select(at=AFTER, **act)
        accept(number=draw.number, by=self.director, at=AFTER)
        mark_issued(number=draw.number, by=self.director, at=AFTER)
        return queries.draw(draw.number)


def verified(draw: Draw, folder: Path) -> None:
    """Check the public bundle and the auditor's as a stranger would, and that no assertion of ours fails."""
    assert not [one["key"] for one in checking.findings(draw, AFTER) if one["good"] is False]
    modes = [("public", whole(queries.public(draw))), ("full", whole(queries.sealed(draw)))]
    if "leaves.txt" in whole(queries.public(draw)):
        modes.append(("full", whole(queries.public(draw))))
    for number, (mode, members) in enumerate(modes):
        place = folder / f"bundle{number}.zip"
        place.write_bytes(bundle.archive(members))
        done = subprocess.run(
            [sys.executable, "-I", str(VERIFIER), mode, str(place)], capture_output=True, text=True, check=False
        )
        assert "RESULT: everything checked above holds" in done.stdout, done.stdout


def by_cell(draw: Draw) -> dict[str, int]:
    return {one.cell: one.filled for one in queries.filled(draw)}


@pytest.mark.django_db
def test_a_lottery_by_region_gives_each_region_its_share_and_hands_on_what_is_left(tmp_path: Path):
    regions = {"africa": 20, "americas": 3, "asia": 20, "europe": 9}
    people = [(30, {"birth_region": region}) for region, many in regions.items() for _one in range(many)]
    held = Held("2027-2", tmp_path, people)
    draw = held.drawn(30)

    # Nine, six, nine and six places: three of the Americas' go on to Asia; everybody's has none left over.
    assert by_cell(draw) == {"africa": 9, "americas": 3, "asia": 12, "europe": 6, "*": 0}
    taken = queries.chosen(draw).values_list("standing__cell", "eoi__facts__birth_region")
    assert all(cell == region for cell, region in taken)
    assert "leaves.txt" in whole(queries.public(draw))
    verified(draw, tmp_path)


@pytest.mark.django_db
def test_one_number_each_gives_advanced_degrees_a_second_chance_with_the_same_number(tmp_path: Path):
    people = [(30, {"degree": "master" if number % 3 == 0 else "bachelor"}) for number in range(36)]
    held = Held("2027-3", tmp_path, people)
    draw = held.drawn(17)

    assert by_cell(draw) == {"regular": 13, "advanced": 4}
    walk = list(queries.in_order(draw).values_list("eoi__facts__degree", "standing__cell"))
    assert [cell for _degree, cell in walk[:13]] == ["regular"] * 13
    # The second places go down the same walk: to the first with an advanced degree that the first places passed.
    assert [cell for degree, cell in walk[13:] if degree == "master"][:4] == ["advanced"] * 4
    assert draw.entries.count() == len({one.person_key for one in held.files}) == 36
    verified(draw, tmp_path)


@pytest.mark.django_db
@pytest.mark.parametrize("aimed", [(), ("advanced",)], ids=["general", "for a category"])
def test_a_round_takes_the_highest_points_of_those_it_is_aimed_at(aimed: tuple[str, ...], tmp_path: Path):
    people = [
        (20 + 10 * (number % 3), {"degree": "doctorate" if number % 2 else "bachelor", "years_worked": number % 6})
        for number in range(48)
    ]
    held = Held("2027-4", tmp_path, people)
    draw = held.drawn(10, filters={"attributes": list(aimed)})

    within = [one for one in held.files if not aimed or one.facts["degree"] == "doctorate"]
    best = sorted(within, key=lambda one: (-one.points, one.placed_at))[:10]
    assert list(queries.chosen(draw).values_list("eoi_id", flat=True)) == [one.pk for one in best]
    assert queries.seed_of(draw).source == "none"  # type: ignore[union-attr]
    verified(draw, tmp_path)
