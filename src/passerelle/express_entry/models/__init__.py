"""Rows of the federal pool: profiles and the files they came in; rounds, whom they found, whom they notified."""

from passerelle.express_entry.models.profiles import FederalProfile, NotComputed, ProfileHold, ProfileLoad
from passerelle.express_entry.models.rounds import Notification, NotNotified, Round, RoundEntry

__all__ = [
    "FederalProfile",
    "NotComputed",
    "NotNotified",
    "Notification",
    "ProfileHold",
    "ProfileLoad",
    "Round",
    "RoundEntry",
]
