"""Staff pages about an error found in a draw: whom it harmed and helped, what can be done and what it costs, the plan."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from passerelle.core.arrival import ArrivedRequest
from passerelle.core.text import pick
from passerelle.core.verdicts import require
from passerelle.draws import harm, operations, permissions, queries, repair_words, repairing
from passerelle.draws.correcting import Unclear
from passerelle.draws.harm import Harm
from passerelle.draws.pages import aim_forms
from passerelle.draws.pages.forms import ReasonForm
from passerelle.draws.pages.repair_forms import CorrectionForm, WayForm
from passerelle.draws.pages.staff import DrawPage
from passerelle.draws.repairing import Option
from passerelle.draws.states import DrawState

if TYPE_CHECKING:
    from passerelle.draws.models import Draw

DIRECTORS = frozenset({"director"})
READERS = frozenset({"director", "auditor"})


class Repair(DrawPage):
    """What was wrong; then whom it touched, each way with its cost, the words for everybody; then the plan is kept.

    Nothing is kept before the last step: what was said comes along in the form.
    """

    template_name = "draws/staff/repair.html"
    roles = DIRECTORS

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        return self._first(draw, CorrectionForm(draw=draw, rules=queries.rules_of(draw)))

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        require(permissions.can_look_back(self.person, draw))
        said = CorrectionForm(aim_forms.sent(request.POST), draw=draw, rules=queries.rules_of(draw))
        if aim_forms.is_change(request.POST):
            said.leave_unchecked()
            return self._first(draw, said)
        step = request.POST.get("step", "look")
        if step == "change" or not said.is_valid():
            return self._first(draw, said, status=200 if step == "change" else 422)
        try:
            found = harm.found(draw, said.correction(), request.arrived_at)
        except Unclear as fault:
            said.refuse(fault.field, fault.message)
            return self._first(draw, said, status=422)
        return self._second(request, draw, said, found, step)

    def _first(self, draw: Draw, said: CorrectionForm, status: int = 200) -> HttpResponse:
        context = {
            "draw": draw, "said": said, "verdict": permissions.can_look_back(self.person, draw),
            "plans": queries.repairs(draw),
        }  # fmt: skip
        return self.show(context, status=status)

    def _second(
        self, request: ArrivedRequest, draw: Draw, said: CorrectionForm, found: Harm, step: str
    ) -> HttpResponse:
        may = permissions.can_repair(self.person, draw)
        ways = repairing.options(draw, found, request.arrived_at) if may else []
        form = _way_form(ways, request.POST if may and step != "look" else None)
        status = 200
        if may and step == "draft" and form.is_valid():
            form = self._drafted(draw, found, ways, form)
        elif may and step == "keep" and form.is_valid():
            if kept := self._keep(request, draw, said, found, ways, form):
                return kept
            status = 422
        elif step != "look" and may:
            status = 422
        context = {
            "draw": draw, "harm": found, "form": form, "ways": [_told(one) for one in ways], "may": may,
            "hidden": _hidden(said), "people": _people(found), "ends": _ends(draw, found), "said": said,
            "undecided": draw.state == DrawState.SELECTED,
        }  # fmt: skip
        return self.show(context, status=status)

    def _keep(
        self, request: ArrivedRequest, draw: Draw, said: CorrectionForm, found: Harm, ways: list[Option], form: WayForm
    ) -> HttpResponse | None:
        """Keep the plan; None where the form says what is missing."""
        if not all(form.notice.values()) or form.cleaned_data["drafted"] != _mark(form, found):
            form.data = self._drafted(draw, found, ways, form).data
            form.add_error(None, _("The choice or the words have changed. Read the notices again, then keep the plan."))
            return None
        try:
            made = operations.plan_repair(
                number=draw.number, said=said.correction(), way=form.cleaned_data["way"], what=form.what, notice=form.notice,
                reason=form.cleaned_data["reason"], by=self.person, at=request.arrived_at,
            )  # fmt: skip
        except Unclear as fault:
            form.add_error(fault.field if fault.field in form.fields else None, fault.message)
            return None
        messages.success(request, _("The plan is kept. Another director accepts it, and that carries it out."))
        return self.go_to("draws:repair_plan", draw.number, made.pk)

    def _drafted(self, draw: Draw, found: Harm, ways: list[Option], form: WayForm) -> WayForm:
        said: Any = form.data
        return _way_form(ways, {**said.dict(), **self._draft(draw, found, ways, form)})

    def _draft(self, draw: Draw, found: Harm, ways: list[Option], form: WayForm) -> dict[str, str]:
        chosen = next(one for one in ways if one.way == form.cleaned_data["way"])
        words = repair_words.drafted(draw, found, chosen, form.what)
        return {"notice_en": words["en"], "notice_fr": words["fr"], "drafted": _mark(form, found)}


class RepairPlan(DrawPage):
    """One plan: what was wrong, whom it touches, what is done for each, the notice; whether it is accepted."""

    template_name = "draws/staff/repair_plan.html"
    roles = READERS

    def get(self, request: ArrivedRequest, number: str, repair: int) -> HttpResponse:
        draw = self.found(number)
        plan = get_object_or_404(queries.repairs(draw), pk=repair)
        lines = list(queries.lines(plan))
        if draw.state != DrawState.ISSUED:
            raise Http404
        return self.show({
            "draw": draw, "plan": plan, "accepted": getattr(plan, "acceptance", None),
            "harmed": [one for one in lines if one.side == harm.HARMED],
            "gained": [one for one in lines if one.side == harm.GAINED],
            "verdict": permissions.can_accept_repair(self.person, plan), "what": pick(plan.what),
            "withdrawn": getattr(plan, "withdrawal", None), "may_withdraw": permissions.can_withdraw_repair(self.person, plan),
        })  # fmt: skip


class WithdrawRepair(DrawPage):
    """Withdraw a plan before anybody accepts it, with the reason."""

    template_name = "draws/staff/withdraw_repair.html"
    roles = DIRECTORS

    def get(self, request: ArrivedRequest, number: str, repair: int) -> HttpResponse:
        return self._page(number, repair, self._form())

    def post(self, request: ArrivedRequest, number: str, repair: int) -> HttpResponse:
        draw, form = self.found(number), self._form(request.POST)
        plan = get_object_or_404(queries.repairs(draw), pk=repair)
        if not form.is_valid():
            return self._page(number, repair, form, status=422)
        operations.withdraw_repair(
            number=draw.number,
            repair=plan.pk,
            reason=form.cleaned_data["reason"],
            by=self.person,
            at=request.arrived_at,
        )
        messages.success(request, _("The plan is withdrawn. Nothing is done by it."))
        return self.go_to("draws:repair_plan", draw.number, plan.pk)

    def _form(self, data: Any = None) -> ReasonForm:
        return ReasonForm(data, hint=_("For staff and auditors; it stands in the trail of the draw."))

    def _page(self, number: str, repair: int, form: ReasonForm, status: int = 200) -> HttpResponse:
        draw = self.found(number)
        plan = get_object_or_404(queries.repairs(draw), pk=repair)
        verdict = permissions.can_withdraw_repair(self.person, plan)
        return self.show({"draw": draw, "plan": plan, "form": form, "verdict": verdict}, status=status)


def _way_form(ways: list[Option], data: Any = None) -> WayForm:
    return WayForm(data, ways=[one.way.value for one in ways if one.possible])


def _told(one: Option) -> dict[str, Any]:
    return {"option": one, "label": one.way.label, "outcome": repair_words.outcome(one)}


def _mark(form: WayForm, found: Harm) -> str:
    """Return what a draft of the notice was made from, so that a later change of it shows."""
    made_from = [form.what, form.cleaned_data["way"], harm.fingerprint(found.touched)]
    return hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:16]


def _hidden(said: CorrectionForm) -> list[tuple[str, str]]:
    values = ((name, said[name].value()) for name in said.fields)
    return [
        (name, str(one)) for name, value in values for one in (value if isinstance(value, list) else [value]) if one
    ]


def _people(found: Harm) -> list[dict[str, Any]]:
    return [
        {"title": _("Would have been taken, and were not"), "rows": found.harmed},
        {"title": _("Were taken, and would not have been"), "rows": found.gained},
    ]


def _ends(draw: Draw, found: Harm) -> list[dict[str, Any]]:
    """Return how each group of places ended, as it was beside as it should have been; points where they come first."""
    by_points = queries.blocks(draw).has_points
    named = {one.key: str(pick(one.name)) for one in queries.blocks(draw).reserve}
    better = {one.cell: one for one in found.would}
    rows = []
    for was in found.was:
        would = better.get(was.cell)
        rows.append({
            "name": named.get(was.cell) or _("Everybody"), "was": was, "would": would,
            "cutoff_was": was.rank[0] if by_points and was.rank else None,
            "cutoff_would": would.rank[0] if would and by_points and would.rank else None,
        })  # fmt: skip
    return rows
