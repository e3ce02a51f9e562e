"""The desks of employer and candidate: where am I, what next, by when."""

from django.http import HttpRequest, HttpResponse

from passerelle.accounts import queries as accounts
from passerelle.accounts.access import CandidatePage, EmployerPage
from passerelle.desks import journey
from passerelle.notices import queries as notices


class EmployerHome(EmployerPage):
    """This account's files, and the employer's other accounts side by side."""

    template_name = "desks/employer/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        files = journey.files_of(self.person, self.at)
        others = [(other, journey.files_of(other, self.at)[:1]) for other in accounts.other_files(self.person)]
        return self.show(
            {
                "files": files,
                "others": others,
                "unread": notices.inbox(self.person).unread().count(),
                "bounced": notices.bounced(self.person),
                "may_start": not any(one.eoi.closed_at is None for one in files),
                "program": self.program,
            }
        )


class CandidateHome(CandidatePage):
    """The candidate's file and its next step."""

    template_name = "desks/candidate/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        files = journey.files_of(self.person, self.at)
        return self.show(
            {
                "files": files,
                "unread": notices.inbox(self.person).unread().count(),
                "bounced": notices.bounced(self.person),
                "others": accounts.other_files(self.person),
            }
        )
