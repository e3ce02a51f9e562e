"""Tags and filters that every template may use: dates in words, links to the other language, forms as components.

``zone`` is the program's ``ZoneInfo`` (or its name). Without one the zone of ``site`` counts, and without that UTC.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template import Context
from django.urls import NoReverseMatch, ResolverMatch, reverse
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from passerelle.core import addresses, dates, deadlines, fieldlook, sheetlook, text
from passerelle.core.money import money_words

register = template.Library()


def _zone(zone: Any, context: Context | None = None) -> ZoneInfo:
    if not zone and context is not None:
        zone = context.get("zone") or getattr(context.get("site"), "zone", None)
    if isinstance(zone, ZoneInfo):
        return zone
    return ZoneInfo(zone or settings.TIME_ZONE)


def _zone_name(zone: ZoneInfo, context: Context) -> str:
    here = context.get("site")
    return here.zone_name if here and here.zone.key == zone.key else ""


def _now(context: Context, at: datetime | None = None) -> datetime | None:
    return at or getattr(context.get("request"), "arrived_at", None)


@register.filter
def pick(value: Any) -> str:
    """``{{ category.name|pick }}``: bilingual text in the reader's language."""
    return text.pick(value) if value else ""


@register.filter
def passed(checks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """``{{ checks|passed }}``: the conditions that hold, of those ``components/checks.html`` shows."""
    return [one for one in checks if one["good"]]


@register.filter
def standing(checks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """``{{ checks|standing }}``: the conditions that do not hold or are open, which nobody should overlook."""
    return [one for one in checks if not one["good"]]


@register.filter
def day(value: date | datetime | str | None, zone: Any = None) -> str:
    """``{{ eoi.submitted_at|day:rules.zone }}``: March 25, 2026. A date, an ISO day or an instant."""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10]) if value else None
    if isinstance(value, datetime):
        value = value.astimezone(_zone(zone)).date()
    return dates.day_words(value) if value else ""


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime | None, zone: Any = None) -> str:
    """``{% moment eoi.submitted_at %}``: March 25, 2026 at 9:00 a.m. (Sampleton time), as a ``time`` element."""
    if not at:
        return ""
    where = _zone(zone, context)
    return _time_element(at, dates.moment_words(at, where, zone_name=_zone_name(where, context)))


@register.simple_tag(takes_context=True)
def short_moment(context: Context, at: datetime | None, zone: Any = None) -> str:
    """``{% short_moment file.received_at %}``: March 25, 2026, 9:00 a.m.; for dense tables, the zone on hovering."""
    if not at:
        return ""
    where = _zone(zone, context)
    local = at.astimezone(where)
    words = f"{dates.day_words(local.date())}, {dates.time_words(local)}"
    title = dates.moment_words(at, where, zone_name=_zone_name(where, context))
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), title, words)


@register.simple_tag(takes_context=True)
def on_day(context: Context, at: datetime | date | None, zone: Any = None) -> str:
    """``{% on_day eoi.submitted_at %}``: March 25, 2026 in the program's zone."""
    if at is None:
        return ""
    local = at.astimezone(_zone(zone, context)).date() if isinstance(at, datetime) else at
    return _time_element(at, dates.day_words(local))


@register.simple_tag(takes_context=True)
def last_day(context: Context, too_late: datetime | None, zone: Any = None) -> str:
    """Write the last day on time of a deadline (the first moment too late), for a list: November 4, 2027."""
    if too_late is None:
        return ""
    last = deadlines.last_day(too_late, _zone(zone, context))
    return _time_element(last, dates.day_words(last))


@register.simple_tag(takes_context=True)
def clock_time(context: Context, at: datetime | None, zone: Any = None) -> str:
    """``{% clock_time eoi.saved_at %}``: 2:02 p.m. in the program's zone."""
    return _time_element(at, dates.time_words(at.astimezone(_zone(zone, context)))) if at else ""


@register.simple_tag(takes_context=True)
def deadline(context: Context, too_late: datetime | None, zone: Any = None, at: datetime | None = None) -> str:
    """``{% deadline invitation.respond_by %}``: last minute on time, with weekday and zone, and "in 12 days".

    ``too_late`` is the first moment too late, as every deadline is stored; ``at`` defaults to the request's arrival.
    """
    if too_late is None:
        return ""
    where, now = _zone(zone, context), _now(context, at)
    words = _time_element(
        deadlines.last_moment(too_late, where),
        dates.deadline_words(too_late, where, zone_name=_zone_name(where, context)),
    )
    if now is None or now >= too_late:
        return words
    return format_html("{}, {}", words, dates.distance_words(deadlines.days_left(too_late, now, where)))


@register.simple_tag(takes_context=True)
def distance(context: Context, at: datetime | date, zone: Any = None, now: datetime | None = None) -> str:
    """``{% distance draw.held_on %}``: in 12 days, today, 3 days ago."""
    where, present = _zone(zone, context), _now(context, now)
    if present is None:
        return ""
    that_day = deadlines.local_day(at, where) if isinstance(at, datetime) else at
    return dates.distance_words((that_day - deadlines.local_day(present, where)).days)


@register.simple_tag(takes_context=True)
def clock(context: Context, too_late: datetime | None, zone: Any = None, at: datetime | None = None) -> dict[str, str]:
    """``{% clock eoi.review_by as c %}``: ``c.standing`` (on_time, due_today, late) and ``c.words`` (3 days left)."""
    where, now = _zone(zone, context), _now(context, at or context.get("at"))
    if not too_late or now is None:
        return {"standing": "none", "words": "", "title": ""}
    standing = deadlines.standing(too_late, now, where)
    return {
        "standing": standing,
        "words": dates.days_left_words(_days_for(standing, deadlines.days_left(too_late, now, where))),
        "title": dates.deadline_words(too_late, where, zone_name=_zone_name(where, context)),
    }


def _days_for(standing: str, days: int) -> int:
    # A minute after midnight the last day was yesterday: one day late, as an officer would say.
    return min(days, -1) if standing == "late" else days


def _time_element(at: datetime | date | None, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', at.isoformat() if at else "", words)


@register.simple_tag(takes_context=True)
def other_language(context: Context) -> dict[str, str]:
    """``{% other_language as other %}``: ``other.code``, ``other.name`` in itself, ``other.url`` of this same page.

    A form sent back with its errors may stand at an address that opens no page: then it is that of the page the form is on.
    """
    code = "en" if (get_language() or "en").startswith("fr") else "fr"
    request: Any = context.get("request")
    match = getattr(request, "resolver_match", None)
    url = _address(match, code) if match else ""
    url = "" if url == getattr(request, "path", "") else url
    if url and (asked := request.META.get("QUERY_STRING")):
        url = f"{url}?{iri_to_uri(asked)}"
    return {"code": code, "name": {"en": "English", "fr": "Français"}[code], "url": url or f"/{code}/"}


def _address(match: ResolverMatch, language: str) -> str:
    """The address of a page in a language, empty where it has none of its own. What was asked for is not looked up again."""
    with override(language), suppress(NoReverseMatch):
        return addresses.opening(reverse(match.view_name, args=match.args, kwargs=match.kwargs))
    return ""


@register.simple_tag(takes_context=True)
def this_page(context: Context) -> str:
    """``{% this_page %}``: the address to open the page in sight again; of an act, that of the page its button stands on."""
    return addresses.opening(context["request"].path)


@register.simple_tag
def look_of(field: BoundField) -> fieldlook.FieldLook:
    """``{% look_of field as f %}``: all that components/field.html needs to draw a form field."""
    return fieldlook.look_of(field)


@register.simple_tag
def errors_of(form: Any) -> list[dict[str, str]]:
    """``{% errors_of form as problems %}``: each error with the id of the control it is about, for the summary."""
    return fieldlook.errors_of(form)


@register.filter
def get(mapping: Mapping[Any, Any] | None, key: Any) -> Any:
    """``{{ counts|get:key }}``: a mapping's value, or nothing."""
    return (mapping or {}).get(key, "")


@register.filter
def number(value: Any) -> str:
    """``{{ 27000|number }}``: 27,000 in English, 27 000 in French (no-break space)."""
    if value in (None, ""):
        return ""
    gap = dates.NBSP if (get_language() or "en").startswith("fr") else ","
    return f"{int(value):,}".replace(",", gap)


@register.filter
def money(cents: Any) -> str:
    """``{{ wage_cents|money }}``: $28.50 in English, 28,50 $ in French."""
    if cents in (None, ""):
        return ""
    return money_words(int(cents))


@register.simple_tag
def sheet_of(sheet: Any) -> sheetlook.SheetLook:
    """``{% sheet_of sheet as s %}``: a score sheet, or the JSON kept of one, ready to draw."""
    return sheetlook.look_of(sheet)


@register.simple_tag(takes_context=True)
def marks_current(context: Context, url: str, *, exact: bool = False, room: str = "") -> SafeString:
    """``<a href="{{ u }}"{% marks_current u %}>``: marks the link to the page, or to the list, one is on.

    ``room`` marks it on every page of a room, for rooms with one entry whose files do not stand below their list.
    """
    request = context.get("request")
    here = request.path if request else ""
    mine = here == url if exact else here.startswith(url)
    match = getattr(request, "resolver_match", None)
    mine = mine or bool(room and match and match.app_name == room)
    return SafeString(' aria-current="page"' if url and mine else "")


@register.filter
def line_state(state: str) -> str:
    """``{{ line.state|line_state }}``: why a line of points was not counted, in words."""
    return sheetlook.state_words(state)


@register.filter
def plain_value(value: Any) -> str:
    """``{{ setting.value|plain_value }}``: yes or no for a truth value, a dash for nothing, else as it stands."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "–" if value is None or value == "" else str(value)


@register.filter
def tagged(messages: Iterable[Any], tag: str) -> bool:
    """``messages|tagged:"unsent"``: whether one of the messages of this page carries a tag."""
    return any(tag in (message.extra_tags or "").split() for message in messages)
