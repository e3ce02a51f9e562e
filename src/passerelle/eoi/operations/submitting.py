"""Handing in: once, whole, scored under the pack the draft began with."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from passerelle.accounts.models import Person
from passerelle.core import jobs, sealing
from passerelle.core.composed import composed
from passerelle.core.prepared import prepared
from passerelle.core.verdicts import require
from passerelle.eoi import meeting, queries, receipts, scoring
from passerelle.eoi.models import (
    AnswersInProgress,
    AnswersVersion,
    ExpressionOfInterest,
    ScoreRecord,
    SubmissionKey,
)
from passerelle.eoi.models.eoi import ExpressionOfInterestQuerySet
from passerelle.eoi.operations import likeness, unsure
from passerelle.eoi.operations.support import both, locked, locked_in_open_stream, rules_of, tell, told
from passerelle.eoi.permissions import can_fill, can_submit, is_renewable
from passerelle.eoi.states import EOI_LIFECYCLE, ClosingReason
from passerelle.notices import operations as notices
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules

_KEPT = (
    "state", "facts", "points", "sheet", "grid", "live_scope", "person_key", "birth_key", "first_submitted_at",
    "submitted_at", "placed_at", "valid_before", "review_from", "review_by", "receipt", "confirmed_at",
    "confirmed_points", "lapses_at",
)  # fmt: skip


class NotHandedIn(Exception):
    """A submission was turned away, for one of the reasons below."""


class Unfinished(NotHandedIn):
    """Something is still to be answered: ``sections`` names where."""

    def __init__(self, sections: list[str]) -> None:
        super().__init__(", ".join(sections))
        self.sections = sections


class CriteriaOpen(NotHandedIn):
    """A mandatory criterion is not answered yet, or with no: ``criteria`` names which."""

    def __init__(self, criteria: list[str]) -> None:
        super().__init__(", ".join(criteria))
        self.criteria = criteria


class StaleAnswers(NotHandedIn):
    """The answers changed in another window after the person checked them."""


class TokenReused(NotHandedIn):
    """This token was already used for another file, another person or other answers."""


class CannotBeAccepted(NotHandedIn):
    """The person may not file now. What is said of it reveals nothing of any other file (nwt.md, Q7)."""

    why = ""


class AlreadyLive(CannotBeAccepted):
    """The person has a live expression of interest, perhaps under another employer (nwt.md, R2.5)."""

    why = "already_live"


class CandidateIsBarred(CannotBeAccepted):
    """The person is barred for a time (nwt.md, R4.5)."""

    why = "barred"


@transaction.atomic
@prepared()
def submit_eoi(
    *, reference: str, token: str, by: Person, at: datetime, version: int | None = None
) -> ExpressionOfInterest:
    """Score a draft under its pack and hand it in: for an officer's check, or at once into the pool, as its stream says.

    ``token`` is made with the page that has the button; the same token again gives the same receipt. ``version`` is that
    of the answers the person checked. Raises NotAllowed, IllegalMove, Unfinished, CriteriaOpen,
    StaleAnswers, TokenReused, AlreadyLive, CandidateIsBarred.
    """
    # A press whose receipt is there already is shown it without waiting for the presses before it.
    pressed = _pressed_before(reference, token, by, version)
    eoi = pressed or locked_in_open_stream(reference)
    if pressed or (not eoi.is_draft and _pressed_before(reference, token, by, version)):
        return eoi
    rules = rules_of(eoi)
    require(can_submit(by, eoi, rules, at=at))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "submit")
    if version not in (None, eoi.version):
        raise StaleAnswers(reference)
    unfinished = queries.unfinished(eoi)
    if unfinished:
        raise Unfinished(unfinished)
    if not_yes := queries.open_criteria(eoi):
        raise CriteriaOpen(not_yes)
    _identify(eoi, rules)
    _close_overdue(eoi, at)
    _replace_the_one_renewed(eoi, by, at)
    _stamp(eoi, rules, at)
    if not eoi.checked_first:
        _admit(eoi, at)
    _save(eoi, at)
    SubmissionKey.objects.create(token=token, eoi=eoi, by=by, version=eoi.version, at=at)
    scoring.keep(eoi, cause=ScoreRecord.Cause.SUBMISSION, by=by, at=at)
    if eoi.changeable:
        keep_version(eoi, by=by, at=at)
    told("eoi.submitted", eoi, by=by, at=at, detail={"points": eoi.points, "grid": eoi.grid, "version": eoi.version})
    if eoi.confirmed_at:
        told("eoi.admitted", eoi, by=by, at=at, detail={"points": eoi.points})
    _ask_staff(eoi, rules, at)
    _acknowledge(eoi, at)
    return eoi


def _pressed_before(reference: str, token: str, by: Person, version: int | None) -> ExpressionOfInterest | None:
    keys = _pressed(token)
    if not keys:
        return None
    [key] = keys
    if key[:2] != (reference, by.pk) or version not in (None, key[2]):
        raise TokenReused(reference)
    return ExpressionOfInterest.objects.select_related("pack", "employer", "candidate").get(reference=reference)


@composed
def _pressed(token: str) -> QuerySet[SubmissionKey, tuple[str, int, int]]:
    return SubmissionKey.objects.filter(token=token).values_list("eoi__reference", "by", "version")


def _identify(eoi: ExpressionOfInterest, rules: ProgramRules) -> None:
    said, well_known = eoi.answers, rules.questions
    eoi.live_scope = scope_of(eoi, rules)
    eoi.person_key = sealing.person_key(
        eoi.program, str(said[well_known.passport_country]), str(said[well_known.passport_number])
    )
    eoi.birth_key = sealing.person_key(f"{eoi.program}|birth", "", str(said[well_known.date_of_birth]))


def scope_of(eoi: ExpressionOfInterest, rules: ProgramRules) -> str:
    """Return within what a person has one live expression of interest: the program, or one stream of it."""
    return eoi.program if rules.one_live_eoi == "program" else f"{eoi.program}|{eoi.stream}"


def _close_overdue(eoi: ExpressionOfInterest, at: datetime) -> None:
    # An old one whose year is over no longer counts (R2.6); the books may not show it yet.
    # Most people have none: only then are whole files read, with their answers.
    for pk in _overdue_keys(eoi.live_scope, eoi.person_key, at):
        one = _overdue(eoi.live_scope, eoi.person_key, at).select_for_update(of=("self",)).filter(pk=pk).first()
        if one is not None:
            expire(one, at=at)


def _overdue(live_scope: str, person_key: str, at: datetime) -> ExpressionOfInterestQuerySet:
    return ExpressionOfInterest.objects.filter(live_scope=live_scope, person_key=person_key).overdue(at=at)


@composed
def _overdue_keys(live_scope: str, person_key: str, at: datetime) -> QuerySet[ExpressionOfInterest, int]:
    return _overdue(live_scope, person_key, at).order_by("pk").values_list("pk", flat=True)


def expire(eoi: ExpressionOfInterest, *, at: datetime) -> None:
    """Close the books on a locked file whose year is over."""
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "expire")
    eoi.closed_at, eoi.closing_reason = at, ClosingReason.EXPIRED
    eoi.save(update_fields=["state", "closed_at", "closing_reason"])
    AnswersInProgress.objects.filter(eoi=eoi).delete()
    told("eoi.expired", eoi, by=None, at=at, detail={"valid_before": eoi.valid_before})
    tell("eoi_expired", eoi, *both(eoi), at=at, valid_before=eoi.valid_before)


def _stamp(eoi: ExpressionOfInterest, rules: ProgramRules, at: datetime) -> None:
    scoring.score_into(eoi, at=at)
    eoi.first_submitted_at = eoi.submitted_at = eoi.placed_at = eoi.review_from = at
    eoi.valid_before = programs.due(rules, "eoi_validity", at, stream=eoi.stream)
    eoi.review_by = programs.due(rules, "score_notice", at)
    eoi.receipt = receipts.signed(eoi)


def _admit(eoi: ExpressionOfInterest, at: datetime) -> None:
    """Put an unsaved submission into the pool: its points count as they are, and are proven after an invitation."""
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "admit")
    eoi.confirmed_at, eoi.confirmed_points = at, eoi.points
    eoi.lapses_at = meeting.lapses_at(eoi, since=at)


def _replace_the_one_renewed(eoi: ExpressionOfInterest, by: Person, at: datetime) -> None:
    """Close the file that this one renews, if it still lives: from now on this one counts."""
    if eoi.follows_id is None:
        return
    old = ExpressionOfInterest.objects.select_related("pack").defer("pack__sources").select_for_update(of=("self",))
    before = old.get(pk=eoi.follows_id)
    if before.person_key != eoi.person_key or not is_renewable(before, at=at):
        return
    before.state = EOI_LIFECYCLE.after(before.state, "replace")
    before.closed_at, before.closing_reason = at, ClosingReason.RENEWED
    before.save(update_fields=["state", "closed_at", "closing_reason"])
    AnswersInProgress.objects.filter(eoi=before).delete()
    told("eoi.renewed", before, by=by, at=at, detail={"by": eoi.reference})


def keep_version(eoi: ExpressionOfInterest, *, by: Person, at: datetime) -> AnswersVersion:
    """Keep the answers that count from now on as the file's next version."""
    assert eoi.placed_at
    number = eoi.versions.count() + 1
    return AnswersVersion.objects.create(
        eoi=eoi, number=number, answers=eoi.answers, facts=eoi.facts, points=eoi.points or 0, sheet=eoi.sheet,
        placed_at=eoi.placed_at, by=by, at=at,
    )  # fmt: skip


def _save(eoi: ExpressionOfInterest, at: datetime) -> None:
    try:
        eoi.save(update_fields=_KEPT)
    except IntegrityError as fault:
        if "eoi_one_live_per_person" not in str(fault):
            raise
        raise AlreadyLive(eoi.reference) from fault
    # Asked after the save: a bar set meanwhile ends the person's other file, and the save has waited for that.
    if queries.is_barred(eoi.person_key, at):
        raise CandidateIsBarred(eoi.reference)


def _ask_staff(eoi: ExpressionOfInterest, rules: ProgramRules, at: datetime) -> None:
    unsure.ask_staff(eoi, at=at)
    labels = [one.label for one in queries.contradicted_criteria(eoi)]
    if labels:
        detail = {code: "; ".join(label.pick(code) for label in labels) for code in ("en", "fr")}
        notices.open_task(
            "eoi.criterion_contradicted", program=eoi.program, about=eoi.reference, detail=detail, at=at,
            due_by=eoi.review_by,
        )  # fmt: skip
    likeness.note(eoi, rules, at=at)


def _acknowledge(eoi: ExpressionOfInterest, at: datetime) -> None:
    facts = {**receipts.blanks(eoi), "total": eoi.points, "max_total": eoi.sheet["maximum"]}
    tell("eoi_received", eoi, *both(eoi), at=at, **facts)
    # The letter's number comes from a counter that all share: they would wait for one another until each has committed.
    jobs.defer("eoi.write_receipt", reference=eoi.reference)


@transaction.atomic
def report_not_accepted(*, reference: str, why: str, by: Person, at: datetime) -> None:
    """Tell staff, and nobody else, that a submission was turned away and why."""
    eoi = locked(reference)
    require(can_fill(by, eoi, "eoi.report_not_accepted"))
    told("eoi.not_accepted", eoi, by=by, at=at, detail={"why": why})
    notices.open_task(f"eoi.not_accepted.{why}", program=eoi.program, about=reference, at=at)
