"""Staff accounts and the roles they hold, program by program."""

from collections.abc import Sequence
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from passerelle.accounts import queries
from passerelle.accounts.models import AccessLink, Audience, Person, Role, RoleName
from passerelle.accounts.operations.linking import new_link
from passerelle.accounts.operations.registering import save_named
from passerelle.accounts.permissions import can_close, can_grant, can_revoke
from passerelle.core import audit
from passerelle.core.text import clean_name
from passerelle.core.verdicts import require


@transaction.atomic
def create_staff(
    *,
    username: str,
    email: str,
    name: str,
    language: str,
    roles: Sequence[tuple[str, str]],
    at: datetime,
    by: Person | None = None,
) -> AccessLink:
    """Open a staff account and return its enrolment link: password first, then the second factor.

    ``by`` is None for the command line; an administrator may give roles in their own programs only.
    """
    person = Person(
        email=email.lower(), name=clean_name(name), language=language, audience=Audience.STAFF, joined_at=at
    )
    person.set_unusable_password()
    save_named(person, username)
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    audit.record("account.staff_created", subject=person.reference, by=by, at=at)
    for program, role in roles:
        grant_role(person=person, program=program, role=role, by=by, at=at)
    return new_link(person, about="", by=by, at=at)


@transaction.atomic
def grant_role(*, person: Person, program: str, role: str, by: Person | None, at: datetime) -> Role:
    """Give a staff member a role in a program; nothing happens when it is held already. Raises NotAllowed."""
    require(can_grant(by, person, program, twin=queries.twin(person, program)))
    row, is_new = Role.objects.get_or_create(
        person=person, program=program, role=RoleName(role), defaults={"granted_by": by, "granted_at": at}
    )
    if is_new:
        _record("account.role_granted", person, program, role, by, at)
    return row


@transaction.atomic
def revoke_role(*, person: Person, program: str, role: str, by: Person | None, at: datetime) -> None:
    """Take a role away; it counts from the person's next request."""
    require(can_revoke(by, person, program, role))
    taken, _rows = Role.objects.filter(person=person, program=program, role=role).delete()
    if taken:
        _record("account.role_revoked", person, program, role, by, at)


def _record(event: str, person: Person, program: str, role: str, by: Person | None, at: datetime) -> None:
    audit.record(event, subject=person.reference, by=by, at=at, program=program, detail={"role": role})


@transaction.atomic
def close_account(*, person: Person, by: Person, at: datetime) -> None:
    """Shut a staff member out from the next request on; roles and history stay."""
    _set_active(person, False, "account.closed", by, at)


@transaction.atomic
def reopen_account(*, person: Person, by: Person, at: datetime) -> None:
    """Let a staff member in again."""
    _set_active(person, True, "account.reopened", by, at)


def _set_active(person: Person, active: bool, event: str, by: Person, at: datetime) -> None:
    person = Person.objects.select_for_update().get(pk=person.pk)
    require(can_close(by, person))
    if person.is_active != active:
        person.is_active = active
        person.save(update_fields=["is_active"])
        audit.record(event, subject=person.reference, by=by, at=at)
