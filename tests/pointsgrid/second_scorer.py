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


# --- Ontario, the grids since 22 November 2022, from ontario.md sections 2.1 to 2.4 -------------------------------------------

JOB = ("teer", "boc", "wage", "permit", "tenure", "earnings")
SCHOOL = ("education", "field", "canedu", "lang", "bilingual")
COUNTS = {
    "on-fw-2022-11": (*JOB, "lang", "bilingual", "loc_job"),
    "on-is-2022-11": (*JOB, *SCHOOL, "loc_job", "loc_study"),
    "on-ids-2022-11": (*JOB[1:], "loc_job"),
    "on-mg-2022-11": ("permit", "earnings", *SCHOOL, "loc_study"),
    "on-pg-2022-11": ("permit", "earnings", *SCHOOL, "loc_study"),
}
NORTH = {"3544", "3546", "3548", "3549", "3551", "3552", "3553", "3554", "3556", "3557", "3558", "3559", "3560"}


def ontario_by_hand(grid: str, facts: Mapping[str, Any]) -> dict[str, int]:
    """Return the points of each line of an Ontario grid and the total, from what was said."""
    noc, english, french = facts["job_noc"], number(facts["english_clb"]), number(facts["french_nclc"])
    every = {
        "teer": 10 if noc[1] in "01" else 8 if noc[1] in "23" else 0,
        "boc": {"0": 10, "2": 10, "3": 10, "7": 7, "1": 5, "9": 5, "4": 4, "8": 4}.get(noc[0], 3),
        "wage": next((given for least, given in WAGES if facts["job_wage"] >= least), 0),
        "permit": 10 if facts["valid_permit"] else 0,
        "tenure": 3 if number(facts["months_in_position"]) >= 6 else 0,
        "earnings": 3 if facts["best_year_earnings"] >= 40000 else 0,
        "education": {"doctorate": 10, "master": 8, "bachelor": 6, "graduate_diploma": 6}.get(
            facts["highest_education"], 0 if "secondary" in facts["highest_education"] else 5
        ),
        "field": field_points(facts["field_of_study"]),
        "canedu": 5 * min(facts["canadian_credentials_count"], 2),
        "lang": {8: 6, 7: 4}.get(max(english, french), 10 if max(english, french) > 8 else 0),
        "bilingual": 0 if max(english, french) < 7 else 10 if min(english, french) >= 6 else 5,
        "loc_job": place(facts["job_location_cd"]),
        "loc_study": {"northern": 10, "other_ontario": 8, "gta_outside_toronto": 3}.get(facts["study_area"], 0),
    }
    lines = {name: every[name] for name in COUNTS[grid]}
    return {**lines, "total": sum(lines.values())}


WAGES = ((40, 10), (35, 8), (30, 7), (25, 6), (20, 5))


def field_points(field: str) -> int:
    if field in ("engineering", "health", "mathematics_computing", "science", "trades"):
        return 12
    return 0 if field in ("arts_humanities", "other", NOT_APPLICABLE) else 6


def place(division: str) -> int:
    if division in NORTH:
        return 10
    return 0 if division == "3520" else 3 if division in ("3518", "3519", "3521", "3524") else 8
