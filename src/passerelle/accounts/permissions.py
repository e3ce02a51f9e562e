"""Who may do what with accounts. ``by`` is None for the command line, which whoever runs the servers may use."""

from django.utils.translation import gettext_lazy as _

from passerelle.accounts.models import AccessLink, Audience, Person, RoleName, SecondFactorReset
from passerelle.core.verdicts import YES, Verdict

NOT_ADMINISTRATOR = Verdict(False, _("Only an administrator of the program can do this."))
WORKS_ELSEWHERE = Verdict(
    False,
    _(
        "This person works in another program too: take away their roles in your own. The account itself stays as it is."
    ),
)


def is_administrator(by: Person, program: str) -> bool:
    """Say whether ``by`` administers ``program``."""
    return by.has_role(program, RoleName.ADMINISTRATOR)


def administered_by(by: Person) -> list[str]:
    """Return the codes of the programs that ``by`` administers, sorted."""
    return sorted(program for program, role in by.roles_held if role == RoleName.ADMINISTRATOR and by.is_active)


def can_grant(by: Person | None, person: Person, program: str) -> Verdict:
    if not person.is_staff_member:
        return Verdict(False, _("Only staff accounts hold roles."))
    return YES if by is None or is_administrator(by, program) else NOT_ADMINISTRATOR


def can_revoke(by: Person | None, person: Person, program: str, role: str) -> Verdict:
    if by is not None and by.pk == person.pk and role == RoleName.ADMINISTRATOR:
        return Verdict(False, _("You cannot take away your own administrator role: ask another administrator."))
    return can_grant(by, person, program)


def can_close(by: Person, person: Person) -> Verdict:
    if by.pk == person.pk:
        return Verdict(False, _("You cannot close or reopen your own account."))
    if may := _over(by, person):
        beyond = set(person.programs_worked_in()) - set(administered_by(by))
        return WORKS_ELSEWHERE if beyond else may
    return NOT_ADMINISTRATOR


def can_ask_reset(by: Person, person: Person) -> Verdict:
    if by.pk == person.pk:
        return Verdict(False, _("Two other administrators have to reset your second factor."))
    if SecondFactorReset.objects.filter(person=person, confirmed_by=None).exists():
        return Verdict(False, _("A reset has been asked for already and waits for another administrator."))
    return _over(by, person)


def can_confirm_reset(by: Person, reset: SecondFactorReset) -> Verdict:
    if reset.confirmed_by_id is not None:
        return Verdict(False, _("This reset has been confirmed already."))
    if by.pk in (reset.asked_by_id, reset.person_id):
        return Verdict(
            False, _("A second administrator has to confirm: not the one who asked, nor the person concerned.")
        )
    return _over(by, reset.person)


def can_resend(by: Person | None, person: Person, last: AccessLink | None) -> Verdict:
    if last is None or last.redeemed_at is not None:
        return Verdict(False, _("This person has a sign-in already."))
    if by is None or not person.is_staff_member:
        # For a candidate's link the file decides, and the room that owns the file asks it first.
        return YES
    return _over(by, person)


def can_switch(person: Person, target: Person | None) -> Verdict:
    if target is None or person.audience == Audience.STAFF:
        return Verdict(False, _("This file is not one of yours: its account has another confirmed email."))
    return YES


def _over(by: Person, person: Person) -> Verdict:
    """An administrator acts on staff of their own programs, and on staff who hold no role anywhere."""
    held = set(person.programs_worked_in())
    ours = set(administered_by(by))
    return YES if person.is_staff_member and ours and (not held or held & ours) else NOT_ADMINISTRATOR
