"""The mandatory criteria held against a file as it stands: each by its condition, on the days on which it is tested."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from passerelle.applications import comparing, queries
from passerelle.applications.models import Application, Part
from passerelle.core import arrival
from passerelle.core.deadlines import local_day
from passerelle.core.text import pick
from passerelle.core.verdicts import YES, Verdict
from passerelle.eoi import claims as eoi_claims
from passerelle.eoi import queries as eois
from passerelle.programs import forms
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules, conditions, figures, passing
from passerelle.programs.rules.figures import Figures
from passerelle.programs.rules.schema import Criterion, Instant


class State(StrEnum):
    """What the forms say of a criterion; ``unknown`` where that hangs on something nobody has said."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """What one criterion's condition says on one day, and what it looked at: keys with their values, None where blank.

    ``figures`` are the tables that it is measured against: while none is loaded for the day, nothing is known by them. ``sheet``
    is the score sheet of a grid that is to be passed, None until all of it is said.
    """

    criterion: Criterion
    state: State
    instant: Instant
    at: datetime
    zone: ZoneInfo
    seen: Mapping[str, Any]
    figures: tuple[Figures, ...] = ()
    sheet: Any = None

    @property
    def day(self) -> date:
        """The day in the program's zone."""
        return local_day(self.at, self.zone)

    @property
    def is_unmet(self) -> bool:
        """Whether the forms say that it is not met."""
        return self.state == State.NOT_MET


def checks(
    application: Application, at: datetime, sides: Collection[str] = comparing.BOTH, *, anew: bool = False
) -> dict[str, Check]:
    """Return the check of each criterion with a condition, by its key; of several days the one that says least good.

    ``application`` is the day on which the file was received, ``decision`` that of the decision; both are ``at`` while
    they are to come. Facts are derived anew from what the forms say, for each day; one that an officer changed stays.
    ``anew`` is for a decision made again ``at``. Worked out once for each request, whose page and act both ask.
    """
    decided = None if anew else application.decided_at
    key = ("mandatory", application.pk, at, application.received_at, decided, frozenset(sides))
    return arrival.once(key, lambda: _checks(application, at, decided, sides))


def _checks(
    application: Application, at: datetime, decided: datetime | None, sides: Collection[str]
) -> dict[str, Check]:
    rules, eoi = queries.rules_of(application), application.invitation.eoi
    said, fixed = comparing.said(application, sides), eois.changed_facts(eoi) if "candidate" in sides else {}
    given = {"category": eoi.category, "stream": eoi.stream}

    @cache
    def values(day: datetime) -> dict[str, Any]:
        return {**given, **said, **programs.facts(eoi.pack, said, day, fixed, category=eoi.category)}

    asked = [one for one in rules.criteria(eoi.category) if one.condition is not None or one.passes]
    found = (
        check(rules, one, (instant, day, rules.zone), values(day))
        for one in asked
        for instant, day in _days(one, application, at, decided)
    )
    worst: dict[str, Check] = {}
    for made in filter(None, found):
        if made.criterion.key not in worst or _grave(made) > _grave(worst[made.criterion.key]):
            worst[made.criterion.key] = made
    return worst


def _days(
    criterion: Criterion, application: Application, at: datetime, decided: datetime | None
) -> Iterator[tuple[Instant, datetime]]:
    if criterion.tested_at("application"):
        yield "application", application.received_at or at
    if criterion.tested_at("decision"):
        yield "decision", decided or at
    if criterion.at == ("registration",):
        yield "registration", application.invitation.eoi.submitted_at or application.opened_at


def check(
    rules: ProgramRules, criterion: Criterion, when: tuple[Instant, datetime, ZoneInfo], values: Mapping[str, Any]
) -> Check | None:
    """Return what ``values`` (answers, facts, what is given) say of a criterion on one day; None where it does not apply."""
    if conditions.settled(criterion.applies_if, values) is False:
        return None
    day = local_day(when[1], rules.zone)
    sheet = passing.sheet(rules.libraries, criterion.passes, values, day) if criterion.passes else None
    settled = conditions.settled(criterion.condition, values) if not criterion.passes else sheet and sheet.passes
    state = State.UNKNOWN if settled is None else State.MET if settled else State.NOT_MET
    seen = {key: values.get(key) for key in figures.with_operands(rules.points, criterion.keys)}
    seen |= {key: values[key] for key in criterion.beside if not conditions.is_blank(values.get(key))}
    return Check(criterion, state, *when, seen, tuple(figures.behind(rules.points, criterion.keys, day)), sheet)


def _grave(check: Check) -> int:
    return (State.MET, State.UNKNOWN, State.NOT_MET).index(check.state)


def unmet(application: Application, at: datetime) -> list[Check]:
    """Return the checks that say "not met"."""
    return [one for one in checks(application, at).values() if one.is_unmet]


def unanswered(application: Application, at: datetime) -> list[Criterion]:
    """Return what the forms say is not met, were the file decided ``at``, and no officer has answered for in words."""
    findings = queries.latest_findings(application)
    answered = {key for key, finding in findings.items() if finding.note.strip()}
    found = checks(application, at, anew=True).values()
    return [one.criterion for one in found if one.is_unmet and one.criterion.key not in answered]


def may_be_nominated(application: Application, at: datetime) -> Verdict:
    """Whether an officer has answered in words for everything that the forms say is not met.

    A fact can end after it was found in order (a permit, the two years of a test): the finding is then made anew.
    """
    silent = unanswered(application, at)
    if not silent:
        return YES
    named = "; ".join(pick(one.label) for one in silent)
    words = _("By what the forms say today, this is not met: %(named)s. Note on it why you find that it is.")
    return Verdict(False, words % {"named": named})


def unmet_by(part: Part, at: datetime) -> list[Check]:
    """Return what a form's own party says and does not meet by it: an employer's form alone, the candidate's with the EOI."""
    found = checks(part.application, at, (part.side,)).values()
    ours = (one for one in found if (one.criterion.side == "candidate") is (part.side == "candidate"))
    return [one for one in ours if one.is_unmet]


def in_words(application: Application, check: Check) -> list[tuple[str, str]]:
    """Return what a check looked at: the words of each question or fact, and its value, empty where nobody has answered."""
    return [(label, value) for key, value in check.seen.items() for label, value in [_worded(application, key, value)]]


def _worded(application: Application, key: str, value: Any) -> tuple[str, str]:
    rules = queries.rules_of(application)
    fact = rules.points.facts.get(key)
    if fact is not None:
        blank = conditions.is_blank(value)
        unknown = "" if fact.value is None else _("not known")
        return pick(fact.label.to_json()), unknown if blank else eoi_claims.row(fact, value).words
    question = _questions(application).get(key)
    if question is None:
        return key, "" if value is None else str(value)
    return str(question.label), forms.in_words(rules, question, value)


def _questions(application: Application) -> dict[str, Any]:
    rules, eoi = queries.rules_of(application), application.invitation.eoi
    stream = rules.stream(eoi.stream)
    stated = [stream.questionnaire, *(rules.part(eoi.stream, one.key).form for one in application.parts.all())]
    known = [rules.questionnaire(one) for one in stated if one in rules.questionnaires]
    return {question.key: question for form in known for question in form.questions()}
