"""Pages for everybody: what the program is, whether one can apply, points one would have, past draws, contact."""

from collections.abc import Sequence
from typing import Any

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from passerelle.accounts.access import PublicPage
from passerelle.accounts.models import Person
from passerelle.core import heads
from passerelle.desks import calculator, figures, help
from passerelle.eoi import closed
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules, Stream
from passerelle.programs.wording import opening

SHOWN_HEADS = 31  # the file has them all


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
        rules = rules_of(request, program)
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
            "latest": [] if len(rules.streams) == 1 else _named(rules, results[:4]),
            "next": figures.next_draw(rules, at),
            "chart": figures.draws_chart(rules, results[:4]) if len(rules.streams) == 1 else None,
            "links": {link.key: link for link in rules.links},
            "shut": _shut(rules, at),
        }


class Criteria(ProgramPage):
    """Can I apply? The mandatory criteria of every category, or of one."""

    template_name = "desks/public/criteria.html"

    def about(self, rules: ProgramRules, **kwargs: Any) -> dict[str, Any]:
        links = {link.key: link for link in rules.links}
        shut = closed.in_force(rules.code, self.request.arrived_at)  # type: ignore[attr-defined]
        return {
            "shut": shut,
            "categories": [
                {
                    "category": one,
                    "closing": shut.get(one.stream),
                    "pool": rules.stream_of(one.key).intake == "eoi",
                    "link": links.get(one.link or ""),
                    "sides": [
                        (side, criteria)
                        for side in ("candidate", "position", "employer")
                        if (criteria := rules.criteria(one.key, side))
                    ],
                }
                for one in rules.categories
            ],
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
        rules = rules_of(request, program)
        stream = chosen(request, rules.pools)
        if stream is None:
            return self.show({"rules": rules, "streams": rules.pools})
        category = rules.categories_of(stream.key)[0].key
        worked_out = calculator.work_out(rules, data, category=category, at=at)
        last = figures.last_cutoff(rules, figures.results(rules, at), stream.key)
        context = {"rules": rules, "calculation": worked_out, "last": last, "stream": stream, "streams": rules.pools}
        return self.show(context, part="sheet")


class Contact(ProgramPage):
    """How to reach the program, its own pages elsewhere, and the languages in which help can be asked for."""

    template_name = "desks/public/contact.html"


class Help(PublicPage):
    """A question to the program, from anybody, where the program takes questions by a form."""

    template_name = "desks/public/help.html"

    def get(self, request: HttpRequest, program: str) -> HttpResponse:
        rules, known = self._asked(program), self._known(program)
        initial = {"name": known.name, "email": known.email} if known else {}
        return self.show({"rules": rules, "form": help.HelpForm(initial=initial)})

    def post(self, request: HttpRequest, program: str) -> HttpResponse:
        rules = self._asked(program)
        if too_many := ratelimit.consume_or_429(request, action="help"):
            return too_many
        form = help.HelpForm(request.POST)
        if not form.is_valid():
            return self.show({"rules": rules, "form": form}, status=422)
        if too_many := ratelimit.consume_or_429(request, action="help_address", key=form.cleaned_data["email"].lower()):
            return too_many
        language = (get_language() or "en")[:2]
        number = help.ask(rules=rules, language=language, by=self._known(program), at=self.at, **form.cleaned_data)
        return self.show({"rules": rules, "number": number})

    def _asked(self, program: str) -> ProgramRules:
        rules = rules_of(self.request, program)
        if not rules.contact.help_web_form:
            raise Http404
        return rules

    def _known(self, program: str) -> Person | None:
        user = self.request.user
        return user if isinstance(user, Person) and user.program == program else None


class ScoringNotice(ProgramPage):
    """How points are computed and who decides, from the pack: inputs, weights, draw rule, reviews, recourse."""

    template_name = "desks/public/scoring.html"

    def about(self, rules: ProgramRules, **kwargs: Any) -> dict[str, Any]:
        stream = chosen(self.request, rules.pools) or rules.pools[0]
        grid = figures.grid_of(rules, stream)
        at = self.request.arrived_at  # type: ignore[attr-defined]
        return {
            "grid": grid, "tested": figures.tested_again(rules, stream), "stream": stream, "streams": rules.pools,
            "sentences": figures.draw_sentences(rules, stream, at),
        }  # fmt: skip


class Check(PublicPage):
    """Where anybody checks a letter or a receipt."""

    template_name = "desks/public/check.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()


class Trail(PublicPage):
    """The daily heads of the audit trail, so that others may keep them."""

    template_name = "desks/public/trail.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        newest = heads.heads().reverse()[:SHOWN_HEADS]
        return self.show({"heads": [{"head": head, "digest": heads.digest(head)} for head in newest]})


class TrailFile(PublicPage):
    """Every head with what it is made of, for a program to keep."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"heads": [heads.published(head) for head in heads.heads()]})


class Accessibility(PublicPage):
    """What these pages promise everybody, and how to tell us where they fail."""

    template_name = "desks/public/accessibility.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()


def rules_of(request: HttpRequest, code: str) -> ProgramRules:
    """Return the rules in force of a program that is there. Raises Http404."""
    if not programs.programs().filter(code=code).exists():
        raise Http404
    return programs.rules_in_force(code, request.arrived_at)  # type: ignore[attr-defined]


def chosen(request: HttpRequest, streams: Sequence[Stream]) -> Stream | None:
    """The stream the address asks for; the only one where there is no choice; None while none is chosen. Raises Http404."""
    if len(streams) == 1:
        return streams[0]
    wanted = request.GET.get("stream")
    if not wanted:
        return None
    found = next((one for one in streams if one.key == wanted), None)
    if found is None:
        raise Http404
    return found


def _shut(rules: ProgramRules, at: Any) -> list[tuple[Stream, Any]]:
    """The streams that are closed, each with its closing, in the order of the rules."""
    found = closed.in_force(rules.code, at)
    return [(one, found[one.key]) for one in rules.pools if one.key in found]


def _named(rules: ProgramRules, results: Sequence[figures.Result]) -> list[tuple[figures.Result, str]]:
    """Draws with the names of their streams."""
    names = {one.key: str(one.short) for one in rules.streams}
    return [(one, names.get(one.stream, "")) for one in results]
