"""The life cycle of an expression of interest, as a table."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from passerelle.core.lifecycle import Lifecycle, Move


class EOIState(models.TextChoices):
    """Where an expression of interest stands."""

    DRAFT = "draft", pgettext_lazy("expression of interest", "Draft")
    SUBMITTED = "submitted", _("Being reviewed")
    IN_POOL = "in_pool", _("In the pool")
    ON_HOLD = "on_hold", _("On hold")
    EVIDENCE_REQUESTED = "evidence_requested", _("Proof asked for")
    DOUBTED = "doubted", _("Reply asked for")
    INVITED = "invited", pgettext_lazy("expression of interest", "Invited")
    CLOSED = "closed", pgettext_lazy("expression of interest", "Closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("expression of interest", "Withdrawn")
    REFUSED = "refused", pgettext_lazy("expression of interest", "Refused")


# The states in which a person counts as having an expression of interest (nwt.md, R2.5).
LIVE = (
    EOIState.SUBMITTED,
    EOIState.IN_POOL,
    EOIState.ON_HOLD,
    EOIState.EVIDENCE_REQUESTED,
    EOIState.DOUBTED,
    EOIState.INVITED,
)
# Handed in, and the candidate may still change it where the stream allows changes.
CHANGEABLE = (EOIState.IN_POOL, EOIState.ON_HOLD)
# Live, and ended by its year running out: an invited one is kept by its invitation (nwt.md, Q3), and a doubted one by
# the doubt, so that nobody waits a refusal out.
AGEING = (EOIState.SUBMITTED, *CHANGEABLE, EOIState.EVIDENCE_REQUESTED)
# Live and not yet confirmed: these hold up the freeze of a draw.
UNSETTLED = (EOIState.SUBMITTED, EOIState.EVIDENCE_REQUESTED, EOIState.DOUBTED)
# The candidate may ask to withdraw; once invited, the invitation is declined instead.
WITHDRAWABLE = AGEING

EOI_LIFECYCLE = Lifecycle(
    Move("submit", leaves={EOIState.DRAFT}, reaches=EOIState.SUBMITTED),
    Move("discard", leaves={EOIState.DRAFT}, reaches=EOIState.CLOSED),
    Move("admit", leaves={EOIState.SUBMITTED}, reaches=EOIState.IN_POOL),
    Move("hold", leaves={EOIState.IN_POOL}, reaches=EOIState.ON_HOLD),
    Move("resume", leaves={EOIState.ON_HOLD}, reaches=EOIState.IN_POOL),
    Move("replace", leaves=CHANGEABLE, reaches=EOIState.CLOSED),
    Move("confirm", leaves={EOIState.SUBMITTED}, reaches=EOIState.IN_POOL),
    Move("ask_evidence", leaves={EOIState.SUBMITTED, EOIState.IN_POOL}, reaches=EOIState.EVIDENCE_REQUESTED),
    Move("answer_evidence", leaves={EOIState.EVIDENCE_REQUESTED}, reaches=EOIState.SUBMITTED),
    Move("drop_request", leaves={EOIState.EVIDENCE_REQUESTED}, reaches=EOIState.SUBMITTED),
    Move(
        "doubt",
        leaves={EOIState.SUBMITTED, EOIState.IN_POOL, EOIState.EVIDENCE_REQUESTED},
        reaches=EOIState.DOUBTED,
    ),
    Move("lift_doubt", leaves={EOIState.DOUBTED}, reaches=EOIState.SUBMITTED),
    Move("refuse", leaves={EOIState.DOUBTED}, reaches=EOIState.REFUSED),
    Move("withdraw", leaves=WITHDRAWABLE, reaches=EOIState.WITHDRAWN),
    Move("drop_offer", leaves={EOIState.DRAFT, *AGEING}, reaches=EOIState.CLOSED),
    Move("expire", leaves=AGEING, reaches=EOIState.CLOSED),
    # A stream closes and its pool is emptied (ontario.md 1.7): a doubted file is first decided, as with its year.
    Move("remove", leaves=AGEING, reaches=EOIState.CLOSED),
    Move("invite", leaves={EOIState.IN_POOL}, reaches=EOIState.INVITED),
    # A person of the federal pool comes with a notification: the file begins where others come to by way of the pool.
    Move("come_notified", leaves={EOIState.DRAFT}, reaches=EOIState.INVITED),
    Move("close", leaves={EOIState.INVITED}, reaches=EOIState.CLOSED),
)


class ClosingReason(models.TextChoices):
    """Why an expression of interest ended, other than by withdrawal or refusal."""

    DISCARDED = "discarded", _("The draft was discarded")
    OFFER_LAPSED = "offer_lapsed", _("The job offer was not used in time")
    EXPIRED = "expired", _("Its year of validity ended")
    RENEWED = "renewed", _("A new one took its place")
    REMOVED = "removed", _("The program emptied the pool")
    OFFER_WITHDRAWN = "offer_withdrawn", _("The employer did not go on with it")
    LAPSED = "lapsed", _("The invitation ended without an application")
    DECLINED = "declined", _("The invitation was declined")
    CANCELLED = "cancelled", _("The invitation was cancelled")
    DECIDED = "decided", _("The application was decided")
    RETURNED = "returned", _("The application was returned")
    APPLICATION_WITHDRAWN = "application_withdrawn", _("The application was withdrawn")


# After these the candidate may start over with the same employer.
REFILABLE = (EOIState.WITHDRAWN, EOIState.CLOSED)
