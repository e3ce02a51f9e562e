"""The fairness report of a draw for staff: those taken beside the pool."""

from typing import Any

from django.http import HttpResponse

from passerelle.accounts.access import FILE_READERS
from passerelle.accounts.models import RoleName
from passerelle.core.arrival import ArrivedRequest
from passerelle.draws import comparison, fairness, queries, terms
from passerelle.draws.pages.staff import DrawPage


class Fairness(DrawPage):
    """Whom the selection took, group by group. Whoever may open the files sees small cells too, an analyst never."""

    template_name = "draws/staff/fairness.html"
    roles = frozenset({RoleName.DIRECTOR, RoleName.ANALYST, RoleName.AUDITOR})

    def get(self, request: ArrivedRequest, number: str) -> HttpResponse:
        draw = self.found(number)
        report, may_whole = queries.fairness_report(draw), self.person.has_role(draw.program, *FILE_READERS)
        whole = may_whole and "held_back" not in request.GET
        shown: dict[str, Any] | None = None
        if report:
            told = fairness.told(report.counts, whole=True) if whole else report.told
            shown = comparison.shown(told, report.made_at, whole=whole)
        published = terms.of_draw(draw).fairness == "published"
        return self.show({"draw": draw, "fairness": shown, "may_whole": may_whole, "published": published})
