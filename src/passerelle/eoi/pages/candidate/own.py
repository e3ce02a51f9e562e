"""A file that the candidate opens: where it starts, its criteria, on hold and back, a draft dropped."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from passerelle.accounts.access import CandidatePage
from passerelle.eoi import operations, permissions, queries
from passerelle.eoi.pages.candidate.base import FilePage
from passerelle.eoi.pages.criteria import CriteriaList, OneCriterion
from passerelle.eoi.pages.forms import CategoryForm
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
        if rules.opened_by != "candidate":
            raise Http404
        return queries.categories_free_for(self.person, rules)

    def _show(self, form: CategoryForm, status: int = 200) -> HttpResponse:
        form.fields["category"].label = _("Which stream is it for?")
        form.fields["category"].error_messages["required"] = _("Choose a stream.")
        rules = programs.rules_in_force(self.program, self.at)
        return self.show({"form": form, "free": self._free(), "opening": opening(rules, self.at)}, status=status)


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
        if permissions.opener_of(eoi, queries.rules(eoi)) != self.person.pk:
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
