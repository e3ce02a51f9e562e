"""Files by their keys or their numbers, for later rooms that know whom they mean."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from passerelle.eoi import meeting
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.states import ClosingReason, EOIState

# An application was made with the invitation: its place was used, however the application ended.
_APPLIED = (ClosingReason.DECIDED, ClosingReason.RETURNED, ClosingReason.APPLICATION_WITHDRAWN)


def files(keys: Collection[int]) -> QuerySet[ExpressionOfInterest]:
    """Return the files with these keys, in the order in which they were opened, with what their criteria are tested by."""
    rows = ExpressionOfInterest.objects.filter(pk__in=keys).select_related("pack").defer("pack__sources")
    return rows.prefetch_related("fact_changes").order_by("pk")


def by_reference(program: str, references: Collection[str]) -> QuerySet[ExpressionOfInterest]:
    """Return the files of a program with these numbers."""
    return ExpressionOfInterest.objects.of(program).light().filter(reference__in=references).order_by("pk")


def parties(keys: Collection[int]) -> QuerySet[ExpressionOfInterest]:
    """Return the files with these keys with their employer and candidate, without answers."""
    rows = ExpressionOfInterest.objects.light().filter(pk__in=keys)
    return rows.select_related("employer", "candidate").order_by("pk")


def may_be_invited(keys: Collection[int], at: datetime) -> set[int]:
    """Return which of these files could be invited at ``at``: in the pool, within their year, not barred, criteria met."""
    fit = set(ExpressionOfInterest.objects.drawable(at=at).filter(pk__in=keys).values_list("pk", flat=True))
    return {
        one.pk
        for one in files(fit)
        if (one.lapses_at is not None and at < one.lapses_at) or not meeting.unmet_at(one, at)
    }


def holding_places(which: Q) -> QuerySet[ExpressionOfInterest]:
    """Return which of these files have the place that they were invited to: the invitation stands, or an application was made."""
    held = Q(state=EOIState.INVITED) | Q(state=EOIState.CLOSED, closing_reason__in=_APPLIED)
    return ExpressionOfInterest.objects.light().filter(which, held).order_by("pk")
