"""Staff pages: issue a draw, the invitations with their clocks, one invitation, more time, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import ngettext

from passerelle.accounts.access import FILE_READERS, StaffPage
from passerelle.allocations.operations import NoPlaceLeft
from passerelle.core.arrival import ArrivedRequest
from passerelle.draws import checking
from passerelle.draws import queries as drawn
from passerelle.draws import wording as drawn_words
from passerelle.draws.operations import DrawBlocked
from passerelle.invitations import operations, permissions, queries, wording
from passerelle.invitations.pages import forms

if TYPE_CHECKING:
    from passerelle.invitations.models import Invitation

PER_PAGE = 50


class DrawPage(StaffPage):
    """A page of a draw of the program whose desk one sits at."""

    def found(self, number: str) -> Any:
        """Return the draw of the address; a stranger gets a 404, and so does who works in another program now."""
        draw = drawn.draw_for(self.person, number)
        if draw.program != self.program:
            raise Http404
        return draw


class Issue(DrawPage):
    """The last look at a draw, and the act of another director: its invitations go out."""

    template_name = "invitations/staff/issue.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        return self._page(request, number)

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        try:
            made = operations.issue_invitations(number=draw.number, by=self.person, at=request.arrived_at)
        except DrawBlocked as block:
            return self._page(request, number, drawn_words.blocked(block.why, block.who), status=409)
        except NoPlaceLeft as short:
            return self._page(request, number, _short(short), status=409)
        messages.success(request, _issued(len(made)))
        return self.go_to("draws:workbench", draw.number)

    def _page(self, request: ArrivedRequest, number: str, blocked: str = "", status: int = 200) -> HttpResponse:
        draw = self.found(number)
        findings = checking.findings(draw, request.arrived_at)
        return self.show(
            {
                "draw": draw, "blocked": blocked, "checks": drawn_words.checks(findings),
                "outlook": drawn.outlook(draw, request.arrived_at), "places": drawn.places(draw),
                "holds_places": drawn.holds_places(draw), "room": drawn.room(draw),
                "verdict": drawn.issue_verdict(self.person, draw),
            },
            status=status,
        )  # fmt: skip


class Refill(DrawPage):
    """Places of a draw that were given back, and the act of filling them from the reserve list."""

    template_name = "invitations/staff/refill.html"

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        return self._page(number)

    def post(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        try:
            made = operations.refill_places(number=draw.number, by=self.person, at=request.arrived_at)
        except DrawBlocked as block:
            return self._page(number, drawn_words.blocked(block.why, block.who), status=409)
        except NoPlaceLeft as short:
            return self._page(number, _short(short), status=409)
        messages.success(request, _issued(len(made)))
        return self.go_to("draws:workbench", draw.number)

    def _page(self, number: str, blocked: str = "", status: int = 200) -> HttpResponse:
        draw = self.found(number)
        context = {
            "draw": draw, "blocked": blocked, "back": queries.given_back(draw.number),
            "verdict": drawn.refill_verdict(self.person, draw, self.at),
        }  # fmt: skip
        return self.show(context, status=status)


class InvitationList(StaffPage):
    """The invitations, the nearest deadline first, each with its clock."""

    template_name = "invitations/staff/list.html"
    roles = FILE_READERS

    def get(self, request: ArrivedRequest) -> HttpResponse:
        form = forms.FilterForm(request.GET)
        chosen = form.cleaned_data if form.is_valid() else {"show": "", "draw": ""}
        found = self._found(request, chosen)
        page_obj = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        rows = [{"invitation": one, "tag": wording.tag(one, request.arrived_at)} for one in page_obj]
        return self.show({"rows": rows, "page_obj": page_obj, "form": form})

    def _found(self, request: ArrivedRequest, chosen: dict[str, Any]) -> QuerySet[Invitation]:
        show, at = chosen["show"], request.arrived_at
        running = queries.live(self.program, at)
        found = (
            running if not show else queries.invitations().filter(program=self.program).order_by("-issued_at", "-id")
        )
        if show == "ended":
            found = found.exclude(pk__in=running.values("pk"))
        return found.filter(draw__number=chosen["draw"].strip()) if chosen["draw"] else found


class InvitationPage(StaffPage):
    """What the pages of one invitation share."""

    roles = FILE_READERS

    def found(self, reference: str) -> Invitation:
        invitation = queries.invitation_for(self.person, reference)
        if invitation.program != self.program:
            raise Http404
        return invitation

    def about(self, invitation: Invitation, request: ArrivedRequest) -> dict[str, Any]:
        return {
            "invitation": invitation,
            "tag": wording.tag(invitation, request.arrived_at),
        }


class Detail(InvitationPage):
    """One invitation: its clock, its extensions, what staff may do."""

    template_name = "invitations/staff/detail.html"

    def get(self, request: ArrivedRequest, reference: str) -> HttpResponse:
        invitation, at = self.found(reference), request.arrived_at
        return self.show({
            **self.about(invitation, request), "stands": wording.stands(invitation, at),
            "due": wording.due_label(invitation),
            "extensions": queries.extensions(invitation), "reminders": invitation.reminders.filter(skipped=False),
            "may_extend": permissions.can_extend(self.person, invitation, at),
            "may_cancel": permissions.can_cancel(self.person, invitation),
        })  # fmt: skip


class Extend(InvitationPage):
    """More time for one file."""

    template_name = "invitations/staff/extend.html"
    form = forms.ExtendForm

    def get(self, request: ArrivedRequest, reference: str) -> HttpResponse:
        return self._page(request, reference, self.form())

    def post(self, request: ArrivedRequest, reference: str) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self._page(request, reference, form, status=422)
        self.act(self.found(reference), form.cleaned_data, request)
        return self.go_to("invitations:detail", reference)

    def act(self, invitation: Invitation, said: dict[str, Any], request: ArrivedRequest) -> None:
        operations.extend(reference=invitation.reference, by=self.person, at=request.arrived_at, **said)

    def verdict(self, invitation: Invitation, request: ArrivedRequest) -> Any:
        return permissions.can_extend(self.person, invitation, request.arrived_at)

    def _page(self, request: ArrivedRequest, reference: str, form: Any, status: int = 200) -> HttpResponse:
        invitation = self.found(reference)
        verdict = self.verdict(invitation, request)
        return self.show({**self.about(invitation, request), "form": form, "verdict": verdict}, status=status)


class Cancel(Extend):
    """Take an invitation back."""

    template_name = "invitations/staff/cancel.html"
    form = forms.ReasonForm  # type: ignore[assignment]

    def act(self, invitation: Invitation, said: dict[str, Any], request: ArrivedRequest) -> None:
        operations.cancel(reference=invitation.reference, by=self.person, at=request.arrived_at, **said)

    def verdict(self, invitation: Invitation, request: ArrivedRequest) -> Any:
        return permissions.can_cancel(self.person, invitation)


def _issued(count: int) -> str:
    return ngettext(
        "%(count)s invitation is issued. Everybody who has a part in the file is told.",
        "%(count)s invitations are issued. Everybody who has a part in the files is told.",
        count,
    ) % {"count": count}


def _short(short: NoPlaceLeft) -> str:
    return ngettext(
        "The year has %(left)s place left and this draw needs %(wanted)s. Nothing was issued.",
        "The year has %(left)s places left and this draw needs %(wanted)s. Nothing was issued.",
        short.left,
    ) % {"left": short.left, "wanted": short.wanted}
