"""Reminders: so many days before the deadline as the pack says, and when the target for the employer's form is past."""

from datetime import datetime
from itertools import islice

from django.db import transaction

from passerelle.core import deadlines
from passerelle.invitations import queries
from passerelle.invitations.models import Invitation, Reminder
from passerelle.invitations.operations.support import WITH, tell_all, told
from passerelle.invitations.queries import Due
from passerelle.programs.rules import ProgramRules


def remind_due(*, at: datetime, limit: int = 500) -> int:
    """Send the reminders due at ``at`` to both parties, of up to ``limit`` invitations; return how many were reminded.

    Every running invitation is looked at: those nearest to their deadline must not keep a reminder from the others.

    One message a file: where several fell due while nothing ran, the latest is sent and the others are skipped.
    """
    running = Invitation.objects.running(at=at).order_by("respond_by", "id").values_list("reference", flat=True)
    reminded = (reference for reference in list(running) if _remind(reference, at))
    return sum(1 for _reference in islice(reminded, limit))


@transaction.atomic
def _remind(reference: str, at: datetime) -> bool:
    rows = Invitation.objects.running(at=at).select_for_update(of=("self",), skip_locked=True)
    invitation = rows.select_related(*WITH).defer("eoi__pack__sources").filter(reference=reference).first()
    if invitation is None:
        return False
    rules = queries.rules(invitation.program, at)
    fresh = _not_sent(invitation, queries.reminders_due(invitation, at, rules))
    if not fresh:
        return False
    _keep(invitation, fresh, at)
    _send(invitation, fresh[-1], at, rules)
    return True


def _not_sent(invitation: Invitation, due: list[Due]) -> list[Due]:
    sent = set(invitation.reminders.filter(respond_by=invitation.respond_by).values_list("kind", flat=True))
    # The target does not move with an extension, so it is told of once.
    sent |= set(invitation.reminders.filter(kind="target").values_list("kind", flat=True))
    return [one for one in due if one.kind not in sent]


def _keep(invitation: Invitation, fresh: list[Due], at: datetime) -> None:
    Reminder.objects.bulk_create(
        Reminder(
            invitation=invitation, kind=one.kind, respond_by=invitation.respond_by, at=at, skipped=one is not fresh[-1]
        )
        for one in fresh
    )


def _send(invitation: Invitation, due: Due, at: datetime, rules: ProgramRules) -> None:
    days = deadlines.days_left(invitation.respond_by, at, rules.zone)
    kind = "invitation_target_passed" if due.kind == "target" else "invitation_reminder"
    tell_all(kind, invitation, at=at, days_left=days)
    told("invitation.reminded", invitation, by=None, at=at, kind=due.kind)
