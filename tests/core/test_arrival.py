"""Time has one source: requests carry the moment they arrived, simulations move the clock and put it back."""

import time
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse

from passerelle.core import arrival, clock
from passerelle.core.arrival import ArrivalMiddleware

NOON = datetime(2026, 3, 25, 18, tzinfo=UTC)


def test_a_request_keeps_the_moment_it_arrived_however_long_the_work_takes():
    seen: list[datetime] = []

    def slow(request: HttpRequest) -> HttpResponse:
        with clock.frozen(NOON + timedelta(hours=1)):
            seen.extend([request.arrived_at, clock.now()])  # type: ignore[attr-defined]
        return HttpResponse()

    with clock.frozen(NOON):
        ArrivalMiddleware(slow)(HttpRequest())

    assert seen == [NOON, NOON + timedelta(hours=1)]


def test_it_stands_first_so_that_nothing_before_it_costs_anyone_a_deadline(settings):
    assert settings.MIDDLEWARE[0] == "passerelle.core.arrival.ArrivalMiddleware"


def test_what_a_request_looks_up_is_kept_for_that_request_alone():
    looks: list[int] = []

    def look() -> int:
        looks.append(len(looks))
        return len(looks)

    def page(_request: HttpRequest) -> HttpResponse:
        assert arrival.once("pack", look) == arrival.once("pack", look)
        arrival.forget()
        arrival.once("pack", look)
        return HttpResponse()

    for _request in range(2):
        ArrivalMiddleware(page)(HttpRequest())
    assert len(looks) == 4
    assert arrival.once("pack", look) != arrival.once("pack", look)


def test_a_simulation_puts_the_clock_back_even_when_it_fails():
    before = clock.now()
    for move in (clock.frozen, clock.moved_to):
        try:
            with move(NOON):
                assert abs(clock.now() - NOON) < timedelta(seconds=5)
                raise RuntimeError
        except RuntimeError:
            pass

    assert timedelta() <= clock.now() - before < timedelta(seconds=30)


def test_a_moved_clock_runs_on_and_a_frozen_one_stands():
    with clock.frozen(NOON):
        assert clock.now() == clock.now() == NOON
    with clock.moved_to(NOON):
        first = clock.now()
        time.sleep(0.001)  # two looks may fall into the same microsecond
        assert clock.now() > first >= NOON
