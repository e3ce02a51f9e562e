"""The desks of employer and candidate: where am I, what next, by when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from passerelle.accounts import queries as accounts
from passerelle.accounts.access import CandidatePage, EmployerPage
from passerelle.desks import journey
from passerelle.draws import queries as draws
from passerelle.eoi import closed
from passerelle.eoi import queries as eois
from passerelle.express_entry import queries as pool
from passerelle.invitations import proofs
from passerelle.notices import queries as notices
from passerelle.orders import queries as orders
from passerelle.programs import queries as programs
from passerelle.programs.wording import opening
from passerelle.representatives import queries as representatives


def whose_turn_first(files: list[journey.File]) -> tuple[bool, datetime]:
    """Sort accounts of an employer by their newest file: those where the employer is to act first, the nearest deadline before."""
    mine = not files or files[0].turn == "employer"
    return not mine, (files[0].too_late if mine and files else None) or journey.NO_DEADLINE


class EmployerHome(EmployerPage):
    """This account's files, and the employer's other accounts side by side."""

    template_name = "desks/employer/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        files = journey.files_of(self.person, self.at)
        others = [(other, journey.files_of(other, self.at)[:1]) for other in accounts.other_files(self.person)]
        others.sort(key=lambda one: whose_turn_first(one[1]))
        rules = programs.rules_in_force(self.program, self.at)
        opens, one_each = "employer" in rules.openers, rules.accounts != "per_person"
        return self.show(
            {
                "files": files,
                "others": others,
                "unread": notices.inbox(self.person).unread().count(),
                "bounced": notices.bounced(self.person),
                "orders": orders.orders_against(self.person) if orders.keeps_orders(rules) else (),
                "opens": opens,
                "one_each": one_each,
                "may_start": opens and not (one_each and any(one.eoi.closed_at is None for one in files)),
                "program": self.program,
                **representation(self.person, rules),
            }
        )


def representation(person: Any, rules: Any) -> dict[str, Any]:
    """What a home says of representatives: whether this side may appoint one, who asks, who is appointed."""
    may = rules.representatives is not None and person.audience in rules.representatives.of
    asked, standing = representatives.open_to(person) if may else (None, None)
    return {"may_appoint": may, "asked": asked, "representation": standing}


LATEST_DRAWS = 3


def _drawn(files: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the latest draws over the pools of a candidate's files, each with the file it is about, until the file ended."""
    handed_in = [one.eoi for one in files if one.eoi.first_submitted_at]
    return [{"eoi": eoi, "draw": draw} for eoi in handed_in for draw in _draws_over(eoi)[:LATEST_DRAWS]]


def _draws_over(eoi: Any) -> Any:
    frozen = draws.frozen_draws(eoi)
    return frozen.filter(frozen_at__lte=eoi.closed_at) if eoi.closed_at else frozen


class CandidateHome(CandidatePage):
    """The candidate's files, one card each with its next step; where candidates open files, where to start one."""

    template_name = "desks/candidate/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        files = journey.files_of(self.person, self.at)
        rules = programs.rules_in_force(self.program, self.at)
        opens = "candidate" in rules.openers
        federal = {one.key for one in rules.federal_streams}
        return self.show(
            {
                "files": files,
                "drawn": _drawn(files),
                "opens": opens,
                "offers": any(one.offer for one in rules.pools),
                "free": closed.taking_in(
                    eois.categories_free_for(self.person, rules) if opens else [], self.program, self.at
                ),
                "opening": opening(rules, self.at),
                "notified": any(one.open and one.stream in federal for one in rules.categories)
                or (bool(federal) and pool.awaits_answers(self.program, self.at)),
                "proof_waits": proofs.waits(request.session),
                "program": self.program,
                "unread": notices.inbox(self.person).unread().count(),
                "bounced": notices.bounced(self.person),
                "orders": orders.orders_against(self.person) if orders.keeps_orders(rules) else (),
                "others": accounts.other_files(self.person),
                **representation(self.person, rules),
            }
        )
