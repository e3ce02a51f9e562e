"""What is done with draws: planned and announced, frozen and committed to, seeded, selected, accepted, issued, made void."""

from passerelle.draws.operations.accepting import accept
from passerelle.draws.operations.announcing import publish_notice
from passerelle.draws.operations.comparing import report_fairness
from passerelle.draws.operations.conducting import DrawBlocked, conduct_draw, freeze, select
from passerelle.draws.operations.erasing import erase_tickets
from passerelle.draws.operations.issuing import mark_issued
from passerelle.draws.operations.leaving_out import ask_to_leave_out, confirm_leaving_out, leave_out
from passerelle.draws.operations.objecting import answer_objection, object_to_draw
from passerelle.draws.operations.planning import plan_draw, replan_draw
from passerelle.draws.operations.refilling import refill
from passerelle.draws.operations.repairing import (
    AcceptedRepair,
    RepairOutdated,
    accept_repair,
    plan_repair,
    withdraw_repair,
)
from passerelle.draws.operations.seeding import WrongSeed, enter_dice, give_round
from passerelle.draws.operations.voiding import ask_void, confirm_void, keep_draw, void_draw

__all__ = [
    "AcceptedRepair",
    "DrawBlocked",
    "RepairOutdated",
    "WrongSeed",
    "accept",
    "accept_repair",
    "answer_objection",
    "ask_to_leave_out",
    "ask_void",
    "conduct_draw",
    "confirm_leaving_out",
    "confirm_void",
    "enter_dice",
    "erase_tickets",
    "freeze",
    "give_round",
    "keep_draw",
    "leave_out",
    "mark_issued",
    "object_to_draw",
    "plan_draw",
    "plan_repair",
    "publish_notice",
    "refill",
    "replan_draw",
    "report_fairness",
    "select",
    "void_draw",
    "withdraw_repair",
]
