"""Lists for staff: what waits for review, the pool, what waits for a second person, bars, keyed withdrawals."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.accounts.access import StaffPage
from passerelle.core import charts, counts, deadlines
from passerelle.core.templatetags.look import number
from passerelle.eoi import operations, permissions, queries, standings
from passerelle.eoi.pages.forms import FilterForm, KeyedWithdrawalForm, LiftBarForm
from passerelle.eoi.states import WITHDRAWABLE
from passerelle.programs import queries as programs

ON_A_PAGE = 50
# So many files of a pool are counted and listed at once; to look at every one of more is asked for.
AT_ONCE = 10_000


class ListPage(StaffPage):
    """A list of this room."""

    roles = frozenset(permissions.READERS)

    @cached_property
    def rules(self) -> Any:
        """The rules in force."""
        return programs.rules_in_force(self.program, self.at)

    def filters(self, *, streams: Any = ()) -> FilterForm:
        """The filters in the address; a choice of stream where there are several."""
        form = FilterForm(self.request.GET, categories=self.rules.categories, streams=streams)
        form.is_valid()
        return form

    def tabs(self) -> dict[str, int]:
        """How many wait where, for the tabs above the lists."""
        at = self.at
        waiting = queries.to_review(self.program, at)
        found = counts.together(
            {
                "to_review": waiting,
                "late": waiting.filter(review_by__lte=at),
                "changes": queries.changes_waiting(self.program),
                "bars": queries.bars_waiting(self.program),
                "proof": queries.proof_asked(self.program, at),
            }
        )
        return {**found, "second": found["changes"] + found["bars"]}


class ReviewList(ListPage):
    """Files to review, oldest first, with the clock of each; filters stay in the address."""

    template_name = "eoi/staff/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form, at = self.filters(), self.at
        shown = self._rows(form, request.GET.get("show", "review"))
        page = Paginator(shown, ON_A_PAGE).get_page(request.GET.get("page"))
        return self.show(
            {
                "page_obj": page,
                "rows": [list_row(eoi, self.rules) for eoi in page],
                "form": form,
                "tabs": self.tabs(),
                "which": request.GET.get("show", "review"),
                "can_take": permissions.can_review(self.person, self.program).allowed,
                "at": at,
                "nav_current": "worklist",
            }
        )

    def _rows(self, form: FilterForm, which: str) -> Any:
        at = self.at
        rows = queries.proof_asked(self.program, at) if which == "proof" else queries.to_review(self.program, at)
        category, clock = form.cleaned_data.get("category"), form.cleaned_data.get("clock")
        if category:
            rows = rows.filter(category=category)
        if clock and which != "proof":
            tonight = deadlines.first_day_too_late(at, days=0, zone=self.rules.zone)
            spans = {
                "late": {"review_by__lte": at},
                "due_today": {"review_by__gt": at, "review_by__lte": tonight},
                "on_time": {"review_by__gt": tonight},
            }
            rows = rows.filter(**spans[clock])
        return rows


def list_row(eoi: Any, rules: Any) -> dict[str, Any]:
    """Return one file as a row: nothing that a list needs not show."""
    return {
        "reference": eoi.reference,
        "candidate": eoi.candidate.name if eoi.candidate else "",
        "employer": eoi.employer_name,
        "category": str(rules.category(eoi.category).short),
        "points": eoi.points,
        "submitted_at": eoi.submitted_at,
        "review_by": eoi.review_by,
        "taken_by": eoi.taken_by.name if eoi.taken_by else "",
        "state": eoi.get_state_display(),
        "tone": standings.TONES[eoi.state],
        "valid_before": eoi.valid_before,
    }


class TakeNext(ListPage):
    """Open the oldest file that no colleague holds."""

    roles = frozenset(permissions.CHECKERS)

    def post(self, request: HttpRequest) -> HttpResponse:
        eoi = operations.take_next(program=self.program, by=self.person, at=self.at)
        if eoi is None:
            messages.info(request, _("Nothing waits for review, or colleagues have it in hand."))
            return self.go_to("eoi:review_list")
        return self.go_to("eoi:review", eoi.reference)


class Pool(ListPage):
    """The pool in its order, with its shape as a picture."""

    template_name = "eoi/staff/pool.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form, at = self.filters(streams=self.rules.pools), self.at
        stream = self._stream(form)
        pool = queries.pool(self.program, at).filter(stream=stream.key)
        waiting = {"pool": pool}
        if self.rules.confirms:
            waiting["not confirmed"] = queries.not_confirmed(self.program, at)
        found = counts.together(waiting, most={"pool": AT_ONCE})
        whole = found["pool"] <= AT_ONCE or bool(request.GET.get("whole"))
        shown = self._of_category(pool, form, stream)
        page = Paginator(shown if whole else shown[:AT_ONCE], ON_A_PAGE).get_page(request.GET.get("page"))
        rows = [list_row(eoi, self.rules) | {"place": page.start_index() + i} for i, eoi in enumerate(page)]
        return self.show(
            {
                "page_obj": page,
                "rows": rows,
                "form": form,
                "stream": stream,
                "streams": self.rules.pools,
                "several": len(self.rules.categories_of(stream.key)) > 1,
                "at_once": AT_ONCE,
                "whole": self.whole(stream) if whole else None,
                "unsettled": found.get("not confirmed"),
                "nav_current": "pool",
            }
        )

    def _of_category(self, pool: Any, form: FilterForm, stream: Any) -> Any:
        chosen = form.cleaned_data.get("category")
        known = [one.key for one in self.rules.categories_of(stream.key)]
        return pool.filter(category=chosen) if chosen in known else pool

    def whole(self, stream: Any) -> dict[str, Any]:
        """What takes a look at every file of the pool: how many, of which category, the picture."""
        volume, categories = queries.volume(self.program, self.at), self.rules.categories_of(stream.key)
        by_category = [(str(one.short), volume.by_category.get(one.key, 0)) for one in categories]
        return {
            "in_pool": sum(count for _name, count in by_category), "received_this_year": volume.received_this_year,
            "categories": by_category, "chart": pool_chart(self.program, stream.key),
        }  # fmt: skip

    def _stream(self, form: FilterForm) -> Any:
        """The stream in the address, else the program's first."""
        chosen = form.cleaned_data.get("stream")
        return self.rules.stream(chosen) if chosen else self.rules.pools[0]


def pool_chart(program: str, stream: str) -> Any:
    """Return a stream's pool by score as a chart, or None when it is empty."""
    scores = queries.by_score(program, stream)
    if not scores:
        return None
    width = charts.width_for(min(scores), max(scores))
    data = [charts.Bin(low, low + width - 1, count) for low, count in queries.bands(scores, width)]
    total = sum(scores.values())
    title = ngettext(
        "%(count)s expression of interest in the pool", "%(count)s expressions of interest in the pool", total
    )
    return charts.histogram(title % {"count": number(total)}, data, head=[_("Points"), _("Files")])


class SecondOfficer(ListPage):
    """What waits for a second person: changes of fact that change points, refusals with a bar."""

    template_name = "eoi/staff/second.html"
    roles = frozenset(permissions.CHECKERS)

    def get(self, request: HttpRequest) -> HttpResponse:
        changes = [
            {"change": one, "mine": one.by_id == self.person.pk} for one in queries.changes_waiting(self.program)
        ]
        bars = [
            {"doubt": one, "mine": one.bar_asked_by_id == self.person.pk} for one in queries.bars_waiting(self.program)
        ]
        return self.show({"changes": changes, "bars": bars, "tabs": self.tabs(), "nav_current": "worklist"})


class Bars(ListPage):
    """Every bar: in force, over or lifted; lifting takes two people."""

    template_name = "eoi/staff/bars.html"
    roles = frozenset({*permissions.CHECKERS, "auditor"})

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponse:
        bar = get_object_or_404(queries.bars(self.program), pk=_number(request.POST.get("bar", "")))
        at = self.at
        if bar.lift_by_id is not None:
            operations.confirm_bar_lifted(bar=bar, by=self.person, at=at)
            messages.success(request, _("The bar is lifted."))
            return self.go_to("eoi:bars")
        form = LiftBarForm(request.POST, prefix=str(bar.pk))
        if not form.is_valid():
            return self._show(form, bar.pk, status=422)
        operations.ask_to_lift_bar(bar=bar, reason=form.cleaned_data["reason"], by=self.person, at=at)
        messages.success(request, _("Proposed. A second person must confirm."))
        return self.go_to("eoi:bars")

    def _show(self, form: LiftBarForm | None = None, about: int = 0, status: int = 200) -> HttpResponse:
        at = self.at
        rows = []
        for bar in queries.bars(self.program):
            in_force = bar.lifted_at is None and bar.from_at <= at < bar.before
            own = form if form is not None and bar.pk == about else LiftBarForm(prefix=str(bar.pk))
            may = in_force and permissions.can_lift_bar(self.person, bar, at=at).allowed
            rows.append({"bar": bar, "in_force": in_force, "form": own, "may": may})
        return self.show({"rows": rows, "form": form, "nav_current": "worklist"}, status=status)


class KeyWithdrawal(ListPage):
    """Enter a request for withdrawal that a candidate sent by e-mail (nwt.md, R2.4)."""

    template_name = "eoi/staff/key_withdrawal.html"
    roles = frozenset(permissions.CHECKERS)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show({"form": KeyedWithdrawalForm(initial={"reference": request.GET.get("reference", "")})})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = KeyedWithdrawalForm(request.POST)
        if not form.is_valid():
            return self.show({"form": form}, status=422)
        reference = form.cleaned_data["reference"].strip().upper()
        found = queries.files_of(self.person).filter(reference=reference, program=self.program).first()
        if found is None or found.state not in WITHDRAWABLE:
            form.add_error("reference", _("There is no file of this number that can be withdrawn."))
            return self.show({"form": form}, status=422)
        operations.withdraw_eoi(
            reference=reference, reason=form.cleaned_data["reason"], by=self.person, at=self.at,
            received_by_email=True,
        )  # fmt: skip
        messages.success(request, _("%(reference)s is withdrawn. Both parties are told.") % {"reference": reference})
        return self.go_to("eoi:review", reference)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0
