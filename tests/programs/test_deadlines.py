"""Deadlines of the NWT pack: the vectors of the fact sheet, holidays against the library, closures entered by staff."""

import bisect
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest

from passerelle.core.deadlines import last_day
from passerelle.programs import operations, queries
from passerelle.programs.rules import ProgramRules

YELLOWKNIFE = ZoneInfo("America/Yellowknife")
BUSINESS_DAYS = [
    ("2026-03-09", "2026-03-16"), ("2026-03-30", "2026-04-07"), ("2026-05-14", "2026-05-22"), ("2026-06-17", "2026-06-24"),
    ("2026-06-19", "2026-06-26"), ("2026-06-26", "2026-07-06"), ("2026-07-29", "2026-08-06"), ("2026-09-03", "2026-09-11"),
    ("2026-09-25", "2026-10-05"), ("2026-10-08", "2026-10-16"), ("2026-11-06", "2026-11-16"), ("2026-12-24", "2027-01-04"),
]  # fmt: skip
THIRTY_DAYS = [("2026-03-25", "2026-04-24"), ("2026-06-25", "2026-07-25"), ("2026-09-25", "2026-10-25")]
# Known differences (the pack follows the Act as the fact sheet lists it): the library has 21 June under its old name, and the
# day of mourning of 2022 is out of range.
OWN_WORDS = {"National Indigenous Peoples Day": "National Aboriginal Day", "First Monday in August": "Civic Holiday"}


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), YELLOWKNIFE).astimezone(UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(("received", "due"), BUSINESS_DAYS)
def test_five_business_days_as_the_fact_sheet_counts_them(nwt: ProgramRules, received, due):
    assert last_day(queries.due(nwt, "score_notice", noon(received)), YELLOWKNIFE) == date.fromisoformat(due)


@pytest.mark.django_db
@pytest.mark.parametrize(("drawn", "due"), THIRTY_DAYS)
def test_thirty_calendar_days_do_not_move_for_a_weekend(nwt: ProgramRules, drawn, due):
    assert last_day(queries.due(nwt, "application", noon(drawn)), YELLOWKNIFE) == date.fromisoformat(due)


@pytest.mark.django_db
@pytest.mark.parametrize(("from_day", "until"), [("2026-03-09", "2027-03-09"), ("2028-02-29", "2029-02-28")])
def test_a_year_runs_through_the_end_of_the_anniversary_day(nwt: ProgramRules, from_day, until):
    assert last_day(queries.due(nwt, "eoi_validity", noon(from_day)), YELLOWKNIFE) == date.fromisoformat(until)


def test_the_packs_holidays_are_the_librarys_but_for_known_differences(nwt: ProgramRules):
    for year in range(2024, 2033):
        known = holidays.country_holidays("CA", subdiv="NT", years=year, observed=False, language="en_CA")
        assert set(nwt.holidays(year)) == set(known), year
        for day, name in nwt.holidays(year).items():
            told = OWN_WORDS.get(name["en"], name["en"])
            assert told in known[day] or name["en"] in known[day] or known[day] in told, (day, name, known[day])


def test_eleven_holidays_a_year_in_both_languages(nwt: ProgramRules):
    assert {year: len(nwt.holidays(year)) for year in range(2024, 2033)} == dict.fromkeys(range(2024, 2033), 11)
    assert all(name["en"] and name["fr"] for year in range(2024, 2033) for name in nwt.holidays(year).values())


@pytest.mark.django_db
def test_a_closure_entered_by_staff_moves_business_days_and_taking_it_off_moves_them_back(nwt: ProgramRules):
    operations.load_packs(at=noon("2026-03-01"))
    before = queries.due(nwt, "score_notice", noon("2026-12-24"))
    operations.close_office(program="ca-nt", day=date(2026, 12, 28), name="Boxing Day", by=None, at=noon("2026-12-01"))

    assert last_day(queries.due(nwt, "score_notice", noon("2026-12-24")), YELLOWKNIFE) == date(2027, 1, 5)

    operations.reopen_office(program="ca-nt", day=date(2026, 12, 28), by=None, at=noon("2026-12-02"))
    assert queries.due(nwt, "score_notice", noon("2026-12-24")) == before


@pytest.mark.django_db
def test_days_off_are_the_programs_own(nwt: ProgramRules):
    """A closure bears on business days alone: a legal period in calendar days is never lengthened by it."""
    operations.load_packs(at=noon("2026-03-01"))
    operations.close_office(program="ca-nt", day=date(2026, 4, 24), name="Storm", by=None, at=noon("2026-03-02"))

    assert last_day(queries.due(nwt, "application", noon("2026-03-25")), YELLOWKNIFE) == date(2026, 4, 24)


@cache
def first_instant_after(day: date) -> datetime:
    """Return the first moment after ``day`` by search: no arithmetic with local times, only the zone's own answer."""
    start = datetime.combine(day, time(0), UTC)

    def is_over(number: int) -> bool:
        return (start + timedelta(microseconds=number)).astimezone(YELLOWKNIFE).date() > day

    return start + timedelta(microseconds=bisect.bisect_left(range(3 * 86_400_000_000), True, key=is_over))


OFF = set(holidays.country_holidays("CA", subdiv="NT", years=range(2023, 2035), observed=False))


def second_business_day(day: date, days: int) -> date:
    """Return the ``days``-th business day after ``day``, by the ``holidays`` library and a list of all days."""
    later = (day + timedelta(days=number) for number in range(1, 60))
    return [one for one in later if one.isoweekday() not in (6, 7) and one not in OFF][days - 1]


@pytest.mark.django_db
@pytest.mark.parametrize("every", [11, pytest.param(1, marks=pytest.mark.proof, id="every day")])
def test_every_deadline_of_the_pack_from_every_day_agrees_with_a_second_count(
    nwt: ProgramRules, every: int, record_property
):
    """2024 to 2032, from the first and the last moment of the day and its noon."""
    day, compared = date(2024, 1, 1), 0
    five, thirty = nwt.deadline("score_notice").days, nwt.deadline("application").days
    while day.year < 2033:
        start = first_instant_after(day - timedelta(days=1))
        ends = first_instant_after(day) - timedelta(microseconds=1)
        for at in (start, noon(day.isoformat()), ends):
            assert queries.due(nwt, "score_notice", at) == first_instant_after(second_business_day(day, five)), at
            assert queries.due(nwt, "application", at) == first_instant_after(day + timedelta(days=thirty)), at
            year = day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else date(day.year + 1, 2, 28)
            assert queries.due(nwt, "eoi_validity", at) == first_instant_after(year), at
            compared += 3
        day += timedelta(days=every)
    record_property("deadlines compared", compared)
