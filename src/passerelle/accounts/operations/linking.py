"""Single-use links: an invited person proves the mailbox and chooses a sign-in of their own."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from passerelle.accounts.models import AccessLink, Audience, Person
from passerelle.accounts.operations.registering import save_named
from passerelle.accounts.permissions import can_resend
from passerelle.core import audit
from passerelle.core.text import clean_name
from passerelle.core.verdicts import require

LINK_LASTS = timedelta(days=30)


class LinkNotValid(Exception):
    """``why``: unknown, used, replaced or expired."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic
def invite_candidate(
    *, program: str, email: str, name: str, language: str, about: str, by: Person, at: datetime
) -> AccessLink:
    """Open an account for a candidate, without a sign-in yet, and return the link that gives them one.

    The e-mail may be the employer's own; both keep their own access. The caller sends the link (N2).
    """
    person = Person(
        email=email.lower(), name=clean_name(name), language=language,
        audience=Audience.CANDIDATE, program=program, joined_at=at,
    )  # fmt: skip
    person.set_unusable_password()
    person.save()
    audit.record("account.invited", subject=person.reference, by=by, at=at, program=program, detail={"about": about})
    return new_link(person, about=about, by=by, at=at)


def new_link(person: Person, *, about: str, by: Person | None, at: datetime) -> AccessLink:
    """Make a link for ``person``; one that is still open dies. Runs in the caller's transaction."""
    AccessLink.objects.filter(person=person, redeemed_at=None, replaced_at=None).update(replaced_at=at)
    token = secrets.token_urlsafe(32)
    link = AccessLink.objects.create(
        person=person, token_hash=_hashed(token), about=about, made_by=by, made_at=at, expires_at=at + LINK_LASTS
    )
    link.token = token
    return link


@transaction.atomic
def resend_link(*, person: Person, by: Person | None, at: datetime) -> AccessLink:
    """Replace the link of somebody who has not used theirs yet; the caller sends the new one."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    last = person.links.order_by("-id").first()
    require(can_resend(by, person, last))
    link = new_link(person, about=last.about if last else "", by=by, at=at)
    audit.record(
        "account.link_made_again", subject=person.reference, by=by, at=at, program=person.program,
        detail={"about": link.about},
    )  # fmt: skip
    return link


def open_link(*, token: str, at: datetime) -> AccessLink:
    """Return the link of ``token`` without using it; raises LinkNotValid."""
    link = AccessLink.objects.select_related("person").filter(token_hash=_hashed(token)).first()
    return _still_good(link, at)


@transaction.atomic
def redeem_link(*, token: str, password: str | None, at: datetime, username: str = "") -> Person:
    """Use the link once: set the person's user name (unless it stands) and password, and count the e-mail as confirmed.

    Raises LinkNotValid, UsernameTaken, ValidationError for a user name of the wrong shape.
    """
    link = AccessLink.objects.select_for_update(of=("self",)).filter(token_hash=_hashed(token)).first()
    link = _still_good(link, at)
    link.redeemed_at = at
    link.save(update_fields=["redeemed_at"])
    person = Person.objects.select_for_update().get(pk=link.person_id)
    person.set_password(password)
    # The link came by e-mail, or from the hand of an administrator: either way the address is theirs.
    person.email_verified_at = person.email_verified_at or at
    save_named(person, person.username or username)
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
    audit.record("account.link_used", subject=person.reference, by=person, at=at, program=person.program)
    return person


def _still_good(link: AccessLink | None, at: datetime) -> AccessLink:
    if link is None:
        raise LinkNotValid("unknown")
    if link.redeemed_at:
        raise LinkNotValid("used")
    if link.replaced_at:
        raise LinkNotValid("replaced")
    if at >= link.expires_at:
        raise LinkNotValid("expired")
    return link


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
