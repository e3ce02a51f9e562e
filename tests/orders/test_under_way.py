"""A ban that meets a file under way: staff are asked about it, and it is not nominated before somebody has answered."""

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from passerelle.accounts import operations as accounts
from passerelle.applications import mandatory, queries
from passerelle.applications import operations as applications
from passerelle.core import clock
from passerelle.core.verdicts import NotAllowed
from passerelle.notices import operations as notices
from passerelle.notices import queries as tasks
from passerelle.orders import operations
from passerelle.orders import queries as order_queries
from passerelle.orders.models import Order
from passerelle.project.sweeping import sweep
from tests.factories import NOON
from tests.orders.office import BAN, PENALTY, an_order_office, made
from tests.support import candidate_first
from tests.support.cases import DAY, Case, assessed, fill_part, opened
from tests.support.people import PASSWORD, PROGRAM, signed_in

pytestmark = pytest.mark.django_db
MINUTE = DAY / 1440


def barring(case: Case, kind: str = "employer", **given: Any) -> Order:
    """An order against a party of the case's file, made while the file is under way."""
    return made(
        case.office, given.pop("terms", BAN), kind=kind, eoi=case.file.invitation.eoi, at=NOON + 4 * DAY, **given
    )


def asked(order: Order) -> list[Any]:
    return list(tasks.tasks(PROGRAM).filter(kind="order.party_in_file", detail__order=order.reference))


def nominate(case: Case, at: datetime) -> None:
    applications.decide(reference=case.application, kind="nomination", by=case.office.officer, at=at)


def renewed(case: Case, at: datetime) -> None:
    """The officer's words on what has ended with the years: a permit, a test."""
    for check in mandatory.unmet(case.file, at):
        applications.record_finding(
            reference=case.application, criterion=check.criterion.key, verdict="met", note="Renewed since.",
            by=case.office.officer, at=at,
        )  # fmt: skip


@pytest.mark.parametrize("kind", ["candidate", "employer"])
def test_a_file_of_whom_an_order_bars_waits_for_somebody_to_decide_about_it(kind: str):
    case, other = assessed(office := an_order_office()), assessed(office)
    order = barring(case, kind)
    later = order.made_at + DAY

    [task] = asked(order)
    assert (task.about, order.reference in task.detail["en"], order.reference in task.detail["fr"]) == (
        case.eoi, True, True,
    )  # fmt: skip
    leads_to = reverse("desks:whole_file", args=[case.eoi])
    officer = signed_in(office.officer)
    assert leads_to in officer.get(reverse("notices:task", args=[task.pk])).content.decode()
    assert officer.get(leads_to).status_code == 200
    with pytest.raises(NotAllowed, match=order.reference):
        nominate(case, later)
    assert case.file.state == "in_assessment"

    nominate(other, later)  # whose parties are others
    notices.close_task(
        task=task, by=office.director, at=later, note="The offer stands: nothing was found in this file."
    )
    nominate(case, later + MINUTE)

    assert (case.file.state, other.file.state) == ("nominated", "nominated")


@pytest.mark.parametrize("freed", ["set aside", "the ban is over", "a penalty alone"])
def test_nothing_holds_a_file_where_no_ban_stands(freed: str):
    case = assessed(office := an_order_office())
    order = barring(case, terms=PENALTY if freed == "a penalty alone" else BAN)
    later = order.made_at + DAY
    if freed == "set aside":
        operations.ask_order_review(
            reference=order.reference,
            error="It names another company.",
            difference="No ban.",
            by=case.employer,
            at=later,
        )
        operations.decide_order_review(
            reference=order.reference, outcome="overturned", reasons="Another company.", by=office.second, at=later
        )
    if freed == "the ban is over":
        later = order.ban_before
        renewed(case, later)

    nominate(case, later)

    assert case.file.state == "nominated"
    assert bool(asked(order)) == (freed != "a penalty alone")


@pytest.mark.parametrize("side", ["employer", "candidate"])
def test_who_is_barred_sends_in_no_form(side: str):
    case = opened(an_order_office())
    if side == "candidate":
        fill_part(case, "employer", at=NOON + 4 * DAY)
    order = barring(case, side)
    when = order.made_at + MINUTE

    with pytest.raises(NotAllowed, match="barred"):
        fill_part(case, side, at=when)

    assert queries.part_for(getattr(case, side), reference=case.application, part=side).state == "open"
    assert [task.about for task in asked(order)] == [case.eoi]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_candidate_whose_employer_is_barred_before_its_form_is_in_is_told(language: str):
    case = opened(an_order_office())
    case.candidate.language = language
    case.candidate.save(update_fields=["language"])
    page = reverse("applications:file", args=[case.application]).replace("/en/", f"/{language}/")
    words = {"en": "Your employer is barred", "fr": "Votre employeur est visé"}[language]
    with clock.frozen(NOON + 4 * DAY):
        assert words not in signed_in(case.candidate).get(page).content.decode()

    order = barring(case)

    [message] = tasks.inbox(case.candidate).filter(kind="application.employer_barred")
    assert (message.about, message.language, case.employer.name in message.body) == (case.application, language, True)
    assert not tasks.inbox(case.employer).filter(kind="application.employer_barred").exists()
    with clock.frozen(order.made_at + MINUTE):
        assert words in signed_in(case.candidate).get(page).content.decode()
    with clock.frozen(order.ban_before):
        assert words not in signed_in(case.candidate).get(page).content.decode()


def test_a_candidate_whose_employer_is_barred_after_its_form_was_sent_is_not_alarmed():
    case = opened(an_order_office())
    fill_part(case, "employer", at=NOON + 4 * DAY)

    order = barring(case)

    assert not tasks.inbox(case.candidate).filter(kind="application.employer_barred").exists()
    with clock.frozen(order.made_at + MINUTE):
        page = signed_in(case.candidate).get(reverse("applications:file", args=[case.application])).content.decode()
    assert "Your employer is barred" not in page


def test_a_party_who_came_in_beside_the_order_is_found_by_the_sweep_and_asked_about_once():
    case = opened(office := an_order_office())
    application = case.file
    application.employer = None
    application.save(update_fields=["employer"])
    order = barring(case)
    assert asked(order) == []
    application.employer = case.employer
    application.save(update_fields=["employer"])

    for minutes in (1, 2):
        sweep(at=order.made_at + minutes * MINUTE)

    [task] = asked(order)
    notices.close_task(task=task, by=office.director, at=order.made_at + 3 * MINUTE, note="Seen.")
    sweep(at=order.made_at + 4 * MINUTE)
    assert asked(order) == []


def test_the_employer_of_a_file_that_a_candidate_opened_is_found_once_it_came_in():
    case = candidate_first.opened(candidate_first.an_office())
    eoi = case.file.invitation.eoi
    assert order_queries.party_of(eoi, "employer") is None
    link = candidate_first.let_in(case, at=NOON + 3 * DAY)
    assert order_queries.party_of(eoi, "employer") is None  # the link is not used

    employer = accounts.redeem_link(token=link.token, username="boss", password=PASSWORD, at=NOON + 3 * DAY)

    assert order_queries.party_of(eoi, "employer") == employer
    assert order_queries.party_of(eoi, "candidate") == case.candidate
