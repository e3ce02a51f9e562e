"""A small program whose candidates open their own files, for tests: the shipped pack told differently where it matters.

Stream ``offer``: candidate and employer each have a form, open from the start, and a fee. Stream ``alone``: no employer.
In both, points are proven after the invitation and a nomination takes its place of the year.
"""

import io
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any
from uuid import uuid4

from django.conf import settings
from ruamel.yaml import YAML

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person
from passerelle.allocations import operations as allocations
from passerelle.applications import operations as applications
from passerelle.core import audit
from passerelle.core.deadlines import local_day
from passerelle.draws import operations as draws
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.operations.submitting import keep_version
from passerelle.eoi.scoring import scored
from passerelle.invitations import operations as invitations
from passerelle.invitations import queries as invitation_queries
from passerelle.payments import operations as payments
from passerelle.payments import queries as payment_queries
from passerelle.programs import files
from passerelle.programs import queries as programs
from passerelle.programs.models import Pack, Program
from tests.support import invented
from tests.support.cases import DAY, NOON, Case, Office, fill_part
from tests.support.people import PASSWORD, a_staff_member
from tests.support.worlds import made_once

CODE = "ca-first"
FEE = 150_000
_WORDS = {
    "employer_access": ("A link from {candidate}", "{link} {join} {deadline} {link_good_until}", {
        "candidate": "text", "link": "link", "link_good_until": "deadline", "deadline": "deadline",
        "join": {"type": "link", "optional": True}, "can_join": "flag",
    }),
    "refusal": ("Refused", "{reasons}\n\n[if unproven] - {unproven}\n\n[if unmet] - {unmet}", {
        "reasons": "text", "unproven": "list", "unmet": "list",
    }),
    "return_letter": ("Returned", "[if incomplete] - {missing}\n\n[unless incomplete] {ground}\n\n[if refunded] Refunded.", {
        "missing": "list", "ground": "text", "refunded": "flag", "incomplete": "flag",
    }),
    "application_returned": ("File {file_number}", "A letter waits.", {"file_number": "text"}),
    "interview_called": ("Interview, file {file_number}", "{held} {place} {link}", {
        "file_number": "text", "held": "moment", "place": {"type": "text", "optional": True},
        "link": {"type": "text", "optional": True},
    }),
    "review_decision": ("Reviewed", "\n\n".join((
        "{reasons}", "[if upheld] Upheld.", "[if assessed_again] Assessed again.", "[if nominated] Nominated.",
        "[if reinstated] Reinstated.",
    )), {
        "reasons": "text", "upheld": "flag", "assessed_again": "flag", "nominated": "flag", "reinstated": "flag",
    }),
    "cancellation_letter": ("Cancelled", "{number} {reason}", {"number": "text", "reason": "text"}),
    **{
        f"nomination_{kind}": ("Nomination {number}", "{expires} {reason}", {
            "number": "text", "expires": "deadline", "reason": "text",
        })
        for kind in ("extended", "paused", "resumed", "cancelled")
    },
    "account_created": ("Open", "{username}", {"username": "text"}),
    "representative_asks": ("{representative} asks", "{licence} {link}", {
        "representative": "text", "licence": "text", "link": "link",
    }),
    "representative_appointed": ("{representative} for {client}", "{day}", {
        "representative": "text", "client": "text", "day": "moment",
    }),
    "representative_ended": ("{representative} for {client}: over", "{day}", {
        "representative": "text", "client": "text", "day": "moment",
    }),
    "employer_joined": ("{employer} takes part", "{employer} takes part.", {"employer": "text"}),
}  # fmt: skip


@lru_cache(maxsize=1)
def sources() -> dict[str, str]:
    """Return the files of the pack."""
    shipped = files.sources(settings.PACKS / "ca-nt" / "2026-1")
    program, chosen = _read(shipped["program.yaml"]), _read(shipped["settings.yaml"])
    [stream] = program["streams"]
    parts = {one["key"]: {key: value for key, value in one.items() if key != "opens_after"} for one in stream["parts"]}
    first = {
        **stream, "opened_by": "candidate", "points_confirmed": "after_invitation", "edits": "until_invited",
        "places": "used_at_nomination",
    }  # fmt: skip
    program.update(
        code=CODE, reference_prefix="CF", accounts="per_person", one_live_eoi="stream",
        representatives={
            "bodies": [{"key": "college", "name": {"en": "College", "fr": "Collège"}}], "source": "test",
            "certainty": "general",
        },
        streams=[
            {**first, "key": "offer", "parts": [parts["candidate"], parts["employer"]]},
            {**first, "key": "alone", "job_offer": False, "parts": [parts["candidate"]]},
        ],
    )  # fmt: skip
    for category in program["categories"]:
        category["stream"] = "alone" if category["key"] == "entry_level" else "offer"
    for one in chosen["settings"]:
        if one["key"] == "application_fee_cents":
            one["value"] = FEE
    chosen["settings"].append({
        "key": "returned_by_director", "label": {"en": "Returns", "fr": "Renvois"}, "value": True, "source": "test",
        "certainty": "general",
    })  # fmt: skip
    lasts = next(one for one in chosen["deadlines"] if one["key"] == "application")
    chosen["deadlines"].append({**lasts, "key": "nomination", "days": 180})
    chosen["deadlines"].append({**lasts, "key": "review_decision", "days": 60})
    letters = {f"letters/{kind}.yaml": _letter(kind, *words) for kind, words in _WORDS.items()}
    return {**shipped, "program.yaml": _written(program), "settings.yaml": _written(chosen), **letters}


PAPER = {"refusal", "return_letter", "cancellation_letter", "review_decision"}


def _letter(kind: str, subject: str, body: str, blanks: dict[str, Any]) -> str:
    words = {"subject": {"en": subject, "fr": subject}, "body": {"en": body, "fr": body}}
    return _written({
        "kind": kind, "medium": "paper" if kind in PAPER else "mail", "about": {"en": kind, "fr": kind},
        "source": "test", "certainty": "general", "blanks": blanks,
        "everyone": words,
    })  # fmt: skip


def _read(text: str) -> Any:
    return YAML(typ="safe").load(text)


def _written(tree: Any) -> str:
    kept = io.StringIO()
    YAML().dump(tree, kept)
    return kept.getvalue()


@lru_cache(maxsize=8)
def _told_with(said: tuple[tuple[str, Any], ...]) -> dict[str, str]:
    """The files of the pack with other values of its settings, or further ones."""
    chosen = _read(sources()["settings.yaml"])
    kept = {one["key"]: one for one in chosen["settings"]}
    for key, value in said:
        if key in kept:
            kept[key]["value"] = value
        else:
            words = {"en": key, "fr": key}
            chosen["settings"].append(
                {"key": key, "label": words, "value": value, "source": "test", "certainty": "general"}
            )
    return {**sources(), "settings.yaml": _written(chosen)}


def told_with(**said: Any) -> dict[str, str]:
    """The files of the pack with ``said`` for settings."""
    return _told_with(tuple(sorted(said.items()))) if said else sources()


@made_once
def an_office(*, places: int = 50, at: datetime = NOON - 30 * DAY, **said: Any) -> Office:
    """Put the pack in force, set the year's places, and appoint one person to each role; ``said`` are settings of the pack."""
    Program.objects.get_or_create(code=CODE, defaults={"opened_at": at})
    told = told_with(**said)
    Pack.objects.get_or_create(
        code=CODE, version="t-1",
        defaults={
            "pk": 900_101, "kind": "program", "program_id": CODE, "sha256": files.fingerprint(told),
            "sources": told, "loaded_at": at, "in_force_from": datetime(2026, 1, 1, tzinfo=UTC),
        },
    )  # fmt: skip
    staff = {
        name: a_staff_member(*roles, program=CODE)
        for name, roles in {
            "officer": ["officer"], "second": ["officer", "reviewer"], "manager": ["draw_manager"],
            "director": ["director"], "auditor": ["auditor"],
        }.items()
    }  # fmt: skip
    allocations.set_places(program=CODE, year=at.year, places=places, reason="Year", by=staff["director"], at=at)
    return Office(**staff)


def a_candidate(number: int, name: str = "Ines Duarte", *, at: datetime = NOON) -> Person:
    """A candidate's own account."""
    link = accounts.invite_candidate(
        program=CODE, email=f"cf{number}@example.org", name=name, language="en", about="", by=a_staff_member(), at=at
    )
    return accounts.redeem_link(token=link.token, username=f"cf{number}", password=PASSWORD, at=at)


@made_once
def in_pool(office: Office, *, category: str = "skilled", at: datetime = NOON) -> Case:
    """A candidate's expression of interest, in the pool of its stream since ``at``."""
    number = 500_001 + ExpressionOfInterest.objects.filter(program=CODE).count()  # as in cases.answered
    pack = programs.pack_in_force(CODE, at)
    who = invented.candidate(Random(number), number=number, category=category, strong=True, on=at.date())
    person = a_candidate(number, who.name, at=at)
    score, stream = scored(pack, who.answers, category=category, at=at), programs.rules(pack).stream_of(category)
    eoi = ExpressionOfInterest.objects.create(
        reference=f"CF-E-2026-{number:06d}", program=CODE, stream=stream.key, category=category, pack=pack,
        candidate=person, state="in_pool", answers=who.answers, opened_at=at, checked_first=False, changeable=True,
        facts=score.facts, points=score.points, sheet=score.sheet, grid=score.grid, live_scope=f"{CODE} {stream.key}",
        person_key=uuid4().hex, first_submitted_at=at, submitted_at=at, placed_at=at, valid_before=at + 365 * DAY,
        review_by=at + 5 * DAY, confirmed_at=at, confirmed_points=score.points, receipt="signed",
    )  # fmt: skip
    keep_version(eoi, by=person, at=at)
    audit.record("eoi.submitted", subject=eoi.reference, by=person, at=at, program=CODE)
    return Case(office, person, person, eoi.reference, who.answers)


@made_once
def invited(office: Office, *, category: str = "skilled", at: datetime = NOON) -> Case:
    """A file that a draw of its stream took; invited at ``at`` + 2 days. It has no employer yet."""
    case, held = in_pool(office, category=category, at=at), at + 2 * DAY
    rules = programs.rules_in_force(CODE, at)
    categories = [one.key for one in rules.categories_of(rules.stream_of(category).key)]
    draw = draws.plan_draw(
        program=CODE, held_on=local_day(held, rules.zone), closes_at=at + DAY, size=1, categories=categories,
        by=office.manager, at=at,
    )  # fmt: skip
    draws.conduct_draw(number=draw.number, by=office.manager, at=held)
    invitations.issue_invitations(number=draw.number, by=office.director, at=held)
    invitation = invitation_queries.of_eoi(case.eoi)
    assert invitation is not None
    case.draw, case.invitation = draw.number, invitation.reference
    return case


@made_once
def opened(office: Office, *, category: str = "skilled", at: datetime = NOON) -> Case:
    """An application that the candidate opened three days after ``at``."""
    case = invited(office, category=category, at=at)
    case.application = applications.open_application(
        invitation=case.invitation, by=case.candidate, at=at + 3 * DAY
    ).reference
    return case


def let_in(case: Case, *, at: datetime, language: str = "en") -> Any:
    """The link that the candidate sends to the employer."""
    return applications.let_in_employer(
        reference=case.application, email="boss@example.org", name="Northern Mill", language=language, by=case.candidate,
        at=at,
    )  # fmt: skip


@made_once
def with_employer(office: Office, *, at: datetime = NOON) -> Case:
    """An application whose employer has used its link."""
    case = opened(office, at=at)
    link = let_in(case, at=at + 3 * DAY)
    case.employer = accounts.redeem_link(
        token=link.token, username=f"boss-{link.person_id}", password=PASSWORD, at=at + 3 * DAY
    )
    return case


@made_once
def unpaid(office: Office, *, category: str = "skilled", at: datetime = NOON) -> Case:
    """An application with every form in and the fee asked for, four days after ``at``."""
    if category == "entry_level":
        case = opened(office, category=category, at=at)
    else:
        case = with_employer(office, at=at)
        fill_part(case, "employer", at=at + 4 * DAY)
    fill_part(case, "candidate", at=at + 4 * DAY)
    return case


def fee_of(case: Case) -> Any:
    """The payment that was asked for."""
    return payment_queries.payment_of(about=case.application, purpose="application_fee")


def pay(case: Case, *, at: datetime, accepted: bool = True) -> Any:
    """The candidate pays with the practice card."""
    reference = fee_of(case).reference
    payments.start(reference=reference, by=case.candidate, at=at)
    return payments.practise(reference=reference, accepted=accepted, by=case.candidate, at=at)


@made_once
def queued(office: Office, *, category: str = "skilled", at: datetime = NOON) -> Case:
    """A complete application, paid five days after ``at``."""
    case = unpaid(office, category=category, at=at)
    pay(case, at=at + 5 * DAY)
    return case


@made_once
def assessed(office: Office, *, category: str = "skilled", at: datetime = NOON, failing: int = 0) -> Case:
    """A file in the officer's hands with a finding on everything to be found, the last ``failing`` of them not met."""
    from passerelle.applications import queries

    case, when = queued(office, category=category, at=at), at + 6 * DAY
    applications.take(reference=case.application, reason="", by=office.officer, at=when)
    wanted = queries.criteria(case.file)
    for place, one in enumerate(wanted):
        unmet = place >= len(wanted) - failing
        applications.record_finding(
            reference=case.application, criterion=one.key, verdict="not_met" if unmet else "met",
            note="Not shown." if unmet else "", by=office.officer, at=when,
        )  # fmt: skip
    return case


@made_once
def refused(office: Office, *, category: str = "skilled", at: datetime = NOON) -> Case:
    """A file refused seven days after ``at`` because the last thing to be found is not shown."""
    from passerelle.applications import queries

    case = assessed(office, category=category, at=at, failing=1)
    found = queries.latest_findings(case.file)
    grounds = [key for key, finding in found.items() if finding.verdict == "not_met"]
    applications.decide(
        reference=case.application, kind="refusal", reasons="It is not shown.", grounds=grounds, by=office.officer,
        at=at + 7 * DAY,
    )  # fmt: skip
    return case


HOUR = timedelta(hours=1)
