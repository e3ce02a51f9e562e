"""Cut off at the Nth statement: an operation is done whole or not at all, and each leaves its mark in the trail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, transaction

from passerelle.applications import operations as applications
from passerelle.applications import queries as application_queries
from passerelle.core import audit
from passerelle.draws import operations as draws
from passerelle.eoi import operations as eois
from passerelle.invitations import operations as invitations
from passerelle.invitations import queries as invitation_queries
from passerelle.notices import operations as notices
from passerelle.programs import queries as programs
from tests.access.world import taken_back
from tests.support import cases
from tests.support.cases import DAY, NOON
from tests.support.people import PROGRAM
from tests.support.proofs import small_and_full

TRIED = 8


class Cut(Exception):
    """The statement that failed."""


class Statements:
    """Counts what is sent to the database and fails at one of them."""

    def __init__(self, fails_at: int = 0) -> None:
        self.sent, self.fails_at = 0, fails_at

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # Opening and leaving a savepoint is no work; a rollback must get through.
        if "SAVEPOINT" not in sql.upper():
            self.sent += 1
            if self.sent == self.fails_at:
                raise Cut(sql)
        return execute(sql, params, many, context)


def picture() -> dict[str, Any]:
    """Return a fingerprint of every table, whatever rows it holds."""
    tables = sorted({model._meta.db_table for model in apps.get_models() if model._meta.managed})
    asked = " UNION ALL ".join(
        f"SELECT '{name}', count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{name}\" t"
        for name in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {name: (count, hashed) for name, count, hashed in cursor.fetchall()}


@contextmanager
def counted(fails_at: int = 0) -> Iterator[Statements]:
    statements = Statements(fails_at)
    with connection.execute_wrapper(statements):
        yield statements


def drill(name: str, act: Callable[[], object], random: Random, tried: int) -> int:
    """Try ``act`` with the Nth statement failing, for the first, the last and some N between: nothing may be left."""
    before = picture()
    with taken_back(), counted() as whole:
        act()
    numbers = {1, whole.sent, *random.sample(range(1, whole.sent + 1), min(tried, whole.sent))}
    for number in sorted(numbers):
        with counted(number), pytest.raises(Cut), transaction.atomic():
            act()
        left = {table for table, state in picture().items() if state != before[table]}
        assert not left, f"{name}: statement {number} of {whole.sent} failed and {sorted(left)} changed"
    act()
    assert picture() != before
    return len(numbers)


@pytest.mark.django_db
@pytest.mark.parametrize("tried", small_and_full(TRIED, 1_000, "cuts"))
def test_operations_are_done_whole_or_not_at_all(seed: int, tried: int, record_property: Any) -> None:
    random, office, cut = Random(seed), cases.an_office(), 0
    case = cases.answered(office)
    token = uuid4().hex
    cut += drill(
        "submit_eoi",
        lambda: eois.submit_eoi(reference=case.eoi, token=token, by=case.candidate, at=NOON),
        random,
        tried,
    )
    eois.confirm_points(reference=case.eoi, by=office.officer, at=NOON)
    draw = draws.plan_draw(
        program=PROGRAM, held_on=(NOON + DAY).date(), closes_at=NOON + DAY / 4, size=1, by=office.manager, at=NOON,
        categories=[one.key for one in programs.rules_in_force(PROGRAM, NOON).categories],
    )  # fmt: skip
    draws.conduct_draw(number=draw.number, by=office.manager, at=NOON + DAY)
    cut += drill(
        "issue_invitations",
        lambda: invitations.issue_invitations(number=draw.number, by=office.director, at=NOON + DAY),
        random,
        tried,
    )
    invitation = invitation_queries.of_eoi(case.eoi)
    assert invitation
    case.invitation = invitation.reference
    case.application = applications.open_application(
        invitation=case.invitation, by=case.employer, at=NOON + 2 * DAY
    ).reference
    for part, by in (("employer", case.employer), ("candidate", case.candidate)):
        cases.fill_part(case, part, at=NOON + 3 * DAY, submit=False)

        def submit(part: str = part, by: Any = by) -> None:
            applications.submit_part(reference=case.application, part=part, signature=by.name, by=by, at=NOON + 3 * DAY)

        cut += drill(f"submit_part {part}", submit, random, tried)
    applications.take(reference=case.application, reason="", by=office.officer, at=NOON + 4 * DAY)
    for criterion in application_queries.criteria(case.file):
        applications.record_finding(
            reference=case.application, criterion=criterion.key, verdict="met", note="", by=office.officer,
            at=NOON + 4 * DAY,
        )  # fmt: skip
    cut += drill(
        "decide",
        lambda: applications.decide(
            reference=case.application, kind="nomination", by=office.officer, at=NOON + 5 * DAY
        ),
        random,
        tried,
    )
    record_property("statements cut off", cut)
    for subject in (case.eoi, case.invitation, case.application, draw.number):
        assert audit.trail(subject).exists()
        assert audit.verify_chain(subject)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", [12, pytest.param(1, marks=pytest.mark.proof)])
def test_a_submission_undone_at_any_statement_sends_no_mail(step: int, mailbox: Any, record_property: Any) -> None:
    """Each time the worker runs right afterwards, against a real mail server; then the submission goes through."""
    case, later, token = cases.answered(cases.an_office()), NOON + DAY, uuid4().hex

    def submit() -> None:
        eois.submit_eoi(reference=case.eoi, token=token, by=case.candidate, at=NOON)

    while notices.send_due(at=later):
        pass
    before, number = len(mailbox.messages), 1
    while was_cut_off(submit, number):
        notices.send_due(at=later)
        assert len(mailbox.messages) == before, f"statement {number} failed and a message went out"
        number += step
    assert len(mailbox.messages) == before
    notices.send_due(at=later)
    assert len(mailbox.messages) == before + 2
    record_property("statements cut off", number // step)
    assert number > step


def was_cut_off(act: Callable[[], object], number: int) -> bool:
    """Do ``act`` with its ``number``-th statement failing; False when it needs fewer and is done."""
    with counted(number):
        try:
            act()
        except Cut:
            return True
    return False


@pytest.mark.django_db
def test_the_guard_would_notice_a_half_done_operation() -> None:
    """The control arm: the same act without its transaction leaves something behind, and the drill says so."""
    office = cases.an_office()
    case = cases.answered(office)
    undone = eois.submit_eoi.__wrapped__  # type: ignore[attr-defined]
    before = picture()
    with counted() as whole, taken_back():
        undone(reference=case.eoi, token=uuid4().hex, by=case.candidate, at=NOON)
    with counted(whole.sent), pytest.raises(Cut):
        undone(reference=case.eoi, token=uuid4().hex, by=case.candidate, at=NOON)
    assert picture() != before


@pytest.mark.django_db
def test_each_operation_on_an_application_leaves_an_event() -> None:
    office = cases.an_office()
    case = cases.opened(office)
    reference, officer, at = case.application, office.officer, NOON + 4 * DAY
    seen: list[str] = []

    def leaves(event: str, act: Callable[[], object]) -> None:
        known = set(audit.trail(reference).values_list("pk", flat=True))
        act()
        new = [row.event for row in audit.trail(reference).exclude(pk__in=known)]
        assert event in new, f"{event} is not in the trail, only {new}"
        seen.append(event)

    assert audit.trail(reference).filter(event="application.opened").exists()
    with taken_back():
        leaves("application.withdrawn", lambda: applications.withdraw_application(
            reference=reference, reason="", by=case.candidate, at=at))  # fmt: skip
    with taken_back():
        leaves("application.lapsed", lambda: applications.close_lapsed(at=NOON + 60 * DAY))
    leaves("application.part_submitted", lambda: cases.fill_part(case, "employer", at=at))
    leaves("application.complete", lambda: cases.fill_part(case, "candidate", at=at))
    leaves("application.taken", lambda: applications.take_next(program=PROGRAM, by=officer, at=at))
    leaves("application.put_back", lambda: applications.put_back(reference=reference, reason="Ill", by=officer, at=at))
    leaves("application.taken", lambda: applications.take(reference=reference, reason="", by=office.second, at=at))
    leaves("application.taken_over", lambda: applications.take(reference=reference, reason="Gone", by=officer, at=at))
    leaves("application.information_requested", lambda: applications.ask_information(
        reference=reference, question="When?", by=officer, at=at))  # fmt: skip
    leaves("application.information_received", lambda: applications.answer_information(
        reference=reference, answer="Then.", uploads=[], by=case.employer, at=at))  # fmt: skip

    def find(key: str, verdict: str) -> None:
        applications.record_finding(
            reference=reference, criterion=key, verdict=verdict, note="Not shown.", by=officer, at=at
        )

    keys = [one.key for one in application_queries.criteria(case.file)]
    for key in keys[:-1]:
        find(key, "met")
    with taken_back():
        leaves("application.finding", lambda: find(keys[-1], "not_met"))
        leaves("application.refused", lambda: applications.decide(
            reference=reference, kind="refusal", reasons="No.", grounds=keys[-1:], by=officer, at=at))  # fmt: skip
        leaves("review.asked", lambda: applications.ask_review(
            reference=reference, error="Wrong.", by=case.employer, at=at))  # fmt: skip
        leaves("review.overturned", lambda: applications.decide_review(
            reference=reference, outcome="overturned", reasons="Right.", by=office.second, at=at))  # fmt: skip
    find(keys[-1], "met")
    leaves("application.nominated", lambda: applications.decide(
        reference=reference, kind="nomination", by=officer, at=at))  # fmt: skip
    leaves("agreement.signed", lambda: applications.sign_agreement(
        reference=reference, name="Marguerite Beaulieu", by=case.employer, at=at))  # fmt: skip
    leaves("application.change_reported", lambda: applications.report_change(
        reference=reference, kind="hours", happened_on=at.date(), detail="", by=case.employer, at=at))  # fmt: skip
    asked: list[Any] = []
    leaves("support_letter.asked", lambda: asked.append(applications.ask_support_letter(
        reference=reference, permit_expires_on=(at + 100 * DAY).date(), by=case.candidate, at=at)))  # fmt: skip
    leaves("support_letter.issued", lambda: applications.issue_support_letter(
        request=asked[0].pk, by=officer, at=at))  # fmt: skip
    assert audit.verify_chain(reference)
    assert len(set(seen)) == 18
