"""The employer's pages of an invitation."""

from passerelle.accounts.access import EmployerPage
from passerelle.invitations.pages import party


class Invited(party.InvitedPage, EmployerPage):
    """The invitation, for the employer."""

    audiences = EmployerPage.audiences
    represented = True


class Decline(party.DeclinePage, EmployerPage):
    """Decline as the employer."""

    audiences = EmployerPage.audiences
    represented = True


class Calendar(party.CalendarPage, EmployerPage):
    """The employer's calendar file."""

    audiences = EmployerPage.audiences
    represented = True
