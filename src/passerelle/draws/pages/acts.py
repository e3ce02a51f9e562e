"""Staff pages of the draw as an act: publish the notice, answer objections, bring the seed, accept, hand the bundle out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from passerelle.accounts.access import FILE_READERS
from passerelle.core import audit
from passerelle.core.arrival import ArrivedRequest
from passerelle.draws import announced, bias, operations, permissions, queries, terms, wording
from passerelle.draws.pages import forms
from passerelle.draws.pages.staff import DrawPage
from passerelle.draws.pages.zips import sent, zipped

AUDITORS = frozenset({"auditor", "director"})


class Publish(DrawPage):
    """The notice in both languages before it is published, and the act; afterwards the notice as it stands."""

    template_name = "draws/staff/publish.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        notice = queries.notice(draw)
        said = notice.said if notice else announced.words(draw)
        verdict = permissions.can_publish(self.person, draw, request.arrived_at)
        shown = get_language() or "en"
        rows = [{"key": label, "value": value} for label, value in said[shown[:2]]]
        return self.show({"draw": draw, "notice": notice, "rows": rows, "verdict": verdict})

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        operations.publish_notice(number=draw.number, by=self.person, at=request.arrived_at)
        messages.success(request, _("The notice is published. The plan stands."))
        return self.go_to("draws:workbench", draw.number)


class Answer(DrawPage):
    """What somebody objects to, and the answer they read."""

    template_name = "draws/staff/objection.html"
    roles = FILE_READERS

    def get(self, request: ArrivedRequest, number: str, objection: int) -> HttpResponse:
        return self._page(request, number, objection, self._form())

    def post(self, request: ArrivedRequest, number: str, objection: int) -> HttpResponse:
        draw, form = self.found(number), self._form(request.POST)
        if not form.is_valid():
            return self._page(request, number, objection, form, status=422)
        get_object_or_404(queries.objections(draw), pk=objection)
        operations.answer_objection(
            number=draw.number,
            objection=objection,
            answer=form.cleaned_data["reason"],
            by=self.person,
            at=request.arrived_at,
        )
        return self.go_to("draws:workbench", draw.number)

    def _form(self, data: Any = None) -> forms.ReasonForm:
        form = forms.ReasonForm(data, hint=_("The candidate reads it beside the objection."))
        form.fields["reason"].label = _("Your answer")
        form.fields["reason"].error_messages["required"] = _("Write the answer.")
        return form

    def _page(
        self, request: ArrivedRequest, number: str, pk: int, form: forms.ReasonForm, status: int = 200
    ) -> HttpResponse:
        draw = self.found(number)
        objection = get_object_or_404(queries.objections(draw), pk=pk)
        audit.record_access(
            subject=objection.eoi.reference, by=self.person, at=request.arrived_at, purpose="objection to a draw"
        )
        verdict = permissions.can_answer_objection(self.person, draw, objection)
        return self.show({"draw": draw, "objection": objection, "form": form, "verdict": verdict}, status=status)


class BringSeed(DrawPage):
    """Chance comes in: the digits of the dice, or the beacon's round."""

    template_name = "draws/staff/seed.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        return self._page(request, draw, self._form(draw))

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        form = self._form(draw, request.POST)
        if not form.is_valid():
            return self._page(request, draw, form, status=422)
        try:
            self._bring(draw, form.cleaned_data, request)
        except operations.WrongSeed as fault:
            form.add_error(next(iter(form.fields)), wording.wrong_seed(fault.why))
            return self._page(request, draw, form, status=422)
        return self.go_to("draws:workbench", draw.number)

    def _bring(self, draw: Any, said: dict[str, Any], request: ArrivedRequest) -> None:
        act: dict[str, Any] = {"number": draw.number, "by": self.person, "at": request.arrived_at}
        if "digits" in said:
            if operations.enter_dice(digits=said["digits"], **act) is None:
                messages.success(request, _("Your digits are kept. Another person who saw the dice enters them too."))
        else:
            operations.give_round(round_number=said["round"], signature=said["signature"], **act)

    def _form(self, draw: Any, data: Any = None) -> Any:
        return forms.RoundForm(data) if terms.of_draw(draw).seed == "drand" else forms.DiceForm(data)

    def _page(self, request: ArrivedRequest, draw: Any, form: Any, status: int = 200) -> HttpResponse:
        verdict = permissions.can_seed(self.person, draw, request.arrived_at)
        committed = queries.commitment(draw)
        context = {
            "draw": draw, "form": form, "verdict": verdict, "committed": committed, "throws": queries.throws(draw),
            "source": queries.source_of(committed) if committed else {},
        }  # fmt: skip
        return self.show(context, status=status)


class Accept(DrawPage):
    """The self-test and the assertions, and one person who stands for the whole."""

    template_name = "draws/staff/accept.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        return self._page(request, self.found(number))

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        try:
            operations.accept(number=draw.number, by=self.person, at=request.arrived_at)
        except operations.DrawBlocked as block:
            return self._page(request, draw, wording.blocked(block.why, block.who), status=409)
        messages.success(request, _("The selection is accepted. The invitations can be issued."))
        return self.go_to("draws:workbench", draw.number)

    def _page(self, request: ArrivedRequest, draw: Any, blocked: str = "", status: int = 200) -> HttpResponse:
        verdict = permissions.can_accept(self.person, draw)
        by_chance = terms.of_draw(draw).by_chance
        told = bias.leanings(draw) if draw.selected_at and by_chance else []
        checks = wording.checks(draw.assertions)
        context = {
            "draw": draw,
            "verdict": verdict,
            "blocked": blocked,
            "leanings": wording.leanings(told),
            "checks": checks,
            "by_chance": by_chance,
        }
        return self.show(context, status=status)


class Bundle(DrawPage):
    """The public bundle of a draw, as a zip."""

    def get(self, request: ArrivedRequest, number: str) -> FileResponse:
        draw = self.found(number)
        if not queries.has_bundle(draw):
            raise Http404
        return sent(draw)


class SealedBundle(DrawPage):
    """The auditor's bundle: every line and who is behind it. Each reading is noted on the draw."""

    roles = AUDITORS

    def get(self, request: ArrivedRequest, number: str) -> StreamingHttpResponse:
        draw = self.found(number)
        if queries.commitment(draw) is None:
            raise Http404
        audit.record_access(
            subject=draw.number, by=self.person, at=request.arrived_at, purpose="audit of a draw", what="sealed bundle"
        )
        return zipped(queries.sealed(draw), f"{draw.number}-auditor.zip")
