"""Staff pages: which rules are in force, what no official source confirms, the days the office is closed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from passerelle.accounts.access import StaffPage
from passerelle.core.verdicts import require
from passerelle.programs import operations, queries
from passerelle.programs.pages.forms import ClosureForm, RemovedDay
from passerelle.programs.permissions import can_keep_calendar


class Rules(StaffPage):
    """Packs in force and what in them is not officially confirmed."""

    template_name = "programs/staff/rules.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        pack = queries.pack_in_force(self.program, self.at)
        rules = queries.rules(pack)
        others = [one for one in queries.packs(self.program) if one.pk != pack.pk]
        return self.show(
            {
                "pack": pack,
                "rules": rules,
                "others": others,
                "libraries": rules.uses,
                "groups": _by_place(rules.unconfirmed()),
            }
        )


def _by_place(values: list[Any]) -> list[dict[str, Any]]:
    names = {
        "settings": _("Settings"),
        "deadlines": _("Deadlines"),
        "criteria": _("Mandatory criteria"),
        "checklist": _("Documents asked"),
        "retention": _("How long records are kept"),
        "letters": _("Messages and letters"),
        "history": _("History"),
        "grid": _("Points grid"),
    }
    places = list(dict.fromkeys(one.where for one in values))
    return [
        {"title": names.get(place, place), "rows": [one for one in values if one.where == place]} for place in places
    ]


class Closures(StaffPage):
    """The days on which the office is closed: those of the law, from the pack, and those staff have added."""

    template_name = "programs/staff/closures.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, ClosureForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        require(can_keep_calendar(self.person, self.program))
        if "remove" in request.POST:
            return self._remove(request)
        form = ClosureForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        operations.close_office(program=self.program, **form.cleaned_data, by=self.person, at=self.at)
        messages.success(request, _("The day was added. Deadlines counted from now on leave it out."))
        return self.go_to("programs:closures")

    def _remove(self, request: HttpRequest) -> HttpResponse:
        form = RemovedDay(request.POST)
        if not form.is_valid():
            raise Http404
        get_object_or_404(queries.closures(self.program), day=form.cleaned_data["remove"])
        operations.reopen_office(program=self.program, day=form.cleaned_data["remove"], by=self.person, at=self.at)
        messages.success(request, _("The day was taken off the calendar."))
        return self.go_to("programs:closures")

    def _page(self, request: HttpRequest, form: ClosureForm, status: int = 200) -> HttpResponse:
        rules = queries.rules_in_force(self.program, self.at)
        year = self.at.astimezone(rules.zone).year
        holidays = [(day, name) for shown in (year, year + 1) for day, name in sorted(rules.holidays(shown).items())]
        return self.show(
            {
                "form": form,
                "rules": rules,
                "holidays": holidays,
                "closures": list(queries.closures(self.program)),
                "may": can_keep_calendar(self.person, self.program),
            },
            status=status,
        )
