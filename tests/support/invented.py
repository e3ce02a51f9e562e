"""Made-up candidates of the Northwest Territories: answers to the questionnaire, drawn at random, strong ones or others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.support import invented_names as names

# Occupation code, title, and what the employer's category for it is.
JOBS = {
    "entry_level": (
        ("65201", "Food counter attendant"), ("65310", "Light duty cleaner"), ("65100", "Cashier"),
        ("75110", "Construction labourer"),
        ("64300", "Food service supervisor's helper"), ("65311", "Specialized cleaner"),
    ),
    "skilled": (
        ("63200", "Cook"), ("62020", "Food service supervisor"), ("42202", "Early childhood educator"), ("72106", "Welder"),
        ("72200", "Electrician"), ("33102", "Nurse aide"), ("12010", "Office supervisor"), ("60030", "Restaurant manager"),
    ),
    "express_entry": (
        ("21231", "Software engineer"), ("31301", "Registered nurse"), ("11100", "Accountant"),
        ("41220", "Secondary school teacher"),
        ("21300", "Civil engineer"), ("60030", "Restaurant manager"), ("32101", "Licensed practical nurse"),
    ),
}  # fmt: skip
COMMUNITIES = ("yellowknife",) * 9 + (
    "hay_river",
    "inuvik",
    "fort_smith",
    "behchoko",
    "norman_wells",
    "fort_simpson",
    "deline",
)


@dataclass(frozen=True)
class Candidate:
    """One made-up candidate and the file they are in."""

    name: str
    language: str
    category: str
    company: str
    answers: dict[str, Any]


def candidate(random: Random, *, number: int, category: str, strong: bool, on: date) -> Candidate:
    """Return a candidate as they would answer on day ``on``; ``strong`` ones score about 400 to 600, others 150 to 420."""
    family, given = _name(random)
    language = "fr" if random.random() < 0.3 else "en"
    answers = {
        **_identity(random, family, given, number, language, on),
        **_language(random, language, _LEVELS[category][strong], strong, on),
        **_work(random, strong, on), **_education(random, strong), **_job(random, category, strong),
        **_family(random, strong), **_express_entry(category, number),
        "declare_accurate": True, "declare_single_profile": True, "consent_privacy": True,
    }  # fmt: skip
    _tie_job_to_work(answers)
    company = random.choice(names.COMPANIES)
    return Candidate(f"{given} {family}".strip(), language, category, company, answers)


def _name(random: Random) -> tuple[str, str]:
    if random.random() < 0.03:
        return random.choice(names.MONONYMS), ""
    return random.choice(names.FAMILY), random.choice(names.GIVEN)


def _identity(random: Random, family: str, given: str, number: int, language: str, on: date) -> dict[str, Any]:
    age = random.choices((random.randint(21, 44), random.randint(45, 52), random.randint(18, 20)), (88, 8, 4))[0]
    country = random.choice(names.COUNTRIES)
    said = {
        "family_name": family, "date_of_birth": (on - timedelta(days=int(age * 365.25) + random.randint(20, 300))).isoformat(),
        "citizenship": country, "email": f"candidate{number}@demo.example", "phone": f"+1 867-555-{number % 10000:04d}",
        "preferred_language": language, "passport_country": country, "passport_number": f"{country}{7000000 + number}",
        "passport_expiry": (on + timedelta(days=random.randint(500, 2500))).isoformat(),
        "work_permit_type": random.choice(("employer_specific", "open")), "refugee_claimant": False,
        "work_permit_expiry": (on + timedelta(days=random.randint(280, 800))).isoformat(),
    }  # fmt: skip
    return {**said, "given_names": given} if given else said


# Raw results of a report, from CLB 5 to CLB 8 and over, by ability: listening, reading, writing, speaking.
IELTS = {
    5: ("5", "4", "5", "5"),
    6: ("5.5", "5", "5.5", "5.5"),
    7: ("6", "6", "6", "6"),
    8: ("7.5", "6.5", "6.5", "6.5"),
}
TCF = {
    5: ("369", "375", "6", "6"),
    6: ("398", "406", "7", "7"),
    7: ("458", "453", "10", "10"),
    8: ("503", "499", "12", "12"),
}
ABILITIES = ("listening", "reading", "writing", "speaking")


# Levels drawn from by category, for the others and for the strong: none under what the category asks.
_LEVELS = {
    "entry_level": ((5, 5, 6), (6, 7, 8)),
    "skilled": ((6, 6, 7), (7, 8, 8)),
    "express_entry": ((7, 7, 8), (7, 8, 8)),
}


def _language(random: Random, language: str, levels: tuple[int, ...], strong: bool, on: date) -> dict[str, Any]:
    first, other = (TCF, "tcf_canada"), (IELTS, "ielts_general")
    if language == "en":
        first, other = other, first
    said = {
        "first_official_language": language, "has_second_language": random.random() < (0.12 if strong else 0.04),
        **_report("l1", first, random, levels, on),
    }  # fmt: skip
    return {**said, **_report("l2", other, random, (5, 6), on)} if said["has_second_language"] else said


def _report(
    key: str, test: tuple[Mapping[int, tuple[str, ...]], str], random: Random, levels: Any, on: date
) -> dict[str, Any]:
    chart, name = test
    results = {f"{key}_{ability}": chart[random.choice(levels)][place] for place, ability in enumerate(ABILITIES)}
    taken = on - timedelta(days=random.randint(40, 250))
    return {f"{key}_test": name, f"{key}_test_date": taken.isoformat(), **results}


def _work(random: Random, strong: bool, on: date) -> dict[str, Any]:
    months_here = random.choice((13, 14, 20, 26, 38)) if strong else random.choice((12, 13, 15, 20))
    began = on - timedelta(days=int(months_here * 30.5))
    here = {
        "from": began.isoformat(), "still_there": True, "hours_per_week": "40", "country": "CA", "in_nwt": True, "related": True,
    }  # fmt: skip
    jobs = [here]
    if random.random() < (0.5 if strong else 0.1):
        end = began - timedelta(days=random.randint(30, 200))
        years = random.choice((1, 1, 2, 3)) if strong else 1
        abroad = {
            "from": (end - timedelta(days=int(years * 365.25) + 5)).isoformat(), "still_there": False, "to": end.isoformat(),
            "hours_per_week": "40", "country": random.choice(names.COUNTRIES), "related": True, "employer": "Previous employer",
        }  # fmt: skip
        jobs.append(abroad)
    return {"has_worked": True, "related_experience": jobs, "same_position_months": months_here}


def _education(random: Random, strong: bool) -> dict[str, Any]:
    level = random.choice(
        ("bachelor", "diploma", "certificate") if strong else ("secondary", "secondary", "secondary", "certificate")
    )
    said: dict[str, Any] = {"highest_education": level, "education_country": random.choice(("CA", "PH", "IN", "FR"))}
    if level != "secondary":
        said["education_related"] = strong or random.random() < 0.4
    if said["education_country"] != "CA":
        said["has_eca"] = True
    return {**said, "nwt_education": "diploma_or_higher" if strong and random.random() < 0.02 else "none"}


def _job(random: Random, category: str, strong: bool) -> dict[str, Any]:
    code, title = random.choice(JOBS[category])
    return {
        "job_title": title, "noc_code": code, "job_community": random.choice(COMMUNITIES),
        "job_permanent": True, "job_hours_per_week": "37.5", "qualifies_for_job": True,
        "licence_held": "yes" if code in {"31301", "72200", "32101"} else "not_regulated",
    }  # fmt: skip


def _tie_job_to_work(answers: dict[str, Any]) -> None:
    for job in answers["related_experience"]:
        job.setdefault("employer", "Present employer")
        job.setdefault("title", answers["job_title"])
        job.setdefault("noc", answers["noc_code"])


def _family(random: Random, strong: bool) -> dict[str, Any]:
    said: dict[str, Any] = {
        "family_in_nwt": random.random() < (0.06 if strong else 0.03), "spouse_accompanying": random.random() < 0.35,
        "accompanying_dependants": 0, "settlement_funds": f"{random.randint(18, 45) * 1000}.00", "intends_to_settle": True,
        "owns_nwt_business": False,
    }  # fmt: skip
    if said["family_in_nwt"]:
        said |= {
            "family_relationship": random.choice(("Sister", "Brother", "Aunt")),
            "family_status": "permanent_resident",
        }
    if said["spouse_accompanying"]:
        said |= {
            "spouse_min_clb": random.choice((0, 4, 5, 7)),
            "spouse_education": random.choice(("secondary", "diploma", "bachelor")),
        }
        said["accompanying_dependants"] = random.randint(1, 3)
    return said


def _express_entry(category: str, number: int) -> dict[str, Any]:
    if category != "express_entry":
        return {}
    return {"ee_profile_number": f"E{100000000 + number}", "ee_validation_code": f"JSV{100000 + number}"}
