"""Who may do what with a draw."""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from passerelle.accounts import acting
from passerelle.accounts import queries as people
from passerelle.core import deadlines
from passerelle.core.verdicts import YES, Verdict
from passerelle.draws import selecting, terms
from passerelle.draws.models import (
    Commitment,
    Draw,
    LeftOut,
    Objection,
    PublishedNotice,
    Repair,
    RepairAcceptance,
    RepairWithdrawal,
    Seed,
    Throw,
)
from passerelle.draws.states import DRAW_LIFECYCLE, DrawState
from passerelle.programs import queries as programs

if TYPE_CHECKING:
    from passerelle.accounts.models import Person

MANAGERS = ("draw_manager", "director")
# A beacon whose round is missing for so long after the time to object is given up: the draw is void, another takes dice.
PATIENCE = timedelta(hours=24)
_WHERE_NONE = _("If there is no other director, ask an administrator to give somebody that role.")


def can_plan(person: "Person", program: str) -> Verdict:
    """Say whether ``person`` may plan draws of ``program``."""
    if not person.has_role(program, *MANAGERS):
        return Verdict(False, _("Only a draw manager or a director plans and conducts draws."))
    return YES


def can_take_dice(person: "Person", failed: Draw) -> Verdict:
    """Say whether ``person`` may plan again with dice what was left to a beacon: it was a day late when ``failed`` was made void.

    Nothing falls back by itself (docs/npd1.md): a beacon given up early would be a second try.
    """
    committed = Commitment.objects.filter(draw_id=failed.pk).first()
    by_beacon = committed is not None and json.loads(committed.document)["source"]["kind"] == "drand"
    if (
        committed is None
        or not by_beacon
        or failed.voided_at is None
        or Seed.objects.filter(draw_id=failed.pk).exists()
    ):
        return Verdict(
            False, _("Dice take the place of a beacon only after a draw that is void because its beacon failed.")
        )
    if failed.voided_at < committed.objections_until + PATIENCE:
        return Verdict(
            False, _("A beacon is given up once its round is 24 hours late. This draw was made void before that.")
        )
    return can_plan(person, failed.program)


def can_replan(person: "Person", draw: Draw) -> Verdict:
    """Say whether ``person`` may change the plan: nobody may once it is published."""
    if PublishedNotice.objects.filter(draw_id=draw.pk).exists():
        return Verdict(
            False, _("The notice is published, so the plan stands. To change it, make the draw void and plan another.")
        )
    return can_plan(person, draw.program)


def can_publish(person: "Person", draw: Draw, at: datetime) -> Verdict:
    """Say whether ``person`` may publish the notice now: once, and as many days ahead as the program promises."""
    if not (verdict := can_plan(person, draw.program)):
        return verdict
    if PublishedNotice.objects.filter(draw_id=draw.pk).exists():
        return Verdict(False, _("The notice of this draw is published."))
    days = (draw.held_on - deadlines.local_day(at, programs.rules_in_force(draw.program, at).zone)).days
    if days < terms.of_draw(draw).notice_days:
        return Verdict(
            False,
            _("The draw is too near for the days of notice the program promises. Change the plan to a later day."),
        )
    return YES


def can_freeze(person: "Person", draw: Draw, at: datetime) -> Verdict:
    """Say whether ``person`` may freeze the pool at ``at``: where notice is promised, it must have been given."""
    if not (verdict := can_conduct(person, draw, at)):
        return verdict
    if terms.of_draw(draw).notice_days and not PublishedNotice.objects.filter(draw_id=draw.pk).exists():
        return Verdict(False, _("The notice of this draw is not published. Publish it first."))
    return YES


def can_object(person: "Person", draw: Draw, eoi: Any, at: datetime) -> Verdict:
    """Say whether ``person`` may object to the frozen draw about the file ``eoi`` at ``at``."""
    stranger = _("Only the candidate of a file objects about it.")
    if not (verdict := acting.may_act(person, eoi.candidate_id, "draws.object_to_draw", otherwise=stranger)):
        return verdict
    if eoi.program != draw.program or eoi.stream != draw.stream:
        return Verdict(False, _("This draw is held in another pool."))
    committed = Commitment.objects.filter(draw_id=draw.pk).first()
    if committed is None or at >= committed.objections_until:
        return Verdict(False, _("The time to object to this draw is over."))
    if Objection.objects.filter(draw_id=draw.pk, eoi=eoi, answered_at=None).exists():
        return Verdict(False, _("You have objected already. Staff answer here."))
    return YES


def can_answer_objection(person: "Person", draw: Draw, objection: Objection) -> Verdict:
    """Say whether ``person`` may answer an objection that nobody has answered."""
    if objection.answered_at:
        return Verdict(False, _("A colleague has answered this objection."))
    return can_plan(person, draw.program)


def can_seed(person: "Person", draw: Draw, at: datetime) -> Verdict:
    """Say whether ``person`` may bring the seed now: after the window, every objection answered, once."""
    if not (verdict := can_conduct(person, draw, at)):
        return verdict
    if not terms.of_draw(draw).by_chance:
        return Verdict(False, _("Nothing is left to chance in this draw: it needs no seed."))
    if not (verdict := _window_is_over(draw, at)):
        return verdict
    if Seed.objects.filter(draw_id=draw.pk).exists():
        return Verdict(False, _("The seed of this draw is known."))
    if Throw.objects.filter(draw_id=draw.pk, entered_by=person).exists():
        return Verdict(False, _("You have entered the digits. Another person who saw the dice enters them too."))
    return YES


def can_select(person: "Person", draw: Draw, at: datetime) -> Verdict:
    """Say whether ``person`` may select now: window over, objections answered, the seed known where chance decides."""
    if not (verdict := can_conduct(person, draw, at)):
        return verdict
    if not (verdict := _window_is_over(draw, at)):
        return verdict
    if terms.of_draw(draw).by_chance and not Seed.objects.filter(draw_id=draw.pk).exists():
        return Verdict(False, _("The seed of this draw is not known yet. Bring it first."))
    return YES


def _window_is_over(draw: Draw, at: datetime) -> Verdict:
    committed = Commitment.objects.filter(draw_id=draw.pk).first()
    if committed and at < committed.objections_until:
        return Verdict(False, _("People may still object to the frozen pool. Go on when that time is over."))
    if Objection.objects.filter(draw_id=draw.pk, answered_at=None).exists():
        return Verdict(False, _("An objection is not answered yet. Answer it first."))
    return YES


def can_accept(person: "Person", draw: Draw) -> Verdict:
    """Say whether ``person`` may accept the selection: a director who did not make it, nor planned it where there is another."""
    if not person.has_role(draw.program, "director"):
        return Verdict(False, _("Only a director accepts a selection."))
    if person.pk in {draw.conducted_by_id, draw.selected_by_id}:
        return Verdict(False, _("You conducted this draw. Another director accepts it.") + " " + _WHERE_NONE)
    if person.pk == draw.planned_by_id and other_directors(draw.program, person):
        return Verdict(False, _("You planned this draw. Another director accepts it."))
    if draw.void_is_asked:
        return Verdict(False, _("Somebody has asked to void this draw. Settle that first."))
    if draw.accepted_at:
        return Verdict(False, _("The selection is accepted."))
    return YES


def other_directors(program: str, person: "Person") -> bool:
    """Say whether somebody else than ``person`` may accept and issue the draws of a program."""
    return people.staff_with(program, "director").exclude(pk=person.pk).exists()


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
        return Verdict(False, _("You conducted this draw. Another director issues it.") + " " + _WHERE_NONE)
    if draw.void_is_asked:
        return Verdict(False, _("Somebody has asked to void this draw. Settle that first."))
    if terms.of_draw(draw).in_public and not draw.accepted_at:
        return Verdict(False, _("The selection is not accepted yet. A director accepts it first."))
    return YES


def can_refill(person: "Person", draw: Draw) -> Verdict:
    """Say whether ``person`` may fill places that fell vacant after the issue: whoever could have issued the draw."""
    if selecting.blocks(draw).refill != "after_issue":
        return Verdict(
            False, _("By the rule of this draw, a place that falls vacant after the invitations is not filled.")
        )
    if later := _frozen_since(draw):
        return Verdict(
            False,
            _(
                "Employers have a limit over the year, and draw %(number)s of this year has counted their places since."
                " A place that falls vacant goes to the next draw."
            )
            % {"number": later.number},
        )
    return can_issue(person, draw)


def _frozen_since(draw: Draw) -> Draw | None:
    """Return a draw of the same year frozen after one in which employers have a limit over the year: its counts would go wrong."""
    if not selecting.blocks(draw).counts_the_year:
        return None
    others = Draw.objects.filter(program=draw.program, held_on__year=draw.held_on.year, frozen_at__gt=draw.frozen_at)
    return others.exclude(state=DrawState.VOID).order_by("-frozen_at").first()


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


def can_look_back(person: "Person", draw: Draw) -> Verdict:
    """Say whether ``person`` may see whom an error in the draw harmed and helped: a director, once the selection is made."""
    if not person.has_role(draw.program, "director"):
        return Verdict(False, _("Only a director plans the repair of a draw."))
    if draw.state not in (DrawState.SELECTED, DrawState.ISSUED):
        return Verdict(
            False, _("An error is mended so once the selection is made. Before that, make the draw void.")
        )  # fmt: skip
    return YES


def can_repair(person: "Person", draw: Draw) -> Verdict:
    """Say whether ``person`` may plan what is done about an error: once the invitations are out; before, a draw is void."""
    if draw.state == DrawState.SELECTED:
        return Verdict(False, _("Nobody has been invited yet: make the draw void and run it again."))
    return can_look_back(person, draw)


def can_accept_repair(person: "Person", repair: Repair) -> Verdict:
    """Say whether ``person`` may accept a plan, which carries it out: a director who did not make it, once."""
    if not person.has_role(repair.draw.program, "director"):
        return Verdict(False, _("Only a director accepts the repair of a draw."))
    if RepairAcceptance.objects.filter(repair=repair).exists():
        return Verdict(False, _("This plan is accepted."))
    if RepairWithdrawal.objects.filter(repair=repair).exists():
        return Verdict(False, _("This plan is withdrawn."))
    if person.pk == repair.planned_by_id:
        return Verdict(False, _("You made this plan. Another director accepts it."))
    return YES


def can_withdraw_repair(person: "Person", repair: Repair) -> Verdict:
    """Say whether ``person`` may withdraw a plan that is not accepted: any director, also who made it."""
    if not person.has_role(repair.draw.program, "director"):
        return Verdict(False, _("Only a director withdraws the plan of a repair."))
    if RepairAcceptance.objects.filter(repair=repair).exists():
        return Verdict(False, _("This plan is accepted, and carried out."))
    if RepairWithdrawal.objects.filter(repair=repair).exists():
        return Verdict(False, _("This plan is withdrawn."))
    return YES


def moves(person: "Person", draw: Draw, at: datetime) -> dict[str, Verdict]:
    """Return what ``person`` may do now with ``draw``, by move; a move its state does not allow is left out."""
    verdicts = {
        "replan": can_replan(person, draw),
        "leave_out": can_ask_to_leave_out(person, draw),
        "publish": can_publish(person, draw, at),
        "freeze": can_freeze(person, draw, at),
        "seed": can_seed(person, draw, at),
        "select": can_select(person, draw, at),
        "accept": can_accept(person, draw),
        "issue": can_issue(person, draw),
        "ask_void": can_ask_void(person, draw),
        "confirm_void": can_confirm_void(person, draw),
    }
    steps = {"ask_void": "void", "confirm_void": "void"}
    legal = {
        name: verdict for name, verdict in verdicts.items() if DRAW_LIFECYCLE.allows(draw.state, steps.get(name, name))
    }
    for name in _not_held(draw):
        legal.pop(name, None)
    legal.pop("ask_void" if draw.void_asked_at else "confirm_void", None)
    return legal


def _not_held(draw: Draw) -> list[str]:
    """Return the steps that this draw has not: its program holds none of them, or they are taken."""
    how = terms.of_draw(draw)
    done = [] if how.notice_days or how.by_chance else ["publish"]
    if PublishedNotice.objects.filter(draw_id=draw.pk).exists():
        done += ["publish", "replan"]
    if not how.by_chance or Seed.objects.filter(draw_id=draw.pk).exists():
        done.append("seed")
    if not how.in_public or draw.accepted_at:
        done.append("accept")
    return done
