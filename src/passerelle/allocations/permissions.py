"""Who may do what with the places of a year."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from passerelle.core.verdicts import YES, Verdict


def can_set_places(person: Any, program: str) -> Verdict:
    """Say whether ``person`` may set or change the places of a year."""
    if not person.has_role(program, "director"):
        return Verdict(False, _("Only a director of the program sets the places of a year."))
    return YES
