"""A question to the program and what was answered: for whoever asked, and for staff."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from passerelle.accounts.access import FILE_READERS, PartyPage, StaffPage
from passerelle.desks import help
from passerelle.programs import queries as programs


class MyQuestion(PartyPage):
    """What this person asked under one number, what was answered, a place to write again."""

    template_name = "desks/question.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self._show(number, help.AgainForm())

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        self._thread(number)
        if too_many := ratelimit.consume_or_429(request, action="help"):
            return too_many
        form = help.AgainForm(request.POST)
        if not form.is_valid():
            return self._show(number, form, status=422)
        help.ask(
            rules=programs.rules_in_force(self.program, self.at), name=self.person.name, email=self.person.email, file=number,
            question=form.cleaned_data["question"], language=(get_language() or "en")[:2], by=self.person, at=self.at,
        )  # fmt: skip
        messages.success(request, _("Your question is with us"))
        return self.go_to("desks:my_question", number)

    def _thread(self, number: str) -> list[dict[str, Any]]:
        found = help.thread_of(self.person, number)
        if not found:
            raise Http404
        return found

    def _show(self, number: str, form: help.AgainForm, status: int = 200) -> HttpResponse:
        return self.show({"number": number, "thread": self._thread(number), "form": form}, status=status)


class Question(StaffPage):
    """What somebody asked under one number, what was answered, and the form to answer it."""

    template_name = "desks/staff/question.html"
    roles = FILE_READERS

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self._show(number, help.AnswerForm())

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        self._asked(number)
        form = help.AnswerForm(request.POST)
        if not form.is_valid():
            return self._show(number, form, status=422)
        help.answer(program=self.program, number=number, words=form.cleaned_data["words"], by=self.person, at=self.at)
        messages.success(request, _("Your answer is on its way."))
        return self.go_to("notices:tasks")

    def _asked(self, number: str) -> list[Any]:
        found = list(help.questions(self.program, number))
        if not found:
            raise Http404
        return found

    def _show(self, number: str, form: help.AnswerForm, status: int = 200) -> HttpResponse:
        asked = self._asked(number)
        waits = any(one.closed_at is None for one in asked)
        context = {"number": number, "asked": asked, "asker": asked[-1].detail, "form": form if waits else None}
        return self.show({**context, "nav_current": "tasks"}, status=status)
