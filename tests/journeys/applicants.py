"""Who walks through the Ontario program: what each answers, as the platform keeps answers."""

from datetime import date, timedelta
from typing import Any

CANDIDATE, EMPLOYER = "candidate@mail.example", "office@mill.example"


def graduate(on: date) -> dict[str, Any]:
    """The answers of somebody who finished a master's degree in Waterloo half a year ago: 58 points."""
    return {
        **_anybody(on),
        "highest_education": "master", "field_of_study": "engineering", "has_canadian_credentials": True,
        "canadian_credentials": [{
            "institution": "University of Waterloo", "eligible_institution": True, "credential": "master",
            "length": "two_years_or_more", "admission_degree": True, "from": _day(on, -900), "completed": True,
            "to": _day(on, -180), "campus_in_ontario": True, "in_person": True, "campus_division": "3530",
            "share_in_canada": 100, "years_in_ontario": 2,
        }],
        "studying_now": False, "has_lived_in_ontario": True,
        "ontario_residence": [
            {"from": _day(on, -900), "still_there": True, "division": "3530", "lawful": True},
        ],
        "scholarship_owed": False, "settlement_funds": "30000", "ontario_job_earnings": "0", "family_size": 1,
    }  # fmt: skip


def worker(on: date) -> dict[str, Any]:
    """The answers of a software engineer with an offer in Ottawa, in the position for ten months."""
    return {
        **_anybody(on), "status_type": "work_permit",
        "job_noc": "21231", "job_title": "Software engineer", "pay_stated": "hourly", "job_wage_hourly": "52.00",
        "job_hours_week": "37.5", "job_weeks_year": "52", "job_permanent": True, "job_location_cd": "3506",
        "employer_legal_name": "Rideau Mills Ltd.", "cra_bn": "123456789",
        "in_position": True, "position_start": _day(on, -300), "licence_required": False, "exp_same_noc_months": 40,
        "in_pilot": False,
    }  # fmt: skip


def _anybody(on: date) -> dict[str, Any]:
    return {
        "family_name": "Duarte", "given_names": "Inês", "birth_date": "1997-03-27", "citizenship": "BR",
        "residence_country": "CA", "email": CANDIDATE, "phone": "519-555-0142", "pref_lang": "en",
        "passport_country": "BR", "passport_number": "FX123456", "passport_expiry": _day(on, 2000),
        "in_canada": True, "in_ontario": True, "status_type": "study_permit", "status_expiry": _day(on, 400),
        "refugee_claim_pending": False, "best_year_earnings": "0", "has_language_test": True,
        "first_official_language": "en", "l1_test": "ielts_general", "l1_test_date": _day(on, -120),
        "l1_listening": "8.0", "l1_reading": "7.5", "l1_writing": "7.0", "l1_speaking": "7.5",
        "has_second_language": False, "intent_ontario": True, "intent_reasons": "Studies, friends and work in Waterloo.",
        "attest_criteria": True, "attest_truth": True,
    }  # fmt: skip


def _day(on: date, days: int) -> str:
    return (on + timedelta(days=days)).isoformat()
