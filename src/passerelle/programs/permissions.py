"""Who may do what with a program's calendar and packs."""

from django.utils.translation import gettext_lazy as _

from passerelle.accounts.models import Person
from passerelle.core.verdicts import YES, Verdict
from passerelle.programs.models import Pack, PutInForce

KEEPERS = ("director", "administrator")
READERS = ("officer", "reviewer", "director", "draw_manager", "auditor", "analyst", "administrator")


def can_keep_calendar(person: Person, program: str) -> Verdict:
    """Whether ``person`` may add or remove days on which the office is closed."""
    if person.has_role(program, *KEEPERS):
        return YES
    return Verdict(False, _("Only a director or an administrator can change the days the office is closed."))


def can_ask_to_put_in_force(
    person: Person, pack: Pack, *, in_force: Pack | None, waiting: PutInForce | None
) -> Verdict:
    """A director or an administrator, for a version that is not in force, while no other waits to be confirmed."""
    if not person.has_role(pack.code, *KEEPERS):
        return Verdict(False, _("Only a director or an administrator puts rules in force."))
    if in_force is not None and in_force.pk == pack.pk:
        return Verdict(False, _("These rules are in force."))
    if waiting is not None:
        return Verdict(False, _("A version already waits to be confirmed. Confirm it or take it back first."))
    return YES


def can_confirm_put_in_force(person: Person, put: PutInForce) -> Verdict:
    """A director or an administrator other than the one who asked."""
    if not put.is_waiting:
        return Verdict(False, _("This has been settled already."))
    if not person.has_role(put.program_id, *KEEPERS):
        return Verdict(False, _("Only a director or an administrator puts rules in force."))
    if put.asked_by_id == person.pk:
        return Verdict(False, _("You asked for it: another director or administrator must confirm it."))
    return YES


def can_drop_put_in_force(person: Person, put: PutInForce) -> Verdict:
    """A director or an administrator, while it waits."""
    if not put.is_waiting:
        return Verdict(False, _("This has been settled already."))
    if not person.has_role(put.program_id, *KEEPERS):
        return Verdict(False, _("Only a director or an administrator can take this back."))
    return YES
