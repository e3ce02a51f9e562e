"""What the audit events and roles of this room are called on pages."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from passerelle.accounts import acting, hooks
from passerelle.accounts.models import Person, RoleName
from passerelle.core.text import pick

EVENTS: dict[str, Promise] = {
    "account.registered": _("Account registered"),
    "account.licence_recorded": _("Licence to represent others recorded"),
    "account.email_confirmed": _("Email confirmed"),
    "account.profile_changed": _("Name, telephone or language changed"),
    "account.password_set": _("Password set"),
    "account.signed_in": _("Signed in"),
    "account.switched": _("Moved between two files of the same person"),
    "account.invited": _("Candidate invited"),
    "account.link_made_again": _("New link made"),
    "account.link_used": _("Link used, sign-in chosen"),
    "account.staff_created": _("Staff account opened"),
    "account.role_granted": _("Role given"),
    "account.role_revoked": _("Role taken away"),
    "account.closed": _("Account closed"),
    "account.reopened": _("Account reopened"),
    "account.second_factor_added": _("Second factor added"),
    "account.second_factor_removed": _("Second factor removed"),
    "account.second_factor_reset_asked": _("Reset of the second factor asked for"),
    "account.second_factor_reset": _("Second factor reset by two administrators"),
    "account.reading_stopped": _("Opened as many files within an hour as are allowed"),
}


def licence(program: str, body: str, number: str, language: str | None = None) -> str:
    """Return a licence to represent others in words: who gave it, and its number."""
    known = hooks.licences(program).get(body)
    name = pick(known.name, language) if known else body
    return f"{name}, {number}" if number else name


def representations(*clients: Person | None) -> list[dict[str, Any]]:
    """Return who represents the parties of a file now, for ``components/represented.html``."""
    return [
        {
            "name": one.representative.name, "since": one.appointed_at, "of_employer": one.client.is_employer,
            "licence": licence(one.program, one.licence_body, one.licence_number),
        }
        for one in acting.appointments_of(*clients)
    ]  # fmt: skip


def event_words(event: str, role: str = "") -> str:
    """Return what an event is called, with the role it is about."""
    words = str(EVENTS.get(event, event))
    if role not in RoleName.values:
        return words
    return gettext("%(what)s: %(role)s") % {"what": words, "role": RoleName(role).label}


def roles_in_words(person: Person) -> list[str]:
    """Return each role of a staff member with its program, sorted."""
    return sorted(f"{RoleName(role).label}, {hooks.program_name(program)}" for program, role in person.roles_held)
