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
RESET_ELSEWHERE = Verdict(
    False,
    _("This person works in another program too: an administrator of that program has to ask or to confirm."),
)
LINK_ELSEWHERE = Verdict(
    False,
    _("This person works in another program too: ask for a reset, which an administrator of that program confirms."),
)
# To one address that is not the sender's own: a corrected name, a lost message, and not a full mailbox.
MOST_LINKS_A_DAY = 5
# What the link says of itself that two administrators gave out with a reset.
BY_RESET = "second-factor-reset"


def is_administrator(by: Person, program: str) -> bool:
    """Say whether ``by`` administers ``program``."""
    return by.has_role(program, RoleName.ADMINISTRATOR)


def administered_by(by: Person) -> list[str]:
    """Return the codes of the programs that ``by`` administers, sorted."""
    return sorted(program for program, role in by.roles_held if role == RoleName.ADMINISTRATOR and by.is_active)


def can_grant(by: Person | None, person: Person, program: str, *, twin: Person | None = None) -> Verdict:
    """An administrator gives roles to others; ``twin`` is another account of the same person that holds one here already.

    What takes two people would take one, if somebody had both roles by their own hand or in two accounts.
    """
    if by is not None and by.pk == person.pk:
        return Verdict(False, _("You cannot give yourself a role: ask another administrator."))
    if twin is not None:
        words = _(
            "Another account here has this email: %(username)s. One person has one account: give the role to that one."
        )
        return Verdict(False, words % {"username": twin.username})
    return _may_keep_roles(by, person, program)


def _may_keep_roles(by: Person | None, person: Person, program: str) -> Verdict:
    if not person.is_staff_member:
        return Verdict(False, _("Only staff accounts hold roles."))
    return YES if by is None or is_administrator(by, program) else NOT_ADMINISTRATOR


def can_revoke(by: Person | None, person: Person, program: str, role: str) -> Verdict:
    if by is not None and by.pk == person.pk and role == RoleName.ADMINISTRATOR:
        return Verdict(False, _("You cannot take away your own administrator role: ask another administrator."))
    return _may_keep_roles(by, person, program)


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
    may = _over(by, reset.person)
    theirs = {*administered_by(reset.asked_by), *administered_by(by)}
    return RESET_ELSEWHERE if may and set(reset.person.programs_worked_in()) - theirs else may


def can_resend(by: Person | None, person: Person, last: AccessLink | None) -> Verdict:
    if last is None or last.redeemed_at is not None:
        return Verdict(False, _("This person has a sign-in already."))
    if by is None or not person.is_staff_member:
        # For a candidate's link the file decides, and the room that owns the file asks it first.
        return YES
    if last.about == BY_RESET:
        return Verdict(False, _("This link came with a reset, which takes two administrators: ask for another reset."))
    may = _over(by, person)
    return LINK_ELSEWHERE if may and set(person.programs_worked_in()) - set(administered_by(by)) else may


def can_be_sent(by: Person | None, person: Person, lately: int) -> Verdict:
    """A link goes to an address as often as its own reader likes, and to somebody else's a few times a day."""
    theirs = by is not None and by.email.lower() == person.email.lower()
    if by is None or by.is_staff_member or theirs or lately < MOST_LINKS_A_DAY:
        return YES
    return Verdict(
        False,
        _("You have had many links sent to this address today. Check the address with its reader, and go on tomorrow."),
    )


def can_switch(person: Person, target: Person | None) -> Verdict:
    if target is None or person.audience == Audience.STAFF:
        return Verdict(False, _("This file is not one of yours: its account has another confirmed email."))
    return YES


def _over(by: Person, person: Person) -> Verdict:
    """An administrator acts on staff of their own programs, and on staff who hold no role anywhere."""
    held = set(person.programs_worked_in())
    ours = set(administered_by(by))
    return YES if person.is_staff_member and ours and (not held or held & ours) else NOT_ADMINISTRATOR
