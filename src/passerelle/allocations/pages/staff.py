"""The year's places at a glance, how they came about, and the director's form to set them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.accounts.access import StaffPage
from passerelle.allocations import operations, queries
from passerelle.allocations.pages.forms import PlacesForm, TargetForm
from passerelle.allocations.permissions import can_set_places
from passerelle.core.arrival import ArrivedRequest
from passerelle.core.deadlines import local_day
from passerelle.core.text import pick
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules


class YearPlaces(StaffPage):
    """Held, used, left: this year and the ones before; changes with reason and date; each stream beside its target."""

    template_name = "allocations/staff/places.html"

    def get(self, request: ArrivedRequest) -> HttpResponse:
        return self.show(self._context(request))

    def post(self, request: ArrivedRequest) -> HttpResponse:
        if "target-stream" in request.POST or "for_stream" in request.POST:
            return self._target(request)
        form = PlacesForm(request.POST)
        if form.is_valid() and self._set(request, form):
            messages.success(request, _("The places of %(year)s are set.") % {"year": form.cleaned_data["year"]})
            return self.go_to("allocations:places")
        return self.show(self._context(request, form=form), status=422)

    def _target(self, request: ArrivedRequest) -> HttpResponse:
        form = TargetForm(request.POST, streams=self._rules(request).streams)
        if not form.is_valid():
            return self.show(self._context(request, target_form=form), status=422)
        operations.set_target(program=self.program, by=self.person, at=request.arrived_at, **form.told())
        messages.success(request, _("The target is kept with its reason."))
        return self.go_to("allocations:places")

    def _set(self, request: ArrivedRequest, form: PlacesForm) -> bool:
        try:
            operations.set_places(program=self.program, by=self.person, at=request.arrived_at, **form.told())
        except operations.BelowHeldAndUsed as refusal:
            form.add_error("places", _below(refusal.spoken_for))
            return False
        return True

    def _rules(self, request: HttpRequest) -> ProgramRules:
        return programs.rules_in_force(self.program, request.arrived_at)  # type: ignore[attr-defined]

    def _context(self, request: ArrivedRequest, **forms: Any) -> dict[str, Any]:
        rules = self._rules(request)
        year = local_day(request.arrived_at, rules.zone).year
        names = {one.key: pick(one.name) for one in rules.streams}
        return {
            "form": PlacesForm(initial={"year": year}), "now": queries.places(self.program, year),
            "target_form": TargetForm(initial={"year": year}, streams=rules.streams),
            "streams": [
                {"name": names[one.stream], "places": one}
                for one in queries.by_stream(self.program, year, list(names))
            ],
            "several": len(names) > 1,
            "targets": [
                {"name": names.get(one.stream, one.stream), "row": one} for one in queries.targets(self.program, year)
            ],
            "years": [one for one in queries.years(self.program) if one.year != year],
            "changes": queries.changes(self.program, year), "told": rules.allocations.get(year),
            "verdict": can_set_places(self.person, self.program), **forms,
        }  # fmt: skip


def _below(spoken_for: int) -> str:
    return ngettext(
        "%(count)s place is held or used already. Enter that number or more.",
        "%(count)s places are held or used already. Enter that number or more.",
        spoken_for,
    ) % {"count": spoken_for}
