"""Staff pages: the list of draws, the plan, the workbench of one draw and its acts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from passerelle.accounts.access import FILE_READERS, StaffPage
from passerelle.allocations import queries as allocations
from passerelle.core import deadlines
from passerelle.core.arrival import ArrivedRequest
from passerelle.draws import checking, operations, permissions, queries, selecting, terms, wording
from passerelle.draws.operations.leaving_out import NotUnderReview
from passerelle.draws.pages import forms, showing
from passerelle.draws.states import DrawState
from passerelle.eoi import closed
from passerelle.eoi import queries as eois
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules

if TYPE_CHECKING:
    from passerelle.draws.models import Draw

PER_PAGE = 50


class DrawPage(StaffPage):
    """What the pages of this room share: the rules, the volume and the places side by side."""

    def rules(self) -> ProgramRules:
        return programs.rules_in_force(self.program, self.request.arrived_at)  # type: ignore[attr-defined]

    def sizing(self, request: ArrivedRequest, year: int | None = None) -> dict[str, Any]:
        """Return what stands beside every size: the volume received and the places left (nwt.md, R4.2)."""
        this_year = deadlines.local_day(request.arrived_at, self.rules().zone).year
        return {
            "volume": eois.volume(self.program, request.arrived_at),
            "confirms": self.rules().confirms,
            "places": allocations.places(self.program, year or this_year),
        }

    def found(self, number: str) -> Draw:
        """Return the draw of the address; a stranger gets a 404, and so does who works in another program now."""
        draw = queries.draw_for(self.person, number)
        if draw.program != self.program:
            raise Http404
        return draw


LATEST = 24  # published results that the list of draws shows; the public page shows all


class DrawList(DrawPage):
    """Our draws and those published before, with what a next one may be sized by."""

    template_name = "draws/staff/list.html"

    def get(self, request: ArrivedRequest) -> HttpResponse:
        rules, results = self.rules(), queries.results(self.program, request.arrived_at)
        rows = [
            {"draw": one, "tone": wording.TONES[one.state], "categories": wording.names(rules, one.categories)}
            for one in queries.draws(self.program)
        ]
        several = len(rules.streams) > 1
        published = [
            {
                "result": one,
                "by_category": showing.by_category(one, rules),
                "stream": showing.stream_name(one, rules),
                "points": showing.points(one),
            }
            for one in results[:LATEST]
        ]
        return self.show({
            **self.sizing(request), "rows": rows, "published": published, "several": several, "program": self.program,
            "more": len(results) > LATEST, "chart": None if several else showing.results_chart(results),
            "may_plan": permissions.can_plan(self.person, self.program),
        })  # fmt: skip


class Workbench(DrawPage):
    """One draw: its steps, the pool with the cut-off, what would change at another size, the assertions, the next act."""

    template_name = "draws/staff/workbench.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw, at, rules = self.found(number), request.arrived_at, self.rules()
        sizes = forms.SizeForm(request.GET or None)
        tried = (
            sizes.cleaned_data["size"] if sizes.is_bound and sizes.is_valid() and showing.is_foreseen(draw) else None
        )
        outlook = queries.preview(draw, at, size=tried) if tried else queries.outlook(draw, at)
        lots = queries.lots(draw, at)
        context = {
            **self.sizing(request, draw.held_on.year), "draw": draw, "tone": wording.TONES[draw.state],
            "steps": showing.steps(draw), "facts": showing.facts(draw, rules, at), "outlook": outlook, "tried": tried,
            "sizes": sizes if sizes.is_bound else forms.SizeForm(initial={"size": draw.size}),
            "lots": showing.lots(draw, lots, rules) if lots else None,
            "foreseen": showing.is_foreseen(draw), "chart": showing.pool_chart(outlook, foreseen=showing.is_foreseen(draw)),
            "shares": showing.shares(outlook, rules), "checks": wording.checks(self._findings(draw, request)),
            "left_out": self._left_out(draw),
            "unreviewed": self._unreviewed(draw, request), "excluded": queries.excluded(draw),
            "promotions": queries.promotions(draw), "events": showing.timeline(draw), "rule": selecting.blocks(draw),
            "refills": selecting.blocks(draw).refill == "after_issue" and closed.takes_in(draw.program, draw.stream, at),
            "sentences": wording.rule(draw, queries.rules_of(draw), tried),
            **self._act(draw, at),
        }  # fmt: skip
        return self.show(context, part="outlook")

    def _act(self, draw: Draw, at: datetime) -> dict[str, Any]:
        """Return what stands on the page about the next act, the notice, objections and proof."""
        moves = permissions.moves(self.person, draw, at)
        return {
            "moves": moves, "waits": showing.waits_for(moves), "notice": queries.notice(draw),
            "objections": queries.objections(draw) if draw.frozen_at else (), "proof": showing.proof(draw),
            "has_bundle": queries.has_bundle(draw), "repairs": queries.standing_repairs(draw) if draw.issued_at else (),
            "may_repair": permissions.can_look_back(self.person, draw),
            "may_audit": draw.frozen_at and self.person.has_role(draw.program, "auditor", "director"),
        }  # fmt: skip

    def _findings(self, draw: Draw, request: ArrivedRequest) -> list[dict[str, Any]]:
        # A selected draw is checked as it stands now; what was true at the issue stays as it was kept.
        return checking.findings(draw, request.arrived_at) if draw.state == DrawState.SELECTED else draw.assertions

    def _left_out(self, draw: Draw) -> list[dict[str, Any]]:
        rows = queries.left_out(draw)
        return [{"row": one, "verdict": permissions.can_confirm_leaving_out(self.person, one)} for one in rows]

    def _unreviewed(self, draw: Draw, request: ArrivedRequest) -> list[Any]:
        if draw.state != DrawState.PLANNED:
            return []
        asked = set(queries.left_out(draw).values_list("eoi_id", flat=True))
        return [one for one in queries.unreviewed(draw, request.arrived_at)[:PER_PAGE] if one.pk not in asked]


class Ranking(DrawPage):
    """Who is in, in order, without names: foreseen before the freeze, as frozen after it."""

    template_name = "draws/staff/ranking.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw, rules = self.found(number), self.rules()
        rows = queries.ranking(draw, request.arrived_at)
        page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        named = [{"row": one, "category": wording.names(rules, [one.category])} for one in page_obj]
        context = {
            "draw": draw, "rows": named, "page_obj": page_obj, "foreseen": showing.is_foreseen(draw),
            "rule": selecting.blocks(draw), **showing.what_is_known(draw),
        }  # fmt: skip
        return self.show({**self.sizing(request, draw.held_on.year), **context})


class Conduct(DrawPage):
    """The question before the freeze, and the act; a draw that stopped after the freeze is taken up again."""

    template_name = "draws/staff/conduct.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        return self._page(request, self.found(number))

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        try:
            done = operations.conduct_draw(number=draw.number, by=self.person, at=request.arrived_at)
        except operations.DrawBlocked as block:
            return self._page(request, draw, wording.blocked(block.why, block.who), status=409)
        if done.state == DrawState.FROZEN:
            messages.success(request, _("The pool is frozen and committed to. Each candidate has a receipt."))
        else:
            following = terms.of_draw(done).in_public
            messages.success(
                request,
                _("The selection is made. Another director accepts it, then issues the invitations.")
                if following
                else _("The draw is conducted. Another director issues it."),
            )
        return self.go_to("draws:workbench", draw.number)

    def _page(self, request: ArrivedRequest, draw: Draw, blocked: str = "", status: int = 200) -> HttpResponse:
        outlook, lots = queries.outlook(draw, request.arrived_at), queries.lots(draw, request.arrived_at)
        may = permissions.can_select if draw.frozen_at else permissions.can_freeze
        how = terms.of_draw(draw)
        context = {
            "draw": draw, "outlook": outlook, "lots": lots, "blocked": blocked,
            "verdict": may(self.person, draw, request.arrived_at),
            "stops": bool(how.objection_hours or how.by_chance) and not draw.frozen_at,
            "accepted": how.in_public, "by_chance": how.by_chance,
            "alone": self.person.has_role(draw.program, "director") and not permissions.other_directors(draw.program, self.person),
        }  # fmt: skip
        return self.show({**self.sizing(request, draw.held_on.year), **context}, status=status)


class LeaveOut(DrawPage):
    """Ask to leave a file out, with the reason the person is told; or confirm what somebody else asked (``confirm``)."""

    template_name = "draws/staff/leave_out.html"
    roles = FILE_READERS

    def get(self, request: ArrivedRequest, number: str, reference: str) -> HttpResponse:
        return self._page(request, number, reference, self._form())

    def post(self, request: ArrivedRequest, number: str, reference: str) -> HttpResponse:
        draw = self.found(number)
        act: dict[str, Any] = {
            "number": draw.number, "reference": reference, "by": self.person, "at": request.arrived_at
        }  # fmt: skip
        if "confirm" in request.POST:
            get_object_or_404(queries.left_out(draw), eoi__reference=reference)
            operations.confirm_leaving_out(**act)
            return self.go_to("draws:workbench", draw.number)
        form = self._form(request.POST)
        if form.is_valid():
            try:
                operations.ask_to_leave_out(reason=form.cleaned_data["reason"], **act)
                return self.go_to("draws:workbench", draw.number)
            except NotUnderReview:
                form.add_error(None, _("This file is not waiting for review: it cannot be left out."))
        return self._page(request, number, reference, form, status=422)

    def _form(self, data: Any = None) -> forms.ReasonForm:
        return forms.ReasonForm(data, hint=_("The candidate is told this reason, in your words."))

    def _page(
        self, request: ArrivedRequest, number: str, reference: str, form: forms.ReasonForm, status: int = 200
    ) -> HttpResponse:
        draw = self.found(number)
        eoi = eois.eoi_for(self.person, reference)
        if eoi.program != draw.program:
            raise Http404
        context = {"draw": draw, "eoi": eoi, "form": form}
        return self.show(context, status=status)


class Void(DrawPage):
    """Ask that a draw be void."""

    template_name = "draws/staff/void.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        return self._page(self.found(number), self._form())

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw, form = self.found(number), self._form(request.POST)
        if not form.is_valid():
            return self._page(draw, form, status=422)
        reason = form.cleaned_data["reason"]
        operations.ask_void(number=draw.number, reason=reason, by=self.person, at=request.arrived_at)
        return self.go_to("draws:workbench", draw.number)

    def _form(self, data: Any = None) -> forms.ReasonForm:
        return forms.ReasonForm(
            data,
            hint=_(
                "Kept with the draw and published on its page, in your words. Name nobody. A director, another person, confirms it."
            ),
        )

    def _page(self, draw: Draw, form: forms.ReasonForm, status: int = 200) -> HttpResponse:
        return self.show({"draw": draw, "form": form}, status=status)


class SettleVoid(DrawPage):
    """Confirm that a draw is void, or let it go on (``keep``)."""

    template_name = "draws/staff/settle_void.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        verdict = permissions.can_confirm_void(self.person, draw)
        mine = draw.void_asked_by_id == self.person.pk
        return self.show({"draw": draw, "verdict": verdict, "mine": mine})

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        act = operations.keep_draw if "keep" in request.POST else operations.confirm_void
        act(number=draw.number, by=self.person, at=request.arrived_at)
        return self.go_to("draws:workbench", draw.number)
