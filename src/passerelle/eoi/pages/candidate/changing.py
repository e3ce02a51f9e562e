"""Changing what was handed in: the sections again, then before and after side by side, then one button."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from passerelle.eoi import changes, operations, permissions, queries
from passerelle.eoi.pages.candidate import answering
from passerelle.eoi.pages.candidate.base import FilePage
from passerelle.eoi.pages.forms import SaveChangeForm

CHANGE_URLS = {"tasks": "eoi:change", "section": "eoi:change_section", "check": "eoi:change_check"}


class ChangePage(FilePage):
    """A page about a change being prepared."""

    urls = CHANGE_URLS

    def draft(self, reference: str) -> Any:
        """The file with the answers of the change in the place of its own (never saved so), or a 404."""
        eoi = self.eoi(reference)
        kept = queries.in_progress(eoi)
        if kept is None or not permissions.can_change(self.person, eoi, at=self.at):
            raise Http404
        eoi.answers, eoi.saved_at, eoi.changing = kept.answers, kept.saved_at, kept
        return eoi


class Change(ChangePage, answering.Tasks):
    """Begin a change, or go on with it: the sections and how each stands."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        if not permissions.can_change(self.person, self.eoi(reference), at=self.at):
            return self.go_to("eoi:candidate_file", reference)
        return self.show_tasks(self.draft(reference))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self.eoi(reference)
        operations.begin_change(reference=reference, by=self.person, at=self.at)
        return self.go_to("eoi:change", reference)


class ChangeSection(ChangePage, answering.Section):
    """One section of a change."""

    def _save(self, eoi: Any, part: Any, form: Any) -> Any:
        typed = {key: form.answers.get(key) for key in queries.keys_of_section(part)}
        operations.save_change_section(
            reference=eoi.reference, section=part.key, answers=typed, by=self.person, at=self.at
        )
        return self.draft(eoi.reference)


class ChangeCheck(ChangePage):
    """Before and after: answers, points line by line, the place in the pool; nothing counts until it is saved."""

    template_name = "eoi/candidate/change.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.draft(reference)
        return self._show(eoi, SaveChangeForm(initial={"version": eoi.changing.version}))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        form, eoi = SaveChangeForm(request.POST), self.draft(reference)
        if not form.is_valid():
            return self._show(eoi, form, status=422)
        try:
            operations.change_eoi(reference=reference, version=form.cleaned_data["version"], by=self.person, at=self.at)
        except operations.Unfinished:
            return self.go_to("eoi:change", reference)
        except operations.IdentityChanged:
            return self._show(eoi, form, status=409)
        except operations.StaleAnswers:
            messages.warning(request, _("Your answers changed in another window. Check them once more."))
            return self.go_to("eoi:change_check", reference)
        messages.success(request, _("Your change is saved and counts from now on."))
        return self.go_to("eoi:candidate_file", reference)

    def _show(self, eoi: Any, form: SaveChangeForm, status: int = 200) -> HttpResponse:
        found = changes.outcome(eoi, eoi.answers, at=self.at)
        if found.unfinished:
            return self.go_to("eoi:change", eoi.reference)
        live = self.eoi(eoi.reference)
        context = {"eoi": live, "form": form, "found": found, "rows": self._rows(live, eoi, found)}
        return self.show({**context, **self._effect(live, eoi, found)}, status=status)

    def _rows(self, live: Any, changed: Any, found: changes.Outcome) -> list[dict[str, Any]]:
        """The answers that differ, as they are and as they would be."""
        assert found.scored
        was = _answers(answering.answer_groups(live, change=False))
        now = _answers(answering.answer_groups(changed, facts=found.scored.facts, change=False))
        keys = dict.fromkeys((*was, *now))
        return [{"key": key[1], "was": was.get(key, ""), "now": now.get(key, "")} for key in keys
                if was.get(key) != now.get(key)]  # fmt: skip

    def _effect(self, live: Any, changed: Any, found: changes.Outcome) -> dict[str, Any]:
        assert found.scored
        assert found.placed_at
        points, placed, at = found.scored.points, found.placed_at, self.at
        return {
            "lines": changes.lines_that_change(live.sheet, found.scored.sheet),
            "rank_before": changes.place_in_pool(live, points=live.points, placed_at=live.placed_at, at=at),
            "rank_after": changes.place_in_pool(live, points=points, placed_at=placed, at=at),
            "unmet": queries.criteria_at_risk(changed, found.scored.facts),
        }


def _answers(groups: list[dict[str, Any]]) -> dict[tuple[str, str], Any]:
    return {(str(group["title"]), str(row["key"])): row["value"] for group in groups for row in group["rows"]}


class DropChange(ChangePage):
    """Forget the change; what was handed in stays."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self.draft(reference)
        operations.drop_change(reference=reference, by=self.person, at=self.at)
        messages.success(request, _("The change is dropped. What you handed in stays as it was."))
        return self.go_to("eoi:candidate_file", reference)
