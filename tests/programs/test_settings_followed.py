"""What a pack's settings say is what happens: deadlines that roll forward, links and files as long and as large as stated."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from passerelle.accounts import operations as accounts
from passerelle.core import clock, deadlines
from passerelle.documents import operations as documents
from passerelle.documents.limits import limits
from passerelle.programs import queries
from passerelle.programs.rules import read
from tests.documents.conftest import pdf
from tests.programs.test_deadlines import YELLOWKNIFE, noon
from tests.support import cases
from tests.support.people import an_employer

pytestmark = pytest.mark.django_db


def with_setting(sources: dict[str, str], key: str, value: str) -> dict[str, str]:
    changed, found = re.subn(rf"(- key: {key}\n.*\n    value: ).*", rf"\g<1>{value}", sources["settings.yaml"])
    assert found == 1
    return {**sources, "settings.yaml": changed}


@pytest.mark.parametrize(
    ("from_day", "kept", "moved"),
    [
        ("2026-06-25", "2026-07-25", "2026-07-27"),  # a Saturday
        ("2026-07-04", "2026-08-03", "2026-08-04"),  # a Monday on which the office is closed by law
        ("2026-03-25", "2026-04-24", "2026-04-24"),  # a Friday
    ],
)
def test_a_deadline_on_a_day_off_moves_where_the_pack_says_so(nwt, nwt_sources, from_day, kept, moved):
    moving = read(with_setting(nwt_sources, "roll_forward", "true"))

    ends = [
        deadlines.last_day(queries.due(rules, "application", noon(from_day)), YELLOWKNIFE) for rules in (nwt, moving)
    ]

    assert ends == [date.fromisoformat(kept), date.fromisoformat(moved)]


def test_a_deadline_that_rolls_passes_days_on_which_staff_closed_the_office():
    zone, saturday_over = YELLOWKNIFE, datetime(2026, 7, 26, 6, tzinfo=UTC)

    moved = deadlines.rolled_forward(saturday_over, zone=zone, holidays={date(2026, 7, 27)})

    assert deadlines.last_day(moved, zone) == date(2026, 7, 28)


def test_links_and_files_are_as_the_pack_says():
    office = cases.an_office()
    employer = an_employer(program="ca-nt")
    at = cases.NOON
    link = accounts.invite_candidate(
        program="ca-nt", email="mina@example.org", name="Mina", language="en", about="", by=employer, at=at
    )
    zone = queries.rules_in_force("ca-nt", at).zone

    with clock.frozen(at):
        caps = limits("ca-nt")
        long = SimpleUploadedFile("long.pdf", pdf(pages=caps.pages + 1), "application/pdf")
        with pytest.raises(documents.Unacceptable) as refused:
            documents.store(owner="NT-1", slot="a", upload=long, by=employer, at=at)

    assert office.officer
    assert link.expires_at == deadlines.first_day_too_late(at, days=14, zone=zone)
    assert (caps.bytes, caps.pages, caps.files) == (25 * 1024 * 1024, 100, 10)
    assert (limits().pages, limits().files) == (300, 20)
    assert "more than 100 pages" in str(refused.value)
