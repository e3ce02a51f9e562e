"""What the staff pages about one file share."""

from typing import Any

from django.http import Http404, HttpResponse

from passerelle.accounts.access import StaffPage
from passerelle.eoi import permissions, queries


class FilePage(StaffPage):
    """A page about one file of the program."""

    roles = frozenset(permissions.READERS)

    def eoi(self, reference: str) -> Any:
        """The file, or a 404; the roles asked for above are those of the program worked in now, so the file is too."""
        eoi = queries.eoi_for(self.person, reference)
        if eoi.program != self.program:
            raise Http404
        return eoi

    def back(self, reference: str) -> HttpResponse:
        """Return to the review of the file."""
        return self.go_to("eoi:review", reference)


class CheckerPage(FilePage):
    """For those who check answers and decide."""

    roles = frozenset(permissions.CHECKERS)
