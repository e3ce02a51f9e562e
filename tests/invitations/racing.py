"""A world in which whole draws race, gone back to before each round, and threads that keep their connections.

To plan, freeze and select costs ten times as much as to race. So a world is made by the real operations (two draws selected, those
of the world before issued, some of their places given back), its rows are kept aside, and before the next round they are put back
as they were. What chance decides is decided anew in each round: how many places are left, whose year ends, whose time runs out,
who does what, in which order.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from passerelle.accounts.models import Person
from passerelle.allocations.models import Allocation
from passerelle.draws.models import Draw, Promotion
from passerelle.draws.operations import conduct_draw, void_draw
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.operations import close_expired, withdraw_eoi
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import close_lapsed, decline, issue_invitations, refill_places
from passerelle.programs.rules.selection import SelectionRule
from tests.draws.support import CLOSES, HOUR, NOON, director, eoi, manager, person, places, planned
from tests.support.keeping import Kept

CATEGORIES = ("skilled", "entry_level")
PLACES = 4
ISSUE = NOON + HOUR
REFILL = ISSUE + timedelta(minutes=1)
LATE = NOON + 2 * HOUR
WORKERS = 6
RULE = SelectionRule.model_validate({
    "key": "here", "name": {"en": "A test", "fr": "Un essai"}, "ties": "submission", "source": "a test", "certainty": "general",
    "order": [{"by": "points"}], "refill": "after_issue",
}).model_dump(mode="json")  # fmt: skip
# What a round writes; ``Kept.strayed`` finds what is missing here.
WRITTEN = (
    "allocations_allocation", "allocations_placemove", "core_auditevent", "core_counter", "draws_draw", "draws_promotion",
    "eoi_expressionofinterest", "invitations_invitation", "notices_notice", "procrastinate_jobs",
)  # fmt: skip
NEW: tuple[Any, ...] = (Invitation, Promotion)
# What chance changes before a round.
STIRRED = ("allocations_allocation", "eoi_expressionofinterest", "invitations_invitation")
Act = Callable[[], Any]


class World:
    """Staff, one employer, candidates who file again in each world; draws that race and those issued before them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        places(PLACES)
        self.manager, self.directors = manager(), [director(), director()]
        self.pattern = eoi(400)
        ExpressionOfInterest.objects.update(state="withdrawn", closed_at=NOON)
        self.candidates = [person("candidate") for _ in range(6)]
        self.filed, self.worlds = 0, 0
        self.draws: list[Draw] = []
        self.old: list[Draw] = []
        self._kept: Kept | None = None

    # --- a world ---

    def renew(self) -> None:
        """End what the last round left over and make the next world, by the operations people use; keep its rows aside."""
        if self._kept:
            self._kept.sweep()
        else:
            self._begun()
        self.clear(self.draws)
        Allocation.objects.update(places=F("held") + F("used") + PLACES)
        self.worlds += 1
        self.draws = [self.selected(category) for category in CATEGORIES]
        self.waiting = list(ExpressionOfInterest.objects.filter(state="in_pool").select_related("candidate"))
        self.live = list(Invitation.objects.filter(state="issued").select_related("eoi__candidate", "eoi__employer"))
        self._before = {model: model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in NEW}
        self._kept = Kept(WRITTEN)

    def _begun(self) -> None:
        """Two draws whose invitations are out, so that the first world has something to refill."""
        self.draws = [self.selected(category, 2) for category in CATEGORIES]
        for draw in self.draws:
            issue_invitations(number=draw.number, by=self.directors[0], at=ISSUE)

    @property
    def kept(self) -> Kept:
        """The rows of this world as it was made."""
        assert self._kept
        return self._kept

    @transaction.atomic
    def selected(self, category: str, size: int = 0) -> Draw:
        """A draw over a fresh pool, selected, whose places are refilled after the issue."""
        self._pool(category)
        draw = planned(size or self.chance.randint(1, 3), by=self.manager, categories=[category])
        draw.rule = {**draw.rule, "selection": RULE}
        draw.save(update_fields=["rule"])
        return conduct_draw(number=draw.number, by=self.manager, at=self._moment)

    @property
    def _moment(self) -> datetime:
        """When the draws of this world are frozen: a second after those of the one before."""
        return NOON + self.worlds * timedelta(seconds=1)

    def _pool(self, category: str) -> None:
        """Four people of a category."""
        made = [self._file(category, candidate) for candidate in self.chance.sample(self.candidates, 4)]
        ExpressionOfInterest.objects.bulk_create(made)

    def _file(self, category: str, candidate: Person) -> ExpressionOfInterest:
        self.filed += 1
        points, at = self.chance.randint(300, 600), self.pattern.submitted_at + self.filed * timedelta(seconds=0.001)
        fields = {one.attname: getattr(self.pattern, one.attname) for one in ExpressionOfInterest._meta.concrete_fields}
        fields |= {
            "id": None, "reference": f"NT-E-{self.filed:09d}", "person_key": f"race{self.filed:060d}", "category": category,
            "candidate_id": candidate.pk, "points": points, "confirmed_points": points, "state": "in_pool", "closed_at": None,
            "submitted_at": at, "first_submitted_at": at, "placed_at": at, "confirmed_at": self._moment - timedelta(seconds=0.5),
            "valid_before": CLOSES + timedelta(days=300),
        }  # fmt: skip
        return ExpressionOfInterest(**fields)

    def clear(self, draws: list[Draw]) -> None:
        """Close what was left over: draws that were not issued, and those of before the last with their people."""
        for draw in Draw.objects.filter(state="selected"):
            void_draw(number=draw.number, reason="Next round", by=self.manager, confirmed_by=self.directors[0], at=LATE)
        done, self.old = self.old, [one for one in draws if Draw.objects.get(pk=one.pk).state == "issued"]
        for one in Invitation.objects.filter(draw__in=done, state="issued"):
            decline(reference=one.reference, by=self.pattern.employer, at=ISSUE)
        kept = Draw.objects.filter(pk__in=[one.pk for one in self.old]).values("entries__eoi")
        # Some of their places fall vacant at once, for the refills of the next rounds: one does, two do not, and then it is chance.
        for number, one in enumerate(Invitation.objects.filter(draw__in=self.old, state="issued").order_by("pk")):
            if number == 0 or (number > 2 and self.chance.random() < 0.4):
                decline(reference=one.reference, by=self.pattern.employer, at=ISSUE)
        over = ExpressionOfInterest.objects.filter(state="in_pool").exclude(pk__in=kept)
        over.update(state="closed", closed_at=LATE, closing_reason="cancelled")

    # --- a round ---

    def begin(self, *, few: bool) -> list[Act]:
        """Go back to the world as it was, let chance change what a round hangs on, and return what happens at once.

        ``few``: of all that can happen two acts that want the same places, or the same draw, and up to three that get in their way.
        """
        self.kept.back(then=self._changed_by_chance())
        want = [self._issue(draw, by) for draw in self.draws for by in self.directors]
        want += [self._refill(draw, by) for draw in self.old for by in self.directors]
        other = [self._withdraw(one) for one in self.chance.sample(self.waiting, 2)]
        other += [lambda: close_expired(at=ISSUE), lambda: close_lapsed(at=LATE)]
        other += [self._decline(one) for one in self.live if self.chance.random() < 0.7]
        if few:
            want, other = self.chance.sample(want, 2), self.chance.sample(other, self.chance.randint(1, 3))
        found = [*want, *other]
        self.chance.shuffle(found)
        return found

    def happened(self) -> Counter[str]:
        """Return what came of a round: invited, refilled, and how files and invitations of before ended."""
        invited, refilled = (model.objects.filter(pk__gt=self._before[model]) for model in NEW)
        ends = Invitation.objects.filter(pk__in=[one.pk for one in self.live]).values_list("state", flat=True)
        files = ExpressionOfInterest.objects.filter(pk__in=[one.pk for one in self.waiting])
        return Counter(
            {
                "invited": invited.count(),
                "refilled": refilled.filter(draw__in=self.old, taken__isnull=False).count(),
                **{f"invitations {state}": count for state, count in Counter(ends).items()},
                **{f"files {state}": count for state, count in Counter(files.values_list("state", flat=True)).items()},
            }
        )

    def _changed_by_chance(self) -> str:
        """Return statements: how many places are left, whose year ends between the freeze and the issue, whose time is over."""
        left = self.chance.randint(0, PLACES)
        expire = [one.pk for one in self.waiting if self.chance.random() < 0.2]
        # Half of those who hold one from before run out of time in this very moment, declining or not.
        late = [one.pk for one in self.live if self.chance.random() < 0.5]
        return f"""
            UPDATE allocations_allocation SET places = held + used + {left};
            UPDATE eoi_expressionofinterest SET valid_before = '{ISSUE}' WHERE id = ANY (ARRAY{expire}::bigint[]);
            UPDATE invitations_invitation SET respond_by = '{LATE}' WHERE id = ANY (ARRAY{late}::bigint[]);
        """

    def _issue(self, draw: Draw, by: Person) -> Act:
        return lambda: issue_invitations(number=draw.number, by=by, at=ISSUE)

    def _refill(self, draw: Draw, by: Person) -> Act:
        return lambda: refill_places(number=draw.number, by=by, at=REFILL)

    def _withdraw(self, one: ExpressionOfInterest) -> Act:
        return lambda: withdraw_eoi(reference=one.reference, reason="Moved", by=one.candidate, at=ISSUE)

    def _decline(self, one: Invitation) -> Act:
        party = self.chance.choice([one.eoi.candidate, one.eoi.employer])
        return lambda: decline(reference=one.reference, by=party, at=ISSUE)


@contextmanager
def at_once() -> Iterator[Callable[[list[Act]], list[Any]]]:
    """Threads that keep their connections; they begin each round at one moment."""
    with ThreadPoolExecutor(WORKERS) as threads:

        def tried(act: Act) -> Any:
            try:
                return act()
            except Exception as fault:
                return fault

        yield lambda acts: list(threads.map(tried, acts))
        barrier = Barrier(WORKERS)
        list(threads.map(lambda _: (barrier.wait(), connection.close()), range(WORKERS)))
