"""Ending before a decision: a party withdraws, the employer takes the offer back, the time runs out."""

from datetime import datetime

from django.db import transaction

from passerelle.accounts.models import Person
from passerelle.applications import fee, messages
from passerelle.applications.models import Application
from passerelle.applications.operations.paying import settle_fee
from passerelle.applications.operations.places import release_place
from passerelle.applications.permissions import can_withdraw
from passerelle.applications.states import APPLICATION_LIFECYCLE
from passerelle.core import audit
from passerelle.core.verdicts import require
from passerelle.eoi import operations as eois


@transaction.atomic
def withdraw_application(*, reference: str, reason: str, by: Person, at: datetime) -> Application:
    """Stop an undecided application at the wish of a party. From the employer it takes the job offer back.

    The fee goes back as long as no officer has taken the file.

    The place is released and the other party is told in neutral words; the reason stays with the file.
    """
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    require(can_withdraw(by, application))
    by_employer = by.pk == application.employer_id
    application.closing_reason = reason
    settle_fee(
        application,
        refund=fee.goes_back_now(application),
        reason="withdrawn",
        by=by,
        at=at,
    )
    end(application, "withdraw", eoi="offer_withdrawn" if by_employer else "application_withdrawn", by=by, at=at)
    kind = "offer_withdrawn" if by_employer else "application_withdrawn"
    messages.ended(kind, application, messages.both(application), at=at)
    return application


def end(application: Application, move: str, *, eoi: str, by: Person | None, at: datetime) -> None:
    """End a locked application undecided: its place is given back, its expression of interest closes with ``eoi``."""
    application.state = APPLICATION_LIFECYCLE.after(application.state, move)
    application.closed_at = at
    application.save(update_fields=["state", "closed_at", "closing_reason"])
    release_place(application, by=by, at=at)
    eois.close(reference=application.invitation.eoi.reference, reason=eoi, at=at, by=by)
    audit.record(f"application.{application.state}", subject=application.reference, by=by, at=at,
                 program=application.program)  # fmt: skip


def close_lapsed(*, at: datetime, limit: int = 500) -> int:
    """Close the books on applications not submitted in time; returns how many. Each in its own transaction.

    What time alone decides is already so (``can_fill`` refuses late work): this only releases the place and tells both.
    """
    references = list(Application.objects.too_late(at).order_by("pk").values_list("reference", flat=True)[:limit])
    return sum(_lapse(reference, at) for reference in references)


@transaction.atomic
def _lapse(reference: str, at: datetime) -> int:
    # The invitation too: more time may be given at this very moment by somebody who asked before the deadline.
    held = Application.objects.select_for_update(of=("self", "invitation"), skip_locked=True)
    locked = held.select_related("invitation__eoi__pack", "candidate", "employer").defer(
        "invitation__eoi__pack__sources"
    )
    application = locked.filter(reference=reference).too_late(at).first()
    if application is None:
        return 0
    settle_fee(application, refund=False, reason="lapsed", by=None, at=at)
    end(application, "lapse", eoi="lapsed", by=None, at=at)
    messages.ended("application_lapsed", application, messages.both(application), at=at)
    return 1
