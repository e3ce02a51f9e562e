"""The books closed on time: every stage's lapsed files and due reminders, latest stage first."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from passerelle.applications import operations as applications
from passerelle.draws import operations as draws
from passerelle.eoi import operations as eoi
from passerelle.express_entry import operations as express_entry
from passerelle.invitations import operations as invitations
from passerelle.orders import operations as orders

# Later stages first: an application that lapses gives its place back before an invitation or EOI is looked at.
STEPS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("applications closed", applications.close_lapsed),
    ("reminders about applications", applications.remind_due),
    ("invitations closed", invitations.close_lapsed),
    ("reminders about invitations", invitations.remind_due),
    ("expressions of interest closed", eoi.close_expired),
    ("files of closed streams ended", eoi.empty_closed_pools),
    ("job offers not used closed", eoi.lapse_offers),
    ("drafts nobody touched erased", eoi.erase_drafts),
    ("reminders about expressions of interest", eoi.remind_due),
    ("days worked out on which criteria end", eoi.work_out_lapses),
    ("pools counted for the day", eoi.count_pools),
    ("federal profiles erased", express_entry.purge_profiles),
    ("files of whom an order bars shown to staff", orders.ask_about_every_file),
    ("notified federal profiles erased", applications.purge_notified_profiles),
    ("tickets of draws erased", draws.erase_tickets),
)


def sweep(*, at: datetime) -> dict[str, int]:
    """Run every step once; return how many files each one changed."""
    return {name: _counted(step(at=at)) for name, step in STEPS}


def _counted(result: Any) -> int:
    return result if isinstance(result, int) else len(result or ())
