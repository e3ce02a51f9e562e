"""Who may do what with an expression of interest, each with a reason to show."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from passerelle.accounts import acting
from passerelle.core.verdicts import YES, Verdict
from passerelle.eoi import closed
from passerelle.eoi.models import Bar, Doubt, ExpressionOfInterest, FactChange, StreamClosing
from passerelle.eoi.states import CHANGEABLE, REFILABLE, ClosingReason, EOIState
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules
from passerelle.programs.wording import opening

# Who checks answers and decides on them.
CHECKERS = ("officer", "reviewer", "director")
# Who may read the room's lists and files.
READERS = (*CHECKERS, "draw_manager", "auditor", "administrator")

# An expression of interest that is changed in place may be renewed from so long before its end.
RENEWED_FROM = timedelta(days=30)

_NOT_A_PARTY = _("This file belongs to somebody else.")
_HANDED_IN = _("An expression of interest is not changed after it is handed in. Withdraw it, then file a new one.")
_ENDED = {
    ClosingReason.EXPIRED, ClosingReason.REMOVED, ClosingReason.LAPSED, ClosingReason.DECLINED,
    ClosingReason.CANCELLED, ClosingReason.RETURNED,
}  # fmt: skip


def _checks(person: Any, program: str) -> Verdict:
    if person.is_staff_member and person.has_role(program, *CHECKERS):
        return YES
    return Verdict(False, _("Only an officer, a reviewer or a director of this program can do this."))


def can_open(
    person: Any, program: str, *, opened_by: str, has_one_open: bool, barred: bool = False, client: Any = None
) -> Verdict:
    """An account of the side that opens files (``opened_by``), of this program, with none in the way, not ``barred``.

    A representative opens it for ``client``.
    """
    party = client or person
    if party.audience != opened_by or party.program != program:
        if opened_by == "employer":
            return Verdict(False, _("Only an employer registered with this program can start a request."))
        return Verdict(False, _("Only a candidate registered with this program can start this."))
    may = acting.may_act(person, party.pk, "eoi.open_eoi", otherwise=_NOT_A_PARTY)
    if not may:
        return may
    if barred:
        return Verdict(False, _("You are barred from applying for now. The order sent to you says until when."))
    if has_one_open and opened_by == "employer":
        return Verdict(
            False,
            _("This account already has a file. Each candidate needs an account of their own, with its own user name."),
        )
    if has_one_open:
        return Verdict(False, _("You already have an expression of interest here: go on with that one."))
    return YES


def opener_of(eoi: ExpressionOfInterest, rules: ProgramRules) -> int | None:
    """Return the key of the party that opened a file and answers for its criteria."""
    return eoi.employer_id if rules.stream(eoi.stream).opened_by == "employer" else eoi.candidate_id


def can_take_up(person: Any, eoi: ExpressionOfInterest, *, has_one_open: bool) -> Verdict:
    """A candidate of the program uses a job offer, with no other file of theirs in the way."""
    if not person.is_candidate or person.program != eoi.program:
        return Verdict(False, _("Only a candidate registered with this program can use a job offer."))
    if has_one_open:
        return Verdict(False, _("You already have an expression of interest here: go on with that one."))
    return YES


def can_answer_criteria(
    person: Any, eoi: ExpressionOfInterest, rules: ProgramRules, act: str = "eoi.answer_criteria"
) -> Verdict:
    """Whoever opened the draft goes through its criteria, until it is handed in or dropped."""
    employers = rules.stream(eoi.stream).opened_by == "employer"
    whose = (
        _("Only the employer answers the mandatory criteria.")
        if employers
        else _("Only the candidate answers the mandatory criteria.")
    )
    may = acting.may_act(person, opener_of(eoi, rules), act, otherwise=whose)
    return may and (YES if eoi.is_draft else Verdict(False, _HANDED_IN))


def can_let_in(
    person: Any, eoi: ExpressionOfInterest, rules: ProgramRules, *, open_criteria: Collection[str],
    act: str = "eoi.let_in_candidate",
) -> Verdict:  # fmt: skip
    """The employer, once every criterion is answered and none with a no."""
    if open_criteria:
        return Verdict(False, _("First answer every mandatory criterion; none of them may be answered with no."))
    may = acting.may_act(person, eoi.employer_id, act, otherwise=_NOT_A_PARTY)
    return may and can_answer_criteria(person, eoi, rules, act)


def can_fill(person: Any, eoi: ExpressionOfInterest, act: str = "eoi.save_section") -> Verdict:
    """The candidate answers the questionnaire, until it is handed in (nwt.md, R2.4)."""
    may = acting.may_act(person, eoi.candidate_id, act, otherwise=_("Only the candidate answers the questionnaire."))
    if not may:
        return may
    if not eoi.is_draft:
        return Verdict(False, _HANDED_IN)
    return YES


def can_submit(person: Any, eoi: ExpressionOfInterest, rules: ProgramRules, *, at: datetime) -> Verdict:
    """The candidate, once, from the instant at which the program opens; everything before it may be prepared."""
    if not rules.is_open(at):
        return Verdict(False, opening(rules, at))
    if not (open_now := closed.takes_in(eoi.program, eoi.stream, at)):
        return open_now
    if not _is_received(eoi, at):
        return Verdict(
            False, _("The rules now in force receive no expression of interest here. Yours is kept as it is.")
        )
    if eoi.offer_before is not None and at >= eoi.offer_before:
        return Verdict(False, _("The time to use this job offer is over. Your employer can make a new one."))
    return can_fill(person, eoi, "eoi.submit_eoi")


def _is_received(eoi: ExpressionOfInterest, at: datetime) -> bool:
    """Whether the rules in force still receive what was begun under earlier ones."""
    now = programs.rules_in_force(eoi.program, at)
    return any(one.key == eoi.category and one.open for one in now.categories)


def can_change(person: Any, eoi: ExpressionOfInterest, *, at: datetime, act: str = "eoi.begin_change") -> Verdict:
    """The candidate, where the stream lets a file be changed until it is invited, and while it is valid."""
    may = acting.may_act(person, eoi.candidate_id, act, otherwise=_("Only the candidate answers the questionnaire."))
    if not may:
        return may
    if not eoi.changeable:
        return Verdict(False, _HANDED_IN)
    if eoi.state == EOIState.INVITED:
        return Verdict(False, _("You are invited: what you handed in now stays as it is."))
    if eoi.state not in CHANGEABLE:
        return Verdict(False, _("This can be changed only while it waits in the pool."))
    if eoi.has_expired(at):
        return Verdict(False, _("This expression of interest has expired."))
    return closed.takes_in(eoi.program, eoi.stream, at)


def can_hold(
    person: Any, eoi: ExpressionOfInterest, rules: ProgramRules, *, at: datetime, act: str = "eoi.hold_eoi"
) -> Verdict:
    """The candidate, where the stream lets a file be put on hold."""
    may = acting.may_act(person, eoi.candidate_id, act, otherwise=_NOT_A_PARTY)
    if not may:
        return may
    if not rules.stream(eoi.stream).hold:
        return Verdict(False, _("In this stream an expression of interest is not put on hold."))
    if eoi.has_expired(at):
        return Verdict(False, _("This expression of interest has expired."))
    return closed.takes_in(eoi.program, eoi.stream, at)


def is_renewable(eoi: ExpressionOfInterest, *, at: datetime) -> bool:
    """Whether a live file may be followed by a new one: its last 30 days, where the candidate opens files."""
    live = eoi.changeable and eoi.state in CHANGEABLE
    return live and eoi.valid_before is not None and at >= eoi.valid_before - RENEWED_FROM


def can_discard(person: Any, eoi: ExpressionOfInterest) -> Verdict:
    """Either party may drop a draft."""
    whose = acting.stands_for(person, eoi.employer_id, eoi.candidate_id)
    return acting.may_act(person, whose, "eoi.discard_eoi", otherwise=_NOT_A_PARTY)


def can_withdraw(person: Any, eoi: ExpressionOfInterest) -> Verdict:
    """The candidate asks for withdrawal (nwt.md, R2.4); staff key requests that came by e-mail."""
    whose = _("Only the candidate can withdraw this expression of interest.")
    return acting.may_act(person, eoi.candidate_id, "eoi.withdraw_eoi", otherwise=whose)


def can_key_withdrawal(person: Any, eoi: ExpressionOfInterest) -> Verdict:
    """Staff enter a request for withdrawal that came by e-mail."""
    return _checks(person, eoi.program)


def can_drop_offer(person: Any, eoi: ExpressionOfInterest) -> Verdict:
    """The employer no longer offers the job, before any invitation."""
    whose = _("Only the employer can withdraw the job offer.")
    return acting.may_act(person, eoi.employer_id, "eoi.drop_offer", otherwise=whose)


def can_file_anew(
    person: Any, eoi: ExpressionOfInterest, *, has_one_open: bool, at: datetime, needs_offer: bool = False
) -> Verdict:
    """The candidate starts over after withdrawal, expiry or a lapsed invitation, or renews in the last 30 days.

    ``needs_offer``: by the rules of today the employer begins, with an offer of its own (ontario.md 1.3: Job Offer ID).
    """
    may = acting.may_act(person, eoi.candidate_id, "eoi.file_anew", otherwise=_NOT_A_PARTY)
    if not may:
        return may
    if programs.rules(eoi.pack).stream(eoi.stream).intake == "federal":
        return Verdict(
            False,
            _("This file came with a notification of interest: another one, on a new federal profile, opens another."),
        )
    ended = is_renewable(eoi, at=at) or (
        eoi.state in REFILABLE and (eoi.state != "closed" or eoi.closing_reason in _ENDED)
    )
    if not ended or eoi.first_submitted_at is None:
        return Verdict(False, _("A new one can be filed once this one has ended."))
    if has_one_open:
        return Verdict(False, _("A new expression of interest has already been started."))
    if not (open_now := closed.takes_in(eoi.program, eoi.stream, at)):
        return open_now
    if needs_offer:
        return Verdict(
            False, _("Here the employer begins, with a job offer. Ask your employer to make one; you then use it.")
        )
    return YES


def can_review(person: Any, program: str) -> Verdict:
    """A checker of the program."""
    return _checks(person, program)


def can_confirm(person: Any, eoi: ExpressionOfInterest, *, open_change: FactChange | None, at: datetime) -> Verdict:
    """A checker, when no change of fact waits for a second officer and the year is not over."""
    if open_change is not None:
        return Verdict(False, _("A change of fact waits for a second officer."))
    if eoi.has_expired(at):
        return Verdict(False, _("This expression of interest has expired."))
    return _checks(person, eoi.program)


def can_change_fact(person: Any, eoi: ExpressionOfInterest, *, open_change: FactChange | None) -> Verdict:
    """A checker, one change at a time, before an invitation."""
    if open_change is not None:
        return Verdict(False, _("A change of fact already waits for a second officer."))
    return _checks(person, eoi.program)


def can_settle_change(person: Any, change: FactChange) -> Verdict:
    """A checker other than the one who proposed it."""
    if change.state != FactChange.State.PROPOSED:
        return Verdict(False, _("This change has been settled already."))
    if change.by_id == person.pk:
        return Verdict(False, _("A second officer must confirm your change."))
    return _checks(person, change.eoi.program)


def can_ask_evidence(person: Any, eoi: ExpressionOfInterest) -> Verdict:
    """A checker, before an invitation (nwt.md, R4.3)."""
    return _checks(person, eoi.program)


def can_answer_evidence(person: Any, eoi: ExpressionOfInterest, act: str = "eoi.answer_evidence") -> Verdict:
    """The candidate, while a request is open."""
    whose = _("Only the candidate can send the documents asked for.")
    return acting.may_act(person, eoi.candidate_id, act, otherwise=whose)


def can_settle_evidence(person: Any, eoi: ExpressionOfInterest) -> Verdict:
    """A checker says what a document shows, or drops the request."""
    return _checks(person, eoi.program)


def can_doubt(person: Any, eoi: ExpressionOfInterest) -> Verdict:
    """A checker."""
    return _checks(person, eoi.program)


def can_reply(person: Any, eoi: ExpressionOfInterest, doubt: Doubt | None) -> Verdict:
    """The candidate, once; a late reply is read too, as long as nothing is decided."""
    whose = _("Only the candidate can reply.")
    may = acting.may_act(person, eoi.candidate_id, "eoi.reply_to_doubt", otherwise=whose)
    if not may:
        return may
    if doubt is None or doubt.settled_at is not None or doubt.replied_at is not None:
        return Verdict(False, _("There is no question waiting for your reply."))
    return YES


def can_lift_doubt(person: Any, eoi: ExpressionOfInterest) -> Verdict:
    """A checker."""
    return _checks(person, eoi.program)


def can_refuse(person: Any, eoi: ExpressionOfInterest, doubt: Doubt | None, *, at: datetime) -> Verdict:
    """A checker, after the candidate replied or let the time for it pass."""
    heard = doubt is not None and (doubt.replied_at is not None or at >= doubt.reply_by)
    if doubt is not None and not heard:
        return Verdict(False, _("Wait for the candidate's reply, or for the time to reply to end."))
    return _checks(person, eoi.program)


def can_confirm_bar(person: Any, eoi: ExpressionOfInterest, doubt: Doubt | None) -> Verdict:
    """A checker other than the one who asked for the bar."""
    if doubt is None or doubt.bar_asked_by_id is None:
        return Verdict(False, _("Nobody has asked for a bar."))
    if doubt.bar_asked_by_id == person.pk:
        return Verdict(False, _("A second person must confirm a bar."))
    return _checks(person, eoi.program)


def can_lift_bar(person: Any, bar: Bar, *, at: datetime) -> Verdict:
    """A checker; the second person is another one."""
    if not (bar.from_at <= at < bar.before) or bar.lifted_at is not None:
        return Verdict(False, _("This bar is no longer in force."))
    if bar.order:
        return Verdict(False, _("This bar goes with its order: a review of the order lifts it."))
    if bar.lift_by_id is not None and bar.lift_by_id == person.pk:
        return Verdict(False, _("A second person must confirm that the bar is lifted."))
    return _checks(person, bar.program)


def can_bar(person: Any, program: str) -> Verdict:
    """A checker; the order that brings the bar says which two."""
    return _checks(person, program)


def can_read_answers(person: Any, eoi: ExpressionOfInterest) -> Verdict:
    """The candidate and who represents them; staff once it is handed in; never the employer (product.md)."""
    if acting.may_act(person, eoi.candidate_id, "eoi.open_document", otherwise=_NOT_A_PARTY):
        return YES
    if person.is_staff_member and eoi.first_submitted_at and person.has_role(eoi.program, *READERS):
        return YES
    return Verdict(False, _("These answers are private."))


def can_propose_closing(person: Any, program: str, *, words: bool, settled: StreamClosing | None) -> Verdict:
    """A director, where the pack has ``words`` for it, while no closing of the stream waits or is in force (``settled``)."""
    if not person.has_role(program, "director"):
        return Verdict(False, _("Only a director closes a stream."))
    if not words:
        return Verdict(False, _("These rules have no message (eoi_removed) for those whose file would end."))
    if settled is not None and settled.is_waiting:
        return Verdict(False, _("A closing of this stream waits. Carry it out or take it back first."))
    if settled is not None:
        return Verdict(False, _("This stream is closed."))
    return YES


def can_carry_out_closing(person: Any, closing: StreamClosing) -> Verdict:
    """A director other than the one who proposed it, while it waits."""
    if not (verdict := can_drop_closing(person, closing)):
        return verdict
    if closing.proposed_by_id == person.pk:
        return Verdict(False, _("You proposed it: another director must carry it out."))
    return YES


def can_drop_closing(person: Any, closing: StreamClosing) -> Verdict:
    """A director, while it waits."""
    if not closing.is_waiting:
        return Verdict(False, _("This has been settled already."))
    if not person.has_role(closing.program, "director"):
        return Verdict(False, _("Only a director closes a stream."))
    return YES
