"""The employer's side: start a request, let the candidate in, follow the file; never an answer of the candidate's."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from passerelle.accounts import acting
from passerelle.accounts.access import EmployerPage
from passerelle.eoi import closed, disclosure, operations, permissions, queries, wording
from passerelle.eoi.pages.criteria import CriteriaList, OneCriterion
from passerelle.eoi.pages.forms import CandidateForm, CategoryForm
from passerelle.programs import forms as questionnaires
from passerelle.programs import queries as programs
from passerelle.programs.wording import begun_under_others, opening


class FilePage(EmployerPage):
    """A page about one file of this employer, or of an employer whom this representative stands for."""

    represented = True

    def eoi(self, reference: str) -> Any:
        """The file, or a 404."""
        eoi = queries.eoi_for(self.person, reference)
        if self.shown_for(eoi.employer) is None:
            raise Http404
        return eoi

    def draft(self, reference: str) -> Any:
        """The file while it is a draft, or a 404."""
        eoi = self.eoi(reference)
        if not eoi.is_draft:
            raise Http404
        return eoi


class Start(EmployerPage):
    """Choose the category: the first step of a request (nwt.md, R1.4 and R1.5)."""

    template_name = "eoi/employer/start.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(CategoryForm(categories=self._mine()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CategoryForm(request.POST, categories=self._mine())
        if not form.is_valid():
            return self._show(form, status=422)
        eoi = operations.open_eoi(
            program=self.program, category=form.cleaned_data["category"], by=self.person, at=self.at
        )
        return self.go_to("eoi:criteria", eoi.reference)

    def _rules(self) -> Any:
        return programs.rules_in_force(self.program, self.at)

    def _mine(self) -> list[Any]:
        """The open categories in which an employer opens files."""
        rules = self._rules()
        mine = [one for one in queries.open_categories(rules) if rules.stream(one.stream).opened_by == "employer"]
        return closed.taking_in(mine, self.program, self.at)

    def _show(self, form: CategoryForm, status: int = 200) -> HttpResponse:
        rules = self._rules()
        allowed = permissions.can_open(
            self.person, self.program, opened_by="employer" if "employer" in rules.openers else "candidate",
            has_one_open=queries.has_one_open(self.person, rules, ""), barred=queries.employer_is_barred(self.person, self.at),
        )  # fmt: skip
        context = {
            "form": form, "allowed": allowed, "files": queries.files_of(self.person)[:5],
            "opening": opening(rules, self.at),
        }  # fmt: skip
        return self.show(context, status=status)


class Category(FilePage):
    """Move a draft to another category."""

    template_name = "eoi/employer/category.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.draft(reference)
        categories = queries.rules(eoi).categories
        return self.show({"eoi": eoi, "form": CategoryForm(initial={"category": eoi.category}, categories=categories)})

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.draft(reference)
        form = CategoryForm(request.POST, categories=queries.rules(eoi).categories)
        if not form.is_valid():
            return self.show({"eoi": eoi, "form": form}, status=422)
        operations.choose_category(
            reference=reference, category=form.cleaned_data["category"], by=self.person, at=self.at
        )
        return self.go_to("eoi:criteria", reference)


class Criteria(CriteriaList, FilePage):
    """The mandatory criteria of a file that the employer opened."""

    urls = {
        "up": "eoi:employer_file", "criteria": "eoi:criteria", "criterion": "eoi:criterion", "onward": "eoi:let_in",
        "category": "eoi:category",
    }  # fmt: skip


class Criterion(OneCriterion, FilePage):
    """One criterion at a time."""

    urls = Criteria.urls


class LetIn(FilePage):
    """Let the candidate in: name, e-mail, language; the link goes to them alone."""

    template_name = "eoi/employer/let_in.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.draft(reference)
        if self.person.is_representative:
            messages.info(request, str(acting.NEVER["eoi.let_in_candidate"]))
            return self.go_to("eoi:employer_file", reference)
        if queries.open_criteria(eoi) or (eoi.candidate and eoi.candidate.username):
            return self.go_to("eoi:criteria" if queries.open_criteria(eoi) else "eoi:employer_file", reference)
        known = eoi.candidate
        initial = {"language": request.LANGUAGE_CODE[:2]}
        if known:
            initial = {"name": known.name, "email": known.email, "language": known.language}
        return self._show(eoi, CandidateForm(initial=initial), self._offer_forms(eoi))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.draft(reference)
        form, offer = CandidateForm(request.POST), self._offer_forms(eoi, request.POST)
        # All are asked before any answers, so that every fault is told at once.
        sound = [one.is_valid() for one in (form, *offer)]
        if not all(sound) or any(one.pressed for one in offer):
            return self._show(eoi, form, offer, status=422)
        try:
            operations.let_in_candidate(
                reference=reference, **form.cleaned_data, by=self.person, at=self.at,
                offer=offer[-1].answers if offer else None,
            )  # fmt: skip
        except operations.CriterionFails:
            return self.go_to("eoi:criteria", reference)
        messages.success(request, _("We sent the link to %(email)s.") % {"email": form.cleaned_data["email"]})
        return self.go_to("eoi:employer_file", reference)

    def _offer_forms(self, eoi: Any, data: Any = None) -> list[Any]:
        """The sections of the job offer's own form, none where the employer makes none here; blank each time it is opened."""
        rules = queries.rules(eoi)
        offer = rules.stream(eoi.stream).offer
        if offer is None:
            return []
        form = rules.questionnaire(offer.form)
        return questionnaires.section_forms(rules, form, at=self.at, data=data, given=queries.given(eoi))

    def _show(self, eoi: Any, form: CandidateForm, offer: list[Any], status: int = 200) -> HttpResponse:
        sees = {what: disclosure.tells(eoi, "employer", what) for what in ("state", "total")}
        return self.show(
            {
                "eoi": eoi, "form": form, "offer_forms": offer, "all_forms": [form, *offer], "sees": sees,
                "offer_before": self._offer_before(eoi) if offer else None,
            },
            status=status,
        )  # fmt: skip

    def _offer_before(self, eoi: Any) -> Any:
        """The first moment at which the offer, sent now or before, can no longer be used."""
        rules = queries.rules(eoi)
        offer = rules.stream(eoi.stream).offer
        assert offer is not None  # its form is on the page
        return eoi.offer_before or programs.due(rules, offer.deadline, self.at, stream=eoi.stream)


class ResendAccess(FilePage):
    """Send the candidate a new link."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.draft(reference)
        operations.resend_access(reference=reference, by=self.person, at=self.at)
        messages.success(request, _("We sent a new link to %(email)s.") % {"email": eoi.candidate.email})
        return self.go_to("eoi:employer_file", reference)


class EmployerFile(FilePage):
    """Where the file is, whose turn it is, what is next and by when; the total once it is confirmed."""

    template_name = "eoi/employer/file.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        at = self.at
        return self.show(
            {
                # Only what an employer may know: the file itself, with its answers, is not handed to the template.
                "file": {
                    "reference": eoi.reference,
                    "candidate": eoi.candidate.name if eoi.candidate else "",
                    "has_candidate": eoi.candidate_id is not None,
                    "link_used": bool(eoi.candidate and eoi.candidate.username),
                    "category": wording.category_name(queries.rules(eoi), eoi.category),
                    "is_draft": eoi.is_draft,
                    "is_invited": eoi.state == "invited",
                    "offer_before": eoi.offer_before if eoi.is_draft else None,
                    "total": wording.total(eoi, "employer"),
                    "submitted_at": eoi.submitted_at if disclosure.tells(eoi, "employer", "dates") else None,
                },
                "criteria_open": eoi.is_draft and bool(queries.open_criteria(eoi)),
                "standing": wording.standing(eoi, "employer", at),
                "stages": wording.stages(eoi, "employer", at),
                "events": wording.timeline(eoi, "employer"),
                "other_rules": begun_under_others(eoi.pack, at) if eoi.is_draft else "",
                "can_discard": eoi.is_draft and permissions.can_discard(self.person, eoi).allowed,
                "can_drop": permissions.can_drop_offer(self.person, eoi).allowed
                and eoi.state in ("submitted", "in_pool", "evidence_requested"),
            }
        )


class DropFile(FilePage):
    """Discard a draft, or withdraw the job offer of a live file, after a question."""

    template_name = "eoi/employer/drop.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self.show({"reference": reference, "is_draft": self.eoi(reference).is_draft})

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        drop = operations.discard_eoi if eoi.is_draft else operations.drop_offer
        drop(reference=reference, by=self.person, at=self.at)
        messages.success(
            request,
            _("The file is closed. The candidate has been told.") if eoi.candidate else _("The file is closed."),
        )
        return self.go_to("eoi:employer_file", reference)
