"""Who may do what with a program's calendar and packs."""

from django.utils.translation import gettext_lazy as _

from passerelle.accounts.models import Person
from passerelle.core.verdicts import YES, Verdict

KEEPERS = ("director", "administrator")
READERS = ("officer", "reviewer", "director", "draw_manager", "auditor", "analyst", "administrator")


def can_keep_calendar(person: Person, program: str) -> Verdict:
    """Whether ``person`` may add or remove days on which the office is closed."""
    if person.has_role(program, *KEEPERS):
        return YES
    return Verdict(False, _("Only a director or an administrator can change the days the office is closed."))
