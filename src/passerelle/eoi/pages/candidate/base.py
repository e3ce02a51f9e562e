"""What every page about one file of the candidate's shares."""

from typing import Any

from django.http import Http404

from passerelle.accounts.access import CandidatePage
from passerelle.eoi import queries


class FilePage(CandidatePage):
    """A page about one file of this candidate, or of a candidate whom this representative stands for."""

    represented = True

    def eoi(self, reference: str) -> Any:
        """The file, or a 404."""
        eoi = queries.eoi_for(self.person, reference)
        if queries.is_notified(eoi) or self.shown_for(eoi.candidate) is None:
            # Whoever came with a notification has an application and nothing before it.
            raise Http404
        return eoi

    def draft(self, reference: str) -> Any:
        """The file while it is a draft, or a 404."""
        eoi = self.eoi(reference)
        if not eoi.is_draft:
            raise Http404
        return eoi
