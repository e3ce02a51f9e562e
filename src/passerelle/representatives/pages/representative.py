"""The representative's side: ask a client, start a file for one who appointed me, give an appointment up."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from passerelle.accounts.access import RepresentativePage
from passerelle.core.text import pick
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import closed
from passerelle.eoi import operations as eois
from passerelle.eoi import queries as files
from passerelle.programs import queries as programs
from passerelle.programs.wording import opening
from passerelle.representatives import operations, queries
from passerelle.representatives.pages.forms import AskForm, StartForm


class AskClient(RepresentativePage):
    """Ask somebody to appoint me."""

    template_name = "representatives/ask.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        first = next(iter(self._sides()), "")
        known = "file" if first in queries.asked_by_number(self.program, self.at) else "new"
        initial = {"language": get_language(), "known": known, "side": first}
        return self.show({"form": self._form(initial=initial)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid() and self._ask(form):
            messages.success(request, _("We wrote to your client. You see nothing of theirs until they appoint you."))
            return self.go_to("accounts:home")
        return self.show({"form": form}, status=422)

    def _form(self, *given: Any, **more: Any) -> AskForm:
        by_number = queries.asked_by_number(self.program, self.at)
        one_each = queries.has_an_account_each(self.program, self.at)
        return AskForm(*given, sides=self._sides(), by_number=by_number, one_each=one_each, **more)

    def _sides(self) -> tuple[str, ...]:
        return queries.sides(self.program, self.at)

    def _ask(self, form: AskForm) -> bool:
        given = form.cleaned_data
        side = given["side"]
        try:
            if given["known"] == "file":
                operations.ask_by_file(reference=given["reference"], side=side, by=self.person, at=self.at)
            else:
                operations.ask_client(
                    name=given["name"], email=given["email"], language=given["language"], side=side, by=self.person,
                    at=self.at,
                )  # fmt: skip
        except operations.NoSuchFile:
            form.add_error("reference", _("There is no open file with this number here. Ask your client for it again."))
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        return not form.errors


class OfAppointment(RepresentativePage):
    """A page about one appointment of this representative."""

    def client(self, pk: int) -> Any:
        """The client of an appointment in force, by the client's account; a 404 for anybody else."""
        found = get_object_or_404(queries.clients(self.person), client=pk)
        self.acting_for = found.client
        return found.client


class StartFile(OfAppointment):
    """Start a file for a client who appointed me."""

    template_name = "representatives/start.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        client = self.client(pk)
        return self._show(client, StartForm(choices=self._choices(client)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        client = self.client(pk)
        form = StartForm(request.POST, choices=self._choices(client))
        if not form.is_valid():
            return self._show(client, form, status=422)
        category = form.cleaned_data["category"]
        eoi = eois.open_eoi(program=self.program, category=category, by=self.person, at=self.at, client=client)
        return self.go_to("eoi:criteria" if client.is_employer else "eoi:my_criteria", eoi.reference)

    def _choices(self, client: Any) -> list[tuple[str, str]]:
        rules = programs.rules_in_force(self.program, self.at)
        if client.audience not in rules.openers:
            raise Http404
        free = closed.taking_in(files.categories_to_start(client, rules), self.program, self.at)
        return [(one.key, pick(one.name)) for one in free]

    def _show(self, client: Any, form: StartForm, status: int = 200) -> HttpResponse:
        rules = programs.rules_in_force(self.program, self.at)
        return self.show({"client": client, "form": form, "opening": opening(rules, self.at)}, status=status)


class GiveUp(RepresentativePage):
    """Take a request back, or give an appointment up, after a question."""

    template_name = "representatives/give_up.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show({"appointment": self._open(pk)})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self._open(pk)
        operations.end_appointment(appointment=found.pk, by=self.person, at=self.at)
        messages.success(
            request,
            _("You no longer represent %(name)s.") % {"name": found.client.name}
            if found.appointed_at
            else _("The request is taken back."),
        )
        return self.go_to("accounts:home")

    def _open(self, pk: int) -> Any:
        return get_object_or_404(queries.open_of(self.person), pk=pk)
