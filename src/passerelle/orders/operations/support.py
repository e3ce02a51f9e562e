"""What the operations of an order share."""

from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import ngettext

from passerelle.accounts.models import Person
from passerelle.core import audit
from passerelle.core.locks import one_at_a_time
from passerelle.orders import queries
from passerelle.orders.models import Order
from passerelle.programs import operations as programs

LANGUAGES = ("en", "fr")


def locked(reference: str) -> Order:
    """The order, held until the transaction ends."""
    return Order.objects.select_for_update(of=("self",)).select_related("pack", "subject").get(reference=reference)


def alone_with_person(order: Order) -> None:
    """Wait for any other act that counts this person's penalties: two at once would each miss the other."""
    one_at_a_time(f"orders {order.program} {order.person_key}")


def work_out(order: Order, at: datetime) -> None:
    """Set the penalty from the pack's formula and the penalties that count at ``at``."""
    if not order.penalised:
        return
    order.earlier_penalties = queries.earlier_penalties(order, at)
    order.penalty_cents = queries.formula(queries.rules_of(order)).amount(
        earlier=order.earlier_penalties, candidates=order.candidates_concerned, further_cents=order.further_cents
    )


def told(event: str, order: Order, *, by: Person, at: datetime, detail: dict[str, Any] | None = None) -> None:
    """Write the event on the order's trail."""
    audit.record(event, subject=order.reference, by=by, at=at, program=order.program, for_person=order.subject,
                 detail=detail or {})  # fmt: skip


def tell(kind: str, order: Order, *, at: datetime, **context: Any) -> None:
    """Queue the pack's message: to the person's account, or to the address staff entered."""
    facts: dict[str, Any] = {
        "context": {"online": order.subject is not None, **context},
        "rules": queries.rules_of(order),
    }
    if order.subject is None:
        facts |= {"address": order.email, "language": order.language, "audience": "everyone", "name": order.name}
    programs.send(kind, program=order.program, to=order.subject, about=order.reference, at=at, **facts)


def serve(kind: str, order: Order, *, by: Person, at: datetime, **context: Any) -> None:
    """Issue the pack's letter in both languages: to the person, or into the hands of who serves it on paper."""
    for language in LANGUAGES:
        programs.issue_letter(
            kind, program=order.program, to=order.subject or by, about=order.reference, at=at, by=by, language=language,
            rules=queries.rules_of(order), addressee="" if order.subject else order.name,
            context={**_terms(order, language), **context},
        )  # fmt: skip


def _terms(order: Order, language: str) -> dict[str, Any]:
    with translation.override(language):
        years = ngettext("%(count)d year", "%(count)d years", order.ban_years) % {"count": order.ban_years}
    formula = queries.formula(queries.rules_of(order))
    return {
        "against": order.name, "contravention": order.contravention, "provision": order.provision,
        "banned": bool(order.ban_years), "ban_years": years, "ban_before": order.ban_before,
        "penalised": order.penalised, "penalty": order.penalty_cents, "base": formula.base_cents,
        "factor": formula.factor(order.earlier_penalties), "candidates": order.candidates_concerned,
        "further": order.further_cents, "cap": formula.cap_cents, "pay_by": order.pay_by,
        "reply_by": order.reply_by, "review_before": order.review_before,
        "online": order.subject is not None,
    }  # fmt: skip
