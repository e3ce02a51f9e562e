"""Until when mandatory criteria are met by time alone: worked out once, and the same as looking at every day."""

from datetime import date, timedelta
from random import Random

import pytest

from passerelle.core.deadlines import local_day, start_of_day
from passerelle.eoi import meeting, operations, queries
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import queries as programs
from tests.factories import DAY, HOUR, NOON, an_eoi, an_officer, answers, program

pytestmark = pytest.mark.django_db


def unsaved(**said: object) -> ExpressionOfInterest:
    """A file as it stands once handed in, without its people: nothing here reads them."""
    pack = program()
    rules = programs.rules(pack)
    eoi = ExpressionOfInterest(pk=-1, pack=pack, program="ca-nt", category="skilled", answers=answers(**said))
    eoi.facts = rules.facts(eoi.answers, NOON)
    eoi.submitted_at, eoi.valid_before = NOON, programs.due(rules, "eoi_validity", NOON)
    return eoi


def day_by_day(eoi: ExpressionOfInterest) -> object:
    """The slow way: look at the instant of entry and at the beginning of every day of the year."""
    zone = programs.rules(eoi.pack).zone
    if meeting.unmet_at(eoi, NOON):
        return NOON
    day = local_day(NOON, zone) + timedelta(days=1)
    while (at := start_of_day(day, zone)) < eoi.valid_before:
        if meeting.unmet_at(eoi, at):
            return at
        day += timedelta(days=1)
    return eoi.valid_before


def test_the_day_worked_out_is_the_one_that_looking_at_each_day_finds(seed: int):
    chance = Random(seed)
    for _each in range(5):
        permit = date(2026, 3, 1) + timedelta(days=chance.randrange(500))
        tested = date(2024, 2, 20) + timedelta(days=chance.randrange(500))
        eoi = unsaved(work_permit_expiry=permit.isoformat(), l1_test_date=tested.isoformat())
        slow = day_by_day(eoi)

        assert meeting.lapses_at(eoi, since=NOON) == slow, (permit, tested)


def test_a_file_of_the_pool_says_when_it_lapses_and_one_that_never_does_says_its_year():
    lapsing, lasting = an_eoi("in_pool", work_permit_expiry="2026-03-15"), an_eoi("in_pool")

    assert local_day(lapsing.lapses_at, programs.rules(lapsing.pack).zone) == date(2026, 3, 16)
    assert lasting.lapses_at == lasting.valid_before


def test_only_files_whose_day_has_come_are_looked_at(monkeypatch: pytest.MonkeyPatch):
    lapsing = an_eoi("in_pool", work_permit_expiry="2026-03-15")
    an_eoi("in_pool")
    looked, real = [], meeting.unmet_at
    monkeypatch.setattr(meeting, "unmet_at", lambda eoi, at: looked.append(eoi.reference) or real(eoi, at))

    before = queries.ineligible("ca-nt", closes_at=NOON + DAY, at=lapsing.lapses_at - timedelta(microseconds=1))
    assert (before, looked) == ({}, [])

    after = queries.ineligible("ca-nt", closes_at=NOON + DAY, at=lapsing.lapses_at)
    assert (list(after), looked) == ([lapsing.pk], [lapsing.reference])


def test_a_file_whose_day_was_never_worked_out_is_looked_at_until_the_sweep_has_done_it():
    eoi = an_eoi("in_pool", work_permit_expiry="2026-03-15")
    right, rows = eoi.lapses_at, ExpressionOfInterest.objects.filter(pk=eoi.pk)
    rows.update(lapses_at=None)

    assert list(queries.ineligible("ca-nt", closes_at=NOON + DAY, at=right)) == [eoi.pk]

    assert operations.work_out_lapses(at=NOON + HOUR) == 1
    assert rows.get().lapses_at == right


def test_a_fact_that_officers_changed_is_not_taken_back_by_time():
    """The candidate said a permit that ran out; officers saw another one: the file stays eligible."""
    eoi, first, second = an_eoi("in_pool", work_permit_expiry="2026-03-15"), an_officer(), an_officer()
    change = operations.propose_fact(
        reference=eoi.reference, fact="work_permit_valid", value=False, reason="Not valid.", by=first, at=NOON + HOUR
    )
    if change.state != "applied":
        operations.confirm_fact(change=change, by=second, at=NOON + HOUR)
    eoi.refresh_from_db()
    assert eoi.lapses_at == NOON + HOUR

    change = operations.propose_fact(
        reference=eoi.reference, fact="work_permit_valid", value=True, reason="Renewed.", by=first, at=NOON + 2 * HOUR
    )
    if change.state != "applied":
        operations.confirm_fact(change=change, by=second, at=NOON + 2 * HOUR)
    eoi.refresh_from_db()

    assert eoi.lapses_at == eoi.valid_before
    assert queries.ineligible("ca-nt", closes_at=NOON + DAY, at=NOON + 30 * DAY) == {}
