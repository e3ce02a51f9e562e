"""A contravention order in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from passerelle.core.dates import day_words
from passerelle.core.deadlines import last_day
from passerelle.core.money import money_words
from passerelle.orders import queries
from passerelle.orders.models import Order
from passerelle.orders.states import OrderState
from passerelle.reviews.rows import Outcome

TONES = {
    OrderState.PROPOSED: "quiet", OrderState.NOTICED: "warning", OrderState.MADE: "danger", OrderState.PAID: "success",
    OrderState.SET_ASIDE: "quiet", OrderState.DROPPED: "quiet",
}  # fmt: skip

EVENTS = {
    "order.proposed": gettext_lazy("Contravention order proposed"),
    "order.noticed": gettext_lazy("Notice of the intended order sent"),
    "order.replied": gettext_lazy("Reply to the notice received"),
    "order.dropped": gettext_lazy("The order is not made"),
    "order.made": gettext_lazy("Contravention order made"),
    "order.paid": gettext_lazy("Administrative penalty paid"),
    "order.set_aside": gettext_lazy("Contravention order set aside"),
    "order.review_asked": gettext_lazy("Review of the order requested"),
    "order.review_upheld": gettext_lazy("Review: the order stands"),
    "order.review_overturned": gettext_lazy("Review: the order was set aside"),
}


def tag(order: Order) -> dict[str, str]:
    """The state in a tag."""
    return {"label": str(OrderState(order.state).label), "tone": TONES[OrderState(order.state)]}


def ban(order: Order) -> str:
    """The ban in words, empty where the order has none."""
    if not order.ban_years:
        return ""
    if order.ban_before:
        return _("Until %(day)s") % {"day": day_words(last_day(order.ban_before, queries.rules_of(order).zone))}
    return ngettext("%(count)d year from the order", "%(count)d years from the order", order.ban_years) % {
        "count": order.ban_years
    }


def penalty(order: Order) -> str:
    """The amount with the way it was worked out, empty where the order has none."""
    if not order.penalised:
        return ""
    formula = queries.formula(queries.rules_of(order))
    words = _(
        "%(amount)s: %(base)s × %(a)s (earlier penalties) × %(b)s (candidates concerned) + %(c)s, at most %(cap)s"
    )
    return words % {
        "amount": money_words(order.penalty_cents), "base": money_words(formula.base_cents),
        "a": formula.factor(order.earlier_penalties), "b": order.candidates_concerned,
        "c": money_words(order.further_cents), "cap": money_words(formula.cap_cents),
    }  # fmt: skip


def outcomes() -> dict[str, str]:
    """What a review of an order can come to."""
    return {Outcome.UPHELD: _("The order stands"), Outcome.OVERTURNED: _("The order is set aside")}


def reviewer() -> str:
    """Who decides a review of an order."""
    return _("Someone who took no part in the order decides.")


def terms(order: Order) -> list[dict[str, Any]]:
    """What the order says, for its own page: rows of a summary list."""
    rows = [(_("Against"), f"{order.name} ({order.get_kind_display()})")]
    if order.licence_number:
        rows.append((_("Licence"), f"{order.licence_body}, {order.licence_number}"))
    rows += [(_("Contravention"), order.contravention), (_("Provision"), order.provision)]
    for key, value in ((_("Ban"), ban(order)), (_("Administrative penalty"), penalty(order)),
                       (_("Why the further amount"), order.further_reason), (_("Reply"), order.reply)):  # fmt: skip
        if value:
            rows.append((key, value))
    return [{"key": key, "value": value} for key, value in rows]
