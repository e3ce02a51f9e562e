"""A nomination after it was made: it is good until a day, may be extended or paused, and is cancelled by two people."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.applications import letters, messages, queries
from passerelle.applications.models import Application, Nomination, NominationStep
from passerelle.applications.operations.places import release_place, retake_place
from passerelle.applications.permissions import can_cancel_nomination, can_keep_nomination
from passerelle.applications.states import NominationStanding, NominationStepKind
from passerelle.core import audit, deadlines
from passerelle.core.references import next_reference
from passerelle.core.verdicts import NotAllowed, require
from passerelle.programs import queries as programs

DEADLINE = "nomination"
K = NominationStepKind


def issue_nomination(application: Application, *, by: Person, at: datetime) -> Nomination | None:
    """Give a nomination its number and its last day, where the pack states one. In the transaction of the decision."""
    rules = queries.rules_of(application)
    if DEADLINE not in rules.deadlines:
        return None
    until = programs.due(rules, DEADLINE, at, stream=application.invitation.eoi.stream)
    year = deadlines.local_day(at, rules.zone).year
    made = Nomination.objects.create(
        application=application, number=next_reference(f"{rules.reference_prefix}-N", year), issued_at=at,
        expires_before=until,
    )  # fmt: skip
    _step(made, K.ISSUED, until=until, by=by, at=at)
    return made


@transaction.atomic
def extend_nomination(*, number: str, days: int, reason: str, by: Person, at: datetime) -> Nomination:
    """Let a nomination stand ``days`` longer (1 to 366), with a reason; one that has expired is not brought back."""
    found = _locked(number, by, at, NominationStanding.IN_FORCE, NominationStanding.PAUSED)
    if not 1 <= days <= 366:
        raise ValueError(f"{days} days: give 1 to 366")
    zone = queries.rules_of(found.application).zone
    last = deadlines.last_moment(found.expires_before, zone)
    found.expires_before = deadlines.first_day_too_late(last, days=days, zone=zone)
    return _changed(found, K.EXTENDED, "expires_before", reason=reason, until=found.expires_before, by=by, at=at)


@transaction.atomic
def pause_nomination(*, number: str, reason: str, by: Person, at: datetime) -> Nomination:
    """Pause a nomination; its last day stays."""
    found = _locked(number, by, at, NominationStanding.IN_FORCE)
    found.paused_at = at
    return _changed(found, K.PAUSED, "paused_at", reason=reason, by=by, at=at)


@transaction.atomic
def resume_nomination(*, number: str, reason: str, by: Person, at: datetime) -> Nomination:
    """End a pause."""
    found = _locked(number, by, at, NominationStanding.PAUSED)
    found.paused_at = None
    return _changed(found, K.RESUMED, "paused_at", reason=reason, by=by, at=at)


@transaction.atomic
def ask_to_cancel_nomination(*, number: str, reason: str, by: Person, at: datetime) -> Nomination:
    """Ask for a cancellation; another person confirms it, and only then is anybody told."""
    found = _locked(number, by, at, NominationStanding.IN_FORCE, NominationStanding.PAUSED)
    if found.cancel_asked_by_id:
        raise NotAllowed(_("A cancellation has been asked for already."))
    found.cancel_asked_by, found.cancel_asked_at, found.cancel_reason = by, at, _worded(reason)
    found.save(update_fields=["cancel_asked_by", "cancel_asked_at", "cancel_reason"])
    _step(found, K.CANCEL_ASKED, reason=reason, by=by, at=at)
    return found


@transaction.atomic
def confirm_nomination_cancelled(*, number: str, by: Person, at: datetime) -> Nomination:
    """Cancel a nomination as another director than the person who asked; both parties are told by letter.

    Its place of the year is given back.
    """
    found = _locked(number, by, at, NominationStanding.IN_FORCE, NominationStanding.PAUSED)
    require(can_cancel_nomination(by, found))
    found.cancelled_by, found.cancelled_at = by, at
    found.review_before = _review_before(found.application, at)
    release_place(found.application, by=by, at=at)
    letters.for_cancellation(found, at=at)
    names = ("cancelled_by", "cancelled_at", "review_before")
    return _changed(found, K.CANCELLED, *names, reason=found.cancel_reason, by=by, at=at)


def _review_before(application: Application, at: datetime) -> datetime | None:
    rules = queries.rules_of(application)
    said = rules.settings.get("review_of_cancellation")
    return programs.due(rules, "review_request", at) if said and said.value else None


def reinstate(nomination: Nomination, *, reason: str, by: Person, at: datetime) -> None:
    """Put a cancelled nomination in force again, after a review; its last day stays. In the transaction of the review.

    It takes a place of this year again. Raises NoPlaceLeft.
    """
    found = Nomination.objects.select_for_update(of=("self",)).get(pk=nomination.pk)
    found.cancelled_at = found.cancelled_by = found.cancel_asked_at = found.cancel_asked_by = None
    found.review_before = None
    found.save(update_fields=["cancelled_at", "cancelled_by", "cancel_asked_at", "cancel_asked_by", "review_before"])
    retake_place(found.application, by=by, at=at)
    _step(found, K.REINSTATED, reason=reason, by=by, at=at)


def _locked(number: str, by: Person, at: datetime, *standings: NominationStanding) -> Nomination:
    file = Nomination.objects.values("application").filter(number=number)
    # The file before its nomination: a letter that rests on the nomination is issued under the same lock.
    list(Application.objects.select_for_update(of=("self",)).filter(pk__in=file).order_by("pk"))
    found = Nomination.objects.select_for_update(of=("self",)).get(number=number)
    application = queries.of_reference(found.application.reference)
    assert application is not None  # the nomination's own
    found.application = application
    require(can_keep_nomination(by, found.application))
    if found.standing(at) not in standings:
        raise NotAllowed(_("The nomination is no longer in force.") if found.cancelled_at or at >= found.expires_before
                         else _("This was done already."))  # fmt: skip
    return found


def _worded(reason: str) -> str:
    if not reason.strip():
        raise NotAllowed(_("Give the reason."))
    return reason.strip()


def _changed(
    found: Nomination, kind: NominationStepKind, *names: str, reason: str, by: Person, at: datetime,
    until: datetime | None = None,
) -> Nomination:  # fmt: skip
    _worded(reason)
    found.save(update_fields=list(names))
    _step(found, kind, reason=reason, until=until, by=by, at=at)
    messages.nomination_changed(found, kind, reason=reason, at=at)
    return found


def _step(
    found: Nomination, kind: NominationStepKind, *, by: Person, at: datetime, reason: str = "",
    until: datetime | None = None,
) -> None:  # fmt: skip
    NominationStep.objects.create(nomination=found, kind=kind, until=until, reason=reason, by=by, at=at)
    audit.record(f"nomination.{kind}", subject=found.application.reference, by=by, at=at,
                 program=found.application.program, detail={"nomination": found.number, "until": until})  # fmt: skip
