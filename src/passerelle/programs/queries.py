"""What is so about programs: packs in force, their rules, deadlines, scores, occupations, closures."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Case, Max, Min, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Greatest, Least

from passerelle.core import arrival, deadlines
from passerelle.core.composed import composed
from passerelle.programs.models import Closure, LoadedTable, Occupation, Pack, Program, PutInForce, searchable
from passerelle.programs.rules import BadPack, ProgramRules, read


def program(code: str) -> Program:
    """Return a program; raises Program.DoesNotExist."""
    return Program.objects.get(code=code)


def programs() -> QuerySet[Program]:
    """Return every program that has been opened."""
    return Program.objects.all()


def packs(code: str | None = None) -> QuerySet[Pack]:
    """Return packs (of one program), the newest in force first."""
    found = Pack.objects.order_by("code", "-in_force_from", "-loaded_at")
    return found.filter(code=code) if code else found


def pack_in_force(code: str, at: datetime) -> Pack:
    """Return the pack of a program in force at ``at``: what came into force last, by its own day or by staff.

    Raises NoPackInForce.
    """
    for pack in _in_force(code, at):
        return pack
    raise NoPackInForce(code, at, coming=coming(code, at))


@composed
def _in_force(code: str, at: datetime) -> QuerySet[Pack]:
    held = PutInForce.objects.filter(pack=OuterRef("pk"), in_force_from__lte=at).order_by().values("pack")
    own_day = Case(When(by_staff=False, in_force_from__lte=at, then="in_force_from"))
    since = Greatest(own_day, Subquery(held.annotate(last=Max("in_force_from")).values("last")))
    packs = Pack.objects.filter(code=code).annotate(since=since).filter(since__isnull=False)
    return packs.order_by("-since", "-loaded_at", "-pk")[:1]


def pack_in_force_or_none(code: str, at: datetime) -> Pack | None:
    """Return the pack in force, None when there is none."""
    try:
        return pack_in_force(code, at)
    except NoPackInForce:
        return None


def coming(code: str, at: datetime) -> Pack | None:
    """Return the program's next pack that is loaded and comes into force after ``at``, None when there is none."""
    put = Min("puts__in_force_from", filter=Q(puts__in_force_from__gt=at))
    own_day = Case(When(by_staff=False, in_force_from__gt=at, then="in_force_from"))
    packs = Pack.objects.filter(code=code).annotate(since=Least(own_day, put)).filter(since__isnull=False)
    return packs.order_by("since", "loaded_at", "pk").first()


def coming_at(pack: Pack) -> datetime:
    """Return from when a pack found by ``coming`` or ``pack_in_force`` counts: staff may have said so."""
    since: datetime = getattr(pack, "since", pack.in_force_from)
    return since


def waiting(program: str) -> PutInForce | None:
    """Return the version asked to be put in force that another person still has to confirm."""
    puts = PutInForce.objects.select_related("pack", "asked_by").defer("pack__sources")
    return puts.filter(program_id=program, confirmed_at=None, dropped_at=None).first()


def puts(pack: Pack) -> QuerySet[PutInForce]:
    """Return every time a version was asked to be put in force, the latest first."""
    return pack.puts.select_related("asked_by", "confirmed_by", "dropped_by").order_by("-asked_at", "-pk")


def edition(program: str, version: str) -> Pack:
    """Return a version of a program's rules; raises Pack.DoesNotExist."""
    return Pack.objects.get(code=program, version=version, kind=Pack.Kind.PROGRAM)


@dataclass(frozen=True)
class Standing:
    """Where a version of the rules stands: ``since`` when it last came into force, ``comes_at`` when it will."""

    in_force: bool
    since: datetime | None
    comes_at: datetime | None


class RulesUnavailable(LookupError):
    """A program has no rules to go by at this moment. The text tells whoever runs the installation what to do.

    ``code`` is the program; ``coming`` its next pack, when one is loaded and waits for its day.
    """

    def __init__(self, code: str, words: str, *, coming: Pack | None = None) -> None:
        super().__init__(words)
        self.code, self.coming = code, coming


def standing(pack: Pack, at: datetime) -> "Standing":
    """Return where a version stands at ``at``: in force or not, when it came into force last, when it will."""
    own = [] if pack.by_staff else [pack.in_force_from]
    moments = [*own, *(one.in_force_from for one in puts(pack) if one.in_force_from)]
    past, future = [one for one in moments if one <= at], [one for one in moments if one > at]
    now = pack_in_force_or_none(pack.code, at)
    return Standing(now is not None and now.pk == pack.pk, max(past, default=None), min(future, default=None))


class NoPackInForce(RulesUnavailable):
    """A program has no pack that holds at this moment."""

    def __init__(self, code: str, at: datetime, *, coming: Pack | None = None) -> None:
        waits = f"{coming} is loaded and in force from {coming_at(coming).isoformat()}" if coming else "none is loaded"
        super().__init__(
            code,
            f"no pack of {code} is in force at {at.isoformat()}: {waits}. "
            "Put a version that is in force under packs/ (in_force_from in its program.yaml), then run: passerelle packs load",
            coming=coming,
        )


class PackUnreadable(RulesUnavailable):
    """The pack in force was loaded by another version of the platform, and this one cannot read it."""

    def __init__(self, pack: Pack, faults: BadPack) -> None:
        super().__init__(
            pack.code,
            f"the pack {pack} cannot be read by this version of the platform: {faults}. "
            "Mend it in a new version folder, see that passerelle packs check finds it sound, then run: passerelle packs load",
        )


def rules(pack: Pack) -> ProgramRules:
    """Return the rules a pack states, with the tables loaded for its program (read once for each content).

    Raises PackUnreadable.
    """
    found = _rules(pack.sha256)
    if isinstance(found, BadPack):
        raise PackUnreadable(pack, found)
    if not found.loadable:
        return found
    tables = found.loadable
    loads = arrival.once(("tables", pack.program_id, tables), lambda: _loads(pack.program_id, tables))
    return _with_tables(pack.sha256, loads)


def _loads(program: str | None, tables: tuple[str, ...]) -> tuple[int, ...]:
    loaded = LoadedTable.objects.filter(program_id=program, table__in=tables)
    return tuple(loaded.values_list("pk", flat=True))


@lru_cache(maxsize=64)
def _rules(sha256: str) -> ProgramRules | BadPack:
    sources = Pack.objects.filter(sha256=sha256).order_by("pk").values_list("sources", flat=True)[0]
    try:
        return read(sources, sha256=sha256)
    except BadPack as faults:
        # Kept like rules are: a pack does not change, and reading it again would cost every page as much.
        return faults


@lru_cache(maxsize=64)
def _with_tables(sha256: str, loads: tuple[int, ...]) -> ProgramRules:
    """Each edition holds until the day before the next; of two for one day the later load holds."""
    rules = _rules(sha256)
    assert isinstance(rules, ProgramRules)
    editions = LoadedTable.objects.filter(pk__in=loads).order_by("pk")
    return rules.with_tables({(one.table, one.in_force_from): (one.name, one.text) for one in editions})


def rules_in_force(code: str, at: datetime) -> ProgramRules:
    """Return the rules of a program in force at ``at``; raises RulesUnavailable (NoPackInForce, PackUnreadable)."""
    return rules(arrival.once(("pack", code, at), lambda: pack_in_force(code, at)))


def due(rules: ProgramRules, key: str, from_at: datetime, *, stream: str = "") -> datetime:
    """Return the deadline ``key`` of the pack, counted from ``from_at``: the first moment too late.

    A ``stream`` may have a rule of its own for it.

    Business days leave out weekends, the pack's holidays and the closures staff have entered. With the setting
    ``roll_forward`` calendar days that end on such a day go on to the end of the next business day.
    """
    rule = rules.deadline(key, stream)
    if rule.unit == "hours":
        return from_at + timedelta(hours=rule.hours)
    if rule.unit in ("months", "years"):
        return deadlines.months_after(from_at, months=12 * rule.years + rule.months, zone=rules.zone)
    if rule.unit == "calendar_days":
        too_late = deadlines.first_day_too_late(from_at, days=rule.days, zone=rules.zone)
        if not rules.stated("roll_forward", False):
            return too_late
        return deadlines.rolled_forward(too_late, zone=rules.zone, holidays=_days_off(rules, from_at))
    return deadlines.business_days_after(from_at, days=rule.days, zone=rules.zone, holidays=_days_off(rules, from_at))


def standard(rules: ProgramRules, key: str, from_at: datetime, *, stream: str = "") -> datetime | None:
    """Return the first moment too late by a service standard of the pack, counted from ``from_at``; None where it promises none."""
    own = rules.stream(stream).deadlines.get(key, key) if stream else key
    return due(rules, own, from_at) if own in rules.deadlines else None


def _days_off(rules: ProgramRules, from_at: datetime) -> set[date]:
    first = deadlines.local_day(from_at, rules.zone)
    return {*rules.calendar, *_closed_after(rules.code, first)}


@composed
def _closed_after(program: str, day: date) -> QuerySet[Closure, date]:
    return Closure.objects.filter(program_id=program, day__gt=day).order_by("day").values_list("day", flat=True)


def closures(code: str) -> QuerySet[Closure]:
    """Return the days a program's office is closed beyond its holidays, by day."""
    return Closure.objects.filter(program_id=code).select_related("by").order_by("day")


def search_occupations(text: str, language: str, *, on: date | None = None, limit: int = 20) -> list[Occupation]:
    """Return occupations whose code or titles, in either language, hold every word of ``text``; best matches first."""
    words = text.strip()
    if not words:
        return []
    found = list(_occupations(on).matching(words))
    return sorted(found, key=lambda one: _closeness(one, words, language))[:limit]


def _closeness(one: Occupation, text: str, language: str) -> tuple[Any, ...]:
    wanted, own = searchable(text), searchable(one.title(language))
    return (not one.code.startswith(wanted), not own.startswith(wanted), wanted not in own, own)


def occupation(code: str, *, on: date | None = None) -> Occupation | None:
    """Return an occupation by its code, None when the list has no such code."""
    return _occupations(on).filter(code=code).first()


def occupations(*, on: date | None = None) -> QuerySet[Occupation]:
    """Return the whole list, by code."""
    return _occupations(on).order_by("code")


def not_occupations(codes: Collection[str]) -> list[str]:
    """Return those of ``codes`` that the list does not have, in order; none where no list is loaded."""
    known = occupations()
    there = set(known.filter(code__in=codes).values_list("code", flat=True))
    return sorted(set(codes) - there) if len(there) < len(set(codes)) and known.exists() else []


def _occupations(on: date | None) -> Any:
    return Occupation.objects.in_force(on) if on else Occupation.objects.in_force(date.max)


def facts(
    pack: Pack, answers: Mapping[str, Any], at: datetime, fixed: Mapping[str, Any] | None = None, *, category: str = ""
) -> dict[str, Any]:
    """Return the facts that follow from ``answers`` under a pack on the day of ``at``; ``fixed`` ones an officer has set."""
    return rules(pack).facts(answers, at, fixed, category=category)


def score(
    pack: Pack,
    answers: Mapping[str, Any],
    at: datetime,
    *,
    category: str,
    fixed: Mapping[str, Any] | None = None,
    partial: bool = False,
) -> Any:
    """Return the score sheet (``pointsgrid.points.ScoreSheet``) of ``answers`` under the grid of a category.

    With ``partial`` a line that hangs on a blank is marked instead of refused. Raises pointsgrid's MissingFacts.
    """
    return rules(pack).score(facts(pack, answers, at, fixed, category=category), category=category, partial=partial)
