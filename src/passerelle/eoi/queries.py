"""What is so about expressions of interest, the pool and bars."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Unpack

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from passerelle.eoi import meeting, permissions, receipts, scoring
from passerelle.eoi.counting import Volume as Volume
from passerelle.eoi.counting import ahead_of as ahead_of
from passerelle.eoi.counting import bands as bands
from passerelle.eoi.counting import by_points as by_points
from passerelle.eoi.counting import by_score as by_score
from passerelle.eoi.counting import histogram as histogram
from passerelle.eoi.counting import invited_now as invited_now
from passerelle.eoi.counting import volume as volume
from passerelle.eoi.drawing import BRINGS_IN as BRINGS_IN
from passerelle.eoi.drawing import Which, within
from passerelle.eoi.drawing import as_drawn as as_drawn
from passerelle.eoi.drawing import as_scored as as_scored
from passerelle.eoi.keys import employer_key
from passerelle.eoi.keys import representative_key as representative_key
from passerelle.eoi.models import (
    AnswersInProgress,
    AnswersVersion,
    Bar,
    Doubt,
    EvidenceItem,
    EvidenceRequest,
    ExpressionOfInterest,
    FactChange,
    Note,
    ScoreRecord,
)
from passerelle.eoi.models.eoi import ExpressionOfInterestQuerySet
from passerelle.eoi.named import by_reference as by_reference
from passerelle.eoi.named import files as files
from passerelle.eoi.named import holding_places as holding_places
from passerelle.eoi.named import may_be_invited as may_be_invited
from passerelle.eoi.named import parties as parties
from passerelle.eoi.scoring import changed_facts as changed_facts
from passerelle.eoi.states import LIVE, EOIState
from passerelle.eoi.then import barred_at as barred_at
from passerelle.eoi.then import could_be_drawn as could_be_drawn
from passerelle.eoi.then import handed_in as handed_in
from passerelle.eoi.then import is_barred as is_barred
from passerelle.eoi.then import points_in_pool as points_in_pool
from passerelle.eoi.then import scored_with as scored_with
from passerelle.eoi.then import state_at as state_at
from passerelle.eoi.then import states_at as states_at
from passerelle.eoi.then import those_that_could_be_invited as those_that_could_be_invited
from passerelle.eoi.then import those_that_count as those_that_count
from passerelle.eoi.then import would_count as would_count
from passerelle.programs import forms
from passerelle.programs import queries as programs
from passerelle.programs.forms.pruning import keys_of
from passerelle.programs.rules import ProgramRules, Questionnaire, Section
from passerelle.programs.rules.schema import Category, Criterion

# Roles that may read this room's lists and files.
READERS = permissions.READERS


# --- files --------------------------------------------------------------------------------------------------------


def eoi_for(person: Any, reference: str) -> ExpressionOfInterest:
    """Return a file that ``person`` may know of; raises Http404."""
    rows = (
        ExpressionOfInterest.objects.visible_to(person)
        .select_related("pack", "employer", "candidate")
        .defer("pack__sources")
    )
    return get_object_or_404(rows, reference=reference)


def files_of(person: Any) -> ExpressionOfInterestQuerySet:
    """Return an employer's or a candidate's files, newest first, without answers."""
    rows = ExpressionOfInterest.objects.visible_to(person).light()
    return rows.select_related("pack", "employer", "candidate").defer("pack__sources").order_by("-id")


def has_one_open(person: Any, rules: ProgramRules, stream: str) -> bool:
    """Say whether an account has a draft or a live file where a second one is not for it (``permissions.can_open``).

    An employer's account that is for one candidate has one; a candidate has one draft and one live file a stream, or a
    program, as the pack says.
    """
    mine = ExpressionOfInterest.objects.filter(state__in=(EOIState.DRAFT, *LIVE))
    if person is None or person.is_employer:
        return rules.accounts == "per_candidate" and mine.filter(employer=person).exists()
    mine = mine.filter(candidate=person, program=rules.code)
    return (mine if rules.one_live_eoi == "program" else mine.filter(stream=stream)).exists()


def has_another_open(eoi: ExpressionOfInterest, rules: ProgramRules) -> bool:
    """Say whether a file has a successor, or its parties another file, that keeps it from being filed anew."""
    if eoi.employer is not None and rules.stream_of(eoi.category).opened_by == "employer":
        return has_one_open(eoi.employer, rules, eoi.stream)
    others = ExpressionOfInterest.objects.exclude(pk=eoi.pk).filter(candidate=eoi.candidate, program=eoi.program)
    others = others if rules.one_live_eoi == "program" else others.filter(stream=eoi.stream)
    return others.filter(state__in=(EOIState.DRAFT, *LIVE)).exists()


def needs_offer(eoi: ExpressionOfInterest, rules: ProgramRules) -> bool:
    """Say whether a file like this one begins, by ``rules``, with an offer that its employer has still to make."""
    stream = next((one for one in rules.streams if one.key == eoi.stream), None)
    if stream is None:
        return False
    return stream.offer is not None or (stream.opened_by == "employer" and eoi.employer_id is None)


def open_categories(rules: ProgramRules) -> list[Category]:
    """Return the categories in which a file can be opened: not those whose people come from the federal pool."""
    return [one for one in rules.categories if one.open and one.stream in {pool.key for pool in rules.pools}]


def categories_free_for(candidate: Any, rules: ProgramRules) -> list[Category]:
    """Return the categories in which a candidate may open a file now."""
    free = [one for one in open_categories(rules) if rules.stream(one.stream).opened_by == "candidate"]
    return [one for one in free if not has_one_open(candidate, rules, one.stream)]


def categories_to_start(client: Any, rules: ProgramRules) -> list[Category]:
    """Return the categories in which a candidate or an employer may open a file now."""
    if client.is_candidate:
        return categories_free_for(client, rules)
    if rules.accounts == "per_candidate" and has_one_open(client, rules, ""):
        return []
    return [one for one in open_categories(rules) if rules.stream(one.stream).opened_by == "employer"]


def candidate_of(employer: Any) -> Any | None:
    """Return the candidate this account was opened for: the last one who used their link (nwt.md, R1.2)."""
    files = ExpressionOfInterest.objects.filter(employer=employer, candidate__username__isnull=False)
    last = files.select_related("candidate").order_by("-id").first()
    return last.candidate if last else None


def receipt_holds(reference: str, signature: str) -> receipts.Receipt | None:
    """Return what a receipt states if it is ours and unaltered, else None."""
    eoi = ExpressionOfInterest.objects.filter(
        reference=reference.strip().upper(), first_submitted_at__isnull=False
    ).first()
    if eoi is None or not receipts.is_genuine(eoi, signature):
        return None
    assert eoi.first_submitted_at
    assert eoi.valid_before
    return receipts.Receipt(eoi.reference, eoi.program, eoi.first_submitted_at, eoi.valid_before, eoi.receipt)


# --- the questionnaire and the criteria ----------------------------------------------------------------------------


def is_notified(eoi: ExpressionOfInterest) -> bool:
    """Say whether the person came from the federal pool with a notification: no pool of ours, no grid, no questionnaire."""
    return rules(eoi).stream(eoi.stream).intake == "federal"


def rules(eoi: ExpressionOfInterest) -> ProgramRules:
    """Return the rules a file began under."""
    return programs.rules(eoi.pack)


def questionnaire(eoi: ExpressionOfInterest) -> Questionnaire:
    """Return the questions of a file."""
    return rules(eoi).questionnaire(rules(eoi).stream(eoi.stream).questionnaire)


def given(eoi: ExpressionOfInterest) -> dict[str, Any]:
    """Return what conditions may read beside the answers."""
    return meeting.given(eoi)


def keys_of_section(section: Section) -> set[str]:
    """Return the answer keys that a section fills."""
    return {key for question in section.questions for key in keys_of(question)}


def unfinished(eoi: ExpressionOfInterest) -> list[str]:
    """Return the keys of sections that still miss an answer, in their order."""
    lacking = forms.missing(questionnaire(eoi), eoi.answers, given(eoi))
    return list(dict.fromkeys(section.key for section, _question in lacking))


def criteria(eoi: ExpressionOfInterest) -> list[Criterion]:
    """Return the mandatory criteria of the file's category."""
    return meeting.criteria(eoi)


def registered_criteria(rules: ProgramRules, category: str) -> list[Criterion]:
    """Return the criteria of a category that are tested at registration, and again on the day of a draw."""
    return meeting.registered(rules, category)


def open_criteria(eoi: ExpressionOfInterest) -> list[str]:
    """Return the keys of criteria not yet answered with yes or unsure."""
    return [one.key for one in criteria(eoi) if eoi.criteria.get(one.key) not in ("yes", "unsure")]


def failing_criteria(eoi: ExpressionOfInterest) -> list[str]:
    """Return the keys of criteria answered with no."""
    return [one.key for one in criteria(eoi) if eoi.criteria.get(one.key) == "no"]


def unsure_criteria(eoi: ExpressionOfInterest) -> list[Criterion]:
    """Return the criteria that the employer was unsure of."""
    return [one for one in criteria(eoi) if eoi.criteria.get(one.key) == "unsure"]


def contradicted_criteria(eoi: ExpressionOfInterest) -> list[Criterion]:
    """Return the criteria whose condition the candidate's answers and facts do not meet."""
    return meeting.not_met(eoi, {**given(eoi), **eoi.answers, **eoi.facts})


def criteria_at_risk(eoi: ExpressionOfInterest, facts: dict[str, Any]) -> list[Criterion]:
    """Return the criteria that a draft's answers would not meet, given the facts derived from them."""
    return meeting.not_met(eoi, {**given(eoi), **eoi.answers, **facts})


def estimate(eoi: ExpressionOfInterest, *, at: datetime) -> scoring.Scored:
    """Return what a draft would score if it were handed in at ``at``."""
    return scoring.scored(eoi.pack, eoi.answers, category=eoi.category, at=at)


def versions(eoi: ExpressionOfInterest) -> QuerySet[AnswersVersion]:
    """Return every version of the answers that counted, newest first, without the answers."""
    return eoi.versions.defer("answers", "facts", "sheet").order_by("-number")


def in_progress(eoi: ExpressionOfInterest) -> AnswersInProgress | None:
    """Return the change that the candidate is preparing."""
    return AnswersInProgress.objects.filter(eoi=eoi).first()


def without_declarations(eoi: ExpressionOfInterest) -> dict[str, Any]:
    """Return the answers that may be carried into a new file: all but what is declared and signed."""
    signed = {one.key for one in questionnaire(eoi).questions() if one.type in ("declaration", "signature")}
    return {key: value for key, value in eoi.answers.items() if key not in signed}


# --- checking -------------------------------------------------------------------------------------------------------


def to_review(program: str, at: datetime) -> ExpressionOfInterestQuerySet:
    """Return the files that wait for an officer, oldest first; those whose year is over at ``at`` are left out."""
    waiting = ExpressionOfInterest.objects.of(program).to_review().valid(at=at)
    return waiting.light().select_related("pack", "employer", "candidate", "taken_by").defer("pack__sources")


def proof_asked(program: str, at: datetime) -> ExpressionOfInterestQuerySet:
    """Return the files whose candidate was asked for documents, oldest first."""
    waiting = ExpressionOfInterest.objects.of(program).filter(state=EOIState.EVIDENCE_REQUESTED).valid(at=at)
    rows = waiting.light().select_related("pack", "employer", "candidate", "taken_by").defer("pack__sources")
    return rows.order_by("review_from", "id")


def open_change(eoi: ExpressionOfInterest) -> FactChange | None:
    """Return the change of fact that waits for a second officer."""
    return eoi.fact_changes.filter(state=FactChange.State.PROPOSED).select_related("by").first()


def changes_waiting(program: str) -> QuerySet[FactChange]:
    """Return the changes of fact that wait for a second officer, oldest first."""
    waiting = FactChange.objects.filter(eoi__program=program, state=FactChange.State.PROPOSED)
    return (
        waiting.select_related("eoi__candidate", "by").defer(*(f"eoi__{name}" for name in _HEAVY)).order_by("at", "id")
    )


def bars_waiting(program: str) -> QuerySet[Doubt]:
    """Return the doubts in which a bar waits for a second person, oldest first."""
    waiting = Doubt.objects.filter(eoi__program=program, settled_at=None, bar_asked_by__isnull=False)
    return waiting.select_related("eoi__candidate", "bar_asked_by").order_by("bar_asked_at", "id")


_HEAVY = ("answers", "facts", "sheet", "criteria")


def open_doubt(eoi: ExpressionOfInterest) -> Doubt | None:
    """Return the doubt that is not settled yet."""
    return eoi.doubts.filter(settled_at=None).select_related("by", "bar_asked_by").first()


def open_request(eoi: ExpressionOfInterest) -> EvidenceRequest | None:
    """Return the request for proof that waits for the candidate."""
    return eoi.evidence_requests.filter(answered_at=None, dropped_at=None).prefetch_related("items").first()


def requests(eoi: ExpressionOfInterest) -> QuerySet[EvidenceRequest]:
    """Return every request for proof, newest first, with its items."""
    return eoi.evidence_requests.select_related("by").prefetch_related("items").order_by("-id")


def items(eoi: ExpressionOfInterest) -> QuerySet[EvidenceItem]:
    """Return every document asked for in a file."""
    return EvidenceItem.objects.filter(request__eoi=eoi).select_related("request__eoi").order_by("id")


def notes(eoi: ExpressionOfInterest) -> QuerySet[Note]:
    """Return the notes of staff, newest first."""
    return eoi.notes.select_related("by").order_by("-id")


def scores(eoi: ExpressionOfInterest) -> QuerySet[ScoreRecord]:
    """Return every score the file has had, oldest first."""
    return eoi.scores.select_related("by").order_by("id")


def fact_changes(eoi: ExpressionOfInterest) -> QuerySet[FactChange]:
    """Return every change of fact, newest first."""
    return eoi.fact_changes.select_related("by", "confirmed_by").order_by("-id")


# --- the pool -------------------------------------------------------------------------------------------------------


def pool(program: str, at: datetime | None = None) -> ExpressionOfInterestQuerySet:
    """Return the pool in its order: points, then earlier submission. With ``at`` only what may be drawn then."""
    rows = ExpressionOfInterest.objects.of(program)
    rows = rows.drawable(at=at) if at else rows.filter(state=EOIState.IN_POOL)
    return rows.ranked().light().select_related("employer", "candidate", "taken_by")


def not_confirmed(program: str, at: datetime) -> ExpressionOfInterestQuerySet:
    """The files handed in and valid whose points are not confirmed."""
    return ExpressionOfInterest.objects.of(program).unsettled().valid(at=at)


def entries(program: str, *, closes_at: datetime, at: datetime, **which: Unpack[Which]) -> QuerySet[Any, Any]:
    """Return the files a draw at ``at`` may choose from, in order: submitted before ``closes_at``, confirmed, valid, not barred.

    Each carries ``drawn_points``, ``drawn_placed_at`` and ``drawn_facts`` as they counted when entries closed.
    """
    rows = ExpressionOfInterest.objects.of(program).drawable(at=at)
    return within(rows, closes_at=closes_at, **which).order_by("-drawn_points", "drawn_placed_at", "id")


def unsettled(program: str, *, closes_at: datetime, at: datetime, **which: Unpack[Which]) -> QuerySet[Any, Any]:
    """Return the files handed in on time that no officer has confirmed: they hold up the freeze of a draw.

    Attributes are not asked of them: what an officer has not confirmed may yet turn out otherwise.
    """
    rows = ExpressionOfInterest.objects.of(program).unsettled().valid(at=at).not_barred(at=at)
    which["meets"] = None
    on_time = within(rows.light(), closes_at=closes_at, **which)
    return on_time.select_related("candidate").order_by("submitted_at", "id")


def ineligible(
    program: str,
    *,
    closes_at: datetime,
    at: datetime,
    among: Collection[int] | None = None,
    **which: Unpack[Which],
) -> dict[int, list[str]]:
    """Return the entries that no longer meet a mandatory criterion at ``at`` (a permit or a test ran out): key to criteria.

    Facts are derived anew for the day of the draw; points stay as fixed at submission (product.md). Only rows whose
    ``lapses_at`` has come, or was never worked out, are looked at. ``among`` looks at these keys alone.
    """
    rows = entries(program, closes_at=closes_at, at=at, **which).filter(Q(lapses_at=None) | Q(lapses_at__lte=at))
    if among is not None:
        rows = rows.filter(pk__in=among)
    rows = rows.select_related("pack").defer("pack__sources").prefetch_related("fact_changes").order_by("id")
    found = {}
    for eoi in rows.iterator(chunk_size=500):
        failing = meeting.unmet_at(eoi, at)
        if failing:
            found[eoi.pk] = [one.key for one in failing]
    return found


def may_be_drawn(eoi: ExpressionOfInterest, at: datetime) -> bool:
    """Say whether a draw at ``at`` could take a file: in the pool, valid, not barred."""
    return ExpressionOfInterest.objects.drawable(at=at).filter(pk=eoi.pk).exists()


# --- bars -----------------------------------------------------------------------------------------------------------


def employer_is_barred(employer: Any, at: datetime) -> bool:
    """Say whether an order keeps this employer from starting files."""
    return is_barred(employer_key(employer.program, employer.email), at)


def bars(program: str) -> QuerySet[Bar]:
    """Return every bar of a program, newest first."""
    people = ("eoi__candidate", "by", "confirmed_by", "lift_by", "lift_confirmed_by")
    return Bar.objects.filter(program=program).select_related(*people).order_by("-from_at", "-id")
