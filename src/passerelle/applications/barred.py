"""Who is barred sends in no form: a ban forbids applying (ontario.md 3.1, ALL-6; an employer's form is its own application)."""

from datetime import datetime

from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.applications.models import Part
from passerelle.applications.permissions import can_fill
from passerelle.core.verdicts import Verdict
from passerelle.eoi import queries as eois


def can_send(person: Person, part: Part, *, at: datetime) -> Verdict:
    """The part's own party, while it is open and in time, unless a bar stands against that party."""
    may = can_fill(person, part, at=at, act="applications.submit_part")
    if may and _is_barred(part, at):
        return Verdict(False, _("You are barred from applying for now. What was sent to you says until when."))
    return may


def _is_barred(part: Part, at: datetime) -> bool:
    if part.side == "employer":
        return eois.employer_is_barred(part.application.employer, at)
    return eois.is_barred(part.application.invitation.eoi.person_key, at)
