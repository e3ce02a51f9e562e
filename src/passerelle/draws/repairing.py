"""What can be done about an error found after the invitations went out: each way, whom it invites, what it costs in places."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from passerelle.allocations import queries as allocations
from passerelle.core.deadlines import local_day
from passerelle.core.verdicts import YES, Verdict
from passerelle.draws import queries, selecting
from passerelle.draws.harm import Harm, Touched
from passerelle.draws.models import Draw, Entry
from passerelle.draws.models.repair import Act, Way


@dataclass(frozen=True)
class Option:
    """One way. ``takes`` and ``gives_back`` are places of ``year``, of which ``left`` are left.

    Where the stream ``holds`` no place for an invitation none is moved: each nomination uses one. ``possible`` says why a way
    cannot be chosen; ``warnings`` are for the director.
    """

    way: Way
    invites: tuple[Touched, ...]
    takes_back: tuple[Touched, ...]
    keeps: tuple[Touched, ...]
    holds: bool
    year: int
    left: int
    possible: Verdict = YES
    warnings: tuple[str, ...] = ()

    @property
    def takes(self) -> int:
        """Places that those invited in addition take now."""
        return len(self.invites) if self.holds else 0

    @property
    def gives_back(self) -> int:
        """Places that come back with the invitations taken back."""
        return len(self.takes_back) if self.holds else 0

    @property
    def net(self) -> int:
        """What it costs the year in places: below 0 where it gives more back than it takes."""
        return self.takes - self.gives_back

    def act(self, one: Touched) -> Act:
        """Return what this way does for somebody."""
        if one in self.invites:
            return Act.INVITE
        return Act.TAKE_BACK if one in self.takes_back else Act.NONE


def options(draw: Draw, harm: Harm, at: datetime) -> list[Option]:
    """Return every way of dealing with an error in an issued draw, the one that changes least first."""
    return [option(way, draw, harm, at) for way in Way]


def option(way: Way, draw: Draw, harm: Harm, at: datetime) -> Option:
    """Return one way, with what it costs at ``at``."""
    invites = () if way == Way.NOTICE else harm.may_be_invited
    back = harm.may_be_taken_back if way == Way.REPLACE else ()
    keeps = tuple(one for one in harm.gained if one not in back)
    holds = queries.rules_of(draw).stream(draw.stream).places == "held_at_invitation"
    year = year_of(draw, at)
    found = Option(way, invites, back, keeps, holds, year, allocations.places(draw.program, year).left)
    return Option(
        way, invites, back, keeps, holds, year, found.left, possible=_possible(draw, found, harm),
        warnings=tuple(_warnings(draw, found, harm)),
    )  # fmt: skip


def year_of(draw: Draw, at: datetime) -> int:
    """Return whose places are taken: the draw's year, or the present one once that is over."""
    return max(draw.held_on.year, local_day(at, queries.rules_of(draw).zone).year)


def _possible(draw: Draw, one: Option, harm: Harm) -> Verdict:
    if one.way == Way.INVITE and not one.invites:
        return Verdict(False, _("Nobody who was kept out can be invited now."))
    if one.way == Way.REPLACE and not one.takes_back:
        return Verdict(False, _("No invitation that the error gave is still unused: there is nothing to take back."))
    # Places of an invitation lie in the draw's year: what comes back does not help another year.
    back = one.gives_back if one.year == draw.held_on.year else 0
    missing = one.takes - back - one.left
    if missing > 0:
        return Verdict(
            False,
            ngettext(
                "%(count)s place of %(year)s is missing. A director first enters more places for the year.",
                "%(count)s places of %(year)s are missing. A director first enters more places for the year.",
                missing,
            )
            % {"count": missing, "year": one.year},
        )
    return YES


def _warnings(draw: Draw, one: Option, harm: Harm) -> Iterable[str]:
    room = queries.room(draw)
    if not one.holds and len(one.invites) - len(one.takes_back) > room.most:
        yield ngettext(
            "More are invited than is planned above the places left: %(most)s more invitation may go out.",
            "More are invited than is planned above the places left: %(most)s more invitations may go out.",
            room.most,
        ) % {"most": room.most}
    if over := _over_their_limit(draw, one):
        yield ngettext(
            "%(count)s employer would have more people taken than its limit.",
            "%(count)s employers would have more people taken than their limit.",
            over,
        ) % {"count": over}
    if one.way != Way.NOTICE and harm.too_late:
        yield ngettext(
            "%(count)s person can no longer be invited.",
            "%(count)s people can no longer be invited.",
            len(harm.too_late),
        ) % {"count": len(harm.too_late)}


def _over_their_limit(draw: Draw, one: Option) -> int:
    """Return how many employers would have more people invited than the rule lets them have."""
    rule = selecting.blocks(draw)
    if rule.cap is None:
        return 0
    # Where the limit is of the year the one frozen is what was left then; since then other draws have given places.
    then = queries.earlier_places(draw)
    now = Counter(queries.counted_places(draw, rule.cap, before=None)) if rule.counts_the_year else Counter[str]()
    out = [person.eoi_id for person in one.takes_back]
    groups = queries.chosen(draw).exclude(eoi__in=out).exclude(grp="").order_by().values_list("grp", "cap")
    added = (
        Entry.objects.filter(draw=draw, eoi__in=[person.eoi_id for person in one.invites]).exclude(grp="").order_by()
    )
    before = Counter(group for group, _cap in groups)
    rows = list(added.values_list("grp", "cap"))
    after = before + Counter(group for group, _cap in rows)
    left = {group: most + then.get(group, 0) - now[group] for group, most in rows if most is not None}
    return sum(1 for group, most in left.items() if after[group] > most)
