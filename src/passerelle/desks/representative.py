"""The desk of a representative: all clients with whose turn it is and by when, then one client's files."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from passerelle.accounts import words
from passerelle.accounts.access import RepresentativePage
from passerelle.desks import journey
from passerelle.eoi import closed
from passerelle.eoi import queries as eois
from passerelle.notices import queries as notices
from passerelle.orders import queries as orders
from passerelle.programs import queries as programs
from passerelle.representatives import queries

ON_A_PAGE = 20


class Home(RepresentativePage):
    """My clients, those first whose turn it is, the nearest deadline first; requests that wait; what ended."""

    template_name = "desks/representative/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        page_obj = Paginator(queries.clients(self.person), ON_A_PAGE).get_page(request.GET.get("page"))
        clients = [self._client(one) for one in page_obj]
        clients.sort(key=lambda one: (not one["mine"], one["too_late"] or journey.NO_DEADLINE))
        return self.show({
            "page_obj": page_obj, "clients": clients, "waiting": queries.waiting(self.person),
            "ended": queries.ended(self.person)[:ON_A_PAGE], "unread": notices.inbox(self.person).unread().count(),
            "bounced": notices.bounced(self.person), "orders": orders.orders_against(self.person), "licence": self._licence(),
            "licence_number": self.person.licence.number,
        })  # fmt: skip

    def _client(self, appointment: Any) -> dict[str, Any]:
        files = [one for one in journey.files_of(appointment.client, self.at) if one.next_step]
        due = [one.too_late for one in files if one.too_late]
        return {
            "appointment": appointment, "client": appointment.client, "files": files,
            "mine": any(one.turn == appointment.client.audience for one in files), "too_late": min(due, default=None),
        }  # fmt: skip

    def _licence(self) -> str:
        held = self.person.licence
        return words.licence(self.program, held.body, held.number)


class Client(RepresentativePage):
    """One client: orders against them, each file with its next step, where to start another, how to give the appointment up."""

    template_name = "desks/representative/client.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        appointment = get_object_or_404(queries.clients(self.person), client=pk)
        rules = programs.rules_in_force(self.program, self.at)
        return self.show({
            "appointment": appointment, "client": appointment.client, "orders": orders.orders_against(appointment.client),
            "files": [_row(one, appointment.client) for one in journey.files_of(appointment.client, self.at)],
            "free": closed.taking_in(
                eois.categories_to_start(appointment.client, rules) if appointment.client.audience in rules.openers else [],
                self.program, self.at,
            ),
        })  # fmt: skip


def _row(file: Any, client: Any) -> tuple[Any, str, bool]:
    """A file with what tells it apart among those of a client, and whether it is the client's turn."""
    candidate = file.eoi.candidate.name if file.eoi.candidate else ""
    return file, candidate if client.is_employer else file.heading, file.turn == client.audience
