"""When the letter that supports a work permit is asked for: the months and days before the permit ends."""

import calendar
from datetime import date

from passerelle.applications import queries
from passerelle.applications.models import Application


def around(application: Application) -> tuple[int, int] | None:
    """The months before a permit's end from which, and the days until which, the letter is asked for; None: at any time."""
    rules = queries.rules_of(application)
    months = rules.stated("support_letter_until_months_before_expiry", None)
    days = rules.stated("support_letter_from_days_before_expiry", None)
    return None if months is None or days is None else (int(months), int(days))


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, or that month's last day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
