"""What is done with federal profiles: loaded, kept past their time, erased."""

from passerelle.express_entry.operations.keeping import (
    NoSuchHold,
    NoSuchProfile,
    hold_profile,
    lift_hold,
    purge_profiles,
)
from passerelle.express_entry.operations.loading import NoFederalPool, load_profiles

__all__ = [
    "NoFederalPool",
    "NoSuchHold",
    "NoSuchProfile",
    "hold_profile",
    "lift_hold",
    "load_profiles",
    "purge_profiles",
]
