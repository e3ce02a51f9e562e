"""Staff pages of a plan: a new one, and one changed while nothing is frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from passerelle.core import deadlines
from passerelle.core.arrival import ArrivedRequest
from passerelle.draws import operations, permissions, queries, selecting, wording
from passerelle.draws.operations.planning import BadPlan
from passerelle.draws.pages import aim_forms, forms, offering
from passerelle.draws.pages.staff import DrawPage
from passerelle.eoi import closed
from passerelle.programs.rules import selection_words
from passerelle.programs.rules.schema import Stream

if TYPE_CHECKING:
    from passerelle.draws.models import Draw


class Plan(DrawPage):
    """A new plan, or one that replaces a void draw (``?again=NUMBER``)."""

    template_name = "draws/staff/plan.html"

    def get(self, request: ArrivedRequest) -> HttpResponse:
        stream = self._stream(request)
        if stream is None:
            return self._choice(request)
        form = forms.PlanForm(stream=stream, initial=self._initial(request, stream), **self._offer(request, stream))
        return self._page(request, stream, form)

    def post(self, request: ArrivedRequest) -> HttpResponse:
        stream = self._stream(request)
        if stream is None:
            return self._choice(request, status=422)
        form = forms.PlanForm(aim_forms.sent(request.POST), stream=stream, **self._offer(request, stream))
        if aim_forms.is_change(request.POST):
            form.leave_unchecked()
            return self._page(request, stream, form)
        if form.is_valid():
            try:
                draw = operations.plan_draw(
                    program=self.program, by=self.person, at=request.arrived_at, follows=self._follows(request),
                    dice_because=form.instead(), **form.told(),
                )  # fmt: skip
                return self.go_to("draws:workbench", draw.number)
            except BadPlan as refusal:
                _tell(form, refusal)
        return self._page(request, stream, form, status=422)

    def _choice(self, request: ArrivedRequest, status: int = 200) -> HttpResponse:
        shut = closed.in_force(self.program, request.arrived_at)
        return self.show({"streams": [(one, one.key in shut) for one in self.rules().pools]}, status=status)

    def _stream(self, request: ArrivedRequest) -> Stream | None:
        """Return the stream chosen in the address, the one of the draw that is planned again, or the only one."""
        pools = {one.key: one for one in self.rules().pools}
        asked = request.GET.get("stream", "")
        if again := request.GET.get("again"):
            asked = self.found(again).stream
        return pools.get(asked) or (next(iter(pools.values())) if len(pools) == 1 else None)

    def _follows(self, request: ArrivedRequest) -> str:
        again = request.GET.get("again", "")
        return self.found(again).number if again else ""

    def _initial(self, request: ArrivedRequest, stream: Stream) -> dict[str, Any]:
        if again := request.GET.get("again"):
            return forms.as_plan(self.found(again), self.rules())
        return forms.fresh_plan(self.rules(), stream, request.arrived_at)

    def _offer(self, request: ArrivedRequest, stream: Stream) -> dict[str, Any]:
        """Return the rules that the plan may name; the day is the usual one of a new plan."""
        rules = self.rules()
        day = forms.fresh_plan(rules, stream, request.arrived_at)["held_on"]
        again = request.GET.get("again")
        dice = bool(again and permissions.can_take_dice(self.person, self.found(again)))
        return {"rules": rules, "offered": offering.offered(rules, stream.key, day), "may_take_dice": dice}

    def _page(self, request: ArrivedRequest, stream: Stream, form: forms.PlanForm, status: int = 200) -> HttpResponse:
        rules = self.rules()
        said = rules.selection_rule(stream.key, deadlines.local_day(request.arrived_at, rules.zone))
        told = selection_words.sentences(said, rules, stream.key) if said else []
        verdict = permissions.can_plan(self.person, self.program)
        verdict = verdict and closed.takes_in(self.program, stream.key, request.arrived_at)
        context = {"form": form, "rule": said, "sentences": told, "verdict": verdict, "stream": self._named(stream)}
        return self.show({**self.sizing(request), **context}, status=status)

    def _named(self, stream: Stream) -> Any:
        """Return the stream's name where there are several to choose from."""
        return stream.name if len(self.rules().pools) > 1 else None


class Replan(DrawPage):
    """Change the plan while nothing is frozen."""

    template_name = "draws/staff/plan.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        form = forms.PlanForm(**self._offer(draw), initial=forms.as_plan(draw, self.rules()))
        return self._page(request, draw, form)

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        form = forms.PlanForm(aim_forms.sent(request.POST), **self._offer(draw))
        if aim_forms.is_change(request.POST):
            form.leave_unchecked()
            return self._page(request, draw, form)
        if form.is_valid():
            try:
                operations.replan_draw(number=draw.number, by=self.person, at=request.arrived_at, **form.told())
                return self.go_to("draws:workbench", draw.number)
            except BadPlan as refusal:
                _tell(form, refusal)
        return self._page(request, draw, form, status=422)

    def _offer(self, draw: Draw) -> dict[str, Any]:
        """Return the stream, the rules of today, and what the plan may name: rules of the pack it was made under."""
        rules = self.rules()
        known = offering.offered(queries.rules_of(draw), draw.stream, None)
        return {"rules": rules, "stream": rules.stream(draw.stream), "offered": known}

    def _page(self, request: ArrivedRequest, draw: Draw, form: forms.PlanForm, status: int = 200) -> HttpResponse:
        said = selecting.blocks(draw)
        told = wording.rule(draw, queries.rules_of(draw))
        verdict = permissions.can_plan(self.person, draw.program)
        context = {"draw": draw, "form": form, "rule": said, "sentences": told, "verdict": verdict}
        return self.show({**self.sizing(request, draw.held_on.year), **context}, status=status)


def _tell(form: forms.PlanForm, refusal: BadPlan) -> None:
    form.refuse("closes_on" if refusal.field == "closes_at" else refusal.field, refusal.message)
