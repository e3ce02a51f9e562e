"""The candidate's pages of an invitation."""

from passerelle.accounts.access import CandidatePage
from passerelle.invitations.pages import party


class Invited(party.InvitedPage, CandidatePage):
    """The invitation, for the candidate."""

    audiences = CandidatePage.audiences
    represented = True


class Decline(party.DeclinePage, CandidatePage):
    """Decline as the candidate."""

    audiences = CandidatePage.audiences
    represented = True


class Calendar(party.CalendarPage, CandidatePage):
    """The candidate's calendar file."""

    audiences = CandidatePage.audiences
    represented = True
