"""A question to the program by a form: a task for staff, an acknowledgement by mail, a message for whoever is signed in."""

from datetime import datetime

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from passerelle.accounts.models import Person
from passerelle.core import audit, references
from passerelle.core.deadlines import local_day
from passerelle.notices import operations as notices
from passerelle.programs import operations as letters
from passerelle.programs.rules import ProgramRules

LONGEST = 3000


class HelpForm(forms.Form):
    """Who asks, where the answer goes, what is asked."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    file = forms.CharField(label=_("Number of your file, if you have one"), max_length=40, required=False)
    question = forms.CharField(label=_("Your question"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 8}))


@transaction.atomic
def ask(
    *, rules: ProgramRules, name: str, email: str, question: str, file: str, language: str, by: Person | None, at: datetime
) -> str:  # fmt: skip
    """Hand a question to the staff of a program; return its number.

    The acknowledgement goes to the address given and, to somebody who is signed in with the program, among their messages.
    """
    own = by if by is not None and by.program == rules.code else None
    number = references.next_reference(f"{rules.reference_prefix}-Q", local_day(at, rules.zone).year)
    said = f"{name} <{email}>{f' · {file}' if file else ''}: {question}"
    notices.open_task("help.asked", program=rules.code, about=number, detail=said, at=at)
    audit.record("help.asked", subject=number, by=own, at=at, program=rules.code)
    letters.send(
        "help_received", program=rules.code, to=own, about=number, at=at, address=email, language=language,
        audience="everyone", rules=rules,
    )  # fmt: skip
    return number
