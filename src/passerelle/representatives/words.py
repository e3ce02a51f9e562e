"""The acts of this room, and licences, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from passerelle.accounts import words

_EMPLOYERS = {
    "representative.employer_asked": _("A representative asked to act for the employer."),
    "representative.employer_appointed": _("The employer appointed a representative."),
    "representative.employer_declined": _("The employer did not appoint the representative."),
    "representative.employer_taken_back": _("The representative of the employer took the request back."),
    "representative.employer_revoked": _("The employer ended the appointment of the representative."),
    "representative.employer_given_up": _("The representative of the employer gave up the appointment."),
    "representative.employer_barred": _("The appointment ended: the representative of the employer is barred."),
}
_CANDIDATES = {
    "representative.asked": _("A representative asked to act for the candidate."),
    "representative.appointed": _("The candidate appointed a representative."),
    "representative.declined": _("The candidate did not appoint the representative."),
    "representative.taken_back": _("The representative took the request back."),
    "representative.revoked": _("The candidate ended the appointment of the representative."),
    "representative.given_up": _("The representative gave up the appointment."),
    "representative.barred": _("The appointment ended: the representative is barred."),
}
# Each side reads of its own representative, staff of both.
EVENTS = {**_CANDIDATES, **_EMPLOYERS}


def reader_of(event: str) -> str:
    """Return which party reads of an event of this room: the one whose representative it is about."""
    return "employer" if event in _EMPLOYERS else "candidate"


def licence_of(appointment: Any, language: str | None = None) -> str:
    """Return the licence an appointment was asked for with."""
    return words.licence(appointment.program, appointment.licence_body, appointment.licence_number, language)
