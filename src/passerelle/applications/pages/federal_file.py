"""The file of nominations for the federal side, for the days that somebody names."""

from datetime import timedelta
from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse

from passerelle.accounts.access import StaffPage
from passerelle.applications import operations, permissions
from passerelle.applications.operations.federal_file import HEAD
from passerelle.applications.pages.forms import NominationsFileForm
from passerelle.core import audit
from passerelle.core.deadlines import local_day
from passerelle.core.sheets import csv_text
from passerelle.core.verdicts import NotAllowed, require
from passerelle.express_entry import queries as pool
from passerelle.programs import queries as programs

TAKEN = "nominations.file_taken"


class NominationsFile(StaffPage):
    """Which days, and the file; who took one before."""

    template_name = "applications/staff/federal_nominations.html"
    roles: ClassVar[frozenset[str]] = frozenset({"draw_manager", "director", "auditor"})

    def get(self, request: HttpRequest) -> HttpResponse:
        today = local_day(self.at, programs.rules_in_force(self.program, self.at).zone)
        return self.ask(NominationsFileForm(initial={"first": today - timedelta(days=6), "through": today}))

    def post(self, request: HttpRequest) -> HttpResponse:
        require(permissions.can_take_nominations(self.person, self.program))
        form = NominationsFileForm(request.POST)
        if not form.is_valid():
            return self.ask(form, status=422)
        given = form.cleaned_data
        try:
            rows = operations.take_federal_nominations(program=self.program, by=self.person, at=self.at, **given)
        except NotAllowed as refusal:
            form.add_error("first", str(refusal))
            return self.ask(form, status=422)
        answer = HttpResponse(csv_text(HEAD, rows), content_type="text/csv; charset=utf-8")
        name = f"nominations-{given['first'].isoformat()}-{given['through'].isoformat()}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "no-store"
        return answer

    def ask(self, form: NominationsFileForm, status: int = 200) -> HttpResponse:
        rules = programs.rules_in_force(self.program, self.at)
        if not rules.federal_streams:
            raise Http404
        taken = audit.trail(pool.subject(self.program)).filter(event=TAKEN).order_by("-number")[:20]
        return self.show({
            "form": form, "verdict": permissions.can_take_nominations(self.person, self.program), "taken": taken,
        }, status=status)  # fmt: skip
