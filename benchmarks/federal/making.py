"""Files of synthetic profiles: the same people for the same seed, spread as a pool is over scores, occupations and languages."""

import csv
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

NOCS = ("21231", "31301", "72310", "63200", "41220", "22214", "13110", "33102")
SKILLS = ("listening", "reading", "writing", "speaking")


def write(path: Path, people: int, *, on: date, seed: int = 7) -> Path:
    """Write a CSV of so many profiles of the twelve months to ``on``; one in a hundred people has two of them."""
    random = Random(seed)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, _profile(0, Random(seed), on))
        writer.writeheader()
        writer.writerows(_profile(number, random, on) for number in range(people))
    return path


def _profile(number: int, random: Random, on: date) -> dict[str, Any]:
    made = on - timedelta(days=random.randint(0, 364))
    noc, months = random.choice(NOCS), random.randint(12, 120)
    person = number - 1 if number % 100 == 99 else number
    french = random.random() < 0.15
    levels = {f"english_{skill}": random.randint(5, 10) for skill in SKILLS}
    levels |= {f"french_{skill}": random.randint(6, 10) if french else "" for skill in SKILLS}
    return {
        "profile_number": f"E{number:09}", "validation_code": f"V{number:09}", "family_name": f"Family{person}",
        "given_names": f"Given{person}", "birth_date": (on - timedelta(days=random.randint(20, 45) * 365)).isoformat(),
        "email": f"p{person}@bench.example", "passport_country": "PT", "passport_number": f"P{person:08}",
        "crs": min(max(round(random.gauss(470, 60)), 0), 1200), "crs_on": made.isoformat(), "primary_noc": noc,
        "experience": f"{noc}:{months}", "first_language": "en", **levels,
        "provinces": random.choice(("ON", "ON;QC", "ALL", "BC;AB")), "created_on": made.isoformat(),
        "valid_until": (made + timedelta(days=365)).isoformat(),
        "education": random.choice(("three_year", "masters", "two_or_more")),
        "canadian_work_years": random.randint(0, 5), "foreign_work_years": random.randint(0, 3), "trade_certificate": "no",
        "spouse_accompanies": "no", "sibling_in_canada": "no", "canadian_study": "none", "provincial_nomination": "no",
    }  # fmt: skip
