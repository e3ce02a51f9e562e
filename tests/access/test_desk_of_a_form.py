"""A form of staff acts in the program in which it was opened, or not at all: the desk may be changed in another window."""

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person, Role
from passerelle.allocations import queries as allocations
from passerelle.core import clock
from tests.access.matrix import ROWS, STAFF, Row
from tests.access.test_matrix import address_of
from tests.access.test_two_programs import at_desk
from tests.access.world import World, taken_back
from tests.journeys import candidate_first as ontario
from tests.support.cases import DAY, NOON

FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL)
# Where a form names what it acts on, a page of another program finds nothing of that name.
NAMES_ITS_FILE = {"eoi:bars", "eoi:key_withdrawal", "accounts:staff_reset"}


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def person(world: World) -> Person:
    """Somebody with every role in both programs."""
    ontario.an_office(at=NOON - DAY)
    found = world.staff_member(*sorted(STAFF))
    for role in sorted(STAFF):
        accounts.grant_role(person=found, program=ontario.CODE, role=role, by=None, at=NOON - DAY)
    return found


def pages() -> Iterator[Row]:
    """Pages of staff whose forms act on the program as a whole, or on somebody who may work in both."""
    shared = {"officer_pk", "edition"}
    for row in ROWS:
        if row.kind == "staff" and set(row.args) <= shared and row.get is not None and row.name not in NAMES_ITS_FILE:
            yield row


def test_every_form_that_names_no_file_says_where_it_was_opened(world: World, person: Person) -> None:
    without, met = [], set()
    for code, edition in ((world.code, world.edition), (ontario.CODE, "2024-1")):
        client, world.edition = at_desk(person, code, NOON), edition
        for row in pages():
            with taken_back(), clock.frozen(NOON):
                page = client.get(address_of(row, world)).content.decode()
            for form in FORM.findall(page.partition("<main")[2].partition("</main>")[0]):
                met.add(row.name)
                if f'name="desk" value="{code}"' not in form:
                    without.append(f"{code} {row.name}: {form[:120]}")
    assert not without, "\n".join(without)
    assert met >= {
        "allocations:places",
        "orders:propose",
        "express_entry:kept",
        "programs:closures",
        "accounts:staff_new",
    }


def test_a_form_opened_at_the_other_desk_changes_nothing(world: World, person: Person) -> None:
    client, subject = at_desk(person, ontario.CODE, NOON), world.office.officer
    accounts.grant_role(person=subject, program=ontario.CODE, role="officer", by=None, at=NOON - DAY)
    with clock.frozen(NOON):
        before = allocations.places(ontario.CODE, 2026).total
        asked = {"year": "2026", "places": "7", "reason": "Letter"}
        refused = client.post(reverse("allocations:places"), {**asked, "desk": world.code})
        assert refused.status_code == 409
        assert "You opened this form in another program" in refused.content.decode()
        assert allocations.places(ontario.CODE, 2026).total == before
        granted = {"act": "grant", "role": "director"}
        address = reverse("accounts:staff_person", args=[subject.pk])
        assert client.post(address, {**granted, "desk": world.code}).status_code == 409
        assert not Role.objects.filter(person=subject, role="director").exists()
        assert client.post(reverse("allocations:places"), {**asked, "desk": ontario.CODE}).status_code == 302
        assert allocations.places(ontario.CODE, 2026).total == 7
