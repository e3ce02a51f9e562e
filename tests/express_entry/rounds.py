"""Rounds for tests: a pool loaded from a file, the people who hold a round, a plan that can be told otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from passerelle.accounts.models import Person
from passerelle.express_entry import operations
from passerelle.express_entry.models import Round
from passerelle.programs import files
from passerelle.programs import operations as programs
from passerelle.programs.models import Pack
from tests.express_entry.files import NOON, PROGRAM, a_csv, line, program
from tests.support.people import a_staff_member

DAY = timedelta(days=1)
# Midnight in Toronto on the day from which the streams are closed, and a round some days before it.
CLOSED = datetime(2026, 6, 26, 4, tzinfo=UTC)
IN_JUNE = {
    "at": CLOSED - 9 * timedelta(days=1), "held_on": date(2026, 6, 16), "created_from": date(2025, 6, 17),
    "created_through": date(2026, 6, 16),
}  # fmt: skip
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


def close_streams(office: Office, at: datetime) -> None:
    """Put the edition of June 2026, which closes every stream, in force from ``at``."""
    sources = files.sources(settings.PACKS / PROGRAM / "2026-1")
    heading = files.heading(sources)
    Pack.objects.create(
        pk=900_205, code=PROGRAM, version="2026-1", kind="program", program_id=PROGRAM, loaded_at=NOON,
        sha256=files.fingerprint(sources), sources=sources, in_force_from=heading.from_at, by_staff=heading.by_staff,
    )  # fmt: skip
    put = programs.ask_to_put_in_force(
        program=PROGRAM, version="2026-1", from_at=at, reason="O. Reg. 204/26", by=office.director, at=at - 2 * DAY
    )
    programs.confirm_put_in_force(put=put, by=office.second, at=at - DAY)


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
