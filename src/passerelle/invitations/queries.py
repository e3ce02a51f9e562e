"""What is so about invitations: whose they are, which stand, which reminders are due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from icalendar import Alarm, Calendar, Event

from passerelle.core import deadlines
from passerelle.draws import queries as drawn
from passerelle.draws.hooks import Progress
from passerelle.invitations import route
from passerelle.invitations.models import Extension, Invitation
from passerelle.invitations.states import InvitationState
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules

_RELATED = ("eoi__employer", "eoi__candidate", "eoi__pack", "draw", "notification__round", "issued_by")
# The files of a pack are large and its rules are read once: no row brings them along.
_HEAVY = (*(f"eoi__{name}" for name in ("answers", "facts", "sheet", "criteria")), "eoi__pack__sources")

# Of the pack's deadlines and reminders: the application's own time, and the target for the employer's form within it.
DEADLINE, TARGET = "application", "employer_target"


def invitations() -> QuerySet[Invitation]:
    """Return every invitation with its parties, without answers."""
    return Invitation.objects.select_related(*_RELATED).defer(*_HEAVY)


def invitation_for(person: Any, reference: str) -> Invitation:
    """Return an invitation that ``person`` may know of; raises Http404."""
    rows = Invitation.objects.visible_to(person).select_related(*_RELATED).defer(*_HEAVY)
    return get_object_or_404(rows, reference=reference)


def of_eoi(reference: str) -> Invitation | None:
    """Return the latest invitation of an expression of interest, if it had one."""
    return invitations().filter(eoi__reference=reference).order_by("-id").first()


def taken_up(notification: str, person: Any) -> Invitation | None:
    """Return the invitation that ``person`` has by a notification of interest, if they took it up."""
    return invitations().filter(notification__reference=notification, eoi__candidate=person).first()


def live(program: str, at: datetime) -> QuerySet[Invitation]:
    """Return the invitations standing at ``at``, the nearest deadline first."""
    rows = Invitation.objects.filter(program=program).live(at=at)
    return rows.select_related(*_RELATED).defer(*_HEAVY).order_by("respond_by", "id")


def goes_on(program: str, stream: str, at: datetime) -> dict[str, int]:
    """Count the invitations of a stream that stand at ``at``, for ``eoi.hooks``."""
    return {"invitations": live(program, at).filter(eoi__stream=stream).count()}


def given_back(number: str) -> QuerySet[Invitation]:
    """Return the invitations that a draw made whose places nobody uses and nobody has been given since.

    A place that a repair took back, or an invitation in addition had, is none of the draw's to give on.
    """
    ended = (InvitationState.DECLINED, InvitationState.CANCELLED, InvitationState.LAPSED)
    rows = invitations().filter(draw__number=number, repair=None, state__in=ended)
    return rows.exclude(eoi__in=drawn.fallen(number)).exclude(eoi__in=drawn.taken_back(number)).order_by("id")


def of_draw(number: str) -> QuerySet[Invitation]:
    """Return the invitations of a draw, in the order of their references."""
    return invitations().filter(draw__number=number).order_by("reference")


def how_far(keys: Collection[int], at: datetime) -> dict[int, Progress]:
    """Return how far files have come by their latest invitation, for ``draws.hooks``."""
    rows = Invitation.objects.filter(eoi__in=keys).select_related("draw").order_by("eoi_id", "-id").distinct("eoi_id")
    return {one.eoi_id: _progress(one, at) for one in rows}


def _progress(one: Invitation, at: datetime) -> Progress:
    steps = {InvitationState.ISSUED: "invited", InvitationState.ACCEPTED: "begun"}
    step = "lapsed" if one.has_lapsed(at) else steps.get(InvitationState(one.state), "lapsed")
    return Progress(step, one.get_state_display(), one.reference, one.draw.number if one.draw else "")


def extensions(invitation: Invitation) -> QuerySet[Extension]:
    """Return the extensions of an invitation, oldest first."""
    return invitation.extensions.select_related("by").order_by("id")


def led_by_candidate(invitation: Invitation) -> bool:
    """Say whether the candidate takes the invitation up, as in streams whose files candidates open."""
    return route.led_by_candidate(invitation)


def rules(program: str, at: datetime) -> ProgramRules:
    """Return the rules of a program in force at ``at``."""
    return programs.rules_in_force(program, at)


@dataclass(frozen=True)
class Due:
    """A reminder that is due: ``target`` or so many days before the deadline, and since when."""

    kind: str
    since: datetime


def reminders_due(invitation: Invitation, at: datetime, rules: ProgramRules) -> list[Due]:
    """Return the reminders of the present deadline whose moment has come at ``at``, the latest last.

    So many days before means from the start of that day in the program's zone.
    """
    own = rules.stream(invitation.stream).deadlines.get(DEADLINE, DEADLINE)
    days = rules.reminders.get(own, rules.reminders.get(DEADLINE, ()))
    moments = [Due(f"{n}_days", _days_before(invitation.respond_by, n, rules)) for n in days]
    if invitation.target_by:
        moments.append(Due("target", invitation.target_by))
    # More time given today is no reason to remind of what was far off only because the deadline was another.
    last_change = invitation.extensions.order_by("-id").values_list("at", flat=True).first() or invitation.issued_at
    due = [one for one in moments if last_change < one.since <= at]
    return sorted(due, key=lambda one: (one.since, one.kind))


def _days_before(too_late: datetime, days: int, rules: ProgramRules) -> datetime:
    # The instant at which so many days are left: counted in the zone, so that a change of clocks moves nothing.
    last = deadlines.last_day(too_late, rules.zone)
    start = datetime.combine(last - timedelta(days=days), datetime.min.time(), tzinfo=rules.zone)
    return start.astimezone(too_late.tzinfo)


def calendar(invitation: Invitation, *, title: str, about: str, at: datetime) -> bytes:
    """Return a calendar file (RFC 5545) with the deadline in UTC, and alarms three days and one day ahead."""
    event = Event()
    event.add("uid", f"{invitation.reference}@passerelle")
    event.add("dtstamp", at)
    event.add("dtstart", invitation.respond_by - timedelta(minutes=1))
    event.add("dtend", invitation.respond_by)
    event.add("summary", title)
    event.add("description", about)
    for days in (3, 1):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(days=-days))
        event.add_component(alarm)
    book = Calendar()
    book.add("prodid", "-//Passerelle//EN")
    book.add("version", "2.0")
    book.add_component(event)
    return bytes(book.to_ical())
