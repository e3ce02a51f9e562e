"""The life cycles of an application and of its parts."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from passerelle.core.lifecycle import Lifecycle, Move


class ApplicationState(models.TextChoices):
    FILLING = "filling", _("Being filled in")
    AWAITING_PAYMENT = "awaiting_payment", _("Waiting for the fee")
    QUEUED = "queued", _("In the queue")
    IN_ASSESSMENT = "in_assessment", _("Being assessed")
    INFORMATION_REQUESTED = "information_requested", _("More information requested")
    INTERVIEW = "interview", _("Called to an interview")
    NOMINATED = "nominated", _("Nominated")
    RETURNED = "returned", _("Returned")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")


S = ApplicationState
WITH_OFFICERS = frozenset({S.QUEUED, S.IN_ASSESSMENT, S.INFORMATION_REQUESTED, S.INTERVIEW})
# Whatever the parties send has come in only with the fee.
INCOMPLETE = frozenset({S.FILLING, S.AWAITING_PAYMENT})
UNDECIDED = WITH_OFFICERS | INCOMPLETE
ENDED = frozenset(S) - UNDECIDED

# A card charged in time may be told of a little later: only then is an unpaid application closed.
SETTLING = timedelta(hours=1)

APPLICATION_LIFECYCLE = Lifecycle(
    Move("ask_fee", leaves={S.FILLING}, reaches=S.AWAITING_PAYMENT),
    Move("complete", leaves=INCOMPLETE, reaches=S.QUEUED),
    Move("lapse", leaves=INCOMPLETE, reaches=S.LAPSED),
    Move("take", leaves={S.QUEUED}, reaches=S.IN_ASSESSMENT),
    Move("put_back", leaves={S.IN_ASSESSMENT}, reaches=S.QUEUED),
    Move("ask_information", leaves={S.IN_ASSESSMENT}, reaches=S.INFORMATION_REQUESTED),
    Move("receive_information", leaves={S.INFORMATION_REQUESTED}, reaches=S.IN_ASSESSMENT),
    Move("ask_interview", leaves={S.IN_ASSESSMENT}, reaches=S.INTERVIEW),
    Move("record_interview", leaves={S.INTERVIEW}, reaches=S.IN_ASSESSMENT),
    Move("return_incomplete", leaves={S.IN_ASSESSMENT}, reaches=S.RETURNED),
    Move("return_by_director", leaves=WITH_OFFICERS, reaches=S.RETURNED),
    Move("nominate", leaves={S.IN_ASSESSMENT}, reaches=S.NOMINATED),
    Move("refuse", leaves={S.IN_ASSESSMENT}, reaches=S.REFUSED),
    Move("overturn", leaves={S.REFUSED}, reaches=S.IN_ASSESSMENT),
    Move("overturn_to_nomination", leaves={S.REFUSED}, reaches=S.NOMINATED),
    Move("withdraw", leaves=UNDECIDED, reaches=S.WITHDRAWN),
)


class PartState(models.TextChoices):
    LOCKED = "locked", _("Not open yet")
    OPEN = "open", _("To fill in")
    SUBMITTED = "submitted", _("Submitted")


PART_LIFECYCLE = Lifecycle(
    Move("unlock", leaves={PartState.LOCKED}, reaches=PartState.OPEN),
    Move("submit", leaves={PartState.OPEN}, reaches=PartState.SUBMITTED),
)


class FindingVerdict(models.TextChoices):
    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")
    NEED_MORE = "need_more", _("Need more")


class DecisionKind(models.TextChoices):
    NOMINATION = "nomination", _("Nominate")
    REFUSAL = "refusal", _("Refuse")


class ReturnKind(models.TextChoices):
    INCOMPLETE = "incomplete", _("Returned: incomplete")
    DIRECTOR = "director", _("Returned by the director")


class InterviewOutcome(models.TextChoices):
    HELD = "held", _("The interview was held")
    MISSED = "missed", _("The person did not come")
    CALLED_OFF = "called_off", _("The interview was called off")


class NominationStanding(models.TextChoices):
    """Where a nomination stands at an instant: told by its dates, whatever job has run."""

    IN_FORCE = "in_force", _("In force")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", pgettext_lazy("nomination", "Cancelled")
    EXPIRED = "expired", pgettext_lazy("nomination", "Expired")


class NominationStepKind(models.TextChoices):
    ISSUED = "issued", pgettext_lazy("nomination", "Issued")
    EXTENDED = "extended", pgettext_lazy("nomination", "Extended")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("In force again")
    CANCEL_ASKED = "cancel_asked", _("Cancellation asked for")
    CANCEL_DROPPED = "cancel_dropped", _("Cancellation not confirmed")
    CANCELLED = "cancelled", pgettext_lazy("nomination", "Cancelled")
    REINSTATED = "reinstated", _("Cancellation set aside by a review")


class FederalAnswer(models.TextChoices):
    """What the candidate says they will do about a federal invitation."""

    DECLINE = "decline", _("I decline it and ask that this file goes on")
    AHEAD = "ahead", _("I go ahead with the federal government and withdraw this file")


class FederalInvitationState(models.TextChoices):
    """Where a federal invitation stands; open (the first two) it keeps the file from a nomination."""

    STANDING = "standing", pgettext_lazy("federal invitation", "Stands")
    PROOF_SENT = "proof_sent", _("Proof of declining to be checked")
    DECLINED = "declined", pgettext_lazy("federal invitation", "Declined")
    MISTAKEN = "mistaken", _("Recorded by mistake")


F = FederalInvitationState
FEDERAL_INVITATION_LIFECYCLE = Lifecycle(
    Move("send_proof", leaves={F.STANDING}, reaches=F.PROOF_SENT),
    Move("accept_proof", leaves={F.PROOF_SENT}, reaches=F.DECLINED),
    Move("turn_proof_down", leaves={F.PROOF_SENT}, reaches=F.STANDING),
    Move("set_aside", leaves={F.STANDING, F.PROOF_SENT}, reaches=F.MISTAKEN),
)
