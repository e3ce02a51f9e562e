"""Aggregates over lists of records: counts, sums, the best, and time that overlaps only once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from pointsgrid.calendar import completed_months, months_later, moved
from pointsgrid.language.evaluate import Scope, evaluate, truth
from pointsgrid.model import NOT_APPLICABLE, RecordsValue, Type
from pointsgrid.questions import Question
from pointsgrid.values import parse_value

_TIMES = ("months", "years", "days", "longest_months", "longest_years", "full_time_months", "full_time_years", "hours")


class _Unknown(Exception):
    """Something a result hangs on is not answered."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time from ``start`` up to, not including, ``end``; ``share`` of full time."""

    start: date
    end: date
    share: Fraction = Fraction(1)


class _Inside:
    """Names inside one record: its fields (those not asked are not applicable), then everything around it."""

    def __init__(self, record: Mapping[str, Any], kind: Type, outer: Any, asked: Mapping[str, Question]) -> None:
        self.record, self.kind, self.outer, self.asked = record, kind, outer, asked

    def value(self, key: str) -> Any:
        if key not in self.kind.fields:
            return self.outer.value(key)
        question = self.asked.get(key)
        if question is None or question.show_if is None or (shown := truth(evaluate(question.show_if, self))):
            return parse_value(key, self.record.get(key), self.kind.fields[key])
        return None if shown is None else question.extra.get("otherwise", NOT_APPLICABLE)

    def member(self, code: Any, name: str) -> bool | None:
        return self.outer.member(code, name)


def aggregate(rule: RecordsValue, person: Any, kind: Type) -> Any:
    """Return the value of a records rule for one person, None when something it needs is not answered."""
    listed = person.answer(rule.records)
    if listed is None or listed == NOT_APPLICABLE:
        return listed
    asked = person.fields(rule.records)
    scopes = [_Inside(record, kind, person, asked) for record in listed]
    try:
        if rule.give == "all":
            return _all(rule, scopes)
        chosen = [scope for scope in scopes if _counts(rule.where, scope)]
        if not rule.start:
            return _value(rule, chosen)
        return _over_time(rule, chosen, person)
    except _Unknown:
        return None


def _counts(where: Any, scope: Scope) -> bool:
    found = True if where is None else truth(evaluate(where, scope))
    if found is None:
        raise _Unknown
    return found


def _all(rule: RecordsValue, scopes: list[_Inside]) -> bool | None:
    values = [truth(evaluate(rule.of, scope)) for scope in scopes if _counts(rule.where, scope)]
    return False if False in values else None if None in values else True


def _value(rule: RecordsValue, scopes: list[_Inside]) -> Any:
    if rule.give in ("count", "any"):
        return len(scopes) if rule.give == "count" else bool(scopes)
    values = [evaluate(rule.of, scope) for scope in scopes]
    if rule.by is not None:
        dated = [(evaluate(rule.by, scope), value) for scope, value in zip(scopes, values, strict=True)]
        return _latest(rule, dated)
    present = [value for value in values if value != NOT_APPLICABLE]
    if any(value is None for value in present):
        raise _Unknown
    if rule.give == "sum":
        return sum(present, start=0)
    if not present:
        return NOT_APPLICABLE
    order = _order(rule, scopes)
    return min(present, key=order) if rule.give == "lowest" else max(present, key=order)


def _order(rule: RecordsValue, scopes: list[_Inside]) -> Any:
    """Return the sort key: the position among the options for an ordered choice, else the value itself."""
    from pointsgrid.language.tree import Name

    field = scopes[0].kind.fields.get(rule.of.key) if isinstance(rule.of, Name) else None
    return field.options.index if field is not None and field.options else None


def _latest(rule: RecordsValue, dated: list[tuple[Any, Any]]) -> Any:
    if any(day is None for day, _ in dated):
        raise _Unknown
    if not dated:
        return NOT_APPLICABLE
    pick = max if rule.give == "latest" else min
    return pick(dated, key=lambda pair: pair[0])[1]


# --- time ------------------------------------------------------------------------------------------------------------


def _over_time(rule: RecordsValue, scopes: list[_Inside], person: Any) -> Any:
    before = evaluate(rule.before, person) if rule.before is not None else None
    open_end = evaluate(rule.open_end, person) if rule.open_end is not None else before
    window = _window(rule, before)
    pairs = [(scope, stretch) for scope in scopes if (stretch := _stretch(rule, scope, open_end, window))]
    if rule.give not in _TIMES:
        return _value(rule, [scope for scope, _ in pairs])
    if rule.hours is not None:
        shares = [Stretch(s.start, s.end, _share(rule, scope)) for scope, s in pairs]
        return _full_time(rule, _added(shares))
    stretches = [stretch for _, stretch in pairs]
    if rule.give.startswith("longest"):
        return max((_length([s], rule.give) for s in _joined(stretches)), default=0)
    return _length(_joined(stretches) if rule.overlap == "once" else stretches, rule.give)


def _window(rule: RecordsValue, before: date | None) -> tuple[date, date]:
    if rule.before is None:
        return date.min, date.max
    if before is None:
        raise _Unknown
    start = moved(before, -rule.window_from[0], rule.window_from[1]) if rule.window_from else date.min
    end = moved(before, -rule.window_to[0], rule.window_to[1]) if rule.window_to else before
    return start, end


def _stretch(rule: RecordsValue, scope: _Inside, open_end: date | None, window: tuple[date, date]) -> Stretch | None:
    """Return a record's time inside the window; the last day counts, a blank end means it goes on."""
    start = scope.value(rule.start)
    last = scope.value(rule.end) if rule.end else None
    if start is None or start == NOT_APPLICABLE:
        raise _Unknown
    if last is None or last == NOT_APPLICABLE:
        if open_end is None:
            raise _Unknown
        end = open_end
    else:
        end = last + timedelta(days=1)
        end = min(end, open_end) if open_end is not None else end
    if rule.shortest is not None and moved(start, rule.shortest[0], rule.shortest[1]) > end:
        return None
    start, end = max(start, window[0]), min(end, window[1])
    return Stretch(start, end) if start < end else None


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the union as stretches that neither overlap nor touch."""
    found: list[Stretch] = []
    for stretch in sorted(stretches, key=lambda s: s.start):
        if found and stretch.start <= found[-1].end and stretch.share == found[-1].share:
            found[-1] = Stretch(found[-1].start, max(found[-1].end, stretch.end), stretch.share)
        else:
            found.append(stretch)
    return found


def _share(rule: RecordsValue, scope: _Inside) -> Fraction:
    hours = evaluate(rule.hours, scope)
    if hours is None or hours == NOT_APPLICABLE:
        raise _Unknown
    return Fraction(hours) / Fraction(rule.full_time or 30)


def _added(stretches: list[Stretch]) -> list[Stretch]:
    """Return stretches apart from each other whose share is the sum of those at work, at most one full time."""
    edges = sorted({day for s in stretches for day in (s.start, s.end)})
    pieces = []
    for start, end in itertools.pairwise(edges):
        share = sum((s.share for s in stretches if s.start <= start and end <= s.end), start=Fraction(0))
        if share:
            pieces.append(Stretch(start, end, min(share, Fraction(1))))
    return _joined(pieces)


def _full_time(rule: RecordsValue, stretches: list[Stretch]) -> int:
    if rule.give == "hours":
        week = Fraction(rule.full_time or 30)
        return floor(sum((s.share * week * (s.end - s.start).days / 7 for s in stretches), start=Fraction(0)))
    months = floor(sum((s.share * _months(s) for s in stretches), start=Fraction(0)))
    return months // 12 if rule.give.endswith("years") else months


def _months(stretch: Stretch) -> Fraction:
    """Return completed months and the days over as thirtieths of one."""
    whole = completed_months(stretch.start, stretch.end)
    return whole + Fraction(min((stretch.end - months_later(stretch.start, whole)).days, 30), 30)


def _length(stretches: list[Stretch], give: str) -> int:
    if give == "days":
        return sum((s.end - s.start).days for s in stretches)
    months = days = 0
    for stretch in stretches:
        whole = completed_months(stretch.start, stretch.end)
        months += whole
        days += (stretch.end - months_later(stretch.start, whole)).days
    months += days // 30
    return months // 12 if give.endswith("years") else months
