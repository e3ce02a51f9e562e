"""The nine ways of choosing, each of them data: foreseen, drawn, told in both languages, checked by both verifiers.

Five are the Northwest Territories' (2024 to 2026) and two Ontario's, as their packs ship; three are editions that the documentation
writes out whole: a lottery by region, one number for each person, rounds by a cut-off.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from passerelle.draws import announced, queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import (
    accept,
    conduct_draw,
    enter_dice,
    mark_issued,
    publish_notice,
    select,
)
from passerelle.programs import files
from passerelle.programs import queries as programs
from passerelle.programs.models import Pack
from tests.draws.support import DAY, HOUR, NOON, OPENED, director, eoi, foreseen, manager, person, places, planned
from tests.draws.test_ways_of_choosing import Held
from tests.factories import program
from tests.npd1.test_less_than_whole import DIGITS, both, on_draw
from tests.support.bundles import whole

PACKS = Path(__file__).parents[2] / "packs"
Foreseen = tuple[int, set[str]]


def of_the_territory(key: str) -> tuple[Draw, Foreseen]:
    """Hold a draw by one of the five rules of the pack as it ships, over 26 people, three of them of one small employer."""
    shipped = files.sources(PACKS / "ca-nt" / "2026-1")
    pack = Pack.objects.create(
        code="ca-nt", version="2026-shipped", kind="program", program_id=program().program_id, loaded_at=OPENED,
        sha256=files.fingerprint(shipped), sources=shipped, in_force_from=datetime(2026, 2, 2, tzinfo=UTC),
    )  # fmt: skip
    places(300)
    small = person("employer")
    for number in range(26):
        facts = {
            "francophone": number % 9 == 0, "nwt_employees": 5 if number < 3 else 80,
            "work_permit_expiry": f"2026-{4 + number % 8:02d}-15",
        }  # fmt: skip
        own = {"employer": small} if number < 3 else {}
        category = ("skilled", "entry_level", "express_entry")[number % 3]
        eoi(400 + number % 5, category=category, facts=facts, **own)
    rule = next(one for one in programs.rules(pack).selection if one.key == key)
    draw = planned(rule.places or 6, rule=key)
    before, later = foreseen(draw, NOON - 4 * DAY), NOON + 24 * HOUR
    publish_notice(number=draw.number, by=manager(), at=NOON - 4 * DAY)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    for _witness in range(2 if rule.by_chance else 0):
        enter_dice(number=draw.number, digits=DIGITS, by=manager(), at=later)
    select(number=draw.number, by=manager(), at=later)
    head = director()
    accept(number=draw.number, by=head, at=later)
    mark_issued(number=draw.number, by=head, at=later)
    return queries.draw(draw.number), before


def of_a_region(folder: Path) -> tuple[Draw, Foreseen]:
    regions = {"africa": 9, "americas": 2, "asia": 9, "europe": 6}
    people: Any = [(30, {"birth_region": region}) for region, many in regions.items() for _one in range(many)]
    return _documented("2027-2", folder, people, 16)


def of_one_number_each(folder: Path) -> tuple[Draw, Foreseen]:
    people: Any = [(30, {"degree": "master" if number % 3 == 0 else "bachelor"}) for number in range(36)]
    return _documented("2027-3", folder, people, 17)


def of_a_round(folder: Path) -> tuple[Draw, Foreseen]:
    people: Any = [(20 + number % 7, {"degree": "doctorate", "years_worked": number % 6}) for number in range(30)]
    return _documented("2027-4", folder, people, 10)


def _documented(version: str, folder: Path, people: Any, size: int) -> tuple[Draw, Foreseen]:
    held = Held(version, folder, people)
    draw = held.drawn(size)
    return draw, held.foreseen


def of_ontario(aimed: bool) -> tuple[Draw, Foreseen]:
    before: list[Foreseen] = []
    draw = on_draw(
        30, aimed="health" if aimed else "", facts=lambda number: {"in_health_job_offer_2024": number % 2 == 0},
        looked_at=lambda plan: before.append(foreseen(plan, OPENED + DAY)),
    )  # fmt: skip
    return draw, before[0]


NINE: dict[str, Callable[[Path], tuple[Draw, Foreseen]]] = {
    "first come first served": lambda _folder: of_the_territory("first_come"),
    "February 2025": lambda _folder: of_the_territory("random_with_caps"),
    "July 2025": lambda _folder: of_the_territory("random_within_stream"),
    "November 2025": lambda _folder: of_the_territory("permit_then_received"),
    "March 2026": lambda _folder: of_the_territory("ranked_points"),
    "Ontario, general": lambda _folder: of_ontario(aimed=False),
    "Ontario, targeted": lambda _folder: of_ontario(aimed=True),
    "an Express Entry round": of_a_round,
    "a regional lottery": of_a_region,
    "one number each": of_one_number_each,
}


@pytest.mark.django_db
@pytest.mark.parametrize("way", NINE)
def test_each_way_is_foreseen_drawn_told_and_verified(way: str, tab: Page, tmp_path: Path):
    draw, (many, who) = NINE[way](tmp_path)

    taken = set(queries.chosen(draw).values_list("eoi__reference", flat=True))
    assert 0 < len(taken) == many
    assert who in (taken, set())
    assert bool(who) is not queries.blocks(draw).by_chance

    said = announced.words(draw)
    rule = {language: dict(map(tuple, rows)) for language, rows in said.items()}  # type: ignore[arg-type]
    assert len(rule["en"]) == len(rule["fr"])
    assert rule["en"]["Rule"] != rule["fr"]["Règle"]
    assert rule["en"]["Rule"].endswith(".")
    assert rule["fr"]["Règle"].endswith(".")

    public, sealed = whole(queries.public(draw)), whole(queries.sealed(draw))
    for mode, members in (("public", public), ("full", sealed)):
        code, told, _keys = both(tab, tmp_path, mode, members)
        assert code == 0, told
    ranked = list(queries.in_order(draw).select_related("eoi"))
    for entry in (ranked[0], ranked[-1]):
        mine = queries.receipt(draw, entry.eoi)
        assert mine
        code, told, _keys = both(tab, tmp_path, "mine", public, mine.to_bytes())
        assert code == 0, told
