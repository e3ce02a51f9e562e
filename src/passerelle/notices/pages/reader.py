"""Messages and letters, for the person they were written to."""

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from passerelle.accounts.access import FILE_READERS, EnrolledStaffPage
from passerelle.accounts.models import Audience
from passerelle.core import audit
from passerelle.notices import letters, operations, queries

if TYPE_CHECKING:
    from passerelle.notices.models import Letter

ON_A_PAGE = 25


class ReaderPage(EnrolledStaffPage):
    """For everybody who is signed in; staff have shown their second factor."""

    audiences = frozenset(Audience.values)

    @property
    def program(self) -> str:
        """Code of the program the person is with, or works in now."""
        mine = self.person.program if self.request.user.is_authenticated else ""
        return mine or super().program


class Inbox(ReaderPage):
    """The messages written to this person, newest first."""

    template_name = "notices/inbox.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        messages = Paginator(queries.inbox(self.person), ON_A_PAGE).get_page(request.GET.get("page"))
        letters_to = queries.letters_to(self.person)[:ON_A_PAGE]
        return self.show({"page_obj": messages, "letters": letters_to, "bounced": queries.bounced(self.person)})


class Message(ReaderPage):
    """One message; opening it marks it as read."""

    template_name = "notices/message.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = get_object_or_404(queries.inbox(self.person), pk=pk)
        operations.mark_read(notice=notice, by=self.person, at=request.arrived_at)  # type: ignore[attr-defined]
        return self.show({"notice": notice})


class LetterPage(ReaderPage):
    """A letter as a page: the same blocks as the PDF."""

    template_name = "notices/letter.html"

    def letter(self, number: str) -> "Letter":
        """The letter, for its reader and for staff who read files at the desk of its program, whose look is logged; else a 404."""
        letter = get_object_or_404(queries.letters_numbered(number))
        if self.shown_for(letter.to) is not None:
            return letter
        if letter.program != self.program or not self.person.has_role(self.program, *FILE_READERS):
            raise Http404
        operations.brake_reading(subject=letter.about, program=letter.program, by=self.person, at=self.at)
        audit.record_access(subject=letter.about, by=self.person, at=self.at, purpose=letter.number, what="letter")
        return letter

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        letter = self.letter(number)
        return self.show({"letter": letter, "made_on": letters.made_on(letter), "check_url": letters.check_url(letter)})


class LetterFile(LetterPage):
    """The PDF of a letter."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        letter = self.letter(number)
        answer = HttpResponse(operations.make_pdf(number=letter.number), content_type="application/pdf")
        name = f"{letter.title} {letter.number}.pdf"
        answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "no-store"
        return answer
