"""Where a file stands, in words for each reader: its tag, one sentence, the next step, whose turn it is."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.states import ClosingReason, EOIState

Words = str | Promise

TONES = {
    EOIState.DRAFT: "quiet",
    EOIState.SUBMITTED: "active",
    EOIState.IN_POOL: "active",
    EOIState.ON_HOLD: "warning",
    EOIState.EVIDENCE_REQUESTED: "warning",
    EOIState.DOUBTED: "warning",
    EOIState.INVITED: "success",
    EOIState.CLOSED: "quiet",
    EOIState.WITHDRAWN: "quiet",
    EOIState.REFUSED: "danger",
}


@dataclass(frozen=True)
class Standing:
    """Where a file is for one reader: tag, sentence, next step, whose turn (employer, candidate, staff or nobody), by when."""

    tag: Words
    tone: str
    sentence: Words
    next_step: Words
    turn: str
    too_late: datetime | None = None
    too_late_label: Words = ""


def standing(eoi: ExpressionOfInterest, audience: str, at: datetime) -> Standing:
    """Return where ``eoi`` stands at ``at`` for an employer, a candidate or staff."""
    if eoi.has_expired(at) and eoi.state in (EOIState.SUBMITTED, EOIState.IN_POOL, EOIState.EVIDENCE_REQUESTED):
        return _ended(
            pgettext("expression of interest", "Expired"),
            "quiet",
            _("Its year of validity is over. A new expression of interest may be filed."),
        )
    told = {
        EOIState.DRAFT: _draft,
        EOIState.SUBMITTED: _submitted,
        EOIState.IN_POOL: _in_pool,
        EOIState.ON_HOLD: _on_hold,
        EOIState.EVIDENCE_REQUESTED: _evidence,
        EOIState.DOUBTED: _doubted,
        EOIState.INVITED: _invited,
    }.get(EOIState(eoi.state), _over)
    return told(eoi, audience)


def _ended(tag: Words, tone: str, sentence: Words) -> Standing:
    return Standing(tag, tone, sentence, "", "")


def _draft(eoi: ExpressionOfInterest, audience: str) -> Standing:
    if eoi.candidate_id is None:
        sentence = _("The file is open. The candidate has not been let in yet.")
        step = _("Go through the mandatory criteria, then let the candidate in.")
        return Standing(pgettext("expression of interest", "Draft"), "quiet", sentence, step, "employer")
    if audience == "candidate":
        return Standing(
            pgettext("expression of interest", "Draft"), "quiet",
            _("Your answers are saved as you go. Nothing has been handed in yet."),
            _("Answer the questionnaire, check it and hand it in."), "candidate",
        )  # fmt: skip
    used = bool(eoi.candidate and eoi.candidate.username)
    sentence = _("The candidate is answering the questionnaire.") if used else _("The candidate has been sent a link.")
    return Standing(
        pgettext("expression of interest", "Draft"),
        "quiet",
        sentence,
        _("The candidate answers and hands in."),
        "candidate",
    )


def _submitted(eoi: ExpressionOfInterest, audience: str) -> Standing:
    return Standing(
        _("Being reviewed"), "active", _("The expression of interest has been received. Staff are checking the answers."),
        _("We confirm the total points."), "staff", eoi.review_by, _("Points confirmed by"),
    )  # fmt: skip


def _in_pool(eoi: ExpressionOfInterest, audience: str) -> Standing:
    if not eoi.checked_first:
        return Standing(
            _("In the pool"), "active",
            _("It has %(points)d points and waits in the pool of its stream for a draw.") % {"points": eoi.points or 0},
            _("Wait for a draw. The candidates with the most points are invited to apply."), "", eoi.valid_before,
            _("Valid until"),
        )  # fmt: skip
    return Standing(
        _("In the pool"), "active",
        _("The points are confirmed: %(points)d. The expression of interest waits in the pool for a draw.")
        % {"points": eoi.points or 0},
        _("Wait for a draw. Employers of the candidates with the most points are invited."), "", eoi.valid_before,
        _("Valid until"),
    )  # fmt: skip


def _on_hold(eoi: ExpressionOfInterest, audience: str) -> Standing:
    return Standing(
        _("On hold"), "warning", _("It is on hold: no draw can take it. Its validity runs on."),
        _("The candidate puts it back into the pool."), "candidate", eoi.valid_before, _("Valid until"),
    )  # fmt: skip


def _evidence(eoi: ExpressionOfInterest, audience: str) -> Standing:
    if audience == "candidate":
        return Standing(
            _("Proof asked for"), "warning", _("We ask you for documents that show some of your answers."),
            _("Send the documents."), "candidate",
        )  # fmt: skip
    return Standing(
        _("Proof asked for"), "warning", _("The candidate was asked for documents."),
        _("The candidate sends the documents."), "candidate",
    )  # fmt: skip


def _doubted(eoi: ExpressionOfInterest, audience: str) -> Standing:
    if audience == "employer":
        # A suspicion is between the candidate and the program (nwt.md, section 6).
        return Standing(
            _("Being reviewed"), "active", _("Staff are checking the file."), _("We tell you when it goes on."), "staff"
        )
    return Standing(
        _("Reply asked for"), "warning", _("We have a question about an answer. Nothing is decided yet."),
        _("Read what is in doubt and reply."), "candidate",
    )  # fmt: skip


def _invited(eoi: ExpressionOfInterest, audience: str) -> Standing:
    """Say that it was invited; whose turn it is from then on the application knows, and the desk says."""
    if audience == ("employer" if eoi.checked_first else "candidate"):
        sentence = _("You have been invited to apply.")
    elif not eoi.checked_first:
        sentence = _("The candidate has been invited to apply.")
    else:
        sentence = _("The employer has been invited to apply.")
    goes_on = _("The rest happens in the application.")
    return Standing(pgettext("expression of interest", "Invited"), "success", sentence, goes_on, "")


def _over(eoi: ExpressionOfInterest, audience: str) -> Standing:
    if eoi.state == EOIState.WITHDRAWN:
        return _ended(
            pgettext("expression of interest", "Withdrawn"),
            "quiet",
            _("The expression of interest was withdrawn. A new one may be filed."),
        )
    if eoi.state == EOIState.REFUSED:
        return _ended(
            pgettext("expression of interest", "Refused"),
            "danger",
            _("The expression of interest was refused. The letter says why."),
        )
    reason = ClosingReason(eoi.closing_reason).label if eoi.closing_reason else ""
    return _ended(pgettext("expression of interest", "Closed"), "quiet", reason)
