"""The file after handing in: where it stands, the answers, withdrawal, starting over, a reply to a doubt."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from passerelle.accounts.access import FreshSignIn
from passerelle.core.verdicts import require
from passerelle.eoi import operations, permissions, queries, wording
from passerelle.eoi.pages.candidate.answering import answer_groups
from passerelle.eoi.pages.candidate.base import FilePage
from passerelle.eoi.pages.forms import ReplyForm, WithdrawForm
from passerelle.eoi.states import EOI_LIFECYCLE, WITHDRAWABLE
from passerelle.notices import queries as notices
from passerelle.programs.queries import rules_in_force


class CandidateFile(FilePage):
    """Where am I, what next, by when; my points, my documents, who opened my file."""

    template_name = "eoi/candidate/file.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        at, rules = self.at, queries.rules(eoi)
        doubt = queries.open_doubt(eoi)
        refile = permissions.can_file_anew(self.person, eoi, has_one_open=queries.has_another_open(eoi, rules), at=at)
        may_hold = permissions.can_hold(self.person, eoi, rules, at=at).allowed
        return self.show(
            {
                "eoi": eoi,
                "category": wording.category_name(queries.rules(eoi), eoi.category),
                "standing": wording.standing(eoi, "candidate", at),
                "stages": wording.stages(eoi, "candidate", at),
                "sheet": eoi.sheet if eoi.is_confirmed else None,
                "request_open": queries.open_request(eoi),
                "doubt": doubt,
                "events": wording.timeline(eoi, "candidate"),
                "readings": wording.readings(eoi),
                "letters": notices.letters(reference).filter(to=eoi.candidate),
                "can_withdraw": eoi.state in WITHDRAWABLE and permissions.can_withdraw(self.person, eoi).allowed,
                "can_refile": refile.allowed,
                "waits_for_offer": refile.allowed and queries.needs_offer(eoi, rules_in_force(eoi.program, at)),
                "can_renew": permissions.is_renewable(eoi, at=at) and not eoi.has_expired(at),
                "can_change": permissions.can_change(self.person, eoi, at=at).allowed,
                "in_progress": queries.in_progress(eoi),
                "can_hold": may_hold and EOI_LIFECYCLE.allows(eoi.state, "hold"),
                "can_resume": may_hold and EOI_LIFECYCLE.allows(eoi.state, "resume"),
                "versions": queries.versions(eoi),
            }
        )


class Answers(FilePage):
    """What was handed in, read only."""

    template_name = "eoi/candidate/answers.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        if eoi.is_draft:
            return self.go_to("eoi:check", reference)
        return self.show({"eoi": eoi, "groups": answer_groups(eoi, change=False)})


class Withdraw(FreshSignIn, FilePage):
    """Ask for withdrawal; the password is asked for again (nwt.md, R2.4)."""

    template_name = "eoi/candidate/withdraw.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        require(permissions.can_withdraw(self.person, eoi))
        if eoi.state not in WITHDRAWABLE:
            return self.go_to("eoi:candidate_file", reference)
        return self.show({"eoi": eoi, "form": WithdrawForm()})

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        form = WithdrawForm(request.POST)
        if not form.is_valid():
            return self.show({"eoi": eoi, "form": form}, status=422)
        operations.withdraw_eoi(reference=reference, reason=form.cleaned_data["reason"], by=self.person, at=self.at)
        messages.success(request, _("Your expression of interest is withdrawn. You may file a new one."))
        return self.go_to("eoi:candidate_file", reference)


class FileAnew(FilePage):
    """Start a new draft with the answers of one that ended."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self.eoi(reference)
        eoi = operations.file_anew(reference=reference, by=self.person, at=self.at)
        messages.success(request, _("A new file is open. Check your answers, section by section."))
        return self.go_to("eoi:tasks", eoi.reference)


class Reply(FilePage):
    """Read what is in doubt, and reply."""

    template_name = "eoi/candidate/reply.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi, doubt = self._open(reference)
        return self.show({"eoi": eoi, "doubt": doubt, "form": ReplyForm()})

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi, doubt = self._open(reference)
        form = ReplyForm(request.POST)
        if not form.is_valid():
            return self.show({"eoi": eoi, "doubt": doubt, "form": form}, status=422)
        operations.reply_to_doubt(reference=reference, reply=form.cleaned_data["reply"], by=self.person, at=self.at)
        messages.success(request, _("Your reply is sent. An officer reads it before anything is decided."))
        return self.go_to("eoi:candidate_file", reference)

    def _open(self, reference: str) -> tuple[Any, Any]:
        eoi = self.eoi(reference)
        doubt = queries.open_doubt(eoi)
        if doubt is None:
            raise Http404
        return eoi, doubt
