"""Staff pages of rounds: the list, the plan, the workbench of one round and its acts, the file for the federal side."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from passerelle.allocations import queries as allocations
from passerelle.core import audit, charts, event_words
from passerelle.core.arrival import ArrivedRequest
from passerelle.core.sheets import csv_text
from passerelle.core.verdicts import require
from passerelle.express_entry import aiming, operations, queries, round_wording
from passerelle.express_entry.operations import federal_file
from passerelle.express_entry.pages.forms import ReasonForm, RoundForm
from passerelle.express_entry.pages.staff import PoolPage
from passerelle.express_entry.permissions import can_hold_rounds, can_plan_round, can_take_file, round_moves
from passerelle.programs import queries as programs
from passerelle.programs.rules import Stream

PER_PAGE = 50
WIDTH = 10


class RoundPage(PoolPage):
    """What the pages of rounds share."""

    def places(self, year: int | None = None) -> Any:
        """Return the places of the year, beside which every round is sized."""
        return allocations.places(self.program, year or self.today.year)

    def streams(self) -> list[Stream]:
        """Return the streams in which a round may be held now."""
        return [one for one in self.rules.federal_streams if can_hold_rounds(self.program, one.key, self.at)]

    def found(self, number: str) -> Any:
        """Return the round of the address; raises Http404 for one of another program."""
        return queries.round_for(self.person, self.program, number)


class Rounds(RoundPage):
    """Every round of the program, the newest first."""

    template_name = "express_entry/staff/rounds.html"

    def get(self, request: ArrivedRequest) -> HttpResponse:
        page_obj = Paginator(queries.rounds(self.program), PER_PAGE).get_page(request.GET.get("page"))
        rows = [
            {"round": one, "tone": round_wording.TONES[one.state], "target": round_wording.target(one),
             "stream": round_wording.stream_name(self.rules, one.stream)}
            for one in page_obj
        ]  # fmt: skip
        return self.show({
            "rows": rows, "page_obj": page_obj, "places": self.places(), "standing": queries.standing(self.program, self.today),
            "may_plan": can_plan_round(self.person, self.program), "streams": self.streams(),
        })  # fmt: skip


class PlanRound(RoundPage):
    """A new plan, in the stream of the address."""

    template_name = "express_entry/staff/plan.html"

    def get(self, request: ArrivedRequest) -> HttpResponse:
        stream = self._stream(request)
        if stream is None:
            return self.show({"streams": self.streams()})
        return self._page(
            stream, RoundForm(lists=aiming.offered(self.rules, stream.key), initial=self._initial(stream))
        )

    def post(self, request: ArrivedRequest) -> HttpResponse:
        stream = self._stream(request)
        if stream is None:
            return self.show({"streams": self.streams()}, status=422)
        form = RoundForm(request.POST, lists=aiming.offered(self.rules, stream.key))
        if form.is_valid():
            try:
                plan = operations.plan_round(
                    program=self.program, stream=stream.key, by=self.person, at=self.at, **form.cleaned_data
                )
                return self.go_to("express_entry:round", plan.number)
            except operations.BadRound as refusal:
                _tell(form, refusal)
        return self._page(stream, form, status=422)

    def _stream(self, request: ArrivedRequest) -> Stream | None:
        known = {one.key: one for one in self.streams()}
        asked = known.get(request.GET.get("stream", ""))
        return asked or (next(iter(known.values())) if len(known) == 1 else None)

    def _initial(self, stream: Stream) -> dict[str, Any]:
        first, last = operations.fresh_window(self.today)
        given = {"held_on": self.today, "created_from": first, "created_through": last, "named_alone": "0"}
        return given | (stream.round.model_dump(exclude={"lists"}) if stream.round else {})

    def _page(self, stream: Stream, form: RoundForm, status: int = 200) -> HttpResponse:
        return self.show({
            "stream": stream.name, "form": form, "verdict": can_plan_round(self.person, self.program),
            "places": self.places(), "standing": queries.standing(self.program, self.today),
        }, status=status)  # fmt: skip


class ReplanRound(RoundPage):
    """Change the plan while nothing is conducted."""

    template_name = "express_entry/staff/plan.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        plan = self.found(number)
        given = aiming.given(plan)
        initial = {**given, "nocs": " ".join(given["nocs"]), "named_alone": "1" if plan.named_alone else "0"}
        return self._page(plan, RoundForm(lists=self._lists(plan), initial=initial))

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        plan = self.found(number)
        form = RoundForm(request.POST, lists=self._lists(plan))
        if form.is_valid():
            try:
                operations.replan_round(number=plan.number, by=self.person, at=self.at, **form.cleaned_data)
                return self.go_to("express_entry:round", plan.number)
            except operations.BadRound as refusal:
                _tell(form, refusal)
        return self._page(plan, form, status=422)

    def _lists(self, plan: Any) -> list[Any]:
        return aiming.offered(programs.rules(plan.pack), plan.stream)

    def _page(self, plan: Any, form: RoundForm, status: int = 200) -> HttpResponse:
        stream = programs.rules(plan.pack).stream(plan.stream)
        return self.show({
            "round": plan, "stream": stream.name, "form": form,
            "verdict": can_plan_round(self.person, self.program) and can_hold_rounds(self.program, plan.stream, self.at),
            "places": self.places(plan.held_on.year), "standing": queries.standing(self.program, self.today),
        }, status=status)  # fmt: skip


class RoundBench(RoundPage):
    """One round: its steps, whom it finds, how the pool narrows, the assertions, the next act."""

    template_name = "express_entry/staff/round.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        plan = self.found(number)
        foreseen = plan.found is None and plan.state == "planned"
        outlook = queries.outlook(plan, self.at) if foreseen or plan.found is not None else queries.Outlook({}, 0)
        codes = [code for code, _count in outlook.by_occupation]
        titles = {one.code: one for one in programs.occupations().filter(code__in=codes)}
        return self.show({
            "round": plan, "tone": round_wording.TONES[plan.state], "steps": round_wording.steps(plan),
            "facts": round_wording.facts(plan, programs.rules(plan.pack)), "outlook": outlook, "foreseen": foreseen,
            "chart": _chart(outlook, foreseen=foreseen), "narrowing": round_wording.narrowing(outlook.steps),
            "occupations": [(code, titles.get(code), count) for code, count in outlook.by_occupation],
            "places": self.places(plan.held_on.year), "checks": round_wording.checks(plan.assertions),
            "moves": round_moves(self.person, plan, self.at), "may_take": can_take_file(self.person, self.program),
            "events": _timeline(plan.number), "set_aside": queries.set_aside(plan),
        })  # fmt: skip


class RoundEntries(RoundPage):
    """Whom a round found, without names: score, occupation, levels, the day of the profile."""

    template_name = "express_entry/staff/entries.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        plan = self.found(number)
        page_obj = Paginator(queries.entries(plan), PER_PAGE).get_page(request.GET.get("page"))
        return self.show({"round": plan, "page_obj": page_obj})


class ConductRound(RoundPage):
    """The question before the search is frozen, and the act."""

    template_name = "express_entry/staff/act.html"
    act = "conduct"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        return self._page(self.found(number))

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        plan = self.found(number)
        try:
            self.do(plan)
        except operations.RoundBlocked as block:
            return self._page(self.found(number), round_wording.blocked(block.why), status=409)
        return self.go_to("express_entry:round", plan.number)

    def do(self, plan: Any) -> None:
        """Do the act of this page."""
        operations.conduct_round(number=plan.number, by=self.person, at=self.at)
        messages.success(self.request, _("The round is conducted. Another director issues it."))

    def _page(self, plan: Any, blocked: str = "", status: int = 200) -> HttpResponse:
        verdict = round_moves(self.person, plan, self.at).get(self.act)
        if verdict is None:
            raise Http404
        return self.show({
            "round": plan, "act": self.act, "outlook": queries.outlook(plan, self.at), "blocked": blocked,
            "verdict": verdict, "places": self.places(plan.held_on.year),
            "checks": round_wording.checks(plan.assertions), "facts": round_wording.facts(plan, programs.rules(plan.pack)),
            "noi": self.rules.deadline("application", plan.stream),
        }, status=status)  # fmt: skip


class IssueRound(ConductRound):
    """The question before the notifications, and the act."""

    act = "issue"

    def do(self, plan: Any) -> None:
        operations.issue_round(number=plan.number, by=self.person, at=self.at)
        messages.success(self.request, _("The notifications are recorded. Take the file for the federal side."))


class VoidRound(RoundPage):
    """Make a round void before anybody is notified."""

    template_name = "express_entry/staff/void.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        return self._page(self.found(number), ReasonForm())

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        plan, form = self.found(number), ReasonForm(request.POST)
        if not form.is_valid():
            return self._page(plan, form, status=422)
        operations.void_round(number=plan.number, reason=form.cleaned_data["reason"], by=self.person, at=self.at)
        return self.go_to("express_entry:round", plan.number)

    def _page(self, plan: Any, form: ReasonForm, status: int = 200) -> HttpResponse:
        verdict = round_moves(self.person, plan, self.at).get("void")
        if verdict is None:
            raise Http404
        return self.show({"round": plan, "form": form, "verdict": verdict}, status=status)


class RoundFile(RoundPage):
    """The notifications of a round as a file for the federal side, which posts each in the person's account there."""

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        plan = self.found(number)
        require(can_take_file(self.person, self.program))
        if plan.issued_at is None:
            raise Http404
        rows = federal_file.take_notifications(plan=plan, by=self.person, at=self.at)
        answer = HttpResponse(csv_text(federal_file.HEAD, rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{plan.number}.csv"'
        answer["Cache-Control"] = "no-store"
        return answer


def _chart(outlook: queries.Outlook, *, foreseen: bool) -> charts.Chart | None:
    if not outlook.by_score:
        return None
    title = round_wording.found_title(outlook.found, foreseen=foreseen)
    return charts.histogram(title, charts.bins(outlook.by_score, WIDTH), head=[_("Score"), _("People")])


def _timeline(number: str) -> list[dict[str, Any]]:
    return [
        {"at": one.at, "text": event_words.told(one.event), "by": one.by.name if one.by else "",
         "detail": one.detail.get("reason", "")}
        for one in audit.trail(number).order_by("-number")
    ]  # fmt: skip


def _tell(form: RoundForm, refusal: Any) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
