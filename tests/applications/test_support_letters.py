"""The work permit support letter: with a nomination, asked again, never across its pause or end (ontario.md 1.2; nwt.md R6.6)."""

import html
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse

from passerelle.applications import operations, permissions, queries
from passerelle.applications.models import Application, SupportLetterRequest
from passerelle.core import clock
from passerelle.core.verdicts import NotAllowed
from passerelle.notices.models import Letter
from passerelle.programs import queries as programs
from tests.proofs.hurting import eventually
from tests.support import editions
from tests.support.cases import NOON, an_office, nominated
from tests.support.editions import ASSESSED_AT, DAY, Office
from tests.support.people import signed_in
from tests.support.threads import together

AT = ASSESSED_AT + DAY


def a_nominee(office: Office, **given: Any) -> Application:
    """A Foreign Worker of 2024, nominated."""
    file = editions.assessed(office, editions.a_file(office, **given))
    editions.find_all_met(office, file)
    operations.decide(reference=file.reference, kind="nomination", by=office.officer, at=AT)
    return queries.of_reference(file.reference)


def letters_of(file: Application) -> list[Letter]:
    return [one for one in queries.letters(file, file.candidate) if one.kind == "support_letter"]


@pytest.mark.django_db
def test_a_nominee_with_a_job_offer_has_the_letter_with_the_nomination_good_for_as_long_as_the_pack_says():
    file = a_nominee(editions.an_office())

    [letter] = letters_of(file)

    assert letter.made_at == AT
    good = programs.due(queries.rules_of(file), "support_letter", AT)
    assert good - AT > timedelta(days=180)
    last = (good - timedelta(minutes=1)).astimezone(queries.rules_of(file).zone)
    assert f"{last:%B}\u00a0{last.day}, {last.year} at 11:59" in str(
        [row for block in letter.body["blocks"] for row in block.get("rows", ())]
    ).replace("\\xa0", "\u00a0")
    assert not SupportLetterRequest.objects.filter(letter="").exists()


@pytest.mark.django_db
def test_a_nominee_abroad_asks_for_another_one_without_a_permit():
    office = editions.an_office()
    file = a_nominee(office)

    asked = operations.ask_support_letter(
        reference=file.reference, permit_expires_on=None, by=file.candidate, at=AT + 100 * DAY
    )
    operations.issue_support_letter(request=asked.pk, by=office.officer, at=AT + 101 * DAY)

    assert len(letters_of(file)) == 2


@pytest.mark.django_db
def test_where_the_letter_renews_a_permit_the_permit_is_asked_for_and_none_comes_by_itself():
    office = an_office()
    case = nominated(office)

    assert letters_of(case.file) == []
    with pytest.raises(NotAllowed, match="Give the day"):
        operations.ask_support_letter(
            reference=case.application, permit_expires_on=None, by=case.candidate, at=NOON + 8 * DAY
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "told", "asked"),
    [
        ("en", "without a permit it cannot be asked for", "Give the day on which the work permit expires."),
        ("fr", "sans permis, on ne peut pas la demander", "Indiquez le jour où le permis de travail expire."),
    ],
)
def test_where_the_letter_renews_a_permit_that_is_said_before_anything_is_sent(
    client: Any, language: str, told: str, asked: str
):
    case = nominated(an_office())
    page = reverse("applications:ask_support_letter", args=[case.application]).replace("/en/", f"/{language}/")

    with clock.frozen(NOON + 8 * DAY):
        signed_in(case.candidate, client)
        shown = html.unescape(client.get(page).content.decode())
        sent = client.post(page, {"permit_expires_on": ""})

    assert told in shown
    assert not {"optional", "facultatif"} & set(shown.replace("(", " ").replace(")", " ").split())
    assert (sent.status_code, asked in html.unescape(sent.content.decode())) == (422, True)


def paused(number: str, office: Office) -> None:
    operations.pause_nomination(number=number, reason="The job ended.", by=office.director, at=AT + 2 * DAY)


def cancelled(number: str, office: Office) -> None:
    operations.confirm_nomination_cancelled(number=number, by=office.second, at=AT + 2 * DAY)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ends", [paused, cancelled])
def test_a_letter_is_not_issued_across_a_pause_or_a_cancellation_of_the_nomination(ends: Callable[[str, Office], None]):
    office = editions.an_office()
    file = a_nominee(office)
    nomination = queries.nomination_of(file)
    asked = operations.ask_support_letter(
        reference=file.reference, permit_expires_on=None, by=file.candidate, at=AT + DAY
    )
    operations.ask_to_cancel_nomination(number=nomination.number, reason="No job.", by=office.director, at=AT + DAY)
    outcome: list[Any] = []
    issuing = Thread(target=lambda: outcome.extend(together(1, lambda _number: _issue(asked, office))))

    with transaction.atomic():
        ends(nomination.number, office)
        issuing.start()
        eventually(_somebody_waits)
    issuing.join(60)

    assert [type(one) for one in outcome] == [NotAllowed]
    assert len(letters_of(file)) == 1
    assert not permissions.can_have_support_letter(file, at=AT + 2 * DAY)


def _issue(asked: SupportLetterRequest, office: Office) -> Any:
    return operations.issue_support_letter(request=asked.pk, by=office.officer, at=AT + 2 * DAY)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone() == (1,))
