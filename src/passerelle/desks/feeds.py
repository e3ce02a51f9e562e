"""All draws of a program for other programs to read: JSON, CSV, an Atom feed, a calendar (docs/open-data.md).

Each answers with an ETag and the moment of its last change, and with 304 to who has it already.
"""

import hashlib
import json
from abc import abstractmethod
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from passerelle.accounts.access import PublicPage
from passerelle.core import dates
from passerelle.core.sheets import csv_text
from passerelle.core.text import pick
from passerelle.desks.public import rules_of
from passerelle.desks.records import FORMAT, Listed, Record, listed
from passerelle.desks.telling import sentence, title
from passerelle.draws import queries as drawn

FAIRNESS_FORMAT = "passerelle-fairness-1"
TWO_YEARS = timedelta(days=731)
FRESH = 300  # seconds for which a copy may be used without asking again


def kept(request: HttpRequest, answer: HttpResponse, changed_at: datetime) -> HttpResponse:
    """Return the answer with what a reader needs to ask only for what is new; 304 where nothing is."""
    etag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    answer["ETag"], answer["Last-Modified"] = etag, http_date(changed_at.timestamp())
    answer["Cache-Control"] = f"public, max-age={FRESH}"
    known = get_conditional_response(request, etag=etag, last_modified=int(changed_at.timestamp()), response=answer)
    return answer if known is None else known


class DrawFeed(PublicPage):
    """The draws of a program in one form of data."""

    content_type: str
    # Nothing for what a reader shows at once; the name of the file for what it keeps.
    ending = ""

    def get(self, request: HttpRequest, program: str) -> HttpResponse:
        rules = rules_of(request, program)
        told = listed(rules, self.at, request.build_absolute_uri)
        body = self.body(told)
        answer = HttpResponse(body, content_type=f"{self.content_type}; charset=utf-8")
        if self.ending:
            answer["Content-Disposition"] = f'inline; filename="{rules.code}-draws.{self.ending}"'
        return kept(request, answer, told.changed_at)

    def here(self) -> str:
        """Return the whole address of this feed."""
        return self.request.build_absolute_uri(self.request.path)

    def page(self, program: str) -> str:
        """Return the whole address of the page of all draws."""
        return self.request.build_absolute_uri(reverse("desks:draws", kwargs={"program": program}))

    @abstractmethod
    def body(self, told: Listed) -> bytes:
        """Return the draws in this form; equal draws give equal bytes."""


class AsJson(DrawFeed):
    """A list of records."""

    content_type = "application/json"

    def body(self, told: Listed) -> bytes:
        rules = told.rules
        said = {
            "format": FORMAT, "program": rules.code, "name": {"en": str(rules.name["en"]), "fr": str(rules.name["fr"])},
            "zone": str(rules.zone), "page": self.page(rules.code), "draws": [one.plain() for one in told.records],
        }  # fmt: skip
        return json.dumps(said, ensure_ascii=False, indent=1).encode()


class AsCsv(DrawFeed):
    """One line for each draw; what a record nests is put flat."""

    content_type = "text/csv"
    ending = "csv"

    def body(self, told: Listed) -> bytes:
        flat = [_flat(one.plain()) for one in told.records]
        head = list(_flat(Record("", "", date.min).plain()))
        return csv_text(head, (one.values() for one in flat)).encode()


def _flat(plain: dict[str, Any]) -> dict[str, Any]:
    """Return a record without nests: texts a column for each language, counts as ``key: number`` side by side."""
    found: dict[str, Any] = {}
    for name, value in plain.items():
        if name in ("targets", "said", "repairs"):
            rows = ([value] if value else []) if name == "said" else value
            found |= {f"{name}_{language}": "; ".join(one[language] for one in rows) for language in ("en", "fr")}
        elif name == "by_category":
            found[name] = "; ".join(f"{key}: {count}" for key, count in value.items())
        elif name == "cells":
            found[name] = "; ".join(f"{one['cell']}: {_or_blank(one['filled'])}/{one['places']}" for one in value)
            found["cutoffs"] = "; ".join(f"{one['cell']}: {_or_blank(one['cutoff'])}" for one in value)
        else:
            found[name] = value
    return found


def _or_blank(value: Any) -> Any:
    return "" if value is None else value


class _Dated(Atom1Feed):
    """A feed that says when it last changed, and not when it was asked for."""

    changed_at: datetime

    def latest_post_date(self) -> datetime:
        return self.changed_at


class AsAtom(DrawFeed):
    """What happened, the newest first: notices published, results, draws made void, draws repaired."""

    content_type = "application/atom+xml"

    def body(self, told: Listed) -> bytes:
        rules, language = told.rules, get_language() or "en"
        feed = _Dated(
            title=_("Draws: %(program)s") % {"program": pick(rules.name)}, link=self.page(rules.code), description="",
            language=language, feed_url=self.here(), feed_guid=self.page(rules.code), author_name=pick(rules.name),
        )  # fmt: skip
        feed.changed_at = told.changed_at
        happened = [(at, what, one) for one in told.records for what, at in _happened(one)]
        for at, what, one in sorted(happened, key=lambda told: (told[0], told[2].number), reverse=True):
            feed.add_item(
                title=title(what, one, rules), link=one.page, description=sentence(what, one),
                unique_id=f"{one.page}#{what}", pubdate=at, updateddate=at,
            )  # fmt: skip
        return feed.writeString("utf-8").encode()


def _happened(one: Record) -> list[tuple[str, datetime]]:
    passed = {"announced": one.announced_at, "issued": one.issued_at, "void": one.voided_at}
    repaired = [(f"repaired-{place}", told["at"]) for place, told in enumerate(one.repairs, start=1)]
    return [*((what, at) for what, at in passed.items() if at is not None), *repaired]


class AsCalendar(DrawFeed):
    """The day of every draw announced or held here, when its entries close, and days told of elsewhere (RFC 5545)."""

    content_type = "text/calendar"
    ending = "ics"

    def body(self, told: Listed) -> bytes:
        book = Calendar()
        book.add("prodid", "-//Passerelle//EN")
        book.add("version", "2.0")
        book.add("x-wr-calname", _("Draws: %(program)s") % {"program": pick(told.rules.name)})
        book.add("refresh-interval;value=duration", "P1D")
        since = told.changed_at.date()
        # A calendar holds one component at least (RFC 5545, 3.6): before the first draw is announced that is the zone.
        book.add_component(Timezone.from_tzinfo(told.rules.zone, first_date=since, last_date=since + TWO_YEARS))
        for one in told.records:
            if one.state != "earlier":
                for event in self._events(one, told):
                    book.add_component(event)
        return bytes(book.to_ical())

    def _events(self, one: Record, told: Listed) -> list[Event]:
        what = "void" if one.voided_at else "issued" if one.issued_at else "announced"
        status = {"void": "CANCELLED", "issued": "CONFIRMED", "announced": "CONFIRMED"}[what]
        if one.state == "announced_elsewhere":
            what, status = one.state, "TENTATIVE"
        day = _event(one, told, f"{one.number}-day", title(what, one, told.rules), sentence(what, one), status)
        day.add("dtstart", one.held_on)
        day.add("dtend", one.held_on + timedelta(days=1))
        if one.closes_at is None or one.frozen_at or one.voided_at:
            return [day]
        words = _("Entries close for the draw of %(day)s") % {"day": dates.day_words(one.held_on)}
        closing = _event(one, told, f"{one.number}-closing", words, "", "CONFIRMED")
        closing.add("dtstart", one.closes_at.astimezone(UTC) - timedelta(minutes=1))
        closing.add("dtend", one.closes_at.astimezone(UTC))
        return [closing, day]


def _event(one: Record, told: Listed, name: str, words: str, about: str, status: str) -> Event:
    event = Event()
    event.add("uid", f"{told.rules.code}-{one.stream}-{name}@passerelle")
    changed = max(
        (at for _what, at in _happened(one)), default=told.rules.file.in_force_from.replace(tzinfo=told.rules.zone)
    )
    event.add("dtstamp", changed.astimezone(UTC))
    event.add("summary", words)
    if about:
        event.add("description", about)
    if one.page:
        event.add("url", one.page)
    event.add("status", status)
    event.add("transp", "TRANSPARENT")
    return event


class FairnessJson(PublicPage):
    """The fairness report of a draw, small cells held back, where its program publishes it."""

    def get(self, request: HttpRequest, program: str, number: str) -> HttpResponse:
        draw = drawn.public_draw(rules_of(request, program).code, number)
        report = drawn.published_fairness(draw) if draw else None
        if draw is None or report is None or draw.issued_at is None:
            raise Http404
        said = {"format": FAIRNESS_FORMAT, "program": program, "draw": draw.number, **report.told}
        body = json.dumps(said, ensure_ascii=False, indent=1).encode()
        answer = HttpResponse(body, content_type="application/json; charset=utf-8")
        return kept(request, answer, max(report.made_at, draw.issued_at))
