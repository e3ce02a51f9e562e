"""Days, hours and distances in words, in English and in French as the public service writes them.

Every function takes the language as a two-letter code, or ``None`` for the reader's own, and returns plain text.
Instants are aware datetimes; the zone is the program's.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from passerelle.core import deadlines

NBSP = "\u00a0"
_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
}
_WEEKDAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
}
_AT = {"en": "at", "fr": "à"}


def _code(language: str | None) -> str:
    return "fr" if (language or get_language() or "en").startswith("fr") else "en"


def day_words(day: date, language: str | None = None, *, weekday: bool = False) -> str:
    """Return a calendar day: ``March 25, 2026`` or ``25 mars 2026``; with ``weekday`` the name of the day before it."""
    code = _code(language)
    month = _MONTHS[code][day.month - 1]
    if code == "fr":
        number = "1er" if day.day == 1 else str(day.day)
        words = f"{number}{NBSP}{month} {day.year}"
        return f"{_WEEKDAYS[code][day.weekday()]} {words}" if weekday else words
    words = f"{month}{NBSP}{day.day}, {day.year}"
    return f"{_WEEKDAYS[code][day.weekday()]}, {words}" if weekday else words


def time_words(at: datetime, language: str | None = None) -> str:
    """Return the hour of an instant already in its zone: ``11:59 p.m.`` or ``23 h 59``."""
    if _code(language) == "fr":
        minutes = f"{NBSP}{at.minute:02}" if at.minute else ""
        return f"{at.hour}{NBSP}h{minutes}"
    half = "a.m." if at.hour < 12 else "p.m."
    return f"{at.hour % 12 or 12}:{at.minute:02}{NBSP}{half}"


def zone_words(zone: ZoneInfo, language: str | None = None) -> str:
    """Return whose clock a time is told by: ``Sampleton time`` or ``heure de Sampleton``."""
    city = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    return f"heure de{NBSP}{city}" if _code(language) == "fr" else f"{city}{NBSP}time"


def moment_words(
    at: datetime, zone: ZoneInfo, language: str | None = None, *, weekday: bool = False, zone_name: str = ""
) -> str:
    """Return day, hour and zone of an instant: ``March 25, 2026 at 9:00 a.m. (Sampleton time)``.

    ``zone_name`` is what the program calls its clock; without it the zone's city does.
    """
    local = at.astimezone(zone)
    day = day_words(local.date(), language, weekday=weekday)
    return f"{day} {_AT[_code(language)]} {time_words(local, language)} ({zone_name or zone_words(zone, language)})"


def deadline_words(too_late: datetime, zone: ZoneInfo, language: str | None = None, *, zone_name: str = "") -> str:
    """Return the last minute that is on time, with weekday, hour and zone; ``too_late`` is the first that is not."""
    return moment_words(deadlines.last_moment(too_late, zone), zone, language, weekday=True, zone_name=zone_name)


def distance_words(days: int, language: str | None = None) -> str:
    """Return how far a day is: ``in 12 days``, ``tomorrow``, ``today``, ``2 days ago``."""
    near = {
        "en": {0: "today", 1: "tomorrow", -1: "yesterday"},
        "fr": {0: "aujourd'hui", 1: "demain", -1: "hier"},
    }[_code(language)]
    if days in near:
        return near[days]
    if _code(language) == "fr":
        return f"{'dans' if days > 0 else 'il y a'} {abs(days)}{NBSP}jours"
    return f"in {days}{NBSP}days" if days > 0 else f"{-days}{NBSP}days ago"


def days_left_words(days: int, language: str | None = None) -> str:
    """Return how much time a deadline leaves: ``3 days left``, ``due today``, ``2 days late``."""
    french = _code(language) == "fr"
    if days == 0:
        return "échéance aujourd'hui" if french else "due today"
    many = abs(days) > 1
    if french:
        unit = "jours" if many else "jour"
        return f"{days}{NBSP}{unit} restant{'s' if many else ''}" if days > 0 else f"{-days}{NBSP}{unit} de retard"
    unit = "days" if many else "day"
    return f"{days}{NBSP}{unit} left" if days > 0 else f"{-days}{NBSP}{unit} late"


def days_between(later: datetime, earlier: datetime, zone: ZoneInfo) -> int:
    """Return calendar days from one instant's day to another's in ``zone``."""
    gap: timedelta = deadlines.local_day(later, zone) - deadlines.local_day(earlier, zone)
    return gap.days
