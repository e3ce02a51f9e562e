"""The questionnaire: tasks, sections saved on every change, the check before handing in, the receipt."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from passerelle.core.dates import time_words
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.core.waiting import patiently
from passerelle.eoi import operations, permissions, queries
from passerelle.eoi.pages.candidate.base import FilePage
from passerelle.eoi.pages.forms import SubmitForm
from passerelle.programs import forms as questionnaires
from passerelle.programs.rules import conditions
from passerelle.programs.wording import begun_under_others, opening

DRAFT_URLS = {"tasks": "eoi:tasks", "section": "eoi:section", "check": "eoi:check"}


class Tasks(FilePage):
    """The sections of the questionnaire and how each stands."""

    template_name = "eoi/candidate/tasks.html"
    urls = DRAFT_URLS

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        if not eoi.is_draft:
            return self.go_to("eoi:candidate_file", reference)
        return self.show_tasks(eoi)

    def show_tasks(self, eoi: Any) -> HttpResponse:
        """Show the sections of a file, whose answers may be those of a change."""
        tasks = section_tasks(eoi, self.urls["section"])
        whole = not queries.unfinished(eoi)
        return self.show(
            {
                "eoi": eoi,
                "urls": self.urls,
                "own_criteria": _own_criteria(eoi),
                "questionnaire": queries.questionnaire(eoi),
                "category": queries.rules(eoi).category(eoi.category),
                "tasks": tasks,
                "done": len([one for one in tasks if one["state"] not in ("not_started", "in_progress")]),
                "whole": whole,
                "other_rules": begun_under_others(eoi.pack, self.at) if eoi.is_draft else "",
            }
        )


def _own_criteria(eoi: Any) -> dict[str, Any] | None:
    """How far the candidate is with the criteria of a draft they opened themselves; None where an employer did."""
    if not eoi.is_draft or permissions.opener_of(eoi, queries.rules(eoi)) != eoi.candidate_id:
        return None
    return {"open": queries.open_criteria(eoi), "failing": queries.failing_criteria(eoi)}


def section_tasks(eoi: Any, section_url: str = "eoi:section") -> list[dict[str, Any]]:
    """Return the sections for ``components/task_list.html``."""
    given, tasks = queries.given(eoi), []
    for section in queries.questionnaire(eoi).sections:
        if not _of_this_file(section, given):
            continue
        state = questionnaires.section_state(section, eoi.answers, given)
        url = "" if state == "not_applicable" else reverse(section_url, args=[eoi.reference, section.key])
        tasks.append({"label": str(section.title), "url": url, "state": state})
    return tasks


def _of_this_file(section: Any, given: dict[str, Any]) -> bool:
    """Whether a section may ever be asked here: one for other streams alone is not listed, whatever is answered."""
    fixed = set(conditions.keys(section.show_if)) <= given.keys()
    return not fixed or section.applies(given)


class Section(FilePage):
    """One section: saved on every page, and on every change when scripts run (``autosave`` in the post)."""

    template_name = "eoi/candidate/section.html"
    urls = DRAFT_URLS
    # What a representative leaves to the client.
    left_to_client: Any = ()

    def get(self, request: HttpRequest, reference: str, section: str) -> HttpResponse:
        eoi, part = self._find(reference, section)
        return self._show(eoi, part, self._form(eoi, part))

    def post(self, request: HttpRequest, reference: str, section: str) -> HttpResponse:
        eoi, part = self._find(reference, section)
        form = self._form(eoi, part, request.POST)
        whole = form.is_valid()
        # Right answers are kept even while others are missing or wrong.
        eoi = self._save(eoi, part, form)
        if request.POST.get("autosave"):
            return HttpResponse(self._saved_words(eoi), content_type="text/plain; charset=utf-8")
        if form.pressed:
            return self._show(eoi, part, form)
        if not whole:
            return self._show(eoi, part, form, status=422)
        return self._onward(eoi, part)

    def _find(self, reference: str, key: str) -> tuple[Any, Any]:
        eoi = self.draft(reference)
        try:
            part = queries.questionnaire(eoi).section(key)
        except KeyError as fault:
            raise Http404 from fault
        if self.person.is_representative:
            part, self.left_to_client = questionnaires.split(part)
        return eoi, part

    def _form(self, eoi: Any, part: Any, data: Any = None) -> Any:
        return questionnaires.section_form(
            queries.rules(eoi), queries.questionnaire(eoi), part, eoi.answers, at=self.at,
            data=data, given=queries.given(eoi),
        )  # fmt: skip

    def _save(self, eoi: Any, part: Any, form: Any) -> Any:
        typed = {key: form.answers.get(key) for key in queries.keys_of_section(part)}
        return operations.save_section(
            reference=eoi.reference, section=part.key, answers=typed, by=self.person, at=self.at
        )

    def _saved_words(self, eoi: Any) -> str:
        local = eoi.saved_at.astimezone(queries.rules(eoi).zone)
        return _("Saved %(time)s") % {"time": time_words(local)}

    def _onward(self, eoi: Any, part: Any) -> HttpResponse:
        if self.request.POST.get("leave"):
            return self.go_to(self.urls["tasks"], eoi.reference)
        keys = [one.key for one in queries.questionnaire(eoi).applying({**queries.given(eoi), **eoi.answers})]
        after = keys[keys.index(part.key) + 1 :] if part.key in keys else []
        if after:
            return self.go_to(self.urls["section"], eoi.reference, after[0])
        return self.go_to(self.urls["tasks" if queries.unfinished(eoi) else "check"], eoi.reference)

    def _show(self, eoi: Any, part: Any, form: Any, status: int = 200) -> HttpResponse:
        sections = queries.questionnaire(eoi).applying({**queries.given(eoi), **eoi.answers})
        keys = [one.key for one in sections]
        place = keys.index(part.key) if part.key in keys else 0
        context = {
            "eoi": eoi, "urls": self.urls, "section": part, "form": form, "place": place + 1, "of": len(keys),
            "before": keys[place - 1] if place else None, "left_to_client": self.left_to_client,
        }  # fmt: skip
        return self.show(context, status=status)


class Check(FilePage):
    """Every answer with Change, the estimated sheet, how the decision is made, the declaration, one button."""

    template_name = "eoi/candidate/check.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        if not eoi.is_draft:
            return self.go_to("eoi:candidate_file", reference)
        form = SubmitForm(initial={"token": secrets.token_hex(16), "version": eoi.version})
        return self._show(eoi, form)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        form = SubmitForm(request.POST)
        if not form.is_valid():
            return self._show(self.eoi(reference), form, status=422)
        # The operation reads the file under its lock and asks whose it is; reading it here too would be once too often.
        try:
            # Pressed many times at once, the presses wait for one another: the last as long as all before it take.
            patiently(
                lambda: operations.submit_eoi(
                    reference=reference, token=form.cleaned_data["token"], version=form.cleaned_data["version"],
                    by=self.person, at=self.at,
                )
            )  # fmt: skip
        except (ObjectDoesNotExist, NotAllowed, IllegalMove):
            # Pressed in two windows: whoever comes second is shown what the first press did. A stranger finds nothing.
            if self.eoi(reference).is_draft:
                raise
            return self.go_to("eoi:candidate_file", reference)
        except operations.NotHandedIn as refusal:
            return self._refused(self.eoi(reference), form, refusal)
        return self.go_to("eoi:receipt", reference)

    def _refused(self, eoi: Any, form: SubmitForm, refusal: operations.NotHandedIn) -> HttpResponse:
        if isinstance(refusal, operations.Unfinished):
            return self.go_to("eoi:tasks", eoi.reference)
        if isinstance(refusal, operations.CriteriaOpen):
            return self.go_to("eoi:my_criteria", eoi.reference)
        if isinstance(refusal, operations.CannotBeAccepted):
            operations.report_not_accepted(reference=eoi.reference, why=refusal.why, by=self.person, at=self.at)
            return self._show(eoi, form, status=409, not_accepted=True)
        messages.warning(self.request, _("Your answers changed in another window. Check them once more."))
        return self.go_to("eoi:check", eoi.reference)

    def _show(self, eoi: Any, form: SubmitForm, status: int = 200, not_accepted: bool = False) -> HttpResponse:
        if not eoi.is_draft:
            return self.go_to("eoi:candidate_file", eoi.reference)
        unfinished, rules = queries.unfinished(eoi), queries.rules(eoi)
        estimate = None if unfinished else queries.estimate(eoi, at=self.at)
        context = {
            "eoi": eoi, "form": form, "groups": answer_groups(eoi, facts=estimate.facts if estimate else None),
            "unfinished": [one for one in section_tasks(eoi) if one["state"] in ("not_started", "in_progress")],
            "sheet": estimate.sheet if estimate else None, "rules": rules, "not_accepted": not_accepted,
            "contradicted": queries.criteria_at_risk(eoi, estimate.facts) if estimate else [],
            "opening": opening(rules, self.at), "own_criteria": _own_criteria(eoi),
            "stream": rules.stream(eoi.stream), "criteria": queries.criteria(eoi),
            "bar_years": rules.deadlines["bar"].years if "bar" in rules.deadlines else 1,
        }  # fmt: skip
        return self.show(context, status=status)


def answer_groups(
    eoi: Any, *, facts: Any = None, change: bool = True, section_url: str = "eoi:section"
) -> list[dict[str, Any]]:
    """Return the answers section by section for ``components/summary_list.html``."""
    groups = questionnaires.answer_rows(
        queries.rules(eoi), queries.questionnaire(eoi), eoi.answers, (get_language() or "en")[:2],
        given=queries.given(eoi), facts=facts if facts is not None else eoi.facts,
    )  # fmt: skip
    shown = []
    for group in groups:
        url = reverse(section_url, args=[eoi.reference, group.section.key]) if change else ""
        rows = [{"key": row.label, "value": row.value, "change": url, "change_of": row.label} for row in group.rows]
        shown.append({"title": group.title, "rows": rows})
    return shown


class Receipt(FilePage):
    """The receipt: number, instant, expiry, signature; it can be printed, downloaded and checked."""

    template_name = "eoi/candidate/receipt.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        if eoi.submitted_at is None:
            raise Http404
        category = queries.rules(eoi).category(eoi.category)
        letter = operations.write_receipt(reference=reference, at=self.at)
        return self.show({"eoi": eoi, "letter": letter, "zone": queries.rules(eoi).zone, "category": category})
