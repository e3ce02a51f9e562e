"""What the main pages ask of the database: at most twelve statements, the same for many files as for few (trust.md, 10.7)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import an_eoi, an_officer
from tests.support.people import signed_in

pytestmark = pytest.mark.django_db

MOST = 12
STATES = ("submitted", "evidence_requested", "in_pool")
LISTS = (
    "/en/staff/",
    "/en/staff/eoi/",
    "/en/staff/eoi/?show=proof",
    "/en/staff/pool/",
    "/en/staff/applications/",
    "/en/staff/draws/",
)
"""The worklist, what waits for a check, whose proof is asked, the pool, the queue of applications, the draws."""


def asked(client: Client, path: str) -> list[str]:
    """Return the statements of the second look at a page: the first one fills what a process keeps."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200, path
    return [one["sql"] for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE SAVEPOINT"))]


def told(statements: list[str]) -> str:
    return f"{len(statements)} statements:\n" + "\n".join(one[:160] for one in statements)


def test_lists_of_staff_ask_little_and_no_more_for_many_files():
    client = signed_in(an_officer())
    for state in STATES:
        an_eoi(state)
    few = {path: asked(client, path) for path in LISTS}
    for state in STATES:
        for _each in range(3):
            an_eoi(state)
    many = {path: asked(client, path) for path in LISTS}

    for path in LISTS:
        assert len(few[path]) == len(many[path]), f"{path}\n{told(few[path])}\n{told(many[path])}"
    assert {path: told(one) for path, one in many.items() if len(one) > MOST} == {}


@pytest.mark.parametrize("state", ["draft", "submitted", "in_pool"])
def test_the_homes_and_the_file_of_both_parties_ask_little(state: str):
    eoi = an_eoi(state)
    candidate, employer = signed_in(eoi.candidate), signed_in(eoi.employer)
    paths = {
        "/en/candidate/": candidate, "/en/employer/": employer,
        f"/en/employer/eoi/{eoi.reference}/": employer,
    }  # fmt: skip
    if state != "draft":
        paths[f"/en/candidate/eoi/{eoi.reference}/"] = candidate
    found = {path: asked(client, path) for path, client in paths.items()}

    assert [f"{path} {told(one)}" for path, one in found.items() if len(one) > MOST] == []
