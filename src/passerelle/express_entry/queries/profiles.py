"""What is so about the profiles of the federal pool: loads, profiles by score, disagreements, what is kept past its time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Func, Q, QuerySet

from passerelle.core.locks import one_at_a_time
from passerelle.express_entry.models import FederalProfile, NotComputed, Notification, ProfileHold, ProfileLoad
from passerelle.programs.rules import ProgramRules

# The pack's rules for profiles that were never notified, and for those that were.
RETENTION, RETENTION_NOTIFIED = "federal_profile", "federal_profile_notified"
BAND = 50


def subject(program: str) -> str:
    """The audit subject of a program's federal pool."""
    return f"federal-{program}"


def one_change_at_a_time(program: str) -> None:
    """Hold the lock under which profiles of a program are loaded, kept and erased, until the transaction ends."""
    one_at_a_time(f"federal profiles {program}")


def numbers(load: ProfileLoad) -> dict[str, int]:
    """Return the counts of a load by name."""
    names = ("rows", "added", "changed", "unchanged", "skipped", "fault_count")
    return {name: getattr(load, name) for name in names}


def loads(program: str) -> QuerySet[ProfileLoad]:
    """Return the loads of a program, the newest first, with who loaded; their faults are left behind."""
    return ProfileLoad.objects.filter(program=program).select_related("by").defer("faults")


def load(program: str, pk: int) -> ProfileLoad | None:
    """Return one load with its faults."""
    return ProfileLoad.objects.filter(program=program, pk=pk).select_related("by").first()


def profiles(program: str) -> QuerySet[FederalProfile]:
    """Return the profiles of a program."""
    return FederalProfile.objects.filter(program=program)


def bands(program: str, on: date) -> list[tuple[int, int]]:
    """Return how many profiles valid on a day have a score in each band of 50, as (lowest score, count)."""
    valid = profiles(program).filter(valid_until__gte=on).order_by()
    by_band = valid.values(band=F("crs_given") / BAND).annotate(n=Count("pk")).order_by("band")
    return [(row["band"] * BAND, row["n"]) for row in by_band]


@dataclass(frozen=True)
class Standing:
    """How the profiles stand: all, valid today, computed again and differing, and not computed by reason."""

    total: int
    valid: int
    computed: int
    disagree: int
    not_computed: dict[str, int]


def standing(program: str, on: date) -> Standing:
    """Return the counts of a program's profiles, in one statement and one more for the reasons."""
    rows = profiles(program)
    counted = rows.aggregate(
        total=Count("pk"), valid=Count("pk", filter=Q(valid_until__gte=on)),
        computed=Count("pk", filter=Q(crs_computed__isnull=False)),
        disagree=Count("pk", filter=Q(crs_computed__isnull=False) & ~Q(crs_computed=F("crs_given"))),
    )  # fmt: skip
    reasons = rows.exclude(not_computed="").order_by().values("not_computed").annotate(n=Count("pk"))
    return Standing(**counted, not_computed={row["not_computed"]: row["n"] for row in reasons})


def missing_facts(program: str) -> list[tuple[str, int]]:
    """Return the facts whose absence keeps scores from being computed, with how many profiles lack each; most first."""
    rows = profiles(program).filter(not_computed=NotComputed.FACTS_MISSING).order_by()
    each = rows.annotate(fact=Func(F("crs_missing"), function="unnest")).values("fact").annotate(n=Count("pk"))
    return [(row["fact"], row["n"]) for row in each.order_by("-n", "fact")]


def disagreements(program: str) -> QuerySet[FederalProfile]:
    """Return the profiles whose score computed again is not the one given."""
    rows = profiles(program).filter(crs_computed__isnull=False).exclude(crs_computed=F("crs_given"))
    return rows.order_by("id")


def lines_that_differ(profile: FederalProfile) -> list[tuple[str, int, int]]:
    """Return the lines given with another value than computed, as (line, given, computed)."""
    both = ((line, given, profile.crs_lines.get(line)) for line, given in profile.crs_lines_given.items())
    return [(line, given, computed) for line, given, computed in both if computed is not None and given != computed]


def holds(program: str) -> QuerySet[ProfileHold]:
    """Return what is kept past its time, the newest first."""
    standing = ProfileHold.objects.filter(profile__program=program, lifted_at__isnull=True)
    return standing.select_related("profile", "by").order_by("-id")


def kept_since(rules: ProgramRules, at: datetime, key: str = RETENTION) -> datetime | None:
    """Return the instant before which what the rule counts from must lie to be erased now; None: the pack has no rule."""
    return rules.kept_since(key, at)


def to_erase(program: str, before: datetime) -> QuerySet[FederalProfile]:
    """Return the profiles whose time is over, that were never notified and that nobody keeps."""
    return _free(program, before).exclude(pk__in=_notified(program))


def notified_to_erase(program: str, before: datetime) -> QuerySet[FederalProfile]:
    """Return the profiles that were notified, whose last notification ran out before ``before``, and that nobody keeps.

    What became of an answer to one is known in the rooms above.
    """
    running = _notified(program).filter(respond_by__gte=before)
    return _free(program, before).filter(pk__in=_notified(program)).exclude(pk__in=running)


def _notified(program: str) -> QuerySet[Notification, Any]:
    rows = Notification.objects.filter(program=program, profile__isnull=False)
    return rows.order_by().values("profile")


def _free(program: str, before: datetime) -> QuerySet[FederalProfile]:
    kept = ProfileHold.objects.filter(lifted_at__isnull=True).values("profile")
    return profiles(program).filter(loaded_at__lt=before).exclude(pk__in=kept)
