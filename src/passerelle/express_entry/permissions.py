"""Who may do what with federal profiles and rounds."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from passerelle.core import deadlines
from passerelle.core.verdicts import YES, Verdict
from passerelle.express_entry.models import Round
from passerelle.express_entry.states import ROUND_LIFECYCLE
from passerelle.programs import queries as programs

READERS = frozenset({"draw_manager", "director", "auditor"})


def can_load(person: Any, program: str) -> Verdict:
    """Say whether ``person`` may load profiles; None is whoever runs the installation, by command."""
    if person is not None and not person.has_role(program, "draw_manager", "director"):
        return Verdict(False, _("Only a draw manager or a director of the program loads federal profiles."))
    return YES


def can_hold(person: Any, program: str) -> Verdict:
    """Say whether ``person`` may keep a profile past its time, or let it go."""
    if not person.has_role(program, "director"):
        return Verdict(False, _("Only a director of the program keeps a federal profile past its time."))
    return YES


def can_plan_round(person: Any, program: str) -> Verdict:
    """Say whether ``person`` may plan rounds."""
    if not person.has_role(program, "draw_manager", "director"):
        return Verdict(False, _("Only a draw manager or a director plans and conducts rounds."))
    return YES


def can_hold_rounds(program: str, stream: str, at: datetime) -> Verdict:
    """Say whether a stream takes people from the federal pool at ``at``: one of its categories is open by the rules in force."""
    if any(one.open for one in programs.rules_in_force(program, at).categories if one.stream == stream):
        return YES
    return Verdict(
        False,
        _("By the rules in force this stream is closed: nobody is notified in it. A round planned can be made void."),
    )


def can_conduct_round(person: Any, plan: Round, at: datetime) -> Verdict:
    """Say whether ``person`` may search the pool at ``at``: on the day of the round or later."""
    if not (verdict := can_plan_round(person, plan.program)):
        return verdict
    if deadlines.local_day(at, programs.rules_in_force(plan.program, at).zone) < plan.held_on:
        return Verdict(False, _("The round is planned for a later day. Conduct it then, or change the plan."))
    return YES


def can_issue_round(person: Any, plan: Round) -> Verdict:
    """Say whether ``person`` may notify: a director who did not conduct the round."""
    if not person.has_role(plan.program, "director"):
        return Verdict(False, _("Only a director issues notifications of interest."))
    if person.pk == plan.conducted_by_id:
        return Verdict(False, _("You conducted this round. Another director issues it."))
    return YES


def can_void_round(person: Any, plan: Round) -> Verdict:
    """Say whether ``person`` may void it: who plans rounds, and once it is conducted a director who did not conduct it."""
    if plan.conducted_by_id is None:
        return can_plan_round(person, plan.program)
    if not person.has_role(plan.program, "director"):
        return Verdict(False, _("Only a director makes a conducted round void."))
    if person.pk == plan.conducted_by_id:
        return Verdict(False, _("You conducted this round. Another director makes it void."))
    return YES


def can_take_file(person: Any, program: str) -> Verdict:
    """Say whether ``person`` may take the file of those to notify: names and numbers."""
    if not person.has_role(program, "draw_manager", "director"):
        return Verdict(False, _("Only a draw manager or a director takes the file for the federal side."))
    return YES


def round_moves(person: Any, plan: Round, at: datetime) -> dict[str, Verdict]:
    """Return what ``person`` may do now with a round, by move; a move its state does not allow is left out."""
    takes = can_hold_rounds(plan.program, plan.stream, at)
    verdicts = {
        "replan": can_plan_round(person, plan.program) and takes, "conduct": can_conduct_round(person, plan, at) and takes,
        "issue": can_issue_round(person, plan) and takes, "void": can_void_round(person, plan),
    }  # fmt: skip
    return {name: verdict for name, verdict in verdicts.items() if ROUND_LIFECYCLE.allows(plan.state, name)}
