"""What is so about accounts."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation

from passerelle.accounts.models import AccessLink, Audience, Person, SecondFactorReset


def person(username: str) -> Person:
    """Return the account of ``username``, however it is cased; raises Person.DoesNotExist."""
    return Person.objects.named(username).get()


def verified_addresses(person: Person) -> list[str]:
    """Return the e-mails that ``person`` has proved to read."""
    return list(EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True))


def other_files(person: Person) -> QuerySet[Person]:
    """Return the person's other accounts: same verified e-mail, audience and program, with a sign-in, oldest first.

    A candidate's account whose e-mail an employer also reads is left out: a shared mailbox does not make two candidates
    one person. Staff have no other files.
    """
    if person.is_staff_member:
        return Person.objects.none()
    same = EmailAddress.objects.filter(email__in=verified_addresses(person), verified=True)
    if person.is_candidate:
        employers = EmailAddress.objects.filter(verified=True, user__audience=Audience.EMPLOYER)
        same = same.exclude(email__in=employers.values("email"))
    found = Person.objects.of(person.audience, person.program).filter(pk__in=same.values("user_id"), is_active=True)
    return found.exclude(pk=person.pk).exclude(username=None).order_by("joined_at", "id")


def accounts_reading(email: str) -> list[Person]:
    """Return the active accounts with a sign-in whose e-mail is ``email``: confirmed ones, or failing that the others.

    Staff without a second factor are left out: their way in is the enrolment link, not the mailbox.
    """
    rows = EmailAddress.objects.filter(email=email.lower(), user__is_active=True).exclude(user__username=None)
    rows = rows.select_related("user").order_by("user__joined_at", "user_id")
    found = [row for row in rows if not row.user.is_staff_member or second_factor(row.user)]
    confirmed = [row.user for row in found if row.verified]
    return confirmed or [row.user for row in found]


def staff_with(program: str, *roles: str) -> QuerySet[Person]:
    """Return active staff holding one of ``roles`` (any role, if none is named) in ``program``, by name."""
    held = Person.objects.of(Audience.STAFF).filter(is_active=True, roles__program=program)
    if roles:
        held = held.filter(roles__role__in=roles)
    return held.distinct().order_by("name", "id")


def twin(person: Person, program: str) -> Person | None:
    """Return another active account of the same e-mail that holds a role in ``program``."""
    return staff_with(program).filter(email__iexact=person.email).exclude(pk=person.pk).first()


def second_factor(person: Person) -> int | None:
    """Return the id of the person's TOTP authenticator, if they have one."""
    totp = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP)
    return totp.values_list("pk", flat=True).first()


def links_sent(by: Person | None, email: str, *, since: datetime) -> int:
    """Return how many links ``by`` has had sent to an address after ``since``."""
    if by is None:
        return 0
    return AccessLink.objects.filter(made_by=by, person__email__iexact=email, made_at__gt=since).count()


def link_address(link: AccessLink) -> str:
    """Return the full address of a link just made, in the language of the person it is for."""
    with translation.override(link.person.language):
        return f"{settings.PASSERELLE_URL}{reverse('accounts:redeem', args=[link.token])}"


def staff_of(programs: list[str]) -> QuerySet[Person]:
    """Return all staff with a role in ``programs`` or none anywhere, by name, with their roles."""
    staff = Person.objects.of(Audience.STAFF)
    seen = staff.filter(roles__program__in=programs) | staff.filter(roles=None)
    return seen.distinct().prefetch_related("roles").order_by("name", "id")


def open_resets(people: QuerySet[Person]) -> QuerySet[SecondFactorReset]:
    """Return the resets that wait for a second administrator, oldest first."""
    waiting = SecondFactorReset.objects.filter(confirmed_by=None, person__in=people.order_by().values("pk"))
    return waiting.select_related("person", "asked_by").order_by("asked_at", "id")
