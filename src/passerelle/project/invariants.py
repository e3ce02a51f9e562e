"""What must always hold (trust requirement 1.7): one query each, whose every row is a breach, and walks in Python.

The queries read the tables of every room, which is why they stand here and not in one of them. They decide nothing: the
rooms' constraints and operations do. These look afterwards whether they did.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from passerelle.core import audit, heads
from passerelle.core.models import AuditEvent
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.scoring import changed_facts, scored
from passerelle.programs import queries as programs
from passerelle.project.invariant_queries import QUERIES

SHOWN = 1000  # rows of one breach that are kept
Tick = Callable[[str, int, int], None]
Walk = Callable[[datetime], Iterable[str]]


@dataclass(frozen=True)
class Finding:
    """What looking at one rule found; ``rows`` names each record that breaks it."""

    rule: str
    rows: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.rows


def check(*, at: datetime, tick: Tick = lambda what, done, total: None) -> list[Finding]:
    """Look at every rule as of ``at``; the findings stand in the order of the rules."""
    findings = []
    total = len(QUERIES) + len(WALKS)
    for rule, query in QUERIES.items():
        findings.append(Finding(rule, tuple(_rows(query, at))))
        tick("Invariants", len(findings), total)
    for rule, walk in WALKS.items():
        findings.append(Finding(rule, tuple(walk(at))))
        tick("Invariants", len(findings), total)
    return findings


def broken(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that name a breach."""
    return [finding for finding in findings if not finding.holds]


def _rows(query: str, at: datetime) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"at": at, "at_nomination": _places_used_at_nomination(at)})
        return [str(row[0]) for row in cursor.fetchmany(SHOWN)]


def _places_used_at_nomination(at: datetime) -> list[str]:
    """The streams, as program and key, in which an invitation holds no place of the year."""
    found = []
    for program in programs.programs():
        with suppress(programs.RulesUnavailable):
            rules = programs.rules_in_force(program.code, at)
            found += [f"{program.code} {one.key}" for one in rules.streams if one.places == "used_at_nomination"]
    return found


def scores_that_differ(at: datetime) -> Iterator[str]:
    """Files whose stored points are not what their pack gives for their answers and the facts officers changed."""
    # Who came with a notification was scored by the federal side, and by no grid of ours.
    handed_in = ExpressionOfInterest.objects.exclude(submitted_at=None).exclude(grid="")
    handed_in = handed_in.select_related("pack").defer("pack__sources")
    for eoi in _in_batches(handed_in):
        assert eoi.submitted_at
        again = scored(eoi.pack, eoi.answers, category=eoi.category, at=eoi.submitted_at, changed=changed_facts(eoi))
        if again.points != eoi.points:
            yield f"{eoi.reference}: {eoi.points} stored, {again.points} computed"


def versions_that_differ(at: datetime) -> Iterator[str]:
    """Files whose answers may change and whose last version kept is not what counts: answers, and points no officer changed."""
    changeable = ExpressionOfInterest.objects.filter(changeable=True).exclude(submitted_at=None)
    for eoi in _in_batches(changeable):
        last = eoi.versions.order_by("number").last()
        if last is None:
            yield f"{eoi.reference}: no version kept"
        elif last.answers != eoi.answers:
            yield f"{eoi.reference}: other answers in version {last.number}"
        elif last.points != eoi.points and not changed_facts(eoi):
            yield f"{eoi.reference}: {eoi.points} stored, {last.points} in version {last.number}"


def broken_chains(at: datetime) -> Iterator[str]:
    """Subjects whose audit trail has a gap or an altered event."""
    for subject in AuditEvent.objects.order_by("subject").values_list("subject", flat=True).distinct().iterator():
        if not audit.verify_chain(subject):
            yield subject


def _in_batches(rows: "QuerySet[ExpressionOfInterest]") -> Iterator[ExpressionOfInterest]:
    return rows.order_by("pk").iterator(chunk_size=200)


WALKS: dict[str, Walk] = {
    "the stored score is the one computed again": scores_that_differ,
    "the last version of changeable answers is what counts": versions_that_differ,
    "every audit chain is whole": broken_chains,
    "every head of the audit trail fits its events": lambda at: heads.broken_heads(),
}
