"""The assertions of a round: failures looked for in the rows, and not in the code that searched.

Each is a query or a count of its own; what the plan asks is asked again of one entry after the other, in plain Python.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from passerelle.express_entry import queries
from passerelle.express_entry.models import FederalProfile, Notification, NotNotified, Round, RoundEntry
from passerelle.express_entry.states import RoundState


@dataclass(frozen=True)
class Finding:
    """Whether one condition holds, and the numbers its sentence tells."""

    key: str
    good: bool
    facts: dict[str, Any]


def findings(plan: Round, at: datetime) -> list[dict[str, Any]]:
    """Run every check on the round as its rows stand at ``at``; return them ready to be kept."""
    return [asdict(check(plan, at)) for check in CHECKS]


def fits(plan: Round, entry: RoundEntry) -> bool:
    """Say whether one person has what the plan asks, by the facts that were frozen."""
    better = max(entry.french_lowest or 0, entry.english_lowest or 0)
    return (
        plan.crs_lowest <= entry.crs <= plan.crs_highest
        and plan.created_from <= entry.created_on <= plan.created_through
        and entry.valid_until >= plan.held_on
        and (not plan.nocs or entry.primary_noc in plan.nocs)
        and (plan.french_lowest is None or (entry.french_lowest or 0) >= plan.french_lowest)
        and (plan.english_lowest is None or (entry.english_lowest or 0) >= plan.english_lowest)
        and (plan.either_lowest is None or better >= plan.either_lowest)
        and (plan.province in entry.provinces or (queries.EVERYWHERE in entry.provinces and not plan.named_alone))
    )


def _aimed(plan: Round, at: datetime) -> Finding:
    """Nobody stands outside the window, or without what the plan names."""
    rows = queries.entries(plan).iterator(chunk_size=2000)
    stray = sum(1 for one in rows if not fits(plan, one))
    return Finding("aimed", stray == 0, {"count": stray, "lowest": plan.crs_lowest, "highest": plan.crs_highest})


def _once(plan: Round, at: datetime) -> Finding:
    """No profile and no person stands there twice."""
    rows = RoundEntry.objects.filter(round=plan).order_by()
    twice = sum(
        rows.exclude(**{key: ""}).values(key).annotate(n=Count("pk")).filter(n__gt=1).count()
        for key in ("number_key", "person_key")
    )
    return Finding("once", twice == 0, {"count": twice, "entries": rows.count()})


def _numbers(plan: Round, at: datetime) -> Finding:
    """Those found are those counted; issued, each was notified or has a reason why not."""
    entries = RoundEntry.objects.filter(round=plan).count()
    notified = Notification.objects.filter(round=plan).count()
    not_notified = NotNotified.objects.filter(entry__round=plan).count()
    good = entries == plan.found
    if plan.state == RoundState.ISSUED:
        good = good and notified + not_notified == entries and notified == plan.notified
    return Finding("numbers", good, {"entries": entries, "notified": notified, "not_notified": not_notified})


def _complete(plan: Round, at: datetime) -> Finding:
    """Nobody who could be found when the round was conducted is missing, by number or as a person."""
    if plan.state == RoundState.ISSUED or plan.frozen_at is None:
        return Finding("complete", True, {"count": 0})
    there = RoundEntry.objects.filter(round=plan)
    same = there.filter(number_key=OuterRef("number_key"))
    person = there.filter(person_key=OuterRef("person_key")).exclude(person_key="")
    # A file loaded since may hold somebody new: only profiles as they were then are asked.
    rows = queries.findable(plan, plan.frozen_at).filter(loaded_at__lte=plan.frozen_at)
    missing = rows.filter(~Exists(same), ~Exists(person)).count()
    return Finding("complete", missing == 0, {"count": missing})


def _facts(plan: Round, at: datetime) -> Finding:
    """The facts frozen are those of the profile, where no later file has changed it."""
    entry = RoundEntry.objects.filter(round=plan, number_key=OuterRef("number_key")).order_by()
    same = entry.filter(
        crs=OuterRef("crs_given"), primary_noc=OuterRef("primary_noc"), created_on=OuterRef("created_on"),
        valid_until=OuterRef("valid_until"), provinces=OuterRef("provinces"),
    )  # fmt: skip
    rows = FederalProfile.objects.filter(program=plan.program, loaded_at__lte=plan.frozen_at).order_by()
    wrong = rows.filter(Exists(entry), ~Exists(same)).count()
    return Finding("facts", wrong == 0, {"count": wrong})


def _fresh(plan: Round, at: datetime) -> Finding:
    """Nobody is notified while an earlier notification runs or was answered."""
    if plan.state == RoundState.ISSUED:
        earlier = Notification.objects.filter(profile=OuterRef("profile"), issued_at__lt=OuterRef("issued_at"))
        stands = earlier.filter(Q(respond_by__gt=OuterRef("issued_at")) | Q(taken_up_at__lt=OuterRef("issued_at")))
        again = Notification.objects.filter(Exists(stands), round=plan).count()
    else:
        standing = Notification.objects.filter(program=plan.program).standing(at=plan.frozen_at or at)
        held = standing.filter(profile__number_key=OuterRef("number_key"))
        again = RoundEntry.objects.filter(Exists(held), round=plan).count()
    return Finding("fresh", again == 0, {"count": again})


CHECKS: tuple[Callable[[Round, datetime], Finding], ...] = (_aimed, _once, _numbers, _complete, _facts, _fresh)
