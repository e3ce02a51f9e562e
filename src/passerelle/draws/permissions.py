"""Who may do what with a draw."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from passerelle.core import deadlines
from passerelle.core.verdicts import YES, Verdict
from passerelle.draws import selecting
from passerelle.draws.models import Draw, LeftOut
from passerelle.draws.states import DRAW_LIFECYCLE
from passerelle.programs import queries as programs

if TYPE_CHECKING:
    from passerelle.accounts.models import Person

MANAGERS = ("draw_manager", "director")


def can_plan(person: "Person", program: str) -> Verdict:
    """Say whether ``person`` may plan draws of ``program``."""
    if not person.has_role(program, *MANAGERS):
        return Verdict(False, _("Only a draw manager or a director plans and conducts draws."))
    return YES


def can_conduct(person: "Person", draw: Draw, at: datetime) -> Verdict:
    """Say whether ``person`` may freeze the pool and select at ``at``."""
    if not (verdict := can_plan(person, draw.program)):
        return verdict
    if draw.void_is_asked:
        return Verdict(False, _("Somebody has asked to void this draw. Settle that first."))
    if at < draw.closes_at:
        return Verdict(False, _("The draw is still open for entries: conduct it once they have closed."))
    if deadlines.local_day(at, programs.rules_in_force(draw.program, at).zone) < draw.held_on:
        return Verdict(False, _("The draw is announced for a later day. Conduct it then, or change the plan."))
    return YES


def can_issue(person: "Person", draw: Draw) -> Verdict:
    """Say whether ``person`` may issue the invitations: a director who did not conduct the draw."""
    if not person.has_role(draw.program, "director"):
        return Verdict(False, _("Only a director issues invitations."))
    if person.pk in (draw.conducted_by_id, draw.selected_by_id):
        return Verdict(False, _("You conducted this draw. Another director issues it."))
    if draw.void_is_asked:
        return Verdict(False, _("Somebody has asked to void this draw. Settle that first."))
    return YES


def can_refill(person: "Person", draw: Draw) -> Verdict:
    """Say whether ``person`` may fill places that fell vacant after the issue: whoever could have issued the draw."""
    if selecting.blocks(draw).refill != "after_issue":
        return Verdict(
            False, _("By the rule of this draw, a place that falls vacant after the invitations is not filled.")
        )
    return can_issue(person, draw)


def can_ask_to_leave_out(person: "Person", draw: Draw) -> Verdict:
    """Say whether ``person`` may be the first of two to leave somebody out."""
    return can_plan(person, draw.program)


def can_confirm_leaving_out(person: "Person", left: LeftOut) -> Verdict:
    """Say whether ``person`` may be the second."""
    if person.pk == left.asked_by_id:
        return Verdict(False, _("You asked for this. Another person confirms it."))
    return can_plan(person, left.draw.program)


def can_ask_void(person: "Person", draw: Draw) -> Verdict:
    """Say whether ``person`` may be the first of two to void the draw."""
    if draw.void_asked_at:
        return Verdict(False, _("Somebody has asked to void this draw already."))
    return can_plan(person, draw.program)


def can_confirm_void(person: "Person", draw: Draw) -> Verdict:
    """Say whether ``person`` may be the second: a director who did not ask for it."""
    if not draw.void_asked_at:
        return Verdict(False, _("Nobody has asked to void this draw."))
    if person.pk == draw.void_asked_by_id:
        return Verdict(False, _("You asked for this. Another person confirms it."))
    if not person.has_role(draw.program, "director"):
        return Verdict(False, _("Only a director confirms that a draw is void."))
    return YES


def moves(person: "Person", draw: Draw, at: datetime) -> dict[str, Verdict]:
    """Return what ``person`` may do now with ``draw``, by move; a move its state does not allow is left out."""
    verdicts = {
        "replan": can_plan(person, draw.program),
        "leave_out": can_ask_to_leave_out(person, draw),
        "freeze": can_conduct(person, draw, at),
        "select": can_conduct(person, draw, at),
        "issue": can_issue(person, draw),
        "ask_void": can_ask_void(person, draw),
        "confirm_void": can_confirm_void(person, draw),
    }
    steps = {"ask_void": "void", "confirm_void": "void"}
    legal = {
        name: verdict for name, verdict in verdicts.items() if DRAW_LIFECYCLE.allows(draw.state, steps.get(name, name))
    }
    legal.pop("ask_void" if draw.void_asked_at else "confirm_void", None)
    return legal
