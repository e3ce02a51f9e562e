"""Who is barred sends in no form: a ban forbids applying (ontario.md 3.1, ALL-6; an employer's form is its own application)."""

from datetime import datetime

from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.applications.models import Application, Part
from passerelle.applications.permissions import can_fill
from passerelle.applications.states import ApplicationState, PartState
from passerelle.core.verdicts import Verdict
from passerelle.eoi import queries as eois


def can_send(person: Person, part: Part, *, at: datetime) -> Verdict:
    """The part's own party, while it is open and in time, unless a bar stands against that party."""
    may = can_fill(person, part, at=at, act="applications.submit_part")
    if may and _is_barred(part, at):
        return Verdict(False, _("You are barred from applying for now. What was sent to you says until when."))
    return may


def waits_for_employer(application: Application) -> bool:
    """Whether the application is being filled in and a form of its employer is not in yet."""
    forms = application.parts.all() if application.state == ApplicationState.FILLING and application.employer else ()
    return any(one.side == "employer" and one.state != PartState.SUBMITTED for one in forms)


def told_of_employer(application: Application, *, at: datetime) -> str:
    """What the candidate reads while the employer may not send its form; empty where it may, or where it is in."""
    if not waits_for_employer(application) or not eois.employer_is_barred(application.employer, at):
        return ""
    return _(
        "Your employer is barred from applying for now, so its form cannot be sent. That is no decision about you. "
        "The program's staff look at your file and write to you. Your time to apply stays the same."
    )


def _is_barred(part: Part, at: datetime) -> bool:
    if part.side == "employer":
        return eois.employer_is_barred(part.application.employer, at)
    return eois.is_barred(part.application.invitation.eoi.person_key, at)
