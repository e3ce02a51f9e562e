"""Who comes with a notification of interest: number and code shown to anybody's page, then taken up in an own account."""

from typing import Any

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from passerelle.accounts.access import CandidatePage, PublicPage
from passerelle.accounts.models import Person
from passerelle.core.text import pick
from passerelle.eoi import operations as eois
from passerelle.express_entry.operations import NotificationOver
from passerelle.invitations import operations, proofs, queries, wording
from passerelle.invitations.pages.forms import PassportForm, ProofForm
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules


class Notified(PublicPage):
    """Anybody shows the number and the code of a notified profile; whoever has no account here opens one next."""

    template_name = "invitations/public/notified.html"

    def get(self, request: HttpRequest, program: str) -> HttpResponse:
        return self._page(self._rules(program), ProofForm())

    def post(self, request: HttpRequest, program: str) -> HttpResponse:
        rules, form = self._rules(program), ProofForm(request.POST)
        if not form.is_valid():
            return self._page(rules, form, status=422)
        # Counted by place, and by number wherever the tries come from: a code is short, and there are many places.
        for key in (None, form.key(program)):
            action = "notification" if key is None else "notification_number"
            if too_many := ratelimit.consume_or_429(request, action=action, key=key):
                return too_many
        proof = operations.prove(program=program, at=self.at, **form.cleaned_data)
        if not proof:
            # The same words whichever of the two is wrong, and where no notification was sent.
            form.add_error(
                None,
                _(
                    "We found no notification of interest for this number and this code together. Check both against"
                    " your federal account."
                ),
            )
            return self._page(rules, form, status=422)
        request.session[proofs.KEY] = proof
        user = request.user
        if isinstance(user, Person) and user.is_candidate and user.program == program:
            return self.go_to("invitations:take_up")
        return self.show(
            {"rules": rules, **_told(rules, operations.proved(proof=proof, program=program, at=self.at), self.at)}
        )

    def _rules(self, program: str) -> ProgramRules:
        if program not in {one.code for one in programs.programs()}:
            raise Http404
        rules = programs.rules_in_force(program, self.at)
        if not rules.federal_streams:
            raise Http404
        return rules

    def _page(self, rules: ProgramRules, form: ProofForm, status: int = 200) -> HttpResponse:
        noi = rules.deadline("application", rules.federal_streams[0].key)
        return self.show({"rules": rules, "form": form, "noi": noi}, status=status)


class TakeUp(CandidatePage):
    """The account is there and the number and code were shown: the passport, and the application may begin."""

    template_name = "invitations/candidate/take_up.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = self._proved()
        if found is None:
            return self._back()
        if mine := queries.taken_up(found.reference, self.person):
            return self.go_to("invitations:candidate", mine.reference)
        return self._page(found, PassportForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        found, form = self._proved(), PassportForm(request.POST)
        if found is None:
            return self._back()
        if not form.is_valid():
            return self._page(found, form, status=422)
        try:
            invitation = operations.take_up(
                proof=request.session[proofs.KEY], by=self.person, at=self.at,
                passport_country=form.cleaned_data["passport_country"], passport_number=form.cleaned_data["passport_number"],
            )  # fmt: skip
        except (NotificationOver, operations.TooLate) as over:
            form.add_error(None, str(over))
        except eois.CannotBeAccepted as refusal:
            form.add_error(None, wording.not_taken_up(refusal.why))
        else:
            del request.session[proofs.KEY]
            return self.go_to("invitations:candidate", invitation.reference)
        return self._page(found, form, status=409)

    def _proved(self) -> Any:
        try:
            return operations.proved(proof=self.request.session.get(proofs.KEY, ""), program=self.program, at=self.at)
        except operations.NotProved:
            return None

    def _back(self) -> HttpResponse:
        return self.go_to("invitations:notified", self.program)

    def _page(self, found: Any, form: PassportForm, status: int = 200) -> HttpResponse:
        rules = programs.rules_in_force(self.program, self.at)
        return self.show({"form": form, "rules": rules, **_told(rules, found, self.at)}, status=status)


def _told(rules: ProgramRules, found: Any, at: Any) -> dict[str, Any]:
    stream = rules.stream(found.stream)
    return {
        "found": found, "stream": pick(stream.name), "over": at >= found.respond_by or found.taken_up_at is not None,
        "register": reverse("accounts:register", args=[rules.code]),
    }  # fmt: skip
