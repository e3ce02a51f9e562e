"""The client's side: who asks to represent me, who does, who did; one press each."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from passerelle.accounts.access import FreshSignIn, PartyPage
from passerelle.core.verdicts import NotAllowed
from passerelle.core.views import Act
from passerelle.representatives import operations, queries, words


class ClientPage(PartyPage):
    """Where people of this side may appoint somebody, and for whoever did while they could; a 404 elsewhere."""

    def turned_away(self, request: HttpRequest) -> Any:
        away = super().turned_away(request)
        if away is None and not queries.concern(self.person, self.at):
            raise Http404
        return away


class Mine(ClientPage):
    """My representative: requests, the one in force, the history."""

    template_name = "representatives/mine.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        current = queries.current(self.person)
        return self.show({
            "asked": [told(one) for one in queries.asked_of(self.person)],
            "current": told(current) if current else None,
            "history": [told(one) for one in queries.history(self.person)],
        })  # fmt: skip


def told(appointment: Any) -> dict[str, Any]:
    """Return an appointment with its licence in words."""
    return {"row": appointment, "licence": words.licence_of(appointment)}


class Press(Act, ClientPage):
    """One press on one appointment of this client."""

    http_method_names = ("post", "options")
    refusals = (NotAllowed,)

    def subject(self, pk: int) -> int:
        if not queries.is_of_client(pk, self.person):
            raise Http404
        return pk

    def lead_on(self, pk: int) -> HttpResponse:
        return self.go_to("representatives:mine")


class Appoint(FreshSignIn, Press):
    """Yes: this person acts for me."""

    def act(self, pk: int, given: dict[str, Any]) -> str:
        found = operations.appoint(appointment=pk, by=self.person, at=self.at)
        return _("%(name)s now represents you.") % {"name": found.representative.name}


class Decline(Press):
    """No."""

    def act(self, pk: int, given: dict[str, Any]) -> str:
        operations.decline(appointment=pk, by=self.person, at=self.at)
        return _("You did not appoint this person. They have been told.")


class End(Press):
    """End it at once: no password is asked for, so that nothing stands in the way."""

    def act(self, pk: int, given: dict[str, Any]) -> str:
        found = operations.end_appointment(appointment=pk, by=self.person, at=self.at)
        return _("%(name)s no longer represents you, from this moment on.") % {"name": found.representative.name}
