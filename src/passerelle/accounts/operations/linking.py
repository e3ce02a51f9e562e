"""Single-use links: an invited person proves the mailbox and chooses a sign-in of their own."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts import hooks, queries
from passerelle.accounts.models import AccessLink, Audience, Person
from passerelle.accounts.operations.registering import save_named
from passerelle.accounts.permissions import can_be_sent, can_resend
from passerelle.core import audit
from passerelle.core.text import clean_name
from passerelle.core.verdicts import NotAllowed, require

LINK_LASTS, A_DAY = timedelta(days=30), timedelta(days=1)


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
    return _invite(Audience.CANDIDATE, program, email, name, language, about=about, by=by, at=at)


@transaction.atomic
def invite_employer(
    *, program: str, email: str, name: str, language: str, about: str, by: Person, at: datetime
) -> AccessLink:
    """Open an account for an employer whom a candidate lets in, as ``invite_candidate`` does; the caller sends the link.

    An employer who has an account already uses the link with it: ``join_with_link``.
    """
    return _invite(Audience.EMPLOYER, program, email, name, language, about=about, by=by, at=at)


def _invite(
    audience: Audience, program: str, email: str, name: str, language: str, *, about: str, by: Person, at: datetime
) -> AccessLink:
    person = Person(
        email=email.lower(), name=clean_name(name), language=language, audience=audience, program=program, joined_at=at
    )
    person.set_unusable_password()
    person.save()
    audit.record("account.invited", subject=person.reference, by=by, at=at, program=program, detail={"about": about})
    return new_link(person, about=about, by=by, at=at)


@transaction.atomic
def join_with_link(*, token: str, by: Person, at: datetime) -> AccessLink:
    """Use a link with an account that ``by`` has already; the one opened for the link is closed unused.

    The caller puts ``by`` in the place of ``link.person`` in the file ``link.about``. Raises LinkNotValid, and
    NotAllowed for another audience or program and for a link that is to renew an account in use.
    """
    link = AccessLink.objects.select_for_update(of=("self",)).filter(token_hash=_hashed(token)).first()
    link = _still_good(link, at)
    opened = Person.objects.select_for_update().get(pk=link.person_id)
    if opened.username or (by.audience, by.program) != (opened.audience, opened.program):
        raise NotAllowed(_("This link is for an account of another kind."))
    link.redeemed_at = at
    link.save(update_fields=["redeemed_at"])
    opened.is_active = False
    opened.save(update_fields=["is_active"])
    audit.record("account.link_used", subject=by.reference, by=by, at=at, program=by.program,
                 detail={"about": link.about, "instead_of": opened.reference})  # fmt: skip
    return link


def give_up_link(*, person: Person, by: Person, at: datetime) -> None:
    """Close an account that was opened for a link and never used; the link dies. Runs in the caller's transaction."""
    AccessLink.objects.filter(person=person, redeemed_at=None, replaced_at=None).update(replaced_at=at)
    Person.objects.filter(pk=person.pk, username=None).update(is_active=False)
    audit.record("account.link_given_up", subject=person.reference, by=by, at=at, program=person.program)


def new_link(person: Person, *, about: str, by: Person | None, at: datetime) -> AccessLink:
    """Make a link for ``person``; one that is still open dies. Runs in the caller's transaction.

    Raises NotAllowed where ``by`` had many links sent to the same stranger's address lately.
    """
    require(can_be_sent(by, person, queries.links_sent(by, person.email, since=at - A_DAY)))
    AccessLink.objects.filter(person=person, redeemed_at=None, replaced_at=None).update(replaced_at=at)
    token = secrets.token_urlsafe(32)
    until = hooks.link_lasts_until(person, at) or at + LINK_LASTS
    link = AccessLink.objects.create(
        person=person, token_hash=_hashed(token), about=about, made_by=by, made_at=at, expires_at=until
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
    comes_in = not person.username
    person.set_password(password)
    # The link came by e-mail, or from the hand of an administrator: either way the address is theirs.
    person.email_verified_at = person.email_verified_at or at
    save_named(person, person.username or username)
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
    audit.record("account.link_used", subject=person.reference, by=person, at=at, program=person.program)
    if comes_in:
        hooks.tell_link_used(person=person, about=link.about, at=at)
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
