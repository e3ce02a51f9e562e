"""What the federal side asks of a file whose person came from the federal pool, until the nomination (ontario.md 1.4).

The profile must stay valid, and no federal invitation may be open. Only streams with ``intake: federal`` are concerned.
"""

from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from passerelle.applications import queries
from passerelle.applications.models import Application, FederalInvitation, Nomination, NominationStep
from passerelle.applications.models.federal import OPEN
from passerelle.applications.states import UNDECIDED, FederalInvitationState, NominationStepKind
from passerelle.core import dates, deadlines
from passerelle.core.verdicts import YES, Verdict
from passerelle.documents import queries as documents
from passerelle.express_entry import queries as pool
from passerelle.invitations import queries as invitations

PROOF = "proof"
# So many days before a profile ends, every look at the file says so: about what a new profile and its tests take.
WARNED_DAYS = 60
# What of a nomination the federal side is told: not that somebody asked for a cancellation.
TOLD_FEDERALLY = (
    NominationStepKind.ISSUED, NominationStepKind.EXTENDED, NominationStepKind.PAUSED, NominationStepKind.RESUMED,
    NominationStepKind.CANCELLED, NominationStepKind.REINSTATED,
)  # fmt: skip
_IN_THE_WAY = {
    FederalInvitationState.STANDING: gettext_lazy(
        "The federal government invited this person on %(day)s: nobody is nominated until they show that they declined it."
    ),
    FederalInvitationState.PROOF_SENT: gettext_lazy(
        "The federal government invited this person on %(day)s. Check the proof that they declined it first."
    ),
}
_PROFILE_OVER = gettext_lazy(
    "The federal profile was valid through %(day)s. Nobody is nominated on a profile that is over: "
    "if it was renewed, load the federal file first."
)


def concerns(application: Application) -> bool:
    """Whether the file's stream takes its people from the federal pool."""
    return queries.stream_of(application).intake == "federal"


def invitation_of(application: Application) -> FederalInvitation | None:
    """The latest federal invitation told of on a file."""
    found = application.federal_invitations.select_related("reported_by", "settled_by").order_by("pk").last()
    if found:
        found.application = application
    return found


def open_invitation(application: Application) -> FederalInvitation | None:
    """The federal invitation that keeps the file from a nomination, if one does."""
    found = invitation_of(application)
    return found if found and found.state in OPEN else None


def is_reviewed(application: Application) -> bool:
    """Whether somebody else is looking at the file's decision again: a nomination may still come of it."""
    return application.reviews.filter(outcome="").exists()


def proofs(told: FederalInvitation) -> list[Any]:
    """The documents sent as proof that a federal invitation was declined."""
    return list(documents.files(told.owner, PROOF))


def valid_until(application: Application) -> date | None:
    """The last day of the federal profile, as the latest file of profiles gives it."""
    return pool.valid_until(application.invitation.notification_id)


def nominations(program: str, since: datetime, before: datetime) -> QuerySet[Nomination]:
    """The nominations of people of the federal pool issued or changed in a window, with ``changed_at``, oldest first."""
    done = NominationStep.objects.filter(at__gte=since, at__lt=before, kind__in=TOLD_FEDERALLY)
    latest = NominationStep.objects.filter(nomination=OuterRef("pk"), kind__in=TOLD_FEDERALLY).order_by("-at", "-pk")
    rows = Nomination.objects.filter(
        application__program=program, application__invitation__notification__isnull=False,
        pk__in=done.order_by().values("nomination"),
    )  # fmt: skip
    related = "application__invitation__notification__profile"
    return rows.select_related(related).annotate(changed_at=Subquery(latest.values("at")[:1])).order_by("number")


def still_needed(program: str, before: datetime) -> QuerySet[Any, Any]:
    """The notifications that led to a file not ended before ``before``, or to a nomination that was good until later."""
    files = Application.objects.filter(program=program).filter(
        Q(closed_at__isnull=True) | Q(closed_at__gte=before) | Q(nomination__expires_before__gte=before)
    )
    needed = invitations.invitations().filter(program=program, notification__isnull=False)
    needed = needed.filter(
        Q(eoi__closed_at__isnull=True) | Q(eoi__closed_at__gte=before) | Q(pk__in=files.values("invitation"))
    )
    return needed.order_by().values("notification")


def _days_left(application: Application, at: datetime) -> int | None:
    """How many days the profile is still valid after today: below 0 once it is over; None where none is known."""
    until = valid_until(application)
    return (until - deadlines.local_day(at, queries.rules_of(application).zone)).days if until else None


def is_over(application: Application, at: datetime) -> bool:
    """Whether the federal profile's last day is past."""
    return (_days_left(application, at) or 0) < 0


def warning(application: Application, at: datetime) -> str:
    """What is to be said of the profile's last day while the file is undecided: empty while it is far off."""
    left = _days_left(application, at) if application.state in UNDECIDED else None
    if left is None or left > WARNED_DAYS:
        return ""
    told = {"day": _day(valid_until(application))}
    if left < 0:
        return _("The federal profile was valid through %(day)s. Nobody is nominated on a profile that is over.") % told
    return _("The federal profile is valid through %(day)s. It must be valid on the day of the nomination.") % told


def may_be_nominated(application: Application, at: datetime) -> Verdict:
    """Whether the federal side leaves room for a nomination at ``at``; true of every file that did not come from there."""
    if not concerns(application):
        return YES
    told = open_invitation(application)
    if told is not None:
        return Verdict(False, _IN_THE_WAY[FederalInvitationState(told.state)] % {"day": _day(told.invited_on)})
    if is_over(application, at):
        return Verdict(False, _PROFILE_OVER % {"day": _day(valid_until(application))})
    return YES


def _day(day: date | None) -> str:
    return dates.day_words(day) if day else ""
