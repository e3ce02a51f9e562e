"""What is done with draws: planned, frozen and selected, issued, made void."""

from passerelle.draws.operations.conducting import DrawBlocked, conduct_draw, freeze, select
from passerelle.draws.operations.issuing import mark_issued
from passerelle.draws.operations.leaving_out import ask_to_leave_out, confirm_leaving_out, leave_out
from passerelle.draws.operations.planning import plan_draw, replan_draw
from passerelle.draws.operations.refilling import refill
from passerelle.draws.operations.voiding import ask_void, confirm_void, keep_draw, void_draw

__all__ = [
    "DrawBlocked",
    "ask_to_leave_out",
    "ask_void",
    "conduct_draw",
    "confirm_leaving_out",
    "confirm_void",
    "freeze",
    "keep_draw",
    "leave_out",
    "mark_issued",
    "plan_draw",
    "refill",
    "replan_draw",
    "select",
    "void_draw",
]
