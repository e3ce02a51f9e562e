"""The Northwest Territories grid written a second time by hand, in plain Python, for comparison alone.

It was written from nwt.md section 2.4 and shares nothing with the library: no YAML, no expression, no table of it.
"""

from collections.abc import Mapping
from typing import Any

ABILITY = {4: 12, 5: 17, 6: 20, 7: 22}
NOT_APPLICABLE = "not applicable"


def by_hand(facts: Mapping[str, Any]) -> dict[str, int]:
    """Return the points of each line and the total."""
    lines = {
        "first_language": sum(
            ability(facts[f"l1_clb_{name}"]) for name in ("listening", "reading", "writing", "speaking")
        ),
        "second_language": 25 if number(facts["l2_clb_lowest"]) >= 5 else 0,
        "age": age(facts["age"]),
        "work_experience": min(facts["related_years"], 5) * 20,
        "education": {"ps_related": 100, "ps_unrelated": 50, "secondary": 25, "none": 0}[facts["education_line"]],
        "nwt_work": nwt_work(facts["nwt_work_months"]),
        "nwt_education": {"none": 0, "certificate": 50, "diploma_or_higher": 100}[facts["nwt_education"]],
        "occupation": [100, 100, 80, 60, 40, 20][facts["noc_teer"]],
        "targeted_trade": 40 if facts["targeted_trade"] else 0,
        "job_location": 50 if facts["outside_yellowknife"] else 0,
        "family": 50 if facts["family_in_nwt"] else 0,
        "spouse_language": 15 if number(facts["spouse_min_clb"]) >= 4 else 0,
        "spouse_education": 15
        if facts["spouse_education"] not in (NOT_APPLICABLE, "less_than_secondary", "secondary")
        else 0,
    }
    return {**lines, "total": sum(lines.values())}


def ability(level: int) -> int:
    return 25 if level >= 8 else ABILITY.get(level, 0)


def number(level: Any) -> int:
    return -1 if level == NOT_APPLICABLE else level


def age(years: int) -> int:
    if years < 18:
        return 0
    if years <= 20:
        return 40
    if years <= 44:
        return 50
    return 30 if years <= 49 else 10


def nwt_work(months: int) -> int:
    if months < 6:
        return 0
    if months < 12:
        return 50
    return 75 if months < 36 else 100
