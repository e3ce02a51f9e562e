"""A file that the candidate opens: where it starts, its criteria, on hold and back, a draft dropped."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from passerelle.accounts.access import CandidatePage
from passerelle.eoi import closed, operations, permissions, queries
from passerelle.eoi.pages.candidate.base import FilePage
from passerelle.eoi.pages.criteria import CriteriaList, OneCriterion
from passerelle.eoi.pages.forms import CategoryForm, OfferForm
from passerelle.programs import queries as programs
from passerelle.programs.wording import opening


class StartOwn(CandidatePage):
    """Choose the stream: the first step of an expression of interest that the candidate opens."""

    template_name = "eoi/candidate/start.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        categories = self._free()
        return self._show(CategoryForm(initial={"category": request.GET.get("category")}, categories=categories))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CategoryForm(request.POST, categories=self._free())
        if not form.is_valid():
            return self._show(form, status=422)
        category = form.cleaned_data["category"]
        eoi = operations.open_eoi(program=self.program, category=category, by=self.person, at=self.at)
        return self.go_to("eoi:my_criteria", eoi.reference)

    def _free(self) -> list[Any]:
        rules = programs.rules_in_force(self.program, self.at)
        if "candidate" not in rules.openers:
            raise Http404
        return closed.taking_in(queries.categories_free_for(self.person, rules), self.program, self.at)

    def _show(self, form: CategoryForm, status: int = 200) -> HttpResponse:
        form.fields["category"].label = _("Which stream is it for?")
        form.fields["category"].error_messages["required"] = _("Choose a stream.")
        rules = programs.rules_in_force(self.program, self.at)
        return self.show({"form": form, "free": self._free(), "opening": opening(rules, self.at)}, status=status)


class TakeUp(CandidatePage):
    """Use an employer's job offer with the account one has: its ID, made out to the same e-mail."""

    template_name = "eoi/candidate/take_up.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        self._known()
        return self.show({"form": OfferForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        self._known()
        form = OfferForm(request.POST)
        if not form.is_valid():
            return self.show({"form": form}, status=422)
        try:
            eoi = operations.take_up_offer(number=form.cleaned_data["number"], by=self.person, at=self.at)
        except operations.NoSuchOffer:
            words = _(
                "No job offer of this ID waits for your email. Check the ID, and that it was made out to the email of this account."
            )
            form.add_error("number", words)
            return self.show({"form": form}, status=422)
        messages.success(request, _("The job offer is yours to use. Check the answers your employer gave, and go on."))
        return self.go_to("eoi:tasks", eoi.reference)

    def _known(self) -> None:
        if not any(one.offer for one in programs.rules_in_force(self.program, self.at).pools):
            raise Http404


class MyCriteria(CriteriaList, FilePage):
    """The mandatory criteria of a file that the candidate opened."""

    urls = {
        "up": "eoi:tasks", "criteria": "eoi:my_criteria", "criterion": "eoi:my_criterion", "onward": "eoi:tasks",
    }  # fmt: skip


class MyCriterion(OneCriterion, FilePage):
    """One criterion at a time."""

    urls = MyCriteria.urls


class DiscardOwn(FilePage):
    """Drop a draft that the candidate opened, after a question."""

    template_name = "eoi/candidate/discard.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self.show({"eoi": self._own(reference)})

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self._own(reference)
        operations.discard_eoi(reference=reference, by=self.person, at=self.at)
        messages.success(request, _("The draft is gone."))
        return self.go_to("accounts:home")

    def _own(self, reference: str) -> Any:
        eoi = self.draft(reference)
        if permissions.opener_of(eoi, queries.rules(eoi)) != eoi.candidate_id:
            raise Http404
        return eoi


class Hold(FilePage):
    """Out of draws for a time, after a question."""

    template_name = "eoi/candidate/hold.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        rules = queries.rules(eoi)
        if eoi.state != "in_pool" or not permissions.can_hold(self.person, eoi, rules, at=self.at):
            return self.go_to("eoi:candidate_file", reference)
        return self.show({"eoi": eoi, "stream": rules.stream(eoi.stream)})

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self.eoi(reference)
        operations.hold_eoi(reference=reference, by=self.person, at=self.at)
        messages.success(request, _("Your expression of interest is on hold. It is in no draw until you resume it."))
        return self.go_to("eoi:candidate_file", reference)


class Resume(FilePage):
    """Back into draws."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self.eoi(reference)
        operations.resume_eoi(reference=reference, by=self.person, at=self.at)
        messages.success(request, _("Your expression of interest is in the pool again."))
        return self.go_to("eoi:candidate_file", reference)
