"""A small territory: the program opened from its real pack, staff, and files in the pool with chosen points."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.conf import settings

from passerelle.accounts.models import Person, Role
from passerelle.allocations.operations import set_places
from passerelle.draws.models import Draw
from passerelle.draws.operations import plan_draw
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import files
from passerelle.programs.models import Pack, Program

OPENED = datetime(2026, 3, 9, 16, tzinfo=UTC)
SUBMITTED = datetime(2026, 3, 10, 18, tzinfo=UTC)
CLOSES = datetime(2026, 3, 25, 6, tzinfo=UTC)  # 25 March 2026, 00:00 in Yellowknife
NOON = datetime(2026, 3, 25, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CATEGORIES = ("entry_level", "skilled", "express_entry")
_numbers = count(1)


def program() -> Pack:
    """Open the program with its shipped pack."""
    Program.objects.get_or_create(code="ca-nt", defaults={"opened_at": OPENED})
    sources = files.sources(settings.PACKS / "ca-nt" / "2026-1")
    pack, _created = Pack.objects.get_or_create(
        code="ca-nt", version="2026-1",
        # Always the same key, so that its rules are read once for the whole run.
        defaults={
            "pk": 900_001, "kind": "program", "program_id": "ca-nt", "sha256": files.fingerprint(sources),
            "sources": sources, "loaded_at": OPENED, "in_force_from": datetime(2026, 1, 1, tzinfo=UTC),
        },
    )  # fmt: skip
    return pack


def person(audience: str, *roles: str, language: str = "en", name: str = "") -> Person:
    """Return somebody new of an audience; staff with ``roles`` in the program."""
    number = next(_numbers)
    made = Person.objects.create(
        username=f"some.{audience}{number}", email=f"some.{audience}{number}@example.org",
        name=name or f"{audience.title()} {number}", audience=audience, language=language, joined_at=OPENED,
        program="" if audience == "staff" else "ca-nt",
    )  # fmt: skip
    for role in roles:
        Role.objects.create(person=made, program="ca-nt", role=role, granted_at=OPENED)
    return made


def director() -> Person:
    return person("staff", "director")


def manager() -> Person:
    return person("staff", "draw_manager")


def eoi(points: int = 400, **more: Any) -> ExpressionOfInterest:
    """Return a file in the pool, or in the ``state`` given, with its two parties."""
    number = next(_numbers)
    at = more.pop("submitted_at", SUBMITTED + number * timedelta(minutes=1))
    confirmed = more.get("state", "in_pool") in ("in_pool", "invited")
    fields = {
        "reference": f"NT-E-2026-{number:06d}", "program": "ca-nt", "category": "skilled", "pack": program(),
        "employer": person("employer"), "candidate": person("candidate"), "state": "in_pool", "points": points,
        "opened_at": OPENED, "first_submitted_at": at, "submitted_at": at,
        "placed_at": at, "stream": "employer_driven", "valid_before": at + 365 * DAY,
        "review_from": at, "review_by": at + 7 * DAY, "grid": "ntnp-eoi-2026-r1", "person_key": f"{number:064d}",
        "live_scope": "ca-nt", "receipt": "signed",
        "confirmed_at": at + DAY if confirmed else None,
        "confirmed_by": person("staff", "officer") if confirmed else None,
        "confirmed_points": points if confirmed else None,
    }  # fmt: skip
    return ExpressionOfInterest.objects.create(**{**fields, **more})


def pool(points: Sequence[int], **more: Any) -> list[ExpressionOfInterest]:
    """Return files in the pool with these points, each submitted a minute after the one before."""
    return [eoi(one, **more) for one in points]


def places(number: int = 197) -> None:
    program()
    set_places(program="ca-nt", year=2026, places=number, reason="Set by Canada", by=director(), at=OPENED)


def planned(size: int = 2, by: Person | None = None, **more: Any) -> Draw:
    """Return a planned draw of 25 March 2026 over all categories."""
    program()
    fields: dict[str, Any] = {"held_on": CLOSES.date(), "closes_at": CLOSES, "categories": CATEGORIES, **more}
    return plan_draw(program="ca-nt", size=size, by=by or manager(), at=OPENED, **fields)
