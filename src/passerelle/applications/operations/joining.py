"""The employer comes into a file that the candidate opened: by a link, with a new account or one it has already."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import AccessLink, Person
from passerelle.applications import hooks, messages, queries
from passerelle.applications.models import Application
from passerelle.applications.permissions import can_join, can_let_in_employer
from passerelle.applications.states import PartState
from passerelle.core import audit
from passerelle.core.text import clean_name
from passerelle.core.verdicts import YES, Verdict, require
from passerelle.eoi import queries as eois
from passerelle.invitations.hooks import Joined


@transaction.atomic
def let_in_employer(*, reference: str, email: str, name: str, language: str, by: Person, at: datetime) -> AccessLink:
    """Give the employer access to its own form and send it the link (pack's message ``employer_access``).

    While the link is unused the candidate may correct the name or the address: a new link is sent, the old one dies
    with the account that was opened for it. Raises NotAllowed.
    """
    application = _locked(reference)
    require(can_let_in_employer(by, application, takes_part=queries.takes_part(application), at=at))
    require(_may_take_part(barred=eois.is_barred(eois.employer_key(application.program, email), at)))
    link = accounts.invite_employer(
        program=application.program,
        email=email,
        name=clean_name(name),
        language=language,
        about=reference,
        by=by,
        at=at,
    )
    if application.employer:
        accounts.give_up_link(person=application.employer, by=by, at=at)
    application.employer = link.person
    application.save(update_fields=["employer"])
    audit.record("application.employer_let_in", subject=reference, by=by, at=at, program=application.program,
                 for_person=link.person)  # fmt: skip
    hooks.tell_let_in(link.person, reference, at)
    messages.employer_access(application, link, joins=queries.may_join(application), at=at)
    return link


@transaction.atomic
def join_as_employer(*, token: str, by: Person, at: datetime) -> Application:
    """Come into a file with an account one has already; it takes the place of the one opened for the link.

    Raises accounts' LinkNotValid, and NotAllowed where the program keeps one account for each candidate or an order keeps
    this employer out.
    """
    link = accounts.open_link(token=token, at=at)
    application = _locked(link.about)
    require(can_join(by, application, invited=link.person, joins=queries.may_join(application), at=at))
    require(_may_take_part(barred=_is_kept_out(by, at)))
    accounts.join_with_link(token=token, by=by, at=at)
    application.employer = by
    application.save(update_fields=["employer"])
    audit.record("application.employer_joined", subject=application.reference, by=by, at=at,
                 program=application.program)  # fmt: skip
    messages.employer_joined(application, at=at)
    return application


def when_link_used(*, person: Person, about: str, at: datetime) -> None:
    """Tell both parties that the employer has come in with a new account. In the transaction that used the link.

    Raises NotAllowed where an order keeps this employer out since the link was sent: the link stays unused.
    """
    application = queries.of_reference(about)
    if application is None or application.employer_id != person.pk:
        return
    require(_may_take_part(barred=_is_kept_out(person, at)))
    application.employer = person  # with the user name of this very moment
    audit.record("application.employer_joined", subject=about, by=person, at=at, program=application.program)
    messages.employer_joined(application, at=at)


def joined(invitation: Any) -> Joined | None:
    """Return the employer who came into the file by the candidate's link, while its own form is not in."""
    application = queries.of_invitation(invitation.reference)
    employer = application.employer if application else None
    if application is None or employer is None or not employer.username or employer.pk == invitation.eoi.employer_id:
        return None
    waits = application.parts.filter(side="employer").exclude(state=PartState.SUBMITTED).exists()
    return Joined(employer, application.reference) if waits else None


def invited_to(*, token: str, at: datetime) -> Application:
    """Return the application a link leads to, unused, so that the page can say what the button does."""
    link = accounts.open_link(token=token, at=at)
    application = queries.of_reference(link.about)
    if application is None or application.employer_id != link.person_id:
        raise accounts.LinkNotValid("unknown")
    return application


def _is_kept_out(person: Person, at: datetime) -> bool:
    """By an order against this address, or against somebody who resembles this employer, as long as nobody has looked."""
    return eois.employer_is_barred(person, at) or hooks.is_kept_out(person, at)


def _may_take_part(*, barred: bool) -> Verdict:
    """An order bans an employer from every file, also from one that a candidate opened (ontario.md 1.5)."""
    if barred:
        return Verdict(False, _("This employer cannot take part in an application for now. Write to the program."))
    return YES


def _locked(reference: str) -> Application:
    Application.objects.select_for_update(of=("self",)).get(reference=reference)
    found = queries.of_reference(reference)
    assert found is not None  # locked just now
    return found
