"""Rounds for tests: a pool loaded from a file, the people who hold a round, a plan that can be told otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from passerelle.accounts.models import Person
from passerelle.express_entry import operations
from passerelle.express_entry.models import Round
from tests.express_entry.files import NOON, PROGRAM, a_csv, line, program
from tests.support.people import a_staff_member

DAY = timedelta(days=1)
STREAM = "french_speaking_skilled_worker"
# Somebody with good French and enough English, by the levels of the file.
FRENCH = {f"french_{skill}": "9" for skill in ("listening", "reading", "writing", "speaking")}


@dataclass
class Office:
    """Who plans and conducts a round, and who issues it."""

    manager: Person
    director: Person
    second: Person


def an_office() -> Office:
    """Open the program and appoint one person to each role."""
    program()
    return Office(*(a_staff_member(role, program=PROGRAM) for role in ("draw_manager", "director", "director")))


def a_pool(folder: Path, *lines: Mapping[str, Any], name: str = "profiles.csv", at: datetime = NOON) -> None:
    """Load profiles, each a bilingual one with what is given otherwise."""
    told = [line(number, **(FRENCH | dict(given))) for number, given in enumerate(lines, start=1)]
    load = operations.load_profiles(program=PROGRAM, file=a_csv(folder / name, told), by=None, at=at)
    assert load.accepted, load.faults


def a_plan(office: Office, *, at: datetime = NOON, **given: Any) -> Round:
    """Plan a round of that day: scores 400 to 500, French at 7 and English at 6."""
    asked = {
        "stream": STREAM, "held_on": date(2026, 3, 10), "crs_lowest": 400, "crs_highest": 500, "french_lowest": 7,
        "english_lowest": 6, "created_from": date(2025, 3, 11), "created_through": date(2026, 3, 10),
    }  # fmt: skip
    return operations.plan_round(program=PROGRAM, by=office.manager, at=at, **(asked | given))


def conducted(office: Office, *, at: datetime = NOON, **given: Any) -> Round:
    """A round whose search is frozen."""
    return operations.conduct_round(number=a_plan(office, at=at, **given).number, by=office.manager, at=at)


def issued(office: Office, *, at: datetime = NOON, **given: Any) -> Round:
    """A round whose notifications are out."""
    return operations.issue_round(number=conducted(office, at=at, **given).number, by=office.director, at=at)
