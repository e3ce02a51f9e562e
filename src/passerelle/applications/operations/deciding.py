"""Deciding: nomination uses the held place, refusal gives it back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.applications import federal, hooks, letters, mandatory, messages, queries
from passerelle.applications.models import Application, Decision
from passerelle.applications.operations.nominating import issue_nomination
from passerelle.applications.operations.places import release_place, use_place
from passerelle.applications.operations.supporting import give_with_nomination
from passerelle.applications.permissions import can_decide
from passerelle.applications.states import APPLICATION_LIFECYCLE, DecisionKind, FindingVerdict
from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed, require
from passerelle.eoi import operations as eois
from passerelle.programs import queries as programs


@transaction.atomic
def decide(
    *, reference: str, kind: str, reasons: str = "", grounds: Sequence[str] = (), by: Person, at: datetime
) -> Decision:
    """Nominate or refuse. Every criterion must have a finding; nomination needs all met, refusal at least one not met.

    What the forms say against a criterion on that day, an officer must have answered for in words.

    The held place is used by a nomination and released by a refusal. Letters are made and both parties told (N14).
    """
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    drew = queries.drawn_by(application)
    require(can_decide(by, application, drew=drew))
    _require_findings(application, kind, reasons)
    move = "nominate" if kind == DecisionKind.NOMINATION else "refuse"
    return make(application, move, kind, reasons=reasons, grounds=grounds, drew=drew, by=by, at=at)


def make(
    application: Application, move: str, kind: str, *, drew: Person, by: Person, at: datetime, reasons: str = "",
    grounds: Sequence[str] = (),
) -> Decision:  # fmt: skip
    """Make a decision that was allowed, with its place, its letters and its messages, in the caller's transaction.

    Whichever way it came to be, a nomination has an officer's words for what the forms say against it that day.
    """
    nominated, reference = kind == DecisionKind.NOMINATION, application.reference
    if nominated:
        require(mandatory.may_be_nominated(application, at))
        require(federal.may_be_nominated(application, at) and hooks.may_be_nominated(application, at))
    application.state = APPLICATION_LIFECYCLE.after(application.state, move)
    application.decided_at = application.closed_at = at
    application.save(update_fields=["state", "decided_at", "closed_at"])
    decision = Decision.objects.create(
        application=application, kind=kind, reasons=reasons, grounds=list(grounds), by=by, at=at, drawn_by=drew,
        review_before=None if nominated else _review_before(application, at),
    )  # fmt: skip
    _settle_place(decision, by=by, at=at)
    if nominated:
        issue_nomination(application, by=by, at=at)
    audit.record(f"application.{application.state}", subject=reference, by=by, at=at, program=application.program,
                 detail={"grounds": list(grounds)})  # fmt: skip
    if nominated:  # before the decision's own letter, which so heads the list
        give_with_nomination(application, by=by, at=at)
    letters.for_decision(decision, at=at)
    messages.decided(decision, at=at)
    return decision


def _require_findings(application: Application, kind: str, reasons: str) -> None:
    findings = queries.latest_findings(application)
    waiting = [one.key for one in queries.criteria(application) if one.key not in findings]
    if waiting:
        raise NotAllowed(
            _("Note what you found on every criterion first: %(count)d are left.") % {"count": len(waiting)}
        )
    verdicts = {finding.verdict for finding in findings.values()}
    if kind == DecisionKind.NOMINATION and verdicts != {FindingVerdict.MET}:
        raise NotAllowed(_("A nomination needs every criterion to be met."))
    if kind == DecisionKind.REFUSAL and FindingVerdict.NOT_MET not in verdicts:
        raise NotAllowed(_("A refusal needs at least one criterion that is not met."))
    if kind == DecisionKind.REFUSAL and not reasons.strip():
        raise NotAllowed(_("Write the reasons: the letter gives them to the parties."))


def _review_before(application: Application, at: datetime) -> datetime | None:
    rules = queries.rules_of(application)
    return programs.due(rules, "review_request", at) if rules.setting("review_of_refusal") else None


def _settle_place(decision: Decision, *, by: Person, at: datetime) -> None:
    application = decision.application
    if decision.kind == DecisionKind.NOMINATION:
        use_place(application, by=by, at=at)
    else:
        release_place(application, by=by, at=at)
    if application.invitation.eoi.state == "invited":  # closed already when a refusal was set aside by a review
        eois.close(reference=application.invitation.eoi.reference, reason="decided", at=at, by=by)
