"""The acts of this room, and licences, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from passerelle.accounts import words

EVENTS = {
    "representative.asked": _("A representative asked to act for the candidate."),
    "representative.appointed": _("The candidate appointed a representative."),
    "representative.declined": _("The candidate did not appoint the representative."),
    "representative.taken_back": _("The representative took the request back."),
    "representative.revoked": _("The candidate ended the appointment of the representative."),
    "representative.given_up": _("The representative gave up the appointment."),
    "representative.barred": _("The appointment ended: the representative is barred."),
}


def licence_of(appointment: Any, language: str | None = None) -> str:
    """Return the licence an appointment was asked for with."""
    return words.licence(appointment.program, appointment.licence_body, appointment.licence_number, language)
