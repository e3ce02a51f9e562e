"""What is done with the federal pool: profiles loaded, kept, erased; rounds planned, conducted, issued."""

from passerelle.express_entry.operations.answering import NotificationOver, mark_taken_up
from passerelle.express_entry.operations.keeping import (
    NoSuchHold,
    NoSuchProfile,
    erase_notified,
    hold_profile,
    lift_hold,
    purge_profiles,
)
from passerelle.express_entry.operations.loading import NoFederalPool, load_profiles
from passerelle.express_entry.operations.rounds import (
    BadRound,
    RoundBlocked,
    conduct_round,
    fresh_window,
    issue_round,
    plan_round,
    replan_round,
    void_round,
)

__all__ = [
    "BadRound",
    "NoFederalPool",
    "NoSuchHold",
    "NoSuchProfile",
    "NotificationOver",
    "RoundBlocked",
    "conduct_round",
    "erase_notified",
    "fresh_window",
    "hold_profile",
    "issue_round",
    "lift_hold",
    "load_profiles",
    "mark_taken_up",
    "plan_round",
    "purge_profiles",
    "replan_round",
    "void_round",
]
