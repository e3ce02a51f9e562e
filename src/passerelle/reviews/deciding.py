"""What every review ends with: an outcome, its reasons, by whom and when; once, and for good."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.core.verdicts import NotAllowed
from passerelle.reviews.rows import Outcome


def settle(review: Any, *, outcome: str, reasons: str, by: Person, at: datetime) -> bool:
    """Keep the outcome of an open review that the caller has locked; return whether it overturns. Raises NotAllowed."""
    if not reasons.strip():
        raise NotAllowed(_("Write the reasons of the review: the letter gives them."))
    review.outcome, review.reasons = Outcome(outcome), reasons.strip()
    review.decided_by, review.decided_at = by, at
    review.save(update_fields=["outcome", "reasons", "decided_by", "decided_at"])
    return bool(review.outcome == Outcome.OVERTURNED)
