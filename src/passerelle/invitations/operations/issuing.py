"""Issuing: a draw becomes invitations, in one transaction."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.allocations import operations as allocations
from passerelle.core.references import next_reference
from passerelle.draws import operations as draws
from passerelle.draws import queries as drawn
from passerelle.eoi import operations as eois
from passerelle.invitations import queries, route
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations.support import parties, tell, told
from passerelle.invitations.queries import DEADLINE, TARGET
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules, Stream

# A file that leaves the pool in the middle of the act sends us round again; more often than this is no accident.
TRIES = 5


def issue_invitations(*, number: str, by: Any, at: datetime) -> list[Invitation]:
    """Issue the invitations of a selected draw: hold places, take the files out of the pool, tell the parties.

    All or none. Whoever left the pool since the freeze gives the place to the next in order. ``by`` is another person
    than who conducted the draw. Raises NotAllowed, IllegalMove, DrawBlocked, NoPlaceLeft.
    """
    unfit: set[str] = set()
    for _try in range(TRIES - 1):
        try:
            return _issue(number, sorted(unfit), by, at)
        except eois.CannotInvite as gone:
            unfit |= set(gone.references)
        except draws.DrawBlocked as blocked:
            if blocked.who != ["eligible"]:
                raise
    return _issue(number, sorted(unfit), by, at)


@transaction.atomic
def _issue(number: str, unfit: Sequence[str], by: Any, at: datetime) -> list[Invitation]:
    return invite(number, draws.mark_issued(number=number, by=by, at=at, unfit=unfit), by, at)


def refill_places(*, number: str, by: Any, at: datetime) -> list[Invitation]:
    """Invite the next in order for the places of those who declined, whose invitation lapsed or was cancelled.

    A place is filled once, and nothing is drawn again. Who leaves the pool in this very moment is passed over. Raises NotAllowed,
    IllegalMove, DrawBlocked, NoPlaceLeft.
    """
    for _try in range(TRIES - 1):
        with suppress(eois.CannotInvite):
            return _refill(number, by, at)
    return _refill(number, by, at)


@transaction.atomic
def _refill(number: str, by: Any, at: datetime) -> list[Invitation]:
    gone = queries.given_back(number).values_list("eoi__reference", flat=True)
    return invite(number, draws.refill(number=number, fallen=list(gone), by=by, at=at), by, at)


def numbers(number: str, count: int, *, repair: Any = None) -> list[str]:
    """Return the numbers of ``count`` invitations to come by a draw. Who takes some holds their counter until the end."""
    draw = drawn.draw(number)
    return [next_reference(f"{drawn.rules_of(draw).reference_prefix}-I", _year(draw, repair)) for _one in range(count)]


def _year(draw: Any, repair: Any) -> int:
    return int(repair.year if repair else draw.held_on.year)


def invite(
    number: str, chosen: Sequence[str], by: Any, at: datetime, *, repair: Any = None, references: Sequence[str] = ()
) -> list[Invitation]:
    """Invite files by a draw, in the caller's transaction: hold places, take them out of the pool, tell the parties.

    With a ``repair`` they are invited in addition to those drawn, and take places of the year that it names. ``references``:
    their numbers, where they are taken already.
    """
    draw = drawn.draw(number)
    rules, year = drawn.rules_of(draw), _year(draw, repair)
    references = references or numbers(number, len(chosen), repair=repair)
    stream = rules.stream(draw.stream)
    if chosen and stream.places == "held_at_invitation":
        allocations.hold(program=draw.program, year=year, about=references, by=by, at=at, stream=draw.stream)
    files = {one.reference: one for one in eois.mark_invited(references=chosen, by=by, at=at)}
    times = _times(files.values(), at)
    made = Invitation.objects.bulk_create(
        Invitation(
            reference=reference, program=draw.program, stream=draw.stream, eoi=files[eoi], draw=draw, repair=repair, issued_at=at,
            issued_by=by, **times[files[eoi].pack_id],
        )
        for reference, eoi in zip(references, chosen, strict=True)
    )  # fmt: skip
    for invitation in made:
        told(
            "invitation.issued",
            invitation,
            by=by,
            at=at,
            draw=number,
            respond_by=invitation.respond_by,
            **_added(repair),
        )
        employer_part = route.has_employer_form(invitation)
        tell(
            "invitation_issued", invitation, *parties(invitation), at=at, employer_part=employer_part, repaired=bool(repair)
        )  # fmt: skip
    return made


def _added(repair: Any) -> dict[str, int]:
    return {"repair": repair.pk} if repair else {}


def _times(files: Iterable[Any], at: datetime) -> dict[int, dict[str, datetime | None]]:
    """Return the times to respond by the pack each file began under: it goes on under the rules of its day."""
    found: dict[int, dict[str, datetime | None]] = {}
    for one in files:
        if one.pack_id not in found:
            rules = programs.rules(one.pack)
            found[one.pack_id] = {
                "respond_by": programs.due(rules, DEADLINE, at, stream=one.stream),
                **_times_of_first_form(rules, rules.stream(one.stream), at),
            }
    return found


def _times_of_first_form(rules: ProgramRules, stream: Stream, at: datetime) -> dict[str, datetime | None]:
    """Return until when the form that others wait for should be in; its own deadline, where it has one, binds."""
    if not route.forms_in_turn(stream):
        return {"target_by": None, "begin_by": None}
    own = route.first_form(stream).deadline
    until = programs.due(rules, own or TARGET, at, stream=stream.key)
    return {"target_by": until, "begin_by": until if own else None}
