"""Files of federal profiles for tests: the program with a federal pool, one line as it should be, files of many."""

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from passerelle.programs import files
from passerelle.programs.models import Pack, Program

PROGRAM = "ca-on"
NOON = datetime(2026, 3, 10, 17, tzinfo=UTC)
# 30 years old, bachelor's degree, CLB 9 in English, two years here, three abroad: worked out by hand from federal.md.
LINE: dict[str, Any] = {
    "profile_number": "E000000001", "validation_code": "V000000001", "family_name": "Duarte", "given_names": "Inês",
    "birth_date": "1996-02-01", "email": "ines@example.org", "crs": "507", "crs_on": "2026-03-01",
    "primary_noc": "21231", "experience": "21231:60;21232:12", "first_language": "en",
    "english_listening": "9", "english_reading": "9", "english_writing": "9", "english_speaking": "9",
    "french_listening": "", "french_reading": "", "french_writing": "", "french_speaking": "",
    "provinces": "ON;QC", "created_on": "2026-02-01", "valid_until": "2027-01-31",
    "education": "three_year", "canadian_work_years": "2", "foreign_work_years": "3", "trade_certificate": "no",
    "spouse_accompanies": "no", "spouse_is_canadian": "", "sibling_in_canada": "no", "canadian_study": "none",
    "provincial_nomination": "no",
}  # fmt: skip


def program() -> Pack:
    """Open the program with its shipped pack, always under one key so that its rules are read once for the whole run."""
    Program.objects.get_or_create(code=PROGRAM, defaults={"opened_at": NOON})
    sources = files.sources(settings.PACKS / PROGRAM / "2024-1")
    pack, _new = Pack.objects.get_or_create(
        code=PROGRAM, version="2024-1",
        defaults={
            "pk": 900_002, "kind": "program", "program_id": PROGRAM, "sha256": files.fingerprint(sources),
            "sources": sources, "loaded_at": NOON, "in_force_from": datetime(2024, 1, 1, tzinfo=UTC),
        },
    )  # fmt: skip
    return pack


def line(number: int = 1, **given: Any) -> dict[str, Any]:
    """The line of one person, with other values where they are given."""
    return LINE | {"profile_number": f"E{number:09}", "validation_code": f"V{number:09}"} | given


def a_csv(path: Path, lines: Iterable[Mapping[str, Any]]) -> Path:
    """Write a CSV with a head."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, LINE)
        writer.writeheader()
        writer.writerows(lines)
    return path


def a_json(path: Path, lines: Iterable[Mapping[str, Any]], *, indent: int | None = None) -> Path:
    """Write an array of objects."""
    path.write_text(json.dumps(list(lines), indent=indent, ensure_ascii=False), encoding="utf-8")
    return path
