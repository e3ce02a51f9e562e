"""Repairing an issued draw: a director plans what is done about an error, another accepts it. The first result stays as it was."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from passerelle.core.verdicts import require
from passerelle.draws import harm, queries, repair_words, repairing
from passerelle.draws.correcting import Correction, Unclear
from passerelle.draws.harm import Harm, Touched
from passerelle.draws.models import Draw, Repair, RepairAcceptance, RepairLine, RepairWithdrawal
from passerelle.draws.models.repair import Act, Side, Way
from passerelle.draws.operations.support import alone_in, locked, told
from passerelle.draws.permissions import can_accept_repair, can_repair, can_withdraw_repair
from passerelle.draws.repairing import Option
from passerelle.draws.states import DRAW_LIFECYCLE
from passerelle.eoi import queries as eois
from passerelle.notices import operations as notices


class RepairOutdated(Exception):
    """The people of a plan have moved on since it was made: ``who`` names their files. It is planned again."""

    def __init__(self, who: list[str]) -> None:
        super().__init__(", ".join(who))
        self.who = who


@dataclass(frozen=True)
class AcceptedRepair:
    """What the later room carries out: files to invite, in turn, and files whose invitation is taken back."""

    repair: Repair
    invite: list[str]
    take_back: list[int]


@transaction.atomic
def plan_repair(
    *, number: str, said: Correction, way: str, what: Mapping[str, str], notice: Mapping[str, str], reason: str, by: Any,
    at: datetime,
) -> Repair:  # fmt: skip
    """Keep what was wrong with an issued draw, whom it touched, what is to be done and the notice for everybody.

    Nothing happens by it: another director accepts the plan. Raises NotAllowed, IllegalMove, and Unclear for a correction that
    does not fit the draw or words that name somebody.
    """
    draw = locked(number)
    require(can_repair(by, draw))
    DRAW_LIFECYCLE.after(draw.state, "repair")
    found = harm.found(draw, said, at)
    chosen = repairing.option(Way(way), draw, found, at)
    require(chosen.possible)
    _nobody_is_named(found, what, notice)
    made = Repair.objects.create(
        draw=draw, correction=said.to_json(), what=dict(what), way=chosen.way, year=chosen.year, reason=reason,
        notice=dict(notice), counts=_counts(found, chosen), planned_by=by, planned_at=at,
    )  # fmt: skip
    RepairLine.objects.bulk_create(_line(made, one, chosen) for one in found.touched)
    told("draw.repair_planned", draw, by=by, at=at, plan=_number(made), way=made.way, reason=reason, counts=made.counts)
    return made


def _number(plan: Repair) -> int:
    """Return which plan of its draw it is, from 1."""
    return Repair.objects.filter(draw=plan.draw, pk__lte=plan.pk).count()


def _nobody_is_named(found: Harm, what: Mapping[str, str], notice: Mapping[str, str]) -> None:
    names = [
        person.name
        for one in eois.parties([one.eoi_id for one in found.touched])
        for person in (one.employer, one.candidate)
        if person
    ]
    for field, words in (("what", what), ("notice", notice)):
        for language, text in words.items():
            if repair_words.names_somebody(text, names):
                raise Unclear(
                    f"{field}_{language}",
                    _("These words are for everybody. Take names and file numbers of people out."),
                )


def _counts(found: Harm, chosen: Option) -> dict[str, int]:
    return {
        "harmed": len(found.harmed), "gained": len(found.gained), "unchanged": found.unchanged, "too_late": len(found.too_late),
        "invited": len(chosen.invites), "taken_back": len(chosen.takes_back), "takes": chosen.takes,
        "gives_back": chosen.gives_back,
    }  # fmt: skip


def _line(repair: Repair, one: Touched, chosen: Option) -> RepairLine:
    return RepairLine(
        repair=repair, eoi_id=one.eoi_id, side=one.side, was=one.was, would=one.would, cell=one.cell, step=one.now.step,
        act=chosen.act(one),
    )  # fmt: skip


@transaction.atomic
def withdraw_repair(*, number: str, repair: int, reason: str, by: Any, at: datetime) -> RepairWithdrawal:
    """Withdraw a plan before anybody accepts it; whoever made it is told, unless they do it themselves.

    It stands as it was made, and is never carried out. Raises NotAllowed (as when it is accepted already) and IllegalMove.
    """
    draw = locked(number)
    plan = Repair.objects.select_related("draw", "planned_by").get(draw=draw, pk=repair)
    require(can_withdraw_repair(by, plan))
    DRAW_LIFECYCLE.after(draw.state, "repair")
    made = RepairWithdrawal.objects.create(repair=plan, reason=reason, withdrawn_by=by, withdrawn_at=at)
    told("draw.repair_withdrawn", draw, by=by, at=at, plan=_number(plan), reason=reason)
    if by != plan.planned_by:
        _tell_planner(draw, plan, made)
    return made


def _tell_planner(draw: Draw, plan: Repair, made: RepairWithdrawal) -> None:
    to = plan.planned_by
    with translation.override(to.language):
        said = {"number": draw.number, "who": made.withdrawn_by.name, "reason": made.reason}
        subject = _("Plan to repair draw %(number)s withdrawn") % said
        body = _("%(who)s withdrew your plan to repair draw %(number)s. The reason given: %(reason)s") % said
    notices.queue(
        "draw.repair_withdrawn",
        program=draw.program,
        to=to,
        subject=subject,
        body=body,
        about=draw.number,
        at=made.withdrawn_at,
    )


@transaction.atomic
def accept_repair(*, number: str, repair: int, by: Any, at: datetime) -> AcceptedRepair:
    """Accept a plan as another director than who made it; the room that invites carries it out in the same transaction.

    Each person is told what it means for them. Raises NotAllowed (as when it is accepted already), IllegalMove, and
    RepairOutdated where somebody of the plan has moved on since.
    """
    draw = locked(number)
    alone_in(draw.program)
    plan = Repair.objects.select_related("draw", "planned_by").get(draw=draw, pk=repair)
    require(can_accept_repair(by, plan))
    DRAW_LIFECYCLE.after(draw.state, "repair")
    lines = list(plan.lines.select_related("eoi__employer", "eoi__candidate"))
    _still_so(plan, lines, at)
    RepairAcceptance.objects.create(repair=plan, planned_by=plan.planned_by, accepted_by=by, accepted_at=at)
    told(
        "draw.repaired",
        draw,
        by=by,
        at=at,
        plan=_number(plan),
        way=plan.way,
        planned_by=plan.planned_by_id,
        counts=plan.counts,
    )
    _tell(draw, plan, lines, at)
    best_first = sorted(lines, key=lambda one: (one.would or 0, one.eoi_id))
    return AcceptedRepair(
        plan, queries.in_turn(draw, at, [one.eoi.reference for one in best_first if one.act == Act.INVITE]),
        [one.eoi_id for one in lines if one.act == Act.TAKE_BACK],
    )  # fmt: skip


def _still_so(plan: Repair, lines: list[RepairLine], at: datetime) -> None:
    """Refuse a plan whose people stand elsewhere than it says, where that changes what would be done for them."""
    now = harm.stands([one.eoi_id for one in lines], at)
    invites, takes = plan.way != Way.NOTICE, plan.way == Way.REPLACE
    moved = [
        one.eoi.reference
        for one in lines
        if (invites and one.side == Side.HARMED and (one.act == Act.INVITE) != now[one.eoi_id].may_be_invited)
        or (takes and one.side == Side.GAINED and (one.act == Act.TAKE_BACK) != now[one.eoi_id].untouched)
    ]
    if moved:
        raise RepairOutdated(moved)


def _tell(draw: Draw, plan: Repair, lines: list[RepairLine], at: datetime) -> None:
    """Write about each file that the error kept out: what was wrong, and whether an invitation follows.

    Its candidate is told in any case, its employer where both are invited.
    """
    for one in lines:
        if one.side != Side.HARMED:
            continue
        if one.eoi.candidate:
            _write(draw, plan, one, one.eoi.candidate, _sentence, at)
        if one.eoi.employer and one.act == Act.INVITE:
            _write(draw, plan, one, one.eoi.employer, _sentence_for_employer, at)


def _write(
    draw: Draw, plan: Repair, one: RepairLine, to: Any, sentence: Callable[[RepairLine], str], at: datetime
) -> None:
    with translation.override(to.language):
        subject = _("An error was found in draw %(number)s") % {"number": draw.number}
        body = "\n\n".join([sentence(one), _("What was wrong: %(what)s") % {"what": plan.what[to.language]}])
    notices.queue(
        "draw.repaired", program=draw.program, to=to, subject=subject, body=body, about=one.eoi.reference, at=at
    )


def _sentence_for_employer(_one: RepairLine) -> str:
    return _(
        "An error kept your candidate from being taken in this draw. You are now invited to apply, in addition to those drawn;"
        " the invitation follows."
    )


def _sentence(one: RepairLine) -> str:
    if one.act == Act.INVITE:
        return _(
            "An error kept you from being taken in this draw. You are now invited in addition; the invitation follows."
        )
    return _("An error kept you from being taken in this draw. The page of the draw says what was done about it.")
