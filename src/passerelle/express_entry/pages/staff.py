"""Staff pages of the federal pool: loads and profiles by score, scores that differ, what is kept past its time."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.accounts.access import StaffPage
from passerelle.core import charts
from passerelle.core.arrival import ArrivedRequest
from passerelle.core.deadlines import local_day
from passerelle.core.templatetags.look import number
from passerelle.express_entry import operations, queries, wording
from passerelle.express_entry.crs import SETTING, FederalGrids
from passerelle.express_entry.pages.forms import HoldForm
from passerelle.express_entry.permissions import READERS, can_hold
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules

ON_A_PAGE = 50


class PoolPage(StaffPage):
    """A page of this room."""

    roles = READERS

    @cached_property
    def rules(self) -> ProgramRules:
        """The rules in force."""
        return programs.rules_in_force(self.program, self.at)

    @cached_property
    def grids(self) -> FederalGrids | None:
        """The federal grids the pack names, None for a program without a federal pool."""
        return FederalGrids(self.rules) if SETTING in self.rules.settings else None

    @property
    def today(self) -> Any:
        """The day in the program's zone."""
        return local_day(self.at, self.rules.zone)


class Pool(PoolPage):
    """Profiles by score, and the files they came in."""

    template_name = "express_entry/staff/pool.html"

    def get(self, request: ArrivedRequest) -> HttpResponse:
        loads = Paginator(queries.loads(self.program), ON_A_PAGE).get_page(request.GET.get("page"))
        return self.show({
            "standing": queries.standing(self.program, self.today), "chart": _chart(queries.bands(self.program, self.today)),
            "page_obj": loads, "streams": self.rules.federal_streams, "before": queries.kept_since(self.rules, self.at),
        })  # fmt: skip


class Load(PoolPage):
    """One file: its numbers and its faults, by line and field."""

    template_name = "express_entry/staff/load.html"

    def get(self, request: ArrivedRequest, load: int) -> HttpResponse:
        found = queries.load(self.program, load)
        if found is None:
            raise Http404
        return self.show({"load": found, "faults": wording.faults(found)})


class Disagreements(PoolPage):
    """Profiles whose score computed again is not the one given, and why others were not computed."""

    template_name = "express_entry/staff/disagreements.html"

    def get(self, request: ArrivedRequest) -> HttpResponse:
        page_obj = Paginator(queries.disagreements(self.program), ON_A_PAGE).get_page(request.GET.get("page"))
        standing = queries.standing(self.program, self.today)
        return self.show({
            "page_obj": page_obj, "rows": [self._row(one) for one in page_obj], "standing": standing,
            "reasons": [(wording.reason(code), count) for code, count in standing.not_computed.items()],
            "missing": [(self._fact(fact), count) for fact, count in queries.missing_facts(self.program)],
        })  # fmt: skip

    def _row(self, one: Any) -> dict[str, Any]:
        lines = [(self._line(one.crs_grid, line), *both) for line, *both in queries.lines_that_differ(one)]
        all_lines = [(self._line(one.crs_grid, line), points) for line, points in one.crs_lines.items()]
        return {"profile": one, "number": one.identity["profile_number"], "lines": lines, "all_lines": all_lines}

    def _line(self, grid: str, line: str) -> str:
        return wording.line_name(self.grids, grid, line) if self.grids else line

    def _fact(self, fact: str) -> str:
        return wording.fact_name(self.grids, fact) if self.grids else fact


class Kept(PoolPage):
    """Profiles a director keeps past their time."""

    template_name = "express_entry/staff/kept.html"

    def get(self, request: ArrivedRequest) -> HttpResponse:
        return self._page(HoldForm())

    def post(self, request: ArrivedRequest) -> HttpResponse:
        if lifted := request.POST.get("lift", ""):
            return self._lift(lifted)
        form = HoldForm(request.POST)
        if form.is_valid():
            try:
                operations.hold_profile(program=self.program, by=self.person, at=self.at, **form.cleaned_data)
                messages.success(request, _("The profile is kept until a director lets it go."))
                return self.go_to("express_entry:kept")
            except operations.NoSuchProfile:
                form.add_error(
                    "number", _("No profile of this program has that number. Check it against the federal file.")
                )
        return self._page(form, status=422)

    def _lift(self, lifted: str) -> HttpResponse:
        if not lifted.isdecimal() or len(lifted) > 18:
            raise Http404
        try:
            operations.lift_hold(program=self.program, hold=int(lifted), by=self.person, at=self.at)
        except operations.NoSuchHold:
            raise Http404 from None
        messages.success(self.request, _("The profile is let go: it is erased when its time is over."))
        return self.go_to("express_entry:kept")

    def _page(self, form: HoldForm, status: int = 200) -> HttpResponse:
        rows = [{"hold": one, "number": one.profile.identity["profile_number"]} for one in queries.holds(self.program)]
        return self.show({"form": form, "rows": rows, "verdict": can_hold(self.person, self.program)}, status=status)


def _chart(bands: list[tuple[int, int]]) -> Any:
    """Return valid profiles by score as a chart, or None where there are none."""
    if not bands:
        return None
    counts, highest = dict(bands), max(low for low, _count in bands)
    lows = range(min(counts), highest + 1, queries.BAND)
    data = [charts.Bin(low, low + queries.BAND - 1, counts.get(low, 0)) for low in lows]
    total = sum(counts.values())
    title = ngettext("%(count)s valid profile by federal score", "%(count)s valid profiles by federal score", total)
    return charts.histogram(title % {"count": number(total)}, data, head=[_("Score"), _("Profiles")])
