"""The year's places at a glance, how they came about, and the director's form to set them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.accounts.access import StaffPage
from passerelle.allocations import operations, queries
from passerelle.allocations.pages.forms import PlacesForm
from passerelle.allocations.permissions import can_set_places
from passerelle.core.arrival import ArrivedRequest
from passerelle.core.deadlines import local_day
from passerelle.programs import queries as programs


class YearPlaces(StaffPage):
    """Held, used, left: this year and the ones before; changes with reason and date."""

    template_name = "allocations/staff/places.html"

    def get(self, request: ArrivedRequest) -> HttpResponse:
        return self.show(self._context(request, PlacesForm(initial={"year": self._year(request)})))

    def post(self, request: ArrivedRequest) -> HttpResponse:
        form = PlacesForm(request.POST)
        if form.is_valid() and self._set(request, form):
            messages.success(request, _("The places of %(year)s are set.") % {"year": form.cleaned_data["year"]})
            return self.go_to("allocations:places")
        return self.show(self._context(request, form), status=422)

    def _set(self, request: ArrivedRequest, form: PlacesForm) -> bool:
        try:
            operations.set_places(program=self.program, by=self.person, at=request.arrived_at, **form.told())
        except operations.BelowHeldAndUsed as refusal:
            form.add_error("places", _below(refusal.spoken_for))
            return False
        return True

    def _year(self, request: ArrivedRequest) -> int:
        rules = programs.rules_in_force(self.program, request.arrived_at)
        return local_day(request.arrived_at, rules.zone).year

    def _context(self, request: HttpRequest, form: PlacesForm) -> dict[str, Any]:
        year = self._year(request)  # type: ignore[arg-type]
        rules = programs.rules_in_force(self.program, request.arrived_at)  # type: ignore[attr-defined]
        return {
            "form": form, "now": queries.places(self.program, year),
            "years": [one for one in queries.years(self.program) if one.year != year],
            "changes": queries.changes(self.program, year), "told": rules.allocations.get(year),
            "verdict": can_set_places(self.person, self.program),
        }  # fmt: skip


def _below(spoken_for: int) -> str:
    return ngettext(
        "%(count)s place is held or used already. Enter that number or more.",
        "%(count)s places are held or used already. Enter that number or more.",
        spoken_for,
    ) % {"count": spoken_for}
