"""The client ends an appointment while the representative acts: on real PostgreSQL, the act is whole before it, or refused."""

import threading
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from passerelle.accounts.models import Appointment
from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations as eois
from passerelle.eoi.operations import holding
from passerelle.representatives import operations
from tests.support.proofs import small_and_full
from tests.support.representing import appointed
from tests.support.sample import NOON, an_eoi, fresh
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("rounds", small_and_full(12, 500, "revocations"))
def test_an_act_is_whole_before_the_end_of_the_appointment_or_refused(rounds: int, seed: int):
    rng = Random(seed)
    for _round in range(rounds):
        eoi = an_eoi()
        representative = appointed(eoi.candidate)
        [standing] = Appointment.objects.standing().filter(client=eoi.candidate)
        acts = [
            lambda one=eoi, by=representative: eois.hold_eoi(reference=one.reference, by=by, at=NOON),
            lambda one=standing: operations.end_appointment(appointment=one.pk, by=one.client, at=NOON),
        ]
        if rng.random() < 0.5:
            acts.reverse()

        found = together(2, lambda number, acts=acts: acts[number]())

        refused = [one for one in found if isinstance(one, Exception)]
        assert all(isinstance(one, NotAllowed) for one in refused), refused
        events = list(audit.trail(eoi.reference).values_list("event", flat=True))
        done = "eoi.held" in events
        assert done is (not refused) is (fresh(eoi).state == "on_hold")
        assert events.index("representative.revoked") > events.index("eoi.held") if done else True
        assert audit.verify_chain(eoi.reference)
        with pytest.raises(NotAllowed):
            eois.resume_eoi(reference=eoi.reference, by=representative, at=NOON)


def test_the_client_waits_for_an_act_that_has_begun(monkeypatch: pytest.MonkeyPatch):
    """The act stands between its check and its end when the client presses: the end comes after it, never into it."""
    eoi = an_eoi()
    representative = appointed(eoi.candidate)
    [standing] = Appointment.objects.standing().filter(client=eoi.candidate)
    checked, go_on, order = threading.Event(), threading.Event(), []
    real = holding.told

    def slowly(*args: Any, **kwargs: Any) -> None:
        checked.set()
        go_on.wait(60)
        real(*args, **kwargs)

    monkeypatch.setattr(holding, "told", slowly)

    def act() -> None:
        try:
            eois.hold_eoi(reference=eoi.reference, by=representative, at=NOON)
            order.append("held")
        finally:
            connection.close()

    def end() -> None:
        try:
            operations.end_appointment(appointment=standing.pk, by=eoi.candidate, at=NOON)
            order.append("ended")
        finally:
            connection.close()

    acting = threading.Thread(target=act)
    acting.start()
    assert checked.wait(60)
    ending = threading.Thread(target=end)
    ending.start()
    ending.join(0.5)
    assert ending.is_alive(), "the appointment ended in the middle of an act"
    go_on.set()
    acting.join()
    ending.join()

    assert sorted(order) == ["ended", "held"]
    assert fresh(eoi).state == "on_hold"
    trail = list(audit.trail(eoi.reference).values_list("event", flat=True))
    assert trail.index("eoi.held") < trail.index("representative.revoked")


def test_an_act_that_waited_for_the_end_finds_it_ended():
    eoi = an_eoi()
    representative = appointed(eoi.candidate)
    [standing] = Appointment.objects.standing().filter(client=eoi.candidate)
    outcome: list[object] = []

    def act() -> None:
        try:
            eois.hold_eoi(reference=eoi.reference, by=representative, at=NOON)
            outcome.append("held")
        except NotAllowed as refusal:
            outcome.append(refusal)
        finally:
            connection.close()

    with transaction.atomic():
        operations.end_appointment(appointment=standing.pk, by=eoi.candidate, at=NOON)
        acting = threading.Thread(target=act)
        acting.start()
        acting.join(0.5)
        assert acting.is_alive(), "the act did not wait"
    acting.join()

    assert isinstance(outcome[0], NotAllowed)
    assert fresh(eoi).state == "in_pool"
