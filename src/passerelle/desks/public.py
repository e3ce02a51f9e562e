"""Pages for everybody: what the program is, whether one can apply, points one would have, past draws, contact."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from passerelle.accounts.access import PublicPage
from passerelle.desks import calculator, figures
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules
from passerelle.programs.wording import opening


class Installation(PublicPage):
    """The installation's own home: its programs, or straight on when there is only one."""

    template_name = "desks/public/installation.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        known, problem = self._open_programs()
        if problem and not known:
            raise problem
        if len(known) == 1:
            return redirect("desks:program_home", program=known[0].code)
        return self.show({"programs": known})

    def _open_programs(self) -> tuple[list[ProgramRules], programs.RulesUnavailable | None]:
        known, problem = [], None
        for one in programs.programs():
            try:
                known.append(programs.rules_in_force(one.code, self.at))
            except programs.RulesUnavailable as fault:
                problem = fault
        return known, problem


class ProgramPage(PublicPage):
    """A page about one program; ``about`` says what it shows besides the rules."""

    def get(self, request: HttpRequest, program: str, **kwargs: Any) -> HttpResponse:
        rules = _rules(request, program)
        return self.show({"rules": rules, **self.about(rules, **kwargs)})

    def about(self, rules: ProgramRules, **kwargs: Any) -> dict[str, Any]:
        """Return what the template needs besides ``rules``."""
        return {}


class Home(ProgramPage):
    """What this is in two sentences, the steps, the categories, the last and the next draw."""

    template_name = "desks/public/home.html"

    def about(self, rules: ProgramRules, **kwargs: Any) -> dict[str, Any]:
        at = self.request.arrived_at  # type: ignore[attr-defined]
        results = figures.results(rules, at)
        return {
            "opening": opening(rules, at),
            "standing": figures.standing(rules, at),
            "last": results[0] if results else None,
            "next": figures.next_draw(rules, at),
            "chart": figures.draws_chart(rules, results[:4]),
            "links": {link.key: link for link in rules.links},
        }


class Criteria(ProgramPage):
    """Can I apply? The mandatory criteria of every category, or of one."""

    template_name = "desks/public/criteria.html"

    def about(self, rules: ProgramRules, **kwargs: Any) -> dict[str, Any]:
        links = {link.key: link for link in rules.links}
        return {
            "categories": [
                {
                    "category": one,
                    "link": links.get(one.link or ""),
                    "sides": [
                        (side, criteria)
                        for side in ("candidate", "position", "employer")
                        if (criteria := rules.criteria(one.key, side))
                    ],
                }
                for one in rules.categories
            ]
        }


class Calculator(PublicPage):
    """How many points would I have? No account; the same questions and engine as the real thing. Keeps nothing."""

    template_name = "desks/public/calculator.html"

    def get(self, request: HttpRequest, program: str) -> HttpResponse:
        return self._page(request, program, None)

    def post(self, request: HttpRequest, program: str) -> HttpResponse:
        return self._page(request, program, request.POST)

    def _page(self, request: HttpRequest, program: str, data: Any) -> HttpResponse:
        at = request.arrived_at  # type: ignore[attr-defined]
        rules = _rules(request, program)
        category = rules.categories_of(rules.pools[0].key)[0].key
        worked_out = calculator.work_out(rules, data, category=category, at=at)
        context = {"rules": rules, "calculation": worked_out, "last": next(iter(figures.results(rules, at)), None)}
        return self.show(context, part="sheet")


class DrawResults(ProgramPage):
    """Every draw held: number invited, range of points (nwt.md, R4.6), with a chart over time."""

    template_name = "desks/public/draws.html"

    def about(self, rules: ProgramRules, **kwargs: Any) -> dict[str, Any]:
        at = self.request.arrived_at  # type: ignore[attr-defined]
        results = figures.results(rules, at)
        return {
            "results": results,
            "next": figures.next_draw(rules, at),
            "standing": figures.standing(rules, at),
            "chart": figures.draws_chart(rules, results),
        }


class DrawResult(ProgramPage):
    """One draw: figures first, the rule in words, what happens next for those invited and for those not."""

    template_name = "desks/public/draw.html"

    def about(self, rules: ProgramRules, **kwargs: Any) -> dict[str, Any]:
        at = self.request.arrived_at  # type: ignore[attr-defined]
        result = next((one for one in figures.results(rules, at) if one.number == kwargs["number"]), None)
        if result is None:
            raise Http404
        return {"result": result, "chart": figures.category_chart(rules, result)}


class Contact(ProgramPage):
    """How to reach the program, its own pages elsewhere, and the languages in which help can be asked for."""

    template_name = "desks/public/contact.html"


class ScoringNotice(ProgramPage):
    """How points are computed and who decides, from the pack: inputs, weights, draw rule, reviews, recourse."""

    template_name = "desks/public/scoring.html"

    def about(self, rules: ProgramRules, **kwargs: Any) -> dict[str, Any]:
        return {"grid": figures.grid_of(rules, rules.pools[0]), "settings": figures.draw_rule(rules)}


class Check(PublicPage):
    """Where anybody checks a letter or a receipt."""

    template_name = "desks/public/check.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()


class Accessibility(PublicPage):
    """What these pages promise everybody, and how to tell us where they fail."""

    template_name = "desks/public/accessibility.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()


def _rules(request: HttpRequest, code: str) -> ProgramRules:
    if not programs.programs().filter(code=code).exists():
        raise Http404
    return programs.rules_in_force(code, request.arrived_at)  # type: ignore[attr-defined]
