"""Deadlines: the vectors of the program, the end of the day in its zone, and the change of November 2026."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import tzdata

from passerelle.core.deadlines import (
    anniversary,
    business_days_after,
    days_left,
    first_day_too_late,
    last_day,
    last_moment,
    standing,
    start_of_day,
)

YELLOWKNIFE = ZoneInfo("America/Yellowknife")
TORONTO = ZoneInfo("America/Toronto")
MICROSECOND = timedelta(microseconds=1)

# nwt.md, section 1.4: the statutory holidays of 2026 and the first of 2027.
HOLIDAYS = [
    date(2026, 1, 1), date(2026, 4, 3), date(2026, 5, 18), date(2026, 6, 21), date(2026, 7, 1), date(2026, 8, 3),
    date(2026, 9, 7), date(2026, 9, 30), date(2026, 10, 12), date(2026, 11, 11), date(2026, 12, 25), date(2027, 1, 1),
]  # fmt: skip


def noon(day: str, zone: ZoneInfo = YELLOWKNIFE) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("drawn", "last"), [("2026-03-25", "2026-04-24"), ("2026-06-25", "2026-07-25"), ("2026-09-25", "2026-10-25")]
)
def test_thirty_calendar_days_after_a_draw_are_not_moved_off_a_weekend(drawn: str, last: str):
    too_late = first_day_too_late(noon(drawn), days=30, zone=YELLOWKNIFE)

    assert last_day(too_late, YELLOWKNIFE) == date.fromisoformat(last)
    assert last_moment(too_late, YELLOWKNIFE).strftime("%Y-%m-%d %H:%M") == f"{last} 23:59"


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-09", "2026-03-16"), ("2026-03-30", "2026-04-07"), ("2026-05-14", "2026-05-22"),
        ("2026-06-17", "2026-06-24"), ("2026-06-19", "2026-06-26"), ("2026-06-26", "2026-07-06"),
        ("2026-07-29", "2026-08-06"), ("2026-09-03", "2026-09-11"), ("2026-09-25", "2026-10-05"),
        ("2026-10-08", "2026-10-16"), ("2026-11-06", "2026-11-16"), ("2026-12-24", "2027-01-04"),
    ],
)  # fmt: skip
def test_five_business_days_as_the_program_counts_them(received: str, due: str):
    too_late = business_days_after(noon(received), days=5, zone=YELLOWKNIFE, holidays=HOLIDAYS)

    assert last_day(too_late, YELLOWKNIFE) == date.fromisoformat(due)


def test_a_day_begins_and_ends_in_the_zone_of_the_program():
    evening = datetime(2026, 3, 26, 4, 30, tzinfo=UTC)  # 22:30 of 25 March in Yellowknife, 00:30 of 26 March in Toronto

    assert first_day_too_late(evening, days=30, zone=YELLOWKNIFE) == datetime(2026, 4, 25, 6, tzinfo=UTC)
    assert first_day_too_late(evening, days=30, zone=TORONTO) == datetime(2026, 4, 26, 4, tzinfo=UTC)


def test_the_pinned_zone_data_know_that_yellowknife_keeps_summer_time_from_november_2026():
    assert tzdata.IANA_VERSION >= "2026f"
    assert datetime(2026, 10, 31, 12, tzinfo=YELLOWKNIFE).utcoffset() == timedelta(hours=-6)
    assert datetime(2026, 11, 2, 12, tzinfo=YELLOWKNIFE).utcoffset() == timedelta(hours=-6)
    assert datetime(2027, 1, 15, 12, tzinfo=YELLOWKNIFE).utcoffset() == timedelta(hours=-6)


def test_a_deadline_across_1_november_2026_ends_at_the_new_midnight():
    too_late = first_day_too_late(noon("2026-10-20"), days=30, zone=YELLOWKNIFE)

    assert too_late == datetime(2026, 11, 20, 6, tzinfo=UTC)  # with older zone data it would be 07:00
    assert standing(too_late, too_late - MICROSECOND, YELLOWKNIFE) == "due_today"
    assert standing(too_late, too_late, YELLOWKNIFE) == "late"


def test_a_deadline_before_the_change_of_march_and_after_it():
    assert first_day_too_late(noon("2026-02-10"), days=20, zone=YELLOWKNIFE) == datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert first_day_too_late(noon("2026-02-10"), days=30, zone=YELLOWKNIFE) == datetime(2026, 3, 13, 6, tzinfo=UTC)


def test_the_machine_s_own_zone_files_are_not_asked():
    told = "import passerelle.project.settings, zoneinfo; print(zoneinfo.TZPATH)"

    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout == "()\n"


@pytest.mark.parametrize(
    ("start", "last"), [("2026-03-09", "2027-03-09"), ("2028-02-29", "2029-02-28"), ("2027-02-28", "2028-02-28")]
)
def test_a_year_runs_through_the_anniversary_day_and_the_29th_of_february_ends_on_the_28th(start: str, last: str):
    too_late = anniversary(noon(start), years=1, zone=YELLOWKNIFE)

    assert last_day(too_late, YELLOWKNIFE) == date.fromisoformat(last)


def test_every_boundary_of_the_years_ahead_is_half_open():
    """Each day of 2024 to 2032: one microsecond before is on time, the instant itself is late."""
    day = datetime(2024, 1, 1, 18, tzinfo=UTC)
    while day.year < 2033:
        too_late = first_day_too_late(day, days=30, zone=YELLOWKNIFE)
        local = too_late.astimezone(YELLOWKNIFE)

        assert (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
        assert (local.date() - day.astimezone(YELLOWKNIFE).date()).days == 31
        assert standing(too_late, too_late - MICROSECOND, YELLOWKNIFE) == "due_today"
        assert standing(too_late, too_late, YELLOWKNIFE) == "late"
        day += timedelta(days=1)


def test_a_deadline_that_ends_within_a_day_ends_on_that_day():
    midnight = start_of_day(date(2026, 4, 25), YELLOWKNIFE)

    assert last_day(midnight, YELLOWKNIFE) == date(2026, 4, 24)
    assert last_day(midnight + timedelta(microseconds=1), YELLOWKNIFE) == date(2026, 4, 25)


def test_days_left_count_calendar_days_of_the_program():
    too_late = first_day_too_late(noon("2026-03-25"), days=30, zone=YELLOWKNIFE)

    assert days_left(too_late, noon("2026-03-25"), YELLOWKNIFE) == 30
    assert days_left(too_late, noon("2026-04-24"), YELLOWKNIFE) == 0
    assert days_left(too_late, noon("2026-04-25"), YELLOWKNIFE) == -1
    assert standing(too_late, noon("2026-04-23"), YELLOWKNIFE) == "on_time"


def test_business_days_agree_with_a_second_count():
    day = datetime(2026, 1, 1, 18, tzinfo=UTC)
    for _ in range(360):
        local, counted = day.astimezone(YELLOWKNIFE).date(), 0
        candidate = local
        while counted < 5:
            candidate += timedelta(days=1)
            counted += candidate.strftime("%a") not in ("Sat", "Sun") and candidate not in HOLIDAYS

        assert last_day(business_days_after(day, days=5, zone=YELLOWKNIFE, holidays=HOLIDAYS), YELLOWKNIFE) == candidate
        day += timedelta(days=1)
