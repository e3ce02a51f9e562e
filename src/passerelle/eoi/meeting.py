"""Whether mandatory criteria are met: by answers and facts, on a later day, and until when."""

from datetime import datetime, timedelta
from typing import Any

from passerelle.core.deadlines import local_day, start_of_day
from passerelle.eoi import scoring
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules, conditions
from passerelle.programs.rules.schema import Criterion

_INSTANT = timedelta(microseconds=1)


def given(eoi: ExpressionOfInterest) -> dict[str, Any]:
    """Return what conditions may read beside answers and facts."""
    return {"category": eoi.category, "stream": eoi.stream}


def criteria(eoi: ExpressionOfInterest) -> list[Criterion]:
    """Return the mandatory criteria asked of whoever opens the file: those tested at registration, under its own rules.

    What is tested later (an invitation taken up in time, points proven) an officer looks at in the application.
    """
    return registered(programs.rules(eoi.pack), eoi.category)


def registered(rules: ProgramRules, category: str) -> list[Criterion]:
    """Return the criteria of a category that are tested at registration."""
    return [one for one in rules.criteria(category) if one.tested_at("registration")]


def not_met(eoi: ExpressionOfInterest, values: dict[str, Any]) -> list[Criterion]:
    """Return the criteria whose condition ``values`` (answers, facts, category) do not meet."""
    return [one for one in criteria(eoi) if _fails(one, values)]


def _fails(criterion: Criterion, values: dict[str, Any]) -> bool:
    if criterion.condition is None or not conditions.holds(criterion.applies_if, values):
        return False
    # A condition on what only the employer knows says nothing about the candidate's answers.
    if all(conditions.is_blank(values.get(key)) for key in conditions.keys(criterion.condition)):
        return False
    return not conditions.holds(criterion.condition, values)


def unmet_at(eoi: ExpressionOfInterest, at: datetime) -> list[Criterion]:
    """Return the criteria no longer met at ``at``: facts are derived anew for that day, points are left alone."""
    return _unmet(eoi, at, scoring.changed_facts(eoi))


def _unmet(eoi: ExpressionOfInterest, at: datetime, changed: dict[str, Any]) -> list[Criterion]:
    today = programs.facts(eoi.pack, eoi.answers, at, changed, category=eoi.category)
    return not_met(eoi, {**given(eoi), **eoi.answers, **eoi.facts, **_lapsing(today, eoi.facts)})


def _lapsing(today: Any, then: dict[str, Any]) -> dict[str, Any]:
    # A fact an officer changed, or one that only grew, stays as it was: what time can take away is a yes.
    return {key: value for key, value in dict(today).items() if then.get(key) is True and value is False}


def lapses_at(eoi: ExpressionOfInterest, *, since: datetime) -> datetime:
    """Return the first moment from ``since`` on at which a criterion is not met by time alone, at the latest its last one.

    Days are halved until the first is found: what time has taken away it does not give back (a permit, a test's two years).
    """
    assert eoi.valid_before
    zone, changed = programs.rules(eoi.pack).zone, scoring.changed_facts(eoi)
    if _unmet(eoi, since, changed):
        return since
    good, bad = local_day(since, zone), local_day(eoi.valid_before - _INSTANT, zone)
    if good >= bad or not _unmet(eoi, start_of_day(bad, zone), changed):
        return eoi.valid_before
    while (bad - good).days > 1:
        middle = good + (bad - good) // 2
        good, bad = (good, middle) if _unmet(eoi, start_of_day(middle, zone), changed) else (middle, bad)
    return start_of_day(bad, zone)
