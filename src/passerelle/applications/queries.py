"""What is so about applications. Lists are filtered by who asks: what a person may not see does not exist for them."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from passerelle.accounts import acting
from passerelle.accounts import queries as accounts
from passerelle.accounts.models import Person
from passerelle.applications import claims
from passerelle.applications.models import Application, Finding, Nomination, Part, ReviewRequest
from passerelle.applications.states import UNDECIDED, ApplicationState, NominationStanding, PartState
from passerelle.core import deadlines
from passerelle.core.text import pick
from passerelle.documents import queries as documents
from passerelle.notices import queries as notices
from passerelle.programs import forms
from passerelle.programs import queries as programs
from passerelle.programs.forms.pruning import keys_of as keys_of_question
from passerelle.programs.rules import ProgramRules
from passerelle.programs.rules.schema import Stream

_RELATED = ("invitation__eoi__pack", "invitation__draw", "employer", "candidate", "officer")
# The files of a pack are large and its rules are read once: no row brings them along.
_UNREAD = "invitation__eoi__pack__sources"


def application_for(person: Person, *, reference: str) -> Application:
    """Return the application if ``person`` is a party to it or works in its program; raises DoesNotExist (a 404)."""
    return visible_to(person).select_related(*_RELATED).defer(_UNREAD).get(reference=reference)


def visible_to(person: Person) -> QuerySet[Application]:
    """The applications that exist for ``person``. Officers see a file once it is complete (R5.8)."""
    if person.audience != "staff":
        return Application.objects.of(person)
    theirs = Q(program__in=person.programs_worked_in())
    return Application.objects.filter(theirs).exclude(state=ApplicationState.FILLING, file_number=None)


def files_of(person: Person) -> QuerySet[Application]:
    """The applications in which ``person`` is a party, newest first."""
    return Application.objects.of(person).select_related(*_RELATED).defer(_UNREAD)


def joined_by(person: Person) -> QuerySet[Application]:
    """The applications an employer was let into, of files that it did not open itself; newest first."""
    theirs = Application.objects.filter(employer=person).exclude(invitation__eoi__employer=person)
    return theirs.select_related(*_RELATED).defer(_UNREAD)


def under_way(program: str) -> QuerySet[Application]:
    """The applications of a program that may still be nominated, and those whose nomination has not been cancelled."""
    stands = Q(state=ApplicationState.NOMINATED, nomination__cancelled_at=None)
    reviewed = Q(pk__in=open_reviews(program).order_by().values("application"))
    rows = Application.objects.filter(Q(state__in=UNDECIDED) | stands | reviewed, program=program)
    return rows.select_related("invitation__eoi").order_by("pk")


def of_eoi(eoi: str) -> Application | None:
    """The application that followed an EOI, if one did."""
    return Application.objects.filter(invitation__eoi__reference=eoi).select_related(*_RELATED).defer(_UNREAD).first()


def of_invitation(invitation: str) -> Application | None:
    """The application opened from an invitation, if one was."""
    return Application.objects.filter(invitation__reference=invitation).select_related(*_RELATED).defer(_UNREAD).first()


def of_reference(reference: str) -> Application | None:
    """The application of that reference, whoever asks: for operations, which ask whether they may."""
    return Application.objects.filter(reference=reference).select_related(*_RELATED).defer(_UNREAD).first()


def takes_part(application: Application) -> bool:
    """Whether the employer has a form of its own in this stream."""
    return any(part.side == "employer" for part in stream_of(application).parts)


def may_join(application: Application) -> bool:
    """Whether an employer comes in with an account it has: where accounts are a person's, not a candidate's."""
    return str(rules_of(application).accounts) == "per_person"


def opened_by(person: Person, invitation: str) -> Application | None:
    """The application of an invitation, if ``person`` is the party that opens it and has."""
    found = of_invitation(invitation)
    return found if found and found.side_of(person) == stream_of(found).opened_by else None


def waiting_for_fee(reference: str) -> Application | None:
    """The application whose forms are in and whose fee is not, with its parties; None for any other."""
    rows = Application.objects.filter(reference=reference, state=ApplicationState.AWAITING_PAYMENT)
    return rows.select_related(*_RELATED).defer(_UNREAD).first()


def stream_of(application: Application) -> Stream:
    """The stream the file went through, under the pack it began under."""
    eoi = application.invitation.eoi
    return rules_of(application).stream(eoi.stream)


def holds_place(application: Application) -> bool:
    """Whether a place of the year is held from the invitation on; elsewhere a nomination takes one."""
    return stream_of(application).places == "held_at_invitation"


def to_be_asked(application: Application) -> dict[str, Person]:
    """Who may be asked for more, by side: the employer where employers open files, else every party there is."""
    parties = {"candidate": application.candidate, "employer": application.employer}
    stream = stream_of(application)
    everybody = stream.opened_by == "candidate" or stream.offer is not None
    return {side: person for side, person in parties.items() if person and (everybody or side == stream.opened_by)}


def has_words(application: Application, kind: str, at: datetime) -> bool:
    """Whether the program's pack writes letters or messages of this kind: what it has no words for is not done there."""
    return kind in programs.rules_in_force(application.program, at).letters


def director_returns(application: Application, at: datetime) -> bool:
    """Whether the rules in force let a director return an application undecided: their setting says so, and there is a letter."""
    rules = programs.rules_in_force(application.program, at)
    return bool(rules.stated("returned_by_director", False)) and "return_letter" in rules.letters


def nomination_of(application: Application) -> Nomination | None:
    """The nomination a file led to, where its pack keeps them."""
    return Nomination.objects.filter(application=application).select_related("cancel_asked_by", "application").first()


def nomination_standing(application: Application, at: datetime) -> NominationStanding | None:
    """Where the nomination of a file stands at ``at``; None of a file without one, or whose pack keeps none."""
    if application.state != ApplicationState.NOMINATED:
        return None
    nomination = nomination_of(application)
    return nomination.standing(at) if nomination else None


def rules_of(application: Application) -> ProgramRules:
    """The pack the file began under."""
    return programs.rules(application.invitation.eoi.pack)


def part_for(person: Person, *, reference: str, part: str) -> Part:
    """Return one part to its own party or to staff; raises DoesNotExist."""
    application = application_for(person, reference=reference)
    found = application.parts.get(key=part)
    if person.audience != "staff" and found.side != application.side_of(person):
        raise Part.DoesNotExist
    found.application = application
    return found


# --- what a part holds and still needs ---


def stated_part(part: Part) -> Any:
    """A part as the pack states it: its name, its form, whose it is."""
    return rules_of(part.application).part(part.application.invitation.eoi.stream, part.key)


def questionnaire(part: Part) -> Any:
    """The form of a part, as the pack states it."""
    rules = rules_of(part.application)
    return rules.questionnaire(stated_part(part).form)


def values(part: Part) -> dict[str, Any]:
    """Everything a condition on this part may look at: EOI facts and answers, this part's answers, the category."""
    eoi = part.application.invitation.eoi
    return {**(eoi.answers or {}), **(eoi.facts or {}), **part.answers, "category": eoi.category, "stream": eoi.stream}


def given(part: Part) -> dict[str, Any]:
    """What conditions may read beside the part's own answers: the EOI's facts and the category."""
    eoi = part.application.invitation.eoi
    return {**(eoi.facts or {}), "category": eoi.category, "stream": eoi.stream}


def slots(part: Part) -> list[Any]:
    """The documents asked in this part, conditions settled."""
    asked = rules_of(part.application).checklist(part.side, values(part))
    return claims.with_proofs(asked, part.application, side=part.side)


def documents_of(part: Part) -> dict[str, list[Any]]:
    """The files in each slot of a part."""
    filed: dict[str, list[Any]] = {}
    for document in documents.files(part.owner):
        filed.setdefault(document.slot, []).append(document)
    return filed


def document_of(owner: str, document: Any) -> Any:
    """Return one file kept under ``owner``; raises DoesNotExist for a file of another owner."""
    return documents.files(owner).get(pk=document)


def sections(part: Part) -> list[tuple[Any, str]]:
    """The sections of a part's form that apply, each with its state (not_started, in_progress, done, optional)."""
    known = given(part)
    stated = ((one, forms.section_state(one, part.answers, known)) for one in questionnaire(part).sections)
    return [(one, state) for one, state in stated if state != "not_applicable"]


def keys_of(part: Part, section: str) -> set[str]:
    """The answer keys that one section fills."""
    return {key for one in questionnaire(part).section(section).questions for key in keys_of_question(one)}


def prefilled(application: Application, part: str) -> dict[str, Any]:
    """Answers the candidate's form starts with, taken from the EOI where the pack says so; none for the employer's."""
    rules, eoi = rules_of(application), application.invitation.eoi
    stated = rules.part(eoi.stream, part)
    if stated.side != "candidate":
        return {}
    return forms.prefilled(
        rules.questionnaire(stated.form), {}, eoi.answers or {}, {"category": eoi.category, "stream": eoi.stream}
    )


def earlier_company_facts(person: Person, part: Part) -> dict[str, dict[str, Any]]:
    """Company facts from submitted parts of the same employer: by application reference, newest first.

    The same employer means this account and those that share its verified e-mail.
    """
    accounts_of = [person.pk, *(one.pk for one in accounts.other_files(person))]
    form = questionnaire(part)
    earlier = Part.objects.filter(
        key=part.key, state=PartState.SUBMITTED, application__employer__in=accounts_of,
        application__program=part.application.program,
    ).exclude(pk=part.pk).select_related("application").order_by("-submitted_at")  # fmt: skip
    return {one.application.reference: forms.company_answers(form, one.answers) for one in earlier[:10]}


def declaration_hash(part: Part) -> str:
    """The hash of what is signed: the form's name, the pack and the answers as they stand."""
    told = {"form": part.key, "pack": part.application.invitation.eoi.pack.sha256, "answers": part.answers}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def answer_rows(part: Part, language: str) -> Any:
    """The part's answers as rows to read."""
    rules = rules_of(part.application)
    return forms.answer_rows(rules, questionnaire(part), part.answers, language, given=given(part))


# --- the queue and the assessment ---


def queue(program: str) -> QuerySet[Application]:
    """Complete applications not yet taken, by the instant received (R5.7)."""
    return Application.objects.waiting(program).select_related(*_RELATED).defer(_UNREAD)


def queue_for(officer: Person, program: str) -> QuerySet[Application]:
    """The queue without the files of draws this officer issued: another officer must decide those."""
    return Application.objects.waiting(program).exclude(invitation__issued_by=officer)


def in_hand(officer: Person, program: str) -> QuerySet[Application]:
    """The files this officer has taken and not decided, oldest first."""
    open_states = (
        ApplicationState.IN_ASSESSMENT, ApplicationState.INFORMATION_REQUESTED, ApplicationState.INTERVIEW,
    )  # fmt: skip
    return (
        Application.objects.filter(program=program, officer=officer, state__in=open_states)
        .select_related(*_RELATED)
        .defer(_UNREAD)
        .order_by("received_at", "pk")
    )


def complete_files(program: str) -> QuerySet[Application]:
    """Every file with a number, newest first."""
    return (
        Application.objects.filter(program=program, file_number__isnull=False)
        .select_related(*_RELATED)
        .defer(_UNREAD)
        .order_by("-received_at", "-pk")
    )


def numbered(program: str, number: str) -> list[str]:
    """Expressions of interest whose application, complete or not, has this reference or file number."""
    found = Application.objects.filter(Q(file_number__iexact=number) | Q(reference__iexact=number), program=program)
    return list(found.order_by("pk").values_list("invitation__eoi__reference", flat=True))


def ahead_of(application: Application) -> int:
    """How many files in the queue were received before this one."""
    if application.received_at is None:
        return 0
    earlier = Q(received_at__lt=application.received_at) | Q(received_at=application.received_at, pk__lt=application.pk)
    return Application.objects.waiting(application.program).filter(earlier).count()


def working_on(program: str) -> datetime | None:
    """The latest instant received among files taken: "working on files received …"."""
    taken = Application.objects.filter(program=program, taken_at__isnull=False)
    latest: datetime | None = taken.aggregate(latest=Max("received_at"))["latest"]
    return latest


def drawn_by(application: Application) -> Person:
    """Who issued the draw this file came from."""
    issuer: Person = application.invitation.issued_by
    return issuer


def criteria(application: Application) -> list[Any]:
    """What an officer checks: the criteria in the words of the category, then the points to be proven."""
    stated = rules_of(application).criteria(application.invitation.eoi.category)
    return [*stated, *claims.of(application)]


def criteria_labels(application: Application, keys: Iterable[str], language: str) -> list[str]:
    """The criteria's words, in the order given."""
    words = {one.key: pick(one.label, language) for one in criteria(application)}
    return [words[key] for key in keys if key in words]


def latest_findings(application: Application) -> dict[str, Finding]:
    """The finding that counts on each criterion: the latest since the file was last reopened."""
    return {finding.criterion: finding for finding in application.findings.select_related("by").order_by("at", "pk")}


def may_read(person: Person, application: Application, *, owner: str) -> bool:
    """Whether ``person`` may open files kept under ``owner``: staff all, a party its own parts' and answers'."""
    if not owner.startswith(f"{application.reference}/"):
        return False
    if person.audience == "staff":
        return True
    own_parts = {
        f"{application.reference}/{one.key}" for one in application.parts.filter(side=application.side_of(person))
    }
    own_answers = {one.owner for one in application.information_requests.filter(acting.theirs(person, "to"))}
    proofs: set[str] = set()
    if application.side_of(person) == "candidate":
        proofs = {one.owner for one in application.federal_invitations.all()}
    return owner in own_parts | own_answers | proofs


# --- words for letters ---


def employer_name(application: Application) -> str:
    """The company's legal name from its form, or the account's name."""
    part = application.parts.filter(side="employer").first()
    return str((part.answers if part else {}).get("legal_name") or application.employer_name)


def position(application: Application, language: str) -> str:
    """The job's title and occupation code."""
    part = application.parts.filter(side="employer").first()
    title = (part.answers if part else {}).get("position_title")
    asked = rules_of(application).questions.occupation
    code = (application.invitation.eoi.answers or {}).get(asked, "") if asked else ""
    occupation = programs.occupation(str(code)) if code else None
    named = title or (occupation.title(language) if occupation else "")
    return f"{named} ({code})" if code else str(named)


def letters(application: Application, person: Person) -> list[Any]:
    """The letters about this file addressed to ``person``; staff see all."""
    found = notices.letters(application.reference)
    return list(found if person.audience == "staff" else found.filter(acting.theirs(person, "to")))


def agreement(application: Application, person: Person) -> Any:
    """The memorandum of understanding of a nominated file as issued to ``person``; None before."""
    issued = notices.letters(application.reference).filter(kind="agreement").filter(acting.theirs(person, "to"))
    return issued.order_by("made_at", "pk").last()


def local_year(application: Application, at: datetime) -> int:
    """The year of the allocation at an instant, in the program's zone."""
    return deadlines.local_day(at, rules_of(application).zone).year


def open_reviews(program: str) -> QuerySet[ReviewRequest]:
    """Reviews asked for and not decided, oldest first."""
    waiting = ReviewRequest.objects.filter(application__program=program, outcome="")
    return waiting.select_related("application__employer", "asked_by", "made_by").order_by("asked_at", "pk")
