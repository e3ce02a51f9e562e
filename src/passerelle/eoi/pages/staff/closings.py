"""Staff pages: which streams take anything in, and how one is closed and its pool emptied."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from passerelle.core.lifecycle import IllegalMove
from passerelle.core.text import human_list
from passerelle.eoi import closed, hooks, operations, permissions
from passerelle.eoi.pages.closing_form import ClosingForm
from passerelle.eoi.pages.staff.lists import ListPage


class Closings(ListPage):
    """The streams with a pool, each open or closed."""

    template_name = "eoi/staff/closings.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [(one, closed.of_stream(self.program, one.key, self.at)) for one in self.rules.pools]
        return self.show({"rows": rows, "rules": self.rules})


class Closing(ListPage):
    """One stream: what closing it would end, and the act of two directors."""

    template_name = "eoi/staff/closing.html"

    def get(self, request: HttpRequest, stream: str) -> HttpResponse:
        return self.overview(stream)

    def post(self, request: HttpRequest, stream: str) -> HttpResponse:
        self.pool(stream)
        form = ClosingForm(request.POST)
        if not form.is_valid():
            return self.overview(stream, form, status=422)
        try:
            operations.propose_closing(
                program=self.program, stream=stream, reason=form.reason, until=form.until_at(self.rules.zone), by=self.person,
                at=self.at,
            )  # fmt: skip
        except operations.OpensTooSoon:
            form.add_error("until", _("This day has come already. Enter a later one."))
            return self.overview(stream, form, status=422)
        messages.success(request, _("Proposed. Nothing happens until another director carries it out."))
        return self.go_to("eoi:closing", stream)

    def pool(self, stream: str) -> Any:
        """The stream, or a 404: one without a pool of its own is none."""
        for one in self.rules.pools:
            if one.key == stream:
                return one
        raise Http404

    def overview(self, stream: str, form: ClosingForm | None = None, status: int = 200) -> HttpResponse:
        """The page as it stands."""
        pool, closing = self.pool(stream), closed.of_stream(self.program, stream, self.at)
        words = "eoi_removed" in self.rules.letters
        may = permissions.can_propose_closing(self.person, self.program, words=words, settled=closing)
        waits = closing is not None and closing.is_waiting
        return self.show(
            {
                "stream": pool, "rules": self.rules, "closing": closing, "form": form or ClosingForm(), "may_propose": may,
                "foreseen": closed.foreseen(self.program, stream, self.at),
                "draws": hooks.what_holds(self.program, stream),
                "left": closed.still_to_end(closing) if closing and not waits else 0,
                "may_carry_out": permissions.can_carry_out_closing(self.person, closing) if closing and waits else None,
                "may_drop": permissions.can_drop_closing(self.person, closing) if closing and waits else None,
                "earlier": [one for one in closed.history(self.program, stream) if closing is None or one.pk != closing.pk],
            },
            status=status,
        )  # fmt: skip


class SettleClosing(Closing):
    """Carry out what a colleague proposed, or take it back."""

    http_method_names = ("post", "options")
    roles: ClassVar[frozenset[str]] = frozenset({"director"})

    def post(self, request: HttpRequest, stream: str) -> HttpResponse:
        self.pool(stream)
        closing = closed.of_stream(self.program, stream, self.at)
        if closing is None or not closing.is_waiting:
            raise IllegalMove("settle", "settled")
        if "drop" in request.POST:
            operations.drop_closing(closing=closing, by=self.person, at=self.at)
            messages.success(request, _("Taken back. The stream stays open."))
            return self.go_to("eoi:closing", stream)
        self._carry_out(closing)
        return self.go_to("eoi:closing", stream)

    def _carry_out(self, closing: Any) -> None:
        try:
            operations.carry_out_closing(closing=closing, by=self.person, at=self.at)
        except operations.StandsInTheWay as fault:
            words = _("First make these draws void, or bring them to their end: %(draws)s.")
            messages.error(self.request, words % {"draws": human_list(fault.draws)})
        except operations.OpensTooSoon:
            messages.error(
                self.request,
                _("The day from which it was to be open again has come. Take this back and propose another."),
            )
        else:
            messages.success(self.request, _("Closed. The files of the pool end now, some hundreds at a time."))
