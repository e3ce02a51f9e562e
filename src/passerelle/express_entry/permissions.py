"""Who may do what with federal profiles."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from passerelle.core.verdicts import YES, Verdict

READERS = frozenset({"draw_manager", "director", "auditor"})


def can_load(person: Any, program: str) -> Verdict:
    """Say whether ``person`` may load profiles; None is whoever runs the installation, by command."""
    if person is not None and not person.has_role(program, "draw_manager", "director"):
        return Verdict(False, _("Only a draw manager or a director of the program loads federal profiles."))
    return YES


def can_hold(person: Any, program: str) -> Verdict:
    """Say whether ``person`` may keep a profile past its time, or let it go."""
    if not person.has_role(program, "director"):
        return Verdict(False, _("Only a director of the program keeps a federal profile past its time."))
    return YES
