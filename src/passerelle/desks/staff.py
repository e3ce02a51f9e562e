"""The desks of staff: what waits and what is late, search, one file across all stages, figures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from passerelle.accounts.access import FILE_READERS, StaffPage, may_open
from passerelle.accounts.words import representations
from passerelle.allocations import queries as allocations
from passerelle.applications import queries as applications
from passerelle.applications import wording as application_wording
from passerelle.core import charts, counts
from passerelle.core.deadlines import local_day
from passerelle.core.text import pick
from passerelle.desks import figures
from passerelle.draws import queries as draws
from passerelle.eoi import operations as eoi_operations
from passerelle.eoi import queries as eois
from passerelle.eoi import wording
from passerelle.invitations import queries as invitations
from passerelle.notices import queries as notices
from passerelle.programs import queries as programs

FOUND_AT_MOST = 50
DUE_FIRST = 8  # files shown on the worklist itself


@dataclass(frozen=True)
class Pile:
    """One kind of work: how much waits, how much of it is late, the nearest deadline, where to go."""

    title: str
    count: int
    link: str
    late: int = 0
    nearest: datetime | None = None
    text: str = ""


class Worklist(StaffPage):
    """Everything that waits for staff of this program, late work first told."""

    template_name = "desks/staff/worklist.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rules = programs.rules_in_force(self.program, self.at)
        first, mine = self.reviews()
        how_many = counts.together(self._waiting())
        context = {
            "piles": self.piles(how_many, nearest=first[0].review_by if first else None),
            # Figures of the whole pool stand on the page of figures: what waits is told at once, however large it is.
            "places": figures.places(rules, self.at),
            "next_draw": figures.next_draw(rules, self.at),
            "mine": applications.in_hand(self.person, self.program),
            "my_reviews": mine,
            "due_first": self.due_first(rules, first),
            "queued": bool(how_many["queue for me"]),
            "may_review": may_open(request, reverse("eoi:take_next")),
            "may_assess": may_open(request, reverse("applications:take_next")),
            "rules": rules,
        }
        return self.show(context)

    def reviews(self) -> tuple[list[Any], list[Any]]:
        """The expressions of interest whose clock runs out first, and those this person has taken, in one statement."""
        waiting = eois.to_review(self.program, self.at)
        first = Q(pk__in=waiting.values("pk")[:DUE_FIRST])
        rows = list(waiting.filter(first | Q(taken_by=self.person)))
        return rows[:DUE_FIRST], [one for one in rows if one.taken_by_id == self.person.pk]

    def due_first(self, rules: Any, first: list[Any]) -> list[dict[str, Any]]:
        """The ``first`` to be reviewed as the page shows them, to those who may open them."""
        if not may_open(self.request, reverse("eoi:review_list")):
            return []
        return [{"eoi": one, "category": pick(rules.category(one.category).short)} for one in first]

    def piles(self, how_many: dict[str, int], *, nearest: datetime | None) -> list[Pile]:
        """The work this person's role includes, in the order a file meets it; ``nearest`` is the first review's deadline."""
        return [pile for pile in self._all_piles(how_many, nearest) if may_open(self.request, pile.link)]

    def _all_piles(self, how_many: dict[str, int], nearest: datetime | None) -> list[Pile]:
        return [
            Pile(
                _("Expressions of interest to review"),
                how_many["review"],
                reverse("eoi:review_list"),
                late=how_many["review late"],
                nearest=nearest,
            ),
            Pile(
                _("Changes of facts that wait for a second officer"), how_many["changes"], reverse("eoi:second_officer")
            ),
            Pile(_("Refusals with a bar that wait for a second person"), how_many["bars"], reverse("eoi:bars")),
            Pile(_("Draws planned or in hand"), how_many["draws"], reverse("draws:list")),
            Pile(_("Invitations that stand"), how_many["invitations"], reverse("invitations:list")),
            Pile(
                _("Applications in the queue"),
                how_many["queue"],
                reverse("applications:queue"),
                late=how_many["queue late"],
            ),
            Pile(
                _("Reviews of decisions"),
                how_many["reviews"],
                reverse("applications:reviews"),
                late=how_many["reviews late"],
            ),
            Pile(_("Tasks"), how_many["tasks"], reverse("notices:tasks"), late=how_many["tasks late"]),
        ]

    def _waiting(self) -> dict[str, Any]:
        """What each pile counts."""
        program, at = self.program, self.at
        review, tasks = eois.to_review(program, at), notices.tasks(program)
        return {
            "review": review,
            "review late": review.filter(review_by__lte=at),
            "changes": eois.changes_waiting(program),
            "bars": eois.bars_waiting(program),
            "draws": draws.draws(program).exclude(state__in=("issued", "void")),
            "invitations": invitations.live(program, at),
            "queue": applications.queue(program),
            "queue late": applications.queue(program).filter(decide_by__lte=at),
            "queue for me": applications.queue_for(self.person, program),
            "reviews": applications.open_reviews(program),
            "reviews late": applications.open_reviews(program).filter(decide_by__lte=at),
            "tasks": tasks,
            "tasks late": tasks.filter(due_by__lte=at),
        }


class Search(StaffPage):
    """Find a file by its reference, its file number or a name."""

    template_name = "desks/staff/search.html"
    roles = FILE_READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        words = request.GET.get("q", "").strip()
        found = self.found(words) if len(words) >= 2 else []
        return self.show({"words": words, "found": found, "too_short": bool(words) and len(words) < 2})

    def found(self, words: str) -> list[Any]:
        """Files of this program that fit, newest first."""
        people = Q()
        for word in words.split():
            people &= (
                Q(candidate__name__icontains=word)
                | Q(employer__name__icontains=word)
                | Q(employer__username__iexact=word)
            )
        fits = Q(reference__iexact=words) | Q(reference__in=applications.numbered(self.program, words)) | people
        return list(eois.files_of(self.person).filter(fits, program=self.program)[:FOUND_AT_MOST])


class WholeFile(StaffPage):
    """One file across all stages. Opening it is logged and shown to the parties."""

    template_name = "desks/staff/whole_file.html"
    roles = FILE_READERS

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = eois.eoi_for(self.person, reference)
        if eoi.program != self.program or eoi.state == "draft":
            raise Http404
        eoi_operations.open_file(reference=reference, reason="quality", by=self.person, at=self.at)
        invitation = invitations.of_eoi(reference)
        application = applications.of_invitation(invitation.reference) if invitation else None
        events = wording.timeline(eoi, "staff")
        if application:
            events = sorted([*events, *application_wording.timeline(application, self.person)], key=_when, reverse=True)
        context = {
            "eoi": eoi,
            "standing": wording.standing(eoi, "staff", self.at),
            "invitation": invitation,
            "application": application,
            "representations": representations(
                eoi.candidate, eoi.employer, application.employer if application else None
            ),
            "events": events,
            "readings": wording.readings(eoi),
            "letters": [*notices.letters(reference), *(notices.letters(application.reference) if application else ())],
        }
        return self.show(context)


def _when(line: dict[str, Any]) -> datetime:
    at: datetime = line["at"]
    return at


class Figures(StaffPage):
    """The year at a glance: places, pool by score, draws over time."""

    template_name = "desks/staff/figures.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rules = programs.rules_in_force(self.program, self.at)
        year = local_day(self.at, rules.zone).year
        results = figures.results(rules, self.at)
        context = {
            "places": allocations.places(self.program, year),
            "volume": eois.volume(self.program, self.at),
            "year": year,
            "pool_chart": _pool_chart(eois.histogram(self.program)),
            "draws_chart": figures.draws_chart(rules, results),
            "results": results,
        }
        return self.show(context)


def _pool_chart(bands: list[tuple[int, int]]) -> charts.Chart | None:
    if not bands:
        return None
    width = bands[1][0] - bands[0][0] if len(bands) > 1 else 50
    rows = [(f"{low}–{low + width - 1}", count) for low, count in bands]
    most = max(rows, key=lambda row: row[1])
    title = _("Most files in the pool have %(band)s points") % {"band": most[0]}
    return charts.bars(title, rows, head=[_("Points"), _("Files")])
