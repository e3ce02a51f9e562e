"""Whose are the pages of a file that a candidate opened: theirs alone, by each address, at the stage where it answers."""

import pytest
from django.test import Client
from django.urls import reverse

from passerelle.accounts.models import Appointment, Person
from passerelle.core import clock
from passerelle.eoi import operations
from passerelle.representatives import operations as representatives
from tests.access.test_matrix import outcome
from tests.access.world import known, taken_back
from tests.support import sample
from tests.support.people import a_staff_member, an_employer
from tests.support.representing import a_representative, appointed, asked
from tests.support.sample import NOON, SAMPLE, an_applicant, an_eoi

pytestmark = pytest.mark.django_db

# Address, further arguments, what the owner gets for GET and for POST (None: the page has no such verb).
DRAFT = [
    ("my_criteria", (), 200, None), ("my_criterion", ("settles",), 200, 302), ("discard_own", (), 200, 302),
    ("tasks", (), 200, None), ("section", ("work",), 200, 422), ("check", (), 200, 422), ("candidate_file", (), 200, None),
]  # fmt: skip
LIVE = [
    ("change", (), 200, 302), ("change_section", ("work",), 200, 422), ("change_check", (), 302, 302),
    ("change_drop", (), None, 302), ("hold", (), 200, 302), ("candidate_file", (), 200, None),
    ("receipt", (), 200, None), ("answers", (), 200, None), ("withdraw", (), 200, 302),
]  # fmt: skip
HELD = [("resume", (), None, 302), ("change", (), 200, 302)]


def everybody(owner: Person) -> dict[str, Person]:
    return {
        "owner": owner, "another candidate": an_applicant(), "an employer": an_employer(program=SAMPLE, confirmed=False),
        "the representative": appointed(owner), "a former representative": sent_away(owner),
        "one who asks": asking(owner),
        "an officer": a_staff_member("officer", program=SAMPLE), "an officer elsewhere": a_staff_member("officer"),
    }  # fmt: skip


def sent_away(owner: Person) -> Person:
    """Somebody whose appointment the owner has ended."""
    [standing] = Appointment.objects.standing().filter(client=owner)
    representatives.end_appointment(appointment=standing.pk, by=owner, at=NOON)
    gone = appointed(owner)
    [ending] = Appointment.objects.standing().filter(client=owner)
    representatives.end_appointment(appointment=ending.pk, by=owner, at=NOON)
    appointed(owner, standing.representative)
    return gone


def asking(owner: Person) -> Person:
    """Somebody who has asked, and whom the owner has not answered."""
    representative = a_representative()
    asked(representative, owner)
    return representative


# What the representative gets where it is not what the owner gets: nobody withdraws for another.
REFUSED = {("withdraw", "get"): 403, ("withdraw", "post"): 403}


@pytest.mark.parametrize(("state", "rows"), [("draft", DRAFT), ("in_pool", LIVE), ("on_hold", HELD)])
def test_a_candidates_file_answers_to_its_owner_alone(state: str, rows: list):
    eoi = an_eoi("draft" if state == "draft" else "in_pool")
    if state != "draft":
        operations.begin_change(reference=eoi.reference, by=eoi.candidate, at=NOON)
    if state == "on_hold":
        operations.hold_eoi(reference=eoi.reference, by=eoi.candidate, at=NOON)
    wrong = []
    for who, person in everybody(eoi.candidate).items():
        client = known(person)
        for name, more, shown, done in rows:
            for verb, expected in (("get", shown), ("post", done)):
                data = {"answer": "yes"} if name == "my_criterion" else {}
                with taken_back(), clock.frozen(NOON):
                    found = outcome(getattr(client, verb)(reverse(f"eoi:{name}", args=[eoi.reference, *more]), data))
                right = (405 if expected is None else expected) if who in ("owner", "the representative") else 404
                if who == "the representative":
                    right = REFUSED.get((name, verb), right)
                if found != right and not (who != "owner" and expected is None and found == 405):
                    wrong.append(f"{name} {verb} {who}: {found}, not {right}")
    assert not wrong, "\n".join(wrong)


def test_a_candidate_starts_where_candidates_do_and_an_employer_does_not():
    sample.program()
    candidate, employer = known(an_applicant()), known(an_employer(program=SAMPLE, confirmed=False))
    address = reverse("eoi:start_own")

    with clock.frozen(NOON):
        assert outcome(candidate.get(address)) == 200
        assert outcome(candidate.post(address, {"category": "graduates"})) == 302
        assert outcome(employer.get(address)) == 404


def test_each_page_of_representing_answers_to_whom_it_is_for():
    owner = an_applicant()
    representative = appointed(owner)
    [standing] = Appointment.objects.standing().filter(client=owner)
    waiting = asked(a_representative(), owner)
    people = everybody_else(owner, representative)
    pages = {
        ("accounts:register_representative", (SAMPLE,)): set(people),
        ("desks:representative_home", ()): {"the representative", "another representative"},
        ("desks:client", (owner.pk,)): {"the representative"},
        ("representatives:ask", ()): {"the representative", "another representative"},
        ("representatives:start", (owner.pk,)): {"the representative"},
        ("representatives:give_up", (standing.pk,)): {"the representative"},
        ("representatives:mine", ()): {"owner", "another candidate"},
    }
    acts = {
        ("representatives:start", (owner.pk,)): ({"category": "workers"}, {"the representative"}),
        ("representatives:give_up", (standing.pk,)): ({}, {"the representative"}),
        ("representatives:appoint", (waiting.pk,)): ({}, {"owner"}),
        ("representatives:decline", (waiting.pk,)): ({}, {"owner"}),
        ("representatives:end", (standing.pk,)): ({}, {"owner"}),
    }
    wrong = []
    for who, client in people.items():
        otherwise = "sign in" if who == "a visitor" else 404
        for (name, args), allowed in pages.items():
            found = outcome(client.get(reverse(name, args=args)))
            if found != (200 if who in allowed else otherwise):
                wrong.append(f"{name} get {who}: {found}")
        for (name, args), (data, allowed) in acts.items():
            with taken_back(), clock.frozen(NOON):
                found = outcome(client.post(reverse(name, args=args), data))
            if found != (302 if who in allowed else otherwise):
                wrong.append(f"{name} post {who}: {found}")
    assert not wrong, "\n".join(wrong)


def everybody_else(owner: Person, representative: Person) -> dict[str, Client]:
    people = {
        "owner": owner, "the representative": representative, "another representative": a_representative(),
        "another candidate": an_applicant(), "an employer": an_employer(program=SAMPLE, confirmed=False),
        "an officer": a_staff_member("officer", program=SAMPLE),
    }  # fmt: skip
    return {"a visitor": Client(), **{who: known(person) for who, person in people.items()}}
