"""A question to the program by a form, and what is written about it after: one thread under one number.

Each question is a task of staff, who answer it from there. Whoever asked signed in reads the thread in the portal and writes
again there; anybody else is answered by mail, and writes again by the form with the number.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from passerelle.accounts import queries as people
from passerelle.accounts.models import Person
from passerelle.core import audit, references
from passerelle.core.deadlines import local_day
from passerelle.core.verdicts import NotAllowed
from passerelle.notices import operations as notices
from passerelle.notices import queries as notice_queries
from passerelle.programs import operations as letters
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules

KIND, ANSWER = "help.asked", "help_answered"
LONGEST = 3000


class HelpForm(forms.Form):
    """Who asks, where the answer goes, what is asked."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    file = forms.CharField(
        label=_("Number of your file, or of your earlier question, if you have one"), max_length=40, required=False
    )
    question = forms.CharField(label=_("Your question"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 8}))


class AgainForm(forms.Form):
    """More on a question asked before."""

    question = forms.CharField(
        label=_("Write again about this question"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6})
    )


class AnswerForm(forms.Form):
    """What staff answer."""

    words = forms.CharField(label=_("Your answer"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 8}))


@transaction.atomic
def ask(
    *, rules: ProgramRules, name: str, email: str, question: str, file: str, language: str, by: Person | None, at: datetime
) -> str:  # fmt: skip
    """Hand a question to the staff of a program; return its number.

    The acknowledgement goes to the address given and, to somebody who is signed in with the program, among their messages.
    """
    own = by if by is not None and by.program == rules.code else None
    number = _thread(rules.code, file, email, own)
    number = number or references.next_reference(f"{rules.reference_prefix}-Q", local_day(at, rules.zone).year)
    said = f"{name} <{email}>{f' · {file}' if file else ''}: {question}"
    asker = {"name": name, "email": email, "language": language, "username": (own.username or "") if own else ""}
    detail = {"en": said, "fr": said, "question": question, **asker}
    notices.open_task(KIND, program=rules.code, about=number, detail=detail, at=at)
    audit.record("help.asked", subject=number, by=own, at=at, program=rules.code)
    letters.send(
        "help_received", program=rules.code, to=own, about=number, at=at, address=email, language=language,
        audience="everyone", rules=rules,
    )  # fmt: skip
    return number


def _thread(program: str, number: str, email: str, own: Person | None) -> str:
    """Return the number of an earlier question that the same person goes on with; "" where it is none of theirs."""
    earlier = questions(program, number.strip().upper()).first() if number.strip() else None
    if earlier is None:
        return ""
    theirs = earlier.detail["username"]
    same = own is not None and own.username == theirs if theirs else earlier.detail["email"].lower() == email.lower()
    return str(earlier.about) if same else ""


def questions(program: str, number: str) -> Any:
    """Return the tasks of a thread, oldest first: each holds one question, and once closed what was answered or noted."""
    return notice_queries.every_task(program).filter(kind=KIND, about=number, detail__has_key="question").order_by("pk")


def thread_of(person: Person, number: str) -> list[dict[str, Any]]:
    """Return what ``person`` asked under a number and was answered, oldest first; nothing where it is not theirs."""
    asked = [
        one
        for one in questions(person.program, number)
        if person.username and one.detail["username"] == person.username
    ]
    if not asked:
        return []
    # A task may also be closed with a note for colleagues: only what was sent to the person is theirs to read.
    sent = set(notice_queries.inbox(person).filter(about=number, kind=ANSWER).values_list("queued_at", flat=True))
    answered = {one.closed_at: one.note for one in asked if one.closed_at in sent}
    mine = [{"at": one.opened_at, "words": one.detail["question"], "own": True} for one in asked]
    answers = [{"at": at, "words": words, "own": False} for at, words in answered.items()]
    return sorted([*mine, *answers], key=lambda one: one["at"])


@transaction.atomic
def answer(*, program: str, number: str, words: str, by: Person, at: datetime) -> None:
    """Answer what waits under a number, to whoever asked last; the tasks are closed with the words. Raises NotAllowed."""
    waiting = [one for one in questions(program, number).select_for_update(of=("self",)) if one.closed_at is None]
    if not waiting:
        raise NotAllowed(_("This question has been answered."))
    asker = waiting[-1].detail
    _close(waiting, words, by=by, at=at)
    to = people.person(asker["username"]) if asker["username"] else None
    letters.send(
        "help_answered", program=program, to=to, about=number, at=at, address="" if to else asker["email"],
        language=asker["language"], audience="everyone", rules=programs.rules_in_force(program, at),
        context={"answer": words, "online": to is not None, "link": _address(number, asker["language"]) if to else None},
    )  # fmt: skip
    audit.record("help.answered", subject=number, by=by, at=at, program=program, for_person=to)


def _close(tasks: Iterable[Any], words: str, *, by: Person, at: datetime) -> None:
    for task in tasks:
        notices.close_task(task=task, by=by, at=at, note=words)


def _address(number: str, language: str) -> str:
    with translation.override(language):
        return f"{settings.PASSERELLE_URL}{reverse('desks:my_question', args=[number])}"
