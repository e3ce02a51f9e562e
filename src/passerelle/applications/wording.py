"""An application in words: its state in a tag, what happened on it."""

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from passerelle.accounts.models import Person
from passerelle.applications.states import ApplicationState, NominationStanding
from passerelle.core import audit, event_words
from passerelle.reviews.rows import Outcome
from passerelle.reviews.terms import Terms

if TYPE_CHECKING:
    from passerelle.applications.models import Application, ReviewRequest

S = ApplicationState
TONES = {
    S.NOMINATED: "success",
    S.REFUSED: "danger",
    S.WITHDRAWN: "quiet",
    S.LAPSED: "quiet",
    S.RETURNED: "quiet",
    S.INTERVIEW: "warning",
    S.INFORMATION_REQUESTED: "warning",
    S.AWAITING_PAYMENT: "warning",
}

# A nomination that is not in force: what a tag and a sentence say of the file, instead of that it is nominated.
NOT_IN_FORCE = {
    NominationStanding.PAUSED: (gettext_lazy("Nomination paused"), "warning", gettext_lazy("The nomination is paused.")),
    NominationStanding.EXPIRED: (gettext_lazy("Nomination expired"), "quiet", gettext_lazy("The nomination has expired.")),
    NominationStanding.CANCELLED: (
        gettext_lazy("Nomination cancelled"), "quiet", gettext_lazy("The nomination was cancelled.")
    ),
}  # fmt: skip

EVENTS = {
    "application.opened": gettext_lazy("Application opened"),
    "application.company_facts_reused": gettext_lazy("Company facts copied from an earlier file"),
    "application.part_submitted": gettext_lazy("Form submitted"),
    "application.employer_let_in": gettext_lazy("Access given to the employer"),
    "application.employer_joined": gettext_lazy("The employer came into the file"),
    "application.fee_asked": gettext_lazy("Every form is in: the fee was asked for"),
    "application.complete": gettext_lazy("Application complete: file number given"),
    "application.taken": gettext_lazy("An officer took the file"),
    "application.taken_over": gettext_lazy("Another officer took the file over"),
    "application.put_back": gettext_lazy("File put back in the queue"),
    "application.finding": gettext_lazy("Criterion assessed"),
    "application.information_requested": gettext_lazy("More information requested"),
    "application.information_reminded": gettext_lazy("Reminder sent about the question"),
    "application.information_overdue": gettext_lazy("The time to answer has passed"),
    "application.information_received": gettext_lazy("Answer received"),
    "application.interview_asked": gettext_lazy("Called to an interview"),
    "application.interview_recorded": gettext_lazy("Interview recorded"),
    "federal_invitation.reported": gettext_lazy("Federal invitation told of"),
    "federal_invitation.proof_sent": gettext_lazy("Proof that the federal invitation was declined sent"),
    "federal_invitation.accepted": gettext_lazy("Proof accepted: the file goes on"),
    "federal_invitation.not_accepted": gettext_lazy("Proof that the federal invitation was declined not accepted"),
    "federal_invitation.mistaken": gettext_lazy("Federal invitation set aside as a mistake"),
    "application.returned": gettext_lazy("Application returned"),
    "nomination.issued": gettext_lazy("Nomination issued"),
    "nomination.extended": gettext_lazy("Nomination extended"),
    "nomination.paused": gettext_lazy("Nomination paused"),
    "nomination.resumed": gettext_lazy("Nomination in force again"),
    "nomination.cancel_asked": gettext_lazy("Cancellation of the nomination asked for"),
    "nomination.cancelled": gettext_lazy("Nomination cancelled"),
    "nomination.reinstated": gettext_lazy("Nomination in force again: the cancellation was set aside"),
    "application.nominated": gettext_lazy("Nominated"),
    "application.refused": gettext_lazy("Refused"),
    "application.withdrawn": gettext_lazy("Withdrawn"),
    "application.lapsed": gettext_lazy("Lapsed: not submitted in time"),
    "application.change_reported": gettext_lazy("Change reported"),
    "review.asked": gettext_lazy("Review of the decision requested"),
    "review.upheld": gettext_lazy("Review: the decision stands"),
    "review.overturned": gettext_lazy("Review: the decision was set aside"),
    "letter.issued": gettext_lazy("Letter issued"),
    "agreement.signed": gettext_lazy("Agreement signed"),
    "support_letter.asked": gettext_lazy("Work permit support letter requested"),
    "support_letter.issued": gettext_lazy("Work permit support letter issued"),
}
# What officers do inside an assessment is not told to the parties before the decision.
STAFF_ONLY = frozenset(
    {"application.finding", "application.put_back", "application.taken_over", "nomination.cancel_asked"}
)


def timeline(application: "Application", reader: Person) -> list[dict[str, Any]]:
    """What happened on the file, newest first; work inside the assessment stays out of the parties' view.

    Criteria that one person assessed in a row are one line: which they are stands beside each criterion.
    """
    staff = reader.audience == "staff"
    hidden = frozenset() if staff else STAFF_ONLY
    events = [one for one in audit.trail(application.reference) if one.event not in hidden]
    if not staff:
        side = application.side_of(reader)
        events = [one for one in events if one.detail.get("private_to") in (None, "", side)]
    rows = [list(row) for _key, row in groupby(reversed(events), key=_same_line)]
    return [
        {"at": row[0].at, "text": _told(row[0].event, len(row)), "by": _who(row[0], application, staff)} for row in rows
    ]


def _same_line(event: Any) -> tuple[Any, ...]:
    return (event.event, event.by_id) if event.event == "application.finding" else (event.pk,)


def _told(event: str, times: int) -> Any:
    if times > 1:
        return ngettext("%(count)d criterion assessed", "%(count)d criteria assessed", times) % {"count": times}
    return EVENTS.get(event) or event_words.told(event)


# What a reading is for, kept as a key so that each reader has it in their own language.
PURPOSES = {"assessment": gettext_lazy("To assess the application")}


def reading(row: Any) -> Any:
    """Why somebody opened the file or a document of it."""
    why = PURPOSES.get(row.purpose, row.purpose)
    return _("%(why)s (a document)") % {"why": why} if row.what.startswith("document") else why


def _who(event: Any, application: "Application", staff: bool) -> str:
    by = event.by
    if by is not None and by.is_representative and event.for_person:
        return event_words.on_behalf(by.name, event.for_person.name)
    if by is None:
        return _("The system")
    if by.audience == "staff":
        return str(by) if staff else _("Program staff")
    return {application.employer_id: _("The employer"), application.candidate_id: _("The candidate")}.get(
        by.pk, str(by)
    )


def outcomes(review: "ReviewRequest", terms: Terms) -> dict[str, str]:
    """What a review can come to, in words of what is reviewed and of what follows."""
    if review.nomination_id:
        return {Outcome.UPHELD: _("The cancellation stands"),
                Outcome.OVERTURNED: _("The cancellation is set aside and the nomination is in force again")}  # fmt: skip
    if terms.leads_to == "nomination":
        aside = _("The refusal is set aside and the person is nominated")
    else:
        aside = _("The refusal is set aside and the file is assessed again")
    return {Outcome.UPHELD: _("The refusal stands"), Outcome.OVERTURNED: aside}


def reviewer(terms: Terms, *, alone: bool) -> str:
    """Who decides a review, as the pack says, and who is told; ``alone``: the file has one party."""
    if terms.by_nobody_who_took_part:
        who = _("Someone who took no part in the decision decides.")
    else:
        who = _("An officer who did not make the decision looks at the whole file again.")
    return f"{who} {_('You are told the outcome.') if alone else _('Both parties are told the outcome.')}"


def not_in_force(nomination: NominationStanding | None) -> str:
    """Say that a nomination is paused, over or cancelled; nothing where it is in force, or there is none."""
    return str(NOT_IN_FORCE[nomination][-1]) if nomination in NOT_IN_FORCE else ""


def tag(application: "Application", nomination: NominationStanding | None = None) -> dict[str, str]:
    """The state in a tag; ``nomination``: where the nomination stands, if the file has one that its pack keeps."""
    if nomination in NOT_IN_FORCE:
        label, tone, _sentence = NOT_IN_FORCE[nomination]
        return {"label": str(label), "tone": tone}
    return {"label": str(ApplicationState(application.state).label), "tone": TONES.get(S(application.state), "active")}
