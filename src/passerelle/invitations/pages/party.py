"""What employer and candidate do with an invitation; each audience has its own addresses in its own module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.utils.translation import get_language

from passerelle.accounts.access import PartyPage
from passerelle.core.arrival import ArrivedRequest
from passerelle.invitations import operations, permissions, queries, route, wording
from passerelle.invitations.pages.forms import DeclineForm

if TYPE_CHECKING:
    from passerelle.invitations.models import Invitation


class InvitationPage(PartyPage):
    """What these pages share: the invitation of the address, or a 404; ``side`` is whose page it is."""

    side = ""

    def found(self, reference: str) -> Invitation:
        invitation = queries.invitation_for(self.person, reference)
        party = self.shown_for(invitation.eoi.employer, invitation.eoi.candidate)
        # A client is the candidate of one file and never the employer of it: each side keeps to its own addresses.
        if party is None or party.audience not in self.audiences:
            raise Http404
        self.side = party.audience
        return invitation

    def about(self, invitation: Invitation, request: ArrivedRequest) -> dict[str, Any]:
        audience = self.side
        return {
            "invitation": invitation, "tag": wording.tag(invitation, request.arrived_at),
            "links": wording.links(invitation, audience), "audience": audience,
        }  # fmt: skip


class InvitedPage(InvitationPage):
    """Where am I, what next, by when."""

    template_name = "invitations/party/invitation.html"

    def get(self, request: ArrivedRequest, reference: str) -> HttpResponse:
        invitation, at, audience = self.found(reference), request.arrived_at, self.side
        return self.show({
            **self.about(invitation, request), "sentence": wording.sentence(invitation, audience, at),
            "stages": wording.stages(invitation, at), "stands": wording.stands(invitation, at),
            "may_begin": permissions.can_accept(self.person, invitation, at), "due": wording.due_sentence(invitation),
            "begin": wording.begin_link(invitation, audience), "candidate_leads": route.led_by_candidate(invitation),
            "may_decline": permissions.can_decline(self.person, invitation, at),
            "extensions": queries.extensions(invitation),
        })  # fmt: skip


class DeclinePage(InvitationPage):
    """The question before declining, and the act."""

    template_name = "invitations/party/decline.html"

    def get(self, request: ArrivedRequest, reference: str) -> HttpResponse:
        return self._page(request, reference, DeclineForm())

    def post(self, request: ArrivedRequest, reference: str) -> HttpResponse:
        form = DeclineForm(request.POST)
        if not form.is_valid():
            return self._page(request, reference, form, status=422)
        invitation, reason = self.found(reference), form.cleaned_data["reason"]
        operations.decline(reference=invitation.reference, reason=reason, by=self.person, at=request.arrived_at)
        return self.go_to(f"invitations:{self.side}", reference)

    def _page(self, request: ArrivedRequest, reference: str, form: DeclineForm, status: int = 200) -> HttpResponse:
        invitation = self.found(reference)
        verdict = permissions.can_decline(self.person, invitation, request.arrived_at)
        other = invitation.eoi.candidate if self.side == "employer" else invitation.eoi.employer
        context = {**self.about(invitation, request), "form": form, "verdict": verdict, "other": other}
        return self.show(context, status=status)


class CalendarPage(InvitationPage):
    """The deadline as a file for a calendar."""

    def get(self, request: ArrivedRequest, reference: str) -> HttpResponse:
        invitation, at = self.found(reference), request.arrived_at
        rules = queries.rules(invitation.program, at)
        words = wording.calendar_words(invitation, rules.zone)
        response = HttpResponse(
            queries.calendar(invitation, at=at, **words), content_type="text/calendar; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{invitation.reference}.ics"'
        response["Content-Language"] = get_language() or "en"
        return response
