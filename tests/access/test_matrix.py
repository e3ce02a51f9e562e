"""Every address × everybody × GET and POST, from the URL table; an address without a row fails."""

import gc
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest
from django.urls import get_resolver, reverse

from passerelle.core import clock
from tests.access.matrix import ROWS, Row
from tests.access.world import World, taken_back

VERBS = ("get", "post")


def addresses(resolver: Any = None, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the name of every address the platform answers at; the path of those that have none."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
        else:
            yield ":".join((*spaces, pattern.name)) if pattern.name else f"/{pattern.pattern}"


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    have, told = set(addresses()), [row.name for row in ROWS]
    assert sorted(have - set(told)) == [], "addresses without a row in tests/access/matrix.py"
    assert sorted(set(told) - have) == [], "rows without an address"
    assert len(told) == len(set(told))


def address_of(row: Row, world: World) -> str:
    """Return the address of a row in this world."""
    return row.name if row.name.startswith("/") else reverse(row.name, args=[getattr(world, arg) for arg in row.args])


@pytest.fixture
def quiet() -> Iterator[None]:
    """Thousands of requests are not noted one by one, and what stands already is not gone through for garbage."""
    logging.disable(logging.CRITICAL)
    gc.freeze()
    yield
    logging.disable(logging.NOTSET)


def ask(row: Row, world: World, verb: str, who: str, method: str = "") -> Any:
    """Send one request; nothing it does stays."""
    address = address_of(row, world)
    data = row.data(world) if row.data and verb == "post" else {}
    with taken_back(), clock.frozen(world.at):
        return getattr(world.client(who), method or verb)(address, data)


def outcome(answer: Any) -> int | str:
    """Return the status, or where the visitor was turned to."""
    location = answer.headers.get("Location", "")
    if answer.status_code == 302 and location.startswith("/en/account/login/?next"):
        return "sign in"
    if answer.status_code == 302 and location.startswith("/en/account/second-factor/"):
        return "second factor"
    if answer.status_code == 302 and "reauthenticate" in location:
        return "password again"
    return int(answer.status_code)


def is_right(row: Row, expected: tuple[int | str, ...], found: int | str) -> bool:
    if found in expected:
        return True
    # Pages of django-allauth turn people to places of its own; what counts is that they are turned away or served.
    return row.name.startswith(("account_", "mfa_")) and isinstance(found, str) and bool({302, "sign in"} & {*expected})


def verbs(row: Row, who: str, random: Random, *, every: bool) -> Sequence[str]:
    """Return the verbs that ``who`` asks by: of what stops them before the page knows the verb, one by chance is enough."""
    return VERBS if every or not row.turned_away(who) else (random.choice(VERBS),)


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.proof)])
def test_everybody_gets_the_answer_of_the_matrix(seed: int, every: bool) -> None:
    """``every``: also those who are turned away by the kind of page ask by both verbs."""
    world, rows, wrong, random = World(), defaultdict(list), [], Random(seed)
    for row in ROWS:
        rows[row.stage].append(row)
    asked, met = 0, set()
    for stage in world.stages():
        met.add(stage)
        for row in rows[stage]:
            for who in row.knocking:
                for verb in verbs(row, who, random, every=every):
                    found, expected = outcome(ask(row, world, verb, who)), row.expected(verb, who)
                    asked += 1
                    if not is_right(row, expected, found):
                        wrong.append(f"{row.name:32} {stage:12} {verb:5} {who:18} {found!s:14} not {expected}")
    assert set(rows) == met, "stages no case reaches"
    assert asked > (7000 if every else 4500)
    assert not wrong, f"seed {seed}: {len(wrong)} unexpected answers of {asked}:\n" + "\n".join(wrong)
