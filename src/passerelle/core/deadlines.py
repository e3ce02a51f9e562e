"""Deadlines: a deadline is the first moment too late, computed in the program's own zone; on time means before it."""

import calendar
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Standing = Literal["on_time", "due_today", "late"]


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which ``day`` begins in ``zone``."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of the instant ``at`` in ``zone``."""
    return at.astimezone(zone).date()


def first_day_too_late(at: datetime, *, days: int, zone: ZoneInfo) -> datetime:
    """Return the instant after the last of ``days`` calendar days; the day after ``at`` is day 1.

    A notice of 25 March with 30 days may be answered through 24 April: the result is the start of 25 April.
    """
    return start_of_day(local_day(at, zone) + timedelta(days=days + 1), zone)


def business_days_after(at: datetime, *, days: int, zone: ZoneInfo, holidays: Collection[date]) -> datetime:
    """Return the instant after the last of ``days`` business days; Saturdays, Sundays and ``holidays`` do not count."""
    day, left = local_day(at, zone), days
    while left:
        day += timedelta(days=1)
        left -= is_business_day(day, holidays)
    return start_of_day(day + timedelta(days=1), zone)


def rolled_forward(too_late: datetime, *, zone: ZoneInfo, holidays: Collection[date]) -> datetime:
    """Return the instant after the next business day where the last day of a deadline is a day off, else ``too_late`` itself."""
    day = last_day(too_late, zone)
    if is_business_day(day, holidays):
        return too_late
    while not is_business_day(day, holidays):
        day += timedelta(days=1)
    return start_of_day(day + timedelta(days=1), zone)


def is_business_day(day: date, holidays: Collection[date]) -> bool:
    """Say whether the office counts ``day``: Monday to Friday and not in ``holidays``."""
    return day.weekday() < 5 and day not in holidays


def anniversary(at: datetime, *, years: int, zone: ZoneInfo) -> datetime:
    """Return the instant after the end of the anniversary day; 29 February ends on 28 February."""
    return months_after(at, months=12 * years, zone=zone)


def months_after(at: datetime, *, months: int, zone: ZoneInfo) -> datetime:
    """Return the instant after the end of the same day ``months`` later; 31 August and 6 months end on 28 February."""
    day = local_day(at, zone)
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    last = min(day.day, calendar.monthrange(year, month)[1])
    return start_of_day(date(year, month, last) + timedelta(days=1), zone)


def last_day(too_late: datetime, zone: ZoneInfo) -> date:
    """Return the last day on which one is on time."""
    return (too_late - timedelta(microseconds=1)).astimezone(zone).date()


def last_moment(too_late: datetime, zone: ZoneInfo) -> datetime:
    """Return the last minute that is on time, in ``zone``, for pages and letters (23:59 of the last day)."""
    return (too_late - timedelta(minutes=1)).astimezone(zone)


def days_left(too_late: datetime, at: datetime, zone: ZoneInfo) -> int:
    """Return whole days from the day of ``at`` to the last day: 0 on the last day, negative when late."""
    return (last_day(too_late, zone) - local_day(at, zone)).days


def standing(too_late: datetime, at: datetime, zone: ZoneInfo) -> Standing:
    """Say how a clock stands: ``on_time``, ``due_today`` or ``late``."""
    if at >= too_late:
        return "late"
    return "due_today" if days_left(too_late, at, zone) == 0 else "on_time"
