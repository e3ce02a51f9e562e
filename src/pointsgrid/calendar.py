"""Whole years and months between two days, and days so many of them away. Nothing is ever rounded up.

A month is complete when the same day number has come again or, where the month is too short for it, on the first of the
next month: from 31 January one month is complete on 1 March, and a person born on 29 February is a year older on 1 March
of a common year.
"""

from __future__ import annotations

from datetime import date, timedelta


def completed_months(start: date, end: date) -> int:
    """Return the whole months from ``start`` until ``end``; 0 when ``end`` is not later."""
    if end <= start:
        return 0
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def completed_years(start: date, end: date) -> int:
    """Return the whole years from ``start`` until ``end``; 0 when ``end`` is not later."""
    return completed_months(start, end) // 12


def months_later(start: date, months: int) -> date:
    """Return the day on which ``months`` months are complete (before ``start`` when negative)."""
    count = start.year * 12 + start.month - 1 + months
    year, month = divmod(count, 12)
    try:
        return date(year, month + 1, start.day)
    except ValueError:
        year, month = divmod(count + 1, 12)
        return date(year, month + 1, 1)


def moved(start: date, amount: int, unit: str) -> date:
    """Return ``start`` moved by ``amount`` years, months or days (backwards when negative)."""
    if unit == "days":
        return start + timedelta(days=amount)
    return months_later(start, amount * (12 if unit == "years" else 1))
