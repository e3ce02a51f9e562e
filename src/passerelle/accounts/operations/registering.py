"""Accounts that people make and keep themselves."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from passerelle.accounts import hooks, queries
from passerelle.accounts.models import Audience, Licence, Person, username_shape
from passerelle.accounts.permissions import can_switch
from passerelle.core import audit
from passerelle.core.text import clean_name
from passerelle.core.verdicts import require


class UsernameTaken(Exception):
    """Another account has this user name, in these or other capitals."""


@transaction.atomic
def register_employer(
    *,
    program: str,
    username: str,
    email: str,
    name: str,
    phone: str,
    language: str,
    password: str | None,
    at: datetime,
) -> Person:
    """Open an employer's account for one candidate (nwt.md, R1.1 to R1.3); its e-mail is still to be confirmed.

    ``password`` None leaves the account without one (demo data). Raises UsernameTaken.
    """
    return register(
        audience=Audience.EMPLOYER, program=program, username=username, email=email, name=name, phone=phone,
        language=language, password=password, at=at,
    )  # fmt: skip


@transaction.atomic
def register(
    *,
    audience: str,
    program: str,
    username: str,
    email: str,
    name: str,
    phone: str,
    language: str,
    password: str | None,
    at: datetime,
) -> Person:
    """Open an account of the side that opens files in a program: an employer's for one candidate, or a candidate's own.

    Its e-mail is still to be confirmed; ``password`` None leaves it without one (demo data). Raises UsernameTaken.
    """
    person = Person(
        email=email.lower(), name=clean_name(name), phone=phone.strip(), language=language,
        audience=audience, program=program, joined_at=at,
    )  # fmt: skip
    person.set_password(password)
    save_named(person, username)
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=False)
    audit.record("account.registered", subject=person.reference, by=person, at=at, program=program)
    return person


@transaction.atomic
def register_representative(
    *, program: str, username: str, email: str, name: str, phone: str, language: str, password: str | None,
    licence_body: str, licence_number: str, at: datetime,
) -> Person:  # fmt: skip
    """Open the account of somebody who acts for others, with the licence that allows it; raises UsernameTaken.

    It gives access to nobody's file: each client appoints them from the client's own account.
    """
    person = register(
        audience=Audience.REPRESENTATIVE, program=program, username=username, email=email, name=name, phone=phone,
        language=language, password=password, at=at,
    )  # fmt: skip
    number = " ".join(licence_number.split())
    Licence.objects.create(person=person, body=licence_body, number=number, recorded_at=at)
    audit.record("account.licence_recorded", subject=person.reference, by=person, at=at, program=program,
                 detail={"body": licence_body, "number": number})  # fmt: skip
    return person


def save_named(person: Person, username: str) -> None:
    """Save ``person`` under ``username``; raises UsernameTaken, ValidationError for a name of the wrong shape."""
    person.username = Person.normalize_username(username.strip())
    username_shape(person.username)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as clash:
        if "username" not in str(clash):
            raise
        raise UsernameTaken(username) from clash


@transaction.atomic
def confirm_email(*, person: Person, email: str, at: datetime) -> Person:
    """Note that ``person`` reads ``email``; the first time, their own registration is complete."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    first = person.email_verified_at is None
    own = EmailAddress.objects.filter(user=person)
    own.exclude(email=email.lower()).update(primary=False)
    EmailAddress.objects.update_or_create(
        user=person, email=email.lower(), defaults={"verified": True, "primary": True}
    )
    person.email, person.email_verified_at = email.lower(), at
    person.save(update_fields=["email", "email_verified_at"])
    audit.record(
        "account.email_confirmed", subject=person.reference, by=person, at=at, program=person.program,
        detail={"first": first},
    )  # fmt: skip
    # Whoever was invited by a link did not register; they are written to by whoever let them in.
    if first and not person.links.exists():
        hooks.tell_registered(person=person, at=at)
    return person


@transaction.atomic
def update_profile(*, person: Person, name: str, phone: str, language: str, at: datetime) -> Person:
    """Change how a person is addressed and in which language."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    new = {"name": clean_name(name), "phone": phone.strip(), "language": language}
    changed = [field for field, value in new.items() if getattr(person, field) != value]
    if not changed:
        return person
    for field in changed:
        setattr(person, field, new[field])
    person.save(update_fields=changed)
    audit.record(
        "account.profile_changed", subject=person.reference, by=person, at=at, program=person.program,
        detail={"fields": changed},
    )  # fmt: skip
    return person


@transaction.atomic
def switch_file(*, person: Person, to: Person, at: datetime) -> Person:
    """Let ``person`` go on as another of their own accounts: same verified e-mail, audience and program."""
    target = queries.other_files(person).select_for_update().filter(pk=to.pk).first()
    require(can_switch(person, target))
    assert target is not None
    detail = {"from": person.reference, "to": target.reference}
    for account in sorted((person, target), key=lambda one: one.pk):
        audit.record(
            "account.switched", subject=account.reference, by=person, at=at, program=account.program, detail=detail
        )
    return target


@transaction.atomic
def note_password_set(*, person: Person, at: datetime) -> None:
    """Write down that a new password was set (never which)."""
    audit.record("account.password_set", subject=person.reference, by=person, at=at, program=person.program)


@transaction.atomic
def note_sign_in(*, person: Person, at: datetime) -> None:
    """Write down a sign-in."""
    audit.record("account.signed_in", subject=person.reference, by=person, at=at, program=person.program)
