"""From the employer's first press of the button to a questionnaire filled in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts import operations as accounts
from passerelle.accounts import queries as people
from passerelle.accounts.models import AccessLink, Person
from passerelle.core.deadlines import local_day
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.references import next_reference
from passerelle.core.text import clean_name
from passerelle.core.verdicts import NotAllowed, require
from passerelle.eoi import closed, meeting, queries
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.operations import offering, unsure
from passerelle.eoi.operations.support import locked, rules_of, tell, told
from passerelle.eoi.permissions import (
    can_answer_criteria,
    can_discard,
    can_file_anew,
    can_fill,
    can_let_in,
    can_open,
)
from passerelle.eoi.states import EOI_LIFECYCLE, ClosingReason
from passerelle.programs import forms
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules, is_blank

ANSWERS = ("yes", "no", "unsure")


class CriterionFails(Exception):
    """A mandatory criterion was answered with no: ``criteria`` names which (nwt.md, R1.5)."""

    def __init__(self, criteria: list[str]) -> None:
        super().__init__(", ".join(criteria))
        self.criteria = criteria


@transaction.atomic
def open_eoi(
    *, program: str, category: str, by: Person, at: datetime, client: Person | None = None
) -> ExpressionOfInterest:
    """Start a draft in a category, under the pack in force now (nwt.md, R1.4 and R1.5). Raises NotAllowed.

    A representative starts it for ``client``, whose file it is.
    """
    party = client or by
    # Two presses of the button must not make two files: the account is the one thing both share.
    Person.objects.select_for_update().get(pk=party.pk)
    pack = programs.pack_in_force(program, at)
    rules = programs.rules(pack)
    _check_category(rules, category)
    stream = rules.stream_of(category)
    closed.hold_gate(program, [stream.key])
    require(closed.takes_in(program, stream.key, at))
    one_open = queries.has_one_open(party, rules, stream.key)
    barred = queries.employer_is_barred(party, at)
    require(can_open(by, program, opened_by=stream.opened_by, has_one_open=one_open, barred=barred, client=client))
    eoi = ExpressionOfInterest.objects.create(
        reference=new_reference(rules, at), program=program, pack=pack, opened_at=at, **route(rules, category),
        **_opener(party, rules),
    )  # fmt: skip
    told("eoi.opened", eoi, by=by, at=at, detail={"category": category, "pack": str(pack)})
    return eoi


def _opener(by: Person, rules: ProgramRules) -> dict[str, Any]:
    """Return the parties of a new file: whoever opens it, and the candidate its account was opened for."""
    if by.is_candidate:
        return {"candidate": by}
    return {"employer": by, "candidate": queries.candidate_of(by) if rules.accounts == "per_candidate" else None}


def route(rules: ProgramRules, category: str) -> dict[str, Any]:
    """Return what the category's stream decides for a new file, kept with it for good."""
    stream = rules.stream_of(category)
    return {
        "category": category, "stream": stream.key, "checked_first": not stream.enters_at_once,
        "changeable": stream.edits == "until_invited",
    }  # fmt: skip


def new_reference(rules: ProgramRules, at: datetime) -> str:
    """Return the number of a new file."""
    return next_reference(f"{rules.reference_prefix}-E", local_day(at, rules.zone).year)


def _check_category(rules: ProgramRules, category: str) -> None:
    if not any(one.key == category for one in queries.open_categories(rules)):
        raise NotAllowed(_("This category is not open."))


@transaction.atomic
def choose_category(*, reference: str, category: str, by: Person, at: datetime) -> ExpressionOfInterest:
    """Move a draft to another category; answers to criteria that both share are kept."""
    eoi = locked(reference)
    rules = rules_of(eoi)
    require(can_answer_criteria(by, eoi, rules, "eoi.choose_category"))
    _check_category(rules, category)
    require(closed.takes_in(eoi.program, rules.stream_of(category).key, at))
    asked = {one.key for one in meeting.registered(rules, category)}
    for name, value in route(rules, category).items():
        setattr(eoi, name, value)
    eoi.version += 1
    eoi.criteria = {key: answer for key, answer in eoi.criteria.items() if key in asked}
    eoi.save(update_fields=["category", "stream", "checked_first", "changeable", "criteria", "version"])
    told("eoi.category_chosen", eoi, by=by, at=at, detail={"category": category})
    return eoi


@transaction.atomic
def answer_criteria(*, reference: str, answers: Mapping[str, str], by: Person, at: datetime) -> ExpressionOfInterest:
    """Keep the opener's answers (yes, no or unsure) to mandatory criteria of the category; others stay as they were.

    A no is kept like any answer: what it stops is the next step. Raises ValueError for an unknown criterion or answer.
    """
    eoi = locked(reference)
    require(can_answer_criteria(by, eoi, rules_of(eoi)))
    asked = {one.key for one in meeting.criteria(eoi)}
    if not set(answers) <= asked or not set(answers.values()) <= set(ANSWERS):
        raise ValueError(f"not criteria of {eoi.category}, or not yes, no or unsure: {dict(answers)}")
    eoi.criteria = {**eoi.criteria, **answers}
    eoi.save(update_fields=["criteria"])
    told("eoi.criteria_answered", eoi, by=by, at=at, detail={"answers": dict(answers)})
    return eoi


@transaction.atomic
def let_in_candidate(
    *,
    reference: str,
    email: str,
    name: str,
    language: str,
    by: Person,
    at: datetime,
    offer: Mapping[str, Any] | None = None,
) -> AccessLink:
    """Give the candidate an access of their own and send them its link (nwt.md, R2.1; message N2).

    While the link is unused the employer may correct the name or the address: a new link is sent, the old one dies with
    the account that was opened for it. Raises NotAllowed, or CriterionFails naming what stands in the way.
    ``offer`` are the answers of the job offer's form, where the stream begins with one; raises OfferIncomplete.
    """
    eoi = locked(reference)
    failing = queries.failing_criteria(eoi)
    if failing:
        raise CriterionFails(failing)
    require(can_let_in(by, eoi, rules_of(eoi), open_criteria=queries.open_criteria(eoi)))
    if eoi.candidate and eoi.candidate.username:
        raise NotAllowed(_("The candidate has already used the link."))
    require(closed.takes_in(eoi.program, eoi.stream, at))
    offering.put_in(eoi, offer or {}, at)
    link = accounts.invite_candidate(
        program=eoi.program, email=email, name=clean_name(name), language=language, about=eoi.reference, by=by, at=at
    )
    if eoi.candidate:
        accounts.give_up_link(person=eoi.candidate, by=by, at=at)
    eoi.candidate = link.person
    eoi.save(update_fields=["candidate", "answers", "offer_before"])
    told("eoi.candidate_let_in", eoi, by=by, at=at, for_person=link.person)
    _send_access(eoi, link, at)
    _tell_offer(eoi, at)
    unsure.ask_staff(eoi, at=at)
    return link


@transaction.atomic
def resend_access(*, reference: str, by: Person, at: datetime) -> AccessLink:
    """Send the candidate a new link; the one before stops working."""
    eoi = locked(reference)
    require(can_let_in(by, eoi, rules_of(eoi), open_criteria=queries.open_criteria(eoi), act="eoi.resend_access"))
    if eoi.candidate is None or eoi.candidate.username:
        raise NotAllowed(_("The candidate has already used the link."))
    link = accounts.resend_link(person=eoi.candidate, by=by, at=at)
    told("eoi.access_sent_again", eoi, by=by, at=at, for_person=eoi.candidate)
    _send_access(eoi, link, at)
    return link


def _send_access(eoi: ExpressionOfInterest, link: AccessLink, at: datetime) -> None:
    category = rules_of(eoi).category(eoi.category).name
    tell(
        "candidate_access", eoi, eoi.candidate, at=at, employer=eoi.employer_name, category=category,
        link=people.link_address(link), link_good_until=link.expires_at, use_before=eoi.offer_before,
    )  # fmt: skip


def _tell_offer(eoi: ExpressionOfInterest, at: datetime) -> None:
    """Send the employer the ID of the job offer it made, where files begin with one."""
    if rules_of(eoi).stream(eoi.stream).offer:
        tell(
            "job_offer_made", eoi, eoi.employer, at=at, category=rules_of(eoi).category(eoi.category).name,
            candidate=eoi.candidate.name if eoi.candidate else "", use_before=eoi.offer_before,
        )  # fmt: skip


@transaction.atomic
def save_section(
    *, reference: str, section: str, answers: Mapping[str, Any], by: Person, at: datetime
) -> ExpressionOfInterest:
    """Keep the answers to one section of the questionnaire, complete or not; those of other sections stay.

    ``answers`` holds clean values as ``programs.forms`` gives them; a blank one takes an answer away, and answers whose
    question no longer applies fall away too. Raises ValueError for a key that the section does not ask.
    """
    eoi = locked(reference)
    require(can_fill(by, eoi))
    merged = merged_answers(eoi, eoi.answers, section, answers, by=by)
    if merged != eoi.answers:
        eoi.answers, eoi.version = merged, eoi.version + 1
    eoi.saved_at = at
    eoi.save(update_fields=["answers", "version", "saved_at"])
    return eoi


def merged_answers(
    eoi: ExpressionOfInterest, kept: Mapping[str, Any], section: str, answers: Mapping[str, Any], *, by: Person
) -> dict[str, Any]:
    """Return ``kept`` with a section's answers put in, blanks and what no longer applies taken out.

    From a representative, what only the candidate answers stays as the candidate left it (``forms.as_representative``); the
    e-mail of a file is then that of the candidate's account.
    """
    questions = queries.questionnaire(eoi)
    strange = set(answers) - queries.keys_of_section(questions.section(section))
    if strange:
        raise ValueError(f"section {section} does not ask {sorted(strange)}")
    merged = {key: value for key, value in {**kept, **answers}.items() if not is_blank(value)}
    pruned = dict(forms.pruned(questions, merged, queries.given(eoi)))
    if not by.is_representative:
        return pruned
    theirs, email = forms.as_representative(questions, kept, pruned), rules_of(eoi).questions.email
    if email and is_blank(theirs.get(email)) and eoi.candidate:
        theirs[email] = eoi.candidate.email
    return theirs


@transaction.atomic
def discard_eoi(*, reference: str, by: Person, at: datetime) -> ExpressionOfInterest:
    """Drop a draft. Its answers are emptied: they were never handed in."""
    eoi = locked(reference)
    require(can_discard(by, eoi))
    eoi.state = EOI_LIFECYCLE.after(eoi.state, "discard")
    eoi.answers, eoi.criteria, eoi.version = {}, {}, eoi.version + 1
    eoi.closed_at, eoi.closing_reason = at, ClosingReason.DISCARDED
    eoi.save(update_fields=["state", "answers", "criteria", "version", "closed_at", "closing_reason"])
    told("eoi.discarded", eoi, by=by, at=at)
    if eoi.candidate and eoi.candidate.username and by.pk != eoi.candidate_id:
        tell("eoi_stopped", eoi, eoi.candidate, at=at, stopped_at=at)
    return eoi


@transaction.atomic
def file_anew(*, reference: str, by: Person, at: datetime) -> ExpressionOfInterest:
    """Start a new draft after one that was withdrawn, expired or lapsed, or is near its end: same parties and category.

    The answers come along to be checked and changed; the pack is the one in force now. One that still lives stays in the
    pool until the new one is handed in.
    """
    before = locked(reference)
    opener = before.employer or before.candidate
    Person.objects.select_for_update().get(pk=opener.pk if opener else by.pk)
    pack = programs.pack_in_force(before.program, at)
    rules = programs.rules(pack)
    closed.hold_gate(before.program, [before.stream])
    open_now, needs_offer = queries.has_another_open(before, rules), queries.needs_offer(before, rules)
    require(can_file_anew(by, before, has_one_open=open_now, needs_offer=needs_offer, at=at))
    _check_category(rules, before.category)
    if before.candidate is None:
        raise IllegalMove("file_anew", before.state)
    eoi = ExpressionOfInterest.objects.create(
        reference=new_reference(rules, at), program=before.program, pack=pack, **route(rules, before.category),
        employer=before.employer, candidate=before.candidate, criteria=before.criteria,
        answers=queries.without_declarations(before), opened_at=at, saved_at=at, follows=before,
    )  # fmt: skip
    told("eoi.opened", eoi, by=by, at=at, detail={"category": eoi.category, "pack": str(pack), "after": reference})
    return eoi
