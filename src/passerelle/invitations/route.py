"""How a stream goes on from an invitation: who begins the application, and whose forms it has."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from passerelle.programs import queries as programs
from passerelle.programs.rules.schema import Part, Stream

if TYPE_CHECKING:
    from passerelle.invitations.models import Invitation


def stream_of(invitation: "Invitation") -> Stream:
    """Return the stream that the file went through, under the pack it began under."""
    return programs.rules(invitation.eoi.pack).stream(invitation.stream)


def leader(invitation: "Invitation") -> Any:
    """Return who begins the application, and alone may: the party that opens files in this stream."""
    return invitation.eoi.candidate if led_by_candidate(invitation) else invitation.eoi.employer


def led_by_candidate(invitation: "Invitation") -> bool:
    """Say whether the candidate begins the application: who opens files, or where forms wait in turn, whose form is first."""
    stream = stream_of(invitation)
    if forms_in_turn(stream):
        return first_form(stream).side == "candidate"
    return stream.opened_by == "candidate"


def first_form(stream: Stream) -> Part:
    """Return the form that waits for no other."""
    return next(part for part in stream.parts if not part.opens_after)


def due_by(invitation: "Invitation", part: Part) -> datetime | None:
    """Return the first moment too late for a form that has a deadline of its own: counted from the invitation, with more time."""
    if not part.deadline:
        return None
    if invitation.begin_by and not part.opens_after:
        return invitation.begin_by
    rules = programs.rules(invitation.eoi.pack)
    return programs.due(rules, part.deadline, invitation.issued_at, stream=invitation.stream)


def is_notified(invitation: "Invitation") -> bool:
    """Say whether the person came from the federal pool with a notification of interest."""
    return invitation.notification_id is not None


def has_employer_form(invitation: "Invitation") -> bool:
    """Say whether the employer fills in a form of its own."""
    return any(part.side == "employer" for part in stream_of(invitation).parts)


def forms_in_turn(stream: Stream) -> bool:
    """Say whether one form of the stream waits for another, so that the first has a target of its own."""
    return any(part.opens_after for part in stream.parts)


def holds_place(invitation: "Invitation") -> bool:
    """Say whether a place of the year is held from the invitation on; elsewhere a nomination takes one."""
    return stream_of(invitation).places == "held_at_invitation"
