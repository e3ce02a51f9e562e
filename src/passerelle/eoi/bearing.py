"""What of a file bears on a draw beside its points: facts that selection rules and filters ask for, criteria that keep it out.

A plan may name any rule of the pack, so those of every day count, of the pack that the file began under and of the one in force.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from passerelle.eoi import meeting, scoring
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules, aims
from passerelle.programs.rules.selection import SelectionRule
from pointsgrid.language.tree import names


def is_changed(eoi: ExpressionOfInterest, after: scoring.Scored, *, at: datetime) -> bool:
    """Whether a draw may see the file otherwise with the facts of ``after`` than as it stands, whatever its points."""
    rules = (programs.rules(eoi.pack), programs.rules_in_force(eoi.program, at))
    asked = {fact for one in rules for fact in _asked(one, eoi.stream)}
    before, later = _plain(eoi.facts), _plain(after.facts)
    return any(before.get(fact) != later.get(fact) for fact in asked) or _failing(eoi, before) != _failing(eoi, later)


def _asked(rules: ProgramRules, stream: str) -> Iterator[str]:
    """Give the facts that the rules and filters of a stream's draws ask for."""
    if stream not in {one.key for one in rules.pools}:
        return
    for one in rules.filters(stream).values():
        yield from names(one.condition)
    for asked in aims.asked(rules, stream).values():
        yield from (asked.of, *names(asked.when))
    for rule in rules.selection_rules(stream):
        yield from filter(None, _named(rule))


def _named(rule: SelectionRule) -> Iterator[str | None]:
    """Give what a rule names: facts, and the names of filters, which are no facts."""
    yield from (one.fact for one in (*rule.order, rule.afterwards) if one)
    yield from (one.when for one in rule.reserve)
    yield from rule.only.attributes if rule.only else ()
    yield from (rule.cap.employer, rule.cap.size) if rule.cap else ()


def _failing(eoi: ExpressionOfInterest, facts: Mapping[str, Any]) -> list[str]:
    """Return the mandatory criteria that the file would not meet with ``facts``."""
    return [one.key for one in meeting.not_met(eoi, {**meeting.given(eoi), **eoi.answers, **facts})]


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as the database gives them back."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(facts), cls=DjangoJSONEncoder))
    return plain
