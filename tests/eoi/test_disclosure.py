"""What an employer is told of a file: what the pack says under ``employer_sees``, and what asks something of them."""

import pytest

from passerelle.core import clock
from passerelle.eoi import operations, queries
from passerelle.programs.rules import check
from tests.factories import HOUR, NOON, an_eoi, program, program_with
from tests.support.people import an_employer, signed_in

pytestmark = pytest.mark.django_db

STATE = ("In the pool", "Wait for a draw", "The path", "The points were confirmed")
TOTAL = ("597",)
DATES = ("12:00 p.m.", "March 10, 2027", "Valid until")


def pages(eoi, person) -> str:
    """Every page on which the employer meets the file, as one text."""
    client = signed_in(person)
    with clock.frozen(NOON + HOUR):
        answers = [client.get(path) for path in ("/en/employer/", f"/en/employer/eoi/{eoi.reference}/")]
    assert [one.status_code for one in answers] == [200, 200]
    return " ".join(one.content.decode() for one in answers).replace("\u00a0", " ")


def pooled(*seen: str):
    program_with(employer_sees=f"[{', '.join(seen)}]")
    return an_eoi("in_pool")


def told(text: str, words: tuple[str, ...]) -> list[str]:
    return [one for one in words if one in text]


def test_with_everything_listed_the_employer_sees_state_total_and_dates():
    eoi = an_eoi("in_pool")
    text = pages(eoi, eoi.employer)

    assert told(text, STATE + TOTAL + DATES) == [*STATE, *TOTAL, *DATES]


@pytest.mark.parametrize(
    ("seen", "promised"),
    [
        (("state", "total"), "the state of the file and, once confirmed, the total points; never the answers"),
        (("state", "dates"), "the state of the file, never the answers or the points"),
        (("total",), "the total points, once confirmed, never the answers"),
        ((), "neither the answers nor the points"),
    ],
)
def test_an_employer_who_lets_a_candidate_in_is_promised_what_it_will_see(seen, promised):
    program_with(employer_sees=f"[{', '.join(seen)}]")
    employer = an_employer()
    eoi = operations.open_eoi(program="ca-nt", category="skilled", by=employer, at=NOON)
    yes = dict.fromkeys((one.key for one in queries.criteria(eoi)), "yes")
    operations.answer_criteria(reference=eoi.reference, answers=yes, by=employer, at=NOON)
    with clock.frozen(NOON + HOUR):
        page = signed_in(employer).get(f"/en/employer/eoi/{eoi.reference}/candidate/")

    assert f"You see {promised}." in page.content.decode()


@pytest.mark.parametrize(
    ("seen", "shown", "hidden"),
    [
        (("state", "dates"), ("In the pool", "The path", *DATES), TOTAL),
        (("state", "total"), ("In the pool", "The path", *TOTAL), DATES),
        (("total", "dates"), (*TOTAL, "12:00 p.m.", "Valid until"), STATE),
        (("dates",), ("Valid until",), (*STATE, *TOTAL)),
        ((), ("The file is under way",), (*STATE, *TOTAL, *DATES)),
    ],
)
def test_what_the_pack_leaves_out_stands_on_no_page_of_the_employer(seen, shown, hidden):
    eoi = pooled(*seen)
    text = pages(eoi, eoi.employer)

    assert told(text, shown) == list(shown)
    assert told(text, hidden) == []


def test_the_candidate_is_told_everything_whatever_the_employer_sees():
    eoi = pooled()
    client = signed_in(eoi.candidate)

    with clock.frozen(NOON + HOUR):
        text = client.get(f"/en/candidate/eoi/{eoi.reference}/").content.decode().replace("\u00a0", " ")

    assert told(text, ("In the pool", "597", "Valid until")) == ["In the pool", "597", "Valid until"]


def test_what_asks_something_of_the_employer_and_how_it_ended_are_told_even_so():
    program_with(employer_sees="[]")
    draft = operations.open_eoi(program="ca-nt", category="skilled", by=an_employer(), at=NOON)
    assert "Go through the mandatory criteria" in pages(draft, draft.employer)

    gone = an_eoi("withdrawn")
    assert "was withdrawn" in pages(gone, gone.employer)


def test_a_word_the_platform_does_not_know_is_a_fault_of_the_pack():
    shipped = program().sources
    text = shipped["program.yaml"].replace("employer_sees: [state, total, dates]", "employer_sees: [state, points]")

    faults = [str(one) for one in check({**shipped, "program.yaml": text})]

    assert any("employer_sees" in one and "'state', 'total' or 'dates'" in one for one in faults), faults


def test_a_letter_may_not_tell_the_employer_what_the_pages_leave_out():
    shipped = program().sources
    text = shipped["program.yaml"].replace("employer_sees: [state, total, dates]", "employer_sees: [state, dates]")

    faults = [str(one) for one in check({**shipped, "program.yaml": text})]

    assert [one for one in faults if "score_assigned.yaml" in one and "employer_sees leaves out total" in one], faults
    assert not [one for one in faults if "leaves out dates" in one]
