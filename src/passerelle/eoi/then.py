"""Where a file stood at an earlier instant: its trail is walked again, for a row keeps only where it stands now."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Unpack

from django.db.models import QuerySet

from passerelle.core import audit
from passerelle.core.composed import composed
from passerelle.core.sets import Among
from passerelle.eoi import meeting, scoring
from passerelle.eoi.drawing import Which, within
from passerelle.eoi.models import Bar, ExpressionOfInterest
from passerelle.eoi.states import EOIState

# So many files are asked about together.
AT_ONCE = 500

# What each event of a file's trail left it in. Events that are not here changed something else.
REACHED: dict[str, EOIState] = {
    "eoi.opened": EOIState.DRAFT,
    "eoi.submitted": EOIState.SUBMITTED,
    "eoi.admitted": EOIState.IN_POOL,
    "eoi.points_confirmed": EOIState.IN_POOL,
    "eoi.held": EOIState.ON_HOLD,
    "eoi.resumed": EOIState.IN_POOL,
    "eoi.evidence_requested": EOIState.EVIDENCE_REQUESTED,
    "eoi.evidence_answered": EOIState.SUBMITTED,
    "eoi.evidence_request_dropped": EOIState.SUBMITTED,
    "eoi.doubted": EOIState.DOUBTED,
    "eoi.doubt_lifted": EOIState.SUBMITTED,
    "eoi.refused": EOIState.REFUSED,
    "eoi.withdrawn": EOIState.WITHDRAWN,
    "eoi.invited": EOIState.INVITED,
    "eoi.came_notified": EOIState.INVITED,
    **dict.fromkeys(
        (
            "eoi.discarded",
            "eoi.draft_erased",
            "eoi.offer_lapsed",
            "eoi.offer_dropped",
            "eoi.expired",
            "eoi.removed",
            "eoi.renewed",
            "eoi.closed",
        ),
        EOIState.CLOSED,
    ),
}


def state_at(eoi: ExpressionOfInterest, at: datetime) -> EOIState | None:
    """Return the state of a file at an instant.

    One whose trail tells nothing up to then (it was brought in from elsewhere) stood as now where nothing has moved it
    since; else None: nobody knows.
    """
    return states_at([eoi], at)[eoi.pk]


def states_at(eois: Collection[ExpressionOfInterest], at: datetime) -> dict[int, EOIState | None]:
    """Return the state of each of these files at an instant, as ``state_at`` says it. One statement."""
    moves: dict[str, list[tuple[datetime, str]]] = {one.reference: [] for one in eois}
    for reference, then, event in audit.moves(moves, REACHED):
        moves[reference].append((then, event))
    found: dict[int, EOIState | None] = {}
    for one in eois:
        passed = [event for then, event in moves[one.reference] if then <= at]
        stands = None if moves[one.reference] else EOIState(one.state)
        found[one.pk] = REACHED[passed[-1]] if passed else stands
    return found


def points_in_pool(eoi: ExpressionOfInterest, at: datetime) -> int | None:
    """Return the points with which a file stood in the pool at an instant; None where a draw could not have taken it then."""
    drawable = state_at(eoi, at) == EOIState.IN_POOL and eoi.valid_before is not None and eoi.valid_before > at
    if not drawable or Bar.objects.in_force(at=at).filter(program=eoi.program, person_key=eoi.person_key).exists():
        return None
    then = eoi.scores.filter(at__lte=at).order_by("-id").values_list("points", flat=True).first()
    # One brought in from elsewhere has no history: it counts as it stands.
    return eoi.points if then is None else then


def would_count(eoi: ExpressionOfInterest, *, closes_at: datetime, **which: Unpack[Which]) -> bool:
    """Say whether a file is among those a draw that closed at ``closes_at`` looks at: the same question that a freeze asks."""
    return bool(those_that_count([eoi.pk], closes_at=closes_at, **which))


def those_that_count(keys: Collection[int], *, closes_at: datetime, **which: Unpack[Which]) -> set[int]:
    """Return which of these files ``would_count``. One statement."""
    rows: Any = ExpressionOfInterest.objects.filter(Among("pk", list(keys)))
    return set(within(rows, closes_at=closes_at, **which).order_by().values_list("pk", flat=True))


def is_barred(person_key: str, at: datetime) -> bool:
    """Say whether a person may not file at ``at``."""
    return bool(_bar(person_key, at))


@composed
def _bar(person_key: str, at: datetime) -> QuerySet[Bar, int]:
    return Bar.objects.in_force(at=at).filter(person_key=person_key).order_by().values_list("pk", flat=True)[:1]


def barred_at(person_keys: Collection[str], at: datetime) -> set[str]:
    """Return which of these people a bar kept from filing at an instant. One statement."""
    held = Bar.objects.in_force(at=at).filter(Among("person_key", list(person_keys), "text"))
    return set(held.order_by().values_list("person_key", flat=True))


def those_that_could_be_invited(eois: Collection[ExpressionOfInterest], at: datetime) -> set[int]:
    """Return which of these files could be invited at an earlier instant: in the pool, within its year, not barred, criteria met.

    Where the trail does not tell where one stood, nothing shows that it had left the pool. What is asked is asked once, for all
    of them.
    """
    stood, barred = states_at(eois, at), barred_at([one.person_key for one in eois], at)

    def could(one: ExpressionOfInterest) -> bool:
        if stood[one.pk] not in (EOIState.IN_POOL, None) or one.person_key in barred:
            return False
        if one.valid_before is None or one.valid_before <= at:
            return False
        return (one.lapses_at is not None and at < one.lapses_at) or not meeting.unmet_at(one, at)

    return {one.pk for one in eois if could(one)}


def handed_in(program: str, *, closes_at: datetime, **which: Unpack[Which]) -> QuerySet[Any, Any]:
    """Return the files that a draw which closed at ``closes_at`` looks at, wherever they stand now or stood then."""
    rows = ExpressionOfInterest.objects.of(program).filter(first_submitted_at__isnull=False)
    return within(rows, closes_at=closes_at, **which).select_related("pack").defer("pack__sources").order_by("pk")


def could_be_drawn(rows: QuerySet[Any, Any], at: datetime) -> Iterator[Any]:
    """Give the files of ``rows`` (of ``handed_in``) that could be drawn at an earlier instant: those that could be invited."""
    in_time = rows.filter(valid_before__gt=at).prefetch_related("fact_changes").iterator(chunk_size=AT_ONCE)
    while some := list(islice(in_time, AT_ONCE)):
        could = those_that_could_be_invited(some, at)
        yield from (one for one in some if one.pk in could)


def scored_with(eoi: ExpressionOfInterest, told: Mapping[str, Any], *, closes_at: datetime) -> scoring.Scored:
    """Return the score of a file as it stood when entries closed, with ``told`` facts in place of what it says.

    Changes nothing. Raises pointsgrid's MissingFacts where a factor hangs on a blank, BadValue for a value of another type.
    """
    version = eoi.versions.filter(at__lt=closes_at).order_by("-number").first() if eoi.changeable else None
    at = (version.at if version else eoi.submitted_at) or eoi.opened_at
    answers, changed = version.answers if version else eoi.answers, scoring.changed_facts(eoi)
    return scoring.scored(eoi.pack, answers, category=eoi.category, at=at, changed={**changed, **told})
