"""Who may do what to an application, each with the reason why not."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from passerelle.accounts import acting
from passerelle.accounts.models import Person
from passerelle.applications.models import Application, Decision, Nomination, Part, ReviewRequest
from passerelle.applications.states import (
    UNDECIDED,
    WITH_OFFICERS,
    ApplicationState,
    DecisionKind,
    NominationStanding,
    PartState,
)
from passerelle.core.verdicts import YES, Verdict

ASSESSORS = ("officer", "reviewer", "director")


def _as_party(person: Person, application: Application, act: str, stranger: str) -> Verdict:
    """As the employer, the candidate, or whoever represents one of them."""
    whose = acting.stands_for(person, application.employer_id, application.candidate_id)
    return acting.may_act(person, whose, act, otherwise=stranger)


def can_sign(person: Person, application: Application) -> Verdict:
    """Either party, to whom the agreement was issued."""
    return _as_party(person, application, "applications.sign_agreement", _("There is no agreement for you to sign."))


def can_ask_support_letter(person: Person, application: Application, *, job_offer: bool, at: datetime) -> Verdict:
    """Either party of a nominated file with a job offer, while its nomination is in force; one letter at a time."""
    stranger = _("The letter is for nominated candidates.")
    may = _as_party(person, application, "applications.ask_support_letter", stranger)
    if not may:
        return may
    if not job_offer:
        return Verdict(False, _("The letter is for nominees with a job offer."))
    if application.support_requests.filter(letter="").exists():
        return Verdict(False, _("The letter has already been asked for."))
    return can_have_support_letter(application, at=at)


def can_have_support_letter(application: Application, *, at: datetime) -> Verdict:
    """A nominated file; where its program keeps nominations, one that is in force."""
    if application.state != ApplicationState.NOMINATED:
        return Verdict(False, _("The letter is for nominated candidates."))
    kept = Nomination.objects.filter(application=application).first()
    if kept and kept.standing(at) != NominationStanding.IN_FORCE:
        return Verdict(False, _("The nomination is not in force: no letter supports a work permit now."))
    return YES


def can_answer(person: Person, to: int, *, stranger: str) -> Verdict:
    """Whom the question was put to."""
    return acting.may_act(person, to, "applications.answer_information", otherwise=stranger)


def can_fill(person: Person, part: Part, *, at: datetime, act: str = "applications.save_section") -> Verdict:
    """The part's own party, while it is open and the deadline has not passed."""
    application, stranger = part.application, _("This form belongs to the other party.")
    may = acting.may_act(person, application.party_id(part.side), act, otherwise=stranger)
    if not may:
        return may
    if part.state == PartState.LOCKED:
        return Verdict(False, _("This form opens once the employer's form has been submitted."))
    if part.state == PartState.SUBMITTED:
        return Verdict(False, _("This form has been submitted and can no longer be changed."))
    if application.state != ApplicationState.FILLING:
        return Verdict(False, _("This application is closed."))
    if at >= part.fill_by:
        return Verdict(False, _("The deadline for this application has passed."))
    return YES


def can_add_documents(person: Person, part: Part, *, at: datetime, act: str = "applications.add_document") -> Verdict:
    """The part's own party; the drawer is open ahead of time even while the form is still locked."""
    stranger = _("This form belongs to the other party.")
    if part.state == PartState.LOCKED and acting.may_act(
        person, part.application.party_id(part.side), act, otherwise=stranger
    ):
        on_time = part.application.state == ApplicationState.FILLING and at < part.application.complete_by
        return YES if on_time else Verdict(False, _("The deadline for this application has passed."))
    return can_fill(person, part, at=at, act=act)


def can_let_in_employer(person: Person, application: Application, *, takes_part: bool, at: datetime) -> Verdict:
    """The candidate, while forms may be filled in and the employer has not used an earlier link."""
    stranger = _("Only the candidate gives an employer access, where the employer has a form of its own.")
    may = acting.may_act(person, application.candidate_id, "applications.let_in_employer", otherwise=stranger)
    if not may or not takes_part:
        return Verdict(False, may.reason or stranger)
    if application.employer and application.employer.username:
        return Verdict(False, _("Your employer has already used the link."))
    if application.state != ApplicationState.FILLING:
        return Verdict(False, _("This application is closed."))
    if at >= application.complete_by:
        return Verdict(False, _("The deadline for this application has passed."))
    return YES


def can_join(person: Person, application: Application, *, invited: Person, joins: bool, at: datetime) -> Verdict:
    """An employer with an account of this program, in the place of the one opened for the link."""
    if not joins:
        return Verdict(False, _("In this program each candidate has an account of its own: choose a new user name."))
    if not person.is_employer or person.program != application.program or application.employer_id != invited.pk:
        return Verdict(False, _("Only an employer of this program comes in with this link."))
    if application.state != ApplicationState.FILLING or at >= application.complete_by:
        return Verdict(False, _("This application is closed."))
    return YES


def can_assess(person: Person, application: Application) -> Verdict:
    """An officer of the program who is not a party."""
    if not person.has_role(application.program, *ASSESSORS):
        return Verdict(False, _("Only an officer of this program can do this."))
    return YES


def can_work_on(person: Person, application: Application) -> Verdict:
    """The officer who took the file."""
    may = can_assess(person, application)
    if may and application.officer_id != person.pk:
        return Verdict(False, _("Another officer has this file. Ask them, or take it with a reason."))
    return may


def can_decide(person: Person, application: Application, *, drew: Person) -> Verdict:
    """The officer who took the file, and never the one who issued the draw it came from."""
    may = can_work_on(person, application)
    if may and person.pk == drew.pk:
        return Verdict(False, _("You issued the draw that invited this person: another officer must decide."))
    return may


def can_return(person: Person, application: Application, *, known: bool) -> Verdict:
    """The officer who took the file, while it is being assessed, in a program whose pack has the letter."""
    if not known:
        return Verdict(False, _("This program returns no applications."))
    may = can_work_on(person, application)
    if may and application.state != ApplicationState.IN_ASSESSMENT:
        return Verdict(False, _("This file is not being assessed."))
    return may


def can_return_as_director(person: Person, application: Application, *, known: bool) -> Verdict:
    """A director, before a decision, where the rules in force know such a return."""
    if not known:
        return Verdict(False, _("Under the rules in force no director returns applications."))
    if not person.has_role(application.program, "director"):
        return Verdict(False, _("Only a director returns an application on a ground of their own."))
    if application.state not in WITH_OFFICERS:
        return Verdict(False, _("This application has been decided or closed."))
    return YES


def can_call(person: Person, application: Application, *, known: bool) -> Verdict:
    """The officer who took the file, while it is being assessed, in a program whose pack has the words."""
    if not known:
        return Verdict(False, _("This program holds no interviews."))
    may = can_work_on(person, application)
    if may and application.state != ApplicationState.IN_ASSESSMENT:
        return Verdict(False, _("This file is not being assessed."))
    return may


def can_keep_nomination(person: Person, application: Application) -> Verdict:
    """An officer, a reviewer or a director of the program."""
    return can_assess(person, application)


def can_cancel_nomination(person: Person, nomination: Nomination) -> Verdict:
    """A director, when somebody else asked for the cancellation."""
    if nomination.cancel_asked_by_id is None:
        return Verdict(False, _("Nobody has asked for this nomination to be cancelled."))
    if not person.has_role(nomination.application.program, "director"):
        return Verdict(False, _("Only a director confirms a cancellation."))
    if nomination.cancel_asked_by_id == person.pk:
        return Verdict(False, _("You asked for it: another person must confirm it."))
    return YES


def can_withdraw(person: Person, application: Application) -> Verdict:
    """Either party, until the decision."""
    stranger = _("Only the employer or the candidate can withdraw this application.")
    may = _as_party(person, application, "applications.withdraw_application", stranger)
    if not may:
        return may
    if application.state not in UNDECIDED:
        return Verdict(False, _("This application has been decided or closed."))
    return YES


def can_ask_review(person: Person, decision: Decision, *, at: datetime) -> Verdict:
    """A party to a refusal, once, within the pack's days."""
    stranger = _("Only the employer or the candidate can ask for a review.")
    may = _as_party(person, decision.application, "applications.ask_review", stranger)
    if not may:
        return may
    if decision.kind != DecisionKind.REFUSAL or decision.review_before is None:
        return Verdict(False, _("This decision has no review."))
    if ReviewRequest.objects.filter(decision=decision).exists():
        return Verdict(False, _("A review of this decision has already been asked for."))
    if at >= decision.review_before:
        return Verdict(False, _("The time to ask for a review has passed."))
    return YES


def can_ask_review_of_cancellation(person: Person, nomination: Nomination, *, at: datetime) -> Verdict:
    """A party to a nomination that was cancelled, once, within the pack's days."""
    stranger = _("Only the employer or the candidate can ask for a review.")
    may = _as_party(person, nomination.application, "applications.ask_review", stranger)
    if not may:
        return may
    if nomination.cancelled_at is None or nomination.review_before is None:
        return Verdict(False, _("This decision has no review."))
    if ReviewRequest.objects.filter(nomination=nomination, asked_at__gte=nomination.cancelled_at).exists():
        return Verdict(False, _("A review of this decision has already been asked for."))
    if at >= nomination.review_before:
        return Verdict(False, _("The time to ask for a review has passed."))
    return YES


def can_decide_review(
    person: Person, review: ReviewRequest, *, drew: Person | None = None, assessed: Collection[int] = ()
) -> Verdict:
    """An officer other than who decided or asked for it; nor who issued the draw, since a decision may follow.

    ``assessed`` are those whom the pack keeps out because they took part in the assessment.
    """
    may = can_assess(person, review.application)
    if may and person.pk in (review.made_by_id, review.proposed_by_id):
        return Verdict(False, _("You made this decision: another officer must review it."))
    if may and person.pk in assessed:
        return Verdict(False, _("You took part in the assessment of this file: somebody else must review it."))
    if may and drew is not None and person.pk == drew.pk:
        return Verdict(False, _("You issued the draw that invited this person: another officer must decide."))
    return may


def can_report_change(person: Person, application: Application) -> Verdict:
    """Either party, from the moment the file has a number until it is refused or withdrawn."""
    stranger = _("Only the employer or the candidate can report a change.")
    may = _as_party(person, application, "applications.report_change", stranger)
    if not may:
        return may
    if application.file_number is None or application.state in {"refused", "returned", "withdrawn", "lapsed"}:
        return Verdict(False, _("There is no open file to report a change on."))
    return YES


def can_tell_of_federal(person: Person, application: Application, *, concerned: bool, reviewed: bool) -> Verdict:
    """The candidate or an officer, while a nomination may come, on a file whose person came from the federal pool.

    It may still come of a refusal that is being looked at again (``reviewed``).
    """
    if not concerned:
        return Verdict(False, _("This file did not come from the federal pool."))
    if person.is_staff_member:
        may = can_assess(person, application)
    else:
        may = _as_candidate(person, application, "applications.report_federal_invitation")
    return _before_the_end(may, application, reviewed)


def can_send_proof(person: Person, application: Application, *, reviewed: bool) -> Verdict:
    """The candidate, while a nomination may come."""
    may = _as_candidate(person, application, "applications.send_decline_proof")
    return _before_the_end(may, application, reviewed)


def can_settle_federal(person: Person, application: Application, *, reviewed: bool) -> Verdict:
    """An officer of the program, while a nomination may come: with the file or not, since it may wait in the queue."""
    return _before_the_end(can_assess(person, application), application, reviewed)


def _before_the_end(may: Verdict, application: Application, reviewed: bool) -> Verdict:
    if may and application.state not in UNDECIDED and not reviewed:
        return Verdict(False, _("This application has been decided or closed."))
    return may


def can_take_nominations(person: Person, program: str) -> Verdict:
    """Who takes the file of nominations for the federal side: names and numbers."""
    if not person.has_role(program, "draw_manager", "director"):
        return Verdict(False, _("Only a draw manager or a director takes the file for the federal side."))
    return YES


def _as_candidate(person: Person, application: Application, act: str) -> Verdict:
    stranger = _("Only the candidate tells of a federal invitation.")
    return acting.may_act(person, application.candidate_id, act, otherwise=stranger)
