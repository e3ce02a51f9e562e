"""Whom a draw looks at, as a query: the pool of a stream, closed at an instant, narrowed to what the draw names."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db.models import Case, F, Func, JSONField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from passerelle.core.facts import Meets
from passerelle.eoi.models import AnswersVersion, ExpressionOfInterest, ScoreRecord
from passerelle.eoi.models.eoi import ExpressionOfInterestQuerySet
from passerelle.eoi.models.scoring import TopLines
from pointsgrid.sql import Where

# Events after which a file may be drawn that could not be before: it came into the pool, or what is known of it changed.
BRINGS_IN = frozenset({"eoi.admitted", "eoi.points_confirmed", "eoi.resumed", "eoi.changed", "eoi.fact_changed"})


class Which(TypedDict, total=False):
    """What narrows a draw. Nothing named means everybody; the two instants are of the first submission.

    ``changed``: those alone whose answers were changed after the closing, or those alone of whom that is not so.
    """

    categories: Collection[str]
    stream: str
    meets: Where | None
    first_from: datetime | None
    first_before: datetime | None
    points_from: int | None
    points_through: int | None
    changed: bool | None


def within(rows: ExpressionOfInterestQuerySet, *, closes_at: datetime, **which: Unpack[Which]) -> QuerySet[Any, Any]:
    """Narrow ``rows`` to those handed in before ``closes_at`` that meet what is named, as they stood at that instant."""
    # One that is changed after the closing was in before it: the change neither helps nor harms in this draw.
    as_they_stand, changed = Q(submitted_at__lt=closes_at), Q(changeable=True, first_submitted_at__lt=closes_at)
    on_time = {
        None: as_they_stand | changed, False: as_they_stand, True: changed & Q(submitted_at__gte=closes_at)
    }[which.get("changed")]  # fmt: skip
    in_time = rows.filter(on_time).in_categories(which.get("categories", ()))
    found = as_it_stands(in_time) if which.get("changed") is False else as_at_closing(in_time, closes_at)
    if stream := which.get("stream"):
        found = found.filter(stream=stream)
    if meets := which.get("meets"):
        found = found.filter(Meets(F("drawn_facts"), meets))
    if first_from := which.get("first_from"):
        found = found.filter(first_submitted_at__gte=first_from)
    if first_before := which.get("first_before"):
        found = found.filter(first_submitted_at__lt=first_before)
    if (least := which.get("points_from")) is not None:
        found = found.filter(drawn_points__gte=least)
    if (most := which.get("points_through")) is not None:
        found = found.filter(drawn_points__lte=most)
    return found


_COUNTS = ("points", "placed_at", "facts")


def as_it_stands(rows: ExpressionOfInterestQuerySet) -> QuerySet[Any, Any]:
    """Add what ``as_at_closing`` does, of files that were not changed since."""
    return rows.annotate(**{f"drawn_{name}": F(name) for name in _COUNTS})


def as_at_closing(rows: ExpressionOfInterestQuerySet, closes_at: datetime) -> QuerySet[Any, Any]:
    """Add what counted at ``closes_at``: ``drawn_points``, ``drawn_placed_at``, ``drawn_facts``.

    Of a file changed since, the last version before it counts.
    """
    then = AnswersVersion.objects.filter(eoi=OuterRef("pk"), at__lt=closes_at).order_by("-number")
    changed = Q(changeable=True, submitted_at__gte=closes_at)
    return rows.annotate(**{
        # A file without a version of that time (one brought in from elsewhere) counts as it stands.
        f"drawn_{name}": Case(When(changed, then=Coalesce(Subquery(then.values(name)[:1]), F(name))), default=F(name))
        for name in _COUNTS
    })  # fmt: skip


def as_drawn(keys: Any, *, closes_at: datetime, at: datetime, frozen: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Return these files, wherever they stand now, with what counted of them in a draw that froze at ``at``.

    ``keys`` are keys or a query of them. ``frozen`` gives ``points`` and ``placed_at`` of the outer file where the draw froze
    them; a file that was not in it has those of the closing. ``drawn_facts`` are the facts of the score that gave the points.
    """
    rows = as_at_closing(ExpressionOfInterest.objects.filter(pk__in=keys), closes_at)
    rows = rows.annotate(**{
        f"drawn_{name}": Coalesce(Subquery(frozen.values(name)[:1]), F(f"drawn_{name}")) for name in ("points", "placed_at")
    })  # fmt: skip
    then = ScoreRecord.objects.filter(eoi=OuterRef("pk"), points=OuterRef("drawn_points"), at__lte=at).order_by("-id")
    return rows.annotate(drawn_facts=Coalesce(Subquery(then.values("facts")[:1]), F("drawn_facts")))


def as_scored(at: datetime, facts: Sequence[str]) -> Any:
    """Return an expression over rows with ``eoi`` and ``points``: what the score that gave those points rested on, as JSON.

    It is the last score record up to ``at`` with these points; a file without one (brought in from elsewhere) as it stands.
    ``facts`` are those asked for, ``factors`` and ``points`` the top lines of the sheet, side by side.
    """
    then = ScoreRecord.objects.filter(eoi=OuterRef("eoi"), points=OuterRef("points"), at__lte=at).order_by("-id")
    today = ExpressionOfInterest.objects.filter(pk=OuterRef("eoi")).order_by()
    kept, worked_out = _Held(facts, F("factors"), F("factor_points")), _Held(facts, *TopLines.of("sheet"))
    return Coalesce(Subquery(then.values(held=kept)[:1]), Subquery(today.values(held=worked_out)))


class _Held(Func):
    """Some facts, and names and points of the top lines of a sheet, as one JSON object.

    Facts are many and lie packed, and the server unpacks them anew for every operator: as an element of an array they are unpacked
    once, which OFFSET 0 sees to.
    """

    output_field = JSONField()
    template = (
        "(SELECT jsonb_build_object('facts', %(known)s, 'factors', factors, 'points', points)"
        " FROM (SELECT %(expressions)s OFFSET 0) AS unpacked (facts, factors, points))"
    )

    def __init__(self, facts: Sequence[str], factors: Any, points: Any) -> None:
        if not all(one.isidentifier() for one in facts):
            raise ValueError(f"{facts}: a fact is named in letters, digits and underscores")
        # A function of the server takes a hundred arguments at most.
        pairs = [f"'{one}', facts -> '{one}'" for one in facts]
        pieces = [pairs[start : start + 40] for start in range(0, max(len(pairs), 1), 40)]
        known = " || ".join("jsonb_build_object(" + ", ".join(piece) + ")" for piece in pieces)
        super().__init__(_Unpacked(F("facts")), factors, points, known=known)


class _Unpacked(Func):
    """A JSON value that lies open in memory."""

    template, output_field = "(ARRAY[%(expressions)s])[1]", JSONField()
