"""Before a program opens everything may be prepared and nothing is handed in; at the opening instant it is (nwt.md, R2.1)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from passerelle.core import clock
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.notices.models import Notice
from tests.factories import HOUR, an_eoi, program, program_with
from tests.support.people import an_employer, signed_in

pytestmark = pytest.mark.django_db

OPENS = datetime(2026, 3, 9, 15, tzinfo=UTC)  # a Monday, nine o'clock in Yellowknife
WORDS = {
    "en": "received from Monday, March 9, 2026 at 9:00 a.m. (Yellowknife time)",
    "fr": "reçues à compter du lundi 9 mars 2026 à 9 h (heure de Yellowknife)",
}


def shown(path: str, person=None, *, at: datetime, status: int = 200) -> str:
    """The page as it reads at ``at``, its no-break spaces told as plain ones."""
    with clock.frozen(at):
        answer = (signed_in(person) if person else Client()).get(path)
    assert answer.status_code == status
    return answer.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


def submit(eoi: ExpressionOfInterest, at: datetime) -> ExpressionOfInterest:
    return operations.submit_eoi(reference=eoi.reference, token="one", by=eoi.candidate, at=at)


def test_one_microsecond_before_the_opening_instant_is_refused_and_the_instant_itself_accepted():
    eoi = an_eoi("answered", at=OPENS - HOUR)

    with pytest.raises(NotAllowed, match="are received from Monday"):
        submit(eoi, OPENS - timedelta(microseconds=1))
    eoi.refresh_from_db()
    assert (eoi.state, eoi.submitted_at) == ("draft", None)
    assert not Notice.objects.filter(kind="eoi_received").exists()

    assert submit(eoi, OPENS).submitted_at == OPENS


def test_a_program_without_an_opening_instant_is_open():
    program_with(opens_at="null")

    assert an_eoi("submitted", at=OPENS - HOUR).state == "submitted"


def test_the_opening_instant_of_the_pack_counts_not_the_shipped_one():
    program_with(opens_at="2026-03-10T12:00:00-06:00")
    eoi = an_eoi("answered", at=OPENS + HOUR)

    with pytest.raises(NotAllowed, match="Tuesday, March"):
        submit(eoi, OPENS + HOUR)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_public_and_employer_pages_say_when_it_opens_and_no_longer_once_it_has(language: str):
    program()
    employer = an_employer()
    for path, person in ((f"/{language}/ca-nt/", None), (f"/{language}/employer/eoi/start/", employer)):
        assert WORDS[language] in shown(path, person, at=OPENS - timedelta(microseconds=1)), path
        assert WORDS[language] not in shown(path, person, at=OPENS), path


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_candidate_checks_the_answers_before_it_opens_and_has_the_button_once_it_has(language: str):
    eoi = an_eoi("answered", at=OPENS - HOUR)
    path = f"/{language}/candidate/eoi/{eoi.reference}/check/"

    early = shown(path, eoi.candidate, at=OPENS - HOUR)
    assert WORDS[language] in early
    assert 'name="token"' not in early
    assert 'name="token"' in shown(path, eoi.candidate, at=OPENS)


def test_a_form_sent_too_early_is_answered_with_when_it_opens():
    eoi = an_eoi("answered", at=OPENS - HOUR)
    client = signed_in(eoi.candidate)

    with clock.frozen(OPENS - timedelta(microseconds=1)):
        answer = client.post(
            f"/en/candidate/eoi/{eoi.reference}/check/",
            {"token": "a" * 32, "version": eoi.version, "declaration": "on", "agree": "on"},
        )

    assert answer.status_code in (403, 422)
    assert WORDS["en"] in answer.content.decode().replace("\u00a0", " ")
    eoi.refresh_from_db()
    assert eoi.state == "draft"
