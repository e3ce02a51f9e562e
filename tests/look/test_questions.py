"""A question by the form and what follows: one thread under one number, for whoever asked and for staff."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from passerelle.accounts.models import Person
from passerelle.core.models import AuditEvent
from passerelle.notices.models import Notice, StaffTask
from tests.express_entry.files import PROGRAM, program
from tests.support.people import a_candidate, a_staff_member, signed_in

pytestmark = pytest.mark.django_db
ASK = f"/en/{PROGRAM}/help/"
SAID = {"name": "Ana Luz", "email": "ana@example.org", "file": "", "question": "Is my diploma enough?"}


@pytest.fixture(autouse=True)
def _opened() -> None:
    program()


def ask(client: Client, **given: str) -> str:
    """Ask by the form; return the number under which it is answered."""
    answer = client.post(ASK, SAID | given)
    assert answer.status_code == 200
    found = re.search(r"ON-Q-\d{4}-\d+", answer.content.decode())
    assert found
    return found[0]


def answered(number: str, words: str, by: Person, status: int = 302) -> Any:
    answer = signed_in(by).post(reverse("desks:question", args=[number]), {"words": words})
    assert answer.status_code == status
    return answer


def said_on(client: Client, number: str) -> list[str]:
    page = client.get(reverse("desks:my_question", args=[number]))
    assert page.status_code == 200
    return [one["words"] for one in page.context["thread"]]


def test_staff_answer_from_the_task_and_whoever_asked_reads_it_by_mail():
    officer = a_staff_member("officer", program=PROGRAM)
    number = ask(Client())
    task = StaffTask.objects.get(kind="help.asked")
    desk = signed_in(officer)
    assert (
        reverse("desks:question", args=[number]) in desk.get(reverse("notices:task", args=[task.pk])).content.decode()
    )
    assert "Is my diploma enough?" in desk.get(reverse("desks:question", args=[number])).content.decode()
    answered(number, " ", officer, 422)

    answered(number, "Yes, with its transcripts.", officer)

    told = Notice.objects.get(kind="help_answered")
    assert (told.to, told.address, "Yes, with its transcripts." in told.body) == (None, "ana@example.org", True)
    task.refresh_from_db()
    assert (task.closed_by, task.note) == (officer, "Yes, with its transcripts.")
    assert AuditEvent.objects.filter(event="help.answered", subject=number).count() == 1
    answered(number, "And again.", officer, 403)  # nothing waits


def test_whoever_is_signed_in_reads_the_thread_and_writes_again_there():
    officer, person, other = a_staff_member("officer", program=PROGRAM), *two_candidates()
    own = signed_in(person)
    number = ask(own, email=person.email)
    answered(number, "Yes.", officer)

    again = own.post(reverse("desks:my_question", args=[number]), {"question": "And my experience?"})

    assert again.status_code == 302
    assert [task.detail["question"] for task in StaffTask.objects.filter(about=number).order_by("pk")] == [
        "Is my diploma enough?", "And my experience?",
    ]  # fmt: skip
    answered(number, "That too.", officer)
    assert said_on(own, number) == ["Is my diploma enough?", "Yes.", "And my experience?", "That too."]
    message = Notice.objects.filter(to=person, about=number, kind="help_answered").order_by("pk")[0]
    assert reverse("desks:my_question", args=[number]) in message.body
    for stranger in (other, a_staff_member("auditor", program=PROGRAM)):
        assert signed_in(stranger).get(reverse("desks:my_question", args=[number])).status_code == 404


@pytest.mark.parametrize(("email", "joins"), [("ANA@example.org", True), ("other@example.org", False)])
def test_by_mail_a_number_goes_on_with_a_thread_of_the_same_address_alone(email: str, joins: bool):
    number = ask(Client())

    again = ask(Client(), email=email, file=number.lower(), question="And my experience?")

    assert (again == number) == joins


def test_nobody_comes_into_the_thread_of_an_account_by_its_address():
    person, _other = two_candidates()
    number = ask(signed_in(person), email=person.email)

    assert ask(Client(), email=person.email, file=number) != number


def test_an_auditor_reads_and_does_not_answer_and_another_program_sees_nothing():
    number = ask(Client())
    auditor, elsewhere = a_staff_member("auditor", program=PROGRAM), a_staff_member("officer")

    assert signed_in(auditor).get(reverse("desks:question", args=[number])).status_code == 200
    answered(number, "Yes.", auditor, 403)
    answered(number, "Yes.", elsewhere, 404)
    assert not Notice.objects.filter(kind="help_answered").exists()


def two_candidates() -> tuple[Person, Person]:
    """Two people with accounts of the program and confirmed addresses."""
    return a_candidate(program=PROGRAM), a_candidate(program=PROGRAM)


def test_a_strangers_address_is_not_filled_with_acknowledgements_whatever_place_they_are_asked_from():
    codes = [
        Client().post(ASK, SAID | {"email": email}, REMOTE_ADDR=f"198.51.100.{place}").status_code
        for place, email in enumerate(["ana@example.org"] * 3 + ["ANA@example.org"] * 4)
    ]

    assert codes == [200] * 5 + [429] * 2
    assert Notice.objects.filter(kind="help_received").count() == 5


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Fill in “Your question”."), ("fr", "Remplissez le champ «\u00a0Votre question\u00a0».")],
)
def test_a_field_left_blank_is_named_above_the_form_and_at_the_field(language: str, told: str):
    answer = Client().post(ASK.replace("/en/", f"/{language}/"), SAID | {"question": ""})

    assert answer.status_code == 422
    assert answer.content.decode().count(told) == 2
