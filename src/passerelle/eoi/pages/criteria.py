"""The mandatory criteria of a draft, for the party that opened it: the list with its answers, and one at a time."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from passerelle.accounts import acting
from passerelle.accounts.access import SignedInPage
from passerelle.eoi import operations, permissions, queries
from passerelle.eoi.pages.forms import CriterionForm


class CriteriaPage(SignedInPage):
    """Stands left of an audience's file page; ``urls`` names the pages it leads to."""

    urls: Mapping[str, str]

    def opened(self, reference: str) -> Any:
        """The draft that this person, or their client, opened, or a 404."""
        eoi = self.draft(reference)  # type: ignore[attr-defined]
        if acting.stands_for(self.person, permissions.opener_of(eoi, queries.rules(eoi))) is None:
            raise Http404
        return eoi

    def is_employers(self) -> bool:
        """Whether the page is shown for an employer: the reader, or the client of a representative."""
        return (self.acting_for or self.person).is_employer


class CriteriaList(CriteriaPage):
    """All mandatory criteria with their answers: which one fails, what to do; or the first one still to answer."""

    template_name = "eoi/criteria.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.opened(reference)
        criteria = queries.criteria(eoi)
        first_open = next((one.key for one in criteria if one.key not in eoi.criteria), None)
        rows = [{"criterion": one, "answer": eoi.criteria.get(one.key, "")} for one in criteria]
        return self.show(
            {
                "eoi": eoi,
                "urls": self.urls,
                "theirs": not self.is_employers(),
                "category": queries.rules(eoi).category(eoi.category),
                "rows": rows,
                "sides": _by_side(rows, theirs=not self.is_employers()),
                "first_open": first_open,
                "answered": len([row for row in rows if row["answer"]]),
                "failing": [row["criterion"] for row in rows if row["answer"] == "no"],
                "unsure": [row["criterion"] for row in rows if row["answer"] == "unsure"],
            }
        )


def _by_side(rows: list[dict[str, Any]], *, theirs: bool) -> list[dict[str, Any]]:
    titles = {"candidate": _("The candidate"), "position": _("The job"), "employer": _("Your organisation")}
    if theirs:
        titles = {"candidate": _("You"), "position": _("The job"), "employer": _("The employer")}
    sides = [
        {"title": title, "rows": [row for row in rows if row["criterion"].side == side]}
        for side, title in titles.items()
    ]
    return [side for side in sides if side["rows"]]


class OneCriterion(CriteriaPage):
    """One criterion at a time."""

    template_name = "eoi/criterion.html"

    def get(self, request: HttpRequest, reference: str, key: str) -> HttpResponse:
        eoi, criterion = self._find(reference, key)
        return self._show(eoi, criterion, CriterionForm(initial={"answer": eoi.criteria.get(key)}, criterion=criterion))

    def post(self, request: HttpRequest, reference: str, key: str) -> HttpResponse:
        eoi, criterion = self._find(reference, key)
        form = CriterionForm(request.POST, criterion=criterion)
        if not form.is_valid():
            return self._show(eoi, criterion, form, status=422)
        eoi = operations.answer_criteria(
            reference=reference, answers={key: form.cleaned_data["answer"]}, by=self.person, at=self.at
        )
        following = next((one.key for one in queries.criteria(eoi) if one.key not in eoi.criteria), None)
        if following:
            return self.go_to(self.urls["criterion"], reference, following)
        return self.go_to(self.urls["criteria"], reference)

    def _find(self, reference: str, key: str) -> tuple[Any, Any]:
        eoi = self.opened(reference)
        criterion = next((one for one in queries.criteria(eoi) if one.key == key), None)
        if criterion is None:
            raise Http404
        return eoi, criterion

    def _show(self, eoi: Any, criterion: Any, form: CriterionForm, status: int = 200) -> HttpResponse:
        keys = [one.key for one in queries.criteria(eoi)]
        place = keys.index(criterion.key)
        context = {
            "eoi": eoi, "urls": self.urls, "criterion": criterion, "form": form, "place": place + 1, "of": len(keys),
            "before": keys[place - 1] if place else None,
        }  # fmt: skip
        return self.show(context, status=status)
