"""What is so about rounds: whom a plan finds in the pool, how that narrows step by step, what was published.

Whom a plan finds is one WHERE over columns, so that a look ahead costs the same number of queries whatever the pool.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import Coalesce, Greatest, RowNumber
from django.http import Http404

from passerelle.express_entry.keys import code_key, digest_of, number_key
from passerelle.express_entry.models import FederalProfile, Notification, NotNotified, Round, RoundEntry
from passerelle.express_entry.queries.profiles import profiles
from passerelle.express_entry.states import RoundState, WhyNot

EVERYWHERE = "ALL"
# How many occupations a look ahead names.
NAMED = 10
_HEAVY = ("round__pack__sources",)


def rounds(program: str) -> QuerySet[Round]:
    """Return the rounds of a program, the newest first."""
    people = ("planned_by", "conducted_by", "approved_by", "voided_by", "pack")
    return Round.objects.filter(program=program).select_related(*people).defer("pack__sources")


def round_for(person: Any, program: str, number: str) -> Round:
    """Return a round of a program that ``person`` works in; raises Http404."""
    found = rounds(program).filter(number=number).first() if program in person.programs_worked_in() else None
    if found is None:
        raise Http404
    return found


def round_of(number: str) -> Round:
    """Return a round by its number, for operations, which ask whether they may."""
    return Round.objects.select_related("pack").defer("pack__sources").get(number=number)


# --- whom a plan finds ---


def _steps(plan: Round) -> dict[str, Q]:
    """Return what the plan asks, step by step: each narrows those before it."""
    steps = {
        "valid": Q(valid_until__gte=plan.held_on),
        "window": Q(crs_given__gte=plan.crs_lowest, crs_given__lte=plan.crs_highest),
        "created": Q(created_on__gte=plan.created_from, created_on__lte=plan.created_through),
        "interest": Q(provinces__overlap=[plan.province, *([] if plan.named_alone else [EVERYWHERE])]),
    }
    if plan.nocs:
        steps["occupation"] = Q(primary_noc__in=plan.nocs)
    floors = {
        f"{language}__gte": level
        for language, level in (("french_lowest", plan.french_lowest), ("english_lowest", plan.english_lowest))
        if level is not None
    }
    if plan.either_lowest is not None:
        floors["better__gte"] = plan.either_lowest
    return steps | ({"language": Q(**floors)} if floors else {})


def _pool(program: str) -> QuerySet[FederalProfile]:
    better = Greatest(Coalesce(F("french_lowest"), Value(0)), Coalesce(F("english_lowest"), Value(0)))
    return profiles(program).annotate(better=better).order_by()


def valid_on(program: str, on: date) -> QuerySet[FederalProfile]:
    """Return the profiles valid on a day."""
    return profiles(program).filter(valid_until__gte=on)


def findable(plan: Round, at: datetime) -> QuerySet[FederalProfile]:
    """Return the profiles that have what the plan asks and no notification in the way at ``at``."""
    asked = reduce(and_, _steps(plan).values())
    return _pool(plan.program).filter(asked).exclude(pk__in=_notified(plan, at))


def _notified(plan: Round, at: datetime) -> QuerySet[Any, Any]:
    # A profile that is erased is nobody's any more; among NULLs nobody would be free.
    rows = Notification.objects.filter(program=plan.program, profile__isnull=False).standing(at=at)
    return rows.order_by().values("profile")


def once_a_person(rows: QuerySet[FederalProfile]) -> QuerySet[FederalProfile]:
    """Return of each person the profile made last; who gave no passport is known by the profile's number alone."""
    who = Case(When(person_key="", then=F("number_key")), default=F("person_key"))
    latest = (F("created_on").desc(), F("id").desc())
    return rows.annotate(place=Window(RowNumber(), partition_by=[who], order_by=latest)).filter(place=1)


@dataclass(frozen=True)
class Outlook:
    """What a round finds: how the pool narrows, how many, spread by score and by primary occupation."""

    steps: Mapping[str, int]
    found: int
    by_score: Mapping[int, int] = field(default_factory=dict)
    by_occupation: tuple[tuple[str, int], ...] = ()


def preview(plan: Round, at: datetime) -> Outlook:
    """Return what the plan would find in the pool as it is at ``at``. Changes nothing; always four statements."""
    narrowed, counts = Q(), {}
    for name, asked in _steps(plan).items():
        narrowed &= asked
        counts[name] = Count("pk", filter=narrowed)
    steps = dict(_pool(plan.program).aggregate(**counts))
    rows = findable(plan, at)
    steps["free"] = rows.count()
    one_each = profiles(plan.program).filter(pk__in=once_a_person(rows).values("pk")).order_by()
    return _outlook(steps, one_each, "crs_given")


def outlook(plan: Round, at: datetime) -> Outlook:
    """Return the preview of a planned round, and of one conducted what it found."""
    if plan.found is None:
        return preview(plan, at)
    return _outlook({}, RoundEntry.objects.filter(round=plan).order_by(), "crs")


def _outlook(steps: Mapping[str, int], rows: QuerySet[Any, Any], score: str) -> Outlook:
    by_score = dict(rows.values_list(score).annotate(n=Count("pk")))
    by_noc = rows.values_list("primary_noc").annotate(n=Count("pk")).order_by("-n", "primary_noc")
    return Outlook(steps, sum(by_score.values()), by_score, tuple(by_noc[:NAMED]))


# --- what came of it ---


def entries(plan: Round) -> QuerySet[RoundEntry]:
    """Return whom a round found, the highest score first."""
    return RoundEntry.objects.filter(round=plan).order_by("-crs", "id")


def set_aside(plan: Round) -> list[tuple[str, int]]:
    """Return why people found were not notified, in words, with how many; nothing before the issue."""
    rows = NotNotified.objects.filter(entry__round=plan).order_by().values_list("why").annotate(n=Count("pk"))
    return [(str(WhyNot(why).label), count) for why, count in rows.order_by("why")]


def notifications(plan: Round) -> QuerySet[Notification]:
    """Return the notifications of a round, in the order of their references, with their profiles."""
    return Notification.objects.filter(round=plan).select_related("profile").order_by("reference")


def issued(program: str) -> QuerySet[Round]:
    """Return the issued rounds, the newest first."""
    return rounds(program).filter(state=RoundState.ISSUED)


def notification(reference: str) -> Notification | None:
    """Return a notification with its profile and round."""
    rows = Notification.objects.select_related("profile", "round__pack", "round__approved_by", "entry").defer(*_HEAVY)
    return rows.filter(reference=reference).first()


def claimed(program: str, number: str, code: str) -> Notification | None:
    """Return the latest notification of the profile with this number and validation code; None whichever of them is wrong.

    Both are looked up at once by keyed digest, so that nothing tells the number from the code.
    """
    keys = {"number_key": number_key(program, number.strip().upper()), "code_key": code_key(program, digest_of(code))}
    rows = Notification.objects.filter(program=program, **{f"profile__{name}": key for name, key in keys.items()})
    return rows.select_related("profile", "round").order_by("-issued_at", "-id").first()


def awaits_answers(program: str, at: datetime) -> bool:
    """Say whether a notification of interest can still be taken up at ``at``, whatever has closed since it was sent."""
    return Notification.objects.filter(program=program, respond_by__gt=at, taken_up_at=None).exists()


def valid_until(notification: int | None) -> date | None:
    """Return the last day of the profile that was notified, as the latest file gives it; None where it is not kept."""
    if notification is None:
        return None
    return Notification.objects.filter(pk=notification).values_list("profile__valid_until", flat=True).first()


@dataclass(frozen=True)
class Published:
    """An issued round as the public sees it."""

    held_on: date
    number: str
    stream: str
    notified: int
    crs_lowest: int
    crs_highest: int
    targets: list[Any]
    created_from: date
    created_through: date
    issued_at: datetime | None


def published(program: str) -> list[Published]:
    """Return the public record of every issued round, the newest first."""
    return [
        Published(
            one.held_on, one.number, one.stream, one.notified or 0, one.crs_lowest, one.crs_highest, list(one.targets),
            one.created_from, one.created_through, one.issued_at,
        )
        for one in issued(program)
    ]  # fmt: skip
